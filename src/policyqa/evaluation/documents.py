"""Benchmarks over whole documents: clause question answering, policy notices, reading sets.

The layout of clause question answering stands in eval/benchmarks/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Benchmark, Findings, Question
from policyqa.evaluation.corpora import check_repeated
from policyqa.evaluation.lines import read_records

MANIFEST = "benchmark.json"
CHANGES = ("number", "period", "body")
"""In what two questions of a pair may differ."""


def read_clauseqa(folder: Path, documents: Path | None, findings: Findings) -> Benchmark:
    """A folder with questions.jsonl over documents that stand below another folder.

    Args:
        folder: the benchmark.
        documents: where its documents are; by default what `benchmark.json` says.
        findings: what is wrong is added to it.
    """
    path = folder / "questions.jsonl"
    manifest = _manifest(folder, findings)
    place = documents or folder / str(manifest.get("documents_folder", "../../../corpora"))
    stated = manifest.get("documents") or {}
    listed: dict[str, str] = (
        {str(key): str(value) for key, value in stated.items()}
        if isinstance(stated, dict)
        else {str(row["path"]): str(row.get("sha256") or "") for row in stated}
    )
    questions: list[Question] = []
    seen: dict[str, Question] = {}
    for number, record in read_records(path, ("text",), findings):
        question = _question(record, number, path, findings)
        if question is not None:
            questions.append(question)
            check_repeated(path, question, seen, findings)
    names = listed or dict.fromkeys(q.document for q in questions if q.document)
    files = {str(name): place / str(name) for name in names}
    _check_documents(path, questions, files, findings)
    _check_leaks(path, questions, findings)
    _check_pairs(path, questions, findings)
    return Benchmark(
        folder.name,
        folder,
        "clauseqa",
        tuple(questions),
        files=files,
        checksums={name: digest for name, digest in listed.items() if digest},
    )


def read_ncpp(folder: Path, findings: Findings) -> Benchmark:
    """Policy notices with a verbatim answer and the answering document for each question."""
    texts = {
        f"{record['_id']}.txt": str(record["text"])
        for _, record in read_records(folder / "documents.jsonl", ("text",), findings)
    }
    path = folder / "questions.jsonl"
    questions = []
    seen: dict[str, Question] = {}
    for number, record in read_records(path, ("text", "answer", "document"), findings):
        name, answer = f"{record['document']}.txt", str(record["answer"])
        question = Question(
            str(record["_id"]), str(record["text"]), number, document=name, answers=(answer,)
        )
        questions.append(question)
        check_repeated(path, question, seen, findings)
        if name not in texts:
            findings.add(path, number, f"文档 {record['document']} 不存在")
        elif answer not in texts[name]:
            findings.add(path, number, "答案不在文档中", fatal=False)
    return Benchmark(folder.name, folder, "ncpp", tuple(questions), texts=texts)


def read_squad(path: Path, findings: Findings) -> Benchmark:
    """A reading comprehension file in SQuAD's form (DRCD, CMRC 2018, CAIL 2019).

    Paragraphs of the same text are one document. A question that the paragraph does not
    answer has `is_impossible`.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
        articles = json.loads(content)["data"]
        paragraphs = [part for article in articles for part in article["paragraphs"]]
        rows = [(part["context"], question) for part in paragraphs for question in part["qas"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        findings.add(path, 0, f"不是 SQuAD 形式的 JSON: {error!r}")
        return Benchmark(path.stem, path, "squad", ())
    names: dict[str, str] = {}
    questions, seen = [], set()
    for context, record in rows:
        name = names.setdefault(context, f"{len(names):05d}.txt")
        identity = str(record.get("id"))
        if identity in seen or not isinstance(record.get("question"), str):
            findings.add(path, _line_of(content, identity), f"题目 {identity} 重复,或没有文字")
            continue
        seen.add(identity)
        impossible = str(record.get("is_impossible", False)).lower() == "true"
        given = [] if impossible else record.get("answers", [])
        for answer in given:
            start = int(answer["answer_start"])
            if context[start : start + len(answer["text"])] != answer["text"]:
                message = f"题目 {identity}: 答案“{answer['text']}”不在所标位置 {start}"
                findings.add(path, _line_of(content, identity), message, fatal=False)
        answers = tuple(dict.fromkeys(str(answer["text"]) for answer in given))
        if not impossible and not answers:
            message = f"题目 {identity} 没有答案,也未标 is_impossible"
            findings.add(path, _line_of(content, identity), message)
        questions.append(
            Question(
                identity,
                record["question"],
                document=name,
                answers=answers,
                answerable=not impossible,
            )
        )
    texts = {name: context for context, name in names.items()}
    return Benchmark(path.stem, path, "squad", tuple(questions), texts=texts, within=True)


def _line_of(content: str, identity: str) -> int:
    """The line on which an id stands last, as far as a JSON document has lines."""
    return content.count("\n", 0, max(0, content.rfind(json.dumps(identity)))) + 1


def _manifest(folder: Path, findings: Findings) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        findings.add(path, 0, f"不是 JSON: {error}")
        return {}
    if not isinstance(manifest, dict):
        findings.add(path, 0, "应为 JSON 对象")
        return {}
    return manifest


def _question(
    record: dict[str, Any], number: int, path: Path, findings: Findings
) -> Question | None:
    try:
        answerable = bool(record["answerable"])
        question = Question(
            str(record["_id"]),
            str(record["text"]),
            number,
            str(record["kind"]),
            str(record["split"]),
            str(record["document"]) if record["document"] else None,
            tuple(map(str, record["marks"] or ())) if answerable else None,
            tuple(map(str, record["answers"])) if answerable else (),
            answerable,
            str(record.get("pair") or ""),
            str(record.get("changed") or ""),
            record.get("generated") is True,
        )
    except (KeyError, TypeError) as error:
        findings.add(path, number, f"不是完整的题目: {error!r}")
        return None
    if answerable and not (question.document and question.answers):
        findings.add(path, number, "有答案的题应写明 document 和 answers")
        return None
    return question


def _check_documents(
    path: Path, questions: list[Question], files: Mapping[str, Path], findings: Findings
) -> None:
    reported: set[str] = set()
    for question in questions:
        name = question.document
        if not question.answerable or name is None or name in reported:
            continue
        if name not in files:
            reported.add(name)
            findings.add(path, question.line, f"文档 {name} 不在 {MANIFEST} 中")
        elif not files[name].is_file():
            reported.add(name)
            findings.add(path, question.line, f"找不到文档 {files[name]},请用 --documents 指明")


def _check_leaks(path: Path, questions: list[Question], findings: Findings) -> None:
    parts: dict[str, Question] = {}
    for question in questions:
        if question.document is None:
            continue
        first = parts.setdefault(question.document, question)
        if first.part != question.part:
            message = (
                f"文档 {question.document} 既在 {question.part} 又在 {first.part}"
                f"(第 {first.line} 行),两部分不再独立"
            )
            findings.add(path, question.line, message, fatal=False)


def _check_pairs(path: Path, questions: list[Question], findings: Findings) -> None:
    pairs: dict[str, list[Question]] = {}
    for question in questions:
        if question.pair:
            pairs.setdefault(question.pair, []).append(question)
    for name, members in pairs.items():
        alike = len({(question.part, question.changed) for question in members}) == 1
        if len(members) != 2 or not alike or members[0].changed not in CHANGES:
            message = f"成对题 {name} 应恰有两题,同属一部分,changed 同为 {'、'.join(CHANGES)} 之一"
            findings.add(path, members[-1].line, message)


def require_files(benchmark: Benchmark) -> None:
    """Raises InputError for a document whose file is missing."""
    for name, path in benchmark.files.items():
        if not path.is_file():
            raise InputError(f"找不到题集所问的文档 {name}({path}),请用 --documents 指明")
