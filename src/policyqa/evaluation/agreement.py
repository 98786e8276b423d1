"""How far judges agree, beyond chance: raw agreement, kappa, alpha.

A measure that is undefined, because everybody said the same throughout or nobody judged what
another did, is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations


def raw_agreement(units: Sequence[Sequence[int]]) -> float | None:
    """The share of pairs of judgements of one text that are the same.

    Args:
        units: the grades that each text got, one a judge; texts with one grade do not count.
    """
    pairs = [one == other for grades in units for one, other in combinations(grades, 2)]
    return sum(pairs) / len(pairs) if pairs else None


def cohen_kappa(one: Sequence[int], other: Sequence[int], *, linear: bool = False) -> float | None:
    """Cohen's kappa of two judges over the texts that both judged.

    Args:
        one: grades by the first judge.
        other: grades by the second, in the same order.
        linear: a disagreement counts by how far apart the grades are, instead of fully.

    Source: Cohen, "A Coefficient of Agreement for Nominal Scales", 1960; weighted, 1968.
    """
    total = len(one)
    if not total:
        return None

    def distance(a: int, b: int) -> int:
        return abs(a - b) if linear else int(a != b)

    observed = sum(distance(a, b) for a, b in zip(one, other, strict=True)) / total
    ones, others = Counter(one), Counter(other)
    expected = sum(distance(a, b) * ones[a] * others[b] / total**2 for a in ones for b in others)
    return 1 - observed / expected if expected else None


def fleiss_kappa(units: Sequence[Sequence[int]]) -> float | None:
    """Fleiss' kappa over texts that were all judged by the same number of judges.

    Args:
        units: the grades that each text got, all of one length of at least 2.

    Source: Fleiss, "Measuring Nominal Scale Agreement Among Many Raters", 1971.
    """
    observed = raw_agreement(units)
    if observed is None:
        return None
    grades = Counter(grade for unit in units for grade in unit)
    total = sum(grades.values())
    expected = sum((count / total) ** 2 for count in grades.values())
    return (observed - expected) / (1 - expected) if expected < 1 else None


def krippendorff_alpha(units: Sequence[Sequence[int]], *, ordinal: bool = True) -> float | None:
    """Krippendorff's alpha; any number of judges, any of whom may have left texts out.

    Args:
        units: the grades that each text got; texts with one grade do not count.
        ordinal: grades further apart disagree more, instead of all disagreements being equal.

    Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011.
    """
    paired = [unit for unit in units if len(unit) > 1]
    totals = Counter(grade for unit in paired for grade in unit)
    ranks = sorted(totals)
    number = sum(totals.values())

    def distance(a: int, b: int) -> float:
        if not ordinal:
            return float(a != b)
        low, high = sorted((a, b))
        between = sum(totals[grade] for grade in ranks if low <= grade <= high)
        return float((between - (totals[a] + totals[b]) / 2) ** 2) if a != b else 0.0

    observed = sum(
        2 * distance(a, b) / (len(unit) - 1) for unit in paired for a, b in combinations(unit, 2)
    )
    expected = sum(totals[a] * totals[b] * distance(a, b) for a in ranks for b in ranks)
    return 1 - (number - 1) * observed / expected if expected else None
