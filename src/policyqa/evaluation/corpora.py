"""Benchmarks over a corpus of judged texts: the layouts of BEIR and TREC.

BEIR (Thakur et al., NeurIPS 2021): `corpus.jsonl`, `queries.jsonl`, `qrels/PART.tsv`.
TREC: topics (`topics*`, tab-separated or <top> records), `qrels*` with four columns, and
a `corpus.jsonl` where systems of ours are to search it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from policyqa.evaluation.benchmark import Benchmark, Entry, Findings, Question
from policyqa.evaluation.lines import read_lines, read_records


def read_beir(folder: Path, findings: Findings, *, judged: bool = True) -> Benchmark:
    """A folder in BEIR's layout; the name of each qrels file is a part.

    Args:
        folder: the benchmark.
        findings: what is wrong is added to it.
        judged: that there is no qrels file is wrong.
    """
    corpus = _corpus(folder / "corpus.jsonl", findings)
    lines: dict[str, tuple[int, str]] = {}
    for number, record in read_records(folder / "queries.jsonl", ("text",), findings):
        lines[str(record["_id"])] = (number, str(record["text"]))
    judgements: dict[str, dict[str, int]] = defaultdict(dict)
    parts: dict[str, str] = {}
    files = sorted((folder / "qrels").glob("*.tsv"))
    if judged and not files:
        findings.add(folder / "qrels", 0, "没有 qrels/*.tsv")
    items = {entry.item for entry in corpus}
    for path in files:
        rows = read_lines(path, findings)
        header = (
            1 if rows and not rows[0][1].rsplit("\t", 1)[-1].strip().lstrip("-").isdigit() else 0
        )
        for number, line in rows[header:]:
            fields = line.split("\t")
            if len(fields) != 3 or not fields[2].strip().lstrip("-").isdigit():
                findings.add(path, number, "应为“题号、条目号、相关度”三列,以制表符分隔")
                continue
            question_id, item = fields[0], fields[1]
            if parts.setdefault(question_id, path.stem) != path.stem:
                message = f"题目 {question_id} 同时属于 {parts[question_id]} 和 {path.stem}"
                findings.add(path, number, message, fatal=False)
            _judge(judgements, question_id, item, int(fields[2]), path, number, findings)
            _check_ids(question_id, item, lines, items, path, number, findings)
    questions = tuple(
        Question(question_id, text, line, part=parts.get(question_id, ""))
        for question_id, (line, text) in lines.items()
    )
    _check_questions(folder / "queries.jsonl", questions, judgements, findings)
    return Benchmark(
        folder.name, folder, "beir", questions, corpus=corpus, judgements=dict(judgements)
    )


def read_trec(folder: Path, findings: Findings) -> Benchmark:
    """A folder of TREC files; without `corpus.jsonl` only finished runs can be scored."""
    topics = sorted(folder.glob("topics*"))
    qrels = sorted(folder.glob("qrels*"))
    for found, name in ((topics, "topics*"), (qrels, "qrels*")):
        if len(found) != 1:
            findings.add(folder, 0, f"应恰有一个 {name} 文件,现有 {len(found)} 个")
            return Benchmark(folder.name, folder, "trec", ())
    corpus_file = folder / "corpus.jsonl"
    corpus = _corpus(corpus_file, findings) if corpus_file.exists() else ()
    lines = _topics(topics[0], findings)
    items = {entry.item for entry in corpus}
    judgements: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in read_lines(qrels[0], findings):
        fields = line.split()
        if len(fields) != 4 or not fields[3].lstrip("-").isdigit():
            findings.add(qrels[0], number, "应为“题号 0 条目号 相关度”四列")
            continue
        _judge(judgements, fields[0], fields[2], int(fields[3]), qrels[0], number, findings)
        known = items or {fields[2]}
        _check_ids(fields[0], fields[2], lines, known, qrels[0], number, findings)
    questions = tuple(Question(key, text, line) for key, (line, text) in lines.items())
    _check_questions(topics[0], questions, judgements, findings)
    return Benchmark(
        folder.name, folder, "trec", questions, corpus=corpus, judgements=dict(judgements)
    )


def _corpus(path: Path, findings: Findings) -> tuple[Entry, ...]:
    entries = []
    for number, record in read_records(path, ("text",), findings):
        title, text = str(record.get("title") or ""), str(record["text"])
        if not (title + text).strip():
            findings.add(path, number, f"条目 {record['_id']} 没有文字", fatal=False)
        entries.append(Entry(str(record["_id"]), title, text))
    return tuple(entries)


def _topics(path: Path, findings: Findings) -> dict[str, tuple[int, str]]:
    """Topic id to (line, title), from `id<TAB>text` lines or <top> records."""
    rows = read_lines(path, findings)
    topics: dict[str, tuple[int, str]] = {}

    def add(number: int, identity: str, text: str) -> None:
        if identity in topics:
            findings.add(path, number, f"编号 {identity} 与第 {topics[identity][0]} 行重复")
        else:
            topics[identity] = (number, text)

    if any(line.strip() == "<top>" for _, line in rows):
        identity = ""
        for number, line in rows:
            found = re.match(r"\s*<(num|title)>\s*(?:Number:|Topic:)?\s*(.*?)\s*(?:</\w+>)?$", line)
            if found and found[1] == "num":
                identity = found[2]
            elif found and not (identity and found[2]):
                findings.add(path, number, "<title> 前没有 <num>,或标题不在同一行")
            elif found:
                add(number, identity, found[2])
        return topics
    for number, line in rows:
        identity, tab, text = line.partition("\t")
        if tab and text.strip():
            add(number, identity.strip(), text.strip())
        else:
            findings.add(path, number, "应为“题号<制表符>题目”")
    return topics


def _judge(
    judgements: dict[str, dict[str, int]],
    question_id: str,
    item: str,
    grade: int,
    path: Path,
    number: int,
    findings: Findings,
) -> None:
    if item in judgements[question_id]:
        findings.add(path, number, f"题目 {question_id} 与条目 {item} 已评过", fatal=False)
    judgements[question_id][item] = grade


def _check_ids(
    question_id: str,
    item: str,
    questions: dict[str, tuple[int, str]],
    items: set[str],
    path: Path,
    number: int,
    findings: Findings,
) -> None:
    if question_id not in questions:
        findings.add(path, number, f"题目 {question_id} 不存在")
    if item not in items:
        findings.add(path, number, f"条目 {item} 不在语料中")


def _check_questions(
    path: Path,
    questions: tuple[Question, ...],
    judgements: dict[str, dict[str, int]],
    findings: Findings,
) -> None:
    seen: dict[str, Question] = {}
    for question in questions:
        if not question.text.strip():
            findings.add(path, question.line, f"题目 {question.question_id} 没有文字")
        if not judgements.get(question.question_id):
            message = f"题目 {question.question_id} 没有评判,不计分"
            findings.add(path, question.line, message, fatal=False)
        check_repeated(path, question, seen, findings)


def check_repeated(
    path: Path, question: Question, seen: dict[str, Question], findings: Findings
) -> None:
    """Note a question that stands in the benchmark already, in another part above all."""
    earlier = seen.setdefault("".join(question.text.split()), question)
    if earlier is question:
        return
    leak = f",且分属 {earlier.part} 和 {question.part}" if earlier.part != question.part else ""
    message = f"题目 {question.question_id} 与第 {earlier.line} 行同文{leak}"
    findings.add(path, question.line, message, fatal=False)
