"""Run the service: listen at once, open the index in the background, stop in good order."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn

from policyqa.errors import PolicyQAError, cause
from policyqa.pool import Pool
from policyqa.settings import Settings
from policyqa.web.app import create_app
from policyqa.web.logs import configure
from policyqa.web.protocol import Index
from policyqa.web.service import Service

LOG = logging.getLogger("policyqa.web")
_STOP_SECONDS = 10
"""Requests under way when the service is stopped have this long to finish."""


def run(
    index_path: str | Path,
    settings: Settings,
    *,
    opener: Callable[[], Index] | None = None,
    pool: Pool | None = None,
) -> int:
    """Serve page and API until stopped by SIGINT or SIGTERM.

    Args:
        index_path: the index folder.
        settings: host, port, limits and the encoder.
        opener: opens the index; by default `policyqa.open_index` on `index_path`.
        pool: what is to be judged at `/judge`, if anything.

    Returns:
        The exit status: 0 after a stop, 1 when the port or the index cannot be used (one
        line on standard error says why).
    """
    configure()
    try:
        listener = _listen(settings.host, settings.port)
    except OSError as error:
        print(_port_problem(settings, error), file=sys.stderr)
        return 1
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    app = create_app(None, settings, pool=pool)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    server = uvicorn.Server(config)
    failures: list[str] = []
    threading.Thread(
        target=_open,
        args=(opener or _default_opener(index_path, settings), app.state.service, server, failures),
        name="policyqa-open",
        daemon=True,
    ).start()
    LOG.info("listening", extra={"fields": {"url": url, "pid": os.getpid()}})
    if sys.stderr.isatty():
        print(f"网页地址: {url}（正在打开索引；按 Ctrl+C 停止）", file=sys.stderr)
    _leave_signals_to_uvicorn()
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
    LOG.info("stopped", extra={"fields": {}})
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def _open(
    opener: Callable[[], Index], service: Service, server: uvicorn.Server, failures: list[str]
) -> None:
    """Open the index and hand it to the service; on failure stop the server."""
    try:
        index = opener()
        with contextlib.suppress(PolicyQAError):  # an index without documents can be served
            index.ask("预热", k=1)  # loads what is loaded on first use
        service.index = index
        LOG.info("ready", extra={"fields": {}})
    except PolicyQAError as error:
        failures.append(str(error))
    except Exception as error:
        LOG.exception("index cannot be opened")
        failures.append(f"索引无法打开: {type(error).__name__}: {error}")
    if failures:
        server.should_exit = True


def _default_opener(index_path: str | Path, settings: Settings) -> Callable[[], Index]:
    def opener() -> Index:
        from policyqa.index import open_index

        return open_index(
            index_path,
            model=settings.model,
            threads=settings.threads,
            dictionary=settings.dictionary,
            quick=settings.quick,
        )

    return opener


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        OSError: the address is in use, unknown, or not allowed.
    """
    if not 0 <= port <= 65535:
        raise OSError(errno.EINVAL, "port out of range")
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
        listener.set_inheritable(True)
    except OSError:
        listener.close()
        raise
    return listener


def _port_problem(settings: Settings, error: OSError) -> str:
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, socket.gaierror):
        return f"无法在 {where} 上提供服务: 主机名“{settings.host}”无法识别"
    if error.errno == errno.EADDRINUSE:
        return f"端口 {settings.port} 已被占用: 请停止占用它的程序，或用 --port 另选一个"
    if error.errno == errno.EACCES:
        return f"没有权限使用端口 {settings.port}: 请用 --port 选 1024 以上的端口"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"无法在 {where} 上提供服务: 本机没有地址“{settings.host}”"
    return f"无法在 {where} 上提供服务: {cause(error)}"


def _leave_signals_to_uvicorn() -> None:
    """After its stop, uvicorn raises the signal again; without this it would end the process."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
