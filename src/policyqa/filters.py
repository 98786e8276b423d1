"""Which documents a search may find."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from policyqa.dates import is_day
from policyqa.document import Document
from policyqa.errors import InputError

Choice = Literal["current", "all"]
"""Which versions of a law: the one in force, or all."""
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on a document; all that are given must hold.

    A document whose text states no issuer or date fails a condition on it. `versions` and
    `as_of` are not seen in a document alone: `reader.Snapshot` applies them.

    Attributes:
        document: its id, or part of its title.
        issuer: part of the issuer's name.
        date_from: the earliest date, YYYY, YYYY-MM or YYYY-MM-DD.
        date_to: the latest date.
        versions: "current" or "all"; None is "current" for what ranks, "all" for the list of
            documents. A document named by its id is found whatever its version.
        as_of: the versions in force on this day, YYYY-MM-DD, instead of today's.
    """

    document: str | None = None
    issuer: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    versions: Choice | None = None
    as_of: str | None = None

    def __post_init__(self) -> None:
        """Raises InputError for a date that is none, and for versions that are not known."""
        for value in (self.date_from, self.date_to):
            if value and not _DATE.fullmatch(value):
                raise InputError(f"日期“{value}”应写成 2024、2024-01 或 2024-01-31")
        if self.as_of and not is_day(self.as_of):
            raise InputError(f"日期“{self.as_of}”应写成 2024-01-31")
        if self.versions and self.versions not in get_args(Choice):
            raise InputError(f"未知的版本范围“{self.versions}”,可用: {', '.join(get_args(Choice))}")
        if self.as_of and self.versions == "all":
            raise InputError("“全部版本”和“截至某日”只能选一个")

    def __bool__(self) -> bool:
        """Whether there is any condition."""
        return self.on_document or bool(self.versions or self.as_of)

    @property
    def on_document(self) -> bool:
        """Whether there is a condition that `accept` looks at."""
        return any((self.document, self.issuer, self.date_from, self.date_to))

    def accept(self, document: Document) -> bool:
        """Whether a document meets the conditions on it."""
        metadata = document.metadata
        named = self.document in (None, "", document.document_id)
        if not named and str(self.document) not in document.title:
            return False
        if self.issuer and self.issuer not in (metadata.issuer or ""):
            return False
        if self.date_from and (metadata.date or "") < self.date_from:
            return False
        latest = self.date_to
        return not latest or bool(metadata.date and metadata.date[: len(latest)] <= latest)
