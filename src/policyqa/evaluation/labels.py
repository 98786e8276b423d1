"""What each number is called, in Chinese and English, and how it is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LABELS = {
    "nDCG@10": "前 10 名排序质量",
    "RR@10": "首个正确结果的名次倒数",
    "Success@1": "首位正确率",
    "R@1": "召回率 前 1",
    "R@5": "召回率 前 5",
    "R@10": "召回率 前 10",
    "R@20": "召回率 前 20",
    "R@50": "召回率 前 50",
    "R@100": "召回率 前 100",
    "document@1": "首位文件正确率",
    "EM": "答案完全一致",
    "F1": "答案字符 F1",
    "cited": "答案出自所问条款",
    "right": "答对率(出处正确且 F1≥0.5)",
    "answered": "有答案的题作答率",
    "refused": "无答案的题拒答率",
    "precision": "所作回答的正确率",
    "pairs_right": "成对题两题都处理正确的比例",
    "wrong_confident": "高把握(≥0.8)答错率",
    "AURC": "风险—覆盖曲线下面积",
    "ECE": "置信度校准误差",
}
"""Chinese names; the keys are the English ones."""
LOWER_IS_BETTER = frozenset({"wrong_confident", "AURC", "ECE"})
NEITHER = frozenset({"answered", "refused"})
"""More of one is less of the other; neither is better by itself."""
TIMES = {
    "p50_ms": ("每题用时 中位数(毫秒)", "p50 ms"),
    "p95_ms": ("每题用时 95 分位(毫秒)", "p95 ms"),
    "peak_megabytes": ("内存峰值(MB)", "peak MB"),
    "preparation_seconds": ("准备用时(秒)", "preparation s"),
}


def chinese(name: str) -> str:
    """A measure's Chinese name; its own name where it has none."""
    return LABELS.get(name, name)


def measures_of(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """The measures that any of the records has, in the order of `LABELS`, others after."""
    present = dict.fromkeys(
        name
        for record in records
        for name, value in record["scores"]["measures"].items()
        if name not in ("questions", "unanswerable") and value is not None
    )
    return [name for name in LABELS if name in present] + [
        name for name in present if name not in LABELS
    ]


def main_measures(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """The measures on which systems are compared unless others are named: those of the main
    ones that two systems have, or that the only one has."""
    wanted = ("nDCG@10", "Success@1", "R@10", "F1", "right")
    needed = min(2, len(records))
    return [
        name
        for name in wanted
        if sum(r["scores"]["measures"].get(name) is not None for r in records) >= needed
    ]


def number(value: float | None, digits: int = 3) -> str:
    """A number for a table; a dash for none."""
    return "–" if value is None else f"{value:.{digits}f}"


def limit_note(benchmark: Mapping[str, Any]) -> str:
    """Says that not all questions were asked, or nothing."""
    if benchmark["limit"] is None or benchmark["questions"] >= benchmark["of_questions"]:
        return ""
    return f"只评测了前 {benchmark['questions']} 题(共 {benchmark['of_questions']} 题),仅供粗看"


def generated_note(benchmark: Mapping[str, Any]) -> str:
    """Says how many of the questions were drafted by rules, or nothing."""
    drafted = benchmark.get("generated", 0)  # records of earlier versions do not tell
    if not drafted:
        return ""
    return f"其中 {drafted} 题由规则生成,未经人工改定,措辞接近原文,分数会偏高"


def scores_text(records: Sequence[Mapping[str, Any]]) -> str:
    """The scores of all systems as a table for a terminal."""
    benchmark = records[0]["benchmark"]
    part = benchmark["part"] or "全部"
    lines = [f"{benchmark['name']}  {part}  {benchmark['questions']} 题"]
    notes = filter(None, (limit_note(benchmark), generated_note(benchmark)))
    lines += [f"注意: {note}" for note in notes]
    lines += [
        f"  [{place}] {record['system']['label']}" for place, record in enumerate(records, start=1)
    ]
    lines.append("".join(f"{f'[{place}]':>9}" for place in range(1, len(records) + 1)))
    for name in measures_of(records):
        values = [record["scores"]["measures"].get(name) for record in records]
        cells = "".join(f"{number(value):>9}" for value in values)
        lines.append(f"{cells}  {chinese(name)} ({name})")
    for key, (label, english) in TIMES.items():
        cells = "".join(f"{number(record['times'][key], 1):>9}" for record in records)
        lines.append(f"{cells}  {label} ({english})")
    return "\n".join(lines)


def kinds_text(record: Mapping[str, Any], measure: str) -> str:
    """One measure by kind of question, for a terminal."""
    return "\n".join(
        f"{number(group[measure]):>9}  {kind or '(未分类)'} ({group['questions']} 题)"
        for kind, group in record["scores"]["by_kind"].items()
        if group.get(measure) is not None
    )


def differences_text(differences: Sequence[Mapping[str, Any]]) -> str:
    """Paired differences as lines for a terminal."""
    lines = []
    for row in differences:
        lines.append(
            f"{row['measure']}: {row['b']} − {row['a']} = {row['difference']:+.4f} "
            f"[{row['low']:+.4f}, {row['high']:+.4f}]  p={row['p']:.4f}  "
            f"Holm p={row['p_holm']:.4f}  胜 {row['wins']} 负 {row['losses']} 平 {row['ties']}"
            f"({row['questions']} 题)"
        )
    return "\n".join(lines)
