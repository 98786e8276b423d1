"""`policyqa eval`: check a benchmark, run systems on it, compare their results.

The actions that make a benchmark stand in `building`.

`policyqa eval FOLDER` is short for `policyqa eval score FOLDER`.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from policyqa.errors import InputError
from policyqa.evaluation.building import ACTIONS as BUILDING
from policyqa.evaluation.building import add_building
from policyqa.settings import Settings

ACTIONS = ("check", "run", "compare", "score", *BUILDING)
_EXTRA = ("ir_measures", "nltk")
_DOCUMENTS = "题集所问文档的文件夹(默认按题集的 benchmark.json)"
_SYSTEMS = (
    "系统,可写多次: bm25、dense、hybrid(可加 :model=…,index=…,hybrid 还可加 k=…,dense=…,bm25=…)、"
    "run:path=FILE(TREC run)、http:url=URL(本产品接口的服务);均可加 label=名称"
)


def with_action(arguments: Sequence[str]) -> list[str]:
    """The arguments of `policyqa` with `score` filled in where `eval` names no action."""
    given = list(arguments)
    bare = given[:1] == ["eval"] and len(given) > 1
    if bare and given[1] not in (*ACTIONS, "-h", "--help"):
        given.insert(1, "score")
    return given


def add_arguments(evaluation: argparse.ArgumentParser, settings: Settings) -> None:
    """The actions of `policyqa eval` and their options."""
    actions = evaluation.add_subparsers(title="操作", required=True, metavar="操作")

    def action(name: str, run: Any, summary: str, *, benchmark: bool = True) -> Any:
        added = actions.add_parser(name, help=summary, description=summary)
        added.set_defaults(run=run, settings=settings)
        if benchmark:
            added.add_argument("benchmark", metavar="BENCHMARK", help="题集的文件夹或文件")
            added.add_argument("--documents", metavar="DIR", help=_DOCUMENTS)
        added.add_argument("--json", action="store_true", help="输出一个 JSON 文档")
        return added

    action("check", _check, "检查题集: 坏行、悬空或重复的编号、不在文中的答案、两部分之间的泄漏")

    run = action("run", _run, "在题集上评测一个或多个系统,写出 JSON、TREC run 和报告")
    run.add_argument("--system", action="append", required=True, metavar="NAME", help=_SYSTEMS)
    run.add_argument("--split", metavar="PART", help="只评测这一部分,如 dev 或 test")
    run.add_argument("--only", metavar="FILE", help="只评测这些题: 每行一个题号的文件")
    run.add_argument("--limit", type=_positive, metavar="N", help="只评测前 N 题;结果中会注明")
    run.add_argument("--measure", action="append", default=[], help="另加一个 ir_measures 指标")
    run.add_argument("--out", metavar="DIR", help="结果文件夹(默认 eval/out/题集名)")
    run.add_argument(
        "--cache", metavar="DIR", default="indexes/eval", help="缓存(默认 %(default)s)"
    )

    compare = action("compare", _compare, "成对比较各系统的结果", benchmark=False)
    compare.add_argument("results", nargs="+", metavar="RESULTS", help="eval run 写出的文件夹")
    compare.add_argument("--measure", action="append", default=[], help="比较的指标,可写多次")
    compare.add_argument("--report", metavar="FILE.html", help="把报告写到这个文件")

    add_building(action, settings, _positive)

    score = action("score", _score, "用已建成的索引评测条款问答题集")
    score.add_argument("--index", default=settings.index, help="索引文件夹(默认 %(default)s)")
    score.add_argument("--model", default=settings.model, help="编码模型(默认 %(default)s)")
    score.add_argument("--split", metavar="PART", help="只评测这一部分,如 dev 或 test")


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("应为正整数")
    return int(text)


def _require_extra() -> None:
    missing = [name for name in _EXTRA if find_spec(name) is None]
    if missing:
        raise InputError(f"评测还需要 {'、'.join(missing)},请运行 pip install 'policyqa[eval]'")


def _check(options: argparse.Namespace) -> int:
    from policyqa.evaluation.load import check_benchmark

    findings = check_benchmark(options.benchmark, documents=options.documents)
    if options.json:
        rows = [
            {"file": str(f.path), "line": f.line, "message": f.message, "fatal": f.fatal}
            for f in findings
        ]
        print(json.dumps({"whole": not findings, "findings": rows}, ensure_ascii=False))
    else:
        print("\n".join(map(str, findings)) if findings else "题集没有发现问题")
    if findings:
        print(f"policyqa: 共 {len(findings)} 处问题", file=sys.stderr)
    return 1 if findings else 0


def _run(options: argparse.Namespace) -> int:
    _require_extra()
    from policyqa.evaluation.labels import scores_text
    from policyqa.evaluation.load import load_benchmark
    from policyqa.evaluation.report import write_report
    from policyqa.evaluation.retrieval import named_measure
    from policyqa.evaluation.run import run_benchmark
    from policyqa.evaluation.systems import parse_specs

    specs = parse_specs(options.system)
    for name in options.measure:
        named_measure(name)
    benchmark = load_benchmark(options.benchmark, documents=options.documents)
    out = Path(options.out or Path("eval/out") / benchmark.name)
    records = run_benchmark(
        benchmark,
        specs,
        out,
        Path(options.cache),
        part=options.split,
        only=_identities(options.only) if options.only else None,
        limit=options.limit,
        measures=options.measure,
        command=_command_line(),
    )
    write_report(records, out / "report.html")
    if options.json:
        print(json.dumps(records, ensure_ascii=False))
    else:
        print(scores_text(records))
        print(f"报告: {out / 'report.html'}")
    return 0


def _compare(options: argparse.Namespace) -> int:
    _require_extra()
    from policyqa.evaluation.compare import compare
    from policyqa.evaluation.labels import differences_text, main_measures
    from policyqa.evaluation.report import write_report
    from policyqa.evaluation.run import read_records

    records = read_records(options.results)
    if len(records) < 2:
        raise InputError("至少要有两个系统的结果才能比较")
    measures = options.measure or main_measures(records)
    differences = [row.as_json() for name in measures for row in compare(records, name)]
    if options.json:
        print(json.dumps(differences, ensure_ascii=False))
    else:
        print(differences_text(differences))
        texts = {row["_id"]: row["text"] for r in records for row in r["scores"]["questions"]}
        for row in differences[:1]:
            print(f"变化最大的题({row['measure']}: {row['a']} → {row['b']}):")
            for key, a, b in row["changed"][:10]:
                print(f"  {a:.3f} → {b:.3f}  {texts[key]}")
    if options.report:
        write_report(records, Path(options.report), measures=measures)
        print(f"报告: {options.report}", file=sys.stderr)
    return 0


def _score(options: argparse.Namespace) -> int:
    _require_extra()
    from policyqa.evaluation.labels import kinds_text, scores_text
    from policyqa.evaluation.load import load_benchmark
    from policyqa.evaluation.run import score_index

    benchmark = load_benchmark(options.benchmark, documents=options.documents)
    record = score_index(benchmark, options.index, options.model, part=options.split)
    if options.json:
        print(json.dumps(record, ensure_ascii=False))
    else:
        print(scores_text([record]))
        print(kinds_text(record, "F1"))
    return 0


def _identities(path: str) -> list[str]:
    """Question ids, one a line."""
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"无法读取 {path}: {error}") from error
    return [line.strip() for line in lines if line.strip()]


def _command_line() -> str:
    return shlex.join(["policyqa", *sys.argv[1:]])
