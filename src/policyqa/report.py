"""Results as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policyqa.answer import Answer
from policyqa.document import TEXT_PARTS, Clause, Document, Part, PartName, Standing
from policyqa.numbering import breaks
from policyqa.parts import coverage
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
    """A document's clauses and other parts, one a line, indented by their depth; then what of
    its text they cover, and each jump and restart of the numbering."""
    metadata = document.metadata.as_json()
    facts = {name: value for name, value in metadata.items() if isinstance(value, str)}
    stated = " ".join(f"{name}={value}" for name, value in facts.items())
    lines = [document.title, *([stated] if stated else [])]
    lines += [f"  {event.date} {event.event}" for event in document.metadata.history]
    depth: dict[str, int] = {}
    pieces: list[Clause | Part] = [*document.clauses, *_outside(document)]
    for clause in sorted(pieces, key=lambda piece: piece.start):
        if isinstance(clause, Part):
            text = " ".join(document.text[clause.start : clause.end].split())
            lines.append(f"<{_PART_NAMES[clause.name]}> {_shown(text)}")
            continue
        level = depth[clause.parent_id] + 1 if clause.parent_id else 0
        depth[clause.clause_id] = level
        text = " ".join(clause.text.split())
        elided = "  (省略)" if clause.elided else ""
        lines.append(f"{'  ' * level}[{clause.kind}] {_shown(text)}{elided}")
    return "\n".join([*lines, "", _coverage_line(document), *map(str, breaks(document))])


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…({len(text)} 字)"


def _outside(document: Document) -> list[Part]:
    return [part for part in document.parts if part.name not in TEXT_PARTS]


_PART_NAMES: dict[PartName, str] = {
    "furniture": "网页附带文字",
    "issuer": "发文机关标志",
    "number": "发文字号",
    "title": "标题",
    "header": "题注",
    "addressee": "主送机关",
    "contents": "目录",
    "annexes": "附件说明",
    "signature": "署名",
    "date": "成文日期",
    "note": "附注",
}


def _coverage_line(document: Document) -> str:
    covered = coverage(document)
    counts = [f"条款 {covered.clauses} 字"]
    counts += [f"{_PART_NAMES[name]} {count} 字" for name, count in covered.parts.items()]
    if not covered.missing:
        return f"覆盖 100%：{'，'.join(counts)}"
    lost = [
        "、".join(f"“{document.text[start:end].strip()[:20]}”" for start, end in covered.missing)
    ]
    share = (covered.clauses + sum(covered.parts.values())) / max(covered.total, 1)
    return f"覆盖 {share:.1%}：{'，'.join(counts)}；未归入：{lost[0]}"


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
