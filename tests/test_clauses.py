"""Texts to clause trees: every rule of the grammar by an example written out."""

from pathlib import Path

import pytest

from policyqa.clauses import split, split_text
from policyqa.document import Document, Metadata, units
from policyqa.errors import LoadError

SEED = Path(__file__).parents[1] / "corpora" / "政协党建工作要点.txt"
CORPORA = sorted(path for path in SEED.parent.iterdir() if path.name != "README.md")


def tree(text: str) -> list[tuple[str, str]]:
    """(marks, text) of each clause."""
    document = split_text(text, source="样例.txt", sha256="0" * 64)
    return [("".join(clause.marks), clause.text) for clause in document.clauses]


def marks(text: str) -> list[str]:
    return [found for found, _ in tree(text)]


def assert_whole(document: Document) -> None:
    """Clauses are slices of the text, in order, and share no character."""
    end = 0
    for clause in document.clauses:
        assert clause.text == document.text[clause.start : clause.end]
        assert clause.start >= end
        assert clause.text.strip()
        end = clause.end


def test_the_users_document() -> None:
    document = split(SEED)
    assert document.title == "政协党建工作要点"
    numbered = ["".join(clause.marks) for clause in document.clauses if clause.marks]
    assert numbered == [
        "一、", "一、1.", "一、2.", "一、3.", "二、", "二、4.", "二、5.", "三、", "三、7.", "三、8.",
        "三、9.", "三、11.", "三、12.", "三、", "三、15.", "四、", "四、16.", "四、17、", "五、",
        "五、19.", "五、20.", "五、22.",
    ]  # fmt: skip
    elided = ["".join(clause.marks) for clause in document.clauses if clause.elided]
    assert elided == ["二、5.", "三、9.", "三、", "四、17、", "五、20."]
    nineteen = next(clause for clause in document.clauses if clause.marks[-1:] == ("19.",))
    assert nineteen.path == ("五、加强对新时代人民政协党的建设工作的领导", "19.")
    assert "区委常委会每年听取1-2次政协党组工作汇报" in nineteen.text
    everything = "".join(clause.text for clause in document.clauses)
    for furniture in ("热点排行", "C4301", "投稿", "请先登陆"):
        assert furniture not in everything


@pytest.mark.parametrize("path", CORPORA, ids=lambda path: path.name)
def test_corpora_are_whole(path: Path) -> None:
    document = split(path)
    assert_whole(document)
    assert len(document.clauses) > 10


def test_statute_levels() -> None:
    text = (
        "某某条例\n第一编 总则\n第一章 一般规定\n第一节 范围\n第一条 为了规范，制定本条例。\n"
        "第二条 有下列情形之一的，不予受理：\n（一）材料不全的；\n（二）超过期限的。\n"
        "前款所列情形应当书面告知。\n第二节 原则\n第三条　公开。\n第二章 附则\n第四条 本条例自公布之日起施行。"
    )
    assert marks(text) == [
        "第一编", "第一编第一章", "第一编第一章第一节", "第一编第一章第一节第一条",
        "第一编第一章第一节第二条", "第一编第一章第一节第二条（一）", "第一编第一章第一节第二条（二）",
        "第一编第一章第一节第二条", "第一编第一章第二节", "第一编第一章第二节第三条",
        "第一编第二章", "第一编第二章第四条",
    ]  # fmt: skip


def test_items_below_a_later_paragraph_are_its_own() -> None:
    text = (
        "某某条例\n第一条 下列材料：\n（一）申请书；\n（二）报告。\n经营者应当按照许可经营。\n变更下列事项的，应当报批：\n"
        "（一）地址；\n（二）范围。\n第二条 公开。"
    )
    document = split_text(text, source="x.txt", sha256="0" * 64)
    texts = {clause.clause_id: clause.text for clause in document.clauses}
    above = [texts.get(clause.parent_id or "", "")[:5] for clause in document.clauses]
    assert above == ["", "第一条 下", "第一条 下", "第一条 下", "经营者应当", "经营者应当", ""]


def test_official_document_levels() -> None:
    text = (
        "关于某事的意见\n一、总体要求\n（一）目标。做好。\n1.第一项。\n（1）甲事。\n①子项。\n②子项。\n（2）乙事。\n"
        "2.第二项。\n（二）原则。\n二、任务\n（三）接着做。"
    )
    assert marks(text) == [
        "一、", "一、（一）", "一、（一）1.", "一、（一）1.（1）", "一、（一）1.（1）①", "一、（一）1.（1）②",
        "一、（一）1.（2）", "一、（一）2.", "一、（二）", "二、", "二、（三）",
    ]  # fmt: skip


