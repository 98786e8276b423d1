"""A draft of a benchmark: questions over an index's clauses, for a person to edit or strike.

How a sentence becomes a question stands in `draft_questions`; here are the choice among
what they propose, the document's name where a question needs it, and the folder.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policyqa.document import Clause, Document
from policyqa.errors import InputError
from policyqa.evaluation.documents import MANIFEST
from policyqa.evaluation.draft_questions import SELF, propose
from policyqa.folder import sha256_of_file
from policyqa.spans import sentences

PARTS = ("dev", "test")
"""Documents go to them in turn, so that questions of one document never stand in both."""

_GENERIC = re.compile(
    "中华人民共和国|最高人民法院|最高人民检察院|人民政府|人民代表大会|常务委员会|关于|印发|管理|规定|办法|条例|若干|实施|"
    "细则|工作|意见|方案|通知|制度|试行|问题|解释|适用|法律|案件|应用|会议|[省市县区州]"
)
_LIST_HEAD = re.compile(r"[:：]\s*(?:\n|$)")
_NAMING = 4
"""A question that shares so many characters of a title's own words names its subject."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that a clause answers, ready to be asked by itself.

    Attributes:
        text: the question.
        kind: what it asks for.
        rule: the rule that drafted it.
        clause: the answering clause.
        start: first character of the answer, an offset into the clause's text.
        end: one past its last.
    """

    text: str
    kind: str
    rule: str
    clause: Clause
    start: int
    end: int

    @property
    def answer(self) -> str:
        """The answer, verbatim."""
        return self.clause.text[self.start : self.end]


def drafts_of(document: Document) -> Iterator[Draft]:
    """All questions that the rules propose over one document, in its order.

    Left out are clauses that go on from the words above them (after a colon), and answers that
    also stand elsewhere in the clause, because then the place would be uncertain.
    """
    by_id = {clause.clause_id: clause for clause in document.clauses}
    for clause in document.clauses:
        parent = by_id.get(clause.parent_id or "")
        if clause.elided or (parent and _LIST_HEAD.search(parent.text)):
            continue
        mark = clause.marks[-1] if clause.marks else ""
        begin = len(mark) if clause.text.startswith(mark) else 0
        home = "\n".join(
            one.text
            for one in document.clauses
            if one.marks[: len(clause.marks)] == clause.marks and (clause.marks or not one.marks)
        )
        for start, end in sentences(clause.text, begin):
            sentence = clause.text[start:end].rstrip("。；;！？!? \n")
            if clause.text[end - 1] in "；;" and clause.kind == "item":
                continue  # an item of a list, whatever stands above it
            for one in propose(sentence):
                if home.count(sentence[one.start : one.end]) == 1:
                    yield Draft(
                        _by_itself(one.text, document.title),
                        one.kind,
                        one.rule,
                        clause,
                        start + one.start,
                        start + one.end,
                    )


def choose(documents: Iterable[Document], number: int, seed: int) -> list[Draft]:
    """So many questions, spread over documents and kinds, none asked twice.

    A clause is asked about once. Documents are read in an order that the seed decides, and no
    more of them than there are questions to draft.
    """
    order = random.Random(seed)
    shuffled = sorted(documents, key=lambda one: one.document_id)
    order.shuffle(shuffled)
    stock: list[list[Draft]] = []
    for document in shuffled:
        found = list(drafts_of(document))
        order.shuffle(found)
        if found:
            stock.append(found)
        if len(stock) == number:
            break
    kinds: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    asked: set[str] = set()
    clauses: set[str] = set()
    chosen: list[Draft] = []
    while stock and len(chosen) < number:
        for found in list(stock):
            found[:] = [
                one
                for one in found
                if one.clause.clause_id not in clauses and _words(one.text) not in asked
            ]
            if not found:
                stock.remove(found)
                continue
            best = min(found, key=lambda one: (kinds[one.kind], rules[one.rule]))
            chosen.append(best)
            kinds[best.kind] += 1
            rules[best.rule] += 1
            asked.add(_words(best.text))
            clauses.add(best.clause.clause_id)
            if len(chosen) == number:
                break
    return chosen


def write_benchmark(
    folder: Path, drafts: Sequence[Draft], documents: Sequence[Document], seed: int
) -> None:
    """Write the drafts as a clause-question benchmark (eval/benchmarks/README.md).

    Args:
        folder: made; it must not exist, or be empty.
        drafts: the questions.
        documents: all that are to be searched; each file must be as it was indexed.
        seed: decides which documents are for development.

    Raises:
        InputError: nothing was drafted, the folder is in use, or a file is gone or changed.
    """
    if not drafts:
        raise InputError("所选文档中没有能按规则出题的条款")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} 已存在且不为空,请换一个文件夹,以免覆盖改过的题目")
    for document in documents:
        path = Path(document.source)
        if not path.is_file() or sha256_of_file(path) != document.sha256:
            raise InputError(f"文档 {path} 已不在或已改动,请先运行 policyqa index 更新索引")
    root = Path(os.path.commonpath([Path(one.source).resolve().parent for one in documents]))
    names = {
        one.document_id: Path(one.source).resolve().relative_to(root).as_posix()
        for one in documents
    }
    asked = sorted({draft.clause.document_id for draft in drafts})
    random.Random(seed).shuffle(asked)
    parts = {identity: PARTS[place % len(PARTS)] for place, identity in enumerate(asked)}
    ordered = sorted(drafts, key=lambda one: (names[one.clause.document_id], one.clause.start))
    records = [
        _record(f"g{number:03d}", one, names[one.clause.document_id], parts)
        for number, one in enumerate(ordered, start=1)
    ]
    manifest = {
        "documents_folder": os.path.relpath(root, folder.resolve()),
        "documents": [
            {"path": names[one.document_id], "sha256": one.sha256}
            for one in sorted(documents, key=lambda one: names[one.document_id])
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (folder / "questions.jsonl").write_text(lines, encoding="utf-8")
    content = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_text(content, encoding="utf-8")


def _record(identity: str, draft: Draft, name: str, parts: dict[str, str]) -> dict[str, Any]:
    return {
        "_id": identity,
        "text": draft.text,
        "kind": draft.kind,
        "answerable": True,
        "document": name,
        "marks": list(draft.clause.marks),
        "answers": [draft.answer],
        "spans": [[draft.start, draft.end]],
        "split": parts[draft.clause.document_id],
        "generated": True,
        "rule": draft.rule,
    }


def short_title(title: str) -> str:
    """What a document is called in a question: a notice by the name of what it issues."""
    inner = re.search(r"《([^《》]{4,})》", title)
    if inner and re.search("印发|发布|转发|公布", title):
        return inner[1]
    # GB/T 15834: titles inside a title stand in 〈〉.
    return re.sub(r"^《(.*)》$", r"\1", title).replace("《", "〈").replace("》", "〉")


def _by_itself(text: str, title: str) -> str:
    """The question with its document named, unless its words name the subject themselves."""
    title = short_title("".join(title.split()))
    named, times = SELF.subn(f"《{title}》", text, count=1)
    if times and SELF.match(text):
        return f"{named}？"
    if SELF.search(text) or not _names_subject(text, title):
        return f"根据《{title}》，{text}？"
    return f"{text}？"


def _names_subject(text: str, title: str) -> bool:
    if re.search("本[市县区省校院局委州]|本行政区域|全[市县区省校]|我[市县区省校委局]|你", text):
        return False
    for core in _GENERIC.sub(" ", title.rpartition("关于")[2]).split():
        runs = range(len(core) - _NAMING + 1)
        if any(core[at : at + _NAMING] in text for at in runs):
            return True
    return False


def _words(text: str) -> str:
    """A question without its document, so that two versions of a law are not asked alike."""
    return re.sub(r"^根据《[^》]*》，|《[^》]*》|\W", "", text)
