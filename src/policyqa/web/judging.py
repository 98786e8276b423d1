"""The page on which a person judges a pool, and its routes; only with `serve --judge`."""

from __future__ import annotations

from enum import Enum
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.staticfiles import StaticFiles

from policyqa.judgements import GRADES, Grades, JudgementLog
from policyqa.pool import Pool, PoolQuery
from policyqa.web import models
from policyqa.web.errors import ApiError
from policyqa.web.models import CleanText
from policyqa.web.service import ERRORS, NOT_FOUND

_ROOT = "/api/v1/judge"
_INVALID: dict[int | str, dict[str, Any]] = {422: ERRORS[422]}
_TAGS: list[str | Enum] = ["评判"]

JudgeParameter = Annotated[str, Query(description="评判人的名字", max_length=100)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="allow")


class JudgeBody(BaseModel):
    """谁在评判。"""

    judge: CleanText = Field(description="评判人的名字", max_length=100)


class JudgementBody(JudgeBody):
    """对一条的评判。"""

    query: str = Field(description="题号", max_length=500)
    item: str = Field(description="条目编号", max_length=2000)
    grade: int = Field(description="2 相关，1 部分相关，0 不相关")


class PoolResponse(_Record):
    """待评的题集。"""

    name: str = Field(description="名称")
    queries: int = Field(description="题数")
    items: int = Field(description="待评条数")
    grades: dict[str, str] = Field(description="各评判的名称")


class ProgressResponse(_Record):
    """一位评判人的进度。"""

    judge: str = Field(description="评判人")
    judged: int = Field(description="已评条数")
    total: int = Field(description="待评条数")
    next: int | None = Field(description="第一道没有评完的题的序号，从 1 起；都评完则为 null")


class PooledItemModel(_Record):
    """一条待评的条款。"""

    item: str = Field(description="条目编号")
    title: str = Field(description="所在文件和标题")
    text: str = Field(description="文字")
    grade: int | None = Field(description="这位评判人的评判；未评为 null")


class JudgedQueryResponse(ProgressResponse):
    """一道题和它的待评条款；不透露哪个系统找到了哪一条。"""

    number: int = Field(description="序号，从 1 起")
    of: int = Field(description="题数")
    query: str = Field(description="题号")
    text: str = Field(description="题目")
    items: list[PooledItemModel] = Field(description="待评条款，次序与名次无关")


class UndoneResponse(ProgressResponse):
    """撤销了哪一条。"""

    number: int = Field(description="所属题的序号，从 1 起")
    query: str = Field(description="题号")
    item: str = Field(description="条目编号")
    grade: int | None = Field(description="撤销后的评判；没有则为 null")


def add_judging(app: FastAPI, pool: Pool) -> None:
    """Add the page `/judge` and the routes under `/api/v1/judge`."""
    numbers = {query.query_id: number for number, query in enumerate(pool.queries, start=1)}
    files = Path(str(resources.files("policyqa.web"))) / "judge"
    # Beside the other pages' files, which are there without a pool as well.
    app.mount("/judge/files", StaticFiles(directory=files), name="judge")

    @app.get("/judge", include_in_schema=False)
    def judge_page() -> Response:
        return FileResponse(files / "judge.html", media_type="text/html; charset=utf-8")

    @app.get(_ROOT, tags=_TAGS, summary="待评的题集", response_model=PoolResponse)
    def about() -> Response:
        return JSONResponse(
            {
                "name": pool.name,
                "queries": len(pool.queries),
                "items": pool.size,
                "grades": {str(grade): label for grade, label in GRADES.items()},
            }
        )

    @app.get(
        f"{_ROOT}/progress",
        tags=_TAGS,
        summary="一位评判人的进度",
        response_model=ProgressResponse,
        responses=_INVALID,
    )
    def progress(judge: JudgeParameter) -> Response:
        return JSONResponse(_progress(pool, JudgementLog(pool, judge)))

    @app.get(
        f"{_ROOT}/queries/{{number}}",
        tags=_TAGS,
        summary="一道题和它的待评条款",
        response_model=JudgedQueryResponse,
        responses=_INVALID | NOT_FOUND,
    )
    def query(number: int, judge: JudgeParameter) -> Response:
        if not 1 <= number <= len(pool.queries):
            raise ApiError(404, "not_found", f"没有第 {number} 题，共 {len(pool.queries)} 题。")
        log = JudgementLog(pool, judge)
        grades = log.grades()
        asked = pool.queries[number - 1]
        record = {
            "number": number,
            "of": len(pool.queries),
            "query": asked.query_id,
            "text": asked.text,
            "items": _items(pool, asked, grades),
        }
        return JSONResponse(_progress(pool, log, grades) | record)

    @app.post(
        f"{_ROOT}/judgements",
        tags=_TAGS,
        summary="评判一条；返回时已写入文件",
        response_model=ProgressResponse,
        responses=_INVALID,
    )
    def add(body: JudgementBody) -> Response:
        log = JudgementLog(pool, body.judge)
        log.add(body.query, body.item, body.grade)
        return JSONResponse(_progress(pool, log))

    @app.post(
        f"{_ROOT}/undo",
        tags=_TAGS,
        summary="撤销最近一次评判",
        response_model=UndoneResponse,
        responses=_INVALID | {409: {"model": models.ErrorResponse, "description": "没有可撤销的"}},
    )
    def undo(body: JudgeBody) -> Response:
        log = JudgementLog(pool, body.judge)
        undone = log.undo()
        if undone is None:
            raise ApiError(409, "nothing_to_undo", "没有可以撤销的评判。")
        record = {
            "number": numbers[undone.query],
            "query": undone.query,
            "item": undone.item,
            "grade": undone.grade,
        }
        return JSONResponse(_progress(pool, log) | record)


def _progress(pool: Pool, log: JudgementLog, grades: Grades | None = None) -> dict[str, Any]:
    held = log.grades() if grades is None else grades
    unfinished = (
        number
        for number, query in enumerate(pool.queries, start=1)
        if any((query.query_id, item) not in held for item in query.items)
    )
    return {
        "judge": log.judge,
        "judged": len(held),
        "total": pool.size,
        "next": next(unfinished, None),
    }


def _items(pool: Pool, query: PoolQuery, grades: Grades) -> list[dict[str, Any]]:
    return [
        {
            "item": item,
            "title": pool.texts[item].title,
            "text": pool.texts[item].text,
            "grade": grades.get((query.query_id, item)),
        }
        for item in query.items
    ]
