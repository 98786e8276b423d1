"""Ranked clauses: the hit record, top-k and fusion of rankings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policyqa.document import Clause, Standing


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause found for a query.

    Attributes:
        clause: the clause.
        score: higher is better; comparable within one query and method only.
        rank: from 1.
        highlights: character offsets into the clause's text where query words stand.
        below: for an article with items, the clauses under it, in order.
        standing: whether its document is in force.
    """

    clause: Clause
    score: float
    rank: int
    highlights: tuple[tuple[int, int], ...] = ()
    below: tuple[Clause, ...] = ()
    standing: Standing = field(default_factory=Standing)

    def as_json(self) -> dict[str, Any]:
        """The contract's Hit; `below` holds the clauses printed under it."""
        return {
            **self.clause.as_json(),
            **self.standing.as_json(),
            "score": self.score,
            "rank": self.rank,
            "highlights": [list(span) for span in self.highlights],
            "below": [clause.as_json() for clause in self.below],
        }


def top_k(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Row numbers of the `k` best scores, best first; equal scores by row number.

    Args:
        scores: (n,) scores; rows at ``-inf`` are left out.
        k: how many at most; more than n is no error.
    """
    if k <= 0 or not len(scores):
        return np.empty(0, dtype=np.int64)
    if k < len(scores):
        threshold = np.partition(scores, len(scores) - k)[len(scores) - k]
        rows = np.flatnonzero(scores >= threshold)
    else:
        rows = np.arange(len(scores))
    rows = rows[np.isfinite(scores[rows])]
    order = np.lexsort((rows, -scores[rows]))
    return rows[order][:k].astype(np.int64)


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[int]], *, k: int = 10, weights: Sequence[float] | None = None
) -> list[tuple[int, float]]:
    """Join rankings by the sum of ``weight / (k + rank)``, rank from 1.

    Args:
        rankings: row numbers, best first, one list a ranking.
        k: damps the lead of the first ranks; 10 was best on STARD.
        weights: one for each ranking; all 1 by default.

    Returns:
        (row, score), best first; equal scores by row number.

    Source: Cormack, Clarke, Büttcher, "Reciprocal rank fusion outperforms Condorcet and
    individual rank learning methods", SIGIR 2009.
    """
    scores: dict[int, float] = {}
    for weight, ranking in zip(weights or [1.0] * len(rankings), rankings, strict=True):
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + weight / (k + rank)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
