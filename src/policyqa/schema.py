"""What a store file holds: its tables, format version and digests."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

FORMAT = 1

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    document_id TEXT PRIMARY KEY, source TEXT NOT NULL, title TEXT NOT NULL,
    sha256 TEXT NOT NULL, text TEXT NOT NULL, metadata TEXT NOT NULL,
    splitter TEXT NOT NULL, digest TEXT NOT NULL);
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL, document_id TEXT NOT NULL REFERENCES documents);
CREATE TABLE clauses (
    clause_id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, parent_id TEXT, marks TEXT NOT NULL, path TEXT NOT NULL,
    kind TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, elided INTEGER NOT NULL);
CREATE UNIQUE INDEX clauses_in_order ON clauses (document_id, ordinal);
CREATE INDEX clauses_below ON clauses (parent_id);
CREATE TABLE units (
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    clause_id TEXT NOT NULL, context TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL,
    PRIMARY KEY (document_id, ordinal)) WITHOUT ROWID;
CREATE TABLE passages (
    document_id TEXT NOT NULL, unit INTEGER NOT NULL, ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, vector_key BLOB NOT NULL,
    PRIMARY KEY (document_id, unit, ordinal),
    FOREIGN KEY (document_id, unit) REFERENCES units ON DELETE CASCADE) WITHOUT ROWID;
CREATE TABLE vectors (vector_key BLOB PRIMARY KEY, vector BLOB NOT NULL, digest BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Model:
    """The encoder that an index was built with.

    Attributes:
        name: as the user gave it.
        fingerprint: differs for encoders that give other vectors.
        dimension: length of a vector.
    """

    name: str
    fingerprint: str
    dimension: int


def digest_of(record: Any) -> str:
    """Hexadecimal SHA-256 of a record's canonical JSON."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def vector_digest(key: bytes, vector: bytes) -> bytes:
    """What is stored beside a vector to find a changed byte in it or its key."""
    return hashlib.sha256(key + vector).digest()
