from __future__ import annotations

from collections import Counter

import pytest

from policyqa.errors import InputError
from policyqa.tokenizer import highlights, query_words, terms


def decoded(text: str) -> Counter[str]:
    codes = terms(text).tolist()
    return Counter(
        chr(code >> 21) + chr(code & 0x1FFFFF) if code >> 21 else chr(code) for code in codes
    )


def test_terms_are_characters_and_pairs_within_a_run() -> None:
    assert decoded("听取，听") == Counter({"听": 2, "取": 1, "听取": 1})


def test_full_width_and_case_do_not_matter_and_numerals_stay() -> None:
    assert decoded("ＡB１") == decoded("ab1")
    assert decoded("九条") != decoded("9条")


@pytest.mark.parametrize("text", ["", "，。——", " \n"])
def test_text_without_words_has_no_terms(text: str) -> None:
    assert terms(text).tolist() == []


def test_rare_ideographs_and_lone_surrogates() -> None:
    assert decoded("\U00020bb7家") == Counter({"\U00020bb7": 1, "家": 1, "\U00020bb7家": 1})
    assert decoded("\ud800") == Counter()


def test_query_words_leave_out_what_only_asks() -> None:
    words = query_words("区委常委会每年听取几次汇报？")
    assert {"听取", "汇报", "常委会"} <= set(words)
    assert not {"几次", "？", "的"} & set(words)


def test_the_offices_own_dictionary(tmp_path) -> None:
    dictionary = tmp_path / "words.txt"
    dictionary.write_text("党外委员联系 100000 n\n", encoding="utf-8")
    assert "党外委员联系" in query_words("党外委员联系制度", str(dictionary))
    assert "党外委员联系" not in query_words("党外委员联系制度")
    with pytest.raises(InputError, match=r"none\.txt"):
        query_words("制度", str(tmp_path / "none.txt"))


def test_highlights_are_offsets_into_the_printed_text() -> None:
    text = "ＡＢ１２号：听取汇报"
    assert [text[a:b] for a, b in highlights(text, ["ab", "汇报"])] == ["ＡＢ", "汇报"]


def test_highlights_join_what_touches_and_keep_offsets_before_long_normal_forms() -> None:
    assert highlights("㈠常委会听取", ["常委", "委会", "听取"]) == ((1, 6),)
    assert highlights("听", ["", "取"]) == ()
