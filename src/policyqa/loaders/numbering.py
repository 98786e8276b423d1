"""Word's automatic numbering: the mark that each numbered paragraph prints.

Follows ECMA-376 part 1, 17.9: a paragraph names a list (w:num) and a level; the list is
an abstract one, perhaps with levels overridden, and lists of one abstract list count on
together unless an override starts them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.etree

from policyqa.loaders.numberformats import printed
from policyqa.loaders.ooxml import W, is_on, number, value


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list.

    Attributes:
        start: its first number.
        style: its number format's name.
        text: what it prints, with %1 to %9 for the numbers of the levels.
        restart: it starts anew after a level below this one (0-based); None is its own.
        arabic: all numbers are printed in Arabic digits (w:isLgl).
        spaced: a tab or space follows the mark.
        paragraph_style: style whose paragraphs are of this level.
    """

    start: int
    style: str
    text: str
    restart: int | None
    arabic: bool
    spaced: bool
    hidden: bool
    paragraph_style: str | None


class Numbering:
    """The lists of a document, counting from its start.

    Args:
        root: of the numbering part, if there is one.
    """

    def __init__(self, root: lxml.etree._Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._family: dict[str, str] = {}
        self._starts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        if root is not None:
            self._read(root)

    def _read(self, root: lxml.etree._Element) -> None:
        abstract = {
            str(item.get(f"{W}abstractNumId")): item for item in root.iter(f"{W}abstractNum")
        }
        by_style = {value(item, "styleLink"): key for key, item in abstract.items()}
        for item in root.iter(f"{W}num"):
            key, family = str(item.get(f"{W}numId")), value(item, "abstractNumId")
            if family not in abstract:
                continue
            # A list may only point at the list that a list style defines.
            family = by_style.get(value(abstract[family], "numStyleLink") or "", family)
            levels = dict(_levels(abstract[family]))
            self._starts[key] = {}
            for override in item.iter(f"{W}lvlOverride"):
                place = _place(override)
                levels.update(_levels(override))
                start = number(override, "startOverride")
                if start is None and place in levels and override.find(f"{W}lvl") is not None:
                    start = levels[place].start
                if start is not None:
                    self._starts[key][place] = start
            self._levels[key] = levels
            self._family[key] = family

    def level_of_style(self, key: str, style: str) -> int | None:
        """The level of list `key` that a paragraph style is tied to, if it is."""
        for place, level in self._levels.get(key, {}).items():
            if level.paragraph_style == style:
                return place
        return None

    def mark(self, key: str, place: int) -> str:
        """Count a paragraph of list `key` at level `place` (from 0), and give its mark.

        The mark ends with a space where the list sets it off and no punctuation does. A
        bullet is no mark: "".
        """
        level = self._levels.get(key, {}).get(place)
        if level is None:
            return ""
        counts = self._count(key, place)
        if level.hidden or (level.style == "bullet" and not re.search(r"\w", level.text)):
            return ""
        text = re.sub(
            r"%([1-9])",
            lambda found: self._number(key, counts, int(found[1]) - 1, level),
            level.text,
        )
        ends = re.search(r"[、．.，,:：)）】〕\]]\s*$", text) or re.fullmatch(
            r"[①-⑳㉑-㊿⑴-⒛㊀-㊉]", text
        )
        return text if not text or ends or not level.spaced else f"{text}　"

    def _count(self, key: str, place: int) -> dict[int, int]:
        counts = self._counts.setdefault(self._family[key], {})
        levels = self._levels[key]
        if key not in self._begun:
            self._begun.add(key)
            for restarted in self._starts[key]:
                counts.pop(restarted, None)
        first = self._starts[key].get(place, levels[place].start)
        counts[place] = counts[place] + 1 if place in counts else first
        for deeper in [inner for inner in counts if inner > place]:
            limit = levels[deeper].restart if deeper in levels else None
            if place < (deeper if limit is None else limit):
                del counts[deeper]
        return counts

    def _number(self, key: str, counts: dict[int, int], place: int, level: _Level) -> str:
        shown = self._levels[key].get(place)
        if shown is None:
            return ""
        # A level that has not been used yet shows its start, and counts on from there.
        count = counts.setdefault(place, self._starts[key].get(place, shown.start))
        return printed(count, "decimal" if level.arabic and shown.style != "none" else shown.style)


def _place(item: lxml.etree._Element) -> int:
    text = str(item.get(f"{W}ilvl", "0"))
    return int(text) if text.isdecimal() else 0


def _levels(parent: lxml.etree._Element) -> Iterator[tuple[int, _Level]]:
    for item in parent.iterchildren(f"{W}lvl"):
        start = number(item, "start")
        yield (
            _place(item),
            _Level(
                start=1 if start is None else start,
                style=_format(item),
                text=value(item, "lvlText") or "",
                restart=number(item, "lvlRestart"),
                arabic=bool(is_on(item, "isLgl")),
                spaced=value(item, "suff") != "nothing",
                hidden=bool(is_on(item.find(f"{W}rPr"), "vanish")),
                paragraph_style=value(item, "pStyle"),
            ),
        )


def _format(level: lxml.etree._Element) -> str:
    # Newer formats stand in mc:AlternateContent, with an older one as the fallback.
    found = next(level.iter(f"{W}numFmt"), None)
    return "decimal" if found is None else str(found.get(f"{W}val", "decimal"))
