"""The benchmarks we wrote over real documents: form, counts, and answers in the documents."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import policyqa
from conftest import shared_data

BENCHMARKS = Path(__file__).resolve().parents[1] / "eval" / "benchmarks"
COUNTS = {"authored": (572, 174, 63), "notices": (285, 98, 28)}
"""Answerable and unanswerable questions, and documents."""
QUESTIONS: dict[str, list[dict[str, Any]]] = {
    name: [
        json.loads(line)
        for line in (BENCHMARKS / name / "questions.jsonl").read_text("utf-8").splitlines()
    ]
    for name in COUNTS
}
DOCUMENTS: dict[str, list[dict[str, str]]] = {
    name: json.loads((BENCHMARKS / name / "benchmark.json").read_text("utf-8"))["documents"]
    for name in COUNTS
}
EACH = pytest.mark.parametrize("name", COUNTS)


def data_folder() -> Path:
    """The data folder beside the checkout, or the test skips."""
    data = shared_data()
    if data is None:
        pytest.skip("shared/data is missing: the benchmarks' documents stay outside")
    return data


@EACH
def test_counts_are_those_that_the_readme_states(name: str) -> None:
    questions = QUESTIONS[name]
    answerable = sum(question["answerable"] for question in questions)
    counts = (answerable, len(questions) - answerable, len(DOCUMENTS[name]))
    assert counts == COUNTS[name]
    stated = f"{answerable} answerable and {len(questions) - answerable} unanswerable questions"
    assert stated in (BENCHMARKS / name / "README.md").read_text(encoding="utf-8")


@EACH
def test_no_id_or_question_stands_twice(name: str) -> None:
    questions = QUESTIONS[name]
    assert len({question["_id"] for question in questions}) == len(questions)
    assert len({question["text"] for question in questions}) == len(questions)


@EACH
def test_no_document_or_version_of_a_law_is_on_both_sides(name: str) -> None:
    parts: dict[str, set[str]] = {}
    for question in QUESTIONS[name]:
        law = Path(question["document"]).stem.split("(")[0]
        parts.setdefault(law, set()).add(question["split"])
    assert {law: sides for law, sides in parts.items() if len(sides) > 1} == {}
    listed = {document["path"]: document["split"] for document in DOCUMENTS[name]}
    assert all(listed[question["document"]] == question["split"] for question in QUESTIONS[name])


def test_no_document_is_in_two_benchmarks() -> None:
    authored, notices = ({one["path"] for one in DOCUMENTS[name]} for name in COUNTS)
    assert authored.isdisjoint(notices)


@pytest.mark.parametrize(
    "question",
    [question for questions in QUESTIONS.values() for question in questions],
    ids=lambda question: question["_id"],
)
def test_only_unanswerable_questions_lack_answers_and_say_why(question: dict[str, Any]) -> None:
    assert bool(question["answers"]) == question["answerable"]
    assert bool(question.get("near")) != question["answerable"]
    assert [end - start for start, end in question["spans"]] == [
        len(answer) for answer in question["answers"]
    ]


@pytest.mark.parametrize(
    ("name", "listed"),
    [(name, listed) for name, documents in DOCUMENTS.items() for listed in documents],
    ids=lambda value: value if isinstance(value, str) else Path(value["path"]).stem,
)
def test_each_answer_stands_in_its_clause(name: str, listed: dict[str, str]) -> None:
    path = data_folder() / listed["path"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == listed["sha256"]
    clauses = policyqa.split(path).clauses
    for question in QUESTIONS[name]:
        if question["document"] != listed["path"]:
            continue
        texts = [clause.text for clause in clauses if list(clause.marks) == question["marks"]]
        assert texts, f"{question['_id']}: no clause {question['marks']}"
        pairs = list(zip(question["spans"], question["answers"], strict=True))
        assert any(
            all(text[start:end] == answer for (start, end), answer in pairs) for text in texts
        ), f"{question['_id']}: {question['answers']} not in {question['marks']}"
