"""The order in which a page is read: running heads taken off, columns one after the other."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from policyqa.loaders.printed import Piece, Row, merged
from policyqa.loaders.tables import Cell

_MARGIN = 0.12
"""Part of a page's height, at top and bottom, in which running heads and page numbers stand."""
_REPEATED = 0.3
"""Part of the pages on which a running head stands at least; left and right pages may differ."""
_PAGE_NUMBER = re.compile(
    r"[-—–－―·•\s]*(?:第?\s*\d{1,4}\s*页?(?:\s*[/／,，共]+\s*\d{1,4}\s*页?)?|[ivxlc]{1,6})[-—–－―·•\s]*"
)
_COLUMN_ROWS = 5
"""Rows that must stand side by side before they are columns and not a gap in a line."""
_FILLED = 0.8
"""Part of its width that a column's full lines fill."""
_FULL_LINES = 0.15
"""Part of a column's lines that are full; a table without rules has hardly any."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its place; cells by row."""

    rows: list[list[Cell]]
    x0: float
    x1: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its rows of text outside of tables, and its tables."""

    width: float
    height: float
    rows: list[Row]
    tables: list[Table]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a column.

    Attributes:
        column: names columns of one place and width; lines of one column have its edges.
        page: counted from 0.
    """

    piece: Piece
    column: tuple[int, int]
    page: int


def reading_order(pages: list[Page]) -> list[Line | Table]:
    """Lines and tables as they are read."""
    repeated = _repeated(pages)
    order: list[Line | Table] = []
    gutter: float | None = None
    for number, page in enumerate(pages):
        rows = [row for row in page.rows if not _is_running(row, page, repeated, len(pages))]
        found = _gutter(rows)
        # A last page may be too short to show its columns by itself.
        if found is None and gutter is not None and not _across(rows, gutter):
            found = gutter
        gutter = found
        order.extend(_in_columns(page, rows, number, gutter))
    return order


def _zone(row: Row, page: Page) -> str | None:
    if row[0].bottom < _MARGIN * page.height:
        return "top"
    if row[0].top > (1 - _MARGIN) * page.height:
        return "bottom"
    return None


def _pattern(row: Row, page: Page) -> tuple[str | None, str, int]:
    """What a running head has in common over the pages: zone, words, height."""
    words = re.sub(r"\d+", "#", "".join(piece.text for piece in row).replace(" ", ""))
    return _zone(row, page), words, round(row[0].middle / 8)


def _repeated(pages: list[Page]) -> set[tuple[str | None, str, int]]:
    counts = Counter(
        pattern
        for page in pages
        for pattern in {_pattern(row, page) for row in page.rows if _zone(row, page)}
    )
    least = max(2, _REPEATED * len(pages))
    return {pattern for pattern, count in counts.items() if count >= least}


def _is_running(
    row: Row, page: Page, repeated: set[tuple[str | None, str, int]], pages: int
) -> bool:
    if _zone(row, page) is None:
        return False
    if _pattern(row, page) in repeated:
        return True
    outermost = row is page.rows[0] or row is page.rows[-1]
    text = merged(row).text
    plain = text.strip().isalnum() and "页" not in text
    return outermost and _PAGE_NUMBER.fullmatch(text) is not None and (pages > 1 or not plain)


def _in_columns(
    page: Page, rows: list[Row], number: int, gutter: float | None
) -> list[Line | Table]:
    order: list[Line | Table] = []
    sides: tuple[list[Line], list[Line]] = ([], [])
    tables = sorted(page.tables, key=lambda table: table.top)

    def flush() -> None:
        for side in sides:
            order.extend(side)
            side.clear()

    for row in rows:
        while tables and tables[0].top < row[0].middle:
            flush()
            order.append(tables.pop(0))
        if gutter is None or any(piece.x0 < gutter < piece.x1 for piece in row):
            flush()
            order.append(Line(merged(row), (round(page.width), 0), number))
            continue
        for place, side in enumerate(sides):
            pieces = [piece for piece in row if (piece.x0 >= gutter) == bool(place)]
            if pieces:
                side.append(Line(merged(pieces), (round(page.width), place + 1), number))
    flush()
    return [*order, *tables]


def _gutter(rows: list[Row]) -> float | None:
    """Where the second of two columns of text begins, or None where there is one column."""
    left = min((row[0].x0 for row in rows), default=0.0)
    right = max((row[-1].x1 for row in rows), default=0.0)
    starts = {
        round(piece.x0 - 0.3 * piece.size)
        for row in rows
        for piece in row[1:]
        if left + 0.3 * (right - left) < piece.x0 < left + 0.7 * (right - left)
    }
    if not starts:
        return None
    gutter = max(sorted(starts), key=lambda x: len(_beside(rows, x)) - _across(rows, x))
    beside = _beside(rows, gutter)
    if len(beside) < max(_COLUMN_ROWS, 2 * _across(rows, gutter)):
        return None
    for edge, widths in (
        (gutter - left, [row[0].x1 - row[0].x0 for row in beside]),
        (right - gutter, [row[-1].x1 - row[-1].x0 for row in beside]),
    ):
        full = sum(1 for width in widths if width > _FILLED * edge)
        if full < max(3, _FULL_LINES * len(widths)):
            return None
    return gutter


def _beside(rows: list[Row], x: float) -> list[Row]:
    return [row for row in rows if row[0].x1 < x < row[-1].x0]


def _across(rows: list[Row], x: float) -> int:
    return sum(1 for row in rows if any(piece.x0 < x < piece.x1 for piece in row))
