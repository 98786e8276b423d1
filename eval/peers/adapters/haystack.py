"""Haystack's hybrid retrieval of its tutorial: BM25 and embeddings in memory, joined by RRF."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adapters import Adapter, loading, required
from chunks import LENGTH, OVERLAP
from material import Chunk, Text

_SEPARATORS = ["\n\n", "\n", "。", "；", "，"]
"""The splitter's own end with blanks between words, of which Chinese has none."""


class Haystack(Adapter):
    """A pipeline of two retrievers over one store, and a joiner."""

    packages = ("haystack-ai", "sentence-transformers-haystack", "torch", "transformers")

    def __init__(self, model: str) -> None:
        """Connect the pipeline."""
        haystack = required("haystack", "haystack-ai")
        embedders = required(
            "haystack_integrations.components.embedders.sentence_transformers",
            "sentence-transformers-haystack",
        )
        retrievers = required("haystack.components.retrievers.in_memory", "haystack-ai")
        joiners = required("haystack.components.joiners", "haystack-ai")
        stores = required("haystack.document_stores.in_memory", "haystack-ai")
        preprocessors = required("haystack.components.preprocessors", "haystack-ai")
        prompts = _prompts(model)
        self._document = haystack.Document
        self._splitter = preprocessors.RecursiveDocumentSplitter(
            split_length=LENGTH, split_overlap=OVERLAP, split_unit="char", separators=_SEPARATORS
        )
        self._store: Any = stores.InMemoryDocumentStore()
        self._embedder: Any = embedders.SentenceTransformersDocumentEmbedder(
            model=model, prefix=prompts.get("document") or "", progress_bar=False
        )
        questions = embedders.SentenceTransformersTextEmbedder(
            model=model, prefix=prompts.get("query") or "", progress_bar=False
        )
        pipeline: Any = haystack.Pipeline()
        pipeline.add_component("text_embedder", questions)
        pipeline.add_component("dense", retrievers.InMemoryEmbeddingRetriever(self._store))
        pipeline.add_component("bm25", retrievers.InMemoryBM25Retriever(self._store))
        joiner = joiners.DocumentJoiner(join_mode="reciprocal_rank_fusion")
        pipeline.add_component("joiner", joiner)
        pipeline.connect("text_embedder.embedding", "dense.query_embedding")
        pipeline.connect("bm25", "joiner")
        pipeline.connect("dense", "joiner")
        with loading(model):
            pipeline.warm_up()
            self._embedder.warm_up()
        self._pipeline = pipeline

    def split(self, text: Text) -> list[Chunk]:
        """By its own recursive splitter."""
        found = self._splitter.run(documents=[self._document(content=text.text)])["documents"]
        chunks = []
        for part in found:
            start = part.meta["split_idx_start"]
            chunks.append(Chunk(text.name, start, start + len(part.content), part.content))
        return chunks

    def index(self, texts: Sequence[str]) -> None:
        """Embed and write."""
        documents = [
            self._document(content=text, meta={"row": row}) for row, text in enumerate(texts)
        ]
        self._store.write_documents(self._embedder.run(documents)["documents"])

    def search(self, question: str, depth: int) -> list[tuple[int, float]]:
        """Both lists to this depth, joined."""
        found = self._pipeline.run(
            {
                "text_embedder": {"text": question},
                "dense": {"top_k": depth},
                "bm25": {"query": question, "top_k": depth},
                "joiner": {"top_k": depth},
            }
        )
        return [(one.meta["row"], one.score) for one in found["joiner"]["documents"]]


def _prompts(model: str) -> dict[str, str]:
    """What the model wants before questions and documents; Haystack asks its users for it."""
    files = required("sentence_transformers.util", "sentence-transformers")
    with loading(model):
        path = files.load_file_path(model, "config_sentence_transformers.json")
    prompts = json.loads(Path(path).read_text(encoding="utf-8")).get("prompts") if path else None
    return prompts or {}


def open_peer(model: str, folder: Path) -> Adapter:
    """It keeps everything in memory."""
    return Haystack(model)
