"""Text files in any usual encoding, pages and their tables, and files under a wrong name."""

from __future__ import annotations

import html
import shutil
import stat
from pathlib import Path

import pytest

from conftest import CORPORA
from golden_trees import shape
from policyqa import split
from policyqa.errors import LoadError
from policyqa.index import build_index
from policyqa.loaders import load
from policyqa.loaders.office import to_docx
from word_files import paragraph, word_file

TEXT = "第一条　为规范管理，制定本办法。\n第二条　本办法适用于各部门。"


def loaded(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return load(path)[0].text


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"],
)
def test_text_in_any_usual_encoding(tmp_path: Path, content: bytes) -> None:
    assert loaded(tmp_path, "文.txt", content) == TEXT


@pytest.mark.parametrize("name", ["云溪市公务用车管理实施细则.txt", "青禾区2024年防汛工作通知.txt", "明川县人民政府常务会议纪要.txt", "关于同意设立青禾数字产业园的批复.txt", "示例大学学生请假与考勤管理规定.md"])  # fmt: skip
def test_our_documents_as_pages_have_the_same_tree(tmp_path: Path, name: str) -> None:
    lines = load(CORPORA / name)[0].text.split("\n")
    marked = "".join(f"<p>{html.escape(line)}</p>" for line in lines if line.strip())
    path = tmp_path / "页.html"
    path.write_text(
        f"<html><body><div class=nav><a href=/>首页</a></div><div>{marked}</div></body></html>",
        encoding="utf-8",
    )
    assert shape(split(path)) == shape(split(CORPORA / name))


def test_a_page_table_row_reads_alone(tmp_path: Path) -> None:
    page = (
        "<html><body><p>一、标准</p><table><tr><th rowspan=2>地区<th colspan=2>人数</tr>"
        "<tr><th>2023年</th><th>2024年</th></tr><tr><td>甲区</td><td>10</td><td>20</td></tr>"
        "</table><p>二、其他</p></body></html>"
    )
    assert loaded(tmp_path, "页.html", page.encode()).split("\n") == [
        "一、标准",
        "地区：甲区；人数 2023年：10；人数 2024年：20",
        "二、其他",
    ]


def test_a_table_without_heads_and_one_that_only_places_text(tmp_path: Path) -> None:
    page = (
        "<html><body><table><tr><td>索引号：</td><td>A1</td></tr>"
        "<tr><td>日期：</td><td>2024年</td></tr></table>"
        "<table><tr><td><p>一、甲。</p><p>二、乙。</p></td></tr></table></body></html>"
    )
    assert loaded(tmp_path, "页.html", page.encode()).split("\n") == [
        "索引号：　A1", "日期：　2024年", "一、甲。", "二、乙。",
    ]  # fmt: skip


def test_a_markdown_table(tmp_path: Path) -> None:
    text = "# 标准\n\n| 学历 | 金额 |\n|---|---|\n| 本科 | 3万 |\n\n完。"
    assert loaded(tmp_path, "文.md", text.encode()).split() == [
        "标准",
        "学历：本科；金额：3万",
        "完。",
    ]


def test_content_decides_what_a_file_is(tmp_path: Path) -> None:
    page = f"<!DOCTYPE html><html><body><p>{TEXT}</p></body></html>".encode()
    assert loaded(tmp_path, "页.txt", page) == TEXT.replace("\n", " ")
    assert loaded(tmp_path, "页.docx", page) == TEXT.replace("\n", " ")
    assert loaded(tmp_path, "文.docx", TEXT.encode("gb18030")) == TEXT
    assert loaded(tmp_path, "文.doc", word_file(paragraph("一、甲"))) == "一、甲"
    archive = b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + page
    assert loaded(tmp_path, "页.doc", archive) == TEXT.replace("\n", " ")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")


def stand_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `soffice` that does what `script` says with $out and $source."""
    program = folder / "soffice"
    program.write_text(
        f'#!/bin/sh\nwhile [ $# -gt 1 ]; do [ "$1" = --outdir ] && out=$2; shift; done\nsource=$1\n{script}\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_doc_goes_through_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "made.docx"
    made.write_bytes(word_file(paragraph("一、甲")))
    stand_in(tmp_path, f'mkdir -p "$out" && cp {made} "$out/document.docx"', monkeypatch)
    assert loaded(tmp_path, "文.doc", OLE) == "一、甲"


def test_libreoffice_that_fails_hangs_or_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, "exit 1", monkeypatch)
    with pytest.raises(LoadError, match="无法转换"):
        to_docx(OLE, ".doc")
    stand_in(tmp_path, "sleep 60", monkeypatch)
    with pytest.raises(LoadError, match=r"超过 0\.3 秒"):
        to_docx(OLE, ".doc", seconds=0.3)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(LoadError, match="需要 LibreOffice"):
        to_docx(OLE, ".wps")


def test_bad_files_do_not_keep_the_rest_from_the_index(tmp_path: Path) -> None:
    folder = tmp_path / "文件"
    folder.mkdir()
    (folder / "好.txt").write_text(
        "关于值班的通知\n一、每周值班1次。\n二、值班不少于2人。", "utf-8"
    )
    (folder / "断.docx").write_bytes(word_file(paragraph("一"))[:200])
    (folder / "断.pdf").write_bytes(b"%PDF-1.4\n1 0 obj")
    (folder / "~$好.docx").write_bytes(b"lock")
    report = build_index([folder], tmp_path / "index")
    assert sorted(Path(path).name for path, _ in report.failed) == ["断.docx", "断.pdf"]
    assert all("\n" not in reason for _, reason in report.failed)
