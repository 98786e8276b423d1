"""Headings above articles: what reads as one, and those that are not printed as 第X章."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from policyqa.lines import Line
from policyqa.marks import ABOVE_ARTICLES, ARTICLE, CHAPTER, ENUMERATED, Mark, read_mark

ELLIPSIS = re.compile(r"(?=[\s…⋯.．。·]++$).*?(?:…|⋯|\.{3}|。{3})")
"""Dots and nothing else."""
SENTENCE_ENDS = "。；;：:！!？?…”’）)》"
_HEADING_LIMIT = 60
_BARE = re.compile(r"[\u4e00-\u9fa5、\s]{2,25}")
_FIRST_BARE = re.compile(r"总\s*则")


def is_heading(rest: str) -> bool:
    """Whether what follows a mark on its line is a heading, not a sentence."""
    return (
        bool(rest)
        and len(rest) <= _HEADING_LIMIT
        and not re.search(r"[。；;：:，,？！]$", rest)
        and ("。" not in rest)
        and not ELLIPSIS.match(rest)
    )


def above_articles(mark: Mark, lines: Sequence[Line], number: int) -> Mark:
    """The mark of a line; 一、 is of another family where its heading stands above articles.

    Judicial interpretations group their articles so; elsewhere 一、 stands in an article.
    """
    if mark.family is not ENUMERATED or not is_heading(lines[number].text[mark.length :]):
        return mark
    then = read_mark(lines[number + 1].text) if number + 1 < len(lines) else None
    if then is None or then.family is not ARTICLE or then.doubtful:
        return mark
    return replace(mark, family=ABOVE_ARTICLES)


def bare_chapter(
    lines: Sequence[Line], number: int, article: tuple[int, int] | None
) -> Mark | None:
    """The mark that a chapter's heading lost in copying, or None where a line is no such heading.

    It stands between a sentence's end and the very next article: 经营管理 / 第十五条.

    Args:
        lines: the document's lines.
        number: of the line in question, which has no mark.
        article: the last article's number, or None above the first.
    """
    text = lines[number].text
    if _BARE.fullmatch(text) is None or number + 1 >= len(lines):
        return None
    then = read_mark(lines[number + 1].text)
    if then is None or then.family is not ARTICLE or then.doubtful:
        return None
    if article is None:
        found = _FIRST_BARE.fullmatch(text) is not None and then.number == (1, 0)
    else:
        found = then.number == (article[0] + 1, 0) and lines[number - 1].text[-1] in SENTENCE_ENDS
    return Mark(CHAPTER, (0, 0), "", 0) if found else None
