"""Measures of answers: exact match, character F1, calibration, risk and coverage.

Needs the package's `eval` extra. Measures of rankings stand in `retrieval`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from nltk.tokenize import NLTKWordTokenizer

_TOKENIZER = NLTKWordTokenizer()
_PUNCTUATION = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
"""What CMRC 2018's script removes; its `……` never equals one character, so it removes none."""


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """1 where the answer is one of the accepted ones, punctuation and case apart, else 0.

    Source: cmrc2018_evaluate.py (Cui et al., EMNLP 2019), `calc_em_score`.
    """
    return float(any(_without_punctuation(answer) == _without_punctuation(gold) for gold in golds))


def character_f1(answer: str, golds: Sequence[str]) -> float:
    """The best F1 of the longest common run of tokens with an accepted answer, 0 to 1.

    A Chinese character is a token; so is a word or number in other script.

    Source: cmrc2018_evaluate.py (Cui et al., EMNLP 2019), `calc_f1_score`.
    """
    return max((_f1(_tokens(answer), _tokens(gold)) for gold in golds), default=0.0)


def _without_punctuation(text: str) -> str:
    return "".join(c for c in text.lower().strip() if c not in _PUNCTUATION)


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[str, ...]:
    """What `mixed_segmentation` gives without punctuation."""
    tokens: list[str] = []
    for part in re.findall(r"[\u4e00-\u9fa5]|[^\u4e00-\u9fa5]+", _without_punctuation(text)):
        tokens += [part] if "\u4e00" <= part <= "\u9fa5" else _TOKENIZER.tokenize(part)
    return tuple(tokens)


def _f1(answer: Sequence[str], gold: Sequence[str]) -> float:
    common = _longest_common_run(answer, gold)
    if not common:
        return 0.0
    precision, recall = common / len(answer), common / len(gold)
    return 2 * precision * recall / (precision + recall)


def _longest_common_run(one: Sequence[str], other: Sequence[str]) -> int:
    best = 0
    previous = [0] * (len(other) + 1)
    for token in one:
        current = [0]
        for place, counterpart in enumerate(other):
            current.append(previous[place] + 1 if token == counterpart else 0)
        best = max(best, *current)
        previous = current
    return best


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


def risk_coverage(
    confidences: Sequence[float], right: Sequence[float], total: int
) -> list[tuple[float, float]]:
    """(coverage, risk) as the least confidence to answer is lowered.

    Coverage is the share of the `total` questions that are answered, risk the share of
    wrong ones among those answers. Answers of equal confidence enter together, so the curve
    does not depend on their order.

    Source: El-Yaniv, Wiener, "On the Foundations of Noise-free Selective Classification",
    JMLR 2010.
    """
    ordered = sorted(zip(confidences, right, strict=True), key=lambda pair: -pair[0])
    curve = []
    wrong = 0.0
    for number, (confidence, outcome) in enumerate(ordered, start=1):
        wrong += 1 - outcome
        if number == len(ordered) or ordered[number][0] < confidence:
            curve.append((number / total, wrong / number))
    return curve


def area_under_risk(curve: Sequence[tuple[float, float]]) -> float | None:
    """The mean risk over the coverage that is reached, by steps; None without answers.

    Each step of coverage counts with the risk at its end. Lower is better.
    """
    if not curve:
        return None
    area, before = 0.0, 0.0
    for coverage, risk in curve:
        area += (coverage - before) * risk
        before = coverage
    return area / before