def test_widths_and_glued_marks() -> None:
    text = "某办法\n第一条为了规范管理。\n第２条 全角。\n(一)半角；\n（二)混用。\n第三条之一 增补。"
    assert marks(text) == ["第一条", "第２条", "第２条(一)", "第２条（二)", "第三条之一"]


def test_large_numerals() -> None:
    text = "某法\n" + "\n".join(
        f"{mark} 内容。"
        for mark in ("第九百九十九条", "第一千条", "第一千零一条", "第一千二百六十条")
    )
    assert marks(text) == ["第九百九十九条", "第一千条", "第一千零一条", "第一千二百六十条"]


def test_references_at_a_lines_start_are_no_clauses() -> None:
    text = "某法\n第一条 应当备案。\n第二条 依照\n第一条规定的程序办理。\n第三条 罚款。\n第二条、第三条所列行为。"
    assert marks(text) == ["第一条", "第二条", "第三条"]


def test_numbers_that_look_like_marks() -> None:
    text = "关于某事的通知\n1.第一项要求。\n2018年已经完成。\n1.5倍以上的，\n3.15晚会曝光。\n2.2024年底前完成。"
    assert tree(text) == [
        ("1.", "1.第一项要求。\n2018年已经完成。\n1.5倍以上的，\n3.15晚会曝光。"),
        ("2.", "2.2024年底前完成。"),
    ]


def test_eleven_is_not_one() -> None:
    text = "关于某事的通知\n" + "\n".join(f"{mark}、内容。" for mark in "一二三四五六七八九")
    assert marks(text + "\n十、内容。\n十一、内容。")[-2:] == ["十、", "十一、"]


def test_gaps_and_elisions() -> None:
    text = "某要点\n1.开头。\n2.……\n5.跳号。\n......\n9.结尾。"
    document = split_text(text, source="x.txt", sha256="0" * 64)
    assert [(clause.text, clause.elided) for clause in document.clauses] == [
        ("1.开头。", False), ("2.……", True), ("5.跳号。", False), ("......", True), ("9.结尾。", False),
    ]  # fmt: skip


def test_an_annex_numbers_anew() -> None:
    text = (
        "关于某事的通知\n各单位：\n一、做好。\n二、报送。\n附件：1.登记表\n2.目录\n某某局\n2024年3月1日\n"
        "附件1\n登记办法\n一、甲。\n（一）乙。\n附件2\n目录清单\n一、丙。"
    )
    assert marks(text) == [
        "一、", "二、", "附件1", "附件1一、", "附件1一、（一）", "附件2", "附件2一、",
    ]  # fmt: skip


def test_a_notice_and_the_rules_it_issues() -> None:
    text = (
        "某某局关于印发《某某办法》的通知\n某局发〔2024〕5号\n各科室：\n现印发给你们，请遵照执行。\n某某局\n2024年3月1日\n"
        "某某办法\n第一条 为了管理。\n第二条 本办法自印发之日起施行。"
    )
    document = split_text(text, source="x.txt", sha256="0" * 64)
    assert document.title == "某某局关于印发《某某办法》的通知"
    assert document.metadata == Metadata(
        issuer="某某局", number="某局发〔2024〕5号", date="2024-03-01"
    )
    assert document.clauses[-1].path == ("某某办法", "第二条")


def test_what_is_not_stated_is_none() -> None:
    document = split_text("说明\n一、甲。", source="x.txt", sha256="0" * 64)
    assert set(document.metadata.as_json().values()) == {None}


def test_headings_above_articles_hold_them() -> None:
    text = (
        "某解释\n一、合同的订立\n第一条 甲应当如此：\n（一）乙；\n（二）丙。\n二、其他\n第二条 丁。"
    )
    assert marks(text) == [
        "一、", "一、第一条", "一、第一条（一）", "一、第一条（二）", "二、", "二、第二条",
    ]  # fmt: skip


def test_a_chapter_whose_number_was_lost_in_copying() -> None:
    text = "某条例\n第一条 甲。\n经营管理\n第二条 乙。\n第四章 附则\n第三条 丙。"
    document = split_text(text, source="x.txt", sha256="0" * 64)
    assert [(clause.kind, clause.path) for clause in document.clauses] == [
        ("article", ("第一条",)),
        ("chapter", ("经营管理",)),
        ("article", ("经营管理", "第二条")),
        ("chapter", ("第四章 附则",)),
        ("article", ("第四章 附则", "第三条")),
    ]


