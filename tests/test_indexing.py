from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from fakes import FakeEncoder, split_lines
from policyqa import writer
from policyqa.errors import IndexBusy, IndexFolderError, InputError, ModelMismatch
from policyqa.folder import LOCK, NEW_STORE, PENDING, STORE
from policyqa.indexing import Report, update_index
from policyqa.reader import IndexReader
from policyqa.store import Store
from policyqa.verify import verify


class Corpus:
    """A folder of files and the index over it."""

    def __init__(self, root: Path) -> None:
        self.root = root / "corpus"
        self.index = root / "index"
        self.root.mkdir()

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def update(
        self, *paths: Path, encoder: FakeEncoder | None = None, splitter: str = "1", **options: bool
    ) -> Report:
        return update_index(
            paths or [self.root],
            self.index,
            encoder=encoder or FakeEncoder(),
            split=split_lines,
            splitter=splitter,
            progress=False,
            **options,
        )

    def titles(self) -> list[str]:
        return sorted(document.title for document in IndexReader(self.index).snapshot().documents)

    def sources(self) -> list[str]:
        store = Store.open(self.index)
        documents = store.documents()
        store.close()
        return sorted(os.path.relpath(document.source, self.root) for document in documents)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    corpus = Corpus(tmp_path)
    corpus.write("a.txt", "甲办法\n一条听取汇报\n二条监督检查")
    corpus.write("sub/b.md", "乙办法\n一条报销差旅")
    return corpus


def test_a_first_build(corpus: Corpus) -> None:
    report = corpus.update()
    assert (report.added, report.changed, report.removed, report.unchanged) == (2, 0, 0, 0)
    assert (report.documents, report.clauses, report.passages, report.encoded) == (2, 3, 3, 3)
    assert report.failed == ()
    assert corpus.titles() == ["乙办法", "甲办法"]
    assert verify(corpus.index) == []


def test_unchanged_files_cost_nothing(corpus: Corpus) -> None:
    corpus.update()
    for path in corpus.root.rglob("*.*"):
        os.utime(path)
    report = corpus.update()
    assert (report.unchanged, report.encoded, report.generation) == (2, 0, 1)


def test_a_changed_file_encodes_only_its_changed_clauses(corpus: Corpus) -> None:
    corpus.update()
    corpus.write("a.txt", "甲办法\n一条听取汇报\n二条公开结果")
    encoder = FakeEncoder()
    report = corpus.update(encoder=encoder)
    assert (report.changed, report.unchanged, report.generation) == (1, 1, 2)
    assert encoder.encoded == ["甲办法 二条公开结果"]
    assert verify(corpus.index) == []


def test_a_change_that_keeps_size_and_time_of_an_old_file_is_not_looked_for(
    corpus: Corpus,
) -> None:
    path = corpus.write("a.txt", "甲办法\n一条听取汇报")
    os.utime(path, (1e9, 1e9))
    corpus.update()
    corpus.write("a.txt", "甲办法\n一条听取汇聚")
    os.utime(path, (1e9, 1e9))
    assert corpus.update().changed == 0


def test_a_file_changed_right_after_it_was_indexed_is_noticed(corpus: Corpus) -> None:
    path = corpus.write("a.txt", "甲办法\n一条听取汇报")
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    corpus.update()
    corpus.write("a.txt", "甲办法\n一条听取汇聚")
    os.utime(path, ns=times)
    assert corpus.update().changed == 1


def test_a_deleted_file_stops_answering(corpus: Corpus) -> None:
    corpus.update()
    reader = IndexReader(corpus.index)
    (corpus.root / "a.txt").unlink()
    assert corpus.update(keep_missing=True).removed == 0
    assert len(reader.snapshot().documents) == 2
    assert corpus.update().removed == 1
    assert [document.title for document in reader.snapshot().documents] == ["乙办法"]
    assert "听取汇报".encode() not in (corpus.index / STORE).read_bytes()
    assert verify(corpus.index) == []


