"""Addresses: 民法典第一千一百六十五条, 民法典1165条, 第十二条第二款, 国发〔2019〕5号.

An address names a clause or a document, so it is looked up, not ranked.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from policyqa.numerals import NUMERAL, parse_numeral

_NUMBER = rf"[{NUMERAL}]+"
_CLAUSE = re.compile(
    rf"^(?P<title>.{{0,60}}?)\s*(?:第\s?)?(?P<article>{_NUMBER})\s?条(?:之(?P<sub>{_NUMBER}))?"
    rf"(?:\s?第?\s?(?P<paragraph>{_NUMBER})\s?款)?"
    rf"(?:\s?第?\s?[(（]?(?P<item>{_NUMBER})[)）]?\s?项)?"
    r"\s*(?:的?(?:内容|原文|全文|规定|具体内容)?(?:是什么|是啥|怎么规定的?|怎么说的?|规定了?什么|说了?什么)?)?[?？。]?$"
)
_DOCUMENT_NUMBER = re.compile(
    r"^(?P<agency>[\u4e00-\u9fa5]{1,14})\s?[〔\[［（(【]\s?(?P<year>(?:19|20)\d\d)\s?[〕\]］）)】]\s?"
    r"(?:第\s?)?(?P<serial>\d{1,5})\s?号"
)
_STATE = re.compile(r"^(?:中华人民共和国)")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a query points.

    Attributes:
        title: words of the document's title, or "" for any document.
        number: 发文字号 as `normal_number` writes it; then the address is a document's.
        article: (n, m) for 第n条之m, m = 0 without 之.
        paragraph: which 款 of it, from 1.
        item: which 项 of it, from 1.
    """

    title: str = ""
    number: str | None = None
    article: tuple[int, int] | None = None
    paragraph: int | None = None
    item: int | None = None


def parse_address(query: str) -> Address | None:
    """The address that the whole query is, or None where it is a question."""
    query = query.strip()
    number = normal_number(query)
    if number is not None and re.search(r"号[。?？]?$", query):
        return Address(number=number)
    match = _CLAUSE.match(query)
    if match is None:
        return None
    article = parse_numeral(match["article"])
    if article is None:
        return None
    return Address(
        title=normal_title(match["title"].rstrip("的")),
        article=(article, parse_numeral(match["sub"] or "") or 0),
        paragraph=parse_numeral(match["paragraph"] or ""),
        item=parse_numeral(match["item"] or ""),
    )


def normal_number(text: str) -> str | None:
    """国发〔2019〕5号 for every way of writing it ([2019], （2019）, 第5号), else None."""
    match = _DOCUMENT_NUMBER.match(unicodedata.normalize("NFKC", text.strip()))
    if match is None:
        return None
    return f"{match['agency']}〔{match['year']}〕{int(match['serial'])}号"


def normal_title(title: str) -> str:
    """A title without 《》, spaces and 中华人民共和国, for comparison."""
    bare = re.sub(r"[《》〈〉\s“”\"]", "", unicodedata.normalize("NFKC", title))
    return _STATE.sub("", bare)


def title_fit(wanted: str, title: str) -> float:
    """How well a normalised title answers to the words of an address, 0 (not) to 1 (same).

    The words stand in the title as they are, or as the name of a code whose books are
    documents of their own (民法典 in 民法典侵权责任编).
    """
    if not wanted:
        return 1.0
    return len(wanted) / len(title) if wanted in title else 0.0
