"""The order in which a page is read: running heads taken off, columns one after the other."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from policyqa.loaders.printed import Piece, Row, merged, usual
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
_FILLED = 0.6
"""Part of its width that the usual line of a column fills."""


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
    for number, page in enumerate(pages):
        rows = [row for row in page.rows if not _is_running(row, page, repeated, len(pages))]
        order.extend(_in_columns(page, rows, number))
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


def _in_columns(page: Page, rows: list[Row], number: int) -> list[Line | Table]:
    gutter = _gutter(rows)
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
    """The middle of the empty strip between two columns of text, or None."""
    left = min((row[0].x0 for row in rows), default=0.0)
    right = max((row[-1].x1 for row in rows), default=0.0)
    between = [
        (before.x1 + after.x0) / 2
        for row in rows
        for before, after in zip(row, row[1:], strict=False)
    ]
    inner = [x for x in between if left + 0.3 * (right - left) < x < left + 0.7 * (right - left)]
    if len(inner) < _COLUMN_ROWS:
        return None
    gutter = usual(inner, 0.0)
    beside = [row for row in rows if row[0].x1 < gutter < row[-1].x0]
    across = [row for row in rows if any(piece.x0 < gutter < piece.x1 for piece in row)]
    if len(beside) < max(_COLUMN_ROWS, 2 * len(across)):
        return None
    for edge, sides in (
        (gutter - left, [row[0].x1 - row[0].x0 for row in beside]),
        (right - gutter, [row[-1].x1 - row[-1].x0 for row in beside]),
    ):
        if usual(sides, 0.0) < _FILLED * edge:
            return None
    return gutter
