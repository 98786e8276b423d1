"""The authored benchmark: its form and counts, and its answers in the real documents."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

import policyqa
from conftest import shared_data

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "eval" / "benchmarks" / "authored"
BENCHMARK = json.loads((FOLDER / "benchmark.json").read_text(encoding="utf-8"))
DOCUMENTS: list[dict[str, str]] = BENCHMARK["documents"]
QUESTIONS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (FOLDER / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]


def data_folder() -> Path:
    """The data folder beside the checkout, or the test skips."""
    data = shared_data()
    if data is None:
        pytest.skip("shared/data is missing: the authored benchmark's documents stay outside")
    return data


def test_counts_are_those_that_the_readme_states() -> None:
    answerable = sum(question["answerable"] for question in QUESTIONS)
    assert (answerable, len(QUESTIONS) - answerable, len(DOCUMENTS)) == (572, 174, 63)
    stated = f"{answerable} answerable and {len(QUESTIONS) - answerable} unanswerable questions"
    assert stated in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_no_id_or_question_stands_twice() -> None:
    assert len({question["_id"] for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question["text"] for question in QUESTIONS}) == len(QUESTIONS)


def test_no_document_or_version_of_a_law_is_on_both_sides() -> None:
    parts: dict[str, set[str]] = {}
    for question in QUESTIONS:
        law = Path(question["document"]).stem.split("(")[0]
        parts.setdefault(law, set()).add(question["split"])
    assert {law: sides for law, sides in parts.items() if len(sides) > 1} == {}
    listed = {document["path"]: document["split"] for document in DOCUMENTS}
    assert all(listed[question["document"]] == question["split"] for question in QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["_id"])
def test_only_unanswerable_questions_lack_answers_and_say_why(question: dict[str, Any]) -> None:
    assert bool(question["answers"]) == question["answerable"]
    assert bool(question.get("near")) != question["answerable"]
    assert [end - start for start, end in question["spans"]] == [
        len(answer) for answer in question["answers"]
    ]


@pytest.mark.parametrize("listed", DOCUMENTS, ids=lambda listed: Path(listed["path"]).stem)
def test_each_answer_stands_in_its_clause(listed: dict[str, str]) -> None:
    path = data_folder() / listed["path"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == listed["sha256"]
    clauses = policyqa.split(path).clauses
    for question in QUESTIONS:
        if question["document"] != listed["path"]:
            continue
        texts = [clause.text for clause in clauses if list(clause.marks) == question["marks"]]
        assert texts, f"{question['_id']}: no clause {question['marks']}"
        pairs = list(zip(question["spans"], question["answers"], strict=True))
        assert any(
            all(text[start:end] == answer for (start, end), answer in pairs) for text in texts
        ), f"{question['_id']}: {question['answers']} not in {question['marks']}"
