"""The commit of a build: the next generation is made beside the present one and renamed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policyqa import derived
from policyqa.document import Document, Unit
from policyqa.errors import IndexDamaged
from policyqa.folder import (
    CHECKSUMS,
    NEW_STORE,
    STORE,
    read_json,
    remove_stale,
    sha256_of_file,
    write_json,
)
from policyqa.pending import PendingVectors
from policyqa.schema import FORMAT, SCHEMA, Model, digest_of, vector_digest
from policyqa.sources import FileRow
from policyqa.store import Store

Fetch = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]

_DIGESTED = (
    "SELECT document_id, title, sha256, text, metadata, splitter FROM documents "
    "WHERE document_id = ?",
    "SELECT clause_id, ordinal, parent_id, marks, path, kind, start, end, elided FROM clauses "
    "WHERE document_id = ? ORDER BY ordinal",
    "SELECT ordinal, clause_id, context, start, end FROM units "
    "WHERE document_id = ? ORDER BY ordinal",
    "SELECT unit, ordinal, start, end, hex(vector_key) FROM passages "
    "WHERE document_id = ? ORDER BY unit, ordinal",
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A window of a unit's text: offsets into the document's text, and its vector's key."""

    start: int
    end: int
    vector_key: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be stored: its units and, for each, the passages it is found by."""

    document: Document
    splitter: str
    units: tuple[tuple[Unit, tuple[Passage, ...]], ...]


def check_store_file(folder: Path, generation: int) -> list[str]:
    """Whether the store file is the one that a build of this generation wrote."""
    try:
        recorded = read_json(folder / CHECKSUMS)
        found = sha256_of_file(folder / STORE)
    except (IndexDamaged, OSError) as error:
        return [str(error)]
    if recorded.get(str(generation)) != found:
        return [f"{folder / STORE}：与校验和不符"]
    return []


def digest_of_document(fetch: Fetch, document_id: str) -> str:
    """The digest over everything stored about a document, as read back from the store."""
    return digest_of([fetch(query, [document_id]) for query in _DIGESTED])


def commit(
    folder: Path,
    *,
    model: Model,
    changed: Iterable[Prepared],
    files: Mapping[FileRow, str],
    pending: PendingVectors,
    base: Store | None,
) -> int:
    """Make the next generation and swap it in; returns its number.

    Args:
        folder: the index folder, locked by the caller.
        model: the encoder of all vectors.
        changed: documents that are new or replace the stored one of the same id.
        files: each source with its document id; other documents are dropped.
        pending: vectors that the store does not hold yet.
        base: the present generation, or None for the first.

    Raises:
        IndexDamaged: the present store is not what was written, so nothing can build on it.
    """
    generation = base.generation + 1 if base else 1
    new = folder / NEW_STORE
    new.unlink(missing_ok=True)
    checksums: dict[str, Any] = {}
    if base is not None:
        problems = check_store_file(folder, base.generation)
        if problems:
            raise IndexDamaged(f"{problems[0]}，请删除该文件夹后重新建立索引")
        checksums = read_json(folder / CHECKSUMS)
        shutil.copyfile(folder / STORE, new)
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        # A killed build leaves a file that nobody opens, so no journal is needed.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA secure_delete = ON")
        if base is None:
            connection.executescript(SCHEMA)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN")
        _write(connection, changed, files, pending)
        meta = {
            "format": str(FORMAT),
            "generation": str(generation),
            "model": model.name,
            "fingerprint": model.fingerprint,
            "dimension": str(model.dimension),
        }
        connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())
        connection.execute("COMMIT")
    with new.open("rb+") as file:
        os.fsync(file.fileno())
    # Both generations are listed until the rename has decided which one is there.
    checksums[str(generation)] = sha256_of_file(new)
    write_json(folder / CHECKSUMS, checksums)
    with closing(Store(new)) as store:
        derived.save(derived.build(store), folder, generation)
    os.replace(new, folder / STORE)
    _sync_folder(folder)
    write_json(folder / CHECKSUMS, {str(generation): checksums[str(generation)]})
    remove_stale(folder, generation)
    return generation


def _write(
    connection: sqlite3.Connection,
    changed: Iterable[Prepared],
    files: Mapping[FileRow, str],
    pending: PendingVectors,
) -> None:
    def fetch(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return connection.execute(query, parameters).fetchall()

    connection.execute("DELETE FROM files")
    for prepared in changed:
        identity = prepared.document.document_id
        connection.execute("DELETE FROM documents WHERE document_id = ?", [identity])
        _insert(connection, prepared, pending)
        connection.execute(
            "UPDATE documents SET digest = ? WHERE document_id = ?",
            [digest_of_document(fetch, identity), identity],
        )
    connection.executemany(
        "INSERT INTO files VALUES (?, ?, ?, ?, ?)",
        [
            (row.path, row.size, row.mtime_ns, row.sha256, identity)
            for row, identity in sorted(files.items(), key=lambda pair: pair[0].path)
        ],
    )
    connection.execute(
        "DELETE FROM documents WHERE document_id NOT IN (SELECT document_id FROM files)"
    )
    connection.execute(
        "DELETE FROM vectors WHERE vector_key NOT IN (SELECT vector_key FROM passages)"
    )


def _insert(connection: sqlite3.Connection, prepared: Prepared, pending: PendingVectors) -> None:
    document = prepared.document
    identity = document.document_id
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, '')",
        [
            identity,
            document.source,
            document.title,
            document.sha256,
            document.text,
            _json(document.metadata.as_json()),
            prepared.splitter,
        ],
    )
    connection.executemany(
        "INSERT INTO clauses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                clause.clause_id,
                identity,
                ordinal,
                clause.parent_id,
                _json(clause.marks),
                _json(clause.path),
                clause.kind,
                clause.start,
                clause.end,
                int(clause.elided),
            )
            for ordinal, clause in enumerate(document.clauses)
        ],
    )
    for number, (unit, passages) in enumerate(prepared.units):
        end = unit.start + len(unit.text)
        connection.execute(
            "INSERT INTO units VALUES (?, ?, ?, ?, ?, ?)",
            [identity, number, unit.clause_id, unit.context, unit.start, end],
        )
        for ordinal, passage in enumerate(passages):
            key = passage.vector_key
            connection.execute(
                "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?)",
                [identity, number, ordinal, passage.start, passage.end, key],
            )
            vector = pending.get(key)
            if vector is not None:
                connection.execute(
                    "INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)",
                    [key, vector, vector_digest(key, vector)],
                )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
