"""How well the words around a candidate answer bear out the question: its features.

A handful of numbers of about the same size that a logistic model weighs (`weights`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from policyqa.lexical import LexicalIndex
from policyqa.question import Question
from policyqa.spans import Span, segment
from policyqa.tokenizer import terms

FEATURES = (
    "segment",
    "sentence",
    "clause",
    "similarity",
    "typed",
    "missing_body",
    "missing_number",
    "rank",
    "score",
    "brevity",
    "repeats",
    "whole_sentence",
    "relevant",
    "answers",
    "span",
    "likely",
)
"""The features' names, in the order of the rows that `features` returns. The last four are the
reader's, and 0 without one."""

_BODY = re.compile(
    r"[\u4e00-\u9fa5]{1,8}?(?:常务会议|全体会议|常委会|委员会|办公室|办公厅|党组|党委|党支部|支部|政府|政协|人大|法院|检察院|机关|"
    r"部门|科室|局|厅|处|院|中心|工会|团委|公司|协会|学校|大学|社区|小组|专班|委员|党员|干部|职工|学生|教师|主任|书记)"
)
_NUMBER = re.compile(
    r"\d+(?:\.\d+)?|[一二三四五六七八九十百千万]{1,6}(?=[个名人次天日年月元万级类项])"
)


_FARTHEST = 12.0
"""Log-probability below which one span is as unlikely as another."""


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader says of a span.

    Attributes:
        relevant: log-odds that the text is about what is asked.
        answers: log-odds that the text answers at all.
        span: log-probability that the span is the answer, if it does.
    """

    relevant: float
    answers: float
    span: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """The distinct terms of a question and how much each tells.

    Attributes:
        terms: (t,) codes.
        weights: (t,) inverse document frequencies, summing to 1.
    """

    terms: NDArray[np.int64]
    weights: NDArray[np.float64]
    _known: dict[str, float] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, content: str, lexical: LexicalIndex) -> Weighed:
        """The terms of `content`; one that no unit holds tells the most."""
        codes = np.unique(terms(content))
        if not len(codes):
            return cls(codes, np.empty(0))
        weights = lexical.idf(codes)
        return cls(codes, weights / weights.sum())

    def coverage(self, text: str) -> float:
        """The share of the question that `text` repeats, 0 to 1."""
        if text not in self._known:  # the candidates of a clause share most of their texts
            repeated = np.isin(self.terms, terms(text))
            self._known[text] = float(self.weights[repeated].sum())
        return self._known[text]


def missing_body(question: Question, text: str) -> float:
    """1 where the question names a body (区委常委会) that the text does not, else 0."""
    for body in _BODY.findall(question.content):
        if body not in text and not _abbreviated(body, text):
            return 1.0
    return 0.0


def missing_number(question: Question, text: str) -> float:
    """1 where the question states a number that the text does not, else 0."""
    return float(any(number not in text for number in _NUMBER.findall(question.content)))


def _abbreviated(body: str, text: str) -> bool:
    """Whether the body's characters stand in order and close together (区委常委会, 区委…常委会)."""
    return re.search(".{0,3}".join(map(re.escape, body)), text) is not None


def features(
    question: Question,
    weighed: Weighed,
    span: Span,
    *,
    text: str,
    sentence: str,
    context: str,
    similarity: float,
    rank: int,
    score: float,
    read: Read | None,
) -> NDArray[np.float64]:
    """(len(FEATURES),) the features of one candidate.

    Args:
        question: what is asked.
        weighed: its terms.
        span: the candidate, offsets into `text`.
        text: the clause.
        sentence: the sentence the candidate stands in.
        context: title and headings above the clause.
        similarity: cosine of the question and the clause's best passage.
        rank: where search ranked the clause, from 1.
        score: what search gave it there.
        read: what the reader says of the span; None without a reader or outside its window.
    """
    left, right = segment(text, span.start, span.end)
    everything = f"{context} {text}"
    return np.array(
        [
            weighed.coverage(text[left:right]),
            weighed.coverage(sentence),
            weighed.coverage(everything),
            similarity,
            float(span.typed),
            missing_body(question, everything),
            missing_number(question, everything),
            1.0 / rank,
            score,
            1.0 / (1.0 + (span.end - span.start) / 20),
            weighed.coverage(text[span.start : span.end]),
            float(span.end - span.start >= len(sentence.strip()) - 1),
            *_reader_features(read),
        ]
    )


def _reader_features(read: Read | None) -> tuple[float, float, float, float]:
    if read is None:
        return 0.0, 0.0, 0.0, 0.0
    return (
        float(np.clip(read.relevant, -6.0, 6.0)) / 6.0,
        float(np.clip(read.answers, -6.0, 6.0)) / 6.0,
        max(read.span, -_FARTHEST) / _FARTHEST,
        float(np.exp(read.span)),
    )
