"""Fit the answer model's few numbers on development questions.

    python training/fit_answers.py ../shared/data

For each way of answering, "full" with the reader and "quick" without, on the questions of
`fit_questions`:

1. Weights: for each answerable question a softmax over its candidates; the loss is minus the
   log of the probability that goes to candidates of the right clause whose words are right
   (character F1 of at least 0.7), plus an L2 penalty.
2. Calibration: a logistic curve over the best candidate's features and its lead, fitted on
   predictions with weights that were fitted on the documents of the other folds, for all
   questions, answerable or not (Platt, 1999), then stretched and moved by two numbers to fit the
   benchmarks' development questions alone, which are asked as staff ask. The others hold far
   more near misses and hopeless questions than an office's do: confidences taken from them were
   20 points too low.
3. Threshold: the least confidence at which the answers to the same development questions are
   right as often as `PRECISION` asks, and at which no more than `STRANGERS_ANSWERED` of the
   questions on other matters are answered; the risk-coverage curve over all questions is printed.

No test question is asked. The result is written to src/policyqa/answer_weights.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from tqdm import tqdm

from fit_questions import STRANGER, question_sets
from policyqa.answer import best_lead
from policyqa.candidates import Candidate
from policyqa.evaluation.benchmark import Benchmark, Question
from policyqa.evaluation.gold import find_gold
from policyqa.evaluation.index_system import IndexSystem, texts_folder
from policyqa.evaluation.measures import character_f1
from policyqa.evaluation.systems import Spec
from policyqa.evidence import FEATURES
from policyqa.weights import CALIBRATION, Weights, calibration_row

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "src/policyqa/answer_weights.json"
RIGHT = 0.7
PENALTY = 0.005
CALIBRATION_PENALTY = 0.002
PRECISION = {"full": 0.85, "quick": 0.8}
"""Rules alone are never right so often as to answer at 85%."""
STRANGERS_ANSWERED = 0.03
FOLDS = 20


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its candidates; `right` is the F1 of those of the right clause."""

    question: Question
    candidates: list[Candidate]
    rows: NDArray[np.float64]
    right: NDArray[np.float64]


def examples(system: IndexSystem, whole: Benchmark, asked: Benchmark, cache: Path) -> list[Example]:
    """Every question with its candidates, in order; questions without any are left out."""
    gold = find_gold(whole, texts_folder(whole, cache))
    found = []
    for question in tqdm(asked.questions, desc=whole.name, file=sys.stderr):
        placed = system.candidates(question.text)
        if not placed:
            continue
        right = [
            character_f1(candidate.text, question.answers)
            if question.question_id in gold and gold[question.question_id].cited_by(place)
            else 0.0
            for candidate, place in placed
        ]
        candidates = [candidate for candidate, _ in placed]
        rows = np.stack([candidate.features for candidate in candidates])
        found.append(Example(question, candidates, rows, np.array(right)))
    return found


def fit_weights(some: list[Example]) -> NDArray[np.float64]:
    """(len(FEATURES),) weights; see the module's docstring."""
    usable = [example for example in some if (example.right >= RIGHT).any()]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope = PENALTY * float(weights @ weights), 2 * PENALTY * weights
        for example in usable:
            logits = example.rows @ weights
            everything = np.exp(logits - logits.max())
            good = everything * (example.right >= RIGHT)
            value -= np.log(good.sum() / everything.sum()) / len(usable)
            slope = slope - (
                example.rows.T @ (good / good.sum() - everything / everything.sum())
            ) / len(usable)
        return value, slope

    start = np.zeros(len(FEATURES))
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def best(
    example: Example, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float, float]:
    """Features of the best candidate, its lead, and its F1."""
    logits = example.rows @ weights
    place = int(np.argmax(logits))
    lead = best_lead(example.candidates, logits, place)
    return example.rows[place], lead, float(example.right[place])


