"""The service as a process: its port and index, how it starts and stops."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_index import FakeIndex
from policyqa.errors import PolicyQAError
from policyqa.settings import Settings
from policyqa.web.serve import run


@pytest.fixture(autouse=True)
def handlers_as_before() -> Iterator[None]:
    """What `run` logs to ends with the test's own standard error."""
    logger = logging.getLogger("policyqa.web")
    before = logger.handlers[:], logger.level, logger.propagate
    yield
    logger.handlers[:], logger.level, logger.propagate = before


def _never() -> FakeIndex:
    raise AssertionError("the index must not be opened")


def test_a_port_in_use_is_one_clear_line(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run("unused", Settings(port=port), opener=_never) == 1
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 1
    assert f"端口 {port} 已被占用" in lines[0]


@pytest.mark.parametrize(
    ("settings", "told"),
    [(Settings(port=70000), "70000"), (Settings(host="no.such.host.invalid"), "无法识别")],
)
def test_a_useless_address_is_one_clear_line(
    capfd: pytest.CaptureFixture[str], settings: Settings, told: str
) -> None:
    assert run("unused", settings, opener=_never) == 1
    assert told in capfd.readouterr().err


def test_an_index_that_cannot_be_opened_ends_the_service(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def opener() -> FakeIndex:
        raise PolicyQAError("索引 x 不存在: 请先运行 policyqa index")

    status: list[int] = []
    thread = threading.Thread(
        target=lambda: status.append(run("x", Settings(port=0), opener=opener))
    )
    thread.start()
    thread.join(timeout=20)
    assert status == [1]
    assert capfd.readouterr().err.splitlines()[-1].startswith("索引 x 不存在")


_SERVER = """
import sys, time
from fake_index import FakeIndex
from policyqa.settings import Settings
from policyqa.web.serve import run
def opener():
    time.sleep(1.0)
    return FakeIndex(delay=0.5)
sys.exit(run("x", Settings(port=int(sys.argv[1])), opener=opener))
"""


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except urllib.error.URLError:
        return 0


def test_the_service_starts_at_once_and_finishes_what_it_is_doing_when_stopped() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    tests = Path(__file__).parent
    path = os.pathsep.join(
        [str(tests), str(tests.parent / "src"), os.environ.get("PYTHONPATH", "")]
    )
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(port)],
        env={**os.environ, "PYTHONPATH": path},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + 20
            while _status(f"{url}/healthz") != 200:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert _status(f"{url}/readyz") == 503
            while _status(f"{url}/readyz") != 200:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            answers: list[int] = []
            asking = threading.Thread(
                target=lambda: answers.append(_status(f"{url}/api/v1/search?q=x"))
            )
            asking.start()
            time.sleep(0.2)
            process.send_signal(signal.SIGTERM)
            asking.join()
            errors = process.communicate(timeout=20)[1]
        finally:
            if process.poll() is None:
                process.kill()
        assert answers == [200]
        assert process.returncode == 0
    events = [json.loads(line)["event"] for line in errors.splitlines()]
    assert events[0] == "listening"
    assert events[-1] == "stopped"
    assert "ready" in events
