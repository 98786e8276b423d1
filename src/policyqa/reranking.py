"""The best texts of a ranking, read together with the question and put in a new order.

The reader sees question and text at once, which neither the encoder nor BM25 does (a
cross-encoder: Nogueira and Cho, "Passage Re-ranking with BERT", 2019). Its judgement is added to
the score that the text already has, so a text that search puts far ahead is not lost.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from policyqa.ranking import Ranked
from policyqa.span_reader import SpanReader

TEXTS = 20
"""How many of the best texts are read."""
CHARACTERS = 5000
"""So much of them in all: long texts cost no more time than short."""
WEIGHT = 0.2
"""What a text gains that fits for certain; before that, scores are 0 to 1 (`ranking.fused`).
Fitted by training/fit_fusion.py."""


def reranked(
    ranked: Ranked, question: str, reader: SpanReader, text_of: Callable[[int], tuple[str, str]]
) -> Ranked:
    """The ranking with its best texts in a new order.

    Args:
        ranked: joined rankings.
        question: as asked.
        reader: reads the texts.
        text_of: context and text of a row.
    """
    texts = first_texts(map(text_of, ranked.rows[:TEXTS]), CHARACTERS)
    relevance = {
        row: max(window.relevant for window in windows)
        for row, windows in zip(ranked.rows, reader.read(question, texts), strict=False)
    }
    return by_relevance(replace(ranked, relevance=relevance), WEIGHT)


def by_relevance(ranked: Ranked, weight: float) -> Ranked:
    """The ranking by score and `weight` times the probability that the text fits, where read."""
    scores = {
        row: score + weight * probability(ranked.relevance[row])
        for row, score in zip(ranked.rows, ranked.scores, strict=True)
        if row in ranked.relevance
    }
    read = sorted(scores, key=lambda row: -scores[row])
    return replace(
        ranked,
        rows=[*read, *ranked.rows[len(read) :]],
        scores=[*(scores[row] for row in read), *ranked.scores[len(read) :]],
    )


def first_texts(texts: Iterable[tuple[str, str]], characters: int) -> list[tuple[str, str]]:
    """The first texts, so many characters of them in all; the last may be cut."""
    taken: list[tuple[str, str]] = []
    total = 0
    for context, text in texts:
        taken.append((context, text[: characters - total]))
        total += len(text)
        if total >= characters:
            break
    return taken


def probability(log_odds: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-log_odds))
