"""Chinese numerals in both directions: 一千二百六十 and 1260, with 〇, 零, 两 and １２."""

from __future__ import annotations

import unicodedata

DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}
UNITS = {"十": 10, "百": 100, "千": 1000}
LARGE_UNITS = {"万": 10_000, "亿": 100_000_000}

NUMERAL = "0-9０-９零〇○一二两三四五六七八九十百千万亿"
"""The characters of a numeral, for use inside a regular expression's class."""


def parse_numeral(text: str) -> int | None:
    """The whole number that `text` writes, or None where it writes none.

    Reads Arabic digits of either width (１２), positional Chinese digits (二〇一九)
    and Chinese numerals with units (一千二百六十, 十五, 一百零八, 三万).
    """
    if not text:
        return None
    narrow = unicodedata.normalize("NFKC", text)
    if narrow.isascii():
        return int(narrow) if narrow.isdigit() else None
    if all(character in DIGITS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in UNITS:
            section += (digit or (1 if section == 0 else 0)) * UNITS[character]
            digit = 0
        elif character in LARGE_UNITS:
            total = (total + section + digit) * LARGE_UNITS[character]
            section = digit = 0
        else:
            return None
    return total + section + digit


def to_chinese(number: int) -> str:
    """`number` (0 to 9999) as a statute prints it: 1260 is 一千二百六十, 15 is 十五.

    Raises:
        ValueError: the number is out of that range.
    """
    if not 0 <= number <= 9999:
        raise ValueError(f"{number} is not between 0 and 9999")
    if number == 0:
        return "零"
    digits = "零一二三四五六七八九"
    printed, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            printed += ("零" if gap and printed else "") + digits[digit] + name
            gap = False
        else:
            gap = True
    return printed.removeprefix("一") if printed.startswith("一十") else printed
