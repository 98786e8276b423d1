"""Judgements of a pool to relevance judgements (qrels), and how far the judges agree."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from policyqa.errors import InputError, cause
from policyqa.evaluation.agreement import (
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    raw_agreement,
)
from policyqa.judgements import Grades, Key
from policyqa.pool import Pool

Rule = Literal["majority", "mean"]
HEADER = "query-id\tcorpus-id\tscore"


@dataclass(frozen=True, slots=True)
class Judged:
    """What all judges of a pool said.

    Attributes:
        grades: query id to item to the grade that holds for all, in the pool's order.
        votes: what each judge said of each text, by the judge's name.
        unjudged: how many pooled texts nobody judged.
    """

    grades: Mapping[str, Mapping[str, int]]
    votes: Mapping[Key, Mapping[str, int]]
    unjudged: int

    def disputed(self) -> list[Key]:
        """The texts on which judges differ, the furthest apart first."""
        apart = {key: max(v.values()) - min(v.values()) for key, v in self.votes.items()}
        return sorted((key for key in apart if apart[key]), key=lambda key: -apart[key])


def joined_grade(votes: Sequence[int], rule: Rule) -> int:
    """The grade that holds for all judges of a text.

    `majority`: the grade that most gave; where several were given equally often, as `mean`.
    `mean`: the mean, rounded to the nearest grade, a half down: in doubt a text is held to be
    less relevant.
    """
    ((first, most), *rest) = Counter(votes).most_common()
    if rule == "majority" and all(count < most for _, count in rest):
        return first
    return math.ceil(Fraction(sum(votes), len(votes)) - Fraction(1, 2))


def join_judges(pool: Pool, judged: Mapping[str, Grades], rule: Rule) -> Judged:
    """The judgements of all judges as one."""
    votes: dict[Key, dict[str, int]] = {}
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for query in pool.queries:
        for item in query.items:
            key = (query.query_id, item)
            given = {name: one[key] for name, one in judged.items() if key in one}
            if given:
                votes[key] = given
                grades[query.query_id][item] = joined_grade(list(given.values()), rule)
    return Judged(dict(grades), votes, pool.size - len(votes))


def agreement(
    judged: Mapping[str, Grades], votes: Mapping[Key, Mapping[str, int]]
) -> dict[str, Any]:
    """How far the judges agree, ready for JSON; see `agreement` for what each means.

    Two judges have Cohen's kappa, more have Fleiss' over the texts that all of them judged.
    """
    units = [list(given.values()) for given in votes.values() if len(given) > 1]
    result: dict[str, Any] = {
        "judged_by_several": len(units),
        "raw": raw_agreement(units),
        "krippendorff_alpha": krippendorff_alpha(units),
    }
    names = list(judged)
    if len(names) == 2:
        both = [given for given in votes.values() if len(given) == 2]
        one, other = ([given[name] for given in both] for name in names)
        result["cohen_kappa"] = cohen_kappa(one, other)
        result["cohen_kappa_linear"] = cohen_kappa(one, other, linear=True)
    elif len(names) > 2:
        full = [unit for unit in units if len(unit) == len(names)]
        result["judged_by_all"] = len(full)
        result["fleiss_kappa"] = fleiss_kappa(full)
    return result


def write_qrels(path: Path, grades: Mapping[str, Mapping[str, int]]) -> None:
    """Write relevance judgements as BEIR's qrels, with a header line.

    Raises:
        InputError: the file cannot be written.
    """
    rows = [
        f"{query}\t{item}\t{grade}"
        for query, items in grades.items()
        for item, grade in items.items()
    ]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"无法写入 {path}: {cause(error)}") from error
