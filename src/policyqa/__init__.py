"""Semantic search and question answering over Chinese policy texts, clause by clause."""

from typing import TYPE_CHECKING, Any

from policyqa.clauses import split

if TYPE_CHECKING:
    from policyqa.index import Index, build_index, open_index

__all__ = ["Index", "build_index", "open_index", "split"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # FAISS and the encoder are loaded when an index is, so that `policyqa split` starts at once.
    if name in ("Index", "build_index", "open_index"):
        from policyqa import index

        return getattr(index, name)
    raise AttributeError(f"module 'policyqa' has no attribute '{name}'")
