"""A document's parts in order, what of its text they and the clauses cover, and its numbering."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from policyqa.document import TEXT_PARTS, Clause, Document, Part, PartName

_ROW = re.compile(r"(?P<head>[^：；。\s]{1,20})：[^；]*；[^：；]{1,20}：")
"""A table's row as loaders write it: 学历：专科；奖励标准：20000."""


def all_parts(outside: Iterable[Part], clauses: Sequence[Clause], source: str) -> tuple[Part, ...]:
    """Every part of a document in order; neighbours of one name are one part.

    Args:
        outside: the parts whose text is in no clause.
        clauses: the document's clauses.
        source: the document's text.
    """
    named = [*_unnumbered(clauses), *_tables(clauses, source)]
    merged: list[Part] = []
    for part in sorted((*outside, *named), key=lambda part: (part.start, part.end)):
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.name == part.name
            and part.name != "table"
            and not source[last.end : part.start].strip()
        ):
            merged[-1] = Part(part.name, last.start, part.end)
        else:
            merged.append(part)
    return tuple(merged)


def _unnumbered(clauses: Sequence[Clause]) -> Iterator[Part]:
    """Preamble and closing: text clauses at the top, before the first mark and after the last."""
    top = [clause for clause in clauses if clause.parent_id is None and clause.kind != "annex"]
    # A chapter that lost its number in copying has no mark either.
    numbered = [number for number, clause in enumerate(top) if clause.marks]
    for number, clause in enumerate(top):
        if clause.kind != "text" or clause.marks or clause.elided or not numbered:
            continue
        if number < numbered[0]:
            yield Part("preamble", clause.start, clause.end)
        elif number > numbered[-1]:
            yield Part("closing", clause.start, clause.end)


def _tables(clauses: Sequence[Clause], source: str) -> Iterator[Part]:
    """Rows with the same first column head, one below the other."""
    rows: list[tuple[str, int, int]] = []
    for clause in clauses:
        for line in re.finditer(r"[^\n]+", clause.text):
            row = _ROW.match(line[0])
            start = clause.start + line.start()
            continues = rows and row and rows[-1][0] == row["head"]
            if not continues or source[rows[-1][2] : start].strip():
                yield from _table(rows)
                rows = []
            if row:
                rows.append((row["head"], start, clause.start + line.end()))
    yield from _table(rows)


def _table(rows: Sequence[tuple[str, int, int]]) -> Iterator[Part]:
    if len(rows) > 1:
        yield Part("table", rows[0][1], rows[-1][2])


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a document's text is in a clause or part; characters without white space.

    Attributes:
        total: characters of the document.
        clauses: of them in clauses.
        parts: of them in each part that holds no clause, by name in order of appearance.
        missing: stretches in neither, as offsets into the text.
    """

    total: int
    clauses: int
    parts: dict[PartName, int]
    missing: tuple[tuple[int, int], ...]


def coverage(document: Document) -> Coverage:
    """Count what clauses and parts cover of a document that was just split."""
    outside = [part for part in document.parts if part.name not in TEXT_PARTS]
    parts: dict[PartName, int] = {}
    for part in outside:
        parts[part.name] = parts.get(part.name, 0) + _printed(document.text[part.start : part.end])
    spans = [(clause.start, clause.end) for clause in document.clauses]
    missing: list[tuple[int, int]] = []
    end = 0
    ends = len(document.text)
    for start, stop in sorted(
        [*spans, *((part.start, part.end) for part in outside), (ends, ends)]
    ):
        if document.text[end:start].strip():
            missing.append((end, start))
        end = max(end, stop)
    return Coverage(
        _printed(document.text),
        sum(_printed(document.text[start:stop]) for start, stop in spans),
        parts,
        tuple(missing),
    )


def _printed(text: str) -> int:
    return sum(not character.isspace() for character in text)
