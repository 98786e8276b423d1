"""The product's search and answers over a benchmark's documents."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from policyqa.answer import Answer, Answerer
from policyqa.candidates import Candidate
from policyqa.clauses import SPLITTER, split
from policyqa.document import Clause, Document
from policyqa.encoder import Encoder, load_encoder
from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Benchmark, Question
from policyqa.evaluation.gold import Place, document_files
from policyqa.evaluation.names import Names
from policyqa.evaluation.results import Found, Given, Result
from policyqa.evaluation.systems import SHOWN_LENGTH, SHOWN_RANKS, Spec, own_method
from policyqa.evaluation.trec import span_item
from policyqa.filters import Filters
from policyqa.indexing import update_index
from policyqa.reader import IndexReader, Snapshot
from policyqa.search import Searcher
from policyqa.span_reader import SpanReader

HITS = 10
"""Clauses listed with an answer while the time is taken, as the web page asks for."""


class IndexSystem:
    """bm25, dense or hybrid over an index of the benchmark's documents; hybrid answers too."""

    def __init__(self, spec: Spec, benchmark: Benchmark, cache: Path, *, progress: bool) -> None:
        """Open the index that the system names, or build one below `cache`.

        Raises:
            InputError: a document of the benchmark is not in the index.
        """
        encoder = load_encoder(spec.option("model"))
        files = document_files(benchmark, texts_folder(benchmark, cache))
        named = spec.option("index")
        folder = Path(named) if named else _built(encoder, benchmark, files, cache, progress)
        fusion = spec.fusion()
        self._method = own_method(spec)
        self._within = benchmark.within
        searcher = Searcher(IndexReader(folder, encoder.description), encoder, fusion=fusion)
        self._searcher = searcher
        # The product answers from the hybrid ranking; its confidence holds for no other.
        self._answerer = None
        reader = None
        if self._method == "hybrid":
            reader = SpanReader() if spec.option("quick") != "1" else None
            self._answerer = Answerer(searcher, reader)
        snapshot = searcher.reader.snapshot()
        names = Names.of(files)
        self._ids = names.identities({one.document_id: one.sha256 for one in snapshot.documents})
        self._names = {identity: names.same(name) for name, identity in self._ids.items()}
        for name in files.keys() - self._ids.keys():
            raise InputError(
                f"索引 {folder} 中没有题集所问的 {name},请先运行 policyqa index {files[name].parent}"
            )
        status = snapshot.store.status()
        self.identity: dict[str, Any] = {
            "method": self._method,
            "model": encoder.description.name,
            "model_sha256": encoder.description.fingerprint,
            "splitter": SPLITTER,
            "index": {key: status[key] for key in ("documents", "clauses", "units", "passages")},
        }
        if self._method == "hybrid":
            self.identity["fusion"] = {"dense": fusion.dense, "bm25": fusion.bm25}
            self.identity["reader_sha256"] = reader.fingerprint if reader else "none"

    def ask(self, question: Question) -> Result:
        """The best clauses, and for hybrid the answer, timed as users wait for it."""
        filters = None
        if self._within and question.document is not None:
            filters = Filters(document=self._ids[question.document])
        snapshot = self._searcher.reader.snapshot()
        given = None
        started = time.perf_counter()
        if self._answerer is None:
            ranked = self._searcher.rank(snapshot, question.text, self._method, filters)
            seconds = time.perf_counter() - started
        else:
            outcome = self._answerer.consider(snapshot, question.text, filters)
            answer = self._answerer.answer_of(snapshot, question.text, outcome, HITS)
            seconds = time.perf_counter() - started
            given = self._given(snapshot, answer)
            ranked = outcome.ranked
        found = []
        for rank, (row, score) in enumerate(zip(ranked.rows, ranked.scores, strict=True)):
            unit = snapshot.units[row]
            place = Place(self._name(snapshot, unit.document_id), unit.start, unit.end)
            shown = snapshot.text_of(row)[:SHOWN_LENGTH] if rank < SHOWN_RANKS else ""
            found.append(Found(span_item(place), float(score), place, shown))
        return Result(question.question_id, tuple(found), given, seconds)

    def candidates(self, text: str) -> list[tuple[Candidate, Place]]:
        """Every candidate answer to a question and where it stands; hybrid only."""
        if self._answerer is None:
            raise InputError(f"{self._method} 只排序,不回答")
        snapshot = self._searcher.reader.snapshot()
        _, found = self._answerer.candidates(snapshot, text)
        return [
            (one, self._place(snapshot, one.clause, one.span.start, one.span.end)) for one in found
        ]

    def _given(self, snapshot: Snapshot, answer: Answer) -> Given:
        if answer.clause is None or answer.span is None:
            return Given(None, answer.confidence)
        clause = answer.clause
        place = self._place(snapshot, clause, *answer.span)
        return Given(answer.text, answer.confidence, place, clause.text)

    def _place(self, snapshot: Snapshot, clause: Clause, start: int, end: int) -> Place:
        """Offsets in a clause's text as a place in its document."""
        name = self._name(snapshot, clause.document_id)
        return Place(name, clause.start + start, clause.start + end)

    def _name(self, snapshot: Snapshot, document_id: str) -> str:
        """The benchmark's name of a document, or its file where it is none of the benchmark's."""
        known = self._names.get(document_id)
        return known or Path(_document(snapshot, document_id).source).name


def texts_folder(benchmark: Benchmark, cache: Path) -> Path:
    """Where the documents that a benchmark brings stand as files; they are written if need be."""
    folder = cache / "documents" / benchmark.fingerprint[:32]
    for name, text in benchmark.texts.items():
        path = folder / name
        content = text.encode()
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return folder


def _document(snapshot: Snapshot, document_id: str) -> Document:
    return next(one for one in snapshot.documents if one.document_id == document_id)


def _built(
    encoder: Encoder, benchmark: Benchmark, files: dict[str, Path], cache: Path, progress: bool
) -> Path:
    """An index of exactly the benchmark's documents; only what changed is encoded."""
    model = encoder.description.fingerprint[:16]
    folder = cache / "indexes" / f"{benchmark.name}-{model}"
    report = update_index(
        [path.resolve() for path in files.values()],
        folder,
        encoder=encoder,
        split=split,
        splitter=SPLITTER,
        progress=progress,
    )
    if report.failed:
        path, reason = report.failed[0]
        raise InputError(f"题集的文档 {path} 无法读入: {reason}")
    return folder
