"""The tables of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from policyqa.evaluation.labels import LOWER_IS_BETTER, NEITHER, TIMES, chinese, measures_of, number

_SIGNIFICANT = 0.05
_DOCUMENTS = 15
"""Documents listed, those with the lowest scores."""

Record = Mapping[str, Any]


def verdict(
    records: Sequence[Record], differences: Sequence[Mapping[str, Any]], measure: str
) -> str:
    """One or two sentences that say what the numbers say."""
    values = {r["system"]["label"]: r["scores"]["measures"].get(measure) or 0.0 for r in records}
    best = max(values, key=lambda label: values[label])
    text = f"<b>{escape(best)}</b> 的{chinese(measure)}({measure})为 <b>{values[best]:.3f}</b>"
    if len(values) < 2:
        return f'<p class="lead">{text}。</p>'
    second = max((label for label in values if label != best), key=lambda label: values[label])
    row = next(
        row
        for row in differences
        if row["measure"] == measure and {row["a"], row["b"]} == {best, second}
    )
    certain = "差异可信" if _certain(row) else "差异在偶然范围之内"
    return (
        f'<p class="lead">{text},为各系统最高;比次高的 {escape(second)} 高 '
        f"{abs(row['difference']):.3f},{certain}(校正后 p={row['p_holm']:.4f})。</p>"
    )


def scores_table(
    records: Sequence[Record], intervals: Sequence[Mapping[str, tuple[float, float]]]
) -> str:
    """Measures by system, with their confidence intervals; times below."""
    rows = []
    for name in measures_of(records):
        values = [record["scores"]["measures"].get(name) for record in records]
        known = [value for value in values if value is not None]
        best = min(known) if name in LOWER_IS_BETTER else max(known)
        cells = ""
        for value, interval in zip(values, intervals, strict=True):
            ranked = name not in NEITHER and len(set(known)) > 1
            mark = ' class="best"' if ranked and value == best else ""
            ends = interval.get(name)
            spread = f"<small>[{ends[0]:.3f}, {ends[1]:.3f}]</small>" if ends else ""
            cells += f"<td{mark}>{number(value)}{spread}</td>"
        english = "" if name == chinese(name) else f"<small>{escape(name)}</small>"
        rows.append(f"<tr><td>{escape(chinese(name))}{english}</td>{cells}</tr>")
    rows.append(f'<tr class="section"><td colspan="{len(records) + 1}">用时与内存 Time</td></tr>')
    for key, (label, english) in TIMES.items():
        cells = "".join(f"<td>{number(record['times'][key], 1)}</td>" for record in records)
        rows.append(f"<tr><td>{label}<small>{english}</small></td>{cells}</tr>")
    return _table(["指标 Measure", *_labels(records)], rows)


def differences_table(differences: Sequence[Mapping[str, Any]]) -> str:
    """Each pair of systems on each compared measure."""
    rows = []
    for row in differences:
        tone = ("good" if row["difference"] > 0 else "bad") if _certain(row) else "soft"
        rows.append(
            f"<tr><td>{escape(chinese(row['measure']))}<small>{escape(row['measure'])}</small></td>"
            f'<td class="left">{escape(row["a"])} → {escape(row["b"])}</td>'
            f"<td>{row['mean_a']:.3f} → {row['mean_b']:.3f}</td>"
            f'<td class="{tone}">{row["difference"]:+.3f}'
            f"<small>[{row['low']:+.3f}, {row['high']:+.3f}]</small></td>"
            f"<td>{row['p_holm']:.4f}<small>未校正 {row['p']:.4f}</small></td>"
            f"<td>{row['wins']} / {row['losses']} / {row['ties']}</td></tr>"
        )
    head = ["指标 Measure", "系统 Systems", "均值 Means", "差 Difference", "p (Holm)", "胜/负/平"]
    return _table(head, rows)


def kinds_table(records: Sequence[Record], compared: Sequence[str]) -> str:
    """The last compared measure by kind of question, with the difference to the first system."""
    if not records[0]["scores"]["by_kind"]:
        return ""
    measure = compared[-1]
    rows = []
    for kind, group in records[0]["scores"]["by_kind"].items():
        values = [r["scores"]["by_kind"].get(kind, {}).get(measure) for r in records]
        if any(value is None for value in values):
            continue
        cells = f"<td>{number(values[0])}</td>"
        for value in values[1:]:
            change = value - values[0]
            tone = "good" if change > 0 else "bad" if change < 0 else "soft"
            cells += f'<td>{number(value)}<small class="{tone}">{change:+.3f}</small></td>'
        rows.append(
            f"<tr><td>{escape(kind or '未分类')}</td><td>{group['questions']}</td>{cells}</tr>"
        )
    if not rows:
        return ""
    title = f"<h2>按问题种类<small>By kind, {escape(measure)}</small></h2>"
    head = ["种类 Kind", "题数", *_labels(records)]
    return title + f'<p class="soft">{escape(chinese(measure))}</p>' + _table(head, rows)


def documents_table(records: Sequence[Record], compared: Sequence[str]) -> str:
    """The documents on which the first compared measure is lowest for the last system."""
    measure, groups = compared[0], records[-1]["scores"]["by_document"]
    scored = [name for name, group in groups.items() if name and group.get(measure) is not None]
    if len(scored) < 2:
        return ""
    lowest = sorted(scored, key=lambda name: (groups[name][measure], name))[:_DOCUMENTS]
    rows = []
    for name in lowest:
        cells = "".join(
            f"<td>{number(r['scores']['by_document'].get(name, {}).get(measure))}</td>"
            for r in records
        )
        rows.append(f"<tr><td>{escape(name)}</td><td>{groups[name]['questions']}</td>{cells}</tr>")
    title = f"<h2>得分最低的文件<small>Hardest documents, {escape(measure)}</small></h2>"
    return title + _table(["文件 Document", "题数", *_labels(records)], rows)


def provenance(records: Sequence[Record]) -> str:
    """Commands, versions and fingerprints."""
    benchmark = records[0]["benchmark"]
    commands = dict.fromkeys(record["times"]["command"] for record in records)
    parts = ["".join(f"<pre>{escape(command)}</pre>" for command in commands if command)]
    facts = {
        "题集指纹 benchmark sha256": benchmark["fingerprint"],
        "机器 machine": records[0]["times"]["machine"],
    }
    facts |= {f"{name}": value for name, value in records[0]["versions"].items()}
    parts.append(_facts(facts))
    for record in records:
        described = {
            key: value if isinstance(value, str | int) else _pairs(value)
            for key, value in record["system"].items()
            if key != "label"
        }
        parts.append(f"<h3>{escape(record['system']['label'])}</h3>{_facts(described)}")
    return "".join(parts)


def _facts(facts: Mapping[str, object]) -> str:
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(str(value))}</code></dd>"
        for name, value in facts.items()
    )
    return f"<dl>{rows}</dl>"


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{key}={value}" for key, value in values.items())


def _certain(row: Mapping[str, Any]) -> bool:
    return bool(row["p_holm"] < _SIGNIFICANT and not row["low"] <= 0 <= row["high"])


def _labels(records: Sequence[Record]) -> list[str]:
    return [escape(record["system"]["label"]) for record in records]


def _table(head: Sequence[str], rows: Sequence[str]) -> str:
    cells = "".join(f"<th>{cell}</th>" for cell in head)
    return (
        f'<div class="scroll"><table><thead><tr>{cells}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
