from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from policyqa.dense import DenseIndex
from policyqa.errors import IndexDamaged


def unit_rows(*rows: list[float]) -> np.ndarray:
    matrix = np.array(rows, dtype=np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


VECTORS = unit_rows([1, 0], [0, 1], [3, 4], [4, 3])
UNITS = np.array([0, 0, 1, 2], dtype=np.int32)
QUERY = np.array([1, 0], dtype=np.float32)


def test_a_unit_scores_as_its_best_passage() -> None:
    rows, scores = DenseIndex.build(VECTORS, UNITS, 4).search(QUERY, 10)
    assert rows.tolist() == [0, 2, 1]
    assert_allclose(scores, [1.0, 0.8, 0.6], rtol=1e-6)


def test_masked_units_never_come_back() -> None:
    index = DenseIndex.build(VECTORS, UNITS, 4)
    rows, _ = index.search(QUERY, 10, np.array([False, True, False, True]))
    assert rows.tolist() == [1]
    assert index.search(QUERY, 10, np.zeros(4, dtype=bool))[0].tolist() == []


def test_k_units_come_back_though_one_unit_owns_the_best_passages() -> None:
    vectors = np.repeat(unit_rows([1, 0], [1, 1]), [500, 3], axis=0)
    units = np.array([0] * 500 + [1, 2, 3], dtype=np.int32)
    rows, _ = DenseIndex.build(vectors, units, 4).search(QUERY, 3)
    assert rows.tolist() == [0, 1, 2]


def test_a_whole_scan_agrees_with_numpy() -> None:
    random = np.random.default_rng(1)
    vectors = unit_rows(*random.normal(size=(300, 8)).tolist())
    units = np.sort(random.integers(0, 90, 300)).astype(np.int32)
    mask = random.random(90) < 0.5
    query = vectors[5]
    best = np.full(90, -np.inf)
    np.maximum.at(best, units, vectors @ query)
    best[~mask] = -np.inf
    expected = [row for row in np.argsort(-best) if np.isfinite(best[row])][:20]
    rows, scores = DenseIndex.build(vectors, units, 90).search(query, 20, mask)
    assert rows.tolist() == expected
    assert_allclose(scores, best[expected], rtol=1e-5, atol=1e-6)


def test_an_empty_index_and_k_zero_find_nothing() -> None:
    empty = DenseIndex.build(np.empty((0, 2), np.float32), np.empty(0, np.int32), 0)
    assert empty.search(QUERY, 5)[0].tolist() == []
    assert DenseIndex.build(VECTORS, UNITS, 4).search(QUERY, 0)[0].tolist() == []


def test_shapes_must_fit() -> None:
    with pytest.raises(ValueError, match="3 passages"):
        DenseIndex.build(VECTORS, UNITS[:3], 4)


def test_saved_and_loaded(tmp_path: Path) -> None:
    index = DenseIndex.build(VECTORS, UNITS, 4)
    index.save(tmp_path)
    loaded = DenseIndex.load(tmp_path)
    assert loaded.n_units == 4
    assert loaded.search(QUERY, 4)[0].tolist() == [0, 2, 1]
    assert_allclose(loaded.vectors(), VECTORS)
    (tmp_path / "passages.faiss").write_bytes(b"none")
    with pytest.raises(IndexDamaged):
        DenseIndex.load(tmp_path)
