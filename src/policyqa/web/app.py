"""The application: the API's routes over an index, and the page."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from policyqa import __version__
from policyqa.pool import Pool
from policyqa.settings import Settings
from policyqa.web import models
from policyqa.web.errors import ApiError, install_handlers
from policyqa.web.judging import add_judging
from policyqa.web.middleware import Guard
from policyqa.web.protocol import Index
from policyqa.web.questions import add_questions
from policyqa.web.records import add_records
from policyqa.web.service import ERRORS, Service


def create_app(index: Index | None, settings: Settings, *, pool: Pool | None = None) -> FastAPI:
    """The page and the API over `index`.

    Args:
        index: an opened index; with None, requests get 503 until `app.state.service.index`
            is set.
        settings: limits, and whether questions are logged.
        pool: what is to be judged at `/judge`; with None there is no such page.
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
    add_questions(app, service)
    add_records(app, service)
    _add_health(app, service)
    if pool is not None:
        add_judging(app, pool)
    _add_page(app)
    return app


def _add_health(app: FastAPI, service: Service) -> None:
    @app.get("/api/v1/status", tags=["服务"], summary="索引里有什么", responses=ERRORS)
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
        responses={503: ERRORS[503]},
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
