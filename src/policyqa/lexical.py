"""BM25 over unit rows, with every term's share of every score computed beforehand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from policyqa.errors import IndexDamaged

K1 = 1.2
"""Saturation of term frequency (Lucene's default)."""
B = 0.75
"""Weight of length normalisation (Lucene's default)."""
FORMAT = 1

_ARRAYS = ("terms", "indptr", "rows", "impacts")
_PARAMETERS = "lexical.json"


@dataclass(frozen=True, slots=True, eq=False)
class LexicalIndex:
    """An inverted index of precomputed BM25 scores, column by column (CSC).

    Attributes:
        n_units: number of rows scored.
        terms: (t,) int64, sorted term codes.
        indptr: (t + 1,) int64; term i has postings ``indptr[i]:indptr[i + 1]``.
        rows: (p,) int32, unit rows, ascending within a term.
        impacts: (p,) float32, what one occurrence of the term in a query adds to the row.
    """

    n_units: int
    terms: NDArray[np.int64]
    indptr: NDArray[np.int64]
    rows: NDArray[np.int32]
    impacts: NDArray[np.float32]

    @classmethod
    def build(
        cls, documents: Sequence[NDArray[np.int64]], *, k1: float = K1, b: float = B
    ) -> LexicalIndex:
        """Index one term array a unit, in row order.

        The weight of a term t in a unit d is
        ``ln(1 + (N - df + 0.5) / (df + 0.5)) * tf / (tf + k1 * (1 - b + b * |d| / avgdl))``.

        Source: Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and
        Beyond", 2009; the Lucene variant of Kamphuis et al., "Which BM25 Do You Mean?",
        ECIR 2020.
        """
        lengths = np.array([len(document) for document in documents], dtype=np.float64)
        average = lengths.mean() if lengths.any() else 1.0
        saturation = (k1 * (1 - b + b * lengths / average)).astype(np.float32)
        codes, frequencies, rows = _postings(documents)
        first = np.append(True, codes[1:] != codes[:-1]) if len(codes) else np.empty(0, np.bool_)
        starts = np.flatnonzero(first)
        indptr = np.append(starts, len(codes)).astype(np.int64)
        document_frequency = np.diff(indptr)
        idf = np.log1p((len(documents) - document_frequency + 0.5) / (document_frequency + 0.5))
        impacts = frequencies / (frequencies + saturation[rows])
        impacts *= np.repeat(idf.astype(np.float32), document_frequency)
        return cls(len(documents), codes[starts], indptr, rows, impacts)

    def scores(self, query_terms: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n_units,) BM25 scores; 0 where no term of the query occurs.

        Args:
            query_terms: (n,) term codes; a repeated term counts as often as it stands there.
        """
        scores = np.zeros(self.n_units, dtype=np.float32)
        if not len(self.terms):
            return scores
        wanted, counts = np.unique(query_terms, return_counts=True)
        columns = np.minimum(np.searchsorted(self.terms, wanted), len(self.terms) - 1)
        known = self.terms[columns] == wanted
        for column, count in zip(columns[known], counts[known], strict=True):
            postings = slice(self.indptr[column], self.indptr[column + 1])
            # A row stands once in a term's postings, so the plain indexed sum is exact.
            scores[self.rows[postings]] += self.impacts[postings] * np.float32(count)
        return scores

    def idf(self, codes: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n,) ``ln(1 + (N - df + 0.5) / (df + 0.5))`` of each code; an unknown one has df 0."""
        frequency = np.zeros(len(codes))
        if len(self.terms):
            columns = np.minimum(np.searchsorted(self.terms, codes), len(self.terms) - 1)
            known = self.terms[columns] == codes
            frequency[known] = (self.indptr[columns + 1] - self.indptr[columns])[known]
        return np.log1p((self.n_units - frequency + 0.5) / (frequency + 0.5))

    def save(self, folder: Path) -> None:
        """Write the arrays as .npy files and the parameters as JSON into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
        parameters = {"format": FORMAT, "n_units": self.n_units}
        (folder / _PARAMETERS).write_text(json.dumps(parameters), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what `save` wrote; the arrays stay on disk until they are touched.

        Raises:
            IndexDamaged: a file is missing, unreadable or of another format.
        """
        try:
            parameters = json.loads((folder / _PARAMETERS).read_text(encoding="utf-8"))
            if parameters["format"] != FORMAT:
                raise IndexDamaged(f"{folder}：词项索引的格式版本不是 {FORMAT}")
            arrays = [
                np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
                for name in _ARRAYS
            ]
            return cls(int(parameters["n_units"]), *arrays)
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise IndexDamaged(f"{folder}：词项索引无法读取") from error


def _postings(
    documents: Sequence[NDArray[np.int64]],
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int32]]:
    """Term code, frequency and row of every posting, by code and then by row."""
    codes, frequencies, sizes = [], [], []
    for document in documents:
        found, counts = np.unique(document, return_counts=True)
        codes.append(found)
        frequencies.append(counts.astype(np.float32))
        sizes.append(len(found))
    if not codes:
        return np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.int32)
    joined = np.concatenate(codes)
    codes.clear()
    order = np.argsort(joined, kind="stable")
    rows = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[order]
    return joined[order], np.concatenate(frequencies)[order], rows
