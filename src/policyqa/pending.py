"""Vectors of a build that has not ended.

They are content-addressed and collect in a file of their own, so that a build that is killed
resumes without encoding them again and the store that is being served is not touched before
the commit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from policyqa.folder import PENDING
from policyqa.schema import vector_digest


class PendingVectors:
    """Vectors of a build that has not ended, kept on disk by their key."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / PENDING
        try:
            self._connection = self._opened()
        except sqlite3.DatabaseError:
            # Nothing but time is lost with this file.
            self.remove()
            self._connection = self._opened()

    def __contains__(self, key: bytes) -> bool:
        return self.get(key) is not None

    def get(self, key: bytes) -> bytes | None:
        """The vector's bytes, or None where it is missing or damaged."""
        found = self._connection.execute(
            "SELECT vector, digest FROM vectors WHERE vector_key = ?", [key]
        ).fetchone()
        if found is None or vector_digest(key, found[0]) != found[1]:
            return None
        return bytes(found[0])

    def add(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Commit a batch: (n,) keys and (n, d) vectors."""
        rows = zip(keys, vectors.astype("<f4"), strict=True)
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                [(key, row.tobytes(), vector_digest(key, row.tobytes())) for key, row in rows],
            )

    def close(self) -> None:
        """Release the file; what was committed stays."""
        self._connection.close()

    def remove(self) -> None:
        """Delete the file."""
        for path in self._path.parent.glob(f"{PENDING}*"):
            path.unlink(missing_ok=True)

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors (vector_key BLOB PRIMARY KEY, "
                "vector BLOB NOT NULL, digest BLOB NOT NULL)"
            )
            if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError(str(self._path))
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection
