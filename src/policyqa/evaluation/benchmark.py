"""What a benchmark is, whatever files it came from: questions, what is searched, judgements."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from policyqa.errors import InputError

Form = Literal["beir", "trec", "clauseqa", "ncpp", "squad"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        question_id: its id in the benchmark.
        text: as asked.
        line: where it stands in its file, from 1.
        kind: what it asks for; empty where the benchmark knows no kinds.
        part: dev, test or the like; empty where there is one part only.
        document: name of the answering document, or None.
        marks: numbering marks of the answering clause; None where the benchmark names the
            document only.
        answers: accepted answers, each verbatim in the document; any one is right.
        answerable: whether the documents answer it.
        pair: what it has in common with the question that differs from it in one thing only;
            empty for a question that stands alone.
        changed: that one thing: number, period or body.
        generated: a rule drafted it (`eval draft`) and nobody has taken the mark off since.
    """

    question_id: str
    text: str
    line: int = 0
    kind: str = ""
    part: str = ""
    document: str | None = None
    marks: tuple[str, ...] | None = None
    answers: tuple[str, ...] = ()
    answerable: bool = True
    pair: str = ""
    changed: str = ""
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a corpus that is judged as a whole."""

    item: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Questions over a corpus of judged texts, or over documents that a system splits itself.

    Attributes:
        name: of its folder or file.
        path: where it was read.
        form: how its files are laid out.
        questions: in file order.
        corpus: the judged texts; empty where whole documents are searched.
        judgements: question id to item id to relevance, for a corpus.
        files: document name to its file, for documents that stand in a folder.
        texts: document name to its text, for documents that stand in the benchmark.
        checksums: sha256 that the benchmark states of a file, by document name.
        within: each question is asked of its own document alone (reading comprehension).
        fingerprint: sha256 over questions, judgements, corpus and documents.
    """

    name: str
    path: Path
    form: Form
    questions: tuple[Question, ...]
    corpus: tuple[Entry, ...] = ()
    judgements: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)
    within: bool = False
    fingerprint: str = ""

    @property
    def has_documents(self) -> bool:
        """Whether whole documents are searched, so that clauses and answers are scored."""
        return bool(self.files or self.texts)

    def judged(self) -> tuple[Question, ...]:
        """The questions that can be scored: answerable and judged, or known to have no answer."""
        if self.has_documents:
            return self.questions
        return tuple(
            question
            for question in self.questions
            if any(grade > 0 for grade in self.judgements.get(question.question_id, {}).values())
        )

    def only(
        self,
        part: str | None = None,
        *,
        ids: Collection[str] | None = None,
        limit: int | None = None,
    ) -> Benchmark:
        """The same with fewer questions, all of which can be scored.

        Args:
            part: those of this part.
            ids: those with these ids.
            limit: the first so many.

        Raises:
            InputError: nothing is left, or an id is unknown.
        """
        unknown = set(ids or ()) - {question.question_id for question in self.questions}
        if unknown:
            raise InputError(f"{self.path}: 没有题目 {sorted(unknown)[0]}")
        kept = [
            question
            for question in self.judged()
            if (part is None or question.part == part)
            and (ids is None or question.question_id in ids)
        ]
        if not kept:
            parts = "、".join(sorted({q.part for q in self.questions if q.part})) or "无"
            raise InputError(
                f"{self.path}: 没有可评测的题目(所要部分: {part or '全部'},现有: {parts})"
            )
        return replace(self, questions=tuple(kept[:limit]))


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at one place of a benchmark; a fatal one keeps it from being run."""

    path: Path
    line: int
    message: str
    fatal: bool = True

    def __str__(self) -> str:
        """``file:line: message``; line 0 means the whole file."""
        return (
            f"{self.path}:{self.line}: {self.message}"
            if self.line
            else (f"{self.path}: {self.message}")
        )


class Findings(list[Finding]):
    """What a reader noticed, in the order in which it was noticed."""

    def add(self, path: Path, line: int, message: str, *, fatal: bool = True) -> None:
        """Note one thing."""
        self.append(Finding(path, line, message, fatal))

    def raise_fatal(self) -> None:
        """Raises InputError with the first fatal finding and their number, if there is any."""
        fatal = [finding for finding in self if finding.fatal]
        if fatal:
            more = f"(共 {len(fatal)} 处,全部请见 policyqa eval check)" if len(fatal) > 1 else ""
            raise InputError(f"{fatal[0]}{more}")


def fingerprint_of(benchmark: Benchmark) -> str:
    """sha256 over all that decides the scores; files count with their content."""
    digest = hashlib.sha256()

    def add(*values: object) -> None:
        digest.update(json.dumps(values, ensure_ascii=False).encode() + b"\n")

    add(benchmark.form, benchmark.within)
    for q in benchmark.questions:
        add(q.question_id, q.text, q.kind, q.part, q.document, q.marks, q.answers, q.answerable)
        if q.pair:
            add(q.pair, q.changed)
    for entry in benchmark.corpus:
        add(entry.item, entry.title, entry.text)
    for question_id in sorted(benchmark.judgements):
        add(question_id, sorted(benchmark.judgements[question_id].items()))
    for name in sorted(benchmark.texts):
        add(name, benchmark.texts[name])
    for name in sorted(benchmark.files):
        path = benchmark.files[name]
        add(name, hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None)
    return digest.hexdigest()
