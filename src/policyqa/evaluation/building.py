"""The actions of `policyqa eval` that make a benchmark: draft, pool, judgements."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from policyqa.errors import InputError, cause
from policyqa.settings import Settings

ACTIONS = ("draft", "pool", "judgements")
AddAction = Callable[..., Any]
"""`command.add_arguments`' own: name, function and summary to a parser."""


def add_building(action: AddAction, settings: Settings, positive: Callable[[str], int]) -> None:
    """Add the three actions and their options."""
    draft = action("draft", _draft, "按规则从索引的条款拟出题目,供人修改或删除", benchmark=False)
    draft.add_argument("--index", default=settings.index, help="索引文件夹(默认 %(default)s)")
    draft.add_argument(
        "--document",
        action="append",
        metavar="TEXT",
        help="只用这些文档: 编号或标题中的文字,可写多次",
    )
    draft.add_argument("-n", type=positive, default=100, metavar="N", help="题数(默认 %(default)s)")
    draft.add_argument("--seed", type=int, default=0, help="随机种子(默认 %(default)s)")
    draft.add_argument("--to", required=True, metavar="FOLDER", help="写到这个新文件夹")

    pool = action(
        "pool", _pool, "汇集几个系统的前几名结果,供人评判(policyqa serve --judge)", benchmark=False
    )
    pool.add_argument(
        "benchmark",
        metavar="BENCHMARK_OR_QUERIES",
        help="题集(可以没有评判),或每行一个 {_id, text} 的 .jsonl 文件(须有 --index)",
    )
    pool.add_argument("--documents", metavar="DIR", help="题集所问文档的文件夹")
    pool.add_argument("--split", metavar="PART", help="只汇集这一部分的题,如 dev 或 test")
    pool.add_argument(
        "--run", dest="runs", action="append", default=[], metavar="FILE", help="TREC run,可写多次"
    )
    pool.add_argument(
        "--system", action="append", default=[], metavar="NAME", help="现在就运行的系统,同 eval run"
    )
    pool.add_argument("--index", metavar="DIR", help="bm25、dense、hybrid 所用的索引")
    pool.add_argument(
        "--depth", type=positive, default=10, metavar="N", help="各系统取前几名(默认 %(default)s)"
    )
    pool.add_argument("--seed", type=int, default=0, help="显示次序的随机种子(默认 %(default)s)")
    pool.add_argument("--to", required=True, metavar="FOLDER", help="写到这个新文件夹")
    pool.add_argument(
        "--cache", metavar="DIR", default="indexes/eval", help="缓存(默认 %(default)s)"
    )

    judgements = action(
        "judgements", _judgements, "把评判合成 qrels,并算出评判人的一致程度", benchmark=False
    )
    judgements.add_argument("pool", metavar="POOL", help="eval pool 写出的文件夹")
    judgements.add_argument(
        "--to",
        required=True,
        metavar="FILE.tsv",
        help="qrels 文件;写到 POOL/qrels/test.tsv,则 POOL 就成为题集",
    )
    judgements.add_argument(
        "--rule",
        choices=("majority", "mean"),
        default="majority",
        help="多人评判不一时: 取多数(并列取平均),或取平均;平均数四舍五入,恰为一半时取低",
    )
    judgements.add_argument("--disputed", metavar="FILE.jsonl", help="把评判不一的条目写到这个文件")


def _draft(options: argparse.Namespace) -> int:
    from policyqa.evaluation.draft import choose, write_benchmark
    from policyqa.filters import Filters
    from policyqa.store import Store

    store = Store.open(Path(options.index))
    filters = [Filters(document=text) for text in options.document or [""]]
    listed = [one for one in store.documents() if any(some.accept(one) for some in filters)]
    if not listed:
        raise InputError(f"索引 {options.index} 中没有符合 --document 的文档")
    documents = (store.document(one.document_id) for one in listed)
    drafts = choose(documents, options.n, options.seed)
    folder = Path(options.to)
    write_benchmark(folder, drafts, listed, options.seed)
    if len(drafts) < options.n:
        print(f"policyqa: 按规则只能拟出 {len(drafts)} 题", file=sys.stderr)
    kinds = Counter(one.kind for one in drafts)
    asked = len({one.clause.document_id for one in drafts})
    if options.json:
        record = {"folder": str(folder), "questions": len(drafts), "documents": asked}
        print(json.dumps(record | {"kinds": dict(kinds)}, ensure_ascii=False))
    else:
        listing = "、".join(f"{kind} {number}" for kind, number in kinds.most_common())
        print(f"拟出 {len(drafts)} 题({listing}),出自 {asked} 个文档,写入 {folder}")
        print("请逐题修改或删除,改定后去掉该题的 generated,再用 policyqa eval check 检查")
    return 0


