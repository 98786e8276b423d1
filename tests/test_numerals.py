"""Chinese numerals, both ways."""

import pytest

from policyqa.numerals import parse_numeral, to_chinese


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("一千二百六十", 1260),
        ("一千零一", 1001),
        ("一百零八", 108),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("两", 2),
        ("二〇一九", 2019),
        ("〇", 0),
        ("１２", 12),
        ("35", 35),
        ("三万", 30000),
        ("二十万", 200000),
    ],
)
def test_reads_numerals(printed: str, number: int) -> None:
    assert parse_numeral(printed) == number


@pytest.mark.parametrize("text", ["", "甲", "一甲", "1.5", "-3"])
def test_reads_nothing_else(text: str) -> None:
    assert parse_numeral(text) is None


def test_every_number_survives_the_round_trip() -> None:
    for number in range(10_000):
        assert parse_numeral(to_chinese(number)) == number


def test_prints_as_statutes_do() -> None:
    assert [to_chinese(number) for number in (10, 15, 20, 101, 110, 1001, 1260)] == [
        "十", "十五", "二十", "一百零一", "一百一十", "一千零一", "一千二百六十",
    ]  # fmt: skip


def test_refuses_what_it_cannot_print() -> None:
    with pytest.raises(ValueError, match="between 0 and 9999"):
        to_chinese(10_000)