def fit_calibration(
    outcomes: list[tuple[NDArray[np.float64], float, float]],
) -> NDArray[np.float64]:
    """(len(CALIBRATION),) the logistic curve; an outcome is right from F1 0.5."""
    inputs = np.stack([calibration_row(row, lead) for row, lead, _ in outcomes])
    target = np.array([score >= 0.5 for _, _, score in outcomes], dtype=float)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        values = inputs @ parameters
        free = np.append(parameters[:-1], 0.0)  # the constant is not drawn to 0
        error = 1 / (1 + np.exp(-values)) - target
        value = (
            np.mean(np.logaddexp(0, values) - target * values) + CALIBRATION_PENALTY * free @ free
        )
        return float(value), inputs.T @ error / len(target) + 2 * CALIBRATION_PENALTY * free

    return np.asarray(minimize(loss, np.zeros(len(CALIBRATION)), jac=True, method="L-BFGS-B").x)


def rescaled(
    calibration: NDArray[np.float64], inputs: NDArray[np.float64], right: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The curve stretched and moved so that it fits these outcomes; their order stays."""
    values, target = inputs @ calibration, right.astype(float)

    def loss(line: NDArray[np.float64]) -> float:
        moved = line[0] * values + line[1]
        return float(np.mean(np.logaddexp(0, moved) - target * moved))

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B").x
    result = np.asarray(slope * calibration)
    result[-1] += shift
    return result


def choose_threshold(
    confidences: NDArray[np.float64], right: NDArray[np.bool_], enough: float
) -> float:
    """The least confidence from which on answers are right as often as `enough`."""
    order = np.argsort(-confidences, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    places = np.flatnonzero(precision >= enough)
    return round(float(confidences[order][places[-1]]), 3) if len(places) else 1.0


def fold(question: Question) -> int:
    """Which part of the questions it is predicted with; a document's are in one."""
    return sha256((question.document or question.question_id).encode()).digest()[0] % FOLDS


def is_as_staff(question: Question) -> bool:
    """Whether a question is a benchmark's, asked of the documents it is about."""
    return question.part == "dev" and not question.question_id.startswith(STRANGER)


def fit(dev: list[Example], enough: float) -> dict[str, Any]:
    """The record that is written; prints the risk-coverage curve."""
    outcomes: list[tuple[NDArray[np.float64], float, float]] = []
    asked: list[Question] = []
    for number in range(FOLDS):
        weights = fit_weights([example for example in dev if fold(example.question) != number])
        held = [example for example in dev if fold(example.question) == number]
        outcomes += [best(example, weights) for example in held]
        asked += [example.question for example in held]
    as_staff = np.array([is_as_staff(question) for question in asked])
    right = np.array([score >= 0.5 for _, _, score in outcomes])
    calibration = fit_calibration(outcomes)
    inputs = np.stack([calibration_row(row, lead) for row, lead, _ in outcomes])
    calibration = rescaled(calibration, inputs[as_staff], right[as_staff])
    model = Weights(np.zeros(len(FEATURES)), calibration, 0.0)
    confidences = np.array([model.confidence(row, lead) for row, lead, _ in outcomes])
    strange = np.array([question.question_id.startswith(STRANGER) for question in asked])
    threshold = max(
        choose_threshold(confidences[as_staff], right[as_staff], enough),
        round(float(np.quantile(confidences[strange], 1 - STRANGERS_ANSWERED)), 3),
    )
    for cut in np.arange(0.1, 1.0, 0.1):
        given = confidences >= cut
        share = right[given].mean() if given.any() else float("nan")
        print(f"confidence >= {cut:.1f}: answers {given.mean():.3f}, right {share:.3f}")
    weights = fit_weights(dev)
    return {
        "weights": {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)},
        "calibration": {
            name: round(float(w), 4) for name, w in zip(CALIBRATION, calibration, strict=True)
        },
        "threshold": threshold,
    }


def main() -> None:
    """Fit on the development questions and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=ROOT / "indexes" / "eval")
    options = parser.parse_args()
    sets = question_sets(options.data, options.cache)
    record = {}
    for name, spec in (("full", "hybrid"), ("quick", "hybrid:quick=1")):
        found: list[Example] = []
        for whole, asked in sets:
            system = IndexSystem(Spec.parse(spec), whole, options.cache, progress=True)
            found += examples(system, whole, asked, options.cache)
        print(f"{name}: {len(found)} questions")
        record[name] = fit(found, PRECISION[name])
    OUTPUT.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
