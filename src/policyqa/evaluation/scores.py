"""Results to scores: by question, as a whole, by kind of question and by document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from policyqa.evaluation.benchmark import Benchmark, Question
from policyqa.evaluation.gold import Gold
from policyqa.evaluation.measures import (
    area_under_risk,
    calibration_error,
    character_f1,
    exact_match,
    risk_coverage,
)
from policyqa.evaluation.results import Given, Result
from policyqa.evaluation.retrieval import MEASURES, ranking_scores

RIGHT = 0.5
"""An answer is right from this character F1 on, if it stands in an answering clause."""
CONFIDENT = 0.8
"""A wrong answer with at least this confidence misleads."""
ANSWER_MEASURES = ("EM", "F1", "cited", "right")
"""Measures of one answer; 0 where the system refuses. See eval/README.md."""

Row = dict[str, Any]


def score_results(
    benchmark: Benchmark,
    gold: Mapping[str, Gold],
    results: Mapping[str, Result],
    names: Sequence[str] = MEASURES,
) -> dict[str, Any]:
    """All scores of a run, ready for JSON; times are no part of them.

    Args:
        benchmark: its questions are scored, whether or not they have a result.
        gold: the places of the answers, for a benchmark over documents.
        results: by question id.
        names: measures of rankings, by their names in ir_measures.

    Returns:
        `measures`, `by_kind`, `by_document`, `by_part`, `by_changed`, `risk_coverage` and `questions`, the
        rows that all of these are means over.
    """
    rankings = ranking_scores(benchmark, gold, results, names)
    answers = any(result.given is not None for result in results.values())
    rows = [
        _row(question, rankings.get(question.question_id), gold, results, answers)
        for question in benchmark.questions
    ]
    given = [row for row in rows if row.get("answered")]
    curve = risk_coverage(
        [row["confidence"] for row in given], [row["measures"]["right"] for row in given], len(rows)
    )
    return {
        "measures": _summary(rows),
        "by_kind": _grouped(rows, lambda row: row["kind"]),
        "by_part": _grouped(rows, lambda row: row["part"]),
        "by_changed": _grouped(rows, lambda row: row["changed"]),
        "by_document": _grouped(rows, lambda row: row["document"]),
        "risk_coverage": [list(point) for point in curve],
        "questions": rows,
    }


def _row(
    question: Question,
    ranking: Mapping[str, float] | None,
    gold: Mapping[str, Gold],
    results: Mapping[str, Result],
    answers: bool,
) -> Row:
    result = results.get(question.question_id)
    place = gold.get(question.question_id)
    row: Row = {
        "_id": question.question_id,
        "text": question.text,
        "kind": question.kind,
        "part": question.part,
        "document": question.document,
        "answerable": question.answerable,
        "pair": question.pair,
        "changed": question.changed,
        "gold": list(question.answers),
        "measures": dict(ranking or {}),
        "top": [found.shown for found in (result.found if result else ()) if found.shown],
    }
    if place and result is not None:
        home = place.regions[0].document
        first = result.found[0].place if result.found else None
        row["measures"]["document@1"] = float(first is not None and first.document == home)
    elif place:
        row["measures"]["document@1"] = 0.0
    if answers:
        given = (result.given if result else None) or Given(None, 0.0)
        row |= {
            "answered": given.text is not None,
            "answer": given.text,
            "confidence": given.confidence,
            "clause": given.clause,
        }
        row["measures"] |= _answer_measures(question, place, given)
    return row


def _answer_measures(question: Question, gold: Gold | None, given: Given) -> dict[str, float]:
    """The measures of one answer; of an unanswerable question only that none is right."""
    if given.text is None or not question.answerable:
        return dict.fromkeys(ANSWER_MEASURES if question.answerable else ("right",), 0.0)
    f1 = character_f1(given.text, question.answers)
    cited = gold is not None and given.place is not None and gold.cited_by(given.place)
    return {
        "EM": exact_match(given.text, question.answers),
        "F1": f1,
        "cited": float(cited),
        "right": float(cited and f1 >= RIGHT),
    }


def _grouped(rows: list[Row], key: Callable[[Row], str | None]) -> dict[str, dict[str, Any]]:
    """The summary of each group, by name; none where there is one group only."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row) or ""].append(row)
    if len(groups) < 2:
        return {}
    return {name: _summary(groups[name]) for name in sorted(groups)}


def _summary(rows: list[Row]) -> dict[str, Any]:
    """Means over rows. Rankings and answers count answerable questions only."""
    answerable = [row for row in rows if row["answerable"]]
    impossible = [row for row in rows if not row["answerable"]]
    summary: dict[str, Any] = {"questions": len(rows), "unanswerable": len(impossible)}
    for name in dict.fromkeys(name for row in answerable for name in row["measures"]):
        summary[name] = _mean(
            [row["measures"][name] for row in answerable if name in row["measures"]]
        )
    if not any("answered" in row for row in rows):
        return summary
    given = [row for row in rows if row["answered"]]
    right = [row["measures"]["right"] for row in given]
    confidences = [row["confidence"] for row in given]
    misled = [row["confidence"] >= CONFIDENT and not row["measures"]["right"] for row in given]
    return summary | {
        "answered": _mean([row["answered"] for row in answerable]),
        "refused": _mean([not row["answered"] for row in impossible]),
        "precision": _mean(right),
        **_pairs(rows),
        "wrong_confident": sum(misled) / len(rows) if rows else None,
        "AURC": area_under_risk(risk_coverage(confidences, right, len(rows))),
        "ECE": calibration_error(confidences, right) if given else None,
    }


def _pairs(rows: list[Row]) -> dict[str, float | None]:
    """Share of pairs of which both questions are dealt with rightly: answered right, or refused
    where nothing answers. Pairs of which a row is missing here do not count; none: no entry."""
    pairs: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        if row["pair"]:
            right = row["measures"]["right"] if row["answerable"] else not row["answered"]
            pairs[row["pair"]].append(bool(right))
    whole = [all(both) for both in pairs.values() if len(both) == 2]
    return {"pairs_right": _mean(whole)} if whole else {}


def _mean(values: Sequence[float | bool]) -> float | None:
    return sum(map(float, values)) / len(values) if values else None
