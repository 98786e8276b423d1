from __future__ import annotations

import math
from pathlib import Path

import bm25s
import numpy as np
import pytest
from numpy.testing import assert_allclose

from policyqa.errors import IndexDamaged
from policyqa.lexical import LexicalIndex


def index_of(*documents: list[int]) -> LexicalIndex:
    return LexicalIndex.build([np.array(document, dtype=np.int64) for document in documents])


def query(*terms: int) -> np.ndarray:
    return np.array(terms, dtype=np.int64)


def test_scores_are_the_formula() -> None:
    # 3 documents, mean length 2; k1 = 1.2, b = 0.75
    index = index_of([7, 7, 8], [8], [9, 9])
    idf_7 = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    idf_8 = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    first = idf_7 * 2 / (2 + 1.2 * (0.25 + 0.75 * 3 / 2))
    assert_allclose(index.scores(query(7)), [first, 0, 0], rtol=1e-6)
    second = idf_8 * 1 / (1 + 1.2 * (0.25 + 0.75 * 1 / 2))
    third = idf_8 * 1 / (1 + 1.2 * (0.25 + 0.75 * 3 / 2))
    assert_allclose(index.scores(query(8)), [third, second, 0], rtol=1e-6)


def test_a_term_counts_as_often_as_the_query_says_it() -> None:
    index = index_of([7, 8], [8, 9])
    assert_allclose(index.scores(query(7, 7)), 2 * index.scores(query(7)))


def test_unknown_terms_and_empty_indexes_score_nothing() -> None:
    assert index_of([7], []).scores(query(1, 99)).tolist() == [0, 0]
    assert index_of([], []).scores(query(1)).tolist() == [0, 0]
    assert index_of().scores(query(1)).tolist() == []


def test_bm25s_gives_the_same_scores() -> None:
    random = np.random.default_rng(0)
    documents = [random.zipf(1.5, random.integers(1, 60)) % 50 for _ in range(200)]
    index = LexicalIndex.build(documents)
    oracle = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    vocabulary = {term: term for term in range(50)}
    ids = [document.tolist() for document in documents]
    oracle.index((ids, vocabulary), show_progress=False)
    for _ in range(20):
        asked = np.unique(random.integers(0, 50, 5))
        known = [int(term) for term in asked if term in index.terms]
        expected = oracle.get_scores_from_ids(known)
        assert_allclose(index.scores(asked), expected, rtol=1e-4, atol=1e-6)


def test_saved_and_loaded(tmp_path: Path) -> None:
    index = index_of([7, 7, 8], [8], [9, 9])
    index.save(tmp_path)
    loaded = LexicalIndex.load(tmp_path)
    assert loaded.scores(query(7, 8)).tolist() == index.scores(query(7, 8)).tolist()
    (tmp_path / "rows.npy").write_bytes(b"")
    with pytest.raises(IndexDamaged):
        LexicalIndex.load(tmp_path)
