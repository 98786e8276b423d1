"""Where a document's numbering jumps or begins again."""

from __future__ import annotations

from dataclasses import dataclass

from policyqa.document import Clause, Document
from policyqa.marks import Mark, read_mark

_UNMARKED = ("text", "paragraph", "annex")


@dataclass(frozen=True, slots=True)
class Break:
    """Two clauses of one family whose numbers do not follow.

    Attributes:
        before: the mark above, as printed, or None where the first number is not 1.
        after: the mark that does not follow it.
        missing: numbers in between; 0 where the numbering begins again or goes back.
        clause: the clause of `after`.
    """

    before: str | None
    after: str
    missing: int
    clause: Clause

    def __str__(self) -> str:
        where = " › ".join(self.clause.path[:-1])
        place = f"（在“{where}”下）" if where else ""
        if self.before is None:
            return f"序号不从 1 起：第一个是“{self.after}”{place}"
        if self.missing:
            return f"序号跳号：“{self.before}”之后是“{self.after}”，缺 {self.missing} 个{place}"
        return f"序号重起：“{self.before}”之后又是“{self.after}”{place}"


def breaks(document: Document) -> list[Break]:
    """Every jump and restart in the numbering of a document, in order.

    Clauses that the copy elides are no jumps. A family may begin again below another clause,
    and it may run on through the document (1. to 22. below 一、 to 五、).
    """
    found: list[Break] = []
    last: dict[tuple[str | None, str], tuple[Mark, str | None, int]] = {}
    elisions = 0
    annex: str | None = None
    # A clause counts as elided between its neighbours: it is left out of its own count.
    for clause in document.clauses:
        if clause.kind == "annex":
            annex = clause.clause_id
        elisions += clause.elided
        mark = read_mark(clause.text) if clause.marks and clause.kind not in _UNMARKED else None
        if mark is None or mark.printed != clause.marks[-1]:
            continue
        key = (annex, mark.family.name)
        above, parent, elided = last.get(key, (None, None, 0))
        last[key] = (mark, clause.parent_id, elisions - clause.elided)
        before = above.printed if above is not None else None
        number = mark.number
        if number == (1, 0):
            if above is not None and parent == clause.parent_id:
                found.append(Break(before, mark.printed, 0, clause))
        elif above is None or (parent != clause.parent_id and number <= above.number):
            if elisions - clause.elided <= elided:
                found.append(Break(None, mark.printed, number[0] - 1, clause))
        elif not _follows(above.number, number) and elisions - clause.elided <= elided:
            found.append(
                Break(before, mark.printed, max(number[0] - above.number[0] - 1, 0), clause)
            )
    return found


def _follows(before: tuple[int, int], after: tuple[int, int]) -> bool:
    """第四条 and 第三条之一 follow 第三条."""
    return after in ((before[0] + 1, 0), (before[0], before[1] + 1))
