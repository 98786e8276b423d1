"""What the routes share: the opened index, limits, filters and the errors they describe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request

from policyqa.filters import Filters
from policyqa.settings import Settings
from policyqa.web import models
from policyqa.web.errors import ApiError
from policyqa.web.limits import Turns
from policyqa.web.middleware import LOG_FIELDS
from policyqa.web.protocol import Index

_T = TypeVar("_T")
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": models.ErrorResponse, "description": description}
    for status, description in {
        422: "请求有误",
        429: "同时提问的人太多",
        503: "索引尚未就绪",
    }.items()
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"model": models.ErrorResponse, "description": "没有这个编号"}
}
TOO_LARGE: dict[int | str, dict[str, Any]] = {
    413: {"model": models.ErrorResponse, "description": "请求内容过大"}
}


class Service:
    """What the routes share: the index once it is open, settings, and the turns.

    Attributes:
        index: None until it is open.
        settings: limits and what is logged.
        turns: runs the index's calls.
    """

    def __init__(self, index: Index | None, settings: Settings) -> None:
        """See the class."""
        self.index = index
        self.settings = settings
        self.turns = Turns(settings.max_concurrent)

    async def call(self, use: Callable[[Index], _T]) -> _T:
        """`use` of the index, in a thread.

        Raises:
            ApiError: the index is not open yet, or there are too many calls.
        """
        index = self.index
        if index is None:
            raise ApiError(
                503, "index_not_ready", "索引正在打开，请稍候几秒再试。", {"Retry-After": "2"}
            )
        return await self.turns.run(lambda: use(index))

    def check_text(self, request: Request, text: str, longest: int, what: str) -> str:
        """`text`, if it is there and not too long; its length goes to the log."""
        fields = request.scope.get(LOG_FIELDS, {})
        fields["length"] = len(text)
        if self.settings.log_questions:
            fields["text"] = text
        if not text:
            raise ApiError(422, "empty", f"请输入{what}。")
        if len(text) > longest:
            message = f"{what}有 {len(text)} 字，最多 {longest} 字，请缩短后再试。"
            raise ApiError(422, "too_long", message)
        return text

    def check_k(self, k: int) -> int:
        """`k`, if it is within its limits."""
        if not 1 <= k <= self.settings.max_k:
            raise ApiError(422, "invalid_request", f"k 应在 1 到 {self.settings.max_k} 之间。")
        return k


def _query_filters(
    document: Annotated[str | None, Query(description="文件编号，或标题中的文字")] = None,
    issuer: Annotated[str | None, Query(description="发文机关名称中的文字")] = None,
    date_from: Annotated[
        str | None, Query(alias="from", description="最早日期：2024、2024-01 或 2024-01-31")
    ] = None,
    date_to: Annotated[str | None, Query(alias="to", description="最晚日期")] = None,
    versions: Annotated[
        str | None, Query(description="current（现行版本）或 all（全部版本）")
    ] = None,
    as_of: Annotated[str | None, Query(description="截至某日有效的版本，如 2020-01-31")] = None,
) -> Filters | None:
    given = {"document": document, "issuer": issuer, "from": date_from, "to": date_to}
    given |= {"versions": versions, "as_of": as_of}
    if any(len(value or "") > 200 for value in given.values()):
        raise ApiError(422, "invalid_request", "筛选条件过长。")
    return models.FiltersBody(**given).as_filters()


QueryFilters = Annotated[Filters | None, Depends(_query_filters)]
