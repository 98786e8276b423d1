"""How building and asking grow with the body of documents: rates, memory, times, answers.

    python eval/scale.py --index indexes/laws corpora ../shared/data/laws/[!D]*

Builds or updates the index of the given paths, then, in a fresh process, opens it and asks the
questions of benchmarks/corpora, whose documents must be among the paths. A rate is of passages
that had to be encoded; run it on an empty folder to measure it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent
BENCHMARK = ROOT / "eval" / "benchmarks" / "corpora"


def peak_megabytes() -> int:
    """The largest memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def build(paths: list[str], folder: str) -> dict[str, Any]:
    """Build or update, and what it took."""
    from policyqa import build_index

    report = build_index(paths, folder, progress=True)
    rate = report.encoded / report.seconds_encoding if report.encoded else None
    return {
        "documents": report.documents,
        "clauses": report.clauses,
        "passages": report.passages,
        "copies": report.copies,
        "failed": len(report.failed),
        "encoded passages": report.encoded,
        "encoded passages a second": rate and round(rate, 1),
        "seconds": round(report.seconds, 1),
        "seconds without encoding": round(report.seconds - report.seconds_encoding, 1),
        "peak MB": peak_megabytes(),
    }


def ask(folder: str) -> dict[str, Any]:
    """Open the index and ask; run in a process of its own, so that memory is the reader's."""
    from policyqa import open_index
    from policyqa.evaluation.load import load_benchmark
    from policyqa.evaluation.run import score_index

    began = time.perf_counter()
    index = open_index(folder)
    opened = time.perf_counter() - began
    index.ask("区委常委会每年听取几次汇报")
    times = []
    benchmark = load_benchmark(BENCHMARK)
    for question in benchmark.questions[:100]:
        began = time.perf_counter()
        index.ask(question.text)
        times.append(time.perf_counter() - began)
    return {
        "seconds to open": round(opened, 2),
        "ms a question, median": round(float(np.median(times)) * 1000, 1),
        "ms a question, 95%": round(float(np.percentile(times, 95)) * 1000, 1),
        "peak MB": peak_megabytes(),
        "benchmarks/corpora": score_index(benchmark, folder)["scores"]["measures"],
    }


def main() -> None:
    """Print both parts as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", help="what to index; none: only ask")
    parser.add_argument("--index", required=True)
    options = parser.parse_args()
    if options.paths:
        print(json.dumps({"build": build(options.paths, options.index)}, indent=2), flush=True)
        subprocess.run([sys.executable, __file__, "--index", options.index], check=True)
    else:
        print(json.dumps({"ask": ask(options.index)}, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
