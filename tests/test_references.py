"""References as statutes print them."""

from __future__ import annotations

import pytest

from policyqa.references import Reference, find_references


def read(text: str) -> list[tuple[str, str | None, object, int | None, int | None, str | None]]:
    return [
        (text[r.start : r.end], r.title, r.article, r.paragraph, r.item, r.relative)
        for r in find_references(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("依照本办法第十条的规定", [("本办法第十条", None, (10, 0), None, None, None)]),
        ("依照第十条第二款的规定", [("第十条第二款", None, (10, 0), 2, None, None)]),
        (
            "符合本条例第八条第一款第（三）项规定",
            [("本条例第八条第一款第（三）项", None, (8, 0), 1, 3, None)],
        ),
        (
            "依照《中华人民共和国民法典》第一千一百六十五条承担责任",
            [
                (
                    "《中华人民共和国民法典》第一千一百六十五条",
                    "中华人民共和国民法典",
                    (1165, 0),
                    None,
                    None,
                    None,
                )
            ],
        ),
        ("根据《档案法》，制定本办法", [("《档案法》", "档案法", None, None, None, None)]),
        ("第一百三十三条之一的罪", [("第一百三十三条之一", None, (133, 1), None, None, None)]),
        (
            "违反本法第十条、第十二条第二款和第十五条规定的",
            [
                ("本法第十条", None, (10, 0), None, None, None),
                ("第十二条第二款", None, (12, 0), 2, None, None),
                ("第十五条", None, (15, 0), None, None, None),
            ],
        ),
        (
            "《刑法》第三十条、第三十一条",
            [
                ("《刑法》第三十条", "刑法", (30, 0), None, None, None),
                ("第三十一条", "刑法", (31, 0), None, None, None),
            ],
        ),
        (
            "第二十条第一款、第三款",
            [
                ("第二十条第一款", None, (20, 0), 1, None, None),
                ("第三款", None, (20, 0), 3, None, None),
            ],
        ),
        (
            "第五条第一项至第四项",
            [
                ("第五条第一项", None, (5, 0), None, 1, None),
                ("第四项", None, (5, 0), None, 4, None),
            ],
        ),
        ("有前款第三项行为的", [("前款第三项", None, None, None, 3, "前款")]),
        ("前款规定的期限", [("前款", None, None, None, None, "前款")]),
        ("违反前条规定", [("前条", None, None, None, None, "前条")]),
        ("依照本条第二款处罚", [("本条第二款", None, None, 2, None, "本条")]),
        ("依照第二款处罚", [("第二款", None, None, 2, None, "本条")]),
        (
            "《甲条例》规定的，按照第八条办理",
            [
                ("《甲条例》", "甲条例", None, None, None, None),
                ("第八条", None, (8, 0), None, None, None),
            ],
        ),
        (
            "属于刑法第三十条、第三十一条规定的",
            [
                ("属于刑法第三十条", "属于刑法", (30, 0), None, None, None),
                ("第三十一条", "属于刑法", (31, 0), None, None, None),
            ],
        ),
        (
            "有前款和行政处罚法第三十三条规定情形",
            [
                ("前款", None, None, None, None, "前款"),
                ("行政处罚法第三十三条", "行政处罚法", (33, 0), None, None, None),
            ],
        ),
        ("依照本条例第六条", [("本条例第六条", None, (6, 0), None, None, None)]),
        ("该法第六条", [("第六条", None, (6, 0), None, None, None)]),
        ("本法所称档案，是指", []),
        ("本条例自发布之日起施行", []),
        ("每条线路、各款产品、第三季度", []),
        ("具备本条件的", []),
    ],
)
def test_references_are_read_as_printed(text: str, expected: list[object]) -> None:
    assert read(text) == expected


def test_a_clauses_own_mark_is_no_reference() -> None:
    text = "第十二条 依照第十条办理。"
    assert find_references(text, begin=4) == [Reference(7, 10, article=(10, 0))]
