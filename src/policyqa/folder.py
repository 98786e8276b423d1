"""The files of an index folder: their names, checksums and atomic replacement.

    store.sqlite        documents, clauses, passages and vectors (`store`)
    store.json          checksum of store.sqlite, by generation
    derived-<N>/        FAISS and lexical index of generation N (`derived`)
    pending.sqlite      vectors of a build that has not ended (`writer`)
    build.lock          held by the one process that writes

A build never changes store.sqlite: it writes a copy and renames it over the old one. The
rename is the commit. Readers keep the file they opened, so they are never blocked, and a
process killed at any moment leaves either the old index or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from policyqa.errors import IndexDamaged

STORE = "store.sqlite"
NEW_STORE = "store.sqlite.new"
CHECKSUMS = "store.json"
PENDING = "pending.sqlite"
LOCK = "build.lock"
MANIFEST = "manifest.json"

_DERIVED = "derived-"


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def derived_folder(folder: Path, generation: int) -> Path:
    """Where the derived files of a generation stand."""
    return folder / f"{_DERIVED}{generation}"


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file so that it is there whole or not at all."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(_canonical(content))
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def read_json(path: Path) -> dict[str, Any]:
    """Read what `write_json` wrote.

    Raises:
        IndexDamaged: it is missing, or differs in any byte from what is written for it.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        content = json.loads(text)
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path}：缺失或无法读取") from error
    if not isinstance(content, dict) or _canonical(content) != text:
        raise IndexDamaged(f"{path}：内容已损坏")
    return content


def sync_tree(folder: Path) -> None:
    """Flush a folder and all files below it to disk."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_stale(folder: Path, generation: int) -> None:
    """Remove what interrupted and superseded builds left; vectors not yet stored stay."""
    (folder / NEW_STORE).unlink(missing_ok=True)
    kept = derived_folder(folder, generation)
    for path in folder.glob(f"{_DERIVED}*"):
        if path != kept:
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob("*.tmp"):
        path.unlink(missing_ok=True)


def _canonical(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
