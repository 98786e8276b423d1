"""The questions of the report that are worth reading: what changed, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_CHANGED = 12
_FAILURES = 30

Record = Mapping[str, Any]
Row = Mapping[str, Any]


def changed_questions(records: Sequence[Record], differences: Sequence[Mapping[str, Any]]) -> str:
    """The questions that differ most between two systems, side by side, a few of each measure."""
    rows = {
        record["system"]["label"]: {row["_id"]: row for row in record["scores"]["questions"]}
        for record in records
    }
    last = next((row for row in reversed(differences) if row["changed"]), None)
    if last is None:
        return ""
    cards = []
    for key, value_a, value_b in last["changed"][:_CHANGED]:
        sides = "".join(
            f"<div><b>{escape(last[side])}</b> {last['measure']} {value:.3f}"
            f"{_outcome(rows[last[side]][key])}</div>"
            for side, value in (("a", value_a), ("b", value_b))
        )
        cards.append(_card(rows[last["a"]][key], f'<div class="pair">{sides}</div>'))
    return (
        "<h2>变化最大的题<small>Questions that changed most</small></h2>"
        f'<p class="soft">{escape(last["a"])} 与 {escape(last["b"])},按 {last["measure"]}</p>'
        + "".join(cards)
    )


def failures(records: Sequence[Record]) -> str:
    """The last system's failures: misleading answers first, then what it did not find."""
    record = records[-1]
    worst = sorted(
        (row for row in record["scores"]["questions"] if _failed(row)),
        key=lambda row: (-_misleading(row), row["measures"].get("nDCG@10", 0.0)),
    )
    if not worst:
        return ""
    cards = "".join(_card(row, _outcome(row)) for row in worst[:_FAILURES])
    return (
        "<h2>值得细读的失误<small>Failures to read through</small></h2>"
        f'<p class="soft">{escape(record["system"]["label"])}:共 {len(worst)} 题,'
        f"列出前 {min(len(worst), _FAILURES)} 题,把握大而答错的在前</p>{cards}"
    )


def _failed(row: Row) -> bool:
    if not row["answerable"]:
        return bool(row.get("answered"))
    if "answered" in row:
        return bool(row["measures"]["right"] == 0.0)
    return bool(row["measures"].get("R@10", 1.0) == 0.0)


def _misleading(row: Row) -> float:
    """The confidence of a wrong answer; 0 where none was given."""
    return float(row["confidence"]) if row.get("answered") else 0.0


def _card(row: Row, inside: str) -> str:
    if not row["answerable"]:
        gold = "文件中没有答案 (unanswerable)"
    else:
        gold = " 或 ".join(map(str, row["gold"])) or "见题集的评判"
    about = " · ".join(escape(str(part)) for part in (row["kind"], row["document"]) if part)
    return (
        f'<div class="card"><h3>{escape(row["text"])} '
        f'<small class="soft">{escape(row["_id"])} {about}</small></h3>'
        f"<p>标准答案 <b>{escape(gold)}</b></p>{inside}</div>"
    )


def _outcome(row: Row) -> str:
    """What the system said, and the text it said it from or ranked first."""
    parts = []
    if row.get("answered"):
        tone = "good" if row["measures"]["right"] else "bad"
        parts.append(
            f'<p>回答 <b class="{tone}">{escape(row["answer"])}</b> '
            f'<span class="soft">把握 {row["confidence"]:.0%}</span></p>'
            f"<blockquote>{escape(row['clause'])}</blockquote>"
        )
    elif "answered" in row:
        parts.append(f'<p class="soft">未作答(把握 {row["confidence"]:.0%})</p>')
    if row["top"] and not row.get("answered"):
        parts.append(f"<blockquote>首位:{escape(row['top'][0])}</blockquote>")
    return "".join(parts)
