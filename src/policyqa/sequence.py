"""Whether a mark fits where it stands: sequences of numbers, and which of them are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from policyqa.lines import Line
from policyqa.marks import ABOVE_ARTICLES, ARTICLE, HEADINGS, Family, Mark, read_mark

_GAP = 20
"""Numbers that may be missing between two marks (elided or lost in copying)."""
_AHEAD = 9
"""Lines below a mark among which the next number of its family counts as following."""
_ORDER = {"编": 0, "章": 1, "节": 2, "条": 3, "款": 4}


@dataclass(slots=True)
class Sequences:
    """The last number of each family, while a document is read from top to bottom."""

    last: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def article(self) -> tuple[int, int] | None:
        """The last article's number."""
        return self.last.get(ARTICLE.name)

    def fits(self, mark: Mark, opened: Sequence[Family | None], followed: bool) -> bool:
        """Whether the mark's number continues, opens or resumes its sequence.

        Args:
            mark: as it reads by itself.
            opened: the families of the clauses that are open, from the top down.
            followed: the next number of its family stands below it.
        """
        last = self.last.get(mark.family.name)
        number = mark.number
        is_open = mark.family in opened
        if mark.doubtful:
            continues = last is not None and number == (last[0] + 1, 0)
            return continues or (followed and not is_open)
        # An article set off by a space may begin a book of a code (第一千一百六十四条) or
        # follow a cut.
        if last is None and mark.family in HEADINGS and number[0] > 1 and not mark.spaced:
            return False
        if last is None:
            return mark.family is not ARTICLE or number[0] <= _GAP or mark.spaced
        set_off = mark.family is ARTICLE and mark.spaced
        if number > last and (number[0] - last[0] <= _GAP or set_off):
            return True
        if number == (1, 0):
            # Articles number a document through; they begin again only in an annex or part.
            return mark.family is not ARTICLE or last[0] > 1
        if mark.family is ARTICLE:
            return set_off and followed
        return not is_open and number[0] <= _GAP

    def take(self, mark: Mark) -> None:
        """Count the mark in; families that begin anew below it are forgotten.

        Items begin anew below an article, sections below a chapter. 1. below 一、 may run
        through the document, so it does not.
        """
        own = _ORDER.get(mark.family.name)
        if own is not None:
            for name in list(self.last):
                if name not in ("章", "条") and _ORDER.get(name, 9) > own:
                    del self.last[name]
        self.last[mark.family.name] = mark.number


def is_followed(lines: Sequence[Line], number: int, mark: Mark) -> bool:
    """Whether the next number of the mark's family opens one of the next lines."""
    following = (read_mark(line.text) for line in lines[number + 1 : number + _AHEAD])
    return any(
        found is not None and found.family is mark.family and found.number[0] == mark.number[0] + 1
        for found in following
    )


def is_structural(family: Family) -> bool:
    """Whether a family has its fixed place in a statute: 编, 章, 节 and 条."""
    return family in (ARTICLE, ABOVE_ARTICLES, *HEADINGS)
