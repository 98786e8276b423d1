"""Lines of a benchmark's files, with a finding for every one that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from policyqa.errors import cause
from policyqa.evaluation.benchmark import Findings


def read_lines(path: Path, findings: Findings) -> list[tuple[int, str]]:
    """(number from 1, line) of each line that is not blank."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        findings.add(path, 0, f"无法读取: {cause(error)}")
        return []
    except UnicodeDecodeError:
        findings.add(path, 0, "不是 UTF-8 编码")
        return []
    lines = enumerate(text.split("\n"), start=1)
    return [(number, line.rstrip("\r")) for number, line in lines if line.strip()]


def read_records(
    path: Path, fields: tuple[str, ...], findings: Findings
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, record) of a JSON Lines file whose records have an `_id` and the text `fields`.

    A line that is no such record, or repeats an id, becomes a finding and is left out.
    """
    seen: dict[str, int] = {}
    for number, line in read_lines(path, findings):
        try:
            record = json.loads(line)
        except ValueError as error:
            findings.add(path, number, f"不是 JSON: {error}")
            continue
        if not isinstance(record, dict):
            findings.add(path, number, "应为 JSON 对象")
            continue
        missing = [name for name in ("_id", *fields) if not isinstance(record.get(name), str | int)]
        if missing:
            findings.add(path, number, f"缺少字段 {'、'.join(missing)}")
            continue
        identity = str(record["_id"])
        if identity in seen:
            findings.add(path, number, f"编号 {identity} 与第 {seen[identity]} 行重复")
            continue
        seen[identity] = number
        yield number, record
