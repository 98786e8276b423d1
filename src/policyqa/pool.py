"""A pool of texts to be judged, as a folder: a BEIR benchmark but for its judgements.

    pool.json         how it was made
    queries.jsonl     _id, text, and items: the pooled texts in the order in which they are shown
    corpus.jsonl      _id, title, text of all that systems searched, pooled or not
    provenance.jsonl  which system found what at which rank; no judge is shown it
    judgements/       one file a judge (`judgements`)

Pooling after Spärck Jones and van Rijsbergen (1975), as TREC does it: what no system ranked high
enough is not judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policyqa.errors import InputError

FORMAT = 1
MANIFEST = "pool.json"
QUERIES = "queries.jsonl"
CORPUS = "corpus.jsonl"
PROVENANCE = "provenance.jsonl"


@dataclass(frozen=True, slots=True)
class PoolText:
    """One text of the corpus.

    Attributes:
        item: its id.
        title: what it stands under: document and headings.
        text: itself.
    """

    item: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PoolQuery:
    """One query and what is to be judged for it.

    Attributes:
        query_id: its id.
        text: as asked.
        items: ids of the pooled texts, in an order that tells nothing about their ranks.
    """

    query_id: str
    text: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool as its judges see it.

    Attributes:
        folder: where it stands.
        name: what it is called.
        queries: in order.
        texts: the pooled texts, by their id.
    """

    folder: Path
    name: str
    queries: tuple[PoolQuery, ...]
    texts: Mapping[str, PoolText]

    @property
    def size(self) -> int:
        """How many judgements the whole pool asks of one judge."""
        return sum(len(query.items) for query in self.queries)


def write_pool(
    folder: Path,
    manifest: Mapping[str, Any],
    queries: Sequence[PoolQuery],
    corpus: Iterable[PoolText],
    provenance: Iterable[Mapping[str, Any]],
) -> None:
    """Write a pool into a new folder; `manifest` has its `name` and what else is worth knowing.

    Raises:
        InputError: the folder is in use, and may hold judgements.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} 已存在且不为空,请换一个文件夹,以免丢失评判")
    folder.mkdir(parents=True, exist_ok=True)
    _write_lines(
        folder / CORPUS, ({"_id": t.item, "title": t.title, "text": t.text} for t in corpus)
    )
    _write_lines(folder / PROVENANCE, provenance)
    _write_lines(
        folder / QUERIES,
        ({"_id": q.query_id, "text": q.text, "items": list(q.items)} for q in queries),
    )
    content = json.dumps({"format": FORMAT, **manifest}, ensure_ascii=False, indent=1)
    # Written last: a folder without it is no pool.
    (folder / MANIFEST).write_text(content + "\n", encoding="utf-8")


def read_pool(folder: Path) -> Pool:
    """The pool in a folder.

    Raises:
        InputError: it is none, or a line of it cannot be used (file and line are named).
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        name, version = str(manifest["name"]), manifest["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder} 不是待评文件夹,请先运行 policyqa eval pool") from error
    if version != FORMAT:
        raise InputError(f"{folder} 的格式版本是 {version},本程序需要 {FORMAT}")
    queries = []
    for number, record in _read_lines(folder / QUERIES):
        try:
            items = tuple(map(str, record["items"]))
            queries.append(PoolQuery(str(record["_id"]), str(record["text"]), items))
        except (KeyError, TypeError) as error:
            raise InputError(f"{folder / QUERIES}:{number}: 缺少字段 {error}") from error
    wanted = {item for query in queries for item in query.items}
    texts = {}
    for number, record in _read_lines(folder / CORPUS):
        try:
            if str(record["_id"]) in wanted:
                text = PoolText(str(record["_id"]), str(record["title"]), str(record["text"]))
                texts[text.item] = text
        except KeyError as error:
            raise InputError(f"{folder / CORPUS}:{number}: 缺少字段 {error}") from error
    for item in sorted(wanted - texts.keys()):
        raise InputError(f"{folder / CORPUS}: 缺少待评条目 {item}")
    return Pool(folder, name, tuple(queries), texts)


def _write_lines(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def _read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"无法读取 {path}: {error}") from error
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise InputError(f"{path}:{number}: 不是 JSON: {error}") from error
        if not isinstance(record, dict):
            raise InputError(f"{path}:{number}: 应为 JSON 对象")
        yield number, record
