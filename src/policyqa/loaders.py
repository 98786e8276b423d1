"""Files to text: TXT, Markdown and HTML, each to lines of text with a title if it has one."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

import lxml.etree
import lxml.html

from policyqa.errors import LoadError

SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LoadedText:
    """A file's text, one paragraph or table row a line, and the title its markup names."""

    text: str
    title: str | None = None


def load(path: Path, *, max_megabytes: int = 50) -> tuple[LoadedText, bytes]:
    """The text of a file, and the bytes it was read from.

    Raises:
        LoadError: the file is of an unknown kind, too large, unreadable, in an unknown
            encoding, or holds no text.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise LoadError(f"不支持的文件类型“{suffix or path.name}”,可用: {' '.join(SUFFIXES)}")
    try:
        if not path.is_file():
            raise LoadError("文件不存在或不是普通文件")
        size = path.stat().st_size
        if size > max_megabytes * MEGABYTE:
            raise LoadError(f"文件有 {size / MEGABYTE:.0f} MB,超过上限 {max_megabytes} MB,请拆分")
        content = path.read_bytes()
    except OSError as error:
        raise LoadError(f"无法读取: {error.strerror or error}") from error
    if suffix in (".html", ".htm"):
        loaded = _from_html(content)
    else:
        text = decode(content)
        loaded = _from_markdown(text) if suffix.startswith(".m") else LoadedText(_clean(text))
    if not loaded.text.strip():
        raise LoadError("文件中没有文字")
    return loaded, content


def decode(content: bytes, declared: str | None = None) -> str:
    """Bytes to text: a byte order mark, then UTF-8, the declared encoding, GB18030, UTF-16.

    Raises:
        LoadError: none of them fits.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _decoded(content, encoding)
    if content[:4000].count(0) > len(content[:4000]) // 20:
        # Zero bytes: UTF-16 without its mark, or no text at all. Most of an office text's
        # characters are ideographs or ASCII, so the right byte order shows in them.
        for encoding in ("utf-16-le", "utf-16-be"):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            if _legible(text):
                return text
        raise LoadError("不是文本文件(含有大量零字节)")
    for candidate in ("utf-8", declared, "gb18030"):
        if candidate is None:
            continue
        try:
            text = content.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
        if _legible(text):
            return text
    raise LoadError("无法识别文字编码,请另存为 UTF-8 或 GB18030")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise LoadError(f"文件开头标明 {encoding},内容却不是,可能已损坏") from error


def _legible(text: str) -> bool:
    sample = text[:5000]
    odd = sum(
        1
        for character in sample
        if (character < " " and character not in "\t\r\n\f\v") or "\ue000" <= character <= "\uf8ff"
    )
    return odd * 50 <= len(sample)


def _clean(text: str) -> str:
    """One newline a line break; characters that print nothing become spaces or go."""
    text = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", text)
    return re.sub(r"[\x00-\x08\x0e-\x1f\ufeff\u200b\u2060\xad\ud800-\udfff]", "", text)


_MARKDOWN_NOISE = re.compile(r"<!--.*?-->|\A---\n.*?\n---\n", re.DOTALL)


def _from_markdown(text: str) -> LoadedText:
    """Printed text of a Markdown file.

    Markdown parsers renumber ordered lists, and here the printed marks are the data; so
    only headings, emphasis, links, quotes and comments are unwrapped, line by line.
    """
    titles: list[str] = []
    lines: list[str] = []
    for line in _MARKDOWN_NOISE.sub("", _clean(text)).split("\n"):
        heading = re.match(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$", line)
        if heading:
            if heading[1] == "#" and len(titles) == len([kept for kept in lines if kept.strip()]):
                titles.append(heading[2])
            line = heading[2]
        line = re.sub(r"^\s{0,3}>\s?", "", line)
        line = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", line)
        line = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", line)
        line = re.sub(r"^\s*\|?(\s*:?-{3,}:?\s*\|?)+\s*$", "", line)
        if line.strip().startswith("|"):
            line = "　".join(cell.strip() for cell in line.strip().strip("|").split("|"))
        lines.append(line)
    return LoadedText("\n".join(lines), " ".join(titles) or None)


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


def _from_html(content: bytes) -> LoadedText:
    declared = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", content[:4000])
    text = decode(content, declared[1].decode("ascii") if declared else None)
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    if not text.strip():
        return LoadedText("")
    try:
        root = lxml.html.document_fromstring(_clean(text), parser=lxml.html.HTMLParser())
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError) as error:
        raise LoadError(f"不是有效的 HTML: {error}") from error
    for comment in root.xpath("//comment()|//processing-instruction()"):
        comment.drop_tree()
    body = root.find("body")
    body = root if body is None else body
    for element in body.xpath("|".join(f".//{tag}" for tag in _DROPPED.split())):
        element.drop_tree()
    article = _article(body)
    lines: list[str] = [""]
    _collect(article, lines)
    tidy = (re.sub(r"[ \t\n\xa0]+", " ", line).strip() for line in lines)
    return LoadedText("\n".join(line for line in tidy if line))


def _article(body: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    """The smallest element that holds nearly all of the page's text outside of links."""
    for element in list(body.iter("div", "ul", "section", "td", "dl")):
        name = f"{element.get('id', '')} {element.get('class', '')}"
        if _FURNITURE_NAME.search(name) and _prose(element) < 0.3 * _prose(body):
            element.drop_tree()
    total = _prose(body)
    best = body
    while True:
        inner = [
            child for child in best if isinstance(child.tag, str) and _prose(child) >= 0.85 * total
        ]
        if not inner or inner[0].tag in ("p", "span"):
            return best
        best = inner[0]


def _prose(element: lxml.html.HtmlElement) -> int:
    linked = sum(len(link.text_content().strip()) for link in element.iter("a"))
    return len(element.text_content().strip()) - linked


def _collect(element: lxml.html.HtmlElement, lines: list[str]) -> None:
    """Append the element's text to `lines`; a block begins a line, a table row is one."""
    if element.tag == "tr":
        cells = [
            " ".join(cell.text_content().split()) for cell in element if cell.tag in ("td", "th")
        ]
        if sum(map(len, cells)) < 400 and not element.xpath(".//p[2]|.//table|.//br"):
            lines.extend(["　".join(cells), ""])
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
