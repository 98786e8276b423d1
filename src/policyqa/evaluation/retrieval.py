"""Measures of rankings, through ir_measures. Needs the package's `eval` extra."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import ir_measures
from ir_measures import Qrel, ScoredDoc

from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Benchmark
from policyqa.evaluation.gold import Gold
from policyqa.evaluation.results import Result
from policyqa.evaluation.trec import falling

MEASURES = ("nDCG@10", "RR@10", "Success@1", "R@1", "R@5", "R@10", "R@20", "R@50", "R@100")
"""What is always computed; any other of ir_measures can be asked for by name."""
_GOLD = "gold"


def named_measure(name: str) -> Any:
    """The measure of ir_measures with that name, such as nDCG@10.

    Raises:
        InputError: there is none.
    """
    found = re.fullmatch(r"(\w+)(?:@(\d+))?", name)
    base = ir_measures.measures.registry.get(found[1]) if found else None
    if found is None or base is None:
        raise InputError(f"没有名为“{name}”的指标,可用的如 nDCG@10、R@5、AP、P@10、Rprec")
    try:
        return base @ int(found[2]) if found[2] else base
    except (TypeError, ValueError) as error:
        raise InputError(f"指标“{name}”不能这样写: {error}") from error


def ranking_scores(
    benchmark: Benchmark,
    gold: Mapping[str, Gold],
    results: Mapping[str, Result],
    names: Sequence[str] = MEASURES,
) -> dict[str, dict[str, float]]:
    """Each measure of each judged question; a question missing from the results scores 0.

    Over documents a question is one need, met by the first text that shows an answer.
    """
    qrels, run = [], []
    for question in benchmark.questions:
        key = question.question_id
        found = results[key].found if key in results else ()
        items = [one.item for one in found]
        if benchmark.has_documents:
            if key not in gold:
                continue
            qrels.append(Qrel(key, _GOLD, 1))
            shows = (one.place is not None and gold[key].shown_by(one.place) for one in found)
            first = next((rank for rank, shown in enumerate(shows) if shown), None)
            if first is not None:
                items[first] = _GOLD
        else:
            grades = benchmark.judgements.get(key, {})
            qrels += [Qrel(key, item, grade) for item, grade in grades.items()]
        scores = falling([one.score for one in found])
        run += [ScoredDoc(key, item, score) for item, score in zip(items, scores, strict=True)]
    table: dict[str, dict[str, float]] = {qrel.query_id: {} for qrel in qrels}
    measures = {str(named_measure(name)): named_measure(name) for name in names}
    for metric in ir_measures.iter_calc(list(measures.values()), qrels, run):
        table[metric.query_id][str(metric.measure)] = float(metric.value)
    return table
