"""Embeddings by sentence-transformers in FAISS's exact index, as both document it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters import Adapter, loading, required


class SentenceTransformersFaiss(Adapter):
    """`encode_document`, `IndexFlatIP`, `encode_query`; the model's own prompts are used."""

    packages = ("sentence-transformers", "faiss-cpu", "torch", "transformers")

    def __init__(self, model: str) -> None:
        """Load the model."""
        self._faiss = required("faiss", "faiss-cpu")
        package = required("sentence_transformers", "sentence-transformers")
        with loading(model):
            self._model = package.SentenceTransformer(model)
        self._index: Any = None

    def index(self, texts: Sequence[str]) -> None:
        """All vectors, of length one."""
        vectors = self._model.encode_document(list(texts), normalize_embeddings=True)
        self._index = self._faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def search(self, question: str, depth: int) -> list[tuple[int, float]]:
        """Nearest by cosine."""
        vectors = self._model.encode_query([question], normalize_embeddings=True)
        scores, rows = self._index.search(vectors, depth)
        ranked = zip(rows[0].tolist(), scores[0].tolist(), strict=True)
        return [(row, score) for row, score in ranked if row >= 0]


def open_peer(model: str, folder: Path) -> Adapter:
    """It keeps everything in memory."""
    return SentenceTransformersFaiss(model)
