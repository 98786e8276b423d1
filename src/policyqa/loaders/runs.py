"""The text inside a Word paragraph: runs, fields, tracked changes, symbols, formulas."""

from __future__ import annotations

from dataclasses import dataclass, field

import lxml.etree

from policyqa.loaders.ooxml import W, is_on, value
from policyqa.loaders.styles import PLAIN, Style

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_HOLDERS = frozenset(
    f"{W}{name}"
    for name in [
        "ins",
        "moveTo",
        "hyperlink",
        "smartTag",
        "customXml",
        "sdt",
        "sdtContent",
        "bdo",
        "dir",
        "fldSimple",
    ]
)
_FIXED = {
    f"{W}tab": " ",
    f"{W}ptab": " ",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_SYMBOLS = {
    0x52: "☑", 0xFE: "☑", 0xA8: "□", 0x6F: "□", 0x71: "□", 0xFD: "☒", 0x54: "☒",
    0xFC: "✓", 0x50: "✓", 0xFB: "✗", 0x4F: "✗", 0x6C: "●", 0x6E: "■", 0xA1: "○",
    0xD8: "➢", 0xE0: "→", 0xDF: "←", 0x9F: "•",
}  # fmt: skip
"""Signs of the Wingdings fonts that forms and lists use, by their code in the font."""


@dataclass(slots=True)
class Found:
    """What a paragraph holds.

    Attributes:
        text: its own text; a line break inside it is a newline.
        boxes: contents of the text boxes that hang on it.
        notes: (footnote or endnote, id), in order.
    """

    text: str = ""
    boxes: list[lxml.etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Field:
    """An open field: first its code is read, then its result."""

    code: str = ""
    in_code: bool = True

    def hides(self) -> bool:
        return self.in_code or self.code.split()[:1] == ["TOC"]


class Inline:
    """Reads paragraphs one after the other; a field may run over several of them."""

    def __init__(self, styles: dict[str, Style]) -> None:
        self._styles = styles
        self._fields: list[_Field] = []

    def read(self, paragraph: lxml.etree._Element, style: Style) -> Found:
        """What `paragraph` holds, deleted and hidden text left out."""
        found = Found()
        self._walk(paragraph, style.hidden, found)
        return found

    def _walk(self, parent: lxml.etree._Element, hidden: bool, found: Found) -> None:
        for child in parent:
            if child.tag == f"{W}r":
                self._run(child, hidden, found)
            elif child.tag == f"{W}fldSimple" and str(child.get(f"{W}instr")).split()[:1] == [
                "TOC"
            ]:
                continue
            elif child.tag in _HOLDERS:
                self._walk(child, hidden, found)
            elif child.tag in (f"{_M}oMath", f"{_M}oMathPara"):
                self._add(found, "".join(child.itertext(f"{_M}t")))
            elif child.tag == f"{_MC}AlternateContent":
                self._walk(_chosen(child), hidden, found)

    def _run(self, run: lxml.etree._Element, hidden: bool, found: Found) -> None:
        properties = run.find(f"{W}rPr")
        own = is_on(properties, "vanish")
        if own is None:
            own = self._styles.get(value(properties, "rStyle") or "", PLAIN).hidden or hidden
        for item in run:
            if item.tag == f"{W}fldChar":
                self._field(str(item.get(f"{W}fldCharType")))
            elif item.tag == f"{W}instrText":
                if self._fields:
                    self._fields[-1].code += item.text or ""
            elif not own:
                self._item(item, found)

    def _item(self, item: lxml.etree._Element, found: Found) -> None:
        if item.tag == f"{W}t":
            self._add(found, item.text or "")
        elif item.tag in _FIXED:
            self._add(found, _FIXED[item.tag])
        elif item.tag == f"{W}sym":
            self._add(found, _symbol(item))
        elif item.tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            kind = lxml.etree.QName(item).localname.removesuffix("Reference")
            found.notes.append((kind, str(item.get(f"{W}id"))))
        elif item.tag == f"{W}ruby":
            base = item.find(f"{W}rubyBase")
            if base is not None:
                self._walk(base, False, found)
        elif item.tag == f"{_MC}AlternateContent":
            for inner in _chosen(item):
                self._item(inner, found)
        elif item.tag in (f"{W}pict", f"{W}drawing", f"{W}object"):
            found.boxes.extend(_boxes(item))

    def _field(self, step: str) -> None:
        if step == "begin":
            self._fields.append(_Field())
        elif self._fields and step == "separate":
            self._fields[-1].in_code = False
        elif self._fields and step == "end":
            self._fields.pop()

    def _add(self, found: Found, text: str) -> None:
        if not any(opened.hides() for opened in self._fields):
            found.text += text


def _chosen(alternatives: lxml.etree._Element) -> lxml.etree._Element:
    """The first alternative that holds text; they are one content in several forms."""
    for choice in alternatives:
        if next(choice.iter(f"{W}t"), None) is not None:
            return choice
    return alternatives[0] if len(alternatives) else alternatives


def _boxes(drawing: lxml.etree._Element) -> list[lxml.etree._Element]:
    """The outermost text boxes of a drawing, each in one of its forms."""
    boxes: list[lxml.etree._Element] = []
    pending = list(drawing)
    while pending:
        item = pending.pop(0)
        if item.tag == f"{W}txbxContent":
            boxes.append(item)
        elif item.tag == f"{_MC}AlternateContent":
            pending[:0] = list(_chosen(item))
        else:
            pending[:0] = list(item)
    return boxes


def _symbol(item: lxml.etree._Element) -> str:
    try:
        code = int(str(item.get(f"{W}char")), 16)
    except ValueError:
        return ""
    if "Wingdings" in str(item.get(f"{W}font")):
        return _SYMBOLS.get(code & 0xFF, "□")
    return chr(code) if 0x20 <= code < 0xD800 or 0xF900 <= code < 0x10FFFF else ""
