"""Rankings: the hit record, ranked rows, top-k and fusion."""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Ranked:
    """The units found for a query, best first, and what was computed on the way.

    Attributes:
        rows: unit rows.
        scores: one a row; the fused score, cosine or BM25 score by method.
        similarity: cosine of the query and the unit, for each row found by the encoder.
        addressed: the query was an address, and the rows are where it points.
        relevance: log-odds by the reader that a row fits, for each that it read (`reranking`).
    """

    rows: list[int]
    scores: list[float]
    similarity: dict[int, float]
    addressed: bool = False
    relevance: dict[int, float] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class Fusion:
    """What the two rankings count for where they are joined; only the ratio matters.

    Attributes:
        dense: weight of the encoder's ranking.
        bm25: weight of the lexical ranking.
    """

    dense: float = 1.0
    bm25: float = 1.0


FUSION = Fusion()
"""What search uses: even weights (training/fit_fusion.py)."""
LEAST_SPREAD = 0.1
"""Cosines that differ by less are not stretched to the whole range: where a filter leaves a few
texts that are alike, chance would outvote the words. Among 100 found texts it is 0.12 to 0.45."""


def fused(
    cosines: Mapping[int, float],
    bm25: NDArray[np.float32],
    depth: int,
    fusion: Fusion = FUSION,
) -> list[tuple[int, float]]:
    """Join two rankings by the weighted mean of their scores, each brought to 0 to 1.

    A cosine is measured from the least that was found (or from `LEAST_SPREAD` below the greatest)
    to the greatest; a row that the encoder did not find counts as the least. A BM25 score is
    measured from 0, the least there can be.

    Args:
        cosines: by row, what the encoder found.
        bm25: (n,) of all rows; at most 0 for one without a word of the query, -inf for one that
            may not be found.
        depth: how many of BM25's best rows are joined.
        fusion: the weights.

    Returns:
        (row, score), best first; equal scores by row number.

    Source: Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", ACM TOIS
    42(1), 2023: better than joining ranks, which forget how far a text leads.
    """
    high = max(cosines.values(), default=0.0)
    least = min(cosines.values(), default=0.0)
    low = min(least, high - LEAST_SPREAD)
    most = max(0.0, float(bm25.max(initial=0.0)))

    def dense(row: int) -> float:
        return (cosines.get(row, least) - low) / (high - low) if cosines else 0.0

    def lexical(row: int) -> float:
        return max(0.0, float(bm25[row])) / most if most else 0.0

    words = top_k(np.where(bm25 > 0, bm25, -np.inf).astype(np.float32), depth).tolist()
    total = fusion.dense + fusion.bm25
    scores = {
        row: (fusion.dense * dense(row) + fusion.bm25 * lexical(row)) / total
        for row in {*cosines, *words}
    }
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
