"""Word documents come out as they print."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from conftest import CORPORA, shared_data
from golden_trees import shape
from policyqa import split
from policyqa.errors import LoadError
from policyqa.loaders import load
from policyqa.loaders.docx import read_docx
from policyqa.loaders.numberformats import printed
from word_files import in_list, level, lists, paragraph, renumbered, word_file

WORD_SAMPLES = (shared_data() or Path("missing")) / "documents" / "docx"
needs_samples = pytest.mark.skipif(not WORD_SAMPLES.is_dir(), reason="shared/data is missing")


def lines(content: bytes) -> list[str]:
    return read_docx(content).text.split("\n")


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (12, "chineseCounting", "十二"),
        (123, "chineseCountingThousand", "一百二十三"),
        (20, "japaneseCounting", "二十"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (2, "ideographTraditional", "乙"),
        (3, "ideographZodiac", "寅"),
        (10, "ideographDigital", "一〇"),
        (3, "decimalEnclosedCircleChinese", "③"),
        (21, "decimalEnclosedCircle", "㉑"),
        (51, "decimalEnclosedCircle", "51"),
        (12, "decimalFullWidth", "１２"),
        (7, "decimalZero", "07"),
        (14, "upperRoman", "XIV"),
        (28, "lowerLetter", "bb"),
        (4, "none", ""),
        (4, "unheardOf", "4"),
    ],
)
def test_numbers_are_printed_as_word_does(number: int, style: str, text: str) -> None:
    assert printed(number, style) == text


def test_lists_restart_below_each_item_and_count_on_across_text() -> None:
    levels = level(0, "chineseCounting", "%1、") + level(1, "decimal", "%2.")
    texts = [(0, "甲"), (1, "子"), (1, "丑"), (None, "正文"), (0, "乙"), (1, "寅")]
    body = "".join(
        paragraph(text, "" if place is None else in_list(1, place)) for place, text in texts
    )
    assert lines(word_file(body, numbering=lists(levels))) == [
        "一、甲", "1.子", "2.丑", "正文", "二、乙", "1.寅",
    ]  # fmt: skip


def test_articles_run_through_the_chapters_where_the_list_says_so() -> None:
    levels = level(0, "chineseCounting", "第%1章") + level(
        1, "chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/>'
    )
    body = "".join(
        paragraph(text, in_list(1, place))
        for place, text in [(0, "总则"), (1, "甲"), (0, "附则"), (1, "乙")]
    )
    assert lines(word_file(body, numbering=lists(levels))) == [
        "第一章　总则", "第一条　甲", "第二章　附则", "第二条　乙",
    ]  # fmt: skip


def test_a_list_begun_anew_starts_at_its_override() -> None:
    again = (
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>'
    )
    body = "".join(paragraph("项", in_list(number)) for number in (1, 2, 2, 3))
    numbering = lists(level(0, "decimal", "%1."), more=again)
    assert lines(word_file(body, numbering=numbering)) == ["1.项", "5.项", "6.项", "7.项"]


def test_levels_together_legal_digits_and_bullets() -> None:
    levels = level(0, "chineseCounting", "%1、") + level(1, "decimal", "%1.%2", "<w:isLgl/>")
    bullets = level(0, "bullet", "\uf06c")
    body = (
        paragraph("甲", in_list(1)) + paragraph("子", in_list(1, 1)) + paragraph("点", in_list(2))
    )
    assert lines(word_file(body, numbering=lists(levels, bullets))) == ["一、甲", "1.1　子", "点"]


def test_a_style_numbers_its_paragraphs_and_a_paragraph_may_opt_out() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="条"/><w:pPr><w:numPr>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a"/></w:style>'
    )
    numbering = lists(
        level(0, "decimal", "%1.") + level(1, "chineseCounting", "（%2）", '<w:pStyle w:val="a"/>')
    )
    body = (
        paragraph("甲", '<w:pStyle w:val="a"/>')
        + paragraph("乙", '<w:pStyle w:val="b"/>')
        + paragraph("丙", f'<w:pStyle w:val="a"/>{in_list(0)}')
    )
    assert lines(word_file(body, styles=styles, numbering=numbering)) == [
        "（一）甲",
        "（二）乙",
        "丙",
    ]


def test_tracked_changes_are_taken_as_accepted_and_hidden_text_is_not_shown() -> None:
    body = (
        "<w:p><w:r><w:t>留</w:t></w:r><w:ins><w:r><w:t>增</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>"
        "<w:r><w:t>前</w:t><w:br/><w:t>后</w:t><w:noBreakHyphen/><w:softHyphen/></w:r>"
        '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r></w:p>'
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>上半</w:t></w:r></w:p>"
        + paragraph("下半")
    )
    assert lines(word_file(body)) == ["留增前", "后-☑", "上半下半"]


def test_a_table_of_contents_is_left_out_and_other_fields_show_their_result() -> None:
    def char(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    def field(code: str, result: str) -> str:
        instruction = f"<w:r><w:instrText> {code} </w:instrText></w:r>"
        return char("begin") + instruction + char("separate") + result

    body = (
        f"<w:p>{field('TOC', '<w:r><w:t>一、总则 1</w:t></w:r>')}</w:p>"
        f"<w:p><w:r><w:t>二、附则 2</w:t></w:r>{char('end')}</w:p>"
        f"<w:p><w:r><w:t>见</w:t></w:r>{field('REF x', '<w:r><w:t>第三条</w:t></w:r>')}{char('end')}</w:p>"
    )
    assert lines(word_file(body)) == ["见第三条"]


def test_a_text_box_is_read_once_and_notes_follow_their_paragraph() -> None:
    box = f"<w:txbxContent>{paragraph('框内')}</w:txbxContent>"
    body = (
        '<w:p><w:r><w:t>正文</w:t><w:footnoteReference w:id="2"/></w:r><w:r><mc:AlternateContent>'
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>" + paragraph("下文")
    )
    notes = f'<w:footnote w:id="2">{paragraph("出处")}</w:footnote>'
    assert lines(word_file(body, footnotes=notes)) == ["正文", "框内", "注1：出处", "下文"]


def test_a_table_row_reads_alone() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    rows = [
        [cell("补贴标准表", '<w:gridSpan w:val="3"/>')],
        [cell("学历"), cell("年限"), cell("金额")],
        [cell("本科", '<w:vMerge w:val="restart"/>'), cell("一年"), cell("3万元")],
        [cell("", "<w:vMerge/>"), cell("两年"), cell("5万元")],
        [cell("备注", '<w:gridSpan w:val="2"/>'), cell("不含税")],
    ]
    table = "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows)
    assert lines(word_file(f"<w:tbl>{table}</w:tbl>")) == [
        "补贴标准表",
        "学历：本科；年限：一年；金额：3万元",
        "学历：本科；年限：两年；金额：5万元",
        "备注：不含税",
    ]


def test_the_title_style_names_the_document() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="Title"/></w:style>'
    body = paragraph("请假规定", '<w:pStyle w:val="a3"/>') + paragraph("一、总则")
    assert read_docx(word_file(body, styles=styles)).title == "请假规定"


@pytest.mark.parametrize(
    "name",
    [
        "云溪市政务服务投诉处理办法.txt",
        "示例大学科研经费管理办法.html",
        "云溪市卫生健康委关于托育机构备案的复函.txt",
    ],
)
def test_our_documents_with_words_own_numbers_have_the_same_shape(
    tmp_path: Path, name: str
) -> None:
    lines = [line.strip() for line in load(CORPORA / name)[0].text.split("\n") if line.strip()]
    path = tmp_path / "文.docx"
    path.write_bytes(renumbered(lines))
    expected, found = split(CORPORA / name), split(path)
    assert len(expected.clauses) > 20
    assert shape(found) == shape(expected)


@needs_samples
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("02-table.docx", ["表格材料样例", "事项：材料汇总；责任部门：办公室；完成情况：进行中", "事项：格式检查；责任部门：综合处；完成情况：已完成", "备注：含合并单元格"]),
        ("05-textbox-shape.docx", ["文本框和形状样例", "下方包含一个简单文本框 OOXML，用于检查 text_box_count 诊断。", "文本框内文字", "文本框之后的正文。"]),
        ("06-auto-numbering.docx", ["自动编号样例", "1.自动编号第一项", "2.自动编号第二项", "3.自动编号第三项", "一、手写编号也应作为正文文本保留"]),
    ],
)  # fmt: skip
def test_the_sample_files(name: str, expected: list[str]) -> None:
    assert load(WORD_SAMPLES / name)[0].text.split("\n") == expected


BOMB = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (word_file(paragraph("一"))[:300], "不完整或已损坏"),
        (word_file(paragraph("&b;"), prefix=BOMB), "DTD"),
        (word_file("<w:sdt><w:sdtContent>" * 400 + "</w:sdtContent></w:sdt>" * 400), "嵌套过深"),
        (word_file(paragraph("一" * 3_000_000)), "展开后过大"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        (b"\x89PNG\r\n" + bytes(200), "图片"),
        (b"\x00\x01" * 300, "已损坏"),
        (b"", "空的"),
    ],
    ids=["truncated", "entities", "deep", "bomb", "password", "image", "binary", "empty"],
)
def test_what_is_no_sound_word_file_is_refused_in_a_line(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "坏.docx"
    path.write_bytes(content)
    with pytest.raises(LoadError, match=reason) as refused:
        load(path)
    assert "\n" not in str(refused.value)


def test_other_zip_archives_are_told_apart(tmp_path: Path) -> None:
    for member, reason in [("xl/workbook.xml", "表格"), ("a.txt", "压缩包"), ("OFD.xml", "OFD")]:
        path = tmp_path / "文.docx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, "x")
        with pytest.raises(LoadError, match=reason):
            load(path)
