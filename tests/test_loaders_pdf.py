"""PDF: what is printed over lines, columns and pages comes out as paragraphs again."""

from __future__ import annotations

import html
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from browser import launched
from conftest import CORPORA
from golden_trees import shape
from policyqa import split
from policyqa.errors import LoadError
from policyqa.loaders import confined, load
from policyqa.loaders.radicals import ideographs

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


def printed(*pages: list[tuple[float, float, str]], **options: Any) -> bytes:
    """A PDF of lines at (x, y from the top), in 12-point type."""
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(595, 842), **options)
    for page in pages:
        canvas.setFont("STSong-Light", 12)
        for x, y, text in page:
            canvas.drawString(x, 842 - y, text)
        canvas.showPage()
    canvas.save()
    return content.getvalue()


def read(content: bytes) -> list[str]:
    return confined.read_pdf(content).text.split("\n")


def test_lines_are_rejoined_and_running_heads_taken_off() -> None:
    wide = "各部门应当每年组织检查并将检查结果报送办公室由办公室汇总后"
    pages = [
        [
            (250, 40, "文件汇编"),
            (114, 120, wide[:28]),
            (90, 140, wide[:28] + "报送"),
            (90, 160, "存档。"),
            (114, 180, "（一）其他。"),
            (290, 810, f"— {number} —"),
        ]
        for number in (1, 2)
    ]
    whole = wide[:28] + wide[:28] + "报送存档。"
    assert read(printed(*pages)) == [whole, "（一）其他。"] * 2


def test_ideographs_stand_for_the_radicals_that_fonts_name() -> None:
    assert ideographs("⼈⺠⼾⼝⻓") == "人民户口长"


def test_password_and_damage_are_told_in_a_line() -> None:
    locked = printed([(90, 90, "密")], encrypt=StandardEncryption("secret"))
    with pytest.raises(LoadError, match="打开密码"):
        confined.read_pdf(locked)
    with pytest.raises(LoadError, match=r"不完整或已损坏|无法解析"):
        confined.read_pdf(b"%PDF-1.7\n" + bytes(range(256)) * 20)


def test_a_stream_that_expands_without_end_is_bounded(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(b" " * 2**24) for _ in range(256)) + packer.flush()
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        b"<</Filter/FlateDecode/Length %d>>stream\n" % len(stream) + stream + b"\nendstream",
    ]
    path = tmp_path / "弹.pdf"
    path.write_bytes(
        b"%PDF-1.4\n"
        + b"".join(b"%d 0 obj%sendobj\n" % (n, text) for n, text in enumerate(objects, 1))
        + b"trailer<</Size 5/Root 1 0 R>>"
    )
    with pytest.raises(LoadError):
        load(path)


def test_a_reader_that_takes_too_long_is_ended() -> None:
    with pytest.raises(LoadError, match=r"超过 0\.01 秒"):
        confined.read_pdf(printed([(90, 90, "文")]), seconds=0.01)


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with launched() as browser:
        yield browser.new_page()


STYLES = {
    "official": 'font:16pt "Noto Serif CJK SC";line-height:28pt} p{text-indent:2em;text-align:justify;margin:0',
    "web": 'font:12pt "Noto Sans CJK SC";line-height:20pt} p{margin:0 0 8pt 0',
    "columns": 'font:10.5pt "Noto Serif CJK SC";line-height:17pt;columns:2;column-gap:8mm} p{text-indent:2em;text-align:justify;margin:0',
}  # fmt: skip
NAMES = [
    "云溪市公务用车管理实施细则.txt",
    "青禾区档案管理制度.txt",
    "示例大学学生请假与考勤管理规定.md",
    "明川县农村公路养护考核细则.txt",
    "示例大学科研经费管理办法.html",
]


def to_pdf(page: Any, markup: str) -> bytes:
    page.set_content(markup)
    made = page.pdf(
        format="A4",
        display_header_footer=True,
        header_template="<span></span>",
        footer_template='<div style="font-size:9pt;width:100%;text-align:center">— <span class=pageNumber></span> —</div>',
        margin={"top": "30mm", "bottom": "30mm", "left": "28mm", "right": "26mm"},
    )
    assert isinstance(made, bytes)
    return made


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NAMES)
def test_our_documents_printed_have_the_same_shape(
    tmp_path: Path, page: Any, name: str, style: str
) -> None:
    lines = load(CORPORA / name)[0].text.split("\n")
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in lines if line.strip())
    path = tmp_path / "文.pdf"
    path.write_bytes(to_pdf(page, f"<style>body{{{STYLES[style]}}}</style>{paragraphs}"))
    assert shape(split(path)) == shape(split(CORPORA / name))


def test_a_ruled_table_over_two_pages(page: Any) -> None:
    rows = "".join(f"<tr><td>第{n}类</td><td>{n}万元</td></tr>" for n in range(1, 61))
    markup = (
        "<style>td,th{border:1px solid}table{border-collapse:collapse}</style><p>一、标准。</p>"
        f"<table><thead><tr><th>类别</th><th>金额</th></tr></thead>{rows}</table><p>二、其他。</p>"
    )
    assert read(to_pdf(page, markup)) == [
        "一、标准。",
        *(f"类别：第{number}类；金额：{number}万元" for number in range(1, 61)),
        "二、其他。",
    ]


def scanned(page: Any) -> bytes:
    """A PDF that holds an image of a page."""
    pdfium = pytest.importorskip("pypdfium2")
    text = "<style>body{font:16pt 'Noto Serif CJK SC'}</style><p>一、各部门应当每年检查两次。</p><p>二、检查结果报办公室。</p>"
    image = pdfium.PdfDocument(to_pdf(page, text))[0].render(scale=2).to_pil()
    content = io.BytesIO()
    image.convert("L").save(content, "PDF", resolution=144)
    return content.getvalue()


def test_a_scanned_page_is_recognised_where_that_is_installed(page: Any) -> None:
    pytest.importorskip("rapidocr", reason="pip install 'policyqa[ocr]'")
    found = "".join(read(scanned(page)))
    assert "各部门应当每年检查两次" in found
    assert "检查结果报办公室" in found
