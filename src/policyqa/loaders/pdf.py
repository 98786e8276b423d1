"""PDF to text: characters from its text layer, or from recognition where it is scanned."""

from __future__ import annotations

import io
import re
from itertools import islice
from typing import Any

import pdfplumber
import pypdfium2
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfpage import PDFPage
from pdfplumber.utils.exceptions import PdfminerException

from policyqa.errors import LoadError
from policyqa.loaders.columns import Page, Table, reading_order
from policyqa.loaders.loaded import clean
from policyqa.loaders.ocr import DOTS_PER_POINT, Recogniser
from policyqa.loaders.paragraphs import paragraphs
from policyqa.loaders.printed import Piece, cell_text, rows_of
from policyqa.loaders.radicals import ideographs
from policyqa.loaders.tables import Cell

_MOST_EDGES = 4000
"""Ruled lines on a page beyond which it is a drawing; its text is read all the same."""
_MOST_PAGES = 3000
"""Pages of one file; they take all the time that `confined` gives."""
_UNREADABLE = re.compile(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd]")
_PASSWORD = "PDF 有打开密码,请取消密码后另存"


def read_pages(content: bytes) -> tuple[str, list[str]]:
    """The text of a PDF, and what of it could not be read, a line each.

    Raises:
        LoadError: it is damaged, protected, or scanned and recognition is not installed.
    """
    try:
        with pdfplumber.open(io.BytesIO(content), unicode_norm=None) as document:
            if (
                sum(1 for _ in islice(PDFPage.create_pages(document.doc), _MOST_PAGES + 1))
                > _MOST_PAGES
            ):
                raise LoadError(f"PDF 超过 {_MOST_PAGES} 页,请拆分")
            return _read(document, content)
    except PdfminerException as error:
        if isinstance(error.__context__ or error.args[0], PDFPasswordIncorrect):
            raise LoadError(_PASSWORD) from error
        raise LoadError("PDF 不完整或已损坏,请重新下载或另存") from error
    except (LoadError, MemoryError, RecursionError):
        raise
    except Exception as error:
        # The parser meets damage in as many ways as there are objects in a PDF.
        raise LoadError(f"PDF 已损坏,无法解析({type(error).__name__})") from error


def _read(document: Any, content: bytes) -> tuple[str, list[str]]:
    pages: list[Page] = []
    scanned: list[int] = []
    for number, page in enumerate(document.pages):
        characters = _characters(page)
        if not characters and page.images:
            scanned.append(number)
        pages.append(_page(page, characters))
        page.close()
    notes: list[str] = []
    if scanned:
        try:
            recogniser = Recogniser()
        except LoadError:
            if len(scanned) == len(pages):
                raise
            shown = "、".join(str(number + 1) for number in scanned[:20])
            notes.append(f"第 {shown} 页是扫描图像,未读入;请安装 pip install 'policyqa[ocr]'")
        else:
            notes = _recognise(content, pages, scanned, recogniser)
    return clean("\n".join(paragraphs(reading_order(pages)))), notes


def _characters(page: Any) -> list[Piece]:
    """The page's characters, upright ones only: what lies across it is a watermark.

    Raises:
        LoadError: its fonts do not say which characters they draw.
    """
    characters = [
        Piece(ideographs(one["text"]), one["x0"], one["x1"], one["top"], one["bottom"], one["size"])
        for one in page.dedupe_chars().chars
        if one["upright"]
    ]
    odd = sum(1 for one in characters if _UNREADABLE.search(one.text))
    if odd > 0.2 * len(characters):
        raise LoadError("PDF 的字体没有字符编码,文字无法还原,请换一份或另存为 .docx")
    return [one for one in characters if not _UNREADABLE.search(one.text)]


def _page(page: Any, characters: list[Piece]) -> Page:
    tables = []
    outside = characters
    if 4 <= len(page.edges) <= _MOST_EDGES:
        for found in page.find_tables():
            x0, top, x1, bottom = found.bbox
            inside = [
                one
                for one in outside
                if x0 <= (one.x0 + one.x1) / 2 <= x1 and top <= one.middle <= bottom
            ]
            rows = _cells(found.cells, inside)
            # One cell or one column is a frame around text.
            if len(rows) > 1 and max(len(row) for row in rows) > 1:
                kept = {id(one) for one in inside}
                outside = [one for one in outside if id(one) not in kept]
                tables.append(Table(rows, x0, x1, top, bottom))
    return Page(float(page.width), float(page.height), rows_of(outside), tables)


def _cells(boxes: list[tuple[float, float, float, float]], inside: list[Piece]) -> list[list[Cell]]:
    """A table's cells by row; spans follow from the other cells' edges."""
    lefts = sorted({round(box[0]) for box in boxes})
    tops = sorted({round(box[1]) for box in boxes})
    rows: list[list[Cell]] = [[] for _ in tops]
    for x0, top, x1, bottom in sorted(boxes, key=lambda box: (round(box[1]), box[0])):
        own = [
            one for one in inside if x0 <= (one.x0 + one.x1) / 2 < x1 and top <= one.middle < bottom
        ]
        across = sum(1 for left in lefts if round(x0) <= left < round(x1) - 1)
        down = sum(1 for edge in tops if round(top) <= edge < round(bottom) - 1)
        rows[tops.index(round(top))].append(Cell(cell_text(own), max(across, 1), max(down, 1)))
    return rows


def _recognise(
    content: bytes, pages: list[Page], scanned: list[int], recogniser: Recogniser
) -> list[str]:
    """Put recognised text on the pages that have only an image; notes on doubtful lines."""
    notes = []
    document = pypdfium2.PdfDocument(content)
    for number in scanned:
        image = document[number].render(scale=DOTS_PER_POINT).to_numpy()
        found, doubtful = recogniser.pieces(image[:, :, :3])
        if doubtful:
            notes.append(f"第 {number + 1} 页有 {doubtful} 行文字识别没有把握,请核对")
        pages[number] = Page(pages[number].width, pages[number].height, rows_of(found), [])
    return notes
