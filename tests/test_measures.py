"""Measures of answers and rankings, against arithmetic and the official tools."""

from itertools import pairwise
from math import log2

import numpy as np
import pytest
import pytrec_eval
from scipy import stats

from policyqa.errors import InputError
from policyqa.evaluation.compare import bootstrap_interval, holm, randomisation_test
from policyqa.evaluation.gold import plain
from policyqa.evaluation.measures import (
    area_under_risk,
    calibration_error,
    character_f1,
    exact_match,
    risk_coverage,
)
from policyqa.evaluation.retrieval import MEASURES, measure_rankings, named_measure
from policyqa.evaluation.trec import falling


@pytest.mark.parametrize(
    ("answer", "golds", "expected"),
    [
        ("《行政许可法》", ["行政许可法"], 1.0),
        ("每年２次", ["每年2次"], 0.0),  # CMRC's script knows no full-width digits
        ("ABC公司", ["abc公司"], 1.0),
        ("2次", ["1-2次", "2次。"], 1.0),
        ("2次", ["1-2次"], 0.0),
    ],
)
def test_exact_match(answer: str, golds: list[str], expected: float) -> None:
    assert exact_match(answer, golds) == expected


def test_character_f1() -> None:
    # 每年 is the longest common run: 2 of 4 tokens (每 年 12 次), 2 of 5 (每 年 至 少 3) .
    assert character_f1("每年12次", ["每年至少3"]) == pytest.approx(
        2 * (2 / 4) * (2 / 5) / (2 / 4 + 2 / 5)
    )
    # A number is one token, so 12 shares nothing with 2 but 次 does.
    assert character_f1("2次", ["12次"]) == pytest.approx(1 / 2)
    assert character_f1("每年", ["1-2次"]) == 0.0
    assert character_f1("1-2次", ["甲", "1-2次"]) == 1.0


def test_calibration_error() -> None:
    # Two answers at 0.95, one right: |0.95 - 0.5|; two at 0.15, none right: 0.15.
    expected = 2 / 4 * 0.45 + 2 / 4 * 0.15
    assert calibration_error([0.95, 0.95, 0.15, 0.15], [1, 0, 0, 0]) == pytest.approx(expected)


def test_risk_and_coverage() -> None:
    # Of 5 questions 4 are answered; the two at 0.5 enter together, whatever their order.
    curve = risk_coverage([0.5, 0.9, 0.5, 0.7], [0, 1, 1, 0], 5)
    assert curve == [(1 / 5, 0 / 1), (2 / 5, 1 / 2), (4 / 5, 2 / 4)]
    assert risk_coverage([0.5, 0.5, 0.7, 0.9], [1, 0, 0, 1], 5) == curve
    assert area_under_risk(curve) == pytest.approx(
        ((1 / 5) * 0 + (1 / 5) * (1 / 2) + (2 / 5) * (1 / 2)) / (4 / 5)
    )
    assert area_under_risk([]) is None


def test_marks_are_compared_without_their_width() -> None:
    assert plain("（一）") == plain("(一)")


def test_rankings_by_hand() -> None:
    judgements = {"q": {"b": 1, "d": 1, "x": 1}, "left out": {"a": 1}}
    scores = measure_rankings(judgements, {"q": ["a", "b", "c", "d"], "unknown": ["a"]})
    ideal = 1 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert scores["q"]["nDCG@10"] == pytest.approx((1 / log2(3) + 1 / log2(5)) / ideal)
    assert scores["q"]["R@1"] == 0.0
    assert scores["q"]["R@5"] == pytest.approx(2 / 3)
    assert scores["q"]["RR@10"] == 1 / 2
    assert scores["q"]["Success@1"] == 0.0
    assert scores["left out"] == dict.fromkeys(MEASURES, 0.0)
    assert "unknown" not in scores


def test_a_hit_after_rank_10_has_no_reciprocal_rank() -> None:
    ranking = [f"other {number}" for number in range(10)] + ["right"]
    scores = measure_rankings({"q": {"right": 1}}, {"q": ranking})
    assert (scores["q"]["RR@10"], scores["q"]["R@10"], scores["q"]["R@20"]) == (0.0, 0.0, 1.0)


def test_rankings_against_trec_eval() -> None:
    """The same numbers as trec_eval's own code, called without ir_measures."""
    generator = np.random.default_rng(1)
    items = [f"d{number}" for number in range(60)]
    judgements = {
        f"q{number}": {
            str(item): int(grade)
            for item, grade in zip(
                generator.choice(items, 8, replace=False), generator.integers(0, 3, 8), strict=True
            )
        }
        for number in range(20)
    }
    rankings = {key: list(map(str, generator.permutation(items)[:40])) for key in judgements}
    run = {
        key: {item: float(len(ranking) - rank) for rank, item in enumerate(ranking)}
        for key, ranking in rankings.items()
    }
    evaluator = pytrec_eval.RelevanceEvaluator(judgements, {"ndcg_cut", "recall", "map"})
    expected = evaluator.evaluate(run)
    ours = measure_rankings(judgements, rankings, ("nDCG@10", "R@5", "R@20", "AP"))
    for key, row in expected.items():
        theirs = (row["ndcg_cut_10"], row["recall_5"], row["recall_20"], row["map"])
        assert tuple(ours[key].values()) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("name", ["nDGC@10", "R@", "R @ 5", "__import__('os')", "alpha_nDCG@5"])
def test_an_unknown_measure_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="指标"):
        named_measure(name)


def test_scores_of_a_run_fall_in_single_precision() -> None:
    scores = falling([0.5, 0.5, 0.4999999999, 0.1])
    assert scores[0] == 0.5
    assert all(np.float32(a) > np.float32(b) for a, b in pairwise(scores))
    assert scores[2] == pytest.approx(0.5)


def test_bootstrap_interval_against_scipy() -> None:
    values = np.random.default_rng(3).normal(0.1, 0.5, 200)
    expected = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=10_000, rng=np.random.default_rng(9)
    ).confidence_interval
    assert bootstrap_interval(values) == pytest.approx((expected.low, expected.high), abs=0.006)
    assert bootstrap_interval(values) == bootstrap_interval(values)


def test_randomisation_test_against_every_permutation() -> None:
    differences = np.array([0.3, -0.1, 0.4, 0.2, 0.0, 0.25, -0.05, 0.1])
    exact = stats.permutation_test(
        (differences, np.zeros(8)),
        lambda a, b: np.mean(a - b),
        permutation_type="samples",
        n_resamples=np.inf,
    ).pvalue
    assert randomisation_test(differences) == pytest.approx(exact, abs=0.01)
    assert randomisation_test(-differences) == randomisation_test(differences)
    assert randomisation_test(np.zeros(5)) == 1.0


def test_holm() -> None:
    # 3 * 0.01, then max with 2 * 0.02, then max with 1 * 0.04.
    assert holm([0.02, 0.01, 0.04]) == pytest.approx([0.04, 0.03, 0.04])
    assert holm([0.6, 0.7]) == [1.0, 1.0]
