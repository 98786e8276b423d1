"""Dates as documents print them: 2007年8月30日, 二〇〇四年四月二十七日, 2022-06-24."""

from __future__ import annotations

import re
from datetime import date

from policyqa.numerals import parse_numeral

PRINTED_DATE = (
    r"(?:(?:19|20)\d\d|[12１２][０９][０-９]{2}|[一二][〇○Ｏ零一二三四五六七八九]{3})\s?年\s?"
    r"(?:[\d０-９]{1,2}|[一二三四五六七八九十]{1,2})\s?月\s?"
    r"(?:[\d０-９]{1,2}|[一二三四五六七八九十]{1,3})\s?日"
)
"""A date in words, for use inside a regular expression; it has no group."""
_PARTS = re.compile(r"[年月日\s]+")
_IN_NAME = re.compile(
    r"[\s_\-（(]((?:19|20)\d\d)[-.年]?(0[1-9]|1[0-2])[-.月]?(0[1-9]|[12]\d|3[01])日?[)）]?$"
)


def iso_date(printed: str) -> str | None:
    """YYYY-MM-DD for a date in words; None where there is no such day."""
    numbers = [
        parse_numeral(part.replace("○", "〇").replace("Ｏ", "〇"))
        for part in _PARTS.split(printed.strip())
        if part
    ]
    return _day(numbers) if len(numbers) == 3 else None


def today() -> str:
    """The present day, YYYY-MM-DD."""
    return date.today().isoformat()


def is_day(text: str) -> bool:
    """Whether a text is a day, YYYY-MM-DD."""
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    return found is not None and _day([int(part) for part in found.groups()]) is not None


def date_in_name(stem: str) -> str | None:
    """The date that a file's name ends with, as in 反垄断法(2022-06-24), or None."""
    found = _IN_NAME.search(stem)
    return _day([int(part) for part in found.groups()]) if found else None


def _day(numbers: list[int | None]) -> str | None:
    try:
        return date(*(number or 0 for number in numbers)).isoformat()
    except ValueError:
        return None
