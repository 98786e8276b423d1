"""A question to ranked clauses: an address is looked up, anything else is ranked.

Dense and lexical rankings are joined by their scores (`ranking.fused`). Each ranking is fetched
to a fixed depth, whatever the number of hits asked for, so a hit's place does not depend on k.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from policyqa.address import Address, normal_number, normal_title, parse_address, title_fit
from policyqa.dense import DenseIndex
from policyqa.document import Clause
from policyqa.encoder import Encoder
from policyqa.errors import InputError
from policyqa.filters import Filters
from policyqa.lexical import LexicalIndex
from policyqa.marks import read_mark
from policyqa.ranking import FUSION, Fusion, Hit, Ranked, fused, top_k
from policyqa.reader import IndexReader, Snapshot
from policyqa.reranking import reranked
from policyqa.span_reader import SpanReader
from policyqa.tokenizer import highlights, query_words, terms

Method = Literal["hybrid", "dense", "bm25"]
DEPTH = 100
"""Units taken from each ranking before they are joined."""


class Searcher:
    """Ranks the clauses of one index."""

    def __init__(
        self,
        reader: IndexReader,
        encoder: Encoder,
        *,
        dictionary: str = "",
        fusion: Fusion = FUSION,
    ) -> None:
        """Search an opened index.

        Args:
            reader: the index.
            encoder: the one it was built with.
            dictionary: an office's own words, a jieba user dictionary, for highlights.
            fusion: how rankings are joined.
        """
        self.reader = reader
        self.encoder = encoder
        self._dictionary = dictionary
        self._fusion = fusion

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        method: Method = "hybrid",
        filters: Filters | None = None,
        reader: Callable[[], SpanReader] | None = None,
    ) -> list[Hit]:
        """The `k` best clauses for a question, keywords or an address, best first.

        Args:
            query: what is looked for.
            k: how many at most.
            method: which rankings are used.
            filters: which documents may be found.
            reader: gives what puts the best of "hybrid" in a better order; called only where
                there is something to order, since loading it takes time.

        Raises:
            InputError: the query is empty, or method or k is not usable.
        """
        require_count(k)
        snapshot = self.reader.snapshot()
        ranked = self.rank(snapshot, query, method, filters)
        if reader and method == "hybrid" and ranked.rows and not ranked.addressed:
            ranked = reranked(
                ranked,
                query,
                reader(),
                lambda row: (snapshot.units[row].context, snapshot.text_of(row)),
            )
        return self.hits(snapshot, query, ranked, k)

    def rank(
        self,
        snapshot: Snapshot,
        query: str,
        method: Method = "hybrid",
        filters: Filters | None = None,
        *,
        vector: NDArray[np.float32] | None = None,
    ) -> Ranked:
        """The units for a query; see `search`. `vector` is the query's, if it is known."""
        query_terms = terms(query)
        if not len(query_terms):
            raise InputError("请输入要查询的文字" if query.strip() else "请输入要查询的内容")
        if method not in get_args(Method):
            raise InputError(f"未知的检索方法“{method}”,可用: {', '.join(get_args(Method))}")
        mask = snapshot.mask(filters)
        address = parse_address(query)
        if address is not None:
            rows = [row for row in self._locate(snapshot, address) if mask is None or mask[row]]
            if rows:
                scores = [1.0 / rank for rank in range(1, len(rows) + 1)]
                return Ranked(rows, scores, {}, addressed=True)
        if method != "bm25" and vector is None:
            vector = self.encoder.encode_queries([query])[0]
        return rank_rows(
            snapshot.dense,
            snapshot.lexical,
            query_terms,
            vector,
            method=method,
            mask=mask,
            fusion=self._fusion,
        )

    def hits(self, snapshot: Snapshot, query: str, ranked: Ranked, k: int) -> list[Hit]:
        """The first `k` ranked units as hits, with the query's words marked."""
        require_count(k)
        words = query_words(query, self._dictionary)
        found = []
        for rank, (row, score) in enumerate(
            zip(ranked.rows[:k], ranked.scores[:k], strict=True), start=1
        ):
            clause = snapshot.store.clause(snapshot.units[row].clause_id)
            found.append(
                Hit(
                    clause=clause,
                    score=float(score),
                    rank=rank,
                    highlights=highlights(clause.text, words),
                    below=clauses_below(snapshot, clause),
                    standing=snapshot.standing(clause.document_id),
                )
            )
        return found

    def _locate(self, snapshot: Snapshot, address: Address) -> list[int]:
        """The unit rows that an address names, the best fitting document first."""
        documents = snapshot.documents
        if address.number is not None:
            return [
                row
                for document in documents
                if document.metadata.number
                and normal_number(document.metadata.number) == address.number
                for row in snapshot.rows_of(document.document_id)
            ]
        fits = {
            document.document_id: title_fit(address.title, normal_title(document.title))
            for document in documents
        }
        wanted = sorted(
            (identity for identity, fit in fits.items() if fit > 0),
            key=lambda identity: (-fits[identity], *snapshot.versions.place(identity)),
        )
        return [
            row
            for identity in wanted
            for row in _rows_at(snapshot, identity, address.article or (0, 0))
        ]


