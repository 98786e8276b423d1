"""Documents known by their bytes, wherever a system keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from policyqa.folder import sha256_of_file


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a benchmark gives its documents.

    Attributes:
        checksums: sha256 of each document's file, by name.
        first: the first name of each sha256; files of the same bytes are one document.
    """

    checksums: dict[str, str]
    first: dict[str, str]

    @classmethod
    def of(cls, files: Mapping[str, Path]) -> Names:
        """The names of files."""
        checksums = {name: sha256_of_file(path) for name, path in files.items()}
        first: dict[str, str] = {}
        for name, checksum in checksums.items():
            first.setdefault(checksum, name)
        return cls(checksums, first)

    def same(self, name: str) -> str:
        """The name that stands for all copies of a document."""
        return self.first[self.checksums[name]] if name in self.checksums else name

    def identities(self, held: Mapping[str, str]) -> dict[str, str]:
        """The id that a system gives each document which it holds, by name.

        Args:
            held: sha256 of the system's documents, by their id.
        """
        by_checksum = {checksum: identity for identity, checksum in held.items()}
        return {
            name: by_checksum[checksum]
            for name, checksum in self.checksums.items()
            if checksum in by_checksum
        }
