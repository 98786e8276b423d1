"""What other tools are given to search, and how they are opened. None of them is needed here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from adapters import PEERS, PeerMissing, loading, open_adapter
from chunks import located, windows
from material import Asked, Chunk, Material, Text

NOTICE = Text("通知 1.txt", "甲乙丙丁。戊己庚辛。\n壬癸子丑。")
MATERIAL = Material((NOTICE,), (Asked("q1", "戊己"), Asked("q2", "无")), documents=True)


def spans(chunks: list[Chunk]) -> list[tuple[int, int]]:
    return [(chunk.start, chunk.end) for chunk in chunks]


def test_windows_pack_whole_sentences_and_repeat_what_fits_into_the_overlap() -> None:
    assert [chunk.text for chunk in windows(NOTICE, length=11, overlap=6)] == [
        "甲乙丙丁。戊己庚辛。\n",
        "戊己庚辛。\n壬癸子丑。",
    ]
    assert [chunk.text for chunk in windows(NOTICE, length=11, overlap=5)] == [
        "甲乙丙丁。戊己庚辛。\n",
        "壬癸子丑。",
    ]


def test_a_chunk_is_exactly_the_characters_between_its_offsets() -> None:
    text = Text(
        "法.txt",
        "第一条　为了规范。\n\n第二条 本法所称“机关”，是指：\n（一）甲；\n（二）乙。\n" * 40,
    )
    chunks = windows(text, length=100, overlap=30)
    assert all(chunk.text == text.text[chunk.start : chunk.end] for chunk in chunks)
    assert max(len(chunk.text) for chunk in chunks) <= 100
    shown = {place for chunk in chunks for place in range(chunk.start, chunk.end)}
    assert all(c.isspace() for place, c in enumerate(text.text) if place not in shown)


def test_a_sentence_longer_than_a_chunk_is_cut() -> None:
    assert spans(windows(Text("a", "甲" * 25), length=10, overlap=3)) == [
        (0, 10),
        (10, 20),
        (20, 25),
    ]


def test_every_chunk_goes_on_where_an_overlap_would_leave_no_room_for_more() -> None:
    text = Text("a", "一二。三四五六七八九。十。")
    assert [chunk.text for chunk in windows(text, length=9, overlap=8)] == [
        "一二。",
        "三四五六七八九。",
        "十。",
    ]


def test_a_blank_document_has_no_chunks() -> None:
    assert windows(Text("a", " \n\n ")) == []
    assert windows(Text("a", "")) == []


def test_pieces_of_another_splitter_are_found_although_it_dropped_blanks() -> None:
    text = Text("a", "第一条  甲 乙\n\n第二条 甲乙\n")
    assert spans(located(text, ["第一条 甲 乙", "", "第二条 甲乙"])) == [(0, 8), (10, 16)]


def test_a_short_piece_is_not_looked_for_inside_the_one_before() -> None:
    assert spans(located(Text("a", "附则在后\n附则\n附则"), ["附则在后", "附则", "附则"])) == [
        (0, 4),
        (5, 7),
        (8, 10),
    ]


def test_a_piece_that_stands_nowhere_is_an_error() -> None:
    with pytest.raises(ValueError, match="no place for the piece '丙'"):
        located(Text("a", "甲乙"), ["丙"])


def test_material_survives_its_files(tmp_path: Path) -> None:
    texts = (Text("a", "一\u2028二\r\n三"), NOTICE)
    material = Material(texts, MATERIAL.questions, documents=False)
    material.write(tmp_path)
    assert Material.read(tmp_path) == material
    assert material.fingerprint != MATERIAL.fingerprint


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_that_is_not_installed_says_what_to_install(
    peer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # None in sys.modules makes an import fail, whether or not the package is installed.
    for name in ("bm25s", "jieba", "faiss", "txtai", "haystack", "chromadb"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(PeerMissing, match=r"is not installed .*pip install -r eval/peers/"):
        open_adapter(peer, "no-model", tmp_path)


def test_a_model_that_cannot_be_loaded_is_named_with_the_reason_in_one_line() -> None:
    with pytest.raises(PeerMissing) as caught, loading("bge-m3"):
        raise OSError("no connection\nmore about it")
    assert str(caught.value) == "bge-m3 cannot be loaded: no connection"