def require_count(k: int) -> None:
    """Raises InputError where no hit is asked for."""
    if k < 1:
        raise InputError("返回条数 k 至少为 1")


def rank_rows(
    dense_index: DenseIndex | None,
    lexical_index: LexicalIndex | None,
    query_terms: NDArray[np.int64],
    vector: NDArray[np.float32] | None,
    *,
    method: Method,
    mask: NDArray[np.bool_] | None = None,
    fusion: Fusion = FUSION,
) -> Ranked:
    """The rows of an index for a query, each ranking to `DEPTH`, best first.

    Args:
        dense_index: not needed for "bm25".
        lexical_index: not needed for "dense".
        query_terms: term codes of the query.
        vector: (d,) of the query; not needed for "bm25".
        method: which rankings are used.
        mask: True for the rows that may be found; None for all.
        fusion: how two rankings are joined.
    """
    bm25 = np.empty(0, dtype=np.float32)
    similarity: dict[int, float] = {}
    if method != "dense" and lexical_index is not None:
        bm25 = lexical_index.scores(query_terms)
        bm25[bm25 <= 0] = -np.inf
        if mask is not None:
            bm25[~mask] = -np.inf
    if dense_index is not None and vector is not None and method != "bm25":
        found, cosines = dense_index.search(vector, DEPTH, mask)
        similarity = dict(zip(found.tolist(), cosines.tolist(), strict=True))
    if method == "bm25":
        rows = top_k(bm25, DEPTH).tolist()
        return Ranked(rows, [float(bm25[row]) for row in rows], similarity)
    if method == "dense":
        return Ranked(list(similarity), list(similarity.values()), similarity)
    joined = fused(similarity, bm25, DEPTH, fusion)
    return Ranked([row for row, _ in joined], [score for _, score in joined], similarity)


def clauses_below(snapshot: Snapshot, clause: Clause) -> tuple[Clause, ...]:
    """The items printed under an article, in order; none for another kind of clause."""
    if clause.kind != "article":
        return ()
    below: list[Clause] = []
    for child in snapshot.store.children(clause.clause_id):
        below.append(child)
        below.extend(_descendants(snapshot, child))
    return tuple(below)


def _descendants(snapshot: Snapshot, clause: Clause) -> list[Clause]:
    found: list[Clause] = []
    for child in snapshot.store.children(clause.clause_id):
        found.append(child)
        found.extend(_descendants(snapshot, child))
    return found


def _rows_at(snapshot: Snapshot, document_id: str, wanted: tuple[int, int]) -> list[int]:
    """The rows of 第n条, or of n. where a document numbers its provisions 1. 2. 3.

    An address names an article. Where there are none, people call n. 第n条 all the same.
    """
    articles: list[int] = []
    others: list[int] = []
    for row in snapshot.rows_of(document_id):
        mark = read_mark(snapshot.first_line(row))
        if mark is None or mark.number != wanted:
            continue
        (articles if mark.family.kind == "article" else others).append(row)
    return articles or others
