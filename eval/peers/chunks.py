"""Documents to chunks with exact offsets, for peers that leave splitting to their users."""

from __future__ import annotations

import re
from collections.abc import Iterable

from material import Chunk, Text

LENGTH = 512
"""Characters of a chunk at most: what users of Chinese models commonly choose."""
OVERLAP = 64
"""Characters that a chunk repeats of the one before, at most."""
_ENDS = re.compile(r"[。！？；]+[”’」』）]*\n*|\n+")
"""Where a sentence or a paragraph ends."""


def windows(text: Text, *, length: int = LENGTH, overlap: int = OVERLAP) -> list[Chunk]:
    """Whole sentences packed into chunks; a sentence longer than a chunk is cut.

    A chunk begins with the last sentences of the one before that fit into the overlap, so all
    characters but blank ones are in a chunk.

    Args:
        text: a document.
        length: characters of a chunk at most.
        overlap: characters repeated at most; less than `length`.
    """
    pieces = _sentences(text.text, length)
    spans: list[tuple[int, int]] = []
    first = 0
    while first < len(pieces):
        start = pieces[first][0]
        last = first
        while last + 1 < len(pieces) and pieces[last + 1][1] - start <= length:
            last += 1
        end = pieces[last][1]
        spans.append((start, end))
        if last + 1 == len(pieces):
            break
        following = last + 1
        # The next chunk must hold something new beside what it repeats.
        while (
            following > first + 1
            and end - pieces[following - 1][0] <= overlap
            and pieces[last + 1][1] - pieces[following - 1][0] <= length
        ):
            following -= 1
        first = following
    return [
        Chunk(text.name, start, end, text.text[start:end])
        for start, end in spans
        if text.text[start:end].strip()
    ]


def located(text: Text, pieces: Iterable[str]) -> list[Chunk]:
    """The places of pieces that a peer's own splitter cut, in their order.

    Splitters drop or collapse blanks, so blanks are passed over when a piece is looked for, and
    blank pieces are left out. Pieces do not overlap.

    Raises:
        ValueError: a piece does not stand in the text.
    """
    shown = [place for place, character in enumerate(text.text) if not character.isspace()]
    bare = "".join(text.text[place] for place in shown)
    chunks: list[Chunk] = []
    after = 0
    for piece in pieces:
        wanted = "".join(piece.split())
        if not wanted:
            continue
        found = bare.find(wanted, after)
        if found < 0:
            raise ValueError(f"{text.name}: no place for the piece {piece[:40]!r}")
        after = found + len(wanted)
        chunks.append(Chunk(text.name, shown[found], shown[found + len(wanted) - 1] + 1, piece))
    return chunks


def _sentences(text: str, length: int) -> list[tuple[int, int]]:
    """Spans that together are the text, none longer than a chunk."""
    ends = [found.end() for found in _ENDS.finditer(text)]
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*ends, len(text)]:
        while end - start > length:
            spans.append((start, start + length))
            start += length
        if end > start:
            spans.append((start, end))
            start = end
    return spans
