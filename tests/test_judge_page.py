"""Judging a pool: its routes, and its page in a real Chromium by keyboard only."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from browser import launched, served, watched_page
from fake_index import HOSTILE, FakeIndex
from policyqa.cli import main
from policyqa.index import build_index
from policyqa.judgements import read_judgements
from policyqa.pool import Pool, PoolQuery, PoolText, read_pool, write_pool
from policyqa.settings import Settings
from policyqa.web import create_app


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    texts = [
        PoolText(f"某办法.txt:{n}-{n + 9}", "某办法 第一章", f"第{n}条 内容{n}。") for n in range(4)
    ]
    texts.append(PoolText("d/5 甲", HOSTILE, f"{HOSTILE}𠮷"))
    items = [text.item for text in texts]
    queries = [
        PoolQuery("q1", "请假由谁审批", tuple(items[:3])),
        PoolQuery("q/2", f"怎么转义{HOSTILE}", tuple(items[3:])),
    ]
    provenance = [{"query": "q1", "item": items[0], "found": [{"system": "绝密系统", "rank": 1}]}]
    write_pool(tmp_path / "pool", {"name": "小题集"}, queries, texts, provenance)
    return read_pool(tmp_path / "pool")


def held(pool: Pool, judge: str) -> dict[str, int]:
    """What a judge said, by item, as the files tell it."""
    return {key[1]: grade for key, grade in read_judgements(pool).get(judge, {}).items()}


# Routes


@pytest.fixture
def client(pool: Pool) -> Iterator[TestClient]:
    with TestClient(create_app(None, Settings(), pool=pool)) as client:
        yield client


def post(client: TestClient, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    reply = client.post(f"/api/v1/judge/{path}", json=body)
    return reply.status_code, reply.json()


def test_without_a_pool_there_is_no_such_route() -> None:
    with TestClient(create_app(FakeIndex(), Settings())) as client:
        for path in ("/judge", "/judge/files/judge.js", "/api/v1/judge", "/api/v1/judge/progress"):
            assert client.get(path).status_code == 404, path
        assert client.post("/api/v1/judge/judgements", json={}).status_code == 404
        assert "judge" not in client.get("/openapi.json").text


def test_a_judgement_is_on_disk_when_it_is_answered(client: TestClient, pool: Pool) -> None:
    item = "某办法.txt:1-10"
    status, progress = post(client, "judgements", judge="张三", query="q1", item=item, grade=2)
    assert (status, progress) == (200, {"judge": "张三", "judged": 1, "total": 5, "next": 1})
    assert held(pool, "张三") == {item: 2}
    shown = client.get("/api/v1/judge/queries/1", params={"judge": "张三"}).json()
    assert [one["grade"] for one in shown["items"]] == [None, 2, None]
    others = client.get("/api/v1/judge/queries/1", params={"judge": "李四"}).json()
    assert [one["grade"] for one in others["items"]] == [None, None, None]
    status, undone = post(client, "undo", judge="张三")
    assert (undone["number"], undone["item"], undone["grade"]) == (1, item, None)
    assert post(client, "undo", judge="张三")[0] == 409


def test_judges_are_not_told_what_found_a_text(client: TestClient) -> None:
    shown = client.get("/api/v1/judge/queries/1", params={"judge": "张三"})
    assert "绝密系统" not in shown.text
    assert set(shown.json()["items"][0]) == {"item", "title", "text", "grade"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"judge": "../张三"}, "名字"),
        ({"judge": ""}, "名字"),
        ({"grade": 3}, "评判应为"),
        ({"item": "d9"}, "没有这道题的这一条"),
        ({"query": "q/2"}, "没有这道题的这一条"),
        ({"grade": "viel"}, "grade"),
    ],
)
def test_what_is_no_judgement(
    client: TestClient, pool: Pool, change: dict[str, Any], message: str
) -> None:
    body = {"judge": "张三", "query": "q1", "item": "某办法.txt:1-10", "grade": 1} | change
    status, reply = post(client, "judgements", **body)
    assert status == 422
    assert message in reply["error"]["message"]
    assert read_judgements(pool) == {}
    assert client.get("/api/v1/judge/queries/9", params={"judge": "张三"}).status_code == 404


def test_the_routes_are_described(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {path for path in paths if "judge" in path} == {
        "/api/v1/judge",
        "/api/v1/judge/progress",
        "/api/v1/judge/queries/{number}",
        "/api/v1/judge/judgements",
        "/api/v1/judge/undo",
    }


def test_a_folder_that_is_no_pool(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--judge", str(tmp_path)]) == 1
    assert "不是待评文件夹" in capsys.readouterr().err


def test_a_killed_service_loses_no_judgement(pool: Pool, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.txt").write_text("办法\n第一条 请假由处长审批。\n", encoding="utf-8")
    build_index([tmp_path / "d"], tmp_path / "index")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "policyqa.cli", "serve", "--port", str(port)]
    command += ["--index", str(tmp_path / "index"), "--judge", str(pool.folder)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        body = {"judge": "张三", "query": "q1", "item": "某办法.txt:1-10", "grade": 2}
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/judge/judgements",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(request, timeout=10) as reply:
                    assert json.load(reply)["judged"] == 1
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.2)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert held(pool, "张三") == {"某办法.txt:1-10": 2}


# Page


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture
def site(pool: Pool) -> Iterator[str]:
    with served(create_app(FakeIndex(), Settings(), pool=pool)) as url:
        yield url


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    with watched_page(browser, site) as page:
        yield page


def enter(page: Any, name: str) -> None:
    page.goto("/judge")
    page.wait_for_selector("#name")
    assert page.evaluate("document.activeElement.id") == "name"
    page.keyboard.press("Control+a")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_selector(".question")


def at(page: Any) -> str:
    return str(page.evaluate("document.activeElement.dataset.item"))


def told(page: Any, text: str) -> None:
    page.wait_for_function(
        "text => document.getElementById('status').textContent.includes(text)", arg=text
    )


def test_a_pool_is_judged_by_keyboard_alone(page: Any, pool: Pool) -> None:
    enter(page, "张三")
    assert page.inner_text(".question") == "请假由谁审批"
    assert page.inner_text(".place") == "第 1 题，共 2 题"
    assert page.inner_text("#count") == "已评 0 / 5 条"
    assert at(page) == "某办法.txt:0-9"
    page.keyboard.press("1")
    told(page, "已存：相关")
    assert at(page) == "某办法.txt:1-10"
    page.keyboard.press("ArrowDown")
    assert at(page) == "某办法.txt:2-11"
    page.keyboard.press("3")
    told(page, "已存：不相关")
    assert at(page) == "某办法.txt:1-10"  # what is left of the question
    page.keyboard.press("2")
    told(page, "本题评完")
    assert held(pool, "张三") == {"某办法.txt:0-9": 2, "某办法.txt:1-10": 1, "某办法.txt:2-11": 0}
    assert page.inner_text("#count") == "已评 3 / 5 条"
    pressed = "nodes => nodes.map(node => node.dataset.grade)"
    assert page.eval_on_selector_all("[aria-pressed=true]", pressed) == ["2", "1", "0"]

    page.keyboard.press("n")
    page.wait_for_selector("text=第 2 题，共 2 题")
    assert page.inner_text(".question") == f"怎么转义{HOSTILE}"
    assert at(page) == "某办法.txt:3-12"
    page.keyboard.press("ArrowRight")
    told(page, "这是最后一题")
    page.keyboard.press("1")
    page.keyboard.press("1")  # at once, for the next text
    told(page, "全部评完")
    assert held(pool, "张三")["d/5 甲"] == 2
    page.keyboard.press("u")
    told(page, "已撤销，这一条待评")
    assert at(page) == "d/5 甲"
    assert "d/5 甲" not in held(pool, "张三")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("text=第 1 题，共 2 题")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("2")  # judged anew
    told(page, "本题评完")
    assert held(pool, "张三")["某办法.txt:0-9"] == 1
    page.keyboard.press("u")
    told(page, "恢复为：相关")
    assert held(pool, "张三")["某办法.txt:0-9"] == 2


def test_a_judge_goes_on_where_the_work_stopped(page: Any, pool: Pool) -> None:
    enter(page, "张三")
    for _ in range(3):
        page.keyboard.press("1")
    told(page, "本题评完")
    page.reload()
    page.wait_for_selector("#name")
    assert page.input_value("#name") == "张三"
    page.keyboard.press("Enter")
    told(page, "接着上次评，已评 3 条")
    assert page.inner_text(".place") == "第 2 题，共 2 题"
    enter(page, "李四")
    assert page.inner_text("#count") == "已评 0 / 5 条"
    assert page.inner_text("#who") == "评判人：李四"
    assert page.query_selector("[aria-pressed=true]") is None


def test_a_bad_name_and_a_lost_service_are_said(page: Any, pool: Pool) -> None:
    page.goto("/judge")
    page.wait_for_selector("#name")
    page.keyboard.type("../张三")
    page.keyboard.press("Enter")
    told(page, "评判人的名字应为")
    enter(page, "张三")
    page.route("**/judgements", lambda route: route.abort())
    page.keyboard.press("1")
    told(page, "没有存上：连接不到服务")
    assert at(page) == "某办法.txt:0-9"
    assert page.query_selector("[aria-pressed=true]") is None
    page.unroute("**/judgements")
    page.keyboard.press("1")
    told(page, "已存：相关")
    assert held(pool, "张三") == {"某办法.txt:0-9": 2}


def test_no_key_judges_while_a_question_is_left(page: Any, pool: Pool) -> None:
    enter(page, "张三")
    waiting: list[Any] = []
    page.route("**/queries/2*", lambda route: waiting.append(route))
    page.keyboard.press("ArrowRight")
    while not waiting:  # the browser asks before the route is told
        page.wait_for_timeout(20)
    page.keyboard.press("3")
    waiting[0].continue_()
    page.wait_for_selector("text=第 2 题，共 2 题")
    page.keyboard.press("1")
    told(page, "已存：相关")
    assert held(pool, "张三") == {"某办法.txt:3-12": 2}


def test_it_works_on_a_phone(page: Any, pool: Pool) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    enter(page, "张三")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    sizes = page.eval_on_selector_all(
        ".grades button", "nodes => nodes.map(node => node.getBoundingClientRect().height)"
    )
    assert min(sizes) >= 44
    page.click(".judged-list li:nth-child(2) [data-grade='1']")
    told(page, "已存：部分相关")
    assert held(pool, "张三") == {"某办法.txt:1-10": 1}


def test_keys_are_shown_and_every_control_has_a_name(page: Any) -> None:
    enter(page, "张三")
    keys = page.inner_text(".shortcuts")
    for text in ("1 相关", "2 部分相关", "3 不相关", "n 下一条未评", "u 撤销"):
        assert text in keys
    nameless = page.eval_on_selector_all(
        "button, input, [role=group], progress",
        "nodes => nodes.filter(node => !node.textContent.trim() && !node.ariaLabel && !node.labels?.length)"
        ".map(node => node.outerHTML)",
    )
    assert nameless == []
    assert page.get_attribute("html", "lang") == "zh-CN"
    assert page.get_attribute("#done", "max") == "5"