def _pool(options: argparse.Namespace) -> int:
    from policyqa.evaluation.pooling import make_pool, read_searched, with_index
    from policyqa.evaluation.systems import Spec, parse_specs, require_distinct

    if not options.runs and not options.system:
        raise InputError("请用 --run 或 --system 指明要汇集哪些系统的结果")
    runs = [Spec("run", (("path", path),), _run_label(path)) for path in options.runs]
    index = Path(options.index) if options.index else None
    specs = with_index([*runs, *parse_specs(options.system)], index)
    require_distinct(specs)
    searched = read_searched(
        Path(options.benchmark),
        index=index,
        documents=options.documents,
        cache=Path(options.cache),
        part=options.split,
    )
    folder = Path(options.to)
    pooled = make_pool(
        folder, searched, specs, Path(options.cache), depth=options.depth, seed=options.seed
    )
    if pooled.empty:
        print(
            f"policyqa: {len(pooled.empty)} 题没有任何结果,未列入: {'、'.join(pooled.empty[:5])}",
            file=sys.stderr,
        )
    if options.json:
        record = {"folder": str(folder), "queries": pooled.queries, "items": pooled.items}
        print(json.dumps(record | {"empty": list(pooled.empty)}, ensure_ascii=False))
    else:
        print(f"{pooled.queries} 题,{pooled.items} 条待评,写入 {folder}")
        print(f"开始评判: policyqa serve --judge {folder},打开 /judge")
    return 0


def _run_label(path: str) -> str:
    """`eval run` calls each file run.trec, in a folder with the system's name."""
    file = Path(path)
    return file.resolve().parent.name if file.name == "run.trec" else file.stem


def _judgements(options: argparse.Namespace) -> int:
    from policyqa.evaluation.judged import agreement, join_judges, write_qrels
    from policyqa.evaluation.labels import number
    from policyqa.judgements import GRADES, read_judgements
    from policyqa.pool import read_pool

    pool = read_pool(Path(options.pool))
    judges = read_judgements(pool)
    if not judges:
        raise InputError(
            f"{options.pool} 还没有评判,请先运行 policyqa serve --judge {options.pool}"
        )
    judged = join_judges(pool, judges, options.rule)
    write_qrels(Path(options.to), judged.grades)
    queries = {query.query_id: query.text for query in pool.queries}
    disputed: list[dict[str, Any]] = [
        {
            "query": key[0],
            "item": key[1],
            "grades": dict(judged.votes[key]),
            "grade": judged.grades[key[0]][key[1]],
            "query_text": queries[key[0]],
            "title": pool.texts[key[1]].title,
            "text": pool.texts[key[1]].text,
        }
        for key in judged.disputed()
    ]
    if options.disputed:
        _write_lines(Path(options.disputed), disputed)
    measures = agreement(judges, judged.votes)
    counts = Counter(grade for items in judged.grades.values() for grade in items.values())
    if options.json:
        record = {
            "pool": pool.name,
            "rule": options.rule,
            "judges": {name: len(grades) for name, grades in judges.items()},
            "judged": len(judged.votes),
            "unjudged": judged.unjudged,
            "grades": {str(grade): counts[grade] for grade in GRADES},
            "agreement": measures,
            "disputed": disputed,
        }
        print(json.dumps(record, ensure_ascii=False))
        return 0
    people = "、".join(f"{name} {len(grades)} 条" for name, grades in judges.items())
    listing = ",".join(f"{label} {counts[grade]}" for grade, label in GRADES.items())
    print(f"评判人: {people}")
    print(
        f"共 {len(judged.votes)} 条有评判({listing}),{judged.unjudged} 条无人评判,写入 {options.to}"
    )
    for name, label in _AGREEMENT.items():
        if name in measures:
            value = measures[name]
            print(f"{value if isinstance(value, int) else number(value):>9}  {label}")
    print(f"评判不一的 {len(disputed)} 条" + (":" if disputed else ""))
    for row in disputed[:_SHOWN]:
        votes = "、".join(f"{name} {grade}" for name, grade in row["grades"].items())
        print(f"  [{votes} → {row['grade']}] {row['query_text']}  {row['text'][:40]}")
    if len(disputed) > _SHOWN:
        print(f"  …其余 {len(disputed) - _SHOWN} 条见 --json 或 --disputed FILE.jsonl")
    return 0


_SHOWN = 20
"""Disputed texts listed on a terminal."""
_AGREEMENT = {
    "judged_by_several": "由两人以上评过的条目数",
    "raw": "逐对一致率",
    "cohen_kappa": "Cohen κ(两人)",
    "cohen_kappa_linear": "Cohen κ,线性加权",
    "judged_by_all": "所有人都评过的条目数",
    "fleiss_kappa": "Fleiss κ(三人以上,限所有人都评过的)",
    "krippendorff_alpha": "Krippendorff α(有序)",
}
"""What each measure of agreement is called, in the order in which they are shown."""


def _write_lines(path: Path, records: list[dict[str, Any]]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        path.write_text(lines, encoding="utf-8")
    except OSError as error:
        raise InputError(f"无法写入 {path}: {cause(error)}") from error
