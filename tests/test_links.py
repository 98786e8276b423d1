"""References that lead somewhere: within a document, into annexes, to other documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from policyqa.index import Index, build_index, open_index

LAW = """中华人民共和国示例法
第一条 为了示例，制定本法。
第二条 单位应当备案。
备案材料不全的，一次告知。
前款规定的告知采用书面形式。
第三条 有下列情形之一的，予以奖励：
（一）依照第二条第二款告知的；
（二）有前项情形，并且成绩突出的。
有前款第二项情形的，可以重奖。
第四条 违反前条规定的，依照本法第二条、第三条第一项处理。
第五条 本条前面没有引用。
"""
RULES = """云溪市实施《中华人民共和国示例法》办法
第一条 根据《中华人民共和国示例法》，制定本办法。
第二条 依照《示例法》第三条第（二）项给予奖励的，由市政府决定。
第三条 违反《没有收录的条例》第八条的，从其规定。
第四条 属于示例法第五条规定情形的，不予备案。
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("links")
    (folder / "法.txt").write_text(LAW, encoding="utf-8")
    (folder / "办法.txt").write_text(RULES, encoding="utf-8")
    build_index([folder], folder / "index")
    return open_index(folder / "index")


def clause_id(index: Index, document: str, *marks: str) -> str:
    found, _ = index.documents()
    (identity,) = [one.document_id for one in found if Path(one.source).stem == document]
    whole = index.document(identity)
    assert whole is not None
    return next(one.clause_id for one in whole.clauses if one.marks == marks)


def leads(index: Index, identity: str) -> list[tuple[str, str | None]]:
    """(words of the reference, first words of where it leads) of a clause's references."""
    references, _ = index.links(identity)
    return [
        (
            link.source.text[link.start : link.end],
            link.target.text[:6] if link.target else None,
        )
        for link in references
    ]


def test_references_within_a_law(index: Index) -> None:
    assert leads(index, clause_id(index, "法", "第四条")) == [
        ("前条", "第三条 有下"),
        ("本法第二条", "第二条 单位"),
        ("第三条第一项", "（一）依照第"),
    ]
    assert leads(index, clause_id(index, "法", "第三条", "（一）")) == [
        ("第二条第二款", "第二条 单位")
    ]
    assert leads(index, clause_id(index, "法", "第三条", "（二）")) == [("前项", "（一）依照第")]


def test_the_paragraph_before(index: Index) -> None:
    assert leads(index, clause_id(index, "法", "第二条")) == [("前款", "第二条 单位")]
    document = index.document(clause_id(index, "法", "第三条").split("-")[0])
    assert document is not None
    last = next(one for one in document.clauses if one.text.startswith("有前款"))
    assert leads(index, last.clause_id) == [("前款第二项", "（二）有前项")]


def test_references_to_other_documents(index: Index) -> None:
    assert leads(index, clause_id(index, "办法", "第二条")) == [
        ("《示例法》第三条第（二）项", "（二）有前项")
    ]
    assert leads(index, clause_id(index, "办法", "第四条")) == [("示例法第五条", "第五条 本条")]
    references, _ = index.links(clause_id(index, "办法", "第一条"))
    (whole,) = references
    assert whole.document is not None
    assert whole.document.title == "中华人民共和国示例法"
    assert whole.as_json()["resolved"] is True


def test_what_is_not_in_the_index_stays_unresolved(index: Index) -> None:
    references, _ = index.links(clause_id(index, "办法", "第三条"))
    (link,) = references
    assert link.as_json() == {
        "start": 6,
        "end": 18,
        "text": "《没有收录的条例》第八条",
        "document_id": None,
        "document_title": None,
        "clause_id": None,
        "path": [],
        "resolved": False,
    }


def test_what_refers_to_a_clause_own_document_first(index: Index) -> None:
    _, referring = index.links(clause_id(index, "法", "第三条"))
    assert [(link.source.marks[0], link.source.document_title) for link in referring] == [
        ("第四条", "中华人民共和国示例法"),
        ("第四条", "中华人民共和国示例法"),
        ("第二条", "云溪市实施《中华人民共和国示例法》办法"),
    ]
    own, referring = index.links(clause_id(index, "法", "第五条"))
    assert own == []
    assert [link.source.marks for link in referring] == [("第四条",)]


def test_an_unknown_clause(index: Index) -> None:
    with pytest.raises(KeyError):
        index.links("none")
