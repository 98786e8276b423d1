"""The questions that answering and fusion are fitted on; no test question is among them.

The development parts of `eval/benchmarks/corpora`, `authored` and `notices`, and the part of our
own questions over laws and 公文, and of those that no document answers, that no model learnt
(`reading.FITTED`). Each set is asked of an index of all its documents, test documents too, as
distractors; some questions are also asked of another set's documents, which say nothing on them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from policyqa import split
from policyqa.document import Document
from policyqa.evaluation.benchmark import Benchmark, Question
from policyqa.evaluation.index_system import texts_folder
from policyqa.evaluation.load import load_benchmark
from reading import QUESTIONS, is_fitted

BENCHMARKS = Path(__file__).parents[1] / "eval" / "benchmarks"
WRITTEN = ("gongwen", "long")
"""Questions over what we wrote."""
STRANGER = "stranger-"
"""What the id of a question begins with that is asked of documents on other matters."""
STRANGERS = 2
"""One in so many questions of a set is asked of documents on other matters."""


def question_sets(data: Path, cache: Path) -> list[tuple[Benchmark, Benchmark]]:
    """Each benchmark whole, and with the questions that are fitted on alone.

    Args:
        data: folder of the laws and notices.
        cache: where documents that a benchmark brings are written.
    """
    authored = load_benchmark(BENCHMARKS / "authored", documents=data)
    notices = load_benchmark(BENCHMARKS / "notices", documents=data)
    corpora = load_benchmark(BENCHMARKS / "corpora")
    laws = law_questions(QUESTIONS / "laws.jsonl", data)
    written = [written_questions(QUESTIONS / f"{name}.jsonl", cache) for name in WRITTEN]
    return [
        (corpora, corpora.only("dev")),
        (authored, authored.only("dev")),
        (notices, notices.only("dev")),
        (laws, laws.only("fit")),
        *((whole, whole.only("fit")) for whole in written),
        (corpora, strangers(laws.only("fit"))),
        (authored, strangers(corpora.only("dev"))),
        (notices, strangers(authored.only("dev"))),
        *((whole, hopeless(QUESTIONS / "strangers.jsonl", whole)) for whole in (corpora, authored)),
    ]


def strangers(asked: Benchmark) -> Benchmark:
    """Some questions of a set as unanswerable ones, to be asked of documents on other matters.

    Near misses alone would not teach that a question may be about nothing in the index.
    """
    questions = tuple(
        replace(one, question_id=f"{STRANGER}{one.question_id}", answers=(), answerable=False)
        for one in asked.questions[::STRANGERS]
    )
    return replace(asked, questions=questions)


def hopeless(path: Path, whole: Benchmark) -> Benchmark:
    """The questions that no document answers and that no model learnt, asked of a set's texts."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    questions = tuple(
        Question(
            f"{STRANGER}{record['_id']}",
            record["text"],
            number,
            "stranger",
            "dev",
            answerable=False,
        )
        for number, record in enumerate(records, start=1)
        if is_fitted(record["text"])
    )
    return replace(whole, questions=questions)


def law_questions(path: Path, data: Path) -> Benchmark:
    """Our questions over laws as a benchmark; its part "fit" is what no model learnt."""
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        record = json.loads(line)
        questions.append(
            Question(
                record["_id"],
                record["text"],
                number,
                record["kind"],
                _part(record["document"]),
                record["document"],
                tuple(record["marks"]) if record["answerable"] else None,
                tuple(record["answers"]),
                record["answerable"],
            )
        )
    files = {
        question.document: data / question.document for question in questions if question.document
    }
    return Benchmark(
        "training-laws", path, "clauseqa", tuple(questions), files=files, fingerprint=_digest(path)
    )


def written_questions(path: Path, cache: Path) -> Benchmark:
    """Our questions over clauses that we wrote, each title one document of its clauses."""
    lines = path.read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    texts: dict[str, str] = {}
    for record in records:
        text = texts.setdefault(_name(record["title"]), record["title"])
        headings = [heading for heading in record["path"] if f"\n{heading}\n" not in f"{text}\n"]
        texts[_name(record["title"])] = "\n".join([text, *headings, record["clause"]])
    whole = Benchmark(
        f"training-{path.stem}", path, "clauseqa", (), texts=texts, fingerprint=_digest(path)
    )
    folder = texts_folder(whole, cache)
    documents = {name: split(folder / name) for name in texts}
    return replace(whole, questions=tuple(_written(records, documents)))


def _written(records: list[dict[str, Any]], documents: dict[str, Document]) -> Iterator[Question]:
    for number, record in enumerate(records, start=1):
        title, clause = record["title"], record["clause"]
        document = documents[_name(title)]
        start = document.text.find(clause)
        for asked in record["questions"]:
            answerable = bool(asked["answers"])
            marks = None
            if answerable:
                first, last = (start + place for place in asked["spans"][0])
                marks = _marks(document, first, last) if start >= 0 else None
                if marks is None:
                    continue  # the splitter reads the clause in another way
            yield Question(
                asked["_id"],
                asked["text"],
                number,
                asked["kind"],
                _part(title),
                _name(title),
                marks,
                tuple(one for one in asked["answers"] if one in asked["answers"][0]),
                answerable,
            )


def _marks(document: Document, first: int, last: int) -> tuple[str, ...] | None:
    """Marks of the deepest clause that, with all below it, holds these characters."""
    holding = [one for one in document.clauses if one.start <= first < one.end]
    if not holding:
        return None
    if last <= holding[-1].end:
        return holding[-1].marks
    marks = holding[-1].marks
    for length in range(len(marks), 0, -1):
        below = [one.end for one in document.clauses if one.marks[:length] == marks[:length]]
        if last <= max(below):
            return marks[:length]
    return None


def _name(title: str) -> str:
    return f"{title}.txt"


def _part(document: str) -> str:
    return "fit" if is_fitted(document) else "learnt"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
