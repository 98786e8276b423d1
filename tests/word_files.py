"""Word packages for tests, written part by part so that each says exactly what it means."""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import escape

_NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def word_file(body: str, *, prefix: str = "", **parts: str) -> bytes:
    """A package whose body, and parts (styles, numbering, footnotes …), hold the given XML.

    `prefix` goes before the main part's root element.
    """
    relations = "".join(
        f'<Relationship Id="r{kind}" Type="{_TYPE}{kind}" Target="{kind}.xml"/>' for kind in parts
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        main = f'<Relationship Id="r1" Type="{_TYPE}officeDocument" Target="word/document.xml"/>'
        package.writestr("_rels/.rels", _RELS.format(main))
        package.writestr("word/_rels/document.xml.rels", _RELS.format(relations))
        package.writestr(
            "word/document.xml",
            f"{prefix}<w:document {_NS}><w:body>{body}</w:body></w:document>",
        )
        for kind, inner in parts.items():
            package.writestr(f"word/{kind}.xml", f"<w:{kind} {_NS}>{inner}</w:{kind}>")
    return content.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def in_list(number: int, level: int = 0) -> str:
    """Paragraph properties: of list `number`, at `level` from 0."""
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


def level(place: int, style: str, text: str, more: str = "") -> str:
    """A list level from 0."""
    return (
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>'
        f'{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(*abstract: str, more: str = "") -> str:
    """A numbering part: list n counts by the n-th abstract list."""
    return (
        "".join(
            f'<w:abstractNum w:abstractNumId="{number}">{levels}</w:abstractNum>'
            for number, levels in enumerate(abstract, 1)
        )
        + "".join(
            f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'
            for number in range(1, len(abstract) + 1)
        )
        + more
    )


def renumbered(lines: list[str]) -> bytes:
    """Lines as a Word file whose marks are printed by Word's automatic numbering.

    第X章, 第X条 and （X） below it are the levels of one list, 一、 and （X） of another.
    """
    chinese = "chineseCountingThousand"
    numbering = lists(
        level(0, chinese, "第%1章")
        + level(1, chinese, "第%2条", '<w:lvlRestart w:val="0"/>')
        + level(2, chinese, "（%3）"),
        level(0, chinese, "%1、") + level(1, chinese, "（%2）"),
    )
    numerals = "[一二三四五六七八九十百]+"
    grammar = [(f"第{numerals}章", 1, 0), (f"第{numerals}条", 1, 1), (f"{numerals}、", 2, 0)]
    body, items = "", (2, 1)
    for line in lines:
        for pattern, number, place in [*grammar, (f"（{numerals}）", *items)]:
            match = re.match(pattern, line)
            if match:
                items = items if line.startswith("（") else (number, 2 if number == 1 else 1)
                body += paragraph(line[match.end() :].strip(), in_list(number, place))
                break
        else:
            body += paragraph(line)
    return word_file(body, numbering=numbering)
