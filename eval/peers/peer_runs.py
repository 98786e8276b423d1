"""A peer's run: started in the peers' environment, and read back as a TREC run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from adapters import MISSING
from material import Material, read_records
from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Benchmark
from policyqa.evaluation.gold import Place
from policyqa.evaluation.results import Found, Result
from policyqa.evaluation.run import run_benchmark
from policyqa.evaluation.systems import Spec
from policyqa.evaluation.trec import span_item, write_run
from rows import Cost, Row, hit_length

_SCRIPT = Path(__file__).with_name("run_peer.py")
_PRIVATE = {"ANONYMIZED_TELEMETRY": "False", "HAYSTACK_TELEMETRY_ENABLED": "False"}
"""Chroma and Haystack report their use over the network unless they are told not to."""


@dataclass(frozen=True, slots=True)
class PeerRun:
    """What one peer gave.

    Attributes:
        label: what it is called in tables.
        path: its TREC run.
        seconds: of each question.
        facts: `peer.json`, see run_peer.py.
        reason: why there is no run; empty where there is one.
    """

    label: str
    path: Path
    seconds: Sequence[float] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    reason: str = ""

    @classmethod
    def read(cls, folder: Path, label: str, material: Material) -> PeerRun:
        """The run in a folder, its rankings written as `run.trec` beside them."""
        path = folder / "run.trec"
        if not (folder / "peer.json").is_file():
            return cls(label, path, reason=_failure(folder / "log.txt"))
        facts = json.loads((folder / "peer.json").read_text(encoding="utf-8"))
        if facts["material"] != material.fingerprint:
            return cls(label, path, reason="its run is of other texts or questions")
        rankings = read_records(folder / "rankings.jsonl")
        write_run(path, (_result(one, material.documents) for one in rankings), folder.name)
        return cls(label, path, [one["seconds"] for one in rankings], facts)


def run_peer(python: str, peer: str, material: Path, folder: Path, model: str) -> None:
    """Run one peer anew; what it says goes to `log.txt`.

    Raises:
        InputError: there is no such interpreter.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "peer.json").unlink(missing_ok=True)
    command = [python, str(_SCRIPT), peer, str(material), str(folder), "--model", model]
    print(f"{folder.name} …", file=sys.stderr, flush=True)
    with (folder / "log.txt").open("w", encoding="utf-8") as log:
        try:
            subprocess.run(command, stdout=log, stderr=log, env=os.environ | _PRIVATE, check=False)
        except OSError as error:
            raise InputError(
                f"无法启动 {python}({error.strerror}),见 eval/peers/README.md"
            ) from error


def peer_rows(
    benchmark: Benchmark, runs: Sequence[PeerRun], out: Path, cache: Path, command: str
) -> list[Row]:
    """The finished runs, scored; a line with the reason for each that is none."""
    done = [run for run in runs if not run.reason]
    specs = [Spec("run", (("path", str(run.path)),), run.label) for run in done]
    scored = (
        run_benchmark(benchmark, specs, out, cache, command=command, separate=False)
        if specs
        else []
    )
    records = {run.label: record for run, record in zip(done, scored, strict=True)}
    return [
        Row(
            run.label,
            records.get(run.label),
            _cost(run),
            hit_length(run.path.parent) if benchmark.has_documents and not run.reason else None,
            run.reason,
        )
        for run in runs
    ]


def _cost(run: PeerRun) -> Cost:
    if run.reason:
        return Cost()
    seconds = np.array(run.seconds)
    return Cost(
        run.facts["characters"] / run.facts["index_seconds"] / 1000,
        float(np.quantile(seconds, 0.5)) * 1000,
        float(np.quantile(seconds, 0.95)) * 1000,
        run.facts["peak_megabytes"],
        run.facts["cpu_seconds"],
    )


def _result(record: dict[str, Any], places: bool) -> Result:
    found = []
    for name, start, end, score in record["found"]:
        place = Place(name, start, end) if places else None
        found.append(Found(span_item(place) if place else name, score, place))
    return Result(record["_id"], tuple(found))


def _failure(log: Path) -> str:
    """Why a run left nothing: what it said last."""
    if not log.is_file():
        return "not run yet"
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "no message")
    return last if last.startswith(MISSING) else f"failed: {last}"
