"""Text that lost its line breaks: marks in mid-line become clauses, other numbers do not."""

import pytest

from policyqa.clauses import split_text

FILLER = "各地各部门要加强组织领导，压实工作责任，确保各项措施落实到位，取得实效。" * 4


def clauses(text: str) -> list[tuple[str, str]]:
    """(marks, text) of each numbered clause; every text is its slice of the source."""
    document = split_text(text, source="样例.txt", sha256="0" * 64)
    for clause in document.clauses:
        assert clause.text == text[clause.start : clause.end]
    return [("".join(clause.marks), clause.text) for clause in document.clauses if clause.marks]


def test_a_flattened_notice() -> None:
    text = (
        f"某市关于支持企业的通知 各县区人民政府： {FILLER} 一、金融支持 （一）增加投放。贷款增速不低于20%。 "
        f"（二）降低成本。较上年下降0.5个百分点。 二、税费减免 1．减免房租。免收3个月。2．缓缴社保。{FILLER} "
        "某市人民政府 2020年2月4日 （此件公开发布）"
    )
    document = split_text(text, source="样例.txt", sha256="0" * 64)
    assert document.title == "某市关于支持企业的通知"
    assert clauses(text) == [
        ("一、", "一、金融支持"),
        ("一、（一）", "（一）增加投放。贷款增速不低于20%。"),
        ("一、（二）", "（二）降低成本。较上年下降0.5个百分点。"),
        ("二、", "二、税费减免"),
        ("二、1．", "1．减免房租。免收3个月。"),
        ("二、2．", f"2．缓缴社保。{FILLER}"),
    ]
    assert [part.name for part in document.parts] == [
        "title", "addressee", "preamble", "signature", "date", "note",
    ]  # fmt: skip


def test_eleven_is_not_cut_as_one() -> None:
    numbers = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
    text = "关于某事的通知 " + " ".join(f"{number}、做好工作，{FILLER}" for number in numbers)
    assert [marks for marks, _ in clauses(text)] == [f"{number}、" for number in numbers]


def test_a_flattened_regulation() -> None:
    text = (
        f"某某办法 第一章 总则 第一条 为了规范，制定本办法。 第二条 适用于本市。{FILLER} 第二章 职责 "
        "第三条 有下列情形之一的，不予受理：（一）材料不全的；（二）超过期限的。 第四条 违反第三条第（一）项规定的，"
        f"处1万元罚款。第三条规定的期限为30日。 第五条 本办法自2024年1月1日起施行。{FILLER}"
    )
    assert [marks for marks, _ in clauses(text)] == [
        "第一章", "第一章第一条", "第一章第二条", "第二章", "第二章第三条", "第二章第三条（一）",
        "第二章第三条（二）", "第二章第四条", "第二章第五条",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "第一，加强领导。第二，落实责任。第三，强化督查。",
        "增长1.5倍。2.5万户受益。3.15晚会曝光。",
        "一级文物由省级备案。二、三级文物由市级备案。",
        "违反第（二）、（三）、（四）项规定的，处50元罚款。",
        "2020年。1.2万人。2.2万人。",
        "其一是认识不足。其二是落实不够。首先要重视。",
        "电话：1、2号线。依照第一条、第二条办理。第三条规定的除外。",
    ],
)
def test_what_only_looks_like_marks(text: str) -> None:
    assert clauses(f"关于某事的情况说明\n本文说明有关情况。\n{text}") == []


def test_items_inside_one_paragraph() -> None:
    text = "某办法\n第一条 下列情形：（一）甲；（二）乙；（三）丙。\n第二条 包括：（1）丁，（2）戊。\n第三条 含①己②庚。"
    assert [marks for marks, _ in clauses(text)] == [
        "第一条", "第一条（一）", "第一条（二）", "第一条（三）", "第二条", "第二条（1）", "第二条（2）",
        "第三条", "第三条①", "第三条②",
    ]  # fmt: skip


def test_heading_and_items_without_a_break_between() -> None:
    text = (
        "关于某事的方案\n一、总体要求（一）指导思想。坚持统筹。（二）工作目标。如期完成。\n二、任务"
    )
    assert [marks for marks, _ in clauses(text)] == ["一、", "一、（一）", "一、（二）", "二、"]


def test_a_mark_alone_on_its_line() -> None:
    text = "某办法\n第一条\n为了规范管理。\n第二条\n适用于本市。"
    assert clauses(text) == [
        ("第一条", "第一条\n为了规范管理。"),
        ("第二条", "第二条\n适用于本市。"),
    ]


def test_compatibility_forms_of_numbers() -> None:
    text = "关于某事的通知\n㈠甲。\n㈡乙。\n⒈丙。\n⒉丁。\n⑴戊。\n⑵己。"
    assert [marks for marks, _ in clauses(text)] == [
        "㈠", "㈡", "㈡⒈", "㈡⒉", "㈡⒉⑴", "㈡⒉⑵",
    ]  # fmt: skip
