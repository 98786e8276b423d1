"""Printed lines to paragraphs, by what the eye goes by: a line that ends short, an indent, a
gap, another size of type, a numbering mark."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from policyqa.loaders.columns import Line, Table
from policyqa.loaders.loaded import joined
from policyqa.loaders.printed import usual
from policyqa.loaders.tables import table_lines
from policyqa.marks import is_annex, read_mark

_STOP = re.compile(r"[。；;：:！？!?…”』」）)]$")


@dataclass(frozen=True, slots=True)
class _Edges:
    """Where the lines of a column begin and end, how far apart they are, and whether
    paragraphs begin with an indent."""

    left: float
    right: float
    gap: float
    indents: bool


@dataclass(slots=True)
class _Open:
    """The paragraph that is being read."""

    text: str
    last: Line
    lines: int = 1


def paragraphs(order: list[Line | Table]) -> list[str]:
    """The paragraphs and table rows of a document in reading order."""
    edges = _edges([item for item in order if isinstance(item, Line)])
    found: list[str] = []
    current: _Open | None = None
    table: Table | None = None
    for item in order:
        if isinstance(item, Table):
            if current is not None:
                found.append(current.text)
            elif table is not None and _continues(table, item):
                item = _together(table, item)
                table = None
            if table is not None:
                found.extend(table_lines(table.rows))
            current, table = None, item
            continue
        if table is not None:
            found.extend(table_lines(table.rows))
            table = None
        if current is not None and not _begins(current, item, edges):
            current.text = joined(current.text, item.piece.text)
            current.last = item
            current.lines += 1
            continue
        if current is not None:
            found.append(current.text)
        current = _Open(item.piece.text, item)
    if current is not None:
        found.append(current.text)
    if table is not None:
        found.extend(table_lines(table.rows))
    return found


def _edges(lines: list[Line]) -> dict[tuple[int, int], _Edges]:
    edges = {}
    for column in {line.column for line in lines}:
        own = [line for line in lines if line.column == column]
        starts = sorted(line.piece.x0 for line in own)
        ends = sorted(line.piece.x1 for line in own)
        gaps = [
            after.piece.top - before.piece.bottom
            for before, after in itertools.pairwise(own)
            if before.page == after.page
        ]
        # One line in ten may hang out of its column: a seal's date, a mark in the margin.
        left = starts[len(starts) // 10]
        right = ends[-1 - len(ends) // 10]
        em = usual((line.piece.size for line in own), 0.0)
        indented = sum(1 for start in starts if em < start - left < 3 * em)
        edges[column] = _Edges(
            left, right, usual((gap for gap in gaps if gap > -2), 0.0), 10 * indented > len(own)
        )
    return edges


def _begins(current: _Open, line: Line, edges: dict[tuple[int, int], _Edges]) -> bool:
    """Whether `line` begins a paragraph."""
    last, piece = current.last.piece, line.piece
    here, there = edges[line.column], edges[current.last.column]
    em = piece.size
    if abs(last.size - em) > 0.15 * max(last.size, em):
        return True
    same = (current.last.page, current.last.column) == (line.page, line.column)
    if same and piece.top - last.bottom > here.gap + 0.6 * em:
        return True
    if there.right - last.x1 > _first_word(piece.text, em):
        return True
    stopped = _STOP.search(current.text) is not None
    indent, before = piece.x0 - here.left, last.x0 - there.left
    marked = read_mark(piece.text) is not None or is_annex(piece.text)
    if stopped and marked and (indent > em or not here.indents):
        return True
    if indent <= em:
        return False
    if current.lines > 1:
        # Lines of a hanging paragraph begin where its second one does.
        return abs(indent - before) > 0.5 * em
    hangs = read_mark(current.text) is not None and before < indent - 0.5 * em
    return stopped or not hangs


def _first_word(text: str, em: float) -> float:
    """Room that the line's first word would have needed on the line above, and a little."""
    latin = re.match(r"[\x21-\x7e]+", text)
    held = re.match(r".[，。、；：！？）》”’」』]*", text)
    width = 0.55 * len(latin[0]) if latin else float(len(held[0]) if held else 1)
    return (width + 0.7) * em


def _continues(above: Table, below: Table) -> bool:
    """Whether a table goes on with one that the page before ended with."""
    same = abs(above.x0 - below.x0) < 3 and abs(above.x1 - below.x1) < 3
    return same and below.top < above.bottom and _width(above) == _width(below)


def _width(table: Table) -> int:
    return sum(cell.across for cell in table.rows[0]) if table.rows else 0


def _together(above: Table, below: Table) -> Table:
    heads, again = ([cell.text for cell in table.rows[0]] for table in (above, below))
    rows = above.rows + (below.rows[1:] if heads == again else below.rows)
    return Table(rows, below.x0, below.x1, below.top, below.bottom)
