"""A smaller corpus with the same questions, for machines on which the whole takes too long."""

from __future__ import annotations

import random
from dataclasses import replace

from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Benchmark, fingerprint_of

SEED = 20240601


def pooled(benchmark: Benchmark, size: int) -> Benchmark:
    """All judged texts and a seeded sample of the others, in the corpus's order.

    Scores over a pool are higher than over the whole corpus, so its name says that it is one.

    Raises:
        InputError: the benchmark has no corpus, or more judged texts than that.
    """
    if not benchmark.corpus:
        raise InputError("--pool 只用于有 corpus.jsonl 的题集")
    judged = {item for grades in benchmark.judgements.values() for item in grades}
    if len(judged) > size:
        raise InputError(f"--pool 至少应为 {len(judged)}: 评判过的条目都要保留")
    others = sorted(entry.item for entry in benchmark.corpus if entry.item not in judged)
    if len(judged) + len(others) <= size:
        return benchmark
    kept = judged | set(random.Random(SEED).sample(others, size - len(judged)))
    corpus = tuple(entry for entry in benchmark.corpus if entry.item in kept)
    reduced = replace(benchmark, name=f"{benchmark.name}-pool{size}", corpus=corpus)
    return replace(reduced, fingerprint=fingerprint_of(reduced))
