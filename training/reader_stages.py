"""What the reader reads in each stage of its training (`train_reader.py`).

1. general: texts of all kinds, with and without the answer.
2. relevance: articles that settle a question as people ask it, among articles that search takes
   for them. Nobody has marked the words that answer; only the ranking score learns.
3. policy: our own questions, with what search offers wrongly, and with questions that no document
   answers; a share of the stages before keeps them from being forgotten.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from negatives import Pool
from pairs import PASSAGE, Pair, lay_pairs, stard_pairs
from reading import (
    GENERATED,
    QUESTIONS,
    Example,
    general_examples,
    is_fitted,
    law_examples,
    own_examples,
    written_examples,
)
from stard import Stard, jsonl

HARD = 8
"""A question's negative is one of so many texts that search ranks best."""
STRANGE = 0.2
"""Share of negatives that are any text at all."""
RANKED = (1, 20)
"""Places among the wrong articles from which those beside a right one are drawn; the first is
often right and only unjudged."""
BESIDE = 3
"""Wrong articles beside a right one."""
RULED = 1000
"""Examples made by rules, over all epochs."""
KEPT = {"downloaded": 3, "stard": 2}
"""One in so many of DRCD's and CMRC's examples, and of STARD's questions, stays in."""

Epochs = list[list[Example]]


def general(data: Path, rng: random.Random, epochs: int) -> Epochs:
    """Reading in general: the examples of each epoch."""
    return [[*_downloaded(data, rng), *_written()] for _ in range(epochs)]


def relevance(data: Path, rng: random.Random, epochs: int) -> Epochs:
    """STARD's questions, and one of ours an article, each with a right and some wrong articles."""
    stard = Stard.read(data / "benchmarks" / "stard")
    lay = list(lay_pairs(stard))
    rng.shuffle(lay)
    one_each = {pair.article: pair for pair in lay}
    return _ranked(stard, [*stard_pairs(stard), *one_each.values()], rng, epochs)


def policy(data: Path, rng: random.Random, epochs: int) -> Epochs:
    """Policy reading: the examples of each epoch."""
    own = [one for one in own_examples(data) if not one.fitted]
    long = [one for one in written_examples(QUESTIONS / "long.jsonl", "long") if not one.fitted]
    ruled = list(law_examples(GENERATED, data, "rules"))
    rng.shuffle(ruled)
    stard = Stard.read(data / "benchmarks" / "stard")
    pairs = list(stard_pairs(stard))
    ranked = _ranked(stard, rng.sample(pairs, len(pairs) // KEPT["stard"]), rng, epochs)
    offered = Offered(own)
    share = RULED // epochs
    found = []
    for epoch in range(epochs):
        downloaded = _downloaded(data, rng)
        found.append(
            [
                *own,
                *offered.beside_answers(rng),
                *offered.to_strangers(rng),
                *long,
                *ruled[epoch * share : (epoch + 1) * share],
                *_written(),
                *rng.sample(downloaded, len(downloaded) // KEPT["downloaded"]),
                *ranked[epoch],
            ]
        )
    return found


STAGES: dict[str, Callable[[Path, random.Random, int], Epochs]] = {
    "general": general,
    "relevance": relevance,
    "policy": policy,
}


class Offered:
    """Texts of our own questions, as search would offer them to a question that they do not
    answer."""

    def __init__(self, own: Sequence[Example]) -> None:
        """Rank these examples' texts for each question with an answer, and for each that no
        document answers."""
        self._texts = sorted({(one.context, one.text) for one in own})
        pool = Pool([f"{context}\n{text}" for context, text in self._texts])
        self._answered = [one for one in own if one.span is not None]
        self._nearest = pool.nearest([one.question for one in self._answered], HARD + 1)
        read = (record["text"] for record in jsonl(QUESTIONS / "strangers.jsonl"))
        self._strangers = [text for text in read if not is_fitted(text)]
        self._nearest_strangers = pool.nearest(self._strangers, HARD)

    def beside_answers(self, rng: random.Random) -> list[Example]:
        """For each question with an answer one other text."""
        found = []
        for one, ranked in zip(self._answered, self._nearest, strict=True):
            drawn = range(len(self._texts)) if rng.random() < STRANGE else ranked
            others = [n for n in drawn if self._texts[n] != (one.context, one.text)]
            found.append(self._negative(one.question, rng.choice(others)))
        return found

    def to_strangers(self, rng: random.Random) -> list[Example]:
        """For each question that no document answers two texts."""
        return [
            self._negative(question, n)
            for question, ranked in zip(self._strangers, self._nearest_strangers, strict=True)
            for n in rng.sample(ranked, 2)
        ]

    def _negative(self, question: str, number: int) -> Example:
        context, text = self._texts[number]
        return Example("negative", question, context, text, None, relevant=False)


def _downloaded(data: Path, rng: random.Random) -> list[Example]:
    reading = data / "reading"
    return [
        *general_examples(reading / "DRCD_dev.json", "drcd", rng),
        *general_examples(reading / "cmrc2018_trial.json", "cmrc", rng),
    ]


def _written() -> list[Example]:
    return list(written_examples(QUESTIONS / "general.jsonl", "general"))


def _ranked(stard: Stard, pairs: list[Pair], rng: random.Random, epochs: int) -> Epochs:
    """Each pair's article and, drawn anew for each epoch, wrong ones that search ranks high."""
    right: dict[str, set[str]] = {}
    for pair in (*stard_pairs(stard), *lay_pairs(stard)):
        right.setdefault(pair.question, set()).add(pair.article)
    identities = sorted({*stard.pool(rng), *(pair.article for pair in pairs)})
    pool = Pool([stard.articles[identity][:PASSAGE] for identity in identities])
    nearest = pool.nearest([pair.question for pair in pairs], RANKED[1])
    found: Epochs = []
    for _ in range(epochs):
        drawn = []
        for pair, ranked in zip(pairs, nearest, strict=True):
            wrong = [identities[n] for n in ranked if identities[n] not in right[pair.question]]
            beside = rng.sample(wrong[RANKED[0] :], BESIDE)
            drawn += [
                _article(pair.question, stard.articles[identity], identity == pair.article)
                for identity in (pair.article, *beside)
            ]
        found.append(drawn)
    return found


def _article(question: str, article: str, relevant: bool) -> Example:
    title, _, text = article.partition("\n")
    return Example(
        "stard", question, title, text[:PASSAGE], None, relevant=relevant, span_known=False
    )
