from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fakes import FakeEncoder, split_lines
from policyqa import derived
from policyqa.errors import IndexDamaged, IndexMissing, ModelMismatch
from policyqa.filters import Filters
from policyqa.folder import derived_folder
from policyqa.indexing import update_index
from policyqa.reader import IndexReader
from policyqa.store import Store
from policyqa.tokenizer import terms

LONG = "乙条" + "监督检查" * 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("党建意见\n发文：区委\n甲条听取汇报\n" + LONG, encoding="utf-8")
    (corpus / "b.txt").write_text("财务办法\n发文：财政局\n丙条报销差旅", encoding="utf-8")
    update(tmp_path)
    return tmp_path / "index"


def update(tmp_path: Path) -> None:
    update_index(
        [tmp_path / "corpus"],
        tmp_path / "index",
        encoder=FakeEncoder(),
        split=split_lines,
        progress=False,
    )


def identity(store: Store, title: str) -> str:
    return next(doc.document_id for doc in store.documents() if doc.title == title)


def test_what_is_stored_is_what_was_split(folder: Path) -> None:
    store = Store.open(folder)
    path = folder.parent / "corpus" / "a.txt"
    assert store.document(identity(store, "党建意见")) == split_lines(path)
    store.close()


def test_clauses_and_their_neighbours(folder: Path) -> None:
    store = Store.open(folder)
    document_id = identity(store, "党建意见")
    first, second = store.clauses_of(document_id)
    assert (first.text, second.text) == ("甲条听取汇报", LONG)
    assert store.clause(first.clause_id) == first
    assert store.neighbours(first.clause_id) == (None, second)
    assert store.neighbours(second.clause_id) == (first, None)
    assert store.children(first.clause_id) == ()
    for unknown in (store.clause, store.document, store.neighbours, store.text):
        with pytest.raises(KeyError):
            unknown("none")
    store.close()


def test_counts(folder: Path) -> None:
    store = Store.open(folder)
    assert store.counts() == {
        "documents": 2,
        "files": 2,
        "clauses": 3,
        "units": 3,
        "passages": 5,  # the long clause has three windows
        "vectors": 5,
    }
    assert store.status()["model"]["name"] == "fake"
    store.close()


def test_several_threads_read_one_store(folder: Path) -> None:
    store = Store.open(folder)
    document_id = identity(store, "党建意见")
    seen: list[int] = []

    def read() -> None:
        seen.extend(len(store.clauses_of(document_id)) for _ in range(100))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [2] * 400
    store.close()


def test_a_folder_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="policyqa index"):
        Store.open(tmp_path)
    with pytest.raises(IndexMissing, match="policyqa index"):
        IndexReader(tmp_path)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").write_bytes(b"none" * 1000)
    with pytest.raises(IndexDamaged, match="已损坏"):
        Store.open(tmp_path)


def test_both_indexes_find_units_by_row(folder: Path) -> None:
    encoder = FakeEncoder()
    snapshot = IndexReader(folder, encoder.description).snapshot()
    row = int(snapshot.lexical.scores(terms("差旅")).argmax())
    assert snapshot.text_of(row) == "丙条报销差旅"
    assert snapshot.first_line(row) == "丙条报销差旅"
    assert snapshot.store.clause(snapshot.unit_clause_ids[row]).text == "丙条报销差旅"
    rows, _ = snapshot.dense.search(encoder.encode_queries(["财务办法 丙条报销差旅"])[0], 1)
    assert rows.tolist() == [row]


def test_the_context_of_a_unit_is_searched_with_it(folder: Path) -> None:
    snapshot = IndexReader(folder).snapshot()
    found = snapshot.lexical.scores(terms("财务")).nonzero()[0]
    assert [snapshot.text_of(int(row)) for row in found] == ["丙条报销差旅"]


def test_filters_become_a_mask(folder: Path) -> None:
    snapshot = IndexReader(folder).snapshot()
    mask = snapshot.mask(Filters(issuer="财政"))
    assert mask is not None
    assert [snapshot.text_of(int(row)) for row in mask.nonzero()[0]] == ["丙条报销差旅"]
    assert snapshot.mask(None) is None
    assert snapshot.mask(Filters()) is None
    rows = snapshot.rows_of(identity(snapshot.store, "党建意见"))
    assert [snapshot.text_of(row) for row in rows] == ["甲条听取汇报", LONG]
    assert list(snapshot.rows_of("none")) == []


def test_a_reader_follows_updates_and_old_snapshots_stay_whole(folder: Path) -> None:
    reader = IndexReader(folder)
    before = reader.snapshot()
    assert reader.refresh() is before
    (folder.parent / "corpus" / "b.txt").unlink()
    update(folder.parent)
    after = reader.snapshot()
    assert [doc.title for doc in after.documents] == ["党建意见"]
    assert {doc.title for doc in before.documents} == {"财务办法", "党建意见"}
    assert before.store.document(identity(before.store, "财务办法")).title == "财务办法"


def test_another_model_is_refused(folder: Path) -> None:
    with pytest.raises(ModelMismatch, match=r"fake.*other"):
        IndexReader(folder, FakeEncoder("other").description)


@pytest.mark.parametrize("harm", ["missing", "damaged"])
def test_derived_files_are_made_again(
    folder: Path, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    place = derived_folder(folder, 1)
    if harm == "missing":
        place.rename(folder / "elsewhere")
    else:
        (place / "lexical" / "rows.npy").write_bytes(b"none")
    snapshot = IndexReader(folder).snapshot()
    assert "重新生成" in caplog.text
    assert snapshot.lexical.scores(terms("差旅")).max() > 0
    assert derived.check(folder, 1) == []


def test_a_damaged_store_is_not_served(folder: Path) -> None:
    content = bytearray((folder / "store.sqlite").read_bytes())
    content[content.index("听取汇报".encode())] ^= 1
    (folder / "store.sqlite").write_bytes(content)
    with pytest.raises(IndexDamaged):
        IndexReader(folder)


def test_nothing_in_the_folder_is_pickled(folder: Path) -> None:
    kinds = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert kinds - {".lock"} == {".sqlite", ".json", ".npy", ".faiss"}
