"""Chroma with its own embedding function for sentence-transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapters import Adapter, loading, required


class Chroma(Adapter):
    """`PersistentClient`, `collection.add`, `collection.query`.

    Its embedding function encodes questions and texts alike and takes no prefixes, so a model
    that wants them goes without.
    """

    packages = ("chromadb", "sentence-transformers", "torch", "transformers")

    def __init__(self, model: str, folder: Path) -> None:
        """Make an empty collection."""
        chromadb = required("chromadb", "chromadb")
        functions = required("chromadb.utils.embedding_functions", "chromadb")
        self._client = chromadb.PersistentClient(path=str(folder))
        with loading(model):
            embed = functions.SentenceTransformerEmbeddingFunction(model_name=model)
        self._collection = self._client.create_collection("policies", embedding_function=embed)

    def index(self, texts: Sequence[str]) -> None:
        """Add all, as many at a time as the client takes."""
        size = self._client.get_max_batch_size()
        for start in range(0, len(texts), size):
            batch = list(texts[start : start + size])
            ids = [str(start + place) for place in range(len(batch))]
            self._collection.add(ids=ids, documents=batch)

    def search(self, question: str, depth: int) -> list[tuple[int, float]]:
        """Nearest first; a distance is a negative score."""
        found = self._collection.query(query_texts=[question], n_results=depth)
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [(int(row), -float(distance)) for row, distance in pairs]


def open_peer(model: str, folder: Path) -> Adapter:
    """It keeps its collection in the folder."""
    return Chroma(model, folder)
