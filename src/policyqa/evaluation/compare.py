"""Paired comparison of systems on the same questions, with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policyqa.errors import InputError

SEED = 20240601
RESAMPLES = 10_000
LEVEL = 0.95
_CHUNK = 500
"""Resamples drawn at a time, to bound memory."""
_CHANGED = 20
"""Questions listed that changed most."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How system `b` differs from system `a` on one measure; positive where b is better.

    Attributes:
        a: label of the first system.
        b: label of the second.
        measure: its name.
        questions: how many both have.
        mean_a: mean of a.
        mean_b: mean of b.
        difference: mean of b - a.
        low: lower end of the bootstrap confidence interval of the difference.
        high: its upper end.
        p: of the paired randomisation test, two-sided.
        p_holm: the same, corrected for all comparisons of this measure.
        wins: questions on which b is better.
        losses: on which a is.
        ties: on which they are equal.
        changed: (question id, value of a, value of b) that differ most.
    """

    a: str
    b: str
    measure: str
    questions: int
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    wins: int
    losses: int
    ties: int
    changed: tuple[tuple[str, float, float], ...]

    def as_json(self) -> dict[str, Any]:
        """All attributes."""
        return asdict(self)


def bootstrap_interval(
    values: NDArray[np.float64], *, level: float = LEVEL, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """The percentile bootstrap confidence interval of a mean (Efron, 1979), seeded.

    Args:
        values: (n,) one a question, n > 0.
        level: of confidence.
        resamples: how many.
    """
    generator = np.random.default_rng(SEED)
    means = np.concatenate(
        [
            values[
                generator.integers(0, len(values), (min(_CHUNK, resamples - start), len(values)))
            ].mean(axis=1)
            for start in range(0, resamples, _CHUNK)
        ]
    )
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def randomisation_test(differences: NDArray[np.float64], *, resamples: int = RESAMPLES) -> float:
    """Two-sided p of Fisher's paired randomisation test: each question's sign is flipped.

    Source: Smucker, Allan, Carterette, "A Comparison of Statistical Significance Tests for
    Information Retrieval Evaluation", CIKM 2007. One is added to both counts, so p is
    never 0 (Phipson, Smyth, 2010).
    """
    moved = differences[differences != 0]
    if not len(moved):
        return 1.0
    generator = np.random.default_rng(SEED)
    observed = abs(moved.sum()) * (1 - 1e-12)  # rounding must not tell equal sums apart
    extreme = 0
    for start in range(0, resamples, _CHUNK):
        signs = generator.integers(0, 2, (min(_CHUNK, resamples - start), len(moved))) * 2 - 1
        extreme += int((np.abs(signs @ moved) >= observed).sum())
    return (extreme + 1) / (resamples + 1)


def holm(ps: Sequence[float]) -> list[float]:
    """Each p corrected for all of them (Holm, "A simple sequentially rejective multiple test
    procedure", 1979), in the given order."""
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    corrected = [0.0] * len(ps)
    largest = 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(ps) - rank) * ps[place]))
        corrected[place] = largest
    return corrected


def question_values(record: Mapping[str, Any], measure: str) -> dict[str, float]:
    """A measure by question id, of a record that `run` wrote; for answers, the answerable."""
    return {
        row["_id"]: float(row["measures"][measure])
        for row in record["scores"]["questions"]
        if row["answerable"] and measure in row["measures"]
    }


def compare(records: Sequence[Mapping[str, Any]], measure: str) -> list[Difference]:
    """Every pair of systems on the questions that both have.

    Raises:
        InputError: they ran on different benchmarks, or share no question with the measure.
    """
    if len({record["benchmark"]["fingerprint"] for record in records}) > 1:
        raise InputError("这些结果出自不同的题集(指纹不同),不能比较")
    pairs = []
    for one, other in combinations(records, 2):
        a, b = question_values(one, measure), question_values(other, measure)
        common = [key for key in a if key in b]
        if common:
            pairs.append((one["system"]["label"], other["system"]["label"], a, b, common))
    if not pairs:
        raise InputError(f"这些结果没有共同的指标 {measure}")
    ps = [
        randomisation_test(np.array([b[key] - a[key] for key in common]))
        for _, _, a, b, common in pairs
    ]
    return [
        _difference(*pair, measure=measure, p=p, p_holm=corrected)
        for pair, p, corrected in zip(pairs, ps, holm(ps), strict=True)
    ]


def _difference(
    label_a: str,
    label_b: str,
    a: dict[str, float],
    b: dict[str, float],
    common: list[str],
    *,
    measure: str,
    p: float,
    p_holm: float,
) -> Difference:
    values = np.array([b[key] - a[key] for key in common])
    low, high = bootstrap_interval(values)
    changed = sorted((key for key in common if a[key] != b[key]), key=lambda k: -abs(b[k] - a[k]))
    return Difference(
        a=label_a,
        b=label_b,
        measure=measure,
        questions=len(common),
        mean_a=float(np.mean([a[key] for key in common])),
        mean_b=float(np.mean([b[key] for key in common])),
        difference=float(values.mean()),
        low=low,
        high=high,
        p=p,
        p_holm=p_holm,
        wins=int((values > 0).sum()),
        losses=int((values < 0).sum()),
        ties=int((values == 0).sum()),
        changed=tuple((key, a[key], b[key]) for key in changed[:_CHANGED]),
    )
