from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fakes import FakeEncoder, split_lines
from policyqa.errors import IndexFolderError, IndexMissing
from policyqa.folder import CHECKSUMS, STORE, sha256_of_file, write_json
from policyqa.indexing import update_index
from policyqa.reader import IndexReader
from policyqa.store import Store
from policyqa.verify import verify
from rights import without_rights


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("verify")
    (root / "a.txt").write_text("甲办法\n一条听取汇报\n二条监督检查", encoding="utf-8")
    (root / "b.txt").write_text("乙办法\n一条报销差旅", encoding="utf-8")
    update_index([root], root / "index", encoder=FakeEncoder(), split=split_lines, progress=False)
    return root / "index"


def test_a_whole_index(built: Path) -> None:
    assert verify(built) == []
    assert verify(built, FakeEncoder().description) == []


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        verify(tmp_path)


@pytest.mark.parametrize("taken", [".", STORE])
def test_an_index_that_may_not_be_read_is_neither_missing_nor_damaged(
    built: Path, taken: str
) -> None:
    with without_rights(built / taken):
        for use in (verify, Store.open, IndexReader):
            with pytest.raises(IndexFolderError, match="无法读取索引：没有权限") as raised:
                use(built)
            assert type(raised.value) is IndexFolderError
    assert verify(built) == []


def test_another_model(built: Path) -> None:
    assert "other" in verify(built, FakeEncoder("other").description)[0]


def test_a_flipped_byte_anywhere_is_found(built: Path) -> None:
    checked = 0
    for path in sorted(built.rglob("*")):
        if not path.is_file() or path.suffix == ".lock":
            continue
        content = path.read_bytes()
        for at in sorted({*range(0, len(content), max(1, len(content) // 12)), len(content) - 1}):
            flipped = bytearray(content)
            flipped[at] ^= 0x10
            path.write_bytes(flipped)
            assert verify(built), f"{path.name} at {at}"
            checked += 1
        path.write_bytes(content)
    assert checked > 100
    assert verify(built) == []


def test_a_file_cut_short_is_found(built: Path) -> None:
    for path in sorted(built.rglob("*.*")):
        if not path.is_file() or path.suffix == ".lock":
            continue
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        assert verify(built), path.name
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE documents SET text = text || '。'", "内容与校验和不符"),
        ("UPDATE clauses SET end = 9999", "位置超出文档范围"),
        ("UPDATE clauses SET parent_id = 'none'", "条款的上级不存在"),
        ("UPDATE clauses SET ordinal = ordinal + 5", "条款的记录已损坏"),
        ("UPDATE vectors SET vector = zeroblob(64)", "向量"),
        ("DELETE FROM vectors", "段落没有向量"),
        ("DELETE FROM passages", "向量没有段落"),
        ("DELETE FROM files", "文档没有对应的文件"),
        ("DELETE FROM clauses", "检索单元没有对应的条款"),
    ],
)
def test_content_is_checked_even_where_the_file_has_a_new_checksum(
    built: Path, change: str, named: str
) -> None:
    content, checksums = (built / STORE).read_bytes(), (built / CHECKSUMS).read_bytes()
    with closing(sqlite3.connect(built / STORE)) as connection, connection:
        connection.execute(change)
    write_json(built / CHECKSUMS, {"1": sha256_of_file(built / STORE)})
    assert any(named in problem for problem in verify(built))
    (built / STORE).write_bytes(content)
    (built / CHECKSUMS).write_bytes(checksums)
