"""Versions of laws in an index: what is recognised, what is found, what is said of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from laws import LAWS, NEW, OLD, PENDING, Corpus
from policyqa import reader
from policyqa.cli import main
from policyqa.document import Document, Event, Metadata
from policyqa.errors import InputError
from policyqa.filters import Filters
from policyqa.index import Index
from policyqa.store import Store
from policyqa.verify import verify
from policyqa.versions import Versions, law_name

TODAY = "2026-01-01"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("laws"))


@pytest.fixture(scope="module")
def index(corpus: Corpus) -> Index:
    return corpus.open()


def document(identity: str, title: str, source: str = "x.md", **stated: Any) -> Document:
    return Document(identity, title, source, identity, "", Metadata(**stated))


def statuses(*documents: Document, day: str = TODAY) -> list[str | None]:
    versions = Versions.among(documents)
    return [versions.standing(one.document_id, day).status for one in documents]


def fines(hits: list[Any]) -> list[str]:
    return [hit.clause.text for hit in hits if "罚款" in hit.clause.text]


FIVE_MILLION = "第二条 经营者集中申报的罚款为五百万元以下。"
HALF_A_MILLION = "第二条 经营者集中申报的罚款为五十万元以下。"


def test_every_document_says_whether_it_is_in_force(corpus: Corpus) -> None:
    assert corpus.statuses() == {
        OLD: "已修改",
        NEW: "现行",
        "档案办法(2015-05-01).md": "现行",
        PENDING: "尚未施行",
        "文书管理规定.md": "废止",
        "值班通知.md": None,
    }


def test_search_finds_the_version_in_force_unless_others_are_asked_for(index: Index) -> None:
    query = "经营者集中申报的罚款"
    assert fines(index.search(query, k=20)) == [FIVE_MILLION]
    everything = index.search(query, k=20, filters=Filters(versions="all"))
    assert set(fines(everything)) == {FIVE_MILLION, HALF_A_MILLION}
    assert {hit.standing.status for hit in everything} == {
        "现行", "已修改", "废止", "尚未施行", None,
    }  # fmt: skip
    before = index.search(query, k=20, filters=Filters(as_of="2010-01-01"))
    assert fines(before) == [HALF_A_MILLION]
    assert not any("档案保管" in hit.clause.text for hit in before)
    assert any("文书保管" in hit.clause.text for hit in before)


def test_k_hits_come_back_where_k_are_in_force(index: Index) -> None:
    for method in ("hybrid", "dense", "bm25"):
        hits = index.search("第一条 制定本法 罚款 施行 保管", k=5, method=method)
        assert len(hits) == 5, method
        assert {hit.standing.status for hit in hits} <= {"现行", None}


def test_addresses_and_precedents_lead_to_the_version_in_force(index: Index) -> None:
    assert [hit.clause.text for hit in index.search("竞争法第二条")] == [FIVE_MILLION]
    everything = index.search("竞争法第二条", filters=Filters(versions="all"))
    assert [hit.clause.text for hit in everything] == [FIVE_MILLION, HALF_A_MILLION]
    draft = "经营者集中申报的罚款为八十万元以下。"
    assert fines(index.precedents(draft, k=20)) == [FIVE_MILLION]
    assert len(fines(index.precedents(draft, k=20, filters=Filters(versions="all")))) == 2


def test_an_answer_says_whether_its_document_is_in_force(index: Index) -> None:
    answer = index.ask("竞争法第二条").as_json()
    assert answer["answer"] == "经营者集中申报的罚款为五百万元以下。"
    assert (answer["status"], answer["version"], answer["effective"]) == (
        "现行", "2022-06-24", "2008-08-01",
    )  # fmt: skip
    earlier = index.ask("竞争法第二条", filters=Filters(as_of="2010-01-01")).as_json()
    assert earlier["answer"] == "经营者集中申报的罚款为五十万元以下。"
    assert (earlier["status"], earlier["clauses"][0]["status"]) == ("已修改", "已修改")


def test_an_old_version_stays_readable_and_leads_to_the_new_one(index: Index) -> None:
    listed, total = index.documents(filters=Filters(document="竞争法"))
    assert total == 2
    old = next(one for one in listed if one.standing and one.standing.status == "已修改")
    read = index.document(old.document_id)
    assert read is not None
    record = json.loads(json.dumps(read.as_json()))
    assert (record["status"], record["version"]) == ("已修改", "2007-08-30")
    assert [(one["title"], one["status"], one["version"]) for one in record["versions"]] == [
        ("中华人民共和国竞争法", "现行", "2022-06-24")
    ]
    assert len(record["clauses"]) >= 3
    by_id = index.search("罚款", filters=Filters(document=old.document_id))
    assert fines(by_id) == [HALF_A_MILLION]
    in_force, _ = index.documents(filters=Filters(document="竞争法", versions="current"))
    assert [one.standing.status for one in in_force if one.standing] == ["现行"]


def test_what_is_in_force_changes_with_the_day(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "档案保管十年" in str([hit.clause.text for hit in index.search("档案保管", k=9)])
    monkeypatch.setattr(reader, "today", lambda: "2099-01-01")
    texts = str([hit.clause.text for hit in index.search("档案保管", k=9)])
    assert "档案保管三十年" in texts
    assert "档案保管十年" not in texts


def test_a_newer_version_ends_the_older_one_without_encoding_it_again(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, [OLD, "值班通知.md"])
    opened = corpus.open()
    assert corpus.statuses()[OLD] is None
    assert fines(opened.search("罚款", k=9)) == [HALF_A_MILLION]
    corpus.write(NEW, LAWS[NEW])
    report = corpus.update()
    new_passages = report.passages - 4
    assert (report.added, report.unchanged) == (1, 2)
    assert report.encoded <= new_passages
    assert corpus.statuses() == {OLD: "已修改", NEW: "现行", "值班通知.md": None}
    assert fines(opened.search("罚款", k=9)) == [FIVE_MILLION]
    assert verify(corpus.index) == []
    (corpus.folder / NEW).unlink()
    report = corpus.update()
    assert (report.removed, report.encoded) == (1, 0)
    assert corpus.statuses() == {OLD: None, "值班通知.md": None}
    assert fines(opened.search("罚款", k=9)) == [HALF_A_MILLION]
    assert verify(corpus.index) == []


def test_an_index_without_versions_is_searched_without_a_mask(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path, [OLD, "值班通知.md"])
    snapshot = reader.IndexReader(corpus.index).snapshot()
    assert snapshot.mask(None) is None
    assert snapshot.mask(Filters(versions="all")) is None


def test_the_store_counts_versions(corpus: Corpus) -> None:
    store = Store.open(corpus.index)
    assert store.status()["versions"] == {
        "laws": 2, "in_force": 2, "amended": 1, "repealed": 1, "pending": 1,
    }  # fmt: skip
    store.close()
    assert verify(corpus.index) == []


def test_status_on_the_command_line(corpus: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--index", str(corpus.index)]) == 0
    assert "多版本的法规 2 部;现行 2,已修改 1,废止 1,尚未施行 1" in capsys.readouterr().out


def test_the_command_line_chooses_versions(
    corpus: Corpus, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policyqa.index.open_index", lambda *_, **__: corpus.open())

    def printed(*arguments: str) -> str:
        assert main([*arguments, "--index", str(corpus.index)]) == 0
        return capsys.readouterr().out

    out = printed("ask", "竞争法第二条")
    assert "五百万元" in out
    assert "《中华人民共和国竞争法》[现行,2022-06-24 版]第二条" in out
    out = printed("search", "竞争法第二条", "--all-versions")
    assert "[现行,2022-06-24 版]" in out
    assert "[已修改,2007-08-30 版]" in out
    out = printed("precedents", "集中申报的罚款为八十万元。", "--as-of", "2010-01-01", "--json")
    assert {hit["status"] for hit in json.loads(out)["hits"]} == {"已修改", "废止", None}
    assert main(["search", "罚款", "--as-of", "去年", "--index", str(corpus.index)]) == 1
    assert "去年" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["ask", "罚款", "--all-versions", "--as-of", "2010-01-01"])
    assert stop.value.code == 2


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"as_of": "2020"}, "2024-01-31"),
        ({"as_of": "2020-02-30"}, "2020-02-30"),
        ({"versions": "old"}, "old"),
        ({"versions": "all", "as_of": "2020-01-01"}, "只能选一个"),
    ],
)
def test_a_choice_that_is_none_is_refused(filters: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        Filters(**filters)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("中华人民共和国反垄断法", "反垄断法"),
        ("《反垄断法》（2022年修正）", "反垄断法"),
        ("反垄断法（2022-06-24）", "反垄断法"),
        ("某市养犬办法（试行）", "某市养犬办法(试行)"),
        ("宪法修正案（1988年）", "宪法修正案(1988年)"),
        ("刑法修正案（二）", "刑法修正案(二)"),
    ],
)
def test_a_law_is_named_without_state_and_edition(title: str, name: str) -> None:
    assert law_name(title) == name


def test_dates_in_file_names_tell_versions_apart() -> None:
    old = document("a", "养犬办法", "laws/养犬办法(2011-03-01).md")
    new = document("b", "养犬办法", "laws/养犬办法_20200506.docx")
    assert statuses(old, new) == ["已修改", "现行"]
    assert statuses(old, new, day="2015-01-01") == ["现行", "尚未施行"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"issuer": "甲市人民政府", "region": "甲市"},
            {"issuer": "乙市人民政府", "region": "乙市"},
        ),
        ({"issuer": "公安部"}, {"issuer": "司法部"}),
        ({"region": "浙江省"}, {"region": "山东省"}),
    ],
)
def test_rules_of_different_bodies_are_never_one_law(
    one: dict[str, str], other: dict[str, str]
) -> None:
    first = document("a", "养犬办法", date="2011-03-01", **one)
    second = document("b", "养犬办法", date="2020-03-01", **other)
    unsigned = document("c", "养犬办法", date="2022-03-01")
    assert statuses(first, second) == [None, None]
    # The third could be a version of either.
    assert statuses(first, second, unsigned) == [None, None, None]
    third = document("d", "养犬办法", date="2023-03-01", **one)
    assert statuses(first, second, unsigned, third) == ["已修改", None, None, "现行"]


@pytest.mark.parametrize(
    "title",
    ["县人民政府常务会议纪要", "关于召开全体会议的通知", "关于同意设立园区的批复", "党建工作要点"],
)
def test_documents_that_recur_under_one_title_are_no_versions(title: str) -> None:
    issued = {"issuer": "某县人民政府"}
    first = document("a", title, date="2023-01-05", **issued)
    assert statuses(first, document("b", title, date="2024-01-05", **issued)) == [None, None]


def test_similar_titles_are_different_laws() -> None:
    titles = ["养犬办法", "养犬管理办法", "养犬办法（试行）", "甲市养犬办法", "养犬办法实施细则"]
    documents = [
        document(str(year), title, date=f"{2010 + year}-01-01") for year, title in enumerate(titles)
    ]
    assert statuses(*documents) == [None] * 5


def test_copies_are_no_versions() -> None:
    history = (Event("2011-10-29", "修正", "2011年10月29日…修正"),)
    files = ["行政法/证件法(2011-10-29).md", "宪法相关法/证件法(2011-10-30).md"]
    one, other = (
        document(name, "证件法", name, date="2011-10-29", history=history) for name in files
    )
    assert statuses(one, other) == [None, None]
    newer = document("c", "证件法", date="2020-01-01")
    assert statuses(one, other, newer) == ["已修改", "已修改", "现行"]


def test_a_version_dated_by_adoption_and_one_by_publication_are_copies() -> None:
    one = document("a", "消费规定", date="2022-02-15", effective="2022-03-15")
    other = document("b", "消费规定", date="2022-03-01", effective="2022-03-15")
    assert statuses(one, other) == [None, None]


def test_a_version_is_in_force_from_the_day_that_it_states() -> None:
    old = document("a", "公司法", date="2018-10-26", effective="2006-01-01")
    new = document("b", "公司法", date="2023-12-29", effective="2024-07-01")
    assert statuses(old, new, day="2024-06-30") == ["现行", "尚未施行"]
    assert statuses(old, new, day="2024-07-01") == ["已修改", "现行"]


def test_a_single_law_that_is_still_to_come_is_found_all_the_same() -> None:
    versions = Versions.among([document("a", "某办法", date="2025-12-01", effective="2026-03-01")])
    assert versions.standing("a", TODAY).status == "尚未施行"
    assert versions.hidden(TODAY) == frozenset()
    assert versions.hidden(TODAY, past=True) == {"a"}
    assert versions.standing("a", "2026-03-01").status is None


def test_a_repeal_needs_the_exact_title_and_an_earlier_document() -> None:
    repealing = document(
        "r", "甲市新规定", date="2020-01-01", effective="2020-06-01", repeals=("甲市旧规定",)
    )
    old = document("o", "甲市旧规定", date="2010-01-01")
    longer = document("l", "甲市旧规定实施办法", date="2010-01-01")
    undated = document("u", "甲市旧规定")
    later = document("x", "甲市旧规定", date="2021-01-01", issuer="甲市人民政府")
    assert statuses(repealing, old, longer) == [None, "废止", None]
    assert statuses(repealing, old, day="2020-05-31") == ["尚未施行", None]
    assert statuses(repealing, undated) == [None, None]
    assert statuses(repealing, later) == [None, None]


def test_an_amended_law_does_not_repeal_again_what_its_first_version_did() -> None:
    adopted = Event("2001-06-15", "公布", "2001年6月15日…公布")
    amended = Event("2023-12-11", "修订", "2023年12月11日…修订")
    old = document("a", "专利细则", date="2010-01-09", history=(adopted,))
    new = document(
        "b", "专利细则", date="2023-12-11", history=(adopted, amended), repeals=("专利细则",)
    )
    assert statuses(old, new) == ["已修改", "现行"]
