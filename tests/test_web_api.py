"""The HTTP API over a fake index: contract, limits, errors, headers and logs."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from fake_index import FakeIndex
from policyqa.errors import IndexDamaged
from policyqa.settings import Settings
from policyqa.web import create_app, models
from policyqa.web.logs import JsonFormatter
from policyqa.web.questions import METHODS

SETTINGS = Settings(max_question=50, max_draft=200, max_k=20)


class Client:
    """Requests to an application without a network, one after another on one event loop.

    Starlette's own TestClient warns about the HTTP library beneath it.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    def __enter__(self) -> Client:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app=self._app)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://test")
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._client.get(path, **options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._client.post(path, **options))


@pytest.fixture
def index() -> FakeIndex:
    return FakeIndex()


@pytest.fixture
def client(index: FakeIndex) -> Iterator[Client]:
    with Client(create_app(index, SETTINGS)) as client:
        yield client


def error_of(response: httpx.Response, status: int) -> dict[str, str]:
    assert response.status_code == status, response.text
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["message"]
    return dict(body["error"])


def test_ask_returns_the_answer_and_the_model_describes_it(client: Client) -> None:
    response = client.post("/api/v1/ask", json={"question": " 区委常委会每年听取几次汇报 "})
    body = response.json()
    assert body["question"] == "区委常委会每年听取几次汇报"
    assert (body["answered"], body["answer"]) == (True, "1-2次")
    text = body["clauses"][0]["text"]
    assert text[slice(*body["span"])] == "1-2次"
    models.AnswerModel.model_validate(body)


def test_an_unanswered_question_lists_the_nearest_clauses(client: Client) -> None:
    body = client.post("/api/v1/ask", json={"question": "党费缴纳比例是多少", "k": 2}).json()
    assert [body[name] for name in ("answered", "answer", "clause_id", "span")] == [
        False,
        None,
        None,
        None,
    ]
    assert len(body["clauses"]) == 2


def test_filters_reach_the_index(client: Client, index: FakeIndex) -> None:
    filters = {"document": "要点", "issuer": "大学", "from": "2023", "to": "2024-01-31"}
    assert client.post("/api/v1/ask", json={"question": "问", "filters": filters}).is_success
    assert client.get("/api/v1/search", params={"q": "问", **filters}).is_success
    for name, given in index.calls:
        passed = given[-1]
        assert name in ("ask", "search")
        assert (passed.document, passed.issuer) == ("要点", "大学")
        assert (passed.date_from, passed.date_to) == ("2023", "2024-01-31")


def test_empty_filters_are_no_filters(client: Client, index: FakeIndex) -> None:
    body = {"question": "问", "filters": {"issuer": " ", "from": None}}
    assert client.post("/api/v1/ask", json=body).is_success
    assert index.calls[-1][1][-1] is None


def test_search_and_precedents(client: Client, index: FakeIndex) -> None:
    query = {"q": "听取汇报", "k": 3, "method": "bm25"}
    found = client.get("/api/v1/search", params=query).json()
    assert found["query"] == "听取汇报"
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    models.SearchResponse.model_validate(found)
    assert index.calls[-1][1][2] == "bm25"
    similar = client.post("/api/v1/precedents", json={"draft": "请假由学院批准"}).json()
    models.PrecedentsResponse.model_validate(similar)
    assert index.calls[-1] == ("precedents", ("请假由学院批准", 10, None))


def test_methods_are_those_of_the_search() -> None:
    search = pytest.importorskip("policyqa.search")
    assert get_args(search.Method) == METHODS


def test_documents_are_paged_and_without_clauses(client: Client) -> None:
    body = client.get("/api/v1/documents", params={"offset": 1, "limit": 1}).json()
    assert (body["total"], body["offset"], body["limit"]) == (2, 1, 1)
    assert [one["title"] for one in body["documents"]] == ["示例大学学生请假与考勤管理规定"]
    assert "clauses" not in body["documents"][0]
    models.DocumentsResponse.model_validate(body)
    filtered = client.get("/api/v1/documents", params={"issuer": "大学"}).json()
    assert filtered["total"] == 1


def test_one_document_has_its_clauses(client: Client) -> None:
    body = client.get("/api/v1/documents/aaaa").json()
    assert len(body["clauses"]) == 8
    models.DocumentModel.model_validate(body)


def test_a_clause_comes_with_its_neighbours(client: Client) -> None:
    body = client.get("/api/v1/clauses/bbbb-0001").json()
    assert body["previous"]["clause_id"] == body["parent"]["clause_id"] == "bbbb-0000"
    assert body["next"]["clause_id"] == "bbbb-0002"
    assert [child["marks"][-1] for child in body["children"]] == ["（一）", "（二）"]
    models.ClauseWithNeighbours.model_validate(body)
    first = client.get("/api/v1/clauses/aaaa-0000").json()
    assert (first["previous"], first["parent"], first["children"]) == (None, None, [])


