"""Ranked clauses to the words that answer, with a confidence, or to an honest "not found".

Every candidate span of the best clauses gets a few features (`evidence`), a logistic model
weighs them, and the best candidate's weight is calibrated into a probability. The numbers
stand in ``answer_weights.json`` and are fitted by ``eval/fit_answers.py``.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policyqa.address import parse_address
from policyqa.document import Clause
from policyqa.errors import InputError
from policyqa.evidence import FEATURES, Weighed, features
from policyqa.filters import Filters
from policyqa.provisions import item, paragraphs, text_start
from policyqa.question import read_question
from policyqa.ranking import Hit
from policyqa.reader import Snapshot
from policyqa.search import Ranked, Searcher, clauses_below
from policyqa.spans import Span, candidates, sentences

CALIBRATION = (*FEATURES, "lead", "constant")
"""Names of the calibration's inputs, in order."""
_UNITS_READ = 8
"""How many of the best units are read for candidates."""
_SENTENCE_LENGTH = 400
_SENTENCES_REMEMBERED = 20_000
"""Sentences whose vectors are kept, since many questions read the same clauses (30 MB)."""
_SENTENCES_ENCODED = 24
"""How many sentences are compared with the question by the encoder."""


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
    """

    question: str
    text: str | None
    clause: Clause | None
    span: tuple[int, int] | None
    confidence: float
    hits: tuple[Hit, ...]
    question_id: str | None = None

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
            "clauses": [hit.as_json() for hit in self.hits],
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words that could answer, where they stand, and their features."""

    clause: Clause
    span: Span
    row: int
    features: NDArray[np.float64]

    @property
    def text(self) -> str:
        """The words."""
        return self.clause.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model: logistic weights, calibration of the best candidate, threshold.

    Attributes:
        weights: (len(FEATURES),) one a feature; they choose among the candidates.
        calibration: (len(FEATURES) + 2,) for the best candidate's features, its lead over
            the next different answer, and a constant; the logistic function of the weighed
            sum is the probability that it is right (Platt scaling, 1999).
        threshold: least confidence to answer, from the risk-coverage curve.
    """

    weights: NDArray[np.float64]
    calibration: NDArray[np.float64]
    threshold: float

    @classmethod
    @lru_cache(maxsize=1)
    def shipped(cls) -> Weights:
        """The ones in the package."""
        content = resources.files("policyqa").joinpath("answer_weights.json").read_text("utf-8")
        record = json.loads(content)
        weights = [float(record["weights"][name]) for name in FEATURES]
        calibration = [float(record["calibration"][name]) for name in CALIBRATION]
        return cls(np.array(weights), np.array(calibration), float(record["threshold"]))

    def logits(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) weights of (n, len(FEATURES)) candidates."""
        return rows @ self.weights

    def confidence(self, row: NDArray[np.float64], lead: float) -> float:
        """Probability that the best candidate, with features `row`, is right."""
        return 1 / (1 + math.exp(-float(calibration_row(row, lead) @ self.calibration)))


def calibration_row(row: NDArray[np.float64], lead: float) -> NDArray[np.float64]:
    """(len(CALIBRATION),) what the confidence is computed from."""
    return np.concatenate([row, [lead, 1.0]])