def test_other_folders_are_left_alone(corpus: Corpus, tmp_path: Path) -> None:
    corpus.update()
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.txt").write_text("丙办法\n一条会议纪要", encoding="utf-8")
    assert corpus.update(other).removed == 0
    shutil.move(corpus.root, tmp_path / "unmounted")
    assert corpus.update(other).removed == 0
    assert corpus.titles() == ["丙办法", "乙办法", "甲办法"]
    assert corpus.update(corpus.root).removed == 2
    assert corpus.titles() == ["丙办法"]


def test_a_path_that_never_was(corpus: Corpus) -> None:
    with pytest.raises(InputError, match="nowhere"):
        corpus.update(corpus.root / "nowhere")


def test_a_file_given_by_name_that_is_gone(corpus: Corpus) -> None:
    corpus.update()
    (corpus.root / "a.txt").unlink()
    assert corpus.update(corpus.root / "a.txt").removed == 1


def test_hidden_files_readmes_and_other_kinds_are_no_documents(corpus: Corpus) -> None:
    for name in (".hidden.txt", ".git/x.txt", "README.md", "table.xlsx"):
        corpus.write(name, "某办法\n一条")
    assert corpus.update().added == 2


def test_a_bad_file_is_one_line_and_is_tried_again(corpus: Corpus) -> None:
    path = corpus.write("bad.txt", "坏")
    corpus.write("binary.txt", "").write_bytes(b"\xff\xfe\xff")
    report = corpus.update()
    assert report.added == 2
    reasons = dict(report.failed)
    assert reasons[str(path)] == "文件已坏"
    assert reasons[str(corpus.root / "binary.txt")].startswith("无法解析（UnicodeDecodeError")
    corpus.write("bad.txt", "好办法\n一条")
    assert corpus.update().added == 1


def test_a_changed_file_that_cannot_be_read_keeps_its_old_version(corpus: Corpus) -> None:
    corpus.update()
    path = corpus.write("a.txt", "坏")
    for _ in range(2):
        report = corpus.update()
        assert report.failed == ((str(path), "文件已坏（继续使用旧版本）"),)
        assert (report.changed, report.removed, report.generation) == (0, 0, 1)
    assert corpus.titles() == ["乙办法", "甲办法"]
    corpus.write("a.txt", "新办法\n一条")
    assert corpus.update().changed == 1
    assert corpus.titles() == ["乙办法", "新办法"]


def test_copies_are_one_document_until_the_last_is_gone(corpus: Corpus) -> None:
    corpus.write("z.txt", "甲办法\n一条听取汇报\n二条监督检查")
    report = corpus.update()
    assert (report.added, report.documents) == (3, 2)
    assert corpus.sources() == ["a.txt", "sub/b.md"]
    (corpus.root / "a.txt").unlink()
    assert corpus.update().removed == 1
    assert corpus.sources() == ["sub/b.md", "z.txt"]
    (corpus.root / "z.txt").unlink()
    corpus.update()
    assert corpus.sources() == ["sub/b.md"]


def test_a_moved_file_is_not_encoded_again(corpus: Corpus) -> None:
    corpus.update()
    (corpus.root / "a.txt").rename(corpus.root / "c.txt")
    report = corpus.update()
    assert (report.added, report.removed, report.encoded) == (1, 1, 0)
    assert corpus.sources() == ["c.txt", "sub/b.md"]


def test_another_version_of_the_splitter_splits_again(corpus: Corpus) -> None:
    corpus.update()
    report = corpus.update(splitter="2")
    assert (report.unchanged, report.encoded, report.generation) == (2, 0, 2)
    assert corpus.update(splitter="2").generation == 2


