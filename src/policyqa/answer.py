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
from policyqa.ranking import Hit
from policyqa.reader import Snapshot
from policyqa.readout import addressed_words
from policyqa.search import Ranked, Searcher
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
        answer = self._answered(snapshot, question, k, filters, question_id)
        if answer.clause is None:
            return answer
        return replace(answer, standing=snapshot.standing(answer.clause.document_id))

    def _answered(
        self,
        snapshot: Snapshot,
        question: str,
        k: int,
        filters: Filters | None,
        question_id: str | None,
    ) -> Answer:
        ranked, found = self.candidates(snapshot, question, filters)
        hits = tuple(self._searcher.hits(snapshot, question, ranked, k))
        if ranked.addressed:
            words = addressed_words(question, hits)
            if words is None:
                return Answer(question, None, None, None, 0.0, hits, question_id)
            clause, span = words
            text = clause.text[span[0] : span[1]]
            return Answer(question, text, clause, span, 1.0, hits, question_id)
        best, confidence = self._best(found)
        if best is None or confidence < self._weights.threshold:
            return Answer(question, None, None, None, confidence, hits, question_id)
        span = (best.span.start, best.span.end)
        return Answer(question, best.text, best.clause, span, confidence, hits, question_id)

    def candidates(
        self, snapshot: Snapshot, text: str, filters: Filters | None = None
    ) -> tuple[Ranked, list[Candidate]]:
        """The ranking for a question, and every candidate answer in its best units."""
        ranked = self._searcher.rank(snapshot, text, filters=filters)
        if ranked.addressed:
            return ranked, []
        return ranked, find_candidates(snapshot, text, ranked, self._reader)

    def _best(self, found: list[Candidate]) -> tuple[Candidate | None, float]:
        if not found:
            return None, 0.0
        logits = self._weights.logits(np.stack([candidate.features for candidate in found]))
        order = np.argsort(-logits, kind="stable")
        best = found[order[0]]
        lead = best_lead(found, logits, int(order[0]))
        return best, self._weights.confidence(best.features, lead)


def best_lead(found: list[Candidate], logits: NDArray[np.float64], best: int) -> float:
    """How far the best candidate leads the next one with other words, at most 1."""
    others = [
        float(logit)
        for candidate, logit in zip(found, logits, strict=True)
        if candidate.text not in found[best].text and found[best].text not in candidate.text
    ]
    return min(1.0, float(logits[best]) - max(others)) if others else 1.0
