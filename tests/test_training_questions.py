"""Our own training questions: what is committed is whole, and what is measured is not in it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stard import Stard

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "training" / "questions"
WRITTEN = ("gongwen", "general", "long")
PLAIN = ("laws", "lay", "strangers")


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", WRITTEN)
def test_answers_stand_where_the_spans_say(name: str) -> None:
    for record in records(QUESTIONS / f"{name}.jsonl"):
        for asked in record["questions"]:
            spans = asked.get("spans", [])
            read = [record["clause"][start:end] for start, end in spans]
            assert read == asked["answers"], asked["_id"]
            for answer, (start, end) in zip(asked["answers"], spans, strict=True):
                if answer in asked["answers"][0]:  # the shorter form of it, at the same place
                    assert spans[0][0] <= start, asked["_id"]
                    assert end <= spans[0][1], asked["_id"]


def test_each_question_has_an_id_of_its_own() -> None:
    ids: Counter[str] = Counter()
    for name in PLAIN:
        ids.update(record["_id"] for record in records(QUESTIONS / f"{name}.jsonl"))
    for name in WRITTEN:
        for record in records(QUESTIONS / f"{name}.jsonl"):
            ids.update(asked["_id"] for asked in record["questions"])
    assert [identity for identity, count in ids.items() if count > 1] == []


def test_no_benchmark_question_is_learnt() -> None:
    measured = {
        record["text"]
        for path in (ROOT / "eval" / "benchmarks").glob("*/questions.jsonl")
        for record in records(path)
    }
    learnt = [
        record["text"]
        for name in PLAIN
        for record in records(QUESTIONS / f"{name}.jsonl")
        if record["text"] in measured
    ]
    learnt += [
        asked["text"]
        for name in WRITTEN
        for record in records(QUESTIONS / f"{name}.jsonl")
        for asked in record["questions"]
        if asked["text"] in measured
    ]
    assert learnt == []


def test_lay_questions_name_articles_that_no_held_out_question_asks_for() -> None:
    folder = ROOT.parent / "shared" / "data" / "benchmarks" / "stard"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data/benchmarks/stard")
    stard = Stard.read(folder)
    held_out = set().union(*(stard.relevant[question] for question in stard.held_out))
    articles = {record["article"] for record in records(QUESTIONS / "lay.jsonl")}
    assert articles <= stard.articles.keys()
    assert articles.isdisjoint(held_out)


def test_no_document_of_the_precedents_benchmark_is_learnt() -> None:
    judged = records(ROOT / "eval" / "benchmarks" / "precedents" / "pairs.jsonl")
    documents = {draft["taken_from"] for draft in judged}
    documents |= {one["document"] for draft in judged for one in draft["relevant"]}
    learnt = records(QUESTIONS / "precedents.jsonl")
    assert len(documents) > 40
    assert len(learnt) > 400
    for pair in learnt:
        assert documents.isdisjoint({pair["first"]["document"], pair["second"]["document"]})


def test_no_draft_is_tested_on_documents_of_learnt_questions() -> None:
    asked = {record["document"] for record in records(QUESTIONS / "laws.jsonl")}
    drafts = records(ROOT / "eval" / "benchmarks" / "precedents" / "pairs.jsonl")
    for draft in drafts:
        if draft["split"] == "test":
            named = {draft["taken_from"], *(one["document"] for one in draft["relevant"])}
            assert named.isdisjoint(asked), draft["_id"]
