"""The command line: thin commands over the Python interface.

Results go to standard output, progress and messages to standard error. Exit status: 0 done,
1 the work could not be done, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from policyqa import __version__
from policyqa.errors import InputError, LoadError, PolicyQAError, cause
from policyqa.evaluation.command import add_arguments, with_action
from policyqa.settings import HELP, Settings

if TYPE_CHECKING:
    from policyqa.filters import Filters
    from policyqa.index import Index
    from policyqa.ranking import Hit


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        given = with_action(sys.argv[1:] if arguments is None else arguments)
        options = _parser(Settings.from_environment()).parse_args(given)
        return int(options.run(options))
    except PolicyQAError as error:
        print(f"policyqa: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        print("policyqa: 已中断,已完成的部分不会丢失,再次运行即可继续", file=sys.stderr)
        return 130
    except Exception as error:  # a defect of ours; its traceback is for us, not for the user
        if os.environ.get("POLICYQA_DEBUG") == "1":
            raise
        print(
            f"policyqa: 程序内部错误 {type(error).__name__}: {error}\n"
            "请设置环境变量 POLICYQA_DEBUG=1 重试,并把完整输出告诉维护者",
            file=sys.stderr,
        )
        return 1


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="policyqa", description="中文政策文件的条款检索与问答,全部在本机运行"
    )
    parser.add_argument("--version", action="version", version=f"policyqa {__version__}")
    commands = parser.add_subparsers(title="命令", required=True, metavar="命令")

    def command(name: str, run: Any, summary: str, *, index: bool = True) -> Any:
        added = commands.add_parser(name, help=summary, description=summary)
        added.set_defaults(run=run, settings=settings)
        if index:
            added.add_argument(
                "--index", default=settings.index, help="索引文件夹(默认 %(default)s)"
            )
            added.add_argument("--model", default=settings.model, help="编码模型(默认 %(default)s)")
        added.add_argument("--json", action="store_true", help="输出一个 JSON 文档")
        return added

    index = command("index", _index, "把文件加入索引,更新改动的,移除消失的")
    index.add_argument("paths", nargs="+", metavar="PATH", help="文件或文件夹")
    index.add_argument("--keep-missing", action="store_true", help="保留文件已消失的文档")

    split = command("split", _split, "显示一个文件的条款树,不改动索引", index=False)
    split.add_argument("file", metavar="FILE")

    ask = command("ask", _ask, "回答问题,给出条款和出处")
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument("-k", type=_positive, default=5, help="列出的相关条款数")

    search = command("search", _search, "检索条款")
    search.add_argument("query", nargs="?", metavar="QUERY")
    search.add_argument("-k", type=_positive, default=10, help="返回条数")
    search.add_argument("--method", choices=("hybrid", "dense", "bm25"), default="hybrid")
    search.add_argument("--trec", action="store_true", help="按 TREC run 格式输出")

    precedents = command("precedents", _precedents, "为条款草稿查找规定同一事项的已有条款")
    precedents.add_argument("draft", nargs="?", metavar="DRAFT")
    precedents.add_argument("--file", metavar="F", help="从文件读取草稿")
    precedents.add_argument("-k", type=_positive, default=10, help="返回条数")

    for added in (ask, search):
        added.add_argument(
            "--quick", action="store_true", default=settings.quick, help=HELP["quick"]
        )
    for added in (ask, search, precedents):
        added.add_argument(
            "--batch", metavar="FILE.jsonl", help="逐行读取 {_id, text};- 为标准输入"
        )
        added.add_argument("--document", help="文档编号,或标题中的文字")
        added.add_argument("--issuer", help="发文机关名称中的文字")
        added.add_argument("--from", dest="date_from", metavar="DATE", help="最早日期")
        added.add_argument("--to", dest="date_to", metavar="DATE", help="最晚日期")
        chosen = added.add_mutually_exclusive_group()
        chosen.add_argument(
            "--all-versions",
            action="store_true",
            help="不限于现行版本,也查已修改、废止和尚未施行的",
        )
        chosen.add_argument("--as-of", metavar="DATE", help="只查这一天有效的版本,如 2020-01-31")

    serve = command("serve", _serve, "启动网页和 HTTP 接口")
    serve.add_argument("--host", default=settings.host, help=HELP["host"])
    serve.add_argument("--port", type=int, default=settings.port, help=HELP["port"])
    serve.add_argument("--judge", metavar="POOL", help="加上评判页 /judge: eval pool 写出的文件夹")

    command("status", _status, "索引里有什么")
    command("verify", _verify, "检查索引是否完整")

    evaluation = commands.add_parser("eval", help="在题集上评测检索与问答")
    add_arguments(evaluation, settings)
    return parser


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("应为正整数")
    return int(text)


def _index(options: argparse.Namespace) -> int:
    from policyqa.index import build_index

    report = build_index(
        options.paths,
        options.index,
        model=options.model,
        threads=options.settings.threads,
        keep_missing=options.keep_missing,
        max_megabytes=options.settings.max_file_mb,
        progress=not options.json,
    )
    for path, reason in report.failed:
        print(f"未读入 {path}: {reason}", file=sys.stderr)
    if options.json:
        _print_json(asdict(report))
    else:
        copies = f",{report.copies} 个文件与其他文件内容相同" if report.copies else ""
        print(
            f"新增 {report.added},更新 {report.changed},移除 {report.removed},"
            f"未变 {report.unchanged},未读入 {len(report.failed)};"
            f"索引 {options.index} 现有 {report.documents} 个文档、{report.clauses} 个条款{copies}"
        )
    return 0


def _split(options: argparse.Namespace) -> int:
    from functools import partial

    from policyqa.clauses import split
    from policyqa.report import clause_tree
    from policyqa.splitting import split_all

    bounded = partial(split, max_megabytes=options.settings.max_file_mb)
    document = split_all([options.file], bounded, progress=False)[0]
    if isinstance(document, str):
        raise LoadError(f"{options.file}: {document}")
    if options.json:
        _print_json(document.as_json())
    else:
        print(clause_tree(document))
    return 0


def _ask(options: argparse.Namespace) -> int:
    from policyqa.report import answer_text

    index, filters = _open(options), _filters(options)
    if options.batch:
        return _each(
            options.batch,
            lambda identity, text: index.ask(
                text, k=options.k, filters=filters, question_id=identity
            ).as_json(),
        )
    answer = index.ask(_required(options.question, "QUESTION"), k=options.k, filters=filters)
    if options.json:
        _print_json(answer.as_json())
    else:
        print(answer_text(answer))
    return 0


def _search(options: argparse.Namespace) -> int:
    from policyqa.report import hits_text

    index, filters = _open(options), _filters(options)

    def found(text: str) -> list[Hit]:
        return index.search(text, k=options.k, method=options.method, filters=filters)

    def record(identity: str, text: str) -> dict[str, Any]:
        return {"_id": identity, "query": text, "hits": [hit.as_json() for hit in found(text)]}

    def trec(identity: str, text: str) -> None:
        for hit in found(text):
            print(f"{identity} Q0 {hit.clause.clause_id} {hit.rank} {hit.score:.6f} policyqa")

    if options.batch:
        return _each(options.batch, trec if options.trec else record)
    query = _required(options.query, "QUERY")
    if options.trec:
        trec("q1", query)
    elif options.json:
        _print_json({"query": query, "hits": [hit.as_json() for hit in found(query)]})
    else:
        print(hits_text(found(query)))
    return 0


def _precedents(options: argparse.Namespace) -> int:
    from policyqa.report import hits_text

    index, filters = _open(options), _filters(options)
    if options.batch:
        return _each(
            options.batch,
            lambda identity, text: {
                "_id": identity,
                "hits": [
                    hit.as_json() for hit in index.precedents(text, k=options.k, filters=filters)
                ],
            },
        )
    draft = _read(options.file) if options.file else _required(options.draft, "DRAFT")
    hits = index.precedents(draft, k=options.k, filters=filters)
    if options.json:
        _print_json({"hits": [hit.as_json() for hit in hits]})
    else:
        print(hits_text(hits))
    return 0


def _serve(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from policyqa.pool import read_pool
    from policyqa.web.serve import run

    pool = read_pool(Path(options.judge)) if options.judge else None
    settings = replace(
        options.settings,
        index=options.index,
        model=options.model,
        host=options.host,
        port=options.port,
    )
    return run(options.index, settings, pool=pool)


def _status(options: argparse.Namespace) -> int:
    from policyqa.report import status_text
    from policyqa.store import Store

    status = Store.open(Path(options.index)).status()
    if options.json:
        _print_json(status)
    else:
        print(status_text(status))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from policyqa.verify import verify

    problems = verify(Path(options.index))
    if options.json:
        _print_json({"whole": not problems, "problems": problems})
    else:
        print("\n".join(problems) if problems else "索引完整")
    return 1 if problems else 0


def _open(options: argparse.Namespace) -> Index:
    from policyqa.index import open_index

    settings = options.settings
    return open_index(
        options.index,
        model=options.model,
        threads=settings.threads,
        dictionary=settings.dictionary,
        quick=getattr(options, "quick", settings.quick),
    )


def _filters(options: argparse.Namespace) -> Filters:
    from policyqa.filters import Filters

    return Filters(
        options.document,
        options.issuer,
        options.date_from,
        options.date_to,
        versions="all" if options.all_versions else None,
        as_of=options.as_of,
    )


def _required(value: str | None, name: str) -> str:
    if value is None:
        raise InputError(f"请给出 {name},或用 --batch 指定文件")
    return value


def _read(path: str) -> str:
    from policyqa.loaders import load

    return load(Path(path))[0].text


def _each(path: str, work: Callable[[str, str], dict[str, Any] | None]) -> int:
    """One JSON document a line, in order. A text that cannot be used gets an error in its
    place, and the others are done all the same; then the exit status is 1."""
    failed = 0
    for identity, text in _batch(path):
        try:
            record = work(identity, text)
        except InputError as error:
            failed += 1
            record = {"_id": identity, "error": {"code": "invalid_input", "message": str(error)}}
        if record is not None:
            _print_json(record)
    if failed:
        print(f"policyqa: {failed} 行未能处理,见其 error 字段", file=sys.stderr)
    return 1 if failed else 0


def _batch(path: str) -> Iterator[tuple[str, str]]:
    """(id, text) of each line; a bad line names file and line number."""
    stream: BinaryIO
    try:
        stream = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"无法读取 {path}: {cause(error)}") from error
    with stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line.decode("utf-8-sig"))
                yield str(record["_id"]), str(record["text"])
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f'{path} 第 {number} 行应为 {{"_id": …, "text": …}} 形式的 UTF-8 编码 JSON'
                ) from error


def _print_json(record: Any) -> None:
    print(json.dumps(record, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())
