"""Where the answers stand, as character spans of documents.

Judgements are places in a document's text, not clause numbers of one splitter, so two ways
of splitting are compared on the same judgements.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policyqa.clauses import split
from policyqa.document import Document
from policyqa.errors import PolicyQAError
from policyqa.evaluation.benchmark import Benchmark, Findings, Question
from policyqa.evaluation.names import Names


@dataclass(frozen=True, slots=True)
class Place:
    """Characters [start, end) of a document's text."""

    document: str
    start: int
    end: int

    def overlap(self, other: Place) -> int:
        """How many characters both have."""
        if self.document != other.document:
            return 0
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Gold:
    """What answers a question.

    Attributes:
        regions: the answering clauses with all below them, or the whole document where the
            benchmark names no clause.
        spans: the accepted answers in them.
    """

    regions: tuple[Place, ...]
    spans: tuple[Place, ...]

    def shown_by(self, found: Place) -> bool:
        """Whether a clause or passage shows an answer.

        It does if it shares at least half of the shorter one, so a clause that holds the
        answer does, and so does one of several clauses that a long answer runs through.
        """
        return any(
            2 * found.overlap(span) >= min(found.end - found.start, span.end - span.start) > 0
            for span in self.spans
        )

    def cited_by(self, answer: Place) -> bool:
        """Whether an answer's words stand in an answering clause."""
        return any(answer.overlap(region) for region in self.regions)


def plain(mark: str) -> str:
    """A numbering mark without brackets' width and spaces, for comparison."""
    return re.sub(r"[\s:：]", "", unicodedata.normalize("NFKC", mark))


def find_gold(benchmark: Benchmark, folder: Path) -> dict[str, Gold]:
    """The places of the answers, by id of each answerable question.

    Args:
        benchmark: one over documents.
        folder: where the texts of a benchmark that brings its own documents were written.

    Raises:
        InputError: an answer is not in its clause (the question's line is named).
    """
    findings = Findings()
    gold = _find(benchmark, folder, findings)
    findings.raise_fatal()
    return gold


def check_gold(benchmark: Benchmark, findings: Findings) -> None:
    """Note each answer that does not stand in its clause."""
    _find(benchmark, benchmark.path, findings)


def document_files(benchmark: Benchmark, folder: Path) -> dict[str, Path]:
    """Each document's file; those that the benchmark brings stand in `folder`."""
    return {**benchmark.files, **{name: folder / name for name in benchmark.texts}}


def _find(benchmark: Benchmark, folder: Path, findings: Findings) -> dict[str, Gold]:
    files = document_files(benchmark, folder)
    names = Names.of({name: path for name, path in files.items() if path.is_file()})
    source = benchmark.path / "questions.jsonl" if benchmark.path.is_dir() else benchmark.path
    documents: dict[str, Document | None] = {}
    gold = {}
    for question in benchmark.questions:
        name = question.document
        if not question.answerable or name is None or name not in files:
            continue
        if name not in documents:
            documents[name] = _split(files[name], source, question, findings)
        document = documents[name]
        if document is None:
            continue
        regions = _regions(document, names.same(name), question.marks)
        if not regions:
            shown = " ".join(question.marks or ())
            findings.add(source, question.line, f"文档 {name} 中没有条款 {shown}")
            continue
        # Reading sets accept YES and NO, which stand nowhere; the others must be found.
        missing = [] if benchmark.form == "squad" else list(question.answers)
        spans: list[Place] = []
        for answer in question.answers:
            found = _occurrences(document.text, answer, regions)
            spans += found
            if found and answer in missing:
                missing.remove(answer)
        for answer in missing:
            findings.add(source, question.line, f"答案“{answer}”不在所标条款中")
        gold[question.question_id] = Gold(tuple(regions), tuple(spans))
    return gold


def _split(file: Path, source: Path, question: Question, findings: Findings) -> Document | None:
    if not file.is_file():
        return None
    try:
        return split(file)
    except PolicyQAError as error:
        findings.add(source, question.line, f"文档 {file} 无法读入: {error}")
        return None


def _regions(document: Document, name: str, marks: Sequence[str] | None) -> list[Place]:
    """The clauses with these marks and all below them; those without marks for no marks."""
    if marks is None:
        return [Place(name, 0, len(document.text))]
    wanted = [plain(mark) for mark in marks]
    return [
        Place(name, clause.start, clause.end)
        for clause in document.clauses
        if [plain(mark) for mark in clause.marks][: len(wanted) or None] == wanted
    ]


def _occurrences(text: str, answer: str, regions: Sequence[Place]) -> list[Place]:
    """Where an answer stands, line breaks and blanks apart."""
    characters = [re.escape(character) for character in answer if not character.isspace()]
    if not characters:
        return []
    pattern = re.compile(r"\s*".join(characters))
    joined = _joined(regions)
    return [
        Place(region.document, found.start(), found.end())
        for region in joined
        for found in pattern.finditer(text, region.start, region.end)
    ]


def _joined(regions: Sequence[Place]) -> list[Place]:
    """Regions that touch, or are a line break apart, as one: an answer may run through them."""
    joined: list[Place] = []
    for region in sorted(regions, key=lambda place: place.start):
        if joined and region.start <= joined[-1].end + 2:
            last = joined.pop()
            region = Place(last.document, last.start, max(last.end, region.end))
        joined.append(region)
    return joined