def test_links_tell_what_a_clause_refers_to_and_what_refers_to_it(client: Client) -> None:
    body = client.get("/api/v1/clauses/bbbb-0006/links").json()
    models.LinksResponse.model_validate(body)
    resolved, unresolved = body["references"]
    assert (resolved["text"], resolved["clause_id"]) == ("第三条", "bbbb-0001")
    assert (unresolved["resolved"], unresolved["clause_id"]) == (False, None)
    (referring,) = client.get("/api/v1/clauses/bbbb-0001/links").json()["referenced_by"]
    assert referring["clause"]["clause_id"] == "bbbb-0006"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/clauses/none",
        "/api/v1/clauses/none/links",
        "/api/v1/documents/none",
        "/api/v1/documents/%00",
        "/api/v1/clauses/" + "a" * 5000,
        "/api/v1/clauses/%ED%A0%80",
        "/api/v1/nothing",
        "/nothing",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
    ],
)
def test_what_does_not_exist_is_404(client: Client, path: str) -> None:
    assert error_of(client.get(path), 404)["code"] == "not_found"


def test_a_wrong_method_is_405(client: Client) -> None:
    error_of(client.get("/api/v1/ask"), 405)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"question": ""}, "请输入问题"),
        ({"question": " \n\t\u3000"}, "请输入问题"),
        ({"question": "\x00\x01"}, "请输入问题"),
        ({"question": "问" * 51}, "最多 50 字"),
        ({"question": "问", "k": 0}, "1 到 20"),
        ({"question": "问", "k": 21}, "1 到 20"),
        ({"question": "问", "k": 10**30}, "k"),
        ({"question": "问", "k": "许多"}, "整数"),
        ({"question": 7}, "文字"),
        ({}, "缺少"),
        ([], "JSON 对象"),
        ({"question": "问", "filters": {"from": "去年"}}, "去年"),
        ({"question": "问", "filters": {"issuer": "机" * 201}}, "过长"),
    ],
)
def test_bad_questions_are_422(client: Client, index: FakeIndex, body: Any, told: str) -> None:
    assert told in error_of(client.post("/api/v1/ask", json=body), 422)["message"]
    assert not index.calls


@pytest.mark.parametrize(
    "query",
    ["", "q=", "q=%00", "q=x&k=0", "q=x&k=y", "q=x&method=magic", "q=x&from=1", "q=" + "x" * 51],
)
def test_bad_searches_are_422(client: Client, query: str) -> None:
    error_of(client.get(f"/api/v1/search?{query}"), 422)


@pytest.mark.parametrize(
    "query", ["offset=-1", "limit=0", "limit=501", "offset=99999999999999999999"]
)
def test_bad_pages_are_422(client: Client, query: str) -> None:
    error_of(client.get(f"/api/v1/documents?{query}"), 422)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"question": NaN}', b""])
def test_a_broken_body_is_400_or_422(client: Client, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    response = client.post("/api/v1/ask", content=content, headers=headers)
    error_of(response, response.status_code)
    assert response.status_code in (400, 422)


def test_a_form_from_another_site_is_not_taken_for_json(client: Client) -> None:
    response = client.post(
        "/api/v1/ask", content=b'{"question": "x"}', headers={"content-type": "text/plain"}
    )
    error_of(response, 422)


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        (r'"\ud800听取\u0000次数\u0007"', "\ufffd听取 次数"),
        (r'"听取\u202e\ud83d\ude00"', "听取\u202e😀"),
        (r'"<script>alert(1)</script>"', "<script>alert(1)</script>"),
        (r'"\u0027; DROP TABLE clauses; --"', "'; DROP TABLE clauses; --"),
    ],
)
def test_hostile_characters_do_no_harm(
    client: Client, index: FakeIndex, sent: str, asked: str
) -> None:
    content = f'{{"question": {sent}}}'.encode()
    headers = {"content-type": "application/json"}
    response = client.post("/api/v1/ask", content=content, headers=headers)
    assert response.json()["question"] == asked
    assert index.calls[-1][1][0] == asked


def test_a_large_body_is_413_declared_or_not(client: Client) -> None:
    large = b" " * 1_000_001
    error_of(client.post("/api/v1/ask", content=large), 413)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    error_of(client.post("/api/v1/ask", content=pieces()), 413)


def test_before_the_index_is_open_only_health_answers() -> None:
    app = create_app(None, SETTINGS)
    with Client(app) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        for path in ("/readyz", "/api/v1/documents", "/api/v1/status", "/api/v1/search?q=x"):
            response = client.get(path)
            assert error_of(response, 503)["code"] == "index_not_ready"
            assert response.headers["retry-after"]
        assert client.get("/").is_success
        app.state.service.index = FakeIndex()
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.get("/api/v1/status").json()["documents"] == 2


