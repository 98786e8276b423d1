"""Broken, fuzzed and hostile files: each is one line, and the rest of the folder is indexed."""

from __future__ import annotations

import io
import os
import random
import re
import zipfile
from functools import partial
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from fakes import FakeEncoder, split_dangerously
from policyqa import cli, splitting
from policyqa.clauses import split
from policyqa.errors import LoadError
from policyqa.indexing import update_index
from policyqa.splitting import split_all
from word_files import paragraph, word_file

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
LAUGHS = "".join(f'<!ENTITY {below} "{f"&{above};" * 10}">' for above, below in zip("abcdefgh", "bcdefghi", strict=True))  # fmt: skip
ROW = "<w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc></w:tr>"


def locked_pdf() -> bytes:
    content = io.BytesIO()
    canvas = Canvas(content, encrypt=StandardEncryption("secret"))
    canvas.drawString(90, 90, "x")
    canvas.save()
    return content.getvalue()


def empty_pages(count: int) -> bytes:
    """A PDF of pages with nothing on them."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%b]>>" % (count, kids),
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * count,
    ]
    content, places = io.BytesIO(b"%PDF-1.4\n"), []
    content.seek(0, io.SEEK_END)
    for number, text in enumerate(objects, 1):
        places.append(content.tell())
        content.write(b"%d 0 obj%bendobj\n" % (number, text))
    table = content.tell()
    content.write(b"xref\n0 %d\n0000000000 65535 f \n" % (count + 3))
    content.writelines(b"%010d 00000 n \n" % place for place in places)
    content.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count + 3, table))
    return content.getvalue()


def damaged_inside() -> bytes:
    """A whole zip archive whose first member cannot be unpacked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text" * 200)
    content = bytearray(packed.getvalue())
    start = 30 + len("mimetype")  # a local header is 30 bytes and the name
    for place in range(start, start + 20):
        content[place] ^= 0xFF
    return bytes(content)


def hostile() -> dict[str, tuple[bytes, str]]:
    """Content and the reason that is given for it, by file name."""
    return {
        "断.docx": (word_file(paragraph("一"))[:300], "不完整或已损坏"),
        "坏.odt": (damaged_inside(), "不完整或已损坏"),
        "断.pdf": (b"%PDF-1.4\n1 0 obj", "损坏"),
        "压缩.docx": (word_file(paragraph("一" * 3_000_000)), "展开后过大"),
        "大表.docx": (word_file(f"<w:tbl>{ROW * 1_000_000}</w:tbl>"), "展开后过大"),
        "深.docx": (word_file("<w:sdt><w:sdtContent>" * 400 + "</w:sdtContent></w:sdt>" * 400), "嵌套过深"),
        "深.html": (b"<html><body>" + b"<div>" * 100_000 + "甲".encode(), "嵌套过深"),
        "深表.html": (b"<html><body>" + b"<table><tr><td>" * 5000 + "甲".encode(), "嵌套过深"),
        "实体.docx": (word_file(paragraph("一"), prefix=f'<!DOCTYPE w [<!ENTITY a "x">{LAUGHS}]>'), "DTD"),
        "密.docx": (OLE, "打开密码"),
        "密.pdf": (locked_pdf(), "打开密码"),
        "空.docx": (b"", "空的"),
        "空.txt": (b"", "空的"),
        "图.docx": (b"\x89PNG\r\n" + bytes(200), "图片"),
        "表.docx": (word_file(paragraph("一")).replace(b"word/", b"xl///"), "表格|正文|损坏"),
        "多页.pdf": (empty_pages(100_000), "超过 3000 页"),
        "长行.txt": ("政府应当每年检查一次，".encode() * 1_500_000, "超过上限 500 万字"),
        "长行.md": ("| 一 ".encode() * 4_000_000, "超过 200 列"),
        **{f"噪{suffix}": (random.Random(suffix).randbytes(300_000), "损坏|编码|零字节") for suffix in (".txt", ".md", ".html", ".pdf", ".docx", ".mht")},
    }  # fmt: skip


def indexed(folder: Path) -> tuple[dict[str, str], list[str]]:
    """What an update of a new index says: the reason for each file, and what it did read."""
    report = update_index(
        [folder], folder.parent / "index", encoder=FakeEncoder(), split=split, progress=False
    )
    failed = {os.path.basename(path): reason for path, reason in report.failed}
    return failed, [f"{report.added} 份", f"{report.clauses} 条"]


def test_every_hostile_file_is_one_line_and_the_others_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "文件"
    folder.mkdir()
    files = hostile()
    for name, (content, _) in files.items():
        (folder / name).write_bytes(content)
    (folder / "好.txt").write_text("某办法\n第一条 甲。\n第二条 乙。", encoding="utf-8")
    failed, read = indexed(folder)
    assert read == ["1 份", "2 条"]
    assert failed.keys() == files.keys()
    for name, reason in failed.items():
        assert re.search(files[name][1], reason), (name, reason)
        assert "\n" not in reason
        assert len(re.findall(r"[\u4e00-\u9fff]", reason)) >= 4, (name, reason)
        assert "Error" not in reason, (name, reason)


