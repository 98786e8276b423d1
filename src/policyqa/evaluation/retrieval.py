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

MEASURES = ("nDCG@10", "RR@10", "Success@1", "R@1", "R@5", "R@10", "R@20", "R@50", "R@100")
"""What is always computed; any other of ir_measures can be asked for by name."""
_GOLD = "gold"
_PIPELINE: Any = ir_measures.DefaultPipeline  # its methods are not typed


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
        measure = base @ int(found[2]) if found[2] else base
        supported = _PIPELINE.supports(measure)
    except (TypeError, ValueError, AssertionError) as error:
        raise InputError(f"指标“{name}”不能这样写: {error}") from error
    if not supported:
        raise InputError(f"指标“{name}”需要 ir_measures 的附加组件,本机没有安装")
    return measure


def ranking_scores(
    benchmark: Benchmark,
    gold: Mapping[str, Gold],
    results: Mapping[str, Result],
    names: Sequence[str] = MEASURES,
) -> dict[str, dict[str, float]]:
    """Each measure of each judged question; a question missing from the results scores 0.

    Over documents a question is one need, met by the first text that shows an answer.
    """
    if not benchmark.has_documents:
        asked = {question.question_id for question in benchmark.questions}
        judged = {key: grades for key, grades in benchmark.judgements.items() if key in asked}
        rankings = {key: [one.item for one in result.found] for key, result in results.items()}
        return measure_rankings(judged, rankings, names)
    return measure_rankings(
        {key: {_GOLD: 1} for key in gold},
        {key: _with_gold(results[key], gold[key]) for key in gold if key in results},
        names,
    )


def measure_rankings(
    judgements: Mapping[str, Mapping[str, int]],
    rankings: Mapping[str, Sequence[str]],
    names: Sequence[str] = MEASURES,
) -> dict[str, dict[str, float]]:
    """Each measure by its name, for each judged question.

    Args:
        judgements: question id to item to relevance.
        rankings: question id to items, best first; a judged question without one scores 0.
        names: of measures of ir_measures.
    """
    qrels = [
        Qrel(key, item, grade)
        for key, grades in judgements.items()
        for item, grade in grades.items()
    ]
    run = [
        ScoredDoc(key, item, float(-rank))
        for key, items in rankings.items()
        if key in judgements
        for rank, item in enumerate(items)
    ]
    table: dict[str, dict[str, float]] = {key: dict.fromkeys(names, 0.0) for key in judgements}
    measures = {named_measure(name): name for name in names}
    for metric in ir_measures.iter_calc(list(measures), qrels, run):
        table[metric.query_id][measures[metric.measure]] = float(metric.value)
    return table


def _with_gold(result: Result, gold: Gold) -> list[str]:
    """The ranked items, the first that shows an answer under the name of the need."""
    items = [one.item for one in result.found]
    for rank, one in enumerate(result.found):
        if one.place is not None and gold.shown_by(one.place):
            items[rank] = _GOLD
            break
    return items
