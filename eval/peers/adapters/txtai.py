"""txtai's embeddings database with `hybrid=True`: FAISS, and its own BM25."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapters import Adapter, loading, required
from chunks import located
from material import Chunk, Text


class Txtai(Adapter):
    """`Embeddings(path=..., hybrid=True)`; it reads the model's prompts by itself."""

    packages = ("txtai", "torch", "transformers")

    def __init__(self, model: str) -> None:
        """Load the model and the splitter."""
        package = required("txtai", "txtai")
        pipeline = required("txtai.pipeline", "txtai")
        self._segment = pipeline.Segmentation(lines=True)
        with loading(model):
            self._embeddings = package.Embeddings(path=model, hybrid=True)

    def split(self, text: Text) -> list[Chunk]:
        """By its own pipeline, a line (here a paragraph) a chunk: sentences would need NLTK's
        data, which knows no Chinese, and other chunkers are other packages'."""
        return located(text, self._segment(text.text))

    def index(self, texts: Sequence[str]) -> None:
        """Vectors and words; rows are its ids."""
        self._embeddings.index(list(texts))

    def search(self, question: str, depth: int) -> list[tuple[int, float]]:
        """Both scores, half and half."""
        return [(int(row), float(score)) for row, score in self._embeddings.search(question, depth)]


def open_peer(model: str, folder: Path) -> Adapter:
    """It keeps everything in memory."""
    return Txtai(model)
