"""TREC run files, and the names by which they call a place in a document."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from policyqa.evaluation.benchmark import Findings
from policyqa.evaluation.gold import Place
from policyqa.evaluation.lines import read_lines
from policyqa.evaluation.results import Found, Result


def span_item(place: Place) -> str:
    """``document:start-end``, blanks and percent signs of the name escaped as in an URL."""
    name = re.sub(r"[\s%]", lambda found: f"%{ord(found[0]):02X}", place.document)
    return f"{name}:{place.start}-{place.end}"


def read_span(item: str) -> Place | None:
    """What `span_item` wrote, or None for another id."""
    found = re.fullmatch(r"(.+):(\d+)-(\d+)", item)
    if not found:
        return None
    name = re.sub(r"%([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), found[1])
    return Place(name, int(found[2]), int(found[3]))


def falling(scores: Sequence[float]) -> list[float]:
    """The scores, lowered where need be so that each is below the one before.

    trec_eval orders a run by score, reads scores in single precision and breaks ties by
    name; a system's own order survives only if no two are equal.
    """
    lowered: list[float] = []
    for score in scores:
        value = np.float32(score)
        if lowered and not value < lowered[-1]:
            value = np.nextafter(np.float32(lowered[-1]), np.float32(-np.inf))
        lowered.append(float(value))
    return lowered


def write_run(path: Path, results: Iterable[Result], tag: str) -> None:
    """Write results as a TREC run; the tag names the system."""
    tag = re.sub(r"\s", "_", tag)
    with path.open("w", encoding="utf-8") as stream:
        for result in results:
            scores = falling([found.score for found in result.found])
            for rank, (found, score) in enumerate(zip(result.found, scores, strict=True), start=1):
                stream.write(f"{result.question_id} Q0 {found.item} {rank} {score!r} {tag}\n")


def read_run(path: Path, *, places: bool) -> dict[str, Result]:
    """A TREC run as results, each question's texts by score, equal scores by rank.

    Args:
        path: the file.
        places: items are places of documents (see `span_item`).

    Raises:
        InputError: a line is not of a run (its number is named).
    """
    findings = Findings()
    rows: dict[str, list[tuple[float, int, Found]]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for number, line in read_lines(path, findings):
        fields = line.split()
        try:
            question_id, _, item, rank, score, _ = fields
            found = Found(item, float(score), read_span(item) if places else None)
            rows[question_id].append((-float(score), int(rank), found))
        except ValueError:
            findings.add(path, number, "应为“题号 Q0 条目号 名次 得分 标签”六列")
            continue
        if places and found.place is None:
            findings.add(path, number, f"条目 {item} 应写成“文档名:起-止”")
        if (question_id, item) in seen:
            findings.add(path, number, f"题目 {question_id} 的条目 {item} 重复")
        seen.add((question_id, item))
    findings.raise_fatal()
    return {
        question_id: Result(question_id, tuple(row[2] for row in sorted(some, key=lambda r: r[:2])))
        for question_id, some in rows.items()
    }
