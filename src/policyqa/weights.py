"""The answer model's fitted numbers: which candidate is best, and how sure one can be of it.

They stand in ``answer_weights.json``, fitted by ``training/fit_answers.py``, one set for each way of
answering: "full" with the reader, "quick" without.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from policyqa.evidence import FEATURES

CALIBRATION = (*FEATURES, "lead", "constant")
"""Names of the calibration's inputs, in order."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model: logistic weights, calibration of the best candidate, threshold.

    Attributes:
        weights: (len(FEATURES),) one a feature; they choose among the candidates.
        calibration: (len(FEATURES) + 2,) for the best candidate's features, its lead over
            the next different answer, and a constant; the logistic function of the weighed
            sum is the probability that it is right (Platt scaling, 1999).
        threshold: least confidence to answer, from the risk-coverage curve.
    """

    weights: NDArray[np.float64]
    calibration: NDArray[np.float64]
    threshold: float

    @classmethod
    @lru_cache(maxsize=2)
    def shipped(cls, name: str) -> Weights:
        """The ones in the package, "full" or "quick"."""
        content = resources.files("policyqa").joinpath("answer_weights.json").read_text("utf-8")
        record = json.loads(content)[name]
        weights = [float(record["weights"][feature]) for feature in FEATURES]
        calibration = [float(record["calibration"][part]) for part in CALIBRATION]
        return cls(np.array(weights), np.array(calibration), float(record["threshold"]))

    def logits(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) weights of (n, len(FEATURES)) candidates."""
        return rows @ self.weights

    def confidence(self, row: NDArray[np.float64], lead: float) -> float:
        """Probability that the best candidate, with features `row`, is right."""
        return 1 / (1 + math.exp(-float(calibration_row(row, lead) @ self.calibration)))


def calibration_row(row: NDArray[np.float64], lead: float) -> NDArray[np.float64]:
    """(len(CALIBRATION),) what the confidence is computed from."""
    return np.concatenate([row, [lead, 1.0]])
