"""Errors of the HTTP API: one shape, the right status, a message the user understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from policyqa.errors import IndexFolderError, InputError, PolicyQAError


class ApiError(Exception):
    """An error to be sent as it is.

    Attributes:
        status: of the response.
        code: for programs.
        message: for people, Chinese.
        headers: further response headers.
    """

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """See the class."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


def error_response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The contract's error."""
    body = {"error": {"code": code, "message": message}}
    return JSONResponse(body, status_code=status, headers=headers)


def not_found(what: str) -> ApiError:
    """404 for an unknown id."""
    return ApiError(404, "not_found", f"没有这个{what}，它可能已随文件更新或删除。")


_STATUS = {
    400: ("invalid_request", "请求无法解析。"),
    404: ("not_found", "没有这个地址，接口说明见 /openapi.json。"),
    405: ("method_not_allowed", "此地址不支持这种请求方法，接口说明见 /openapi.json。"),
    413: ("too_large", "请求内容过大。"),
}
_PROBLEMS = {
    "missing": "缺少此项",
    "json_invalid": "不是合法的 JSON",
    "string_type": "应为文字",
    "string_too_long": "过长",
    "too_long": "过长",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数字过大",
    "greater_than_equal": "过小",
    "less_than_equal": "过大",
    "literal_error": "不是可用的取值",
    "model_attributes_type": "应为 JSON 对象（请求头须为 Content-Type: application/json）",
    "dict_type": "应为 JSON 对象",
}


def install_handlers(app: FastAPI) -> None:
    """Give every error that `app` raises the contract's shape."""

    @app.exception_handler(ApiError)
    async def api_error(_: Request, error: ApiError) -> JSONResponse:
        return error_response(error.status, error.code, error.message, error.headers)

    @app.exception_handler(PolicyQAError)
    async def own_error(_: Request, error: PolicyQAError) -> JSONResponse:
        if isinstance(error, InputError):
            return error_response(422, "invalid_request", str(error))
        if isinstance(error, IndexFolderError):
            return error_response(503, "index_not_ready", str(error), {"Retry-After": "5"})
        return error_response(500, "failed", str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        problems = error.errors()
        status = 400 if any(one.get("type") == "json_invalid" for one in problems) else 422
        return error_response(status, "invalid_request", _describe(problems))

    @app.exception_handler(HTTPException)
    async def http_error(_: Request, error: HTTPException) -> JSONResponse:
        code, message = _STATUS.get(error.status_code, ("http_error", str(error.detail)))
        return error_response(error.status_code, code, message, error.headers)


def _describe(problems: Sequence[Mapping[str, Any]]) -> str:
    """The problems in one line, without the values that were sent."""
    described = []
    for problem in problems[:3]:
        where = ".".join(str(part) for part in problem.get("loc", ())[1:] if part != "filters")
        kind = str(problem.get("type", ""))
        told = _PROBLEMS.get(kind, "取值不正确")
        field = "" if kind == "json_invalid" else where
        described.append(f"{field}：{told}" if field else f"请求体{told}")
    return "；".join(described) + "。"
