"""What a clause refers to: 依照本办法第十条, 前款, 《中华人民共和国民法典》第一百四十三条.

Only what is written is read here; `links` finds the clauses that are meant. The wording is
that of the legislative drafting rules (立法技术规范（试行）（一）, 2009, 四: 引用法律、条文的表述).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from policyqa.numerals import NUMERAL, parse_numeral

Relative = Literal["前条", "前款", "前项", "本条", "本款"]

_N = rf"[{NUMERAL}]{{1,9}}"
_KINDS = (
    "法典|法|条例|办法|规定|细则|规则|意见|通知|章程|决定|解释|制度|方案|规程|规范|准则|纲要|公约"
)
_MENTION = re.compile(
    rf"《(?P<title>[^《》\n]{{2,60}})》(?:[（(][^（）()\n]{{2,30}}[）)])?"
    rf"|(?P<own>本(?:{_KINDS}))"
    rf"|(?P<bare>(?:(?![款条项第和或及])[\u4e00-\u9fa5]){{0,16}}?(?<![本该同原此])(?:法典|(?<!办)法|条例))(?=第\s?{_N}\s?条)"
    rf"|(?P<article>第\s?{_N}\s?条(?:之[一二三四五六七八九十]{{1,3}})?)"
    rf"|(?P<paragraph>第\s?{_N}\s?款)"
    rf"|(?P<item>第\s?[（(]?{_N}[）)]?\s?项)"
    r"|(?P<relative>前[一二两三四]?[条款项]|本[条款](?![件例目项式]))"
)
_JOINED = re.compile(r"[、，,\s]?(?:和|或者?|及|以及|与|至|到)?\s?|的?(?:规定的)?")
"""What may stand between two mentions that belong together."""
_ARTICLE = re.compile(rf"第\s?({_N})\s?条(?:之([一二三四五六七八九十]{{1,3}}))?")


@dataclass(frozen=True, slots=True)
class Reference:
    """A mention of another document or clause.

    Attributes:
        start: first character, an offset into the text that was read.
        end: one past the last.
        title: the document named in 《》; None for the document that the text stands in.
            Without 《》, in 属于刑法第三十条, the words that end with the name.
        bare: the title has no 《》, so only the index tells where the name begins.
        article: (n, m) for 第n条之m, m = 0 without 之; None where no article is named.
        paragraph: which 款, from 1.
        item: which 项, from 1.
        relative: counted from the clause that refers; None for an absolute mention.
    """

    start: int
    end: int
    title: str | None = None
    article: tuple[int, int] | None = None
    paragraph: int | None = None
    item: int | None = None
    relative: Relative | None = None
    bare: bool = False


def find_references(text: str, begin: int = 0) -> list[Reference]:
    """The references in a clause's text, in order; they do not overlap.

    第十条、第十二条第二款 are two, of which the second takes over the document that the first
    names, as 第二款、第三款 take over the article. 本法 alone and 本条 alone are none.

    Args:
        text: the clause's text.
        begin: where to start: after the clause's own mark.
    """
    found: list[Reference] = []
    for group in _groups(text, begin):
        found.extend(_read(group))
    return found


def _groups(text: str, begin: int) -> Iterator[list[re.Match[str]]]:
    """Mentions that stand side by side, joined by nothing or by 、和至."""
    group: list[re.Match[str]] = []
    for match in _MENTION.finditer(text, begin):
        if group and _JOINED.fullmatch(text, group[-1].end(), match.start()) is None:
            yield group
            group = []
        group.append(match)
    if group:
        yield group


def _read(group: list[re.Match[str]]) -> Iterator[Reference]:
    scope = Reference(0, 0)
    open_reference: Reference | None = None
    for match in group:
        kind = match.lastgroup or ""
        start, end = match.span()
        if open_reference is not None and _continues(open_reference, kind, start):
            open_reference = _narrowed(open_reference, match, end)
            continue
        if open_reference is not None:
            yield from _complete(open_reference)
            scope = open_reference
        open_reference = _opened(scope, match, start, end)
    if open_reference is not None:
        yield from _complete(open_reference)


def _continues(reference: Reference, kind: str, start: int) -> bool:
    """Whether 第二款 right after 第十条 is part of the same mention."""
    if kind == "article" and reference.bare and reference.article is None:
        return start == reference.end
    order = ("title", "own", "article", "paragraph", "item")
    if kind not in order or start - reference.end > 1:
        return False
    if reference.relative in ("前款", "本款"):
        return kind == "item" and reference.item is None
    if reference.relative in ("前条", "本条"):
        reached = 2
    else:
        reached = 1
        for step, value in ((2, reference.article), (3, reference.paragraph), (4, reference.item)):
            reached = step if value is not None else reached
    return start == reference.end and order.index(kind) > max(reached, 1)


def _opened(scope: Reference, match: re.Match[str], start: int, end: int) -> Reference:
    kind = match.lastgroup
    if kind == "title":
        return Reference(start, end, title=match["title"])
    if kind == "bare":
        return Reference(start, end, title=match["bare"], bare=True)
    if kind == "own":
        return Reference(start, end)
    if kind == "relative":
        return Reference(start, end, relative=_relative(match["relative"]))
    if kind == "article":
        return _narrowed(Reference(start, end, title=scope.title, bare=scope.bare), match, end)
    if kind == "paragraph":
        kept = replace(scope, start=start, end=end, paragraph=None, item=None)
        if kept.article is None and kept.relative is None:
            kept = replace(kept, relative="本条", title=None)
        return _narrowed(kept, match, end)
    kept = replace(scope, start=start, end=end, item=None)
    if kept.article is None and kept.relative is None:
        kept = replace(kept, relative="本款", title=None)
    return _narrowed(kept, match, end)


def _narrowed(reference: Reference, match: re.Match[str], end: int) -> Reference:
    """The reference with the article, paragraph or item that `match` names."""
    if match["article"]:
        printed = _ARTICLE.fullmatch(match["article"])
        number, sub = printed.groups() if printed else ("", "")
        article = (parse_numeral(number) or 0, parse_numeral(sub or "") or 0)
        return replace(reference, end=end, article=article)
    number = int(parse_numeral(re.sub(r"[第款项（()）\s]", "", match[0])) or 0)
    if match["paragraph"]:
        return replace(reference, end=end, paragraph=number)
    return replace(reference, end=end, item=number)


def _relative(printed: str) -> Relative:
    relatives: dict[str, Relative] = {"条": "前条", "款": "前款", "项": "前项"}
    if printed.startswith("前"):
        return relatives[printed[-1]]
    return "本条" if printed == "本条" else "本款"


def _complete(reference: Reference) -> Iterator[Reference]:
    """The reference, unless it names nothing but the place where it stands."""
    precise = (reference.article, reference.paragraph, reference.item) != (None, None, None)
    if precise or reference.title is not None or reference.relative in ("前条", "前款", "前项"):
        yield reference
