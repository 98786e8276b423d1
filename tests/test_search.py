"""Ranked clauses, addresses and filters on the real index."""

from pathlib import Path

import pytest

from policyqa.errors import InputError
from policyqa.evaluation.gold import plain
from policyqa.filters import Filters
from policyqa.index import Index, build_index, open_index
from policyqa.search import Method

LEAVE = "示例大学学生请假与考勤管理规定"


@pytest.mark.parametrize("method", ["hybrid", "dense", "bm25"])
def test_every_method_finds_the_clause(corpora_index: Index, method: Method) -> None:
    hits = corpora_index.search("区委常委会听取政协党组工作汇报", k=5, method=method)
    assert ("五、", "19.") in [hit.clause.marks for hit in hits]
    assert [hit.rank for hit in hits] == [1, 2, 3, 4, 5]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_highlights_are_the_querys_words(corpora_index: Index) -> None:
    hit = corpora_index.search("常委会听取汇报", k=1)[0]
    words = {hit.clause.text[start:end] for start, end in hit.highlights}
    assert "听取" in words


def test_the_first_hits_do_not_depend_on_k(corpora_index: Index) -> None:
    few = [hit.clause.clause_id for hit in corpora_index.search("请假几天要谁批准", k=3)]
    many = [hit.clause.clause_id for hit in corpora_index.search("请假几天要谁批准", k=50)]
    assert many[:3] == few


@pytest.mark.parametrize(
    "query",
    [f"{LEAVE}第六条", f"《{LEAVE}》第6条", f"{LEAVE}６条", f"{LEAVE}第六条规定了什么？"],
)
def test_an_article_by_its_address(corpora_index: Index, query: str) -> None:
    hit = corpora_index.search(query, k=5)[0]
    assert (hit.clause.document_title, hit.clause.marks[-1]) == (LEAVE, "第六条")


def test_an_article_comes_with_its_items(corpora_index: Index) -> None:
    hit = corpora_index.search(f"{LEAVE}第六条", k=1)[0]
    assert [below.marks[-1] for below in hit.below][:2] == ["（一）", "（二）"]


def test_an_article_number_alone_finds_it_in_every_document(corpora_index: Index) -> None:
    hits = corpora_index.search("第二条", k=20)
    assert all(
        plain(hit.clause.marks[-1]) in ("第二条", "2.", "2、", "二、", "(二)", "(2)")
        for hit in hits
    )
    assert len({hit.clause.document_id for hit in hits}) > 3


@pytest.mark.parametrize(
    "query", ["示大学〔2023〕45号", "示大学[2023]45号", "示大学（2023）第45号"]
)
def test_a_document_by_its_number(corpora_index: Index, query: str) -> None:
    hits = corpora_index.search(query, k=5)
    assert {hit.clause.document_title for hit in hits} == {LEAVE}


def test_the_reader_is_loaded_only_where_it_orders(corpora_folder: Path) -> None:
    index = open_index(corpora_folder)
    index.search(f"{LEAVE}第六条")
    index.search("请假几天要谁批准", method="bm25")
    index.search("报送", filters=Filters(issuer="没有这个机关"))
    open_index(corpora_folder, quick=True).search("请假几天要谁批准")
    assert index._loaded is None
    index.search("请假几天要谁批准")
    assert index._loaded is not None


def test_reordered_hits_keep_to_the_filter(corpora_index: Index) -> None:
    hits = corpora_index.search("汇报几次", k=50, filters=Filters(document="政协"))
    assert {hit.clause.document_title for hit in hits} == {"政协党建工作要点"}


def test_filters(corpora_index: Index) -> None:
    by_title = corpora_index.search("汇报", k=50, filters=Filters(document="政协"))
    assert {hit.clause.document_title for hit in by_title} == {"政协党建工作要点"}
    by_issuer = corpora_index.search("报送", k=50, filters=Filters(issuer="示例大学"))
    assert {hit.clause.document_title for hit in by_issuer} == {"示例大学科研经费管理办法"}
    dated = corpora_index.search("报送", k=50, filters=Filters(date_from="2024-09"))
    assert {hit.clause.document_title for hit in dated} == {
        "明川县农村公路养护管理考核细则（试行）",
        "明川县人民政府常务会议纪要",
    }
    assert corpora_index.search("报送", filters=Filters(issuer="没有这个机关")) == []


def test_what_cannot_be_searched(corpora_index: Index) -> None:
    with pytest.raises(InputError, match="k"):
        corpora_index.search("汇报", k=0)
    with pytest.raises(InputError, match="检索方法"):
        corpora_index.search("汇报", method="magic")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="日期"):
        Filters(date_from="去年")


def test_precedents_of_a_draft(corpora_index: Index) -> None:
    draft = "第三条 区委常委会每年至少两次听取区政协党组工作情况汇报。"
    hits = corpora_index.precedents(draft, k=3)
    assert hits[0].clause.marks == ("五、", "19.")
    with pytest.raises(InputError, match="草稿"):
        corpora_index.precedents("第三条")


def test_neighbours_and_documents(corpora_index: Index) -> None:
    nineteen = corpora_index.search("区委常委会听取政协党组工作汇报", k=1)[0].clause
    before, after, parent, children = corpora_index.neighbours(nineteen.clause_id)
    assert before is not None
    assert before.marks == ("五、",)
    assert after is not None
    assert after.elided
    assert parent == before
    assert children == []
    assert corpora_index.clause("nobody") is None
    assert corpora_index.document("nobody") is None
    documents, total = corpora_index.documents(limit=5)
    assert (len(documents), total) == (5, 14)


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    texts = {
        "甲.txt": "甲通知\n一、每年报送两次。\n二、做好。",
        "乙.txt": "乙通知\n一、每季度报送一次。\n二、做完。",
    }
    found = []
    for number, names in enumerate((sorted(texts), sorted(texts, reverse=True))):
        folder = tmp_path / str(number)
        for name in names:
            path = tmp_path / name
            path.write_text(texts[name], encoding="utf-8")
            build_index([path], folder)
        hits = open_index(folder).search("多久报送一次", k=10)
        found.append([(hit.clause.clause_id, hit.score) for hit in hits])
    assert found[0] == found[1]
