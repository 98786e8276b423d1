"""Word documents (DOCX, DOCM) to text as they print it.

Automatic numbers are resolved, tracked changes taken as accepted, tables written a row a
line, text boxes and notes put after the paragraph that they belong to. Headers, footers,
comments, hidden text, field codes and tables of contents are left out.
"""

from __future__ import annotations

import lxml.etree

from policyqa.loaders.loaded import LoadedText, clean
from policyqa.loaders.numbering import Numbering
from policyqa.loaders.ooxml import W, is_on, number, value
from policyqa.loaders.package import Package
from policyqa.loaders.runs import Inline
from policyqa.loaders.styles import Style, read_styles
from policyqa.loaders.tables import Cell, table_lines

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_HOLDERS = frozenset(
    f"{W}{name}" for name in ("ins", "moveTo", "customXml", "smartTag", "sdtContent")
)


def read_docx(content: bytes) -> LoadedText:
    """The text of a Word document; its title where one is styled as such.

    Raises:
        LoadError: the package is damaged, protected, or beyond the bounds of `package`.
    """
    package = Package(content)
    reader = _Reader(package)
    reader.blocks(package.main().find(f"{W}body"))
    reader.finish()
    title = " ".join(reader.title)
    return LoadedText(clean("\n".join(reader.lines)), title or None)


class _Reader:
    """Walks the blocks of a document in order and collects their lines."""

    def __init__(self, package: Package) -> None:
        self.lines: list[str] = []
        self.title: list[str] = []
        self._styles, self._default = read_styles(package.related("styles"))
        self._numbering = Numbering(package.related("numbering"))
        self._inline = Inline(self._styles)
        self._notes = {
            kind: _notes(package.related(f"{kind}s"), kind) for kind in ("footnote", "endnote")
        }
        self._noted = 0
        self._carried = ""

    def blocks(self, parent: lxml.etree._Element | None) -> None:
        """Collect the paragraphs and tables in `parent`."""
        for child in () if parent is None else parent:
            if child.tag == f"{W}p":
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self._table(child)
            elif child.tag == f"{W}sdt":
                if value(child, "sdtPr/docPartObj/docPartGallery") != "Table of Contents":
                    self.blocks(child.find(f"{W}sdtContent"))
            elif child.tag in _HOLDERS:
                self.blocks(child)
            elif child.tag == f"{_MC}AlternateContent" and len(child):
                self.blocks(child[0])

    def finish(self) -> None:
        """Keep text whose paragraph mark was deleted but which nothing followed."""
        if self._carried:
            self.lines.append(self._carried)
            self._carried = ""

    def _paragraph(self, paragraph: lxml.etree._Element) -> None:
        properties = paragraph.find(f"{W}pPr")
        style = self._styles.get(value(properties, "pStyle") or "", self._default)
        found = self._inline.read(paragraph, style)
        text = self._carried + found.text
        mark = None if properties is None else properties.find(f"{W}rPr")
        if mark is not None and any(
            mark.find(W + gone) is not None for gone in ("del", "moveFrom")
        ):
            # Its end was deleted: what follows continues it.
            self._carried = text
        else:
            self._carried = ""
            printed = self._mark(properties, style)
            if text.strip() and not style.contents:
                text = printed + text.strip()
                if style.title and self.title == [line for line in self.lines if line]:
                    self.title.append(text)
                self.lines.append(text)
        for box in found.boxes:
            self.blocks(box)
        for kind, key in found.notes:
            self._note(self._notes[kind].get(key))

    def _mark(self, properties: lxml.etree._Element | None, style: Style) -> str:
        own = value(properties, "numPr/numId")
        key = style.list_id if own is None else own
        if key is None or key == "0":
            return ""
        level = number(properties, "numPr/ilvl")
        if level is None and own is None and style.list_style is not None:
            level = self._numbering.level_of_style(key, style.list_style)
        if level is None:
            level = style.list_level
        return self._numbering.mark(key, level or 0)

    def _note(self, note: lxml.etree._Element | None) -> None:
        if note is None:
            return
        self._noted += 1
        lines = self._apart(note)
        if lines:
            self.lines.append(f"注{self._noted}：{' '.join(lines)}")

    def _apart(self, parent: lxml.etree._Element) -> list[str]:
        """The lines of `parent`, not yet put anywhere."""
        outer, self.lines = self.lines, []
        self.blocks(parent)
        self.finish()
        inner, self.lines = self.lines, outer
        return inner

    def _table(self, table: lxml.etree._Element) -> None:
        rows: list[list[Cell]] = []
        above: dict[int, Cell] = {}
        for row in table.iter(f"{W}tr"):
            if _table_of(row) is not table:
                continue
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                continue
            rows.append(self._row(row, above))
        self.lines.extend(table_lines(rows))

    def _row(self, row: lxml.etree._Element, above: dict[int, Cell]) -> list[Cell]:
        """A row's cells; one merged into the cell above it lengthens that one instead."""
        properties = row.find(f"{W}trPr")
        head = bool(is_on(properties, "tblHeader"))
        column = number(properties, "gridBefore") or 0
        cells = [Cell("", across=column)] if column else []
        for item in row.iter(f"{W}tc"):
            if next(item.iterancestors(f"{W}tr")) is not row:
                continue
            cell_properties = item.find(f"{W}tcPr")
            across = max(number(cell_properties, "gridSpan") or 1, 1)
            merge = None if cell_properties is None else cell_properties.find(f"{W}vMerge")
            if merge is not None and merge.get(f"{W}val") != "restart" and column in above:
                above[column].down += 1
            elif value(cell_properties, "hMerge") == "continue" and cells:
                cells[-1].across += across
            else:
                cells.append(Cell("\n".join(self._apart(item)), across=across, head=head))
                above.pop(column, None)
                if merge is not None:
                    above[column] = cells[-1]
            column += across
        return cells


def _table_of(row: lxml.etree._Element) -> lxml.etree._Element:
    return next(row.iterancestors(f"{W}tbl"))


def _notes(root: lxml.etree._Element | None, kind: str) -> dict[str, lxml.etree._Element]:
    """Notes by id, but for the separators that Word keeps among them."""
    if root is None:
        return {}
    return {
        str(note.get(f"{W}id")): note
        for note in root.iterchildren(W + kind)
        if note.get(f"{W}type", "normal") == "normal"
    }
