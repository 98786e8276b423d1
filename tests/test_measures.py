"""Measures of answers, against values worked out by hand."""

import pytest

from policyqa.evaluation.measures import calibration_error, character_f1, exact_match, plain


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
