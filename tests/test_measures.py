"""Measures of rankings and answers, against values worked out by hand."""

from math import log2

import pytest

from policyqa.evaluation.measures import (
    calibration_error,
    character_f1,
    exact_match,
    ndcg,
    plain,
    recall,
    reciprocal_rank,
)


def test_exact_match_ignores_width_and_punctuation() -> None:
    assert exact_match("１－２次。", ["1-2次"]) == 1.0
    assert exact_match("2次", ["1-2次"]) == 0.0


def test_character_f1() -> None:
    # 次 and 2 of "12次" are the common substring "2次": precision 2/2, recall 2/3.
    assert character_f1("2次", ["1-2次"]) == pytest.approx(2 * 1 * (2 / 3) / (1 + 2 / 3))
    assert character_f1("每年", ["1-2次"]) == 0.0
    assert character_f1("1-2次", ["甲", "1-2次"]) == 1.0


def test_calibration_error() -> None:
    # Two answers at 0.95, one right: |0.95 - 0.5|; two at 0.15, none right: 0.15.
    expected = 2 / 4 * 0.45 + 2 / 4 * 0.15
    assert calibration_error([0.95, 0.95, 0.15, 0.15], [1, 0, 0, 0]) == pytest.approx(expected)


def test_marks_are_compared_without_their_width() -> None:
    assert plain("（一）") == plain("(一)")


def test_measures_of_rankings() -> None:
    ranking, relevant = ["a", "b", "c", "d"], {"b", "d", "x"}
    ideal = 1 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert ndcg(ranking, relevant) == pytest.approx((1 / log2(3) + 1 / log2(5)) / ideal)
    assert ndcg(ranking, relevant, depth=1) == 0.0
    assert recall(ranking, relevant, depth=2) == 1 / 3
    assert reciprocal_rank(ranking, relevant) == 1 / 2
    assert reciprocal_rank(ranking, {"x"}) == 0.0
