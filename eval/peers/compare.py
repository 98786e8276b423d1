"""Our methods beside what a user would otherwise pick: same machine, data and measures.

    python eval/peers/compare.py eval/benchmarks/authored --documents ../shared/data
    python eval/peers/compare.py ../shared/data/benchmarks/stard --pool 8000

Every peer runs in the peers' environment and in a process of its own; `policyqa eval run`'s code
scores what it ranked. Writes below `--out` and prints a table; see eval/peers/README.md.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters import PEERS
from material import Asked, Material, Text
from our_runs import our_rows, run_ours
from peer_runs import PeerRun, peer_rows, run_peer
from policyqa.clauses import split
from policyqa.errors import InputError, PolicyQAError
from policyqa.evaluation.benchmark import Benchmark
from policyqa.evaluation.gold import document_files
from policyqa.evaluation.index_system import texts_folder
from policyqa.evaluation.load import load_benchmark
from policyqa.evaluation.names import Names
from policyqa.evaluation.systems import parse_specs
from pool import pooled
from rows import table

SYSTEMS = ("hybrid", "dense", "bm25")
"""Our systems; hybrid first: it builds the index that the others then use."""
MODELS = ("BAAI/bge-small-zh-v1.5", "BAAI/bge-m3", "Qwen/Qwen3-Embedding-0.6B")
"""Models that users take, tried with sentence-transformers where they can be had."""
ENCODER = "training/out/e5-small-zh"
PYTHON = ".venv-peers/bin/python"
_OURS = "ours"
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")


def material_of(benchmark: Benchmark, cache: Path) -> Material:
    """A benchmark's texts and questions.

    Documents are given as our loaders read them: judgements are offsets into that text, and
    formats are not what is compared. Passages are given with their titles before them.

    Raises:
        InputError: each question is asked of its own document alone.
    """
    if benchmark.within:
        raise InputError(f"{benchmark.path}: 每题只问一篇的题集不能比较检索")
    if benchmark.has_documents:
        files = document_files(benchmark, texts_folder(benchmark, cache))
        names = Names.of(files)
        distinct = sorted({names.same(name) for name in files})
        texts = tuple(Text(name, split(files[name]).text) for name in distinct)
    else:
        texts = tuple(
            Text(entry.item, f"{entry.title} {entry.text}".strip()) for entry in benchmark.corpus
        )
    questions = tuple(Asked(one.question_id, one.text) for one in benchmark.questions)
    return Material(texts, questions, benchmark.has_documents)


def _facts(
    benchmark: Benchmark, material: Material, runs: Sequence[PeerRun], command: str, encoder: str
) -> str:
    """What the table's numbers hold for."""
    versions: dict[str, Any] = {}
    for run in runs:
        versions |= run.facts.get("versions", {}) if not run.reason else {}
    size = sum(len(text.text) for text in material.texts)
    kind = "documents" if material.documents else "passages"
    cores = len(os.sched_getaffinity(0))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return "\n".join(
        [
            f"- {benchmark.name}: {len(material.questions)} questions, {len(material.texts)} "
            f"{kind}, {size:,} characters; sha256 {benchmark.fingerprint[:12]}",
            f"- `{command}`",
            f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {cores} of {os.cpu_count()} cores, load "
            f"average at the end {load}",
            f"- the peers' encoder: {encoder}",
            "- " + ", ".join(f"{name} {value}" for name, value in sorted(versions.items())),
        ]
    )


def compare(options: argparse.Namespace) -> str:
    """Run what is to be run; the table with its facts.

    Raises:
        PolicyQAError: the benchmark, a system or the peers' environment is not as it should be.
    """
    benchmark = load_benchmark(options.benchmark, documents=options.documents)
    if options.pool:
        benchmark = pooled(benchmark, options.pool)
    benchmark = benchmark.only(options.split)
    name = "-".join(filter(None, [benchmark.name, options.split]))
    out = options.out or Path("eval/out/peers") / name
    cache = out / "cache"
    command = shlex.join(["python", *sys.argv])
    wanted = options.only or [_OURS, *PEERS]
    if _OURS in wanted:
        shutil.rmtree(cache, ignore_errors=True)
    material = material_of(benchmark, cache)
    material.write(out / "material")
    runs = []
    for peer, label, model in _peers(options.encoder, options.model):
        folder = out / "peers" / label
        if peer in wanted:
            run_peer(options.python, peer, out / "material", folder, model)
        runs.append(PeerRun.read(folder, label, material))
    specs = parse_specs(options.system or SYSTEMS)
    if _OURS in wanted:
        size = sum(len(text.text) for text in material.texts)
        run_ours(benchmark, specs, out, cache, size, command)
    rows = our_rows(benchmark, specs, out) + peer_rows(benchmark, runs, out, cache, command)
    text = table(rows, documents=benchmark.has_documents)
    return f"{text}\n\n{_facts(benchmark, material, runs, command, options.encoder)}\n"


def _peers(encoder: str, models: Sequence[str]) -> list[tuple[str, str, str]]:
    """(module, label, model) of every run: all with the encoder, then the other models."""
    runs = [(name, label, encoder) for name, label in PEERS.items()]
    dense = "sentence_transformers"
    return runs + [(dense, f"{PEERS[dense]}, {Path(name).name}", name) for name in models]


def main() -> int:
    """Print the table; exit status 1 with one line where it cannot be made."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("benchmark")
    parser.add_argument("--documents", help="where the benchmark's documents stand")
    parser.add_argument("--python", default=PYTHON, help="of the peers' environment: %(default)s")
    parser.add_argument("--encoder", default=ENCODER, help="all peers' model: %(default)s")
    parser.add_argument(
        "--model",
        action="append",
        help="another model for sentence-transformers: a folder or a hub's name; default: "
        + ", ".join(MODELS),
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=[_OURS, *PEERS],
        help="run this alone, and show the others as they were run last; may be repeated",
    )
    parser.add_argument("--system", action="append", help="of ours, as for policyqa eval run")
    parser.add_argument("--split", help="only the questions of this part")
    parser.add_argument("--pool", type=int, help="reduce the corpus to so many passages")
    parser.add_argument("--cores", type=int, help="let every system use so many cores")
    parser.add_argument("--out", type=Path, help="default: eval/out/peers/NAME")
    options = parser.parse_args()
    options.model = options.model or list(MODELS)
    if options.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
        os.environ |= dict.fromkeys(_THREADS, str(options.cores))
    try:
        text = compare(options)
    except PolicyQAError as error:
        print(error, file=sys.stderr)
        return 1
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
