"""How Word prints the numbers of its lists (ST_NumberFormat, ECMA-376 part 1, 17.18.59)."""

from __future__ import annotations

from policyqa.numerals import to_chinese

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_FORMAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_FORMAL_TRADITIONAL = str.maketrans("零一二三四五六七八九十百千", "零壹貳參肆伍陸柒捌玖拾佰仟")
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_COUNTING = [
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "ideographTraditionalCounting",
    "koreanCounting",
]
_DIGITAL = ["ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital2"]
_CIRCLED = ["decimalEnclosedCircle", "decimalEnclosedCircleChinese"]


def printed(number: int, style: str) -> str:
    """`number` in the style that Word calls `style`; Arabic where the style is unknown.

    A sign that Unicode has only up to some number (① to ㊿) is Arabic beyond it, as in Word.
    """
    if style == "none" or number < 0:
        return ""
    if style in _COUNTING:
        return to_chinese(number) if number <= 9999 else str(number)
    if style in _DIGITAL:
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
    if style in _CIRCLED:
        return _circled(number)
    if style in ("chineseLegalSimplified", "japaneseLegal", "ideographLegalTraditional"):
        table = _FORMAL if style == "chineseLegalSimplified" else _FORMAL_TRADITIONAL
        # 壹拾 keeps its 壹, which 十 goes without.
        plain = to_chinese(number) if number <= 9999 else str(number)
        return ("一" + plain if plain.startswith("十") else plain).translate(table)
    if style in ("decimalFullWidth", "decimalFullWidth2"):
        return "".join(chr(ord("０") + int(digit)) for digit in str(number))
    return _other(number, style)


def _other(number: int, style: str) -> str:
    if number == 0:
        return "0"
    match style:
        case "decimalZero":
            return f"{number:02d}"
        case "ideographTraditional" if number <= 10:
            return _STEMS[number - 1]
        case "ideographZodiac" if number <= 12:
            return _BRANCHES[number - 1]
        case "ideographZodiacTraditional" if number <= 60:
            return _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12]
        case "ideographEnclosedCircle" if number <= 10:
            return chr(0x3280 + number - 1)
        case "decimalEnclosedParen" if number <= 20:
            return chr(0x2474 + number - 1)
        case "decimalEnclosedFullstop" if number <= 20:
            return chr(0x2488 + number - 1)
        case "upperLetter":
            return _letters(number)
        case "lowerLetter":
            return _letters(number).lower()
        case "upperRoman":
            return _roman(number)
        case "lowerRoman":
            return _roman(number).lower()
        case "numberInDash":
            return f"- {number} -"
        case _:
            return str(number)


def _circled(number: int) -> str:
    for first, last, code in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if first <= number <= last:
            return chr(code + number - first)
    return str(number)


def _letters(number: int) -> str:
    """A to Z, then AA, BB …, as Word does."""
    return chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 30)


def _roman(number: int) -> str:
    if number > 3999:
        return str(number)
    text = ""
    for worth, sign in _ROMAN:
        times, number = divmod(number, worth)
        text += sign * times
    return text
