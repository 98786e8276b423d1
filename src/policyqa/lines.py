"""Text to lines: where it was printed without line breaks, each mark begins a line again.

A web page copied as one paragraph, and an article that prints its items in one paragraph,
have their marks in mid-line. Such a line is cut into lines with exact offsets, so that one
grammar reads both. A mark is cut off only where a sentence, a heading or a space ends before
it and where its number continues, opens or resumes a sequence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from policyqa.marks import ARTICLE, HEADINGS, Mark, read_mark


@dataclass(frozen=True, slots=True)
class Line:
    """A line with something on it: `text` is ``source[start:end]``, without outer space."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A mark in a printed line.

    Attributes:
        line: the printed line's number.
        place: where it stands in that line; 0 opens it.
        mark: what it reads as, with the text up to the next candidate.
        weak: no sentence, heading or space ends before it, only a comma or nothing.
    """

    line: int
    place: int
    mark: Mark
    weak: bool = False


_CHINESE = "零〇○一二三四五六七八九十百千"
_MARK = re.compile(
    rf"第[{_CHINESE}0-9０-９]{{1,9}}[编章节条]|[{_CHINESE}]{{1,5}}[、．.]"
    rf"|[（(]\s?(?:[{_CHINESE}]{{1,5}}|[0-9０-９]{{1,3}})\s?[）)]|[0-9０-９]{{1,3}}\s?[.．、﹒）)]"
    r"|[①-⑳㈠-㈩⑴-⒇⒈-⒛]"
)
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ENDS_SENTENCE = "。；;！!？?：:"
_CLOSES = "”’」』）)》"
_NOT_OPENING = re.compile(
    rf"\s?(?:[、，,）)项款目]|[和或至及与](?=[（(第0-9{_CHINESE}])|[{_CHINESE}]{{1,3}}[、，,级等类线期])"
)
"""What follows a number that is referred to: （一）项, （一）、（二）项, 一、二级."""
_NEAR = 8
"""Lines below a mark among which the next number shows that it opens a sequence."""
_REACH = 3
"""Numbers that may be missing where a sequence resumes in mid-line."""
_FLAT = 250
"""Characters from which on a line with spaces between its sentences had line breaks there."""
_ALONE = 80
"""The same, for the only line of a document."""
_HEADING_LIMIT = 40
_TITLE_LIMIT = 150
_TOP = 3
"""Printed lines at the top of a document among which its title stands."""
_PUNCTUATION = re.compile(r"[。；：，！？;:,!?]")
_ANNEX = re.compile(r"附件\s?[0-9一二三四五六七八九十]{0,2}[：:]|附件[0-9]")
_HEADLINE = re.compile(r"[^。；;]{5,59}[^。；;：:，、]")
_ADDRESSEE = re.compile(
    r"(?:各|[^。：:；]{2,30}(?:人民政府|厅|局|委员会|部门|单位))[^。：:；]{0,180}[:：](?=[^\s\d])"
)
"""各区人民政府，市直各单位： with the text right behind it."""
DATE = re.compile(
    r"([12１２]\d{3}|[一二][〇○零一二三四五六七八九]{3})\s?年\s?(\d{1,2}|[一二三四五六七八九十]{1,2})\s?月\s?(\d{1,2}|[一二三四五六七八九十]{1,3})\s?日"
)
"""A date as documents print it: year, month and day are its groups."""
_SIGNED = re.compile(rf"[^\d，。；：、（(]{{2,30}}\s+(?={DATE.pattern}$)")


def lines_of(source: str) -> list[Line]:
    """The lines of `source` with something on them, marks in mid-line at lines of their own."""
    printed = list(_printed(source))
    places = _cuts(printed)
    found: list[Line] = []
    for number, line in enumerate(printed):
        for part in _cut(line, sorted(places.get(number, ()))):
            flat = len(line.text) >= (_FLAT if len(printed) > 1 else _ALONE)
            found.extend(
                _cut(part, _lost_breaks(part, flat, number < _TOP and part.start == line.start))
            )
    return found


def _printed(source: str) -> Iterator[Line]:
    for match in re.finditer(r"[^\n]+", source):
        text = match[0].strip()
        if text:
            start = match.start() + match[0].index(text[0])
            yield Line(start, start + len(text), text)


def _cut(line: Line, places: Sequence[int]) -> Iterator[Line]:
    """The line in parts, each without outer space."""
    for begin, end in zip((0, *places), (*places, len(line.text)), strict=True):
        text = line.text[begin:end].strip()
        if text:
            start = line.start + begin + line.text[begin:end].index(text[0])
            yield Line(start, start + len(text), text)


def _cuts(lines: Sequence[Line]) -> dict[int, set[int]]:
    """Where each line is to be cut at marks, by its number."""
    found = [candidate for number, line in enumerate(lines) for candidate in _marks(number, line)]
    families: dict[str, list[_Candidate]] = {}
    for candidate in found:
        families.setdefault(candidate.mark.family.name, []).append(candidate)
    cuts: dict[int, set[int]] = {}
    for candidates in families.values():
        last: _Candidate | None = None
        for place, candidate in enumerate(candidates):
            if candidate.place and not _belongs(last, candidate, candidates[place + 1 : place + 2]):
                continue
            last = candidate
            if candidate.place:
                cuts.setdefault(candidate.line, set()).add(candidate.place)
    return cuts


def _marks(number: int, line: Line) -> Iterator[_Candidate]:
    """What may be a mark in a line, the one that opens it included."""
    spots: list[tuple[int, bool]] = []
    for match in _MARK.finditer(line.text):
        place = match.start()
        ended = place == 0 or _ends(line.text, place)
        if ended or _weakly_ends(line.text, spots[-1][0] if spots else 0, place):
            spots.append((place, not ended))
    for (start, weak), (stop, _) in pairwise([*spots, (len(line.text), False)]):
        text = line.text[start:stop]
        mark = read_mark(text)
        if mark is None:
            continue
        if start and (mark.doubtful or _NOT_OPENING.match(text[mark.length :])):
            continue
        yield _Candidate(number, start, mark, weak)


def _ends(text: str, place: int) -> bool:
    """Whether a sentence or a lost line ends before `place`."""
    before = text[place - 1]
    if before in _CLOSES:
        inner = text[max(0, place - 4) : place].rstrip(_CLOSES)[-1:]
        return inner in tuple(_ENDS_SENTENCE) or text[place] != "第"
    return before.isspace() or before in _ENDS_SENTENCE


def _weakly_ends(text: str, spot: int, place: int) -> bool:
    """Whether an item of a sentence ends before `place`: （1）甲，（2）乙, or a mark's heading:
    一、总体要求（一）指导思想."""
    if text[place] in _CIRCLED:
        return True
    if text[place] not in "（(":
        return False
    if text[place - 1] in "，,":
        return True
    above = read_mark(text[spot:place]) if place - spot <= _HEADING_LIMIT else None
    heading = text[spot + above.length : place] if above is not None else ""
    return len(heading) > 1 and not re.search(r"[，。；：、第条款照据]", heading)


def _belongs(
    last: _Candidate | None, candidate: _Candidate, following: Sequence[_Candidate]
) -> bool:
    """Whether a mark in mid-line continues, opens or resumes the sequence of its family."""
    number, sub = candidate.mark.number
    upcoming = following[0] if following else None
    if upcoming is not None and upcoming.place == 0 and upcoming.mark.number == (number, sub):
        return False  # the clause of this number opens a line of its own below
    if candidate.weak and number > 1:
        return (
            last is not None and last.line == candidate.line and last.mark.number == (number - 1, 0)
        )
    near = candidate.line + (0 if candidate.weak else _NEAR)
    followed = (
        upcoming is not None and upcoming.mark.number[0] == number + 1 and upcoming.line <= near
    )
    if number == 1:
        return followed or _begins_part(candidate, last)
    if last is None:
        return False
    previous, previous_sub = last.mark.number
    if (number, sub) in ((previous + 1, 0), (previous, previous_sub + 1)):
        return candidate.mark.family is not ARTICLE or last.line >= candidate.line - 1
    return followed and previous < number <= previous + _REACH and last.line >= candidate.line - 1


def _begins_part(candidate: _Candidate, last: _Candidate | None) -> bool:
    """第一章 with nothing of its kind behind it opens the only chapter that is copied."""
    return candidate.mark.family in HEADINGS and last is None and candidate.mark.spaced


def _lost_breaks(line: Line, flat: bool, on_top: bool) -> list[int]:
    """Where a line break was lost in copying: spaces between sentences, after a heading,
    around an issuer and a date; the end of an addressee. A title stands only `on_top` of the
    document or below a date."""
    text = line.text
    if signed := _SIGNED.match(text):
        return [signed.end()]
    if not flat:
        return []
    mark = read_mark(text)
    begin = mark.length if mark else 0
    # No sentence's punctuation interrupts a title.
    title = 0 if on_top and mark is None else len(text)
    places: list[int] = []
    gaps = [match for match in re.finditer(r"\s+", text) if match.start() > begin]
    for gap, next_gap in zip_longest(gaps, gaps[1:]):
        before = text[places[-1] if places else begin : gap.start()]
        after = text[gap.end() : next_gap.start() if next_gap else None]
        then = text[next_gap.end() : next_gap.end() + 20] if next_gap else ""
        dated = DATE.fullmatch(before) is not None
        titled = title < gap.start() <= title + _TITLE_LIMIT and not _PUNCTUATION.search(
            text[title : gap.start()]
        )
        if (
            before.rstrip(_CLOSES)[-1:] in tuple(_ENDS_SENTENCE)
            or (mark is not None and not places and 4 <= len(before) <= _HEADING_LIMIT)
            or (before[:1] in tuple("（(") and before[-1:] in tuple("）)"))
            or titled
            or (title == 0 and gap is gaps[0] and _HEADLINE.fullmatch(before))
            or ("\u3000\u3000" in gap[0] and len(before) >= 4)
            or dated
            or DATE.fullmatch(after)
            or _ANNEX.match(after)
            or (DATE.match(then) and len(after) <= _HEADING_LIMIT)
        ):
            places.append(gap.end())
        if dated:
            title = gap.end()
    top = max((place for place in places if place <= _TITLE_LIMIT), default=0)
    addressee = _ADDRESSEE.match(text, top) if title < len(text) else None
    return sorted({*places, addressee.end()}) if addressee else places
