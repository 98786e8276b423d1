"""Inside an article: which words are its n-th 款, which clause its n-th 项.

Source: 立法法（2023）第六十五条: 条、款、项、目; 款 are not numbered, 项 are.
"""

from __future__ import annotations

from collections.abc import Sequence

from policyqa.document import Clause
from policyqa.marks import read_mark


def paragraphs(article: Clause, below: Sequence[Clause]) -> list[tuple[Clause, tuple[int, int]]]:
    """Each 款 of an article: the clause that prints it and its offsets in that clause's text.

    Args:
        article: the article.
        below: the clauses under it, in order; its items are no 款 of their own.
    """
    places: list[tuple[Clause, tuple[int, int]]] = []
    for part in (article, *(clause for clause in below if clause.kind == "paragraph")):
        offset = text_start(part) if part is article else 0
        for line in part.text[offset:].split("\n"):
            if line.strip():
                places.append((part, (offset, offset + len(line))))
            offset += len(line) + 1
    return places


def item(holder: Clause, below: Sequence[Clause], number: int) -> Clause | None:
    """The item with this number directly under an article or paragraph, or None.

    Args:
        holder: the article or paragraph.
        below: the clauses under the article, in order.
        number: from 1.
    """
    for clause in below:
        mark = read_mark(clause.text) if clause.kind == "item" else None
        if mark is not None and clause.parent_id == holder.clause_id and mark.number[0] == number:
            return clause
    return None


def text_start(clause: Clause) -> int:
    """Where a clause's words begin, after its own mark and the space behind it."""
    mark = clause.marks[-1] if clause.marks else ""
    start = len(mark) if clause.text.startswith(mark) else 0
    return start + len(clause.text[start:]) - len(clause.text[start:].lstrip())
