"""The numbering marks of Chinese official documents: what one is and which family it is of.

Families follow GB/T 9704-2012, 7.3.3 (一、（一）1.（1）) and the Legislation Law, article 65
(编、章、节、条、款、项、目).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from policyqa.document import Kind
from policyqa.numerals import parse_numeral

_CHINESE = "零〇○一二两三四五六七八九十百千"
_DIGIT = "0-9０-９"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass(frozen=True, slots=True)
class Family:
    """Marks of one shape. `rank` orders the families from the outside in."""

    name: str
    rank: int
    kind: Kind
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at the start of a line.

    Attributes:
        family: its shape.
        number: (n, 0), or (n, m) for 第n条之m.
        printed: the mark as it stands in the text.
        length: characters from the start of the line to the text after the mark.
        doubtful: it may be no mark at all: what follows reads as if it referred to a clause
            (第六条 规定的…) or as if it were a decimal (1.5倍), so it opens a clause only
            where its number is the very next, or where the next one follows it.
        spaced: white space sets the mark off from its text, as statutes print it.
    """

    family: Family
    number: tuple[int, int]
    printed: str
    length: int
    doubtful: bool = False
    spaced: bool = False


def _ordinal(unit: str) -> re.Pattern[str]:
    return re.compile(
        rf"第\s?(?P<number>[{_CHINESE}{_DIGIT}]{{1,9}})\s?{unit}(?:之(?P<sub>[一二三四五六七八九十]+))?"
    )


PART = Family("编", 0, "part", _ordinal("(?:分编|编|部分)"))
CHAPTER = Family("章", 1, "chapter", _ordinal("章"))
SECTION = Family("节", 2, "section", _ordinal("节"))
ARTICLE = Family("条", 3, "article", _ordinal("条"))
PARAGRAPH = Family("款", 4, "paragraph", _ordinal("款"))
ENUMERATED = Family("一、", 5, "section", re.compile(rf"(?P<number>[{_CHINESE}]{{1,5}})[、．.]"))
ABOVE_ARTICLES = Family("一、条", 2, "section", ENUMERATED.pattern)
"""一、 whose heading stands above articles; the line alone does not tell it from `ENUMERATED`."""
BRACKETED = Family(
    "（一）",
    6,
    "item",
    re.compile(
        rf"(?:[（(﹙]\s?(?=[{_CHINESE}]+\s?[）)﹚]))?"
        rf"(?P<number>[㈠-㈩]|(?<=[（(﹙\s])[{_CHINESE}]{{1,5}}(?=\s?[）)﹚]))(?:\s?[）)﹚])?[、.．]?"
    ),
)
NUMBERED = Family(
    "1.",
    7,
    "item",
    re.compile(rf"(?P<number>[⒈-⒛]|[{_DIGIT}]{{1,3}}(?=\s?[.．、﹒]))(?:\s?[.．、﹒])?"),
)
BRACKETED_NUMBER = Family(
    "（1）",
    8,
    "item",
    re.compile(
        rf"(?:[（(]\s?(?=[{_DIGIT}]+\s?[）)]))?"
        rf"(?P<number>[⑴-⒇]|(?<=[（(\s])[{_DIGIT}]{{1,3}}(?=\s?[）)]))(?:\s?[）)])?[、.．]?"
    ),
)
HALF_BRACKETED = Family("1）", 9, "item", re.compile(rf"(?P<number>[{_DIGIT}]{{1,3}})\s?[）)]"))
CIRCLED = Family("①", 10, "item", re.compile(rf"(?P<number>[{_CIRCLED}])"))

HEADINGS = (PART, CHAPTER, SECTION)
FAMILIES = (
    *HEADINGS, ARTICLE, PARAGRAPH, ENUMERATED, BRACKETED, NUMBERED,
    BRACKETED_NUMBER, HALF_BRACKETED, CIRCLED,
)  # fmt: skip

ANNEX = re.compile(
    r"附\s?(?:(?:件|录|表|图|则表)(?:\s?(?:[0-9０-９]{1,2}(?:-\d)?|[一二三四五六七八九十]{1,3}(?![\u4e00-\u9fa5])))?"
    r"\s?(?:[:：.．、]|(?=\s)|$|(?<=[0-9０-９])(?!\d))|[:：]|$)\s*"
)
"""附件, 附件1, 附录一 or 附： at the start of a line, with the space behind it."""

ANNEX_LIMIT = 60
"""Characters of a line that only names an annex."""

# 第十二条规定的…, 第三条、第四条…, 第五条第二款… refer to a clause instead of opening one.
_REFERENCE = re.compile(
    r"\s?(?:第[^\s]{1,6}[款项条]|规定|所列|所称|[、，,]第|和第|或者?第|至第|以及第|的规定|的[^\s])"
)
_HEADING_LIMIT = 45


def read_mark(line: str) -> Mark | None:
    """The mark that `line` (without leading space) begins with, or None.

    Only the shape is judged here; whether the number fits its sequence is judged where
    the tree is built.
    """
    for family in FAMILIES:
        match = family.pattern.match(line)
        if match is None:
            continue
        number = _number(match["number"])
        rest = line[match.end() :]
        if number is None or not _plausible(family, number, rest):
            continue
        sub = parse_numeral(match.groupdict().get("sub") or "") or 0
        length = match.end() + len(rest) - len(rest.lstrip())
        refers = family in (ARTICLE, PARAGRAPH) and _REFERENCE.match(rest) is not None
        if refers and not rest[:1].isspace():
            continue
        # 1.5倍 and 3.15晚会 are numbers, but 2.2024年底前… is a mark glued to a year.
        glued = family is NUMBERED and rest[:1].isdigit()
        doubtful = refers or (glued and re.match(r"(?:19|20)\d\d年", rest) is None)
        return Mark(family, (number, sub), match[0].strip(), length, doubtful, rest[:1].isspace())
    return None


def is_annex(text: str) -> bool:
    """Whether a line begins an annex, or the list of them."""
    return len(text) <= ANNEX_LIMIT and ANNEX.match(text) is not None


def _number(printed: str) -> int | None:
    if len(printed) == 1 and not printed.isdecimal() and parse_numeral(printed) is None:
        return int(unicodedata.numeric(printed))  # ①, ㈠, ⑴, ⒈
    return parse_numeral(printed)


def _plausible(family: Family, number: int, rest: str) -> bool:
    if family in HEADINGS:
        return len(rest.strip()) <= _HEADING_LIMIT and not rest.rstrip().endswith(
            ("。", "；", "，")
        )
    if family is NUMBERED:
        return 0 < number <= 300
    return number > 0
