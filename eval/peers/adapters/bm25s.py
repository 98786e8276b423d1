"""BM25 by bm25s with its defaults, over jieba's words: the usual keyword search."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters import Adapter, required


class Bm25s(Adapter):
    """`BM25().index(words)`, `retrieve(words)`."""

    packages = ("bm25s", "jieba")

    def __init__(self) -> None:
        """Load the packages."""
        self._jieba = required("jieba", "jieba")
        self._jieba.setLogLevel(logging.WARNING)
        self._bm25: Any = required("bm25s", "bm25s").BM25()
        self._count = 0

    def index(self, texts: Sequence[str]) -> None:
        """Words of every text."""
        self._count = len(texts)
        self._bm25.index([self._jieba.lcut(text) for text in texts], show_progress=False)

    def search(self, question: str, depth: int) -> list[tuple[int, float]]:
        """Texts that have a word of the question."""
        words = [self._jieba.lcut(question)]
        depth = min(depth, self._count)
        rows, scores = self._bm25.retrieve(words, k=depth, show_progress=False)
        ranked = zip(rows[0].tolist(), scores[0].tolist(), strict=True)
        # bm25s fills up to k with texts that share no word with the question.
        return [(row, score) for row, score in ranked if score > 0]


def open_peer(model: str, folder: Path) -> Adapter:
    """It uses neither a model nor a folder."""
    return Bm25s()
