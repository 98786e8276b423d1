"""Results as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policyqa.answer import Answer
from policyqa.document import Clause, Document, Standing
from policyqa.ranking import Hit

_WIDTH = 100


def answer_text(answer: Answer) -> str:
    """An answer, its clause and where it stands, or that there is none; then other clauses."""
    if answer.clause is None:
        lines = ["文件中没有说明。最接近的条款:", ""]
        return "\n".join([*lines, hits_text(answer.hits)])
    lines = [
        f"答: {answer.text}    (把握 {answer.confidence:.0%})",
        "",
        _citation(answer.clause, answer.standing),
        _indented(answer.clause.text),
    ]
    others = [hit for hit in answer.hits if hit.clause.clause_id != answer.clause.clause_id]
    if others:
        lines += ["", "其他相关条款:", hits_text(others)]
    return "\n".join(lines)


def hits_text(hits: Sequence[Hit]) -> str:
    """Ranked clauses with where they stand."""
    if not hits:
        return "没有找到相关条款"
    blocks = []
    for hit in hits:
        text = "\n".join([hit.clause.text, *(clause.text for clause in hit.below)])
        blocks.append(f"{hit.rank}. {_citation(hit.clause, hit.standing)}\n{_indented(text)}")
    return "\n".join(blocks)


def clause_tree(document: Document) -> str:
    """A document's clauses, one a line, indented by their depth."""
    metadata = document.metadata.as_json()
    facts = {name: value for name, value in metadata.items() if isinstance(value, str)}
    stated = " ".join(f"{name}={value}" for name, value in facts.items())
    lines = [document.title, *([stated] if stated else [])]
    lines += [f"  {event.date} {event.event}" for event in document.metadata.history]
    depth: dict[str, int] = {}
    for clause in document.clauses:
        level = depth[clause.parent_id] + 1 if clause.parent_id else 0
        depth[clause.clause_id] = level
        text = " ".join(clause.text.split())
        shown = text if len(text) <= 60 else f"{text[:60]}…({len(text)} 字)"
        lines.append(f"{'  ' * level}[{clause.kind}] {shown}{'  (省略)' if clause.elided else ''}")
    return "\n".join(lines)


def status_text(status: dict[str, Any]) -> str:
    """What is in an index, a line each."""
    model = status["model"]
    versions = status["versions"]
    return "\n".join(
        [
            f"文档 {status['documents']},文件 {status['files']},条款 {status['clauses']}",
            f"多版本的法规 {versions['laws']} 部;现行 {versions['in_force']},"
            f"已修改 {versions['amended']},废止 {versions['repealed']},"
            f"尚未施行 {versions['pending']}",
            f"检索单元 {status['units']},段 {status['passages']},向量 {status['vectors']}",
            f"模型 {model['name']}({model['dimension']} 维),第 {status['generation']} 版",
        ]
    )


def _citation(clause: Clause, standing: Standing) -> str:
    version = f",{standing.version} 版" if standing.version else ""
    status = f"[{standing.status}{version}]" if standing.status else ""
    return f"《{clause.document_title}》{status}{' › '.join(clause.path)}"


def _indented(text: str) -> str:
    lines = []
    for line in text.split("\n"):
        lines += [f"   {line[start : start + _WIDTH]}" for start in range(0, len(line), _WIDTH)]
    return "\n".join(lines)
