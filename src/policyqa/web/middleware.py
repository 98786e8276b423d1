"""Around every request: an id, a size limit, security headers, one line of log, no traceback."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import traceback
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from policyqa.web.errors import error_response

LOG = logging.getLogger("policyqa.web")
LOG_FIELDS = "policyqa.log"
"""Key in a request's scope: a dict of further fields for its line of log."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_BODY_SECONDS = 30.0
"""A body that has not arrived within this time is refused with 408."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Guard:
    """The ASGI middleware that all requests pass through.

    A body is read whole before the application sees the request, so that its size is checked
    whether or not it was declared.
    """

    def __init__(self, app: ASGIApp, *, max_body: int, log_questions: bool = False) -> None:
        """Bodies over `max_body` bytes are refused; see `Settings.log_questions`."""
        self._app = app
        self._max_body = max_body
        self._log_questions = log_questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        headers = Headers(scope=scope)
        given_id = headers.get("x-request-id", "")
        request_id = given_id if _REQUEST_ID.fullmatch(given_id) else uuid.uuid4().hex[:16]
        fields: dict[str, object] = {}
        scope[LOG_FIELDS] = fields
        status = 0

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), request_id, scope["path"])
            await send(message)

        try:
            refusal, body = await self._read_body(headers, receive)
            if refusal is not None:
                await refusal(scope, receive, send_guarded)
            else:
                await self._app(scope, _Replay(body, receive), send_guarded)
        except Exception as error:
            self._log_failure(error, request_id)
            if status == 0:
                message = f"服务内部出错，请重试；仍然出错时请把请求编号 {request_id} 告诉管理员。"
                await error_response(500, "internal", message)(scope, receive, send_guarded)
        finally:
            fields = {
                "method": scope["method"],
                "path": scope["path"][:200],
                "status": status,
                "ms": round((time.perf_counter() - began) * 1000, 1),
                "request_id": request_id,
                **fields,
            }
            LOG.info("request", extra={"fields": fields})

    async def _read_body(self, headers: Headers, receive: Receive) -> tuple[ASGIApp | None, bytes]:
        """The body, or the response that refuses it."""
        limit = self._max_body
        too_large = error_response(
            413, "too_large", f"请求内容过大，上限为 {limit // 1000} KB。", {"Connection": "close"}
        )
        declared = headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > limit:
            return too_large, b""
        if declared == "0" and "transfer-encoding" not in headers:
            return None, b""
        body = bytearray()
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        break
                    body += message.get("body", b"")
                    if len(body) > limit:
                        return too_large, b""
                    if not message.get("more_body", False):
                        break
        except TimeoutError:
            return error_response(408, "timeout", "请求内容没有及时送达，请重试。"), b""
        return None, bytes(body)

    def _log_failure(self, error: Exception, request_id: str) -> None:
        """Log where an unexpected error came from; its text may quote a question."""
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        fields: dict[str, object] = {
            "request_id": request_id,
            "error": type(error).__name__,
            "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        if self._log_questions:
            fields["message"] = str(error)
        LOG.error("failure", extra={"fields": fields})


class _Replay:
    """The receive channel of a request whose body has been read."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._message: Message | None = {"type": "http.request", "body": body, "more_body": False}
        self._receive = receive

    async def __call__(self) -> Message:
        if self._message is not None:
            message, self._message = self._message, None
            return message
        return await self._receive()


def _add_headers(headers: MutableHeaders, request_id: str, path: str) -> None:
    for name, value in SECURITY_HEADERS.items():
        headers[name] = value
    headers["X-Request-ID"] = request_id
    headers.setdefault("Cache-Control", "no-store" if path.startswith("/api/") else "no-cache")
