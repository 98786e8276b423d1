"""What judges said about the texts of a pool: one file of JSON lines a judge.

A line is `{"judge", "query", "item", "grade", "time"}` and holds from then on; a later line on
the same text replaces it, and one with `"undo": true` gives back what held before. Every line is
on disk before the judge sees it taken, so a judge goes on where the work stopped.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO

from filelock import FileLock

from policyqa.errors import InputError
from policyqa.pool import Pool

GRADES = {2: "相关", 1: "部分相关", 0: "不相关"}
"""What each grade is called."""
FOLDER = "judgements"
_NAME = re.compile(r"[\w·-]{1,40}")

Key = tuple[str, str]
"""A query's id and a pooled text's id."""
Grades = dict[Key, int]


@dataclass(frozen=True, slots=True)
class Undone:
    """A judgement taken back.

    Attributes:
        query: the query's id.
        item: the text's id.
        grade: what holds again; None for nothing.
    """

    query: str
    item: str
    grade: int | None


def judge_name(text: str) -> str:
    """A judge's name as files are called by it.

    Raises:
        InputError: it is empty, too long, or has characters other than letters and digits.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if not _NAME.fullmatch(name):
        raise InputError("评判人的名字应为 1 到 40 个汉字、字母或数字,中间可用 · 和 -")
    return name


class JudgementLog:
    """One judge's judgements of one pool. May be shared by threads and processes."""

    def __init__(self, pool: Pool, judge: str) -> None:
        """Nothing is written before the first judgement.

        Raises:
            InputError: the name cannot be used.
        """
        self.judge = judge_name(judge)
        self._keys = {(query.query_id, item) for query in pool.queries for item in query.items}
        self._path = pool.folder / FOLDER / f"{self.judge}.jsonl"
        self._lock = pool.folder / FOLDER / ".lock"

    def grades(self) -> Grades:
        """What holds now.

        Raises:
            InputError: a line cannot be used (it is named).
        """
        return _replay(self._events())[0]

    def add(self, query: str, item: str, grade: int) -> None:
        """Keep one judgement, on disk when this returns.

        Raises:
            InputError: the pool has no such text, or the grade is none.
        """
        if (query, item) not in self._keys:
            raise InputError("待评文件夹中没有这道题的这一条")
        if grade not in GRADES:
            raise InputError(f"评判应为 {'、'.join(map(str, GRADES))} 之一")
        with self._opened() as stream:
            self._append(stream, {"query": query, "item": item, "grade": grade})

    def undo(self) -> Undone | None:
        """Take the last judgement back that has not been; None where there is none."""
        with self._opened() as stream:
            history = _replay(self._events())[1]
            if not history:
                return None
            (query, item), before = history[-1]
            record = {"query": query, "item": item, "grade": before, "undo": True}
            self._append(stream, record)
        return Undone(query, item, before)

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        """The file, for one writer at a time, without a line that was cut short by a kill."""
        self._path.parent.mkdir(exist_ok=True)
        with FileLock(self._lock), self._path.open("a+b") as stream:
            stream.seek(0)
            content = stream.read()
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                stream.truncate(whole)
            yield stream

    def _append(self, stream: BinaryIO, record: dict[str, Any]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        line = json.dumps({"judge": self.judge, **record, "time": now}, ensure_ascii=False)
        stream.write(line.encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())

    def _events(self) -> list[tuple[Key, int | None, bool]]:
        """(key, grade, whether it undoes) of each whole line."""
        try:
            lines = self._path.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return []
        events = []
        for number, line in enumerate(lines, start=1):
            try:
                record = json.loads(line)
                key, grade = (record["query"], record["item"]), record["grade"]
                undoes = bool(record.get("undo"))
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{self._path}:{number}: 不是评判记录: {error!r}") from error
            if key not in self._keys or grade not in (*GRADES, *([None] if undoes else [])):
                raise InputError(f"{self._path}:{number}: 不是这个待评文件夹的评判")
            events.append((key, grade, undoes))
        return events


def read_judgements(pool: Pool) -> dict[str, Grades]:
    """What holds of each judge of a pool, by name; judges who took all back are left out.

    Raises:
        InputError: a line cannot be used (it is named).
    """
    names = sorted(path.stem for path in (pool.folder / FOLDER).glob("*.jsonl"))
    judged = {name: JudgementLog(pool, name).grades() for name in names}
    return {name: grades for name, grades in judged.items() if grades}


def _replay(
    events: list[tuple[Key, int | None, bool]],
) -> tuple[Grades, list[tuple[Key, int | None]]]:
    """What holds after the events, and what can be undone: keys and what held before."""
    grades: Grades = {}
    history: list[tuple[Key, int | None]] = []
    for key, grade, undoes in events:
        if undoes and history:
            history.pop()
        elif not undoes:
            history.append((key, grades.get(key)))
        if grade is None:
            grades.pop(key, None)
        else:
            grades[key] = grade
    return grades, history