def test_an_empty_folder_is_an_empty_index(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    assert corpus.update().documents == 0
    assert corpus.titles() == []
    assert verify(corpus.index) == []


def test_results_do_not_depend_on_order_or_history(tmp_path: Path) -> None:
    texts = {f"{name}.txt": f"{name}办法\n一条{name}听取汇报\n二条检查" for name in "甲乙丙丁"}
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    at_once, one_by_one = Corpus(tmp_path / "one"), Corpus(tmp_path / "two")
    for name, text in texts.items():
        at_once.write(name, text)
    at_once.update()
    for name in reversed(texts):
        one_by_one.write("gone.txt", f"将删除\n一条{name}")
        one_by_one.update(one_by_one.write(name, texts[name]))
        one_by_one.update()
    (one_by_one.root / "gone.txt").unlink()
    one_by_one.update()
    first = IndexReader(at_once.index).snapshot()
    second = IndexReader(one_by_one.index).snapshot()
    assert first.units == second.units
    assert np.array_equal(first.dense.vectors(), second.dense.vectors())
    assert np.array_equal(first.lexical.impacts, second.lexical.impacts)


def test_another_model_is_refused_by_name(corpus: Corpus) -> None:
    corpus.update()
    with pytest.raises(ModelMismatch, match=r"fake.*other.*--index"):
        corpus.update(encoder=FakeEncoder("other"))


def test_one_writer_at_a_time(corpus: Corpus) -> None:
    corpus.update()
    with FileLock(corpus.index / LOCK), pytest.raises(IndexBusy, match="另一个进程"):
        corpus.update()
    assert corpus.update().unchanged == 2


def test_a_build_killed_while_encoding_resumes(corpus: Corpus) -> None:
    corpus.update()
    corpus.write("big.txt", "大办法\n" + "\n".join(f"第{n}条规定{n * n}" for n in range(40)))
    reader = IndexReader(corpus.index)
    script = Path(__file__).with_name("killed_build.py")
    done = subprocess.run([sys.executable, script, corpus.root, corpus.index], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (corpus.index / PENDING).exists()
    assert len(reader.snapshot().documents) == 2
    assert corpus.titles() == ["乙办法", "甲办法"]
    assert verify(corpus.index) == []
    report = corpus.update()
    assert (report.added, report.encoded) == (1, 40 - 16)
    assert "大办法" in corpus.titles()
    assert verify(corpus.index) == []
    assert not (corpus.index / PENDING).exists()


@pytest.mark.parametrize(
    "step", ["shutil.copyfile", "sha256_of_file", "write_json", "derived.save", "os.replace"]
)
def test_a_build_that_ends_at_any_step_of_the_commit_changes_nothing(
    corpus: Corpus, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.update()
    corpus.write("c.txt", "丙办法\n一条会议纪要")

    def end(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        owner, _, name = step.rpartition(".")
        patched.setattr(getattr(writer, owner) if owner else writer, name, end)
        with pytest.raises(KeyboardInterrupt):
            corpus.update()
    assert corpus.titles() == ["乙办法", "甲办法"]
    assert verify(corpus.index) == []
    report = corpus.update()
    assert (report.added, report.encoded) == (1, 0)
    assert verify(corpus.index) == []
    assert not (corpus.index / NEW_STORE).exists()


def test_a_build_that_ends_right_after_the_commit_has_committed(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.update()
    corpus.write("c.txt", "丙办法\n一条会议纪要")

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(writer, "_sync_folder", end)
        with pytest.raises(KeyboardInterrupt):
            corpus.update()
    assert corpus.titles() == ["丙办法", "乙办法", "甲办法"]
    assert verify(corpus.index) == []
    assert corpus.update().generation == 2


def test_a_full_disk_is_one_clear_line(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(writer, "_insert", full)
    with pytest.raises(IndexFolderError, match="disk is full"):
        corpus.update()


def test_damaged_pending_vectors_are_encoded_again(corpus: Corpus) -> None:
    corpus.index.mkdir()
    (corpus.index / PENDING).write_bytes(b"none" * 100)
    assert corpus.update().encoded == 3


def test_many_files_are_split_by_several_processes(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    for number in range(201):
        corpus.write(f"{number}.txt", f"办法{number}\n一条第{number}次")
    assert corpus.update().added == 201
