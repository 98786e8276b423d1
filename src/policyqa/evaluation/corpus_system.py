"""The product's rankings over a corpus of judged texts, with its vectors kept on disk."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from policyqa.dense import DenseIndex
from policyqa.encoder import Encoder, load_encoder
from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Benchmark, Question
from policyqa.evaluation.results import Found, Result
from policyqa.evaluation.systems import SHOWN_LENGTH, SHOWN_RANKS, Spec, own_method
from policyqa.lexical import LexicalIndex
from policyqa.ranking import Ranked
from policyqa.reranking import reranked
from policyqa.search import rank_rows
from policyqa.span_reader import SpanReader
from policyqa.tokenizer import terms

_BATCH = 512
"""Passages encoded between two files of the cache."""


class CorpusSystem:
    """bm25, dense or hybrid over the entries of a corpus; an entry is ranked as a unit is."""

    def __init__(self, spec: Spec, benchmark: Benchmark, cache: Path, *, progress: bool) -> None:
        """Encode and index the corpus.

        Raises:
            InputError: the benchmark has no corpus, or the system wants a built index.
        """
        if not benchmark.corpus:
            raise InputError(f"题集 {benchmark.path} 没有 corpus.jsonl,只能评测现成的 run")
        if spec.option("index"):
            raise InputError("index=… 只用于以文档为语料的题集")
        self._method = own_method(spec)
        self._fusion = spec.fusion()
        self._corpus = benchmark.corpus
        self._encoder: Encoder | None = None
        self._dense: DenseIndex | None = None
        self._lexical: LexicalIndex | None = None
        self._reader: SpanReader | None = None
        self.identity: dict[str, Any] = {"method": self._method}
        if self._method != "dense":
            rows = tqdm(
                benchmark.corpus, desc="分词", unit="条", file=sys.stderr, disable=not progress
            )
            self._lexical = LexicalIndex.build(
                [terms(f"{entry.title} {entry.text}") for entry in rows]
            )
        if self._method != "bm25":
            self._encoder = load_encoder(spec.option("model"))
            description = self._encoder.description
            self.identity |= {"model": description.name, "model_sha256": description.fingerprint}
            self._dense = _dense_index(self._encoder, benchmark, cache, progress)
        if self._method == "hybrid":
            fusion = self._fusion
            self.identity["fusion"] = {"dense": fusion.dense, "bm25": fusion.bm25}
            self._reader = SpanReader() if spec.option("quick") != "1" else None
            self.identity["reader_sha256"] = self._reader.fingerprint if self._reader else "none"

    def ask(self, question: Question) -> Result:
        """The best entries."""
        started = time.perf_counter()
        ranked = self.rank(question.text)
        seconds = time.perf_counter() - started
        found = []
        for rank, (row, score) in enumerate(zip(ranked.rows, ranked.scores, strict=True)):
            entry = self._corpus[row]
            shown = f"{entry.title}\n{entry.text}"[:SHOWN_LENGTH] if rank < SHOWN_RANKS else ""
            found.append(Found(entry.item, score, shown=shown))
        return Result(question.question_id, tuple(found), seconds=seconds)

    def rank(self, question: str) -> Ranked:
        """The best entries; rows are their places in the corpus."""
        vector = self._encoder.encode_queries([question])[0] if self._encoder else None
        ranked = rank_rows(
            self._dense,
            self._lexical,
            terms(question),
            vector,
            method=self._method,
            fusion=self._fusion,
        )
        if self._reader is None:
            return ranked
        return reranked(ranked, question, self._reader, self._text)

    def _text(self, row: int) -> tuple[str, str]:
        return self._corpus[row].title, self._corpus[row].text


def _dense_index(encoder: Encoder, benchmark: Benchmark, cache: Path, progress: bool) -> DenseIndex:
    """Each entry's passages, cut as the product cuts a unit's; the title is their context."""
    texts, owner = [], []
    for row, entry in enumerate(benchmark.corpus):
        for start, end in encoder.passage_windows(entry.title, entry.text):
            texts.append(encoder.passage_text(entry.title, entry.text[start:end]))
            owner.append(row)
    vectors = encoded(encoder, texts, cache / "vectors", progress=progress)
    return DenseIndex.build(vectors, np.array(owner, dtype=np.int32), len(benchmark.corpus))


def encoded(
    encoder: Encoder, texts: Sequence[str], cache: Path, *, progress: bool
) -> NDArray[np.float32]:
    """(n, d) the passages' vectors, kept below `cache` by content and model.

    A file is written for every `_BATCH` passages, so an interrupted run goes on there.
    """
    digest = hashlib.sha256(encoder.description.fingerprint.encode())
    for text in texts:
        digest.update(hashlib.sha256(text.encode()).digest())
    folder = cache / digest.hexdigest()[:32]
    folder.mkdir(parents=True, exist_ok=True)
    parts = [np.zeros((0, encoder.description.dimension), dtype=np.float32)]
    starts = range(0, len(texts), _BATCH)
    for start in tqdm(
        starts, desc="编码", unit=f"×{_BATCH}段", file=sys.stderr, disable=not progress
    ):
        path = folder / f"{start:08d}.npy"
        batch = texts[start : start + _BATCH]
        vectors = _stored(path, (len(batch), encoder.description.dimension))
        if vectors is None:
            vectors = encoder.encode_passages(batch)
            temporary = path.with_suffix(f".{os.getpid()}.tmp")
            with temporary.open("wb") as stream:
                np.save(stream, vectors, allow_pickle=False)
            temporary.replace(path)
        parts.append(vectors)
    return np.concatenate(parts)


def _stored(path: Path, shape: tuple[int, int]) -> NDArray[np.float32] | None:
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return vectors if vectors.shape == shape and vectors.dtype == np.float32 else None
