"""The application: the API's routes over an index, and the page."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from policyqa import __version__
from policyqa.document import Clause
from policyqa.filters import Filters
from policyqa.settings import Settings
from policyqa.web import models
from policyqa.web.errors import ApiError, install_handlers, not_found
from policyqa.web.limits import Turns
from policyqa.web.middleware import LOG_FIELDS, Guard
from policyqa.web.protocol import Index
from policyqa.web.text import clean, plain_identifier

if TYPE_CHECKING:
    from policyqa.search import Method

METHODS: tuple[Method, ...] = ("hybrid", "dense", "bm25")
"""The values of `policyqa.search.Method`."""

_MAX_LIMIT = 500
"""Most documents on one page of the list."""
_MAX_OFFSET = 10_000_000
_T = TypeVar("_T")
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": models.ErrorResponse, "description": description}
    for status, description in {
        422: "请求有误",
        429: "同时提问的人太多",
        503: "索引尚未就绪",
    }.items()
}
_NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"model": models.ErrorResponse, "description": "没有这个编号"}
}
_TOO_LARGE: dict[int | str, dict[str, Any]] = {
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
) -> Filters | None:
    given = {"document": document, "issuer": issuer, "from": date_from, "to": date_to}
    if any(len(value or "") > 200 for value in given.values()):
        raise ApiError(422, "invalid_request", "筛选条件过长。")
    return models.FiltersBody(**given).as_filters()


_QueryFilters = Annotated[Filters | None, Depends(_query_filters)]


def create_app(index: Index | None, settings: Settings) -> FastAPI:
    """The page and the API over `index`.

    Args:
        index: an opened index; with None, requests get 503 until `app.state.service.index`
            is set.
        settings: limits, and whether questions are logged.
    """
    app = FastAPI(
        title="policyqa 政策问答",
        version=__version__,
        description="对政策文件逐条检索并回答问题。出错时一律返回 "
        '`{"error": {"code", "message"}}`。条款中的位置按 Unicode 字符计。',
        docs_url=None,  # FastAPI's pages load scripts from another host
        redoc_url=None,
    )
    service = Service(index, settings)
    app.state.service = service
    install_handlers(app)
    app.add_middleware(
        Guard,
        max_body=max(1_000_000, 12 * settings.max_draft),
        log_questions=settings.log_questions,
    )
    _add_questions(app, service)
    _add_records(app, service)
    _add_health(app, service)
    _add_page(app)
    return app


def _add_questions(app: FastAPI, service: Service) -> None:
    settings = service.settings

    @app.post(
        "/api/v1/ask",
        tags=["提问"],
        summary="回答一个问题",
        response_model=models.AnswerModel,
        responses=_ERRORS | _TOO_LARGE,
    )
    async def ask(request: Request, body: models.AskRequest) -> Response:
        question = service.check_text(request, body.question, settings.max_question, "问题")
        k = service.check_k(body.k)
        filters = body.filters.as_filters() if body.filters else None
        return await service.call(
            lambda index: JSONResponse(index.ask(question, k=k, filters=filters).as_json())
        )

    @app.get(
        "/api/v1/search",
        tags=["提问"],
        summary="检索条款",
        response_model=models.SearchResponse,
        responses=_ERRORS,
    )
    async def search(
        request: Request,
        filters: _QueryFilters,
        q: Annotated[str, Query(description="问题、关键词或条款地址")],
        k: Annotated[int, Query(description="返回多少条；至少 1，上限由 max_k 设置")] = 10,
        method: Annotated[str, Query(description="hybrid、dense 或 bm25")] = "hybrid",
    ) -> Response:
        query = service.check_text(request, str(clean(q)), settings.max_question, "查询")
        service.check_k(k)
        chosen = _method(method)
        began = time.perf_counter()
        hits = await service.call(
            lambda index: [
                hit.as_json() for hit in index.search(query, k=k, method=chosen, filters=filters)
            ]
        )
        took = round((time.perf_counter() - began) * 1000, 1)
        return JSONResponse({"query": query, "hits": hits, "took_ms": took})

    @app.post(
        "/api/v1/precedents",
        tags=["提问"],
        summary="查找规定同一事项的既有条款",
        response_model=models.PrecedentsResponse,
        responses=_ERRORS | _TOO_LARGE,
    )
    async def precedents(request: Request, body: models.PrecedentsRequest) -> Response:
        draft = service.check_text(request, body.draft, settings.max_draft, "条款草稿")
        k = service.check_k(body.k)
        filters = body.filters.as_filters() if body.filters else None
        hits = await service.call(
            lambda index: [hit.as_json() for hit in index.precedents(draft, k=k, filters=filters)]
        )
        return JSONResponse({"hits": hits})


def _add_records(app: FastAPI, service: Service) -> None:
    @app.get(
        "/api/v1/documents",
        tags=["文件"],
        summary="文件目录",
        response_model=models.DocumentsResponse,
        responses=_ERRORS,
    )
    async def documents(
        filters: _QueryFilters,
        offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET, description="跳过多少份")] = 0,
        limit: Annotated[int, Query(ge=1, le=_MAX_LIMIT, description="最多多少份")] = 50,
    ) -> Response:
        found, total = await service.call(
            lambda index: index.documents(offset=offset, limit=limit, filters=filters)
        )
        records = [document.as_json(with_clauses=False) for document in found]
        return JSONResponse(
            {"documents": records, "total": total, "offset": offset, "limit": limit}
        )

    @app.get(
        "/api/v1/documents/{document_id}",
        tags=["文件"],
        summary="一份文件及其条款",
        response_model=models.DocumentModel,
        responses=_ERRORS | _NOT_FOUND,
    )
    async def document(document_id: str) -> Response:
        if not plain_identifier(document_id):
            raise not_found("文件")

        def read(index: Index) -> Response:
            found = index.document(document_id)
            if found is None:
                raise not_found("文件")
            return JSONResponse(found.as_json())

        return await service.call(read)

    @app.get(
        "/api/v1/clauses/{clause_id}",
        tags=["文件"],
        summary="一条条款及其前后、上级和下级",
        response_model=models.ClauseWithNeighbours,
        responses=_ERRORS | _NOT_FOUND,
    )
    async def clause(clause_id: str) -> Response:
        if not plain_identifier(clause_id):
            raise not_found("条款")

        def read(index: Index) -> Response:
            found = index.clause(clause_id)
            if found is None:
                raise not_found("条款")
            try:
                previous, following, parent, children = index.neighbours(clause_id)
            except KeyError:  # the document was replaced between the two calls
                raise not_found("条款") from None
            return JSONResponse(
                {
                    **found.as_json(),
                    "previous": _clause_or_none(previous),
                    "next": _clause_or_none(following),
                    "parent": _clause_or_none(parent),
                    "children": [child.as_json() for child in children],
                }
            )

        return await service.call(read)


def _add_health(app: FastAPI, service: Service) -> None:
    @app.get("/api/v1/status", tags=["服务"], summary="索引里有什么", responses=_ERRORS)
    async def status() -> Response:
        content = await service.call(lambda index: index.status())
        return JSONResponse(json.loads(json.dumps(content, default=str)))

    @app.get("/healthz", tags=["服务"], summary="服务在运行", response_model=models.HealthResponse)
    async def healthz() -> Response:
        return JSONResponse({"status": "ok"})

    @app.get(
        "/readyz",
        tags=["服务"],
        summary="索引已打开",
        response_model=models.HealthResponse,
        responses={503: _ERRORS[503]},
    )
    async def readyz() -> Response:
        if service.index is None:
            message = "索引正在打开，请稍候几秒再试。"
            raise ApiError(503, "index_not_ready", message, {"Retry-After": "2"})
        return JSONResponse({"status": "ready"})


def _add_page(app: FastAPI) -> None:
    static = Path(str(resources.files("policyqa.web"))) / "static"
    page = (static / "index.html").read_text(encoding="utf-8")

    async def show() -> Response:
        return HTMLResponse(page)

    for path in ("/", "/clauses/{clause_id}", "/documents", "/documents/{document_id}"):
        app.add_api_route(path, show, methods=["GET"], include_in_schema=False)
    app.mount("/static", StaticFiles(directory=static), name="static")


def _method(name: str) -> Method:
    for method in METHODS:
        if name == method:
            return method
    raise ApiError(422, "invalid_request", f"method 应为 {'、'.join(METHODS)} 之一。")


def _clause_or_none(clause: Clause | None) -> dict[str, Any] | None:
    return clause.as_json() if clause else None
