"""Which documents a search may find."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policyqa.document import Document
from policyqa.errors import InputError


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on a document; all that are given must hold.

    A document whose text states no issuer or date fails a condition on it.

    Attributes:
        document: its id, or part of its title.
        issuer: part of the issuer's name.
        date_from: the earliest date, YYYY, YYYY-MM or YYYY-MM-DD.
        date_to: the latest date.
    """

    document: str | None = None
    issuer: str | None = None
    date_from: str | None = None
    date_to: str | None = None

    def __post_init__(self) -> None:
        """Raises InputError for a date that is none."""
        for value in (self.date_from, self.date_to):
            if value and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
                raise InputError(f"日期“{value}”应写成 2024、2024-01 或 2024-01-31")

    def __bool__(self) -> bool:
        """Whether there is any condition."""
        return any((self.document, self.issuer, self.date_from, self.date_to))

    def accept(self, document: Document) -> bool:
        """Whether a document meets the conditions."""
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