def test_what_is_no_file_is_one_line_too(tmp_path: Path) -> None:
    folder = tmp_path / "文件"
    (folder / "目录.docx").mkdir(parents=True)
    (folder / "目录.docx" / "内.txt").write_text("某办法\n第一条 甲。", encoding="utf-8")
    os.mkfifo(folder / "管道.txt")
    (folder / "断链.txt").symlink_to(folder / "无")
    (folder / "环.txt").symlink_to(folder / "环.txt")
    with (folder / "巨.txt").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    failed, read = indexed(folder)
    assert read == ["1 份", "1 条"]
    assert failed == {
        "巨.txt": "文件有 200 MB,超过上限 50 MB,请拆分",
        "断链.txt": "无法读取：文件不存在",
        "环.txt": "无法读取：符号链接循环",
        "管道.txt": "无法读取：不是普通文件",
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "文件"
    folder.mkdir()
    (folder / "锁.txt").write_text("某办法\n第一条 甲。", encoding="utf-8")
    (folder / "锁.txt").chmod(0)
    assert indexed(folder)[0] == {"锁.txt": "无法读取：没有权限"}


def test_macros_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "宏.docm"
    path.write_bytes(word_file(paragraph("一、甲。"), vbaProject="Shell"))
    assert [clause.text for clause in split(path).clauses] == ["一、甲。"]


def test_a_page_with_comments_around_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "页.html"
    path.write_text(
        "<!-- 存自某站 --><html><body><p>一、甲。</p></body></html><!-- 完 -->", "utf-8"
    )
    assert [clause.text for clause in split(path).clauses] == ["一、甲。"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("线.md", "-" * 5000 + "甲"), ("列.md", "--- " * 1000 + "甲"), ("注.txt", "<!-- -->" * 400 + "甲")],
)  # fmt: skip
def test_what_reads_in_many_ways_is_read_in_one(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert split(path).text.endswith("甲")


def test_a_table_wider_than_any_is_refused_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "页.html"
    cell = "<tr><td rowspan=9999 colspan=9999>甲</td></tr>"
    path.write_text(f"<html><body><table>{cell * 3000}</table></body></html>", "utf-8")
    with pytest.raises(LoadError, match="超过 200 列"):
        split(path)


@pytest.mark.parametrize(
    "pattern",
    ["甲乙丙。 ", "甲乙\n", "附件1\n", "一、甲（一）乙", "- 甲\n", "此复。\n", "第一条 甲。\n"],
)
def test_text_of_any_shape_takes_time_by_its_length(tmp_path: Path, pattern: str) -> None:
    """The bound is 20 times what they take; what takes time squared would need hours."""
    path = tmp_path / "文.txt"
    path.write_text("某办法\n" + pattern * 10_000 + "\n" + "甲" * 40 + "。", encoding="utf-8")
    outcome = split_all([str(path)], split, progress=False)[0]
    assert not isinstance(outcome, str), outcome


@pytest.fixture
def five(tmp_path: Path) -> list[str]:
    """Paths of five files: the second, third and fourth are dangerous or are gone."""
    paths = [tmp_path / f"{name}.txt" for name in "甲乙丙丁戊"]
    for path in paths:
        path.write_text(f"{path.stem}办法\n一条打印", encoding="utf-8")
    return [str(path) for path in paths]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("耗时", "处理超过 0.3 秒，已放弃，请拆分"),
        ("内存", "文件展开后过大，无法读取"),
        ("中断", "读取时进程中断，文件可能已损坏或展开后过大"),
    ],
    ids=["time", "memory", "killed"],
)
def test_a_file_that_exceeds_a_bound_is_a_reason_in_its_place(
    five: list[str], word: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "PROCESSOR_SECONDS", 0.3)
    for path in five[1:3]:
        Path(path).write_text(word, encoding="utf-8")
    os.unlink(five[3])
    outcomes = split_all(five, split_dangerously, progress=False)
    shown = [outcome if isinstance(outcome, str) else outcome.title for outcome in outcomes]
    assert shown == ["甲办法", reason, reason, "无法读取：文件不存在", "戊办法"]


def test_a_process_that_hangs_is_ended(five: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "SECONDS", 5)
    Path(five[1]).write_text("耗时", encoding="utf-8")
    outcomes = split_all(five[1:2], split_dangerously, progress=False)
    assert outcomes == ["读取超过 5 秒，已放弃，请拆分"]


def test_several_processes_give_what_one_gives(tmp_path: Path) -> None:
    paths = []
    for number in range(40):
        path = tmp_path / f"{number}.txt"
        path.write_text(f"办法{number}\n" + "第一条 甲。\n" * (40 - number), encoding="utf-8")
        paths.append(str(path))
    whole = partial(split, max_megabytes=1)
    assert split_all(paths, whole, False, processes=3) == split_all(
        paths, whole, False, processes=1
    )


def test_the_command_names_the_file_and_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "目录.docx").mkdir()
    assert cli.main(["split", str(tmp_path / "目录.docx")]) == 1
    shown = capsys.readouterr()
    assert shown.err == f"policyqa: {tmp_path / '目录.docx'}: 文件不存在或不是普通文件\n"
    assert shown.out == ""