def test_an_index_damaged_while_serving_is_503() -> None:
    class Damaged(FakeIndex):
        def document(self, document_id: str) -> Any:
            raise IndexDamaged("索引已损坏: 请重建")

    with Client(create_app(Damaged(), SETTINGS)) as client:
        assert "已损坏" in error_of(client.get("/api/v1/documents/aaaa"), 503)["message"]


def test_calls_run_side_by_side_up_to_the_limit_then_429(monkeypatch: pytest.MonkeyPatch) -> None:
    index = FakeIndex(delay=0.3)
    app = create_app(index, Settings(max_concurrent=2))
    monkeypatch.setattr(app.state.service.turns, "_wait_seconds", 0.45)

    async def ask_all() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            asking = [client.post("/api/v1/ask", json={"question": f"第{n}问"}) for n in range(6)]
            health = client.get("/healthz")
            return list(await asyncio.gather(*asking, health))

    *asked, health = asyncio.run(ask_all())
    assert health.is_success
    assert index.most_at_once == 2
    assert sorted(response.status_code for response in asked) == [200] * 4 + [429] * 2
    refused = next(response for response in asked if response.status_code == 429)
    assert error_of(refused, 429)["code"] == "too_many_requests"
    assert refused.headers["retry-after"]


def test_every_response_carries_the_security_headers(client: Client) -> None:
    for path in (
        "/",
        "/clauses/x",
        "/static/app.js",
        "/api/v1/documents",
        "/api/v1/none",
        "/openapi.json",
    ):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self';")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-request-id"]
    assert client.get("/api/v1/documents").headers["cache-control"] == "no-store"
    script = client.get("/static/app.js")
    assert script.headers["content-type"].startswith("text/javascript")


def test_pages_are_the_same_html(client: Client) -> None:
    page = client.get("/").text
    assert "政策问答" in page
    assert "http://" not in page
    assert "https://" not in page
    for path in ("/?q=问", "/clauses/aaaa-0005", "/documents", "/documents/aaaa"):
        assert client.get(path).text == page


def test_no_static_file_names_another_host() -> None:
    static = Path(models.__file__).parent / "static"
    for file in static.iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text, file
        assert "https:" not in text, file
        assert "innerHTML" not in text, file


def test_openapi_describes_every_route(client: Client) -> None:
    schema = client.get("/openapi.json").json()
    assert set(schema["paths"]) == {
        "/api/v1/ask",
        "/api/v1/search",
        "/api/v1/precedents",
        "/api/v1/documents",
        "/api/v1/documents/{document_id}",
        "/api/v1/clauses/{clause_id}",
        "/api/v1/clauses/{clause_id}/links",
        "/api/v1/status",
        "/healthz",
        "/readyz",
    }
    for methods in schema["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
    for name in ("AskRequest", "AnswerModel", "HitModel", "ErrorResponse"):
        assert name in schema["components"]["schemas"]
    assert client.get("/docs").status_code == 404


class Lines(logging.Handler):
    """Keeps what the service logs, as its formatter writes it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def log() -> Iterator[Lines]:
    handler = Lines()
    logger = logging.getLogger("policyqa.web")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_the_log_has_a_line_a_request_without_the_question(client: Client, log: Lines) -> None:
    client.post("/api/v1/ask", json={"question": "机密问题"}, headers={"x-request-id": "abc-1"})
    client.get("/api/v1/search", params={"q": "机密问题"})
    client.get("/", params={"q": "机密问题"})
    client.post("/api/v1/ask", json={"question": "机密崩溃"})
    written = "\n".join(log.lines)
    decoded = json.dumps([json.loads(line) for line in log.lines], ensure_ascii=False)
    assert "机密" not in decoded
    assert "%E6" not in written
    first = json.loads(log.lines[0])
    assert first["method"] == "POST"
    assert first["path"] == "/api/v1/ask"
    assert (first["status"], first["length"], first["request_id"]) == (200, 4, "abc-1")
    assert first["ms"] >= 0
    requests = [line for line in log.lines if json.loads(line)["event"] == "request"]
    assert len(requests) == 4


def test_the_log_has_the_question_when_asked_for(log: Lines) -> None:
    with Client(create_app(FakeIndex(), Settings(log_questions=True))) as client:
        client.post("/api/v1/ask", json={"question": "一个\n问题"})
    assert json.loads(log.lines[-1])["text"] == "一个\n问题"


def test_a_crash_is_a_500_that_tells_nothing(client: Client, log: Lines) -> None:
    response = client.post("/api/v1/ask", json={"question": "崩溃"}, headers={"x-request-id": "r1"})
    error = error_of(response, 500)
    assert "r1" in error["message"]
    assert "secret" not in response.text + "".join(log.lines)
    failure = json.loads(log.lines[0])
    assert (failure["event"], failure["error"]) == ("failure", "RuntimeError")
    assert any("fake_index.py" in where for where in failure["where"])


def test_a_strange_request_id_is_replaced(client: Client) -> None:
    given = "x" * 65
    response = client.get("/healthz", headers={"x-request-id": given})
    assert response.headers["x-request-id"] != given
