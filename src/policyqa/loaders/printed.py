"""What a page prints: characters and lines with their places, in points from its top left."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, replace

from policyqa.loaders.loaded import joined

_WORD_GAP = 0.22
"""Space between two Latin characters from which on it is a word space, in ems."""
_SET_APART = 0.7
"""Space between Chinese characters that is meant, and not made by justification, in ems."""
_PIECE_GAP = 1.2
"""Space that may be the gutter between two columns, in ems."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text on one line without a wide gap in it, or a single character.

    Attributes:
        size: of its type; the em of a Chinese character.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float

    @property
    def middle(self) -> float:
        """Its height on the page."""
        return (self.top + self.bottom) / 2


Row = list[Piece]
"""The pieces of a page that stand side by side."""


def rows_of(characters: Iterable[Piece]) -> list[Row]:
    """Characters to rows of pieces, from the top down, each from left to right."""
    rows: list[list[Piece]] = []
    for character in sorted(characters, key=lambda one: one.middle):
        if rows and character.middle - rows[-1][0].middle < 0.5 * max(
            character.size, rows[-1][0].size
        ):
            rows[-1].append(character)
        else:
            rows.append([character])
    split = (_pieces(sorted(row, key=lambda one: one.x0)) for row in rows)
    return [row for row in split if row]


def _pieces(characters: list[Piece]) -> Row:
    pieces: Row = []
    begins = True
    for character in characters:
        if not character.text.strip():
            continue
        if begins or character.x0 - pieces[-1].x1 > _PIECE_GAP * character.size:
            pieces.append(character)
            begins = False
        else:
            pieces[-1] = _extended(pieces[-1], character)
    return pieces


def merged(pieces: Row) -> Piece:
    """Pieces side by side as one, a space for each gap between them."""
    line = pieces[0]
    for piece in pieces[1:]:
        line = _extended(line, piece)
    return line


def _extended(line: Piece, piece: Piece) -> Piece:
    gap = piece.x0 - line.x1
    latin = (line.text[-1] + piece.text[0]).isascii()
    apart = gap > (_WORD_GAP if latin else _SET_APART) * min(line.size, piece.size)
    # Full-width punctuation leaves half of its square empty.
    apart = apart and (latin or not re.search(r"[，。、；：）》」”’]$", line.text))
    return replace(
        line,
        text=line.text + ((" " if latin else "　") if apart else "") + piece.text,
        x1=max(line.x1, piece.x1),
        top=min(line.top, piece.top),
        bottom=max(line.bottom, piece.bottom),
        size=max(line.size, piece.size),
    )


def cell_text(characters: Iterable[Piece]) -> str:
    """A table cell's text: its lines rejoined, since a cell is seldom more than a paragraph."""
    text = ""
    for row in rows_of(characters):
        text = joined(text, merged(row).text) if text else merged(row).text
    return text


def usual(values: Iterable[float], otherwise: float) -> float:
    """The median, or `otherwise` where there are none."""
    found = list(values)
    return statistics.median(found) if found else otherwise
