"""Measures of rankings and answers: nDCG, recall, exact match, character F1, calibration."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence


def normalised(text: str) -> str:
    """A text as answers are compared: NFKC, lower case, without space and punctuation."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(
        character
        for character in folded
        if not character.isspace() and not unicodedata.category(character).startswith("P")
    )


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """1 where the answer is one of the accepted ones, else 0."""
    return float(any(normalised(answer) == normalised(gold) for gold in golds))


def character_f1(answer: str, golds: Sequence[str]) -> float:
    """The best F1 of the longest common substring with an accepted answer, 0 to 1.

    Source: the evaluation script of CMRC 2018 (Cui et al., EMNLP 2019), which matches by
    longest common substring; Latin words and numbers count by character here.
    """
    return max((_f1(normalised(answer), normalised(gold)) for gold in golds), default=0.0)


def _f1(answer: str, gold: str) -> float:
    common = _longest_common_substring(answer, gold)
    if not common:
        return 0.0
    precision, recall = common / len(answer), common / len(gold)
    return 2 * precision * recall / (precision + recall)


def _longest_common_substring(one: str, other: str) -> int:
    best = 0
    previous = [0] * (len(other) + 1)
    for character in one:
        current = [0]
        for place, counterpart in enumerate(other):
            current.append(previous[place] + 1 if character == counterpart else 0)
        best = max(best, *current)
        previous = current
    return best


def ndcg(ranking: Sequence[str], relevant: set[str], depth: int = 10) -> float:
    """Normalised discounted cumulative gain of a ranking, with binary relevance.

    Source: Järvelin, Kekäläinen, ACM TOIS 2002; gain 1, discount ``log2(rank + 1)``.
    """
    gain = sum(
        1 / math.log2(rank + 1)
        for rank, found in enumerate(ranking[:depth], start=1)
        if found in relevant
    )
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(depth, len(relevant)) + 1))
    return gain / best if best else 0.0


def recall(ranking: Sequence[str], relevant: set[str], depth: int = 10) -> float:
    """The share of the relevant among the first `depth`."""
    return len(relevant & set(ranking[:depth])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[str], relevant: set[str], depth: int = 10) -> float:
    """One over the rank of the first relevant of the first `depth`, or 0."""
    ranks = (rank for rank, found in enumerate(ranking[:depth], start=1) if found in relevant)
    return 1 / next(ranks, math.inf)


def calibration_error(
    confidences: Sequence[float], right: Sequence[float], bins: int = 10
) -> float:
    """Expected calibration error over equal-width bins (Naeini et al., AAAI 2015)."""
    total, error = len(confidences), 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [
            (confidence, outcome)
            for confidence, outcome in zip(confidences, right, strict=True)
            if low <= confidence < high or (number == bins - 1 and confidence == high)
        ]
        if inside:
            mean = sum(confidence for confidence, _ in inside) / len(inside)
            accuracy = sum(outcome for _, outcome in inside) / len(inside)
            error += len(inside) / total * abs(mean - accuracy)
    return error


def plain(mark: str) -> str:
    """A numbering mark without brackets' width and spaces, for comparison."""
    return re.sub(r"[\s:：]", "", unicodedata.normalize("NFKC", mark))
