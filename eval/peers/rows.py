"""One system's line of the comparison, and the lines as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from policyqa.evaluation.compare import bootstrap_interval, compare, question_values
from policyqa.evaluation.trec import read_run

OVER_DOCUMENTS = ("Success@1", "R@5", "RR@10", "document@1")
OVER_CORPUS = ("nDCG@10", "R@10", "R@100", "RR@10")
"""Measures shown; systems are compared on the first."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a system took; None where it is part of another row's, or cannot be told.

    Attributes:
        index_rate: thousand characters split and indexed in a second.
        p50_ms: median time of a question.
        p95_ms: its 95th percentile.
        peak_megabytes: most memory of the process.
        cpu_seconds: processor time of the whole process, from its start; little moved by
            what else the machine does.
    """

    index_rate: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    peak_megabytes: float | None = None
    cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One system.

    Attributes:
        label: its name.
        record: of `policyqa eval run`; None where it did not run.
        cost: what it took.
        hit: median length of the first text found, in characters; over documents only.
        reason: why it did not run.
    """

    label: str
    record: Mapping[str, Any] | None
    cost: Cost = Cost()
    hit: float | None = None
    reason: str = ""


def hit_length(folder: Path) -> float | None:
    """Median characters of the first place in a folder's `run.trec`: what is given to read."""
    results = read_run(folder / "run.trec", places=True).values()
    places = [result.found[0].place for result in results]
    lengths = [place.end - place.start for place in places if place is not None]
    return float(np.median(lengths)) if lengths else None


def table(rows: Sequence[Row], *, documents: bool) -> str:
    """Markdown: scores, their difference to the first row, costs.

    Args:
        rows: the first is what the others are compared with.
        documents: which measures and columns apply.
    """
    names = OVER_DOCUMENTS if documents else OVER_CORPUS
    base = rows[0].record
    parts = list(base["scores"]["by_part"]) if base else []
    heads = [
        "system",
        f"{names[0]} [95%]",
        *(f"{names[0]}, {part}" for part in parts),
        *names[1:],
        f"{names[0]} less {rows[0].label}'s",
        *(["hit, characters"] if documents else []),
        "1,000 characters/s",
        "p50 ms",
        "p95 ms",
        "peak MB",
        "CPU s",
    ]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for row in rows:
        if row.record is None:
            cells = [row.label, row.reason]
            cells += [""] * (len(heads) - len(cells))
        else:
            scores = row.record["scores"]
            cells = [
                row.label,
                _interval(row.record, names[0]),
                *(f"{scores['by_part'][part][names[0]]:.3f}" for part in parts),
                *(f"{scores['measures'][name]:.3f}" for name in names[1:]),
                _difference(base, row.record, names[0]),
                *([_number(row.hit, 0)] if documents else []),
                _number(row.cost.index_rate, 2),
                _number(row.cost.p50_ms, 1),
                _number(row.cost.p95_ms, 1),
                _number(row.cost.peak_megabytes, 0),
                _number(row.cost.cpu_seconds, 0),
            ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _interval(record: Mapping[str, Any], measure: str) -> str:
    values = np.array(list(question_values(record, measure).values()))
    low, high = bootstrap_interval(values)
    return f"{values.mean():.3f} [{low:.3f}, {high:.3f}]"


def _difference(base: Mapping[str, Any] | None, record: Mapping[str, Any], measure: str) -> str:
    if base is None or base is record:
        return "–"
    (found,) = compare([base, record], measure)
    return f"{found.difference:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"
