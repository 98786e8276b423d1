"""The report: one HTML file that needs nothing else, and the same numbers as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from policyqa.evaluation.compare import bootstrap_interval, compare, question_values
from policyqa.evaluation.labels import (
    LABELS,
    generated_note,
    limit_note,
    main_measures,
    measures_of,
)
from policyqa.evaluation.plots import legend_mark, line_chart
from policyqa.evaluation.report_questions import changed_questions, failures
from policyqa.evaluation.report_tables import (
    differences_table,
    documents_table,
    kinds_table,
    provenance,
    scores_table,
    verdict,
)

_DEPTHS = (1, 5, 10, 20, 50, 100)

Record = Mapping[str, Any]


def write_report(records: Sequence[Record], path: Path, measures: Sequence[str] = ()) -> None:
    """Write the report of finished runs, and its numbers beside it as .json.

    Args:
        records: of `run.run_benchmark` or `run.read_records`, on one benchmark.
        path: the HTML file.
        measures: those compared between systems; by default the main ones.

    Raises:
        InputError: the records are of different benchmarks.
    """
    compared = list(measures) or main_measures(records)
    differences = (
        [row.as_json() for name in compared for row in compare(records, name)]
        if len(records) > 1
        else []
    )
    intervals = [_intervals(record) for record in records]
    page = _page(records, compared, differences, intervals)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    summary = {
        "benchmark": records[0]["benchmark"],
        "systems": [
            {
                "system": record["system"],
                "versions": record["versions"],
                "measures": record["scores"]["measures"],
                "intervals": interval,
                "by_kind": record["scores"]["by_kind"],
                "by_changed": record["scores"].get("by_changed", {}),
                "by_document": record["scores"]["by_document"],
                "risk_coverage": record["scores"]["risk_coverage"],
            }
            for record, interval in zip(records, intervals, strict=True)
        ],
        "differences": differences,
        "times": [record["times"] for record in records],
    }
    content = json.dumps(summary, ensure_ascii=False, indent=1) + "\n"
    path.with_suffix(".json").write_text(content, encoding="utf-8")


def _intervals(record: Record) -> dict[str, tuple[float, float]]:
    """The 95% confidence interval of each measure that is a mean over questions."""
    intervals = {}
    for name in measures_of([record]):
        values = np.array(list(question_values(record, name).values()))
        if len(values):
            intervals[name] = bootstrap_interval(values)
    return intervals


def _page(
    records: Sequence[Record],
    compared: Sequence[str],
    differences: Sequence[Mapping[str, Any]],
    intervals: Sequence[Mapping[str, tuple[float, float]]],
) -> str:
    benchmark = records[0]["benchmark"]
    unanswerable = records[0]["scores"]["measures"]["unanswerable"]
    style = resources.files("policyqa.evaluation").joinpath("report.css").read_text("utf-8")
    part = f",{escape(str(benchmark['part']))} 部分" if benchmark["part"] else ""
    without = f"(其中 {unanswerable} 题文件中没有答案)" if unanswerable else ""
    limited, drafted = limit_note(benchmark), generated_note(benchmark)
    names = [record["system"]["label"] for record in records]
    body = [
        f"<h1>评测报告:{escape(benchmark['name'])}<small>Evaluation report</small></h1>",
        f'<p class="soft">{benchmark["questions"]} 题{without}{part} · {len(records)} 个系统 · '
        f"{escape(records[-1]['times']['date'])}</p>",
        f'<p class="note">{escape(limited)} <small>Limited run.</small></p>' if limited else "",
        f'<p class="note">{escape(drafted)} <small>Generated questions.</small></p>'
        if drafted
        else "",
        verdict(records, differences, compared[0]),
        _heading("各项指标", "Scores"),
        '<p class="soft">方括号内为 95% 置信区间(自助法,按题重抽);底色为最好的一项。'
        "未作答的题按 0 分计。</p>",
        scores_table(records, intervals),
        _heading("曲线", "Curves"),
        f'<ul class="legend">{_legend(names)}</ul>',
        f'<div class="plots">{_plots(records)}</div>',
    ]
    if differences:
        body += [
            _heading("系统之间的差异", "Paired differences"),
            '<p class="soft">逐题成对比较;p 为配对随机化检验,已按 Holm 法校正多重比较。'
            "区间不含 0 且校正后 p&lt;0.05 的差异可信。</p>",
            differences_table(differences),
        ]
    body += [
        kinds_table(records, compared),
        documents_table(records, compared),
        changed_questions(records, differences),
        failures(records),
        _heading("如何得到这些数字", "Provenance"),
        provenance(records),
        _heading("指标的含义", "Definitions"),
        _definitions(),
    ]
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>评测报告 {escape(benchmark['name'])}</title><style>{style}</style></head>"
        f"<body><main>{''.join(body)}</main></body></html>\n"
    )


def _heading(text: str, english: str) -> str:
    return f"<h2>{text}<small>{english}</small></h2>"


def _legend(names: Sequence[str]) -> str:
    return "".join(
        f"<li>{legend_mark(place)}{escape(name)}</li>" for place, name in enumerate(names)
    )


def _plots(records: Sequence[Record]) -> str:
    recall = [
        (
            record["system"]["label"],
            [(depth, record["scores"]["measures"][f"R@{depth}"]) for depth in _DEPTHS],
        )
        for record in records
    ]
    figures = [
        (
            "召回率 <small>Recall@k</small>",
            line_chart(
                recall,
                title="召回率随名次的变化",
                x_label="名次 k(对数) rank",
                y_label="召回率 recall",
                x_ticks=_DEPTHS,
                log_x=True,
                y_top=1.0,
            ),
        )
    ]
    if any(record["scores"]["risk_coverage"] for record in records):
        curves = [
            (
                record["system"]["label"],
                [(point[0], point[1]) for point in record["scores"]["risk_coverage"]],
            )
            for record in records
        ]
        chart = line_chart(
            curves,
            title="风险随覆盖率的变化",
            x_label="覆盖率:作答的题占全部题 coverage",
            y_label="风险:答错占作答 risk",
            x_ticks=(0, 0.2, 0.4, 0.6, 0.8, 1.0),
            steps=True,
        )
        figures.append(("风险与覆盖 <small>Risk–coverage,越低越好</small>", chart))
    return "".join(
        f"<figure><figcaption>{caption}</figcaption>{chart}</figure>" for caption, chart in figures
    )


def _definitions() -> str:
    meanings = {
        "nDCG@10": "Järvelin 与 Kekäläinen 2002;经 ir_measures 按 trec_eval 计算",
        "RR@10": "第一个正确结果名次的倒数,前 10 名之外为 0",
        "Success@1": "排在首位的条款就显示了答案(语料题集:首位即相关条目)的题的比例",
        "R@10": "相关条目进入前 10 名的比例;文档题集中为答案进入前 10 条的比例",
        "EM": "CMRC 2018 官方脚本的定义:去标点、不分大小写后与任一标准答案相同",
        "F1": "CMRC 2018 官方脚本的定义:最长公共连续片段的字符 F1,取各标准答案中最高者",
        "right": "答案出自所问条款,且 F1 不低于 0.5",
        "pairs_right": "两题只差一个数、时间或主体;都答对(无答案的则拒答)才算",
        "wrong_confident": "把握不低于 0.8 却答错的题占全部题的比例",
        "AURC": "覆盖率从 0 到实际作答比例之间的平均风险;越低越好",
        "ECE": "把握与实际正确率之差,分 10 格加权平均(Naeini 等 2015);越低越好",
    }
    rows = "".join(
        f"<dt>{escape(LABELS[name])} ({name})</dt><dd>{text}</dd>"
        for name, text in meanings.items()
    )
    return f"<dl>{rows}</dl>"
