"""Our systems: run by `policyqa eval run`'s code, with what building their index took."""

from __future__ import annotations

import json
import resource
from collections.abc import Sequence
from pathlib import Path

from policyqa.evaluation.benchmark import Benchmark
from policyqa.evaluation.run import RECORD, read_records, run_benchmark
from policyqa.evaluation.systems import Spec
from rows import Cost, Row, hit_length

_BUILT = "built.json"


def run_ours(
    benchmark: Benchmark, specs: Sequence[Spec], out: Path, cache: Path, size: int, command: str
) -> None:
    """Run our systems anew; the first builds the index that the others share, at its cost.

    Args:
        benchmark: with the questions to be asked.
        specs: our systems.
        out: where to write.
        cache: where our index is built; empty, so that building is measured.
        size: characters of all texts.
        command: the command line, kept in the records.
    """
    before = _children_seconds()
    (first,) = run_benchmark(benchmark, specs[:1], out, cache, command=command)
    seconds = first["times"]["preparation_seconds"]  # rounded, so 0 for a handful of texts
    built = {
        "index_rate": size / seconds / 1000 if seconds else None,
        "cpu_seconds": _children_seconds() - before,
    }
    (out / _BUILT).write_text(json.dumps({specs[0].label: built}) + "\n", encoding="utf-8")
    if len(specs) > 1:
        run_benchmark(benchmark, specs[1:], out, cache, command=command)


def our_rows(benchmark: Benchmark, specs: Sequence[Spec], out: Path) -> list[Row]:
    """Our systems as they were run last."""
    built = (
        json.loads((out / _BUILT).read_text(encoding="utf-8")) if (out / _BUILT).is_file() else {}
    )
    questions = {question.question_id for question in benchmark.questions}
    rows = []
    for spec in specs:
        folder = out / spec.folder_name
        if not (folder / RECORD).is_file():
            rows.append(Row(spec.label, None, reason="not run yet"))
            continue
        (record,) = read_records([folder])
        asked = {row["_id"] for row in record["scores"]["questions"]}
        if record["benchmark"]["fingerprint"] != benchmark.fingerprint or asked != questions:
            rows.append(Row(spec.label, None, reason="its run is of other texts or questions"))
            continue
        times = record["times"]
        known = {name: times[name] for name in ("p50_ms", "p95_ms", "peak_megabytes")}
        cost = Cost(**known, **built.get(spec.label, {}))
        rows.append(
            Row(spec.label, record, cost, hit_length(folder) if benchmark.has_documents else None)
        )
    return rows


def _children_seconds() -> float:
    """Processor time of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
