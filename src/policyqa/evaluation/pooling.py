"""The top results of several systems, pooled to be judged.

What is pooled are entries of the benchmark's corpus, or places of its documents; the pool keeps
all that could have been found as its corpus, so that judged it is a benchmark by itself.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policyqa.clauses import split
from policyqa.document import Document, units
from policyqa.errors import InputError, PolicyQAError
from policyqa.evaluation.benchmark import Benchmark, Findings, Question
from policyqa.evaluation.gold import Place, document_files
from policyqa.evaluation.index_system import texts_folder
from policyqa.evaluation.lines import read_records
from policyqa.evaluation.load import load_benchmark
from policyqa.evaluation.names import Names
from policyqa.evaluation.systems import OWN, Spec, open_system
from policyqa.evaluation.trec import read_run, read_span, span_item
from policyqa.pool import PoolQuery, PoolText, write_pool
from policyqa.store import Store


@dataclass(frozen=True, slots=True)
class Searched:
    """What the systems search.

    Attributes:
        benchmark: its questions are the pool's queries.
        documents: by their names in the benchmark; none for a corpus.
        texts: all entries of the corpus, or all units of the documents, by item id.
        clauses: item id of each unit, by its clause's id, as `search --trec` names it.
    """

    benchmark: Benchmark
    documents: Mapping[str, Document]
    texts: dict[str, PoolText]
    clauses: Mapping[str, str]

    def text(self, item: str) -> PoolText | None:
        """What a run's item means: an entry, a unit, a place of a document, or nothing."""
        known = self.texts.get(self.clauses.get(item, item))
        place = read_span(item)
        if known or place is None or place.document not in self.documents:
            return known
        document = self.documents[place.document]
        if not place.start < place.end <= len(document.text):
            return None
        words = document.text[place.start : place.end]
        return self.texts.setdefault(item, PoolText(item, document.title, words))


@dataclass(frozen=True, slots=True)
class Pooled:
    """What a pool came to: its queries and pooled texts, and queries that nothing was found for."""

    queries: int
    items: int
    empty: tuple[str, ...]


def read_searched(
    path: Path, *, index: Path | None, documents: str | None, cache: Path, part: str | None
) -> Searched:
    """What a benchmark, or queries over an index, are to be pooled from.

    Args:
        path: a benchmark, with or without judgements, or a JSON Lines file of `_id` and `text`.
        index: an index folder, whose documents are searched too; a queries file needs one.
        documents: where the documents of clause questions stand.
        cache: where the texts of a benchmark that brings its own are written.
        part: only the questions of this part.

    Raises:
        InputError: the path is neither, or a document is missing.
    """
    if path.is_file() and path.suffix == ".jsonl":
        if index is None:
            raise InputError("题目文件须用 --index 指明所查的索引")
        return _over_index(path, index)
    benchmark = load_benchmark(path, documents=documents, judged=False)
    if part is not None:
        kept = tuple(one for one in benchmark.questions if one.part == part)
        if not kept:
            raise InputError(f"{path}: 没有属于 {part} 部分的题目")
        benchmark = replace(benchmark, questions=kept)
    if not benchmark.has_documents:
        texts = {one.item: PoolText(one.item, one.title, one.text) for one in benchmark.corpus}
        return Searched(benchmark, {}, texts, {})
    files = document_files(benchmark, texts_folder(benchmark, cache))
    names = Names.of(files)
    held: dict[str, Document] = {}
    for name, file in files.items():
        if names.same(name) == name:
            try:
                held[name] = split(file)
            except PolicyQAError as error:
                raise InputError(f"题集的文档 {file} 无法读入: {error}") from error
    if index is not None:
        known = set(names.checksums.values())
        store = Store.open(index)
        for one in store.documents():  # what is found there beside the benchmark's documents
            name = Path(one.source).name
            if one.sha256 in known:
                continue
            if name in held:
                raise InputError(
                    f"索引 {index} 中有两个文档都叫 {name},出处会混淆,请改名后重建索引"
                )
            held[name] = store.document(one.document_id)
    return _over_documents(benchmark, held)


