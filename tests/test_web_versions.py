"""Versions of laws over HTTP and on the page, in a real Chromium over a real index."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from browser import launched, served, watched_page
from laws import Corpus
from policyqa.settings import Settings
from policyqa.web import create_app

ADDRESS = "竞争法第二条"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    index = Corpus(tmp_path_factory.mktemp("laws")).open()
    with served(create_app(index, Settings())) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    with watched_page(browser, site) as page:
        yield page


def get(site: str, path: str, **query: str) -> Any:
    with urllib.request.urlopen(f"{site}{path}?{urlencode(query)}") as response:
        return json.load(response)


def post(site: str, path: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        f"{site}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def test_the_api_finds_the_version_in_force_unless_others_are_asked_for(site: str) -> None:
    def found(**query: str) -> list[tuple[str, str, str]]:
        hits = get(site, "/api/v1/search", q=ADDRESS, **query)["hits"]
        return [(hit["status"], hit["version"], hit["effective"]) for hit in hits]

    assert found() == [("现行", "2022-06-24", "2008-08-01")]
    assert found(versions="all") == [
        ("现行", "2022-06-24", "2008-08-01"),
        ("已修改", "2007-08-30", "2008-08-01"),
    ]
    assert found(as_of="2010-01-01") == [("已修改", "2007-08-30", "2008-08-01")]


def test_the_api_answers_from_the_version_asked_for(site: str) -> None:
    answer = post(site, "/api/v1/ask", {"question": ADDRESS})
    assert (answer["status"], "五百万元" in answer["answer"]) == ("现行", True)
    filters = {"as_of": "2010-01-01"}
    answer = post(site, "/api/v1/ask", {"question": ADDRESS, "filters": filters})
    assert (answer["status"], "五十万元" in answer["answer"]) == ("已修改", True)
    drafts = post(
        site, "/api/v1/precedents", {"draft": "集中申报的罚款", "filters": {"versions": "all"}}
    )
    assert "已修改" in {hit["status"] for hit in drafts["hits"]}


def test_the_api_lists_every_version_with_its_status(site: str) -> None:
    listed = get(site, "/api/v1/documents", document="竞争法")
    assert sorted(one["status"] for one in listed["documents"]) == ["已修改", "现行"]
    old = next(one for one in listed["documents"] if one["status"] == "已修改")
    record = get(site, f"/api/v1/documents/{old['document_id']}")
    assert [one["status"] for one in record["versions"]] == ["现行"]
    assert record["metadata"]["level"] == "法律"
    clause = get(site, f"/api/v1/clauses/{record['clauses'][0]['clause_id']}")
    assert clause["status"] == "已修改"
    assert get(site, "/api/v1/status")["versions"]["laws"] == 2


@pytest.mark.parametrize(
    "query", [{"versions": "old"}, {"as_of": "2020"}, {"versions": "all", "as_of": "2020-01-01"}]
)
def test_the_api_refuses_a_choice_that_is_none(site: str, query: dict[str, str]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(site, "/api/v1/search", q=ADDRESS, **query)
    assert refused.value.code == 422
    assert json.load(refused.value)["error"]["message"]
    refused.value.close()


def test_the_page_switches_between_versions(page: Any, site: str) -> None:
    page.goto(f"/?q={quote(ADDRESS)}")
    page.wait_for_selector(".answered")
    assert page.inner_text(".answered .badge") == "现行（2022-06-24 版）"
    assert page.query_selector(".others") is None

    page.click("#filters summary")
    assert page.is_hidden("[name=as_of]")
    page.select_option("#versions", "all")
    page.click("#ask button")
    page.wait_for_selector(".others .badge")
    assert page.inner_text(".others .badge") == "已修改（2007-08-30 版）"
    assert page.url.endswith("&versions=all")

    page.select_option("#versions", "as_of")
    page.fill("[name=as_of]", "2010-01-01")
    page.click("#ask button")
    page.wait_for_selector(".answered .badge.ended")
    assert "五十万元" in page.inner_text("#answer")
    assert page.url.endswith("&as_of=2010-01-01")

    page.reload()
    page.wait_for_selector(".answered .badge.ended")
    assert page.input_value("#versions") == "as_of"
    assert page.input_value("[name=as_of]") == "2010-01-01"
    page.select_option("#versions", "")
    page.click("#ask button")
    page.wait_for_selector(".answered .badge.in-force")
    assert page.url == f"{site}/?q={quote(ADDRESS)}"


def test_a_superseded_document_leads_to_the_one_in_force(page: Any) -> None:
    page.goto("/documents")
    page.wait_for_selector(".document .badge")
    badges = [node.inner_text() for node in page.query_selector_all(".document .badge")]
    assert badges == [
        "现行（2022-06-24 版）", "已修改（2007-08-30 版）", "废止（2001-03-01 版）",
        "尚未施行（2099-01-01 版，2099-01-01 施行）", "现行（2015-05-01 版）",
    ]  # fmt: skip
    page.click(".document:has(.badge:text('已修改')) .title")
    page.wait_for_selector(".paper")
    assert page.inner_text(".paper header .badge >> nth=0") == "已修改（2007-08-30 版）"
    page.click(".versions a")
    page.wait_for_selector(".paper header > .badge.in-force")
    assert "五百万元" in page.inner_text(".paper")
    page.goto("/documents?versions=current")
    page.wait_for_selector(".document .badge")
    assert "已修改" not in page.inner_text(".documents")
    assert page.input_value(".narrow [name=versions]") == "current"
