"""One module a peer: how its own documentation shows it to be used, and nothing cleverer."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chunks import windows
from material import Chunk, Text

PEERS = {
    "bm25s": "bm25s + jieba",
    "sentence_transformers": "sentence-transformers + FAISS",
    "txtai": "txtai, hybrid",
    "haystack": "Haystack, BM25 + embedding, RRF",
    "chroma": "Chroma",
}
"""Each peer's module here, and what it is called in tables."""
MISSING = "not available here"
"""How a line begins that says which package or model a peer lacks."""


class PeerMissing(Exception):
    """A package or a model that a peer needs cannot be had; the message says which."""


class Adapter(ABC):
    """A peer, ready for texts.

    Attributes:
        packages: distributions whose versions decide its results.
    """

    packages: tuple[str, ...]

    def split(self, text: Text) -> list[Chunk]:
        """A document's chunks; by default windows of whole sentences, as users would cut."""
        return windows(text)

    @abstractmethod
    def index(self, texts: Sequence[str]) -> None:
        """Take all texts; their rows count from 0. Called once."""

    @abstractmethod
    def search(self, question: str, depth: int) -> list[tuple[int, float]]:
        """(row, score) of the best texts, best first, at most `depth`; higher is better."""


def open_adapter(peer: str, model: str, folder: Path) -> Adapter:
    """A peer by its name in `PEERS`.

    Args:
        peer: the name.
        model: a sentence-transformers folder, or a name on a model hub.
        folder: an empty one, for what the peer keeps on disk.

    Raises:
        PeerMissing: a package or the model cannot be had.
    """
    module = importlib.import_module(f"adapters.{peer}")
    adapter = module.open_peer(model, folder)
    assert isinstance(adapter, Adapter)
    return adapter


def required(module: str, package: str) -> Any:
    """A module of a peer's package.

    Raises:
        PeerMissing: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise PeerMissing(
            f"{package} is not installed ({error}); pip install -r eval/peers/requirements.txt"
        ) from error


@contextmanager
def loading(model: str) -> Iterator[None]:
    """What is raised while a model is loaded, as one line.

    Raises:
        PeerMissing: the model is no folder and no hub gives it, or it cannot be loaded.
    """
    try:
        yield
    except (OSError, ValueError) as error:
        reason = str(error).strip().split("\n")[0]
        raise PeerMissing(f"{model} cannot be loaded: {reason}") from error
