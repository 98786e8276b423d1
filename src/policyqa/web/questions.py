"""The routes that rank: ask, search, precedents."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response

from policyqa.web import models
from policyqa.web.errors import ApiError
from policyqa.web.service import ERRORS, TOO_LARGE, QueryFilters, Service
from policyqa.web.text import clean

if TYPE_CHECKING:
    from policyqa.search import Method

METHODS: tuple[Method, ...] = ("hybrid", "dense", "bm25")
"""The values of `policyqa.search.Method`."""


def add_questions(app: FastAPI, service: Service) -> None:
    """Add the routes of questions, searches and drafts."""
    settings = service.settings

    @app.post(
        "/api/v1/ask",
        tags=["提问"],
        summary="回答一个问题",
        response_model=models.AnswerModel,
        responses=ERRORS | TOO_LARGE,
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
        responses=ERRORS,
    )
    async def search(
        request: Request,
        filters: QueryFilters,
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
        responses=ERRORS | TOO_LARGE,
    )
    async def precedents(request: Request, body: models.PrecedentsRequest) -> Response:
        draft = service.check_text(request, body.draft, settings.max_draft, "条款草稿")
        k = service.check_k(body.k)
        filters = body.filters.as_filters() if body.filters else None
        hits = await service.call(
            lambda index: [hit.as_json() for hit in index.precedents(draft, k=k, filters=filters)]
        )
        return JSONResponse({"hits": hits})


def _method(name: str) -> Method:
    for method in METHODS:
        if name == method:
            return method
    raise ApiError(422, "invalid_request", f"method 应为 {'、'.join(METHODS)} 之一。")
