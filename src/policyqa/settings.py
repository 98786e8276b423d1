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
    "index": "索引文件夹",
    "model": "编码模型: 自带的模型名,或 sentence-transformers 模型文件夹",
    "quick": "1: 不用阅读模型,检索不重排,只按规则找答案,更快也更粗; 0: 用阅读模型",
    "host": "服务监听的地址",
    "port": "服务监听的端口",
    "threads": "编码和阅读用的线程数,0 为每核一个",
    "max_question": "问题最长字数",
    "max_draft": "条款草稿最长字数",
    "max_k": "一次最多返回的条款数",
    "max_file_mb": "可读入文件的最大兆字节数",
    "max_concurrent": "同时处理的请求数,超出的排队,队满返回 429",
    "log_questions": "1: 日志记录问题原文; 0: 不记录",
    "dictionary": "单位自有词典(jieba 用户词典),用于标出查询词",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults; see `HELP` for what each means."""

    index: str = "indexes/default"
    model: str = "encoder-small-zh"
    quick: bool = False
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