def test_what_closes_a_document_is_none_of_its_last_clause() -> None:
    decision = "关于修改某规定的决定\n一、甲。\n二、将第二条修改为：\n“乙。”\n本决定自2022年1月1日起施行。\n该规定重新公布。"
    assert tree(decision)[1:] == [
        ("二、", "二、将第二条修改为：\n“乙。”"),
        ("", "本决定自2022年1月1日起施行。\n该规定重新公布。"),
    ]
    minutes = "某县会议纪要\n一、甲\n会议听取汇报。\n二、乙\n会议同意。\n出席：甲、乙\n记录：丙"
    assert tree(minutes)[1:] == [("二、", "二、乙\n会议同意。"), ("", "出席：甲、乙\n记录：丙")]


def test_several_issuers_printed_in_one_line_with_their_title() -> None:
    text = (
        "某省财政厅 某省税务局关于某事的公告 为做好某事，现公告如下： 一、甲。 二、乙。 三、"
        + "丙" * 60 + "。 某省财政厅 某省税务局 2020年2月6日"
    )  # fmt: skip
    document = split_text(text, source="x.txt", sha256="0" * 64)
    assert document.title == "某省财政厅某省税务局关于某事的公告"
    assert (
        "".join(
            document.text[part.start : part.end]
            for part in document.parts
            if part.name == "signature"
        )
        == "某省财政厅 某省税务局"
    )


def test_contents_are_not_read_twice() -> None:
    text = (
        "某办法\n目录\n第一章 总则\n第二章 附则\n第一章 总则\n第一条 甲。\n第二章 附则\n第二条 乙。"
    )
    assert marks(text) == ["第一章", "第一章第一条", "第二章", "第二章第二条"]


def test_text_without_numbers_is_kept() -> None:
    text = "关于某事的批复\n某某县人民政府：\n你县的请示收悉。同意设立，每年评估一次，结果报市政府。\n特此批复。"
    assert "".join(found for _, found in tree(text)).count("每年评估一次") == 1


def test_units_join_an_article_with_its_items() -> None:
    text = "某条例\n第一章 总则\n第一条 下列情形：\n（一）甲；\n（二）乙。\n第二条 丙。"
    document = split_text(text, source="x.txt", sha256="0" * 64)
    assert [(unit.context, unit.text) for unit in units(document)] == [
        ("某条例 第一章 总则", "第一条 下列情形：\n（一）甲；\n（二）乙。"),
        ("某条例 第一章 总则", "第二条 丙。"),
    ]


def test_the_id_follows_the_content(tmp_path: Path) -> None:
    one, other = tmp_path / "甲.txt", tmp_path / "乙.txt"
    for path in (one, other):
        path.write_text("某通知\n一、做好。\n二、报送。", encoding="utf-8")
    assert [c.clause_id for c in split(one).clauses] == [c.clause_id for c in split(other).clauses]
    other.write_text("某通知\n一、做好。\n二、改了。", encoding="utf-8")
    assert split(one).clauses[0].clause_id != split(other).clauses[0].clause_id


def test_statutes_in_markdown(tmp_path: Path) -> None:
    path = tmp_path / "某法.md"
    path.write_text(
        "# 中华人民共和国某法\n\n2020年5月28日 第十三届全国人民代表大会第三次会议通过\n\n<!-- INFO END -->\n\n"
        "## 第一章 总则\n\n第一条 **为了**规范。\n\n第二条 适用。\n",
        encoding="utf-8",
    )
    document = split(path)
    assert_whole(document)
    assert document.title == "中华人民共和国某法"
    assert document.metadata.level == "法律"
    assert document.metadata.date == "2020-05-28"
    assert [clause.text for clause in document.clauses][-2:] == [
        "第一条 为了规范。",
        "第二条 适用。",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "通知.txt"
    path.write_bytes("关于某事的通知\r\n一、每年听取一次汇报。\r\n二、报送总结。".encode(encoding))
    assert [clause.text for clause in split(path).clauses] == [
        "一、每年听取一次汇报。",
        "二、报送总结。",
    ]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("空.txt", b"", "没有文字"),
        ("空白.txt", b" \n\n", "没有文字"),
        ("程序.txt", b"\x7fELF\x02\x01\x01" + bytes(2000), "零字节"),
        ("图.txt", bytes(range(256)) * 8, "编码"),
        ("表.xyz", b"abc", "不支持"),
        ("页.html", b"<html><body><script>x</script></body></html>", "没有文字"),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(LoadError, match=reason):
        split(path)


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "大.txt"
    path.write_bytes("一、内容。\n".encode() * 100_000)
    with pytest.raises(LoadError, match="超过上限 1 MB"):
        split(path, max_megabytes=1)


def test_a_saved_page_without_its_furniture() -> None:
    document = split(SEED.parent / "云溪市推进社区养老服务实施意见.html")
    everything = "".join(clause.text for clause in document.clauses)
    for furniture in ("首页", "相关文章", "登录", "版权所有", "ICP"):
        assert furniture not in everything
