"""How the rankings should be joined, and what the reader's judgement should add: RR@10 by set.

    python training/make_pools.py ../shared/data
    python training/fit_fusion.py ../shared/data

The sets are those of `fit_questions`, each unit of their documents an entry, and the pools of
`make_pools.py`, so no test question is asked. First the dense and the lexical ranking are joined
with each weight (`policyqa.ranking.FUSION`), then the first texts of the product's
ranking are put in a new order with each weight of the reader (`policyqa.reranking.WEIGHT`).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from fit_questions import question_sets
from make_pools import POOLS
from policyqa import split
from policyqa.document import units
from policyqa.evaluation.benchmark import Benchmark, Entry
from policyqa.evaluation.corpus_system import CorpusSystem
from policyqa.evaluation.gold import Place, document_files, find_gold
from policyqa.evaluation.index_system import texts_folder
from policyqa.evaluation.load import load_benchmark
from policyqa.evaluation.systems import Spec
from policyqa.lexical import LexicalIndex
from policyqa.ranking import Fusion, Ranked, fused
from policyqa.reranking import WEIGHT, by_relevance
from policyqa.search import DEPTH
from policyqa.tokenizer import terms

ROOT = Path(__file__).parents[1]
DENSE = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
"""Weights of the dense ranking; the lexical one's is 1."""
READER = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 2.0)
EVERY = 3
"""One in so many questions is read, which takes most of the time."""
SHOWN = 10


@dataclass(frozen=True)
class Asked:
    """A question's rankings of one corpus, and which entries are right.

    Attributes:
        cosines: by row, what the encoder found.
        bm25: (n,) scores.
        reread: the product's ranking, read again; None where that was not done.
        right: row numbers.
    """

    cosines: dict[int, float]
    bm25: NDArray[np.float32]
    reread: Ranked | None
    right: set[int]

    def rank_joined(self, weight: float) -> float:
        """Reciprocal rank with this weight of the encoder's ranking."""
        joined = fused(self.cosines, self.bm25, DEPTH, Fusion(dense=weight))
        return self._reciprocal([row for row, _ in joined])

    def rank_reread(self, weight: float) -> float:
        """Reciprocal rank with this weight of the reader; the scores hold the product's already."""
        assert self.reread is not None
        return self._reciprocal(by_relevance(self.reread, weight - WEIGHT).rows)

    def _reciprocal(self, rows: list[int]) -> float:
        places = [place for place, row in enumerate(rows[:SHOWN], 1) if row in self.right]
        return 1 / places[0] if places else 0.0


def as_pool(whole: Benchmark, asked: Benchmark, cache: Path) -> Benchmark:
    """Questions over documents as questions over their units; one is right that shows an answer."""
    folder = texts_folder(whole, cache)
    gold = find_gold(whole, folder)
    entries: list[Entry] = []
    places: list[Place] = []
    for name, path in document_files(whole, folder).items():
        for unit in units(split(path)):
            places.append(Place(name, unit.start, unit.start + len(unit.text)))
            entries.append(Entry(f"{name}:{unit.start}", unit.context, unit.text))
    questions = tuple(one for one in asked.questions if one.question_id in gold)
    judgements = {
        one.question_id: {
            entry.item: 1
            for entry, place in zip(entries, places, strict=True)
            if gold[one.question_id].shown_by(place)
        }
        for one in questions
    }
    return replace(
        asked, questions=questions, corpus=tuple(entries), judgements=judgements, files={}, texts={}
    )


def rankings(pool: Benchmark, cache: Path) -> list[Asked]:
    """All rankings of a pool's questions."""
    dense, search = (
        CorpusSystem(Spec.parse(name), pool, cache, progress=True) for name in ("dense", "hybrid")
    )
    lexical = LexicalIndex.build([terms(f"{one.title} {one.text}") for one in pool.corpus])
    rows = {entry.item: row for row, entry in enumerate(pool.corpus)}
    found = []
    for number, question in enumerate(tqdm(pool.questions, desc=pool.name)):
        right = {
            rows[item] for item, grade in pool.judgements[question.question_id].items() if grade > 0
        }
        read = search.rank(question.text) if number % EVERY == 0 else None
        cosines = dense.rank(question.text).similarity
        found.append(Asked(cosines, lexical.scores(terms(question.text)), read, right))
    return found


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=ROOT / "indexes" / "eval")
    options = parser.parse_args()
    pools = [
        as_pool(whole, asked, options.cache)
        for whole, asked in question_sets(options.data, options.cache)
        if any(question.answerable for question in asked.questions)
    ]
    pools += [load_benchmark(POOLS / name) for name in ("stard", "drcd")]
    sets = {pool.name: rankings(pool, options.cache) for pool in pools}
    print("dense mean", *(f"{name}({len(some)})" for name, some in sets.items()))
    for weight in DENSE:
        means = [np.mean([one.rank_joined(weight) for one in some]) for some in sets.values()]
        print(weight, *(f"{value:.4f}" for value in (np.mean(means), *means)))
    read = {name: [one for one in some if one.reread] for name, some in sets.items()}
    print("reader mean", *(f"{name}({len(some)})" for name, some in read.items()))
    for weight in READER:
        means = [np.mean([one.rank_reread(weight) for one in some]) for some in read.values()]
        print(weight, *(f"{value:.4f}" for value in (np.mean(means), *means)))


if __name__ == "__main__":
    main()
