"""One benchmark, several systems: results, scores, times and what decided them, on disk."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import platform
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from tqdm import tqdm

import policyqa
from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Benchmark
from policyqa.evaluation.gold import Gold, find_gold
from policyqa.evaluation.index_system import texts_folder
from policyqa.evaluation.results import Result, ResultLog
from policyqa.evaluation.retrieval import MEASURES
from policyqa.evaluation.scores import score_results
from policyqa.evaluation.systems import Spec, open_system
from policyqa.evaluation.trec import write_run

FORMAT = 1
RECORD = "record.json"
_LIBRARIES = ("faiss-cpu", "ir_measures", "nltk", "numpy", "onnxruntime", "tokenizers")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system gave.

    Attributes:
        identity: what decided it (`systems.System.identity`).
        results: by question id.
        preparation: seconds to make the system ready, with what had to be encoded.
        peak_megabytes: most memory the system's process held; None where it cannot be told.
    """

    identity: dict[str, Any]
    results: dict[str, Result]
    preparation: float
    peak_megabytes: float | None


def ask_all(
    benchmark: Benchmark, spec: Spec, folder: Path, cache: Path, *, progress: bool
) -> Outcome:
    """Put every question to one system, going on from an unfinished log in `folder`."""
    started = time.perf_counter()
    system = open_system(spec, benchmark, cache, progress=progress)
    preparation = time.perf_counter() - started
    identity = {
        "format": FORMAT,
        "benchmark": benchmark.fingerprint,
        "system": system.identity,
        "code": code_fingerprint(),
    }
    log = ResultLog(folder, identity)
    bar = tqdm(
        benchmark.questions, desc=spec.label, unit="题", file=sys.stderr, disable=not progress
    )
    for question in bar:
        if question.question_id not in log.done:
            log.add(system.ask(question))
    log.finish()
    wanted = {question.question_id for question in benchmark.questions}
    results = {key: result for key, result in log.done.items() if key in wanted}
    return Outcome(system.identity, results, preparation, _peak_megabytes())


def run_benchmark(
    benchmark: Benchmark,
    specs: Sequence[Spec],
    out: Path,
    cache: Path,
    *,
    part: str | None = None,
    only: Sequence[str] | None = None,
    limit: int | None = None,
    measures: Sequence[str] = (),
    command: str = "",
    progress: bool = True,
    separate: bool = True,
) -> list[dict[str, Any]]:
    """Run every system and write its results, TREC run and record below `out`.

    Args:
        benchmark: as loaded.
        specs: the systems, in the order of the tables.
        out: each system gets a folder of its label in it.
        cache: where encoded corpora and built indexes are kept.
        part: only the questions of this part.
        only: only the questions with these ids.
        limit: only the first questions, for a quick look; the record says so.
        measures: more measures of rankings, by their names in ir_measures.
        command: the command line, kept in the record.
        progress: show progress bars on standard error.
        separate: a process of its own for each system, so that its memory is its own.

    Returns:
        The records, as they stand in each system's `record.json`.
    """
    chosen = benchmark.only(part, ids=only)
    scored = chosen.only(limit=limit)
    texts = texts_folder(benchmark, cache)
    gold = find_gold(scored, texts) if scored.has_documents else {}
    names = tuple(dict.fromkeys((*MEASURES, *measures)))
    records = []
    for spec in specs:
        folder = out / spec.folder_name
        arguments = (scored, spec, folder, cache)
        if separate:
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(1, mp_context=context, initializer=_end_with_parent) as pool:
                outcome = pool.submit(ask_all, *arguments, progress=progress).result()
        else:
            outcome = ask_all(*arguments, progress=progress)
        record = _record(scored, spec, outcome, gold, names, command)
        record["benchmark"] |= {
            "part": part,
            "limit": limit,
            "chosen_by_id": only is not None,
            "of_questions": len(chosen.questions),
        }
        write_run(folder / "run.trec", _in_order(scored, outcome.results), spec.folder_name)
        _write_json(folder / RECORD, record)
        records.append(record)
    return records


def _end_with_parent() -> None:
    """Let a system's process end when the run that started it is killed."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def score_index(
    benchmark: Benchmark, index: str, model: str | None = None, *, part: str | None = None
) -> dict[str, Any]:
    """The record of the product's answers from a built index, without keeping any file.

    Args:
        benchmark: over documents that the index holds, among others.
        index: the index folder.
        model: the encoder it was built with; by default the packaged one.
        part: only the questions of this part.
    """
    options = {"index": index, **({"model": model} if model else {})}
    spec = Spec("hybrid", tuple(options.items()), label="hybrid")
    with TemporaryDirectory() as folder:
        (record,) = run_benchmark(
            benchmark,
            [spec],
            Path(folder) / "out",
            Path(folder) / "cache",
            part=part,
            separate=False,
        )
    return record


def read_records(paths: Sequence[str | Path]) -> list[dict[str, Any]]:
    """Records of finished runs: folders of one system, or of several.

    Raises:
        InputError: a path holds none.
    """
    records = []
    for path in map(Path, paths):
        files = [path / RECORD] if (path / RECORD).is_file() else sorted(path.glob(f"*/{RECORD}"))
        if not files:
            raise InputError(f"{path} 中没有评测结果({RECORD}),请先运行 policyqa eval run")
        for file in files:
            try:
                record = json.loads(file.read_text(encoding="utf-8"))
                if record["format"] != FORMAT:
                    raise InputError(f"{file} 的格式版本不是 {FORMAT},请重新评测")
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise InputError(f"{file} 不是评测结果: {error!r}") from error
            records.append(record)
    return records


@lru_cache(maxsize=1)
def code_fingerprint() -> str:
    """sha256 over the package's own source and data files other than models."""
    digest = hashlib.sha256()
    package = Path(policyqa.__file__).parent
    for path in sorted([*package.rglob("*.py"), *package.glob("*.json")]):
        digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _record(
    benchmark: Benchmark,
    spec: Spec,
    outcome: Outcome,
    gold: Mapping[str, Gold],
    names: Sequence[str],
    command: str,
) -> dict[str, Any]:
    seconds = [r.seconds for r in outcome.results.values() if r.seconds is not None]
    return {
        "format": FORMAT,
        "benchmark": {
            "name": benchmark.name,
            "form": benchmark.form,
            "fingerprint": benchmark.fingerprint,
            "questions": len(benchmark.questions),
            "generated": sum(question.generated for question in benchmark.questions),
        },
        "system": {"label": spec.label, "kind": spec.kind, **outcome.identity},
        "versions": {
            "policyqa": policyqa.__version__,
            "code": code_fingerprint(),
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
        },
        "scores": score_results(benchmark, gold, outcome.results, names),
        "times": {
            "command": command,
            "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            "preparation_seconds": round(outcome.preparation, 2),
            "p50_ms": round(float(np.quantile(seconds, 0.5)) * 1000, 1) if seconds else None,
            "p95_ms": round(float(np.quantile(seconds, 0.95)) * 1000, 1) if seconds else None,
            "peak_megabytes": outcome.peak_megabytes,
        },
    }


def _in_order(benchmark: Benchmark, results: Mapping[str, Result]) -> list[Result]:
    keys = [question.question_id for question in benchmark.questions]
    return [results[key] for key in keys if key in results]


def _write_json(path: Path, record: Any) -> None:
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _peak_megabytes() -> float | None:
    """Most memory this process has held. Linux alone tells it for one process image."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    found = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return round(int(found.split()[1]) / 1024, 1)
