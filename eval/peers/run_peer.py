"""One peer over one benchmark's material, in a process of its own (see compare.py).

    python eval/peers/run_peer.py PEER MATERIAL OUT --model FOLDER_OR_NAME

Runs in the peers' environment and uses nothing of policyqa. Writes `rankings.jsonl`, one line a
question, and `peer.json`: counts, versions, seconds, memory.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters import MISSING, PEERS, Adapter, PeerMissing, open_adapter
from material import Chunk, Material, write_records

DEPTH = 100
"""Texts ranked for a question, as many as our own systems rank."""


def run(adapter: Adapter, material: Material, out: Path, model: str) -> None:
    """Split, index, ask; write what came of it."""
    began = time.perf_counter()
    if material.documents:
        chunks = [chunk for text in material.texts for chunk in adapter.split(text)]
    else:
        chunks = [Chunk.whole(text) for text in material.texts]
    adapter.index([chunk.text for chunk in chunks])
    seconds = time.perf_counter() - began
    print(f"{len(chunks)} chunks indexed in {seconds:.1f} s", file=sys.stderr, flush=True)
    rankings = []
    for asked in material.questions:
        began = time.perf_counter()
        ranked = adapter.search(asked.text, DEPTH)
        took = time.perf_counter() - began
        found = [[*_place(chunks[row]), score] for row, score in ranked]
        rankings.append({"_id": asked.question_id, "seconds": took, "found": found})
    write_records(out / "rankings.jsonl", rankings)
    facts = {
        "material": material.fingerprint,
        "model": model,
        "versions": {name: version(name) for name in adapter.packages},
        "chunks": len(chunks),
        "characters": sum(len(text.text) for text in material.texts),
        "index_seconds": seconds,
        "cpu_seconds": time.process_time(),
        "peak_megabytes": _peak_megabytes(),
    }
    (out / "peer.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _place(chunk: Chunk) -> tuple[str, int, int]:
    return chunk.name, chunk.start, chunk.end


def _peak_megabytes() -> float | None:
    """Most memory this process has held, where the system tells it."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    found = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return round(int(found.split()[1]) / 1024, 1)


def main() -> int:
    """Exit status 1, with one line on standard error, where the peer cannot be had."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("material", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as kept:
        try:
            adapter = open_adapter(options.peer, options.model, Path(kept))
        except PeerMissing as error:
            print(f"{MISSING}: {error}", file=sys.stderr)
            return 1
        run(adapter, Material.read(options.material), options.out, options.model)
    return 0


if __name__ == "__main__":
    sys.exit(main())
