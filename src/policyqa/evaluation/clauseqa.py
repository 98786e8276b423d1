"""Clause question answering: questions over a folder of documents, some without an answer.

The format stands in eval/benchmarks/corpora/README.md.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from policyqa.document import Clause
from policyqa.errors import InputError
from policyqa.evaluation.measures import calibration_error, character_f1, exact_match, plain
from policyqa.index import Index

DEPTHS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class QuestionRecord:
    """One line of questions.jsonl.

    Attributes:
        question_id: its `_id`.
        text: the question.
        kind: what it asks for.
        part: the part of the benchmark, split by document.
        document: file name of the answering document, or None without an answer.
        marks: numbering marks of the answering clause.
        answers: accepted answers, each verbatim in the clause.
    """

    question_id: str
    text: str
    kind: str
    part: str
    document: str | None
    marks: tuple[str, ...]
    answers: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        """Whether the documents answer it."""
        return self.document is not None


def read_questions(folder: Path, part: str | None = None) -> list[QuestionRecord]:
    """The questions of a benchmark folder, of one part where `part` is given.

    Raises:
        InputError: the file is missing, or a line is not a question (named by its number).
    """
    path = folder / "questions.jsonl"
    records = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"无法读取题集 {path}: {error.strerror}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            question = QuestionRecord(
                record["_id"],
                record["text"],
                record["kind"],
                record["split"],
                record["document"] if record["answerable"] else None,
                tuple(record["marks"] or ()),
                tuple(record["answers"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path} 第 {number} 行不是完整的题目: {error!r}") from error
        if part is None or question.part == part:
            records.append(question)
    if not records:
        raise InputError(f"{path} 中没有题目" + (f"属于“{part}”" if part else ""))
    return records


def is_gold(clause: Clause, sources: dict[str, str], question: QuestionRecord) -> bool:
    """Whether a clause is the answering one, or an article whose items hold the answer.

    Args:
        clause: the clause found.
        sources: file name of each document, by document id.
        question: the question.
    """
    if sources.get(clause.document_id) != question.document:
        return False
    found, gold = [plain(mark) for mark in clause.marks], [plain(mark) for mark in question.marks]
    if found == gold:
        return True
    return (clause.kind == "article" and found == gold[: len(found)]) or found[: len(gold)] == gold


def evaluate(
    index: Index, benchmark: Path, documents: Path, *, part: str | None = None
) -> dict[str, Any]:
    """Ask every question and score clauses, answers and refusals.

    Args:
        index: an index that holds the benchmark's documents, and possibly others.
        benchmark: folder with questions.jsonl.
        documents: folder of the documents that the questions are about.
        part: score only this part.

    Raises:
        InputError: a question's document is not in the index.
    """
    questions = read_questions(benchmark, part)
    listed, _ = index.documents(limit=10**9)
    sources = {document.document_id: Path(document.source).name for document in listed}
    missing = {question.document for question in questions if question.document} - set(
        sources.values()
    )
    if missing:
        raise InputError(
            f"索引中没有题集所问的 {sorted(missing)[0]},请先运行 policyqa index {documents}"
        )
    rows = []
    for question in tqdm(questions, desc="评测", unit="题", disable=None):
        answer = index.ask(question.text, k=max(DEPTHS))
        rank = next(
            (hit.rank for hit in answer.hits if is_gold(hit.clause, sources, question)), None
        )
        right = answer.clause is not None and is_gold(answer.clause, sources, question)
        f1 = character_f1(answer.text, question.answers) if answer.text else 0.0
        rows.append(
            {
                "_id": question.question_id,
                "text": question.text,
                "kind": question.kind,
                "answerable": question.answerable,
                "rank": rank,
                "answer": answer.text,
                "gold": list(question.answers),
                "confidence": answer.confidence,
                "right_clause": right,
                "exact": exact_match(answer.text, question.answers) if answer.text else 0.0,
                "f1": f1 if right else 0.0,
            }
        )
    return {"benchmark": str(benchmark), "part": part, **summarise(rows), "questions": rows}


def summarise(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Means over the rows of `evaluate`, as a whole and by kind."""
    answerable = [row for row in rows if row["answerable"]]
    impossible = [row for row in rows if not row["answerable"]]
    answered = [row for row in rows if row["answer"] is not None]
    kinds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in answerable:
        kinds[row["kind"]].append(row)
    return {
        "questions_scored": len(rows),
        **{
            f"clause@{depth}": _mean([(row["rank"] or 10**9) <= depth for row in answerable])
            for depth in DEPTHS
        },
        "answered": _mean([row["answer"] is not None for row in answerable]),
        "exact": _mean([row["exact"] * row["right_clause"] for row in answerable]),
        "f1": _mean([row["f1"] for row in answerable]),
        "refused": _mean([row["answer"] is None for row in impossible]),
        "precision": _mean([row["f1"] >= 0.5 for row in answered]),
        "calibration_error": calibration_error(
            [row["confidence"] for row in answered], [float(row["f1"] >= 0.5) for row in answered]
        )
        if answered
        else None,
        "f1_by_kind": {
            kind: {"questions": len(some), "f1": _mean([row["f1"] for row in some])}
            for kind, some in sorted(kinds.items())
        },
    }


def scores_text(scores: dict[str, Any]) -> str:
    """The scores as a table for a terminal."""
    names = {
        "clause@1": "首条即所问条款",
        "clause@5": "前 5 条内有所问条款",
        "clause@10": "前 10 条内有所问条款",
        "answered": "有答案的题作答率",
        "exact": "答案完全一致",
        "f1": "答案字符 F1",
        "refused": "无答案的题拒答率",
        "precision": "所作回答的正确率(F1≥0.5)",
        "calibration_error": "置信度校准误差",
    }
    lines = [f"{scores['benchmark']}  {scores['part'] or '全部'}  {scores['questions_scored']} 题"]
    lines += [
        f"  {value:6.3f}  {name} ({key})"
        for key, name in names.items()
        if (value := scores[key]) is not None
    ]
    lines += [
        f"  {some['f1']:6.3f}  F1 {kind} ({some['questions']} 题)"
        for kind, some in scores["f1_by_kind"].items()
    ]
    return "\n".join(lines)


def _mean(values: list[Any]) -> float | None:
    return sum(map(float, values)) / len(values) if values else None
