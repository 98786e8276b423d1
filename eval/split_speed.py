"""What loading and splitting cost beside encoding: python eval/split_speed.py PATH...

Splits the files below the paths in one process and in as many as there are cores, then encodes
the passages of a sample and estimates from their characters what encoding them all takes. The
share is of time on processors, so other work on the machine does not change it; files a second
are by the clock, so it does change those.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policyqa.clauses import split
from policyqa.document import Document, units
from policyqa.encoder import Encoder, load_encoder
from policyqa.loaders import SUFFIXES
from policyqa.splitting import split_all


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock and on processors, of this process and of those that it ended."""

    clock: float
    processor: float


class _Watch:
    def __init__(self) -> None:
        self._clock, self._processor = time.monotonic(), _processor()

    def cost(self) -> Cost:
        return Cost(time.monotonic() - self._clock, _processor() - self._processor)


def _processor() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def split_cost(paths: list[str], processes: int | None) -> tuple[list[Document], Cost]:
    """The documents of the files that can be read, and what reading and splitting them took."""
    watch = _Watch()
    outcomes = split_all(paths, split, progress=True, processes=processes)
    cost = watch.cost()
    return [outcome for outcome in outcomes if isinstance(outcome, Document)], cost


def encode_cost(documents: Sequence[Document], encoder: Encoder) -> Cost:
    """What encoding all passages of the documents takes, the longest first as in an update."""
    texts = [
        encoder.passage_text(unit.context, unit.text[start:end])
        for document in documents
        for unit in units(document)
        for start, end in encoder.passage_windows(unit.context, unit.text)
    ]
    texts.sort(key=len, reverse=True)
    watch = _Watch()
    encoder.encode_passages(texts)
    return watch.cost()


def main() -> None:
    """Print files a second and the share of encoding's time."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("paths", nargs="+", type=Path, help="files and folders")
    parser.add_argument("--every", type=int, default=1, help="take each n-th file")
    parser.add_argument("--sample", type=int, default=20, help="documents that are encoded")
    parser.add_argument("--model", help="as of policyqa index; the packaged one if none is named")
    options = parser.parse_args()
    found = [
        str(path)
        for place in options.paths
        for path in (sorted(place.rglob("*")) if place.is_dir() else [place])
        if path.suffix.lower() in SUFFIXES
    ]
    paths = found[:: options.every]
    documents, alone = split_cost(paths, 1)
    _, together = split_cost(paths, None)
    step = max(1, len(documents) // options.sample)
    sample = documents[::step]
    encoding = encode_cost(sample, load_encoder(options.model))
    characters = sum(len(document.text) for document in documents)
    scale = characters / max(1, sum(len(document.text) for document in sample))
    print(f"{len(paths)} files, {characters} characters; load average {os.getloadavg()[0]:.1f}")
    print(
        f"1 process: {len(paths) / alone.clock:.1f} files/s, {alone.processor:.1f} s on processors"
    )
    print(
        f"{os.cpu_count()} cores: {len(paths) / together.clock:.1f} files/s, "
        f"{together.processor:.1f} s on processors"
    )
    print(
        f"encoding, from {len(sample)} documents: {encoding.processor * scale:.1f} s on processors"
    )
    share = together.processor / (encoding.processor * scale)
    print(f"loading and splitting take {share:.1%} of what encoding takes")


if __name__ == "__main__":
    main()
