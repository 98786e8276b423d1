"""Two rankings joined by their scores."""

from __future__ import annotations

import numpy as np
import pytest

from policyqa.ranking import Fusion, fused

NONE = -np.inf


def scores(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_scores_are_brought_to_the_same_range_and_averaged() -> None:
    # cosines 1, 0.75, 0.5 become 1, 0.5, 0; BM25 0, 5, 10 become 0, 0.5, 1
    joined = fused({0: 1.0, 1: 0.75, 2: 0.5}, scores(0, 5, 10), 10)
    assert [row for row, _ in joined] == [0, 1, 2]  # all 0.5: by row number
    assert [score for _, score in joined] == pytest.approx([0.5, 0.5, 0.5])


def test_a_text_far_ahead_in_one_ranking_beats_one_that_is_second_in_both() -> None:
    # rows 0..3: cosines to 1, 0.05, 0.025, 0; words to 0.9, 1, 0, 0
    joined = fused({0: 0.9, 1: 0.71, 2: 0.705, 3: 0.7}, scores(9, 10, 0, 0), 10)
    assert [row for row, _ in joined] == [0, 1, 2, 3]
    assert joined[0][1] == pytest.approx(0.95)
    assert joined[1][1] == pytest.approx(0.525)


def test_a_text_that_the_encoder_did_not_find_counts_as_the_least() -> None:
    joined = dict(fused({0: 0.9, 1: 0.8}, scores(1, 0, 4), 10))
    assert joined == pytest.approx({0: (1 + 0.25) / 2, 1: 0.0, 2: 0.5})


def test_weights_are_a_ratio() -> None:
    found = {0: 0.9, 1: 0.8}
    words = scores(0, 1)
    assert dict(fused(found, words, 10, Fusion(3, 1))) == pytest.approx({0: 0.75, 1: 0.25})
    assert fused(found, words, 10, Fusion(6, 2)) == fused(found, words, 10, Fusion(3, 1))


def test_only_the_best_of_bm25_are_joined_and_none_that_may_not_be_found() -> None:
    joined = fused({0: 0.9, 5: 0.7}, scores(0, 3, 2, 1, NONE, 0), 2)
    assert [row for row, _ in joined] == [0, 1, 2, 5]  # 1/2, 1/2, 1/3, 0


def test_cosines_that_hardly_differ_do_not_outvote_the_words() -> None:
    # 0.880 and 0.879: 1 and 0.99, not 1 and 0
    joined = fused({0: 0.880, 1: 0.879}, scores(3, 4), 10)
    assert joined == [(1, pytest.approx(0.995)), (0, pytest.approx(0.875))]


def test_one_ranking_alone_and_none() -> None:
    assert fused({}, scores(NONE, 2), 10) == [(1, 0.5)]
    assert fused({1: 0.7}, scores(NONE, NONE), 10) == [(1, 0.5)]
    assert fused({}, scores(NONE, NONE), 10) == []
