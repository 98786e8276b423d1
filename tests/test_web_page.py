"""The page in a real Chromium against a real server: keyboard, marks, links, phone, print."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from browser import launched, served, watched_page
from fake_index import HOSTILE, FakeIndex
from policyqa.settings import Settings
from policyqa.web import create_app

QUESTION = "区委常委会每年听取几次汇报"
UNANSWERED = "党费缴纳比例是多少"


@pytest.fixture(scope="module")
def page_index() -> Any:
    """The index behind the page."""
    return FakeIndex()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def app(page_index: Any) -> Any:
    return create_app(page_index, Settings())


@pytest.fixture(scope="module")
def site(app: Any) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    with watched_page(browser, site) as page:
        yield page


def asked(question: str) -> str:
    return f"/?q={quote(question)}"


def test_a_question_is_asked_and_its_results_walked_by_keyboard(page: Any, site: str) -> None:
    page.goto("/")
    page.wait_for_selector(".examples")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answered")
    assert page.inner_text("#answer") == "1-2次"
    assert page.inner_text("mark.answer") == "1-2次"
    assert page.get_attribute(".holder .provision", "data-clause") == "aaaa-0005"
    assert "较有把握（93%）" in page.inner_text(".confidence")
    assert "五、加强对新时代人民政协党的建设工作的领导" in page.inner_text(".answered .path")
    assert page.url == f"{site}{asked(QUESTION)}"
    assert QUESTION in page.title()

    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    focused = "document.activeElement.dataset.open"
    assert page.evaluate(focused) == "/clauses/bbbb-0001"
    page.keyboard.press("j")
    assert page.evaluate(focused) == "/clauses/bbbb-0004"
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_selector(".card.clause")
    assert page.url == f"{site}/clauses/bbbb-0001"
    page.go_back()
    page.wait_for_selector(".answered")
    assert page.input_value("#q") == QUESTION
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "q"


def test_a_permalink_of_a_question_answers_at_once(page: Any) -> None:
    page.goto(asked(QUESTION))
    page.wait_for_selector(".answered")
    assert page.input_value("#q") == QUESTION
    assert page.inner_text("[role=status]") == "答案：1-2次"
    others = [node.inner_text() for node in page.query_selector_all(".others .result")]
    assert len(others) == 3
    assert not any("19." in text for text in others)


def test_the_answer_in_an_item_is_marked_after_a_rare_character(page: Any) -> None:
    page.goto(asked("学生请假由谁批准"))
    page.wait_for_selector(".answered")
    assert page.inner_text("mark.answer") == "学院"
    assert page.inner_text(".answered .text.below:has(mark.answer)").startswith("（二）𠮷三天以上")
    assert [node.inner_text() for node in page.query_selector_all("mark.word")] == ["学生"]


def test_neighbours_open_in_place(page: Any) -> None:
    page.goto(asked(QUESTION))
    page.wait_for_selector(".answered")
    page.click(".answered [data-go=next]")
    page.wait_for_selector(".answered [data-clause=aaaa-0006]")
    assert "20.（原文此处省略）" in page.inner_text(".answered .holder")
    page.click(".answered [data-go=next]")
    page.wait_for_selector(".answered [data-clause=aaaa-0007]")
    page.click(".answered [data-go=next]")
    page.wait_for_selector("text=没有下一条了")
    page.click(".answered [data-go=previous]")
    page.wait_for_selector(".answered [data-clause=aaaa-0004]")
    order = page.eval_on_selector_all(
        ".answered [data-clause]", "nodes => nodes.map(node => node.dataset.clause)"
    )
    assert order == [f"aaaa-000{number}" for number in (4, 5, 6, 7)]
    assert page.inner_text("mark.answer") == "1-2次"


def test_neighbours_skip_what_the_card_shows(page: Any) -> None:
    page.goto("/clauses/bbbb-0001")
    page.wait_for_selector(".card.clause")
    page.click("[data-go=next]")
    page.wait_for_selector("[data-clause=bbbb-0004]")


def test_what_the_documents_do_not_say(page: Any) -> None:
    page.goto(asked(UNANSWERED))
    page.wait_for_selector(".unanswered")
    assert page.inner_text("#answer") == "文件中没有说明"
    assert "换用文件里的说法" in page.inner_text(".unanswered")
    assert page.query_selector("mark.answer") is None
    assert len(page.query_selector_all(".others .result")) == 4


def test_a_hostile_text_is_shown_as_it_is(page: Any) -> None:
    page.goto(asked(f"{HOSTILE}怎么转义"))
    page.wait_for_selector(".answered")
    assert page.inner_text("#answer") == HOSTILE
    assert page.inner_text(".asked") == f"{HOSTILE}怎么转义"
    assert page.inner_text("mark.answer") == HOSTILE
    page.goto("/documents/bbbb")
    page.wait_for_selector(".paper")
    assert HOSTILE in page.inner_text("#bbbb-0004")
    assert page.query_selector("main img, main script") is None


def test_the_citation_is_copied(page: Any) -> None:
    page.goto(asked(QUESTION))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click(".answered .cite")
    page.wait_for_selector("text=已复制：")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "《政协党建工作要点》五、加强对新时代人民政协党的建设工作的领导 19."


def test_a_document_has_an_outline_and_anchors(page: Any, site: str) -> None:
    page.goto("/documents")
    page.click("text=政协党建工作要点")
    page.wait_for_selector(".paper")
    entries = [node.inner_text() for node in page.query_selector_all(".outline li")]
    assert entries == [
        "四、以高质量党建推动高质量履职",
        "五、加强对新时代人民政协党的建设工作的领导",
    ]
    page.click(".outline li:nth-child(2) a")
    assert page.url == f"{site}/documents/aaaa#aaaa-0004"
    assert page.get_attribute(".aimed", "id") == "aaaa-0004"
    page.goto("/documents/aaaa#aaaa-0007")
    page.wait_for_selector("#aaaa-0007.aimed")
    assert "17、（原文此处省略）" in page.inner_text(".paper")


def test_the_list_of_documents_is_filtered(page: Any, site: str) -> None:
    page.goto("/documents")
    page.fill(".narrow [name=issuer]", "大学")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=符合条件的文件 1 份")
    assert page.url == f"{site}/documents?issuer={quote('大学')}"
    page.fill(".narrow [name=issuer]", "没有的机关")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=没有符合条件的文件")


def test_filters_go_with_the_question(page: Any, page_index: Any, site: str) -> None:
    page.goto("/")
    page.click("#filters summary")
    page.fill("#ask [name=document]", "要点")
    page.fill("#q", QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answered")
    assert page.url == f"{site}{asked(QUESTION)}&document={quote('要点')}"
    assert page_index.calls[-1][1][-1].document == "要点"


@pytest.mark.parametrize(
    "path", ["/", asked(QUESTION), asked(UNANSWERED), "/documents", "/documents/bbbb"]
)
def test_a_phone_needs_no_sideways_scrolling(page: Any, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(path)
    page.wait_for_selector("main > *")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.is_visible("#q")


def test_print_shows_the_clause_and_its_source_only(page: Any) -> None:
    page.goto(asked(QUESTION))
    page.wait_for_selector(".answered")
    page.emulate_media(media="print")
    for gone in (".masthead", ".foot", ".others", ".answered .actions", ".confidence"):
        assert not page.is_visible(gone), gone
    assert page.is_visible("#answer")
    assert page.is_visible("mark.answer")
    assert "出处：《政协党建工作要点》" in page.inner_text(".printed")
    assert page.pdf().startswith(b"%PDF")


def test_dark_and_light_have_enough_contrast(page: Any) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(asked(QUESTION))
        page.wait_for_selector(".answered")
        page.evaluate("document.activeElement.blur()")
        for selector in (
            "#answer",
            ".asked",
            ".confidence",
            ".path .step",
            ".text",
            "mark.answer",
            ".actions .quiet",
            ".path .source",
            ".wordmark",
            ".foot p",
            ".box button",
        ):
            assert page.evaluate(_CONTRAST, selector) >= 4.5, (scheme, selector)


def test_an_error_says_what_to_do(page: Any) -> None:
    page.goto("/clauses/none")
    page.wait_for_selector(".failure")
    assert "没有这个条款" in page.inner_text(".failure")
    assert "文件目录" in page.inner_text(".failure")
    page.goto(asked("问" * 501))
    page.wait_for_selector("text=最多 500 字")
    page.route("**/api/v1/ask", lambda route: route.abort())
    page.goto(asked(QUESTION))
    page.wait_for_selector("text=连接不到服务")
    page.unroute("**/api/v1/ask")
    page.click(".failure button")
    page.wait_for_selector(".answered")


def test_an_empty_question_is_not_sent(page: Any) -> None:
    page.goto("/")
    page.wait_for_selector(".examples")
    page.fill("#q", "  ")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=请先输入要问的问题")


def test_what_is_slow_shows_that_it_is_working(page: Any) -> None:
    index = FakeIndex(delay=1.0)
    with served(create_app(index, Settings())) as url:
        page.route("**/api/v1/ask", lambda route: route.continue_(url=f"{url}/api/v1/ask"))
        page.goto("/")
        page.wait_for_selector(".examples")
        assert not page.is_visible("#progress")
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
        page.wait_for_selector("#progress", state="visible")
        assert "正在查找答案" in page.inner_text("[role=status]")
        page.wait_for_selector(".answered")
        assert not page.is_visible("#progress")


def test_the_page_waits_for_the_index(page: Any, app: Any, page_index: Any) -> None:
    app.state.service.index = None
    try:
        page.goto(asked(QUESTION))
        page.wait_for_selector("text=索引正在打开")
    finally:
        app.state.service.index = page_index
    page.wait_for_selector(".answered")


_CONTRAST = """selector => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255)
      .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const node = document.querySelector(selector);
  let under = node;
  while (under && (parse(getComputedStyle(under).backgroundColor)[3] ?? 1) === 0) {
    under = under.parentElement;
  }
  const back = luminance(parse(getComputedStyle(under ?? document.body).backgroundColor));
  const front = luminance(parse(getComputedStyle(node).color));
  return (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
}"""


def test_references_are_links_both_ways(page: Any) -> None:
    page.goto("/clauses/bbbb-0006")
    page.wait_for_selector("text=所引的《示例大学章程》不在所收文件中")
    page.click("a.reference:has-text('第三条')")
    page.wait_for_selector("text=引用本条的条款（1）")
    assert page.url.endswith("/clauses/bbbb-0001")
    page.click(".referring a.permalink")
    page.wait_for_selector("a.reference")
    assert page.url.endswith("/clauses/bbbb-0006")
