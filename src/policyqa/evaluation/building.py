"""The actions of `policyqa eval` that make a benchmark: draft, pool, judgements."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from policyqa.errors import InputError
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
