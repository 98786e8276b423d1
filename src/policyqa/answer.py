"""Ranked clauses to the words that answer, with a confidence, or to an honest "not found".

Every candidate span of the best clauses (`candidates`) gets a few features (`evidence`), a
logistic model weighs them, and the best candidate's weight is calibrated into a probability
(`weights`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policyqa.candidates import Candidate, find_candidates
from policyqa.document import Clause, Standing
from policyqa.errors import InputError
from policyqa.filters import Filters
from policyqa.ranking import Hit, Ranked
from policyqa.reader import Snapshot
from policyqa.readout import addressed_words
from policyqa.search import Searcher
from policyqa.span_reader import SpanReader
from policyqa.weights import Weights


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question.

    Attributes:
        question: as asked.
        text: the words that answer, exactly ``clause.text[span[0]:span[1]]``; None where
            the documents do not answer.
        clause: where they stand, or None.
        span: their offsets in the clause's text, or None.
        confidence: estimated probability that `text` is right; where nothing is answered,
            that the best candidate would have been.
        hits: the nearest clauses, best first.
        question_id: the caller's own, or None.
        standing: whether the clause's document is in force.
    """

    question: str
    text: str | None
    clause: Clause | None
    span: tuple[int, int] | None
    confidence: float
    hits: tuple[Hit, ...]
    question_id: str | None = None
    standing: Standing = field(default_factory=Standing)

    def as_json(self) -> dict[str, Any]:
        """The contract's Answer."""
        return {
            "_id": self.question_id,
            "question": self.question,
            "answered": self.text is not None,
            "answer": self.text,
            "confidence": round(self.confidence, 4),
            "clause_id": self.clause.clause_id if self.clause else None,
            "span": list(self.span) if self.span else None,
            **self.standing.as_json(),
            "clauses": [hit.as_json() for hit in self.hits],
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question before it is decided whether to answer.

    Attributes:
        ranked: the units, those that were read first, in the order of what they say.
        best: the best candidate, or None.
        confidence: estimated probability that it is right.
    """

    ranked: Ranked
    best: Candidate | None
    confidence: float


class Answerer:
    """Answers questions from one index."""

    def __init__(
        self, searcher: Searcher, reader: SpanReader | None, weights: Weights | None = None
    ) -> None:
        """Answer from what `searcher` finds.

        Args:
            searcher: ranks the clauses.
            reader: finds the words that answer; without one, rules alone do, quicker.
            weights: by default the shipped ones for this way of answering.
        """
        self._searcher = searcher
        self._reader = reader
        self._weights = weights or Weights.shipped("full" if reader else "quick")

    def ask(
        self,
        question: str,
        *,
        k: int = 5,
        filters: Filters | None = None,
        question_id: str | None = None,
    ) -> Answer:
        """Answer a question, or say that the documents do not.

        Args:
            question: in Chinese, or an address (民法典第一千一百六十五条).
            k: how many of the nearest clauses to list.
            filters: which documents may answer.
            question_id: handed back in the answer.

        Raises:
            InputError: the question is empty or k is below 1.
        """
        question = question.strip()
        if not question:
            raise InputError("请输入问题")
        snapshot = self._searcher.reader.snapshot()
        outcome = self.consider(snapshot, question, filters)
        answer = self.answer_of(snapshot, question, outcome, k)
        return replace(answer, question_id=question_id)

    def consider(
        self, snapshot: Snapshot, question: str, filters: Filters | None = None
    ) -> Outcome:
        """Rank the units, read the best of them, and put those in the order of what they say."""
        ranked, found = self.candidates(snapshot, question, filters)
        if not found:
            return Outcome(ranked, None, 0.0)
        logits = self._weights.logits(np.stack([candidate.features for candidate in found]))
        place = int(np.argmax(logits))
        confidence = self._weights.confidence(
            found[place].features, best_lead(found, logits, place)
        )
        return Outcome(reordered(ranked, found, logits), found[place], confidence)

    def answer_of(self, snapshot: Snapshot, question: str, outcome: Outcome, k: int) -> Answer:
        """The answer, or none where the best candidate is not likely enough; see `ask`."""
        hits = tuple(self._searcher.hits(snapshot, question, outcome.ranked, k))
        words, confidence = None, outcome.confidence
        if outcome.ranked.addressed:
            words = addressed_words(question, hits)
            confidence = float(words is not None)
        elif outcome.best is not None and confidence >= self._weights.threshold:
            best = outcome.best
            words = best.clause, (best.span.start, best.span.end)
        if words is None:
            return Answer(question, None, None, None, confidence, hits)
        clause, span = words
        standing = snapshot.standing(clause.document_id)
        text = clause.text[span[0] : span[1]]
        return Answer(question, text, clause, span, confidence, hits, standing=standing)

    def candidates(
        self, snapshot: Snapshot, text: str, filters: Filters | None = None
    ) -> tuple[Ranked, list[Candidate]]:
        """Search's ranking for a question, and every candidate answer in its best units."""
        ranked = self._searcher.rank(snapshot, text, filters=filters)
        if ranked.addressed:
            return ranked, []
        return ranked, find_candidates(snapshot, text, ranked, self._reader)


def reordered(ranked: Ranked, found: list[Candidate], logits: NDArray[np.float64]) -> Ranked:
    """The ranking with the units that were read first, by their best candidate.

    Scores stay with their places: they are those of the ranking before, and the order has changed.
    """
    best: dict[int, float] = {}
    for candidate, logit in zip(found, logits, strict=True):
        best[candidate.row] = max(best.get(candidate.row, -np.inf), float(logit))
    place = {row: number for number, row in enumerate(ranked.rows)}
    read = sorted(best, key=lambda row: (-best[row], place[row]))
    return replace(ranked, rows=[*read, *(row for row in ranked.rows if row not in best)])


def best_lead(found: list[Candidate], logits: NDArray[np.float64], best: int) -> float:
    """How far the best candidate leads the next one with other words, at most 1."""
    others = [
        float(logit)
        for candidate, logit in zip(found, logits, strict=True)
        if candidate.text not in found[best].text and found[best].text not in candidate.text
    ]
    return min(1.0, float(logits[best]) - max(others)) if others else 1.0
