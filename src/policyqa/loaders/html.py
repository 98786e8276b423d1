"""HTML pages, also as web archives (MHT): the article among site furniture, to text."""

from __future__ import annotations

import email
import email.policy
import re

import lxml.etree
import lxml.html

from policyqa.errors import LoadError
from policyqa.loaders.encoding import decode
from policyqa.loaders.loaded import LoadedText, clean
from policyqa.loaders.page_table import read_page_table
from policyqa.loaders.tables import Cell, table_lines

_DROPPED = "script style noscript template nav header footer aside form button select iframe svg"
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "thead",
        "tr",
        "ul",
        "caption",
        "td",
        "th",
    ]
)
_FURNITURE_NAME = re.compile(
    r"nav|menu|footer|header|sidebar|breadcrumb|crumb|share|related|recommend|login|comment|"
    r"toolbar|copyright|hot|rank|banner|advert|pagination",
    re.IGNORECASE,
)


def read_html(content: bytes) -> LoadedText:
    """The text of a page's article, a block or table row a line.

    Raises:
        LoadError: the content is no HTML, or its encoding is unknown.
    """
    declared = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", content[:4000])
    text = decode(content, declared[1].decode("ascii") if declared else None)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    if not text.strip():
        return LoadedText("")
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml.html.document_fromstring(clean(text), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError) as error:
        raise LoadError("不是有效的 HTML,没有内容") from error
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        # The parser drops what lies beyond its bounds without a word.
        raise LoadError("内容嵌套过深或过大,无法读取")
    body = root.find("body")
    body = root if body is None else body
    for element in body.xpath("|".join(f".//{tag}" for tag in _DROPPED.split())):
        element.drop_tree()
    stated = read_page_table(body)
    return LoadedText("\n".join(_lines(_article(body))), stated=stated)


def read_mht(content: bytes) -> LoadedText:
    """The text of a page saved as one file.

    Raises:
        LoadError: it holds no HTML.
    """
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            if isinstance(page, bytes):
                return read_html(page)
    raise LoadError("网页存档中没有网页")


def _article(body: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    """The smallest element that holds nearly all of the page's text outside of links."""
    prose = _prose(body)
    for element in list(body.iter("div", "ul", "section", "td", "dl")):
        name = f"{element.get('id', '')} {element.get('class', '')}"
        if _FURNITURE_NAME.search(name) and prose[element] < 0.3 * prose[body]:
            element.drop_tree()
    prose = _prose(body)
    best = body
    while True:
        inner = [child for child in best if prose.get(child, 0) >= 0.85 * prose[body]]
        if not inner or inner[0].tag in ("p", "span"):
            return best
        best = inner[0]


def _prose(body: lxml.html.HtmlElement) -> dict[lxml.html.HtmlElement, int]:
    """Characters of text outside of links, of each element below `body` and of itself."""
    prose: dict[lxml.html.HtmlElement, int] = {}
    for _, element in lxml.etree.iterwalk(body, events=("end",)):
        if not isinstance(element.tag, str):
            continue
        own = len((element.text or "").strip())
        own += sum(prose.get(child, 0) + len((child.tail or "").strip()) for child in element)
        prose[element] = 0 if element.tag == "a" else own
    return prose


def _lines(element: lxml.html.HtmlElement) -> list[str]:
    lines: list[str] = [""]
    _collect(element, lines)
    tidy = (re.sub(r"[ \t\n\xa0]+", " ", line).strip() for line in lines)
    return [line for line in tidy if line]


def _collect(element: lxml.html.HtmlElement, lines: list[str]) -> None:
    """Append the element's text to `lines`; a block begins a line, a table row is one."""
    if element.tag in _TABLES:
        lines.extend([*_table(element), ""])
        return
    if element.tag in _BLOCKS:
        lines.append("")
    lines[-1] += element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            _collect(child, lines)
        if isinstance(child.tag, str) and child.tag in _BLOCKS:
            lines.append("")
        lines[-1] += child.tail or ""


_TABLES = ("table", "thead", "tbody", "tfoot", "tr")


def _table(table: lxml.html.HtmlElement) -> list[str]:
    """The lines of a table, or of a part of one; what stands outside of its rows first."""
    outside: list[str] = []
    rows: list[list[Cell]] = []
    pending = [table]
    while pending:
        element = pending.pop()
        if element.tag == "tr":
            rows.append([_cell(cell) for cell in element if isinstance(cell.tag, str)])
        elif element.tag in _TABLES:
            pending.extend(reversed(element))
        elif isinstance(element.tag, str):
            outside.extend(_lines(element))
    return outside + table_lines(rows)


def _cell(cell: lxml.html.HtmlElement) -> Cell:
    return Cell(
        "\n".join(_lines(cell)), _span(cell, "colspan"), _span(cell, "rowspan"), cell.tag == "th"
    )


def _span(cell: lxml.html.HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return int(value) if value.isdecimal() and len(value) < 5 else 1
