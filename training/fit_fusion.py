"""How the dense and the lexical ranking should be joined: RR@10 for each setting, by set.

    python training/make_pools.py ../shared/data
    python training/fit_fusion.py ../shared/data

The sets are those of `fit_questions` and the pools of `make_pools.py`, so no test question is
asked. The setting with the best mean over the sets is printed last; it stands in
`policyqa.search.FUSION`.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fit_questions import question_sets
from make_pools import POOLS
from policyqa.evaluation.benchmark import Benchmark
from policyqa.evaluation.corpus_system import CorpusSystem
from policyqa.evaluation.gold import find_gold
from policyqa.evaluation.index_system import IndexSystem, texts_folder
from policyqa.evaluation.load import load_benchmark
from policyqa.evaluation.results import Found
from policyqa.evaluation.systems import Spec, System
from policyqa.ranking import reciprocal_rank_fusion

ROOT = Path(__file__).parents[1]
DAMPING = (5, 10, 20, 40)
DENSE = (0.5, 1.0, 1.5, 2.0, 3.0)
"""Weights of the dense ranking; the lexical one's is 1."""
DEPTH = 10


@dataclass(frozen=True)
class Rankings:
    """A question's two rankings over one numbering of texts, and which of them are right."""

    dense: list[int]
    bm25: list[int]
    right: set[int]

    def reciprocal_rank(self, k: int, weight: float) -> float:
        """One over the place of the first right text, 0 below `DEPTH`."""
        fused = reciprocal_rank_fusion([self.dense, self.bm25], k=k, weights=[weight, 1.0])
        places = [place for place, (row, _) in enumerate(fused[:DEPTH], 1) if row in self.right]
        return 1 / places[0] if places else 0.0


def of_documents(whole: Benchmark, asked: Benchmark, cache: Path) -> list[Rankings]:
    """The rankings of a set over documents; a text is right that shows an answer."""
    gold = find_gold(whole, texts_folder(whole, cache))
    systems = [
        IndexSystem(Spec.parse(name), whole, cache, progress=True) for name in ("dense", "bm25")
    ]
    return _rankings(
        asked,
        systems,
        lambda key, found: (
            key in gold and found.place is not None and gold[key].shown_by(found.place)
        ),
    )


def of_pool(pool: Benchmark, cache: Path) -> list[Rankings]:
    """The rankings of a set over judged texts."""
    systems = [
        CorpusSystem(Spec.parse(name), pool, cache, progress=True) for name in ("dense", "bm25")
    ]
    return _rankings(
        pool,
        systems,
        lambda key, found: pool.judgements[key].get(found.item, 0) > 0,
    )


def _rankings(
    asked: Benchmark, systems: Sequence[System], is_right: Callable[[str, Found], bool]
) -> list[Rankings]:
    found = []
    for question in asked.questions:
        if not question.answerable:
            continue
        numbers: dict[str, int] = {}
        right: set[int] = set()
        rankings = []
        for system in systems:
            ranking = []
            for one in system.ask(question).found:
                number = numbers.setdefault(one.item, len(numbers))
                ranking.append(number)
                if is_right(question.question_id, one):
                    right.add(number)
            rankings.append(ranking)
        found.append(Rankings(rankings[0], rankings[1], right))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=ROOT / "indexes" / "eval")
    options = parser.parse_args()
    sets = {}
    for whole, asked in question_sets(options.data, options.cache):
        if any(question.answerable for question in asked.questions):
            sets[whole.name] = of_documents(whole, asked, options.cache)
    for name in ("stard", "drcd"):
        sets[name] = of_pool(load_benchmark(POOLS / name), options.cache)
    print("k dense mean", *(f"{name}({len(some)})" for name, some in sets.items()))
    best = (0.0, 0, 0.0)
    for k, weight in itertools.product(DAMPING, DENSE):
        means = [
            np.mean([one.reciprocal_rank(k, weight) for one in some]) for some in sets.values()
        ]
        print(k, weight, *(f"{value:.4f}" for value in (np.mean(means), *means)))
        best = max(best, (float(np.mean(means)), k, weight))
    print("best:", best)


if __name__ == "__main__":
    main()
