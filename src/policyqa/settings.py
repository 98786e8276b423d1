"""Every setting: its name, default and meaning in one table.

A setting is read from the environment (`POLICYQA_` and its name in capitals) and
overridden by the command line's option of the same name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from policyqa.errors import InputError

HELP = {
    "index": "folder of the index",
    "model": "encoder: the packaged one, or a sentence-transformers model folder",
    "host": "address to serve on",
    "port": "port to serve on",
    "threads": "threads for encoding (0: one a core)",
    "max_question": "longest question accepted, in characters",
    "max_draft": "longest draft clause accepted, in characters",
    "max_k": "most clauses returned for one query",
    "max_file_mb": "largest file read, in megabytes",
    "max_concurrent": "questions answered at the same time; more wait, then get 429",
    "log_questions": "1 writes the text of questions to the log; 0 keeps it out",
    "dictionary": "an office's own words for highlights: a jieba user dictionary",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; see `HELP` for what each means."""

    index: str = "indexes/default"
    model: str = "e5-small-zh"
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 0
    max_question: int = 500
    max_draft: int = 5000
    max_k: int = 100
    max_file_mb: int = 50
    max_concurrent: int = 16
    log_questions: bool = False
    dictionary: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Defaults, overridden by `POLICYQA_*` variables.

        Raises:
            InputError: a variable's value is not of the setting's type.
        """
        values: dict[str, Any] = {}
        for setting in fields(cls):
            variable = f"POLICYQA_{setting.name.upper()}"
            if variable in environment:
                values[setting.name] = _parse(variable, environment[variable], setting.default)
        return replace(cls(), **values)


def _parse(variable: str, value: str, default: object) -> object:
    if isinstance(default, bool):
        if value not in ("0", "1"):
            raise InputError(f"{variable}={value!r}: 应为 0 或 1")
        return value == "1"
    if isinstance(default, int):
        if not value.isdigit():
            raise InputError(f"{variable}={value!r}: 应为非负整数")
        return int(value)
    return value
