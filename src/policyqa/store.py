"""The store of one index folder, read: documents, clauses, units and vectors in SQLite.

A `Store` is one generation. Builds replace the file (see `folder`), never change it, so a
store that is open goes on answering from the generation that it opened.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policyqa.dates import today
from policyqa.document import Clause, Document, Metadata
from policyqa.errors import IndexDamaged, IndexFolderError, IndexMissing, ModelMismatch, cause
from policyqa.folder import STORE
from policyqa.schema import FORMAT, Model
from policyqa.versions import Versions

_CLAUSE = "clause_id, document_id, parent_id, marks, path, kind, start, end, elided"
_CACHED_DOCUMENTS = 256


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as stored (see `document.Unit`); its row number is its place in `Store.units`."""

    clause_id: str
    document_id: str
    context: str
    start: int
    end: int


def store_status(path: Path) -> os.stat_result:
    """The file system's record of a store file.

    Raises:
        IndexMissing: there is none.
        IndexFolderError: the system does not say.
    """
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(f"{path.parent}：还没有索引，请先运行 policyqa index") from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> IndexFolderError:
    return IndexFolderError(f"{path.parent}：无法读取索引：{cause(error)}")


class Store:
    """Read access to one generation; all methods may be called from several threads.

    Attributes:
        generation: raised by one with each build that changed something.
        model: the encoder of the vectors.
    """

    generation: int
    model: Model

    def __init__(self, path: Path) -> None:
        """Open the store file at `path`.

        Raises:
            IndexMissing: there is none.
            IndexFolderError: the system does not let it be read.
            IndexDamaged: its content cannot be read, or is of another format version.
        """
        store_status(path)
        try:
            path.open("rb").close()
        except OSError as error:
            raise _unreadable(path, error) from error
        self._path = path
        self._lock = threading.Lock()
        self._damaged = f"{path}：索引已损坏，请删除该文件夹后重新建立索引"
        try:
            # The file is never changed in place, so SQLite may read it without locks.
            self._connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise IndexDamaged(self._damaged) from error
        self._head = lru_cache(_CACHED_DOCUMENTS)(self._read_head)
        try:
            meta = {str(name): str(value) for name, value in self.rows("SELECT * FROM meta")}
            if meta["format"] != str(FORMAT):
                raise IndexDamaged(
                    f"{path}：格式版本是 {meta['format']}，本程序需要 {FORMAT}，请重新建立索引"
                )
            self.generation = int(meta["generation"])
            self.model = Model(meta["model"], meta["fingerprint"], int(meta["dimension"]))
        except (KeyError, ValueError) as error:
            raise IndexDamaged(self._damaged) from error

    @classmethod
    def open(cls, folder: Path) -> Store:
        """The store of an index folder; raises as the constructor does."""
        return cls(folder / STORE)

    def require_model(self, name: str, fingerprint: str) -> None:
        """Raise ModelMismatch unless the vectors are of the encoder with this fingerprint."""
        if self.model.fingerprint != fingerprint:
            raise ModelMismatch(
                f"{self._path.parent}：索引由模型 {self.model.name}"
                f"（{self.model.fingerprint[:12]}）建立，不能用 {name}（{fingerprint[:12]}）；"
                "请换回原模型，或删除该文件夹后重新建立索引，或用 --index 另建一个"
            )

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one SQL query.

        Raises:
            IndexDamaged: SQLite cannot read its file.
        """
        try:
            with self._lock:
                return self._connection.execute(query, parameters).fetchall()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise IndexDamaged(self._damaged) from error

    def documents(self) -> list[Document]:
        """All documents without their text and clauses, by document id."""
        return [
            Document(identity, title, source, sha256, "", Metadata.from_json(json.loads(metadata)))
            for identity, title, source, sha256, metadata in self.rows(
                "SELECT document_id, title, source, sha256, metadata FROM documents "
                "ORDER BY document_id"
            )
        ]

    def document(self, document_id: str) -> Document:
        """A document with its text and clauses.

        Raises:
            KeyError: the id is unknown.
        """
        found = self.rows(
            "SELECT source, sha256, metadata FROM documents WHERE document_id = ?", [document_id]
        )
        if not found:
            raise KeyError(document_id)
        source, sha256, metadata = found[0]
        title, text = self._head(document_id)
        return Document(
            document_id,
            title,
            source,
            sha256,
            text,
            Metadata.from_json(json.loads(metadata)),
            self.clauses_of(document_id),
        )

    def text(self, document_id: str) -> str:
        """The text that a document's clause offsets point into; KeyError for an unknown id."""
        return self._head(document_id)[1]

    def clauses_of(self, document_id: str) -> tuple[Clause, ...]:
        """A document's clauses in order; none for an unknown id."""
        return self._clauses("document_id = ? ORDER BY ordinal", [document_id])

    def clause(self, clause_id: str) -> Clause:
        """One clause; KeyError for an unknown id."""
        found = self._clauses("clause_id = ?", [clause_id])
        if not found:
            raise KeyError(clause_id)
        return found[0]

    def children(self, clause_id: str) -> tuple[Clause, ...]:
        """The clauses directly below one, in order."""
        return self._clauses("parent_id = ? ORDER BY ordinal", [clause_id])

    def neighbours(self, clause_id: str) -> tuple[Clause | None, Clause | None]:
        """The clauses printed before and after one; KeyError for an unknown id."""
        place = self.rows(
            "SELECT document_id, ordinal FROM clauses WHERE clause_id = ?", [clause_id]
        )
        if not place:
            raise KeyError(clause_id)
        document_id, ordinal = place[0]
        where = "document_id = ? AND ordinal = ?"
        before = self._clauses(where, [document_id, ordinal - 1])
        after = self._clauses(where, [document_id, ordinal + 1])
        return (before[0] if before else None, after[0] if after else None)

    def units(self) -> list[UnitRow]:
        """All units; the place in this list is the row number in the derived indexes."""
        return [
            UnitRow(*row)
            for row in self.rows(
                "SELECT clause_id, document_id, context, start, end FROM units "
                "ORDER BY document_id, ordinal"
            )
        ]

    def texts(self) -> Iterator[tuple[str, str]]:
        """(document id, text) of all documents, one at a time."""
        for (identity,) in self.rows("SELECT document_id FROM documents ORDER BY document_id"):
            yield identity, self._read_head(identity)[1]

    def documents_containing(self, words: str, *, but: str) -> list[str]:
        """Ids of the documents, other than `but`, whose text holds `words`."""
        found = self.rows(
            "SELECT document_id FROM documents WHERE instr(text, ?) AND document_id != ? "
            "ORDER BY document_id",
            [words, but],
        )
        return [row[0] for row in found]

    def clauses_containing(self, document_id: str, words: str) -> list[Clause]:
        """A document's clauses whose text holds `words`, in order."""
        found: dict[str, Clause] = {}
        for match in re.finditer(re.escape(words), self.text(document_id)):
            where = "document_id = ? AND start <= ? AND end >= ?"
            for clause in self._clauses(where, [document_id, *match.span()]):
                found[clause.clause_id] = clause
        return list(found.values())

    def vectors(self) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """All passages' vectors, (p, d), and the unit row of each, (p,)."""
        first: dict[str, int] = {}
        for row, (document_id,) in enumerate(
            self.rows("SELECT document_id FROM units ORDER BY document_id, ordinal")
        ):
            first.setdefault(document_id, row)
        passages = self.rows(
            "SELECT document_id, unit, vector FROM passages JOIN vectors USING (vector_key) "
            "ORDER BY document_id, unit, passages.ordinal"
        )
        unit = np.array([first[name] + ordinal for name, ordinal, _ in passages], dtype=np.int32)
        joined = b"".join(vector for _, _, vector in passages)
        try:
            matrix = np.frombuffer(joined, dtype="<f4").reshape(len(passages), self.model.dimension)
        except ValueError as error:
            raise IndexDamaged(self._damaged) from error
        return matrix.astype(np.float32, copy=False), unit

    def counts(self) -> dict[str, int]:
        """Number of documents, files, clauses, units, passages and vectors."""
        tables = ("documents", "files", "clauses", "units", "passages", "vectors")
        return {table: self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}

    def status(self) -> dict[str, Any]:
        """What is in the index, ready for JSON."""
        versions = Versions.among(self.documents()).counts(today())
        model = asdict(self.model)
        return {
            "generation": self.generation,
            "model": model,
            **self.counts(),
            "versions": versions,
        }

    def _read_head(self, document_id: str) -> tuple[str, str]:
        found = self.rows("SELECT title, text FROM documents WHERE document_id = ?", [document_id])
        if not found:
            raise KeyError(document_id)
        return found[0][0], found[0][1]

    def _clauses(self, where: str, parameters: Sequence[Any]) -> tuple[Clause, ...]:
        clauses = []
        for row in self.rows(f"SELECT {_CLAUSE} FROM clauses WHERE {where}", parameters):
            identity, document_id, parent_id, marks, path, kind, start, end, elided = row
            title, text = self._head(document_id)
            clauses.append(
                Clause(
                    clause_id=identity,
                    document_id=document_id,
                    document_title=title,
                    marks=tuple(json.loads(marks)),
                    path=tuple(json.loads(path)),
                    kind=kind,
                    text=text[start:end],
                    start=start,
                    end=end,
                    elided=bool(elided),
                    parent_id=parent_id,
                )
            )
        return tuple(clauses)