class Answerer:
    """Answers questions from one index."""

    def __init__(self, searcher: Searcher, weights: Weights | None = None) -> None:
        """Answer with `weights`, by default the shipped ones."""
        self._searcher = searcher
        self._weights = weights or Weights.shipped()
        self._sentences: dict[str, NDArray[np.float32]] = {}

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
        ranked, found = self.candidates(snapshot, question, filters)
        hits = tuple(self._searcher.hits(snapshot, question, ranked, k))
        if ranked.addressed:
            return _read_out(question, hits, question_id)
        best, confidence = self._best(found)
        if best is None or confidence < self._weights.threshold:
            return Answer(question, None, None, None, confidence, hits, question_id)
        span = (best.span.start, best.span.end)
        return Answer(question, best.text, best.clause, span, confidence, hits, question_id)

    def candidates(
        self, snapshot: Snapshot, text: str, filters: Filters | None = None
    ) -> tuple[Ranked, list[Candidate]]:
        """The ranking for a question, and every candidate answer in its best units."""
        vector = self._searcher.encoder.encode_queries([text])[0]
        ranked = self._searcher.rank(snapshot, text, filters=filters, vector=vector)
        if ranked.addressed:
            return ranked, []
        question = read_question(text)
        weighed = Weighed.of(question.content, snapshot.lexical)
        drafts: list[tuple[int, Clause, str, Span, str]] = []
        for row in ranked.rows[:_UNITS_READ]:
            for clause, context in _readable(snapshot, row):
                own_mark = clause.marks[-1] if clause.marks else ""
                for span in candidates(question, clause.text, own_mark):
                    sentence = _sentence_around(clause.text, span)
                    drafts.append((row, clause, context, span, sentence))
        similarity = self._sentence_similarity(vector, weighed, [draft[4] for draft in drafts])
        found = []
        for row, clause, context, span, sentence in drafts:
            row_features = features(
                question,
                weighed,
                span,
                text=clause.text,
                sentence=sentence,
                context=context,
                similarity=ranked.similarity.get(row, 0.0),
                sentence_similarity=similarity.get(sentence, 0.0),
                first=row == ranked.rows[0],
            )
            found.append(Candidate(clause, span, row, row_features))
        return ranked, found

    def _sentence_similarity(
        self, vector: NDArray[np.float32], weighed: Weighed, found: list[str]
    ) -> dict[str, float]:
        """Cosine of the question and the sentences that repeat most of it."""
        distinct = list(dict.fromkeys(found))
        distinct.sort(key=lambda sentence: -weighed.coverage(sentence))
        compared = distinct[:_SENTENCES_ENCODED]
        known = {text: self._sentences[text] for text in compared if text in self._sentences}
        unknown = [text for text in compared if text not in known]
        if unknown:
            shortened = [text[:_SENTENCE_LENGTH] for text in unknown]
            rows = self._searcher.encoder.encode_passages(shortened)
            known.update(zip(unknown, rows, strict=True))
            if len(self._sentences) > _SENTENCES_REMEMBERED:
                self._sentences.clear()
            self._sentences.update(known)
        return {text: float(known[text] @ vector) for text in compared}

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


def _readable(snapshot: Snapshot, row: int) -> list[tuple[Clause, str]]:
    """The clauses of a unit that can answer, each with the words that stand above it."""
    unit = snapshot.units[row]
    clause = snapshot.store.clause(unit.clause_id)
    context = unit.context
    readable = [(clause, context)]
    readable.extend(
        (below, f"{context} {clause.text}") for below in clauses_below(snapshot, clause)
    )
    return [(candidate, above) for candidate, above in readable if not candidate.elided]


def _sentence_around(text: str, span: Span) -> str:
    for start, end in sentences(text):
        if start <= span.start < end:
            return text[start : max(end, span.end)]
    return text[span.start : span.end]


def _read_out(question: str, hits: tuple[Hit, ...], question_id: str | None) -> Answer:
    """An address that leads to one clause is answered by that clause's own words."""
    address = parse_address(question)
    if address is None or address.article is None or (len(hits) > 1 and not address.title):
        return Answer(question, None, None, None, 0.0, hits, question_id)
    clause, span = _addressed_words(hits[0], address.paragraph, address.item)
    if span is None:
        return Answer(question, None, None, None, 0.0, hits, question_id)
    text = clause.text[span[0] : span[1]]
    return Answer(question, text, clause, span, 1.0, hits, question_id)


def _addressed_words(
    hit: Hit, paragraph: int | None, number: int | None
) -> tuple[Clause, tuple[int, int] | None]:
    """Where 第n条, 第n款 or 第n项 of an article stands."""
    article = hit.clause
    if number is not None:
        holder = article
        if paragraph is not None:
            places = paragraphs(article, hit.below)
            if not 1 <= paragraph <= len(places):
                return article, None
            holder = places[paragraph - 1][0]
        found = item(holder, hit.below, number)
        return (found, (0, len(found.text))) if found else (article, None)
    if paragraph is not None:
        places = paragraphs(article, hit.below)
        return places[paragraph - 1] if 1 <= paragraph <= len(places) else (article, None)
    start = text_start(article)
    return article, (start, len(article.text)) if start < len(article.text) else None
