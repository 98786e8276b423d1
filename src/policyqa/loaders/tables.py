"""How a table of any format is written as text: a line a row, readable on its own.

A clause is found by its words, so each row repeats its column heads: 学历：专科；奖励标准：
20000. Merged cells count for every row that they stand in. A table that only places
paragraphs on the page (one column, or long text under no heads) is those paragraphs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from policyqa.errors import LoadError

_HEAD_LIMIT = 20
"""Characters of a column head, where the markup does not say what is one."""
_PROSE = 400
"""Characters of a row without heads from which on it is text placed by a table."""
_WIDEST = 200
"""Columns that are kept apart; a span over more is a mistake or an attack."""


@dataclass(slots=True)
class Cell:
    """A table's cell.

    Attributes:
        text: its paragraphs, a line each.
        across: columns that it spans.
        down: rows that it spans.
        head: the markup says that it heads its column.
    """

    text: str
    across: int = 1
    down: int = 1
    head: bool = False


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place of the grid: the cell that covers it, and whether the cell begins there."""

    cell: Cell
    first: bool


def table_lines(rows: list[list[Cell]]) -> list[str]:
    """The lines of a table whose rows hold the cells that begin in them.

    Raises:
        LoadError: it is wider than any honest one.
    """
    grid = _grid(rows)
    width = max((len(row) for row in grid), default=0)
    lines: list[str] = []
    top = 0
    while top < len(grid) and (width == 1 or _whole(grid[top], width)):
        lines.extend(_paragraphs(grid[top]))
        top += 1
    depth = _head_rows(grid[top:], width)
    heads = _heads(grid[top : top + depth], width)
    for row in grid[top + depth :]:
        if _whole(row, width):
            lines.extend(_paragraphs(row))
        elif depth:
            lines.append(_under_heads(row, heads))
        else:
            lines.extend(_without_heads(row))
    if depth and top + depth == len(grid):
        lines.extend(line for row in grid[top:] for line in _without_heads(row))
    return [line for line in lines if line]


def _grid(rows: list[list[Cell]]) -> list[list[_Spot | None]]:
    """Each row's places from left to right, spans resolved."""
    grid: list[list[_Spot | None]] = [[] for _ in rows]
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while column < len(grid[number]) and grid[number][column] is not None:
                column += 1
            if column >= _WIDEST:
                raise LoadError(f"表格超过 {_WIDEST} 列,无法读取")
            right = min(column + max(cell.across, 1), _WIDEST)
            for line in grid[number : number + max(cell.down, 1)]:
                line.extend([None] * (right - len(line)))
                for place in range(column, right):
                    line[place] = _Spot(cell, place == column)
            column = right
    return grid


def _whole(row: list[_Spot | None], width: int) -> bool:
    """Whether one cell goes all across, or stands alone before empty ones in a wide table."""
    cells = {id(spot.cell) for spot in row if spot is not None}
    return len(cells) == 1 and (len(row) == width or width > 2)


def _cells(row: list[_Spot | None]) -> list[Cell]:
    return [spot.cell for spot in row if spot is not None and spot.first]


def _paragraphs(row: list[_Spot | None]) -> list[str]:
    return [line.strip() for cell in _cells(row) for line in cell.text.split("\n")]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _head_rows(grid: list[list[_Spot | None]], width: int) -> int:
    """How many of the first rows head the columns; a head that spans rows takes them along."""
    if width < 2 or len(grid) < 2:
        return 0
    first = _cells(grid[0])
    marked = bool(first) and all(cell.head for cell in first)
    if not marked and not _like_heads(first, len(grid[0]) == width):
        return 0
    depth = max(cell.down for cell in first)
    if marked:
        while depth < len(grid) and all(cell.head for cell in _cells(grid[depth])):
            depth += 1
    return depth if depth < len(grid) else 1


def _like_heads(cells: list[Cell], complete: bool) -> bool:
    texts = [_flat(cell.text) for cell in cells]
    return (
        complete
        and len(set(texts)) == len(texts) > 1
        and all(
            0 < len(text) <= _HEAD_LIMIT and not re.search(r"[。；：:]|^[\d.,%％\-—/]+$", text)
            for text in texts
        )
    )


def _heads(grid: list[list[_Spot | None]], width: int) -> list[str]:
    """The head of each column; one head over others is put before them."""
    heads: list[list[str]] = [[] for _ in range(width)]
    for row in grid:
        for column, spot in enumerate(row):
            # A head set apart for looks (主 要 内 容) is one word.
            text = re.sub(
                r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", _flat(spot.cell.text if spot else "")
            )
            if text and text not in heads[column]:
                heads[column].append(text)
    return [" ".join(texts) for texts in heads]


def _under_heads(row: list[_Spot | None], heads: list[str]) -> str:
    cells = _cells(row)
    if cells and row[0] is not None and row[0].cell is cells[0] and cells[0].across > 1:
        # 合计 or 备注 over the first columns names the row; it is no value under their heads.
        texts = [_flat(cell.text) for cell in cells if cell.text.strip()]
        if len(texts) == 2:
            return "：".join(texts)
    parts: list[str] = []
    above: list[str] = []
    for column, spot in enumerate(row):
        if spot is None:
            continue
        above.append(heads[column])
        after = row[column + 1] if column + 1 < len(row) else None
        if after is not None and after.cell is spot.cell:
            continue
        value = _flat(spot.cell.text)
        head = "、".join(dict.fromkeys(text for text in above if text))
        if value:
            parts.append(f"{head}：{value}" if head and head != value else value)
        above = []
    return "；".join([*(part.rstrip("。；") for part in parts[:-1]), *parts[-1:]])


def _without_heads(row: list[_Spot | None]) -> list[str]:
    cells = _cells(row)
    texts = [cell.text.strip() for cell in cells]
    if sum(map(len, texts)) >= _PROSE or any("\n" in text for text in texts):
        return _paragraphs(row)
    return ["　".join(_flat(text) for text in texts if text)]