def make_pool(
    folder: Path,
    searched: Searched,
    specs: Sequence[Spec],
    cache: Path,
    *,
    depth: int,
    seed: int,
    progress: bool = True,
) -> Pooled:
    """Write the pool of the systems' first `depth` texts for each query.

    Args:
        folder: new; see `pool.write_pool`.
        searched: queries and texts.
        specs: finished runs and systems that are run now.
        cache: as for `run.run_benchmark`.
        depth: texts taken from each system.
        seed: decides the order in which a query's texts are shown.
        progress: show progress bars on standard error.

    Raises:
        InputError: a run names what is not searched, or nothing was found at all.
    """
    found: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    systems = []
    for spec in specs:
        systems.append({"label": spec.label, "kind": spec.kind})
        for query_id, ranked in _rankings(spec, searched, cache, progress).items():
            for rank, (item, score) in enumerate(ranked[:depth], start=1):
                text = searched.text(item)
                if text is None:
                    raise InputError(f"{spec.label}: 条目 {item} 不在题集的语料或文档中")
                row = {"system": spec.label, "rank": rank, "score": score}
                found[query_id][text.item].append(row)
    queries, provenance = [], []
    for question in searched.benchmark.questions:
        items = sorted(found.get(question.question_id, {}))
        random.Random(f"{seed}:{question.question_id}").shuffle(items)
        if not items:
            continue
        queries.append(PoolQuery(question.question_id, question.text, tuple(items)))
        for item in items:
            rows = found[question.question_id][item]
            provenance.append({"query": question.question_id, "item": item, "found": rows})
    if not queries:
        raise InputError("各系统对这些题目都没有结果,无可评判")
    manifest = {
        "name": searched.benchmark.name,
        "benchmark": str(searched.benchmark.path),
        "fingerprint": searched.benchmark.fingerprint,
        "systems": systems,
        "depth": depth,
        "seed": seed,
        "queries": len(queries),
        "items": len(provenance),
    }
    write_pool(folder, manifest, queries, searched.texts.values(), provenance)
    kept = {query.query_id for query in queries}
    empty = [q.question_id for q in searched.benchmark.questions if q.question_id not in kept]
    return Pooled(len(queries), len(provenance), tuple(empty))


def _rankings(
    spec: Spec, searched: Searched, cache: Path, progress: bool
) -> dict[str, list[tuple[str, float]]]:
    if spec.kind == "run":
        results = read_run(Path(spec.option("path") or ""), places=False)
    else:
        system = open_system(spec, searched.benchmark, cache, progress=progress)
        results = {q.question_id: system.ask(q) for q in searched.benchmark.questions}
    return {key: [(one.item, one.score) for one in result.found] for key, result in results.items()}


def with_index(specs: Sequence[Spec], index: Path | None) -> list[Spec]:
    """The systems, those of ours over this index unless they name one."""
    if index is None:
        return list(specs)
    return [
        replace(spec, options=(*spec.options, ("index", str(index))))
        if spec.kind in OWN and not spec.option("index")
        else spec
        for spec in specs
    ]


def _over_documents(benchmark: Benchmark, documents: Mapping[str, Document]) -> Searched:
    texts: dict[str, PoolText] = {}
    clauses: dict[str, str] = {}
    for name, document in documents.items():
        for unit in units(document):
            item = span_item(Place(name, unit.start, unit.start + len(unit.text)))
            texts[item] = PoolText(item, unit.context, unit.text)
            clauses[unit.clause_id] = item
    return Searched(benchmark, documents, texts, clauses)


def _over_index(path: Path, index: Path) -> Searched:
    """The queries of a file over all documents of an index, named by their paths."""
    findings = Findings()
    questions = tuple(
        Question(str(record["_id"]), str(record["text"]), number, answerable=False)
        for number, record in read_records(path, ("text",), findings)
    )
    findings.raise_fatal()
    if not questions:
        raise InputError(f"{path} 中没有题目")
    store = Store.open(index)
    listed = store.documents()
    if not listed:
        raise InputError(f"索引 {index} 中没有文档")
    for one in listed:
        if not Path(one.source).is_file():
            raise InputError(f"文档 {one.source} 已不在,请先运行 policyqa index 更新索引")
    root = Path(os.path.commonpath([Path(one.source).parent for one in listed]))
    names = {Path(one.source).relative_to(root).as_posix(): one for one in listed}
    documents = {name: store.document(names[name].document_id) for name in sorted(names)}
    files = {name: Path(one.source) for name, one in documents.items()}
    benchmark = Benchmark(path.stem, path, "clauseqa", questions, files=files)
    return _over_documents(benchmark, documents)
