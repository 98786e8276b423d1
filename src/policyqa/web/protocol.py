"""What the web layer needs of an index; `policyqa.index.Index` provides it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from policyqa.document import Clause, Document, Standing
from policyqa.filters import Filters
from policyqa.ranking import Hit

if TYPE_CHECKING:  # the module loads FAISS, which the service needs only once it listens
    from policyqa.links import Link
    from policyqa.search import Method


class AnswerRecord(Protocol):
    """An answer that can be written as the contract's Answer."""

    def as_json(self) -> dict[str, Any]:
        """The contract's Answer."""
        ...


class Index(Protocol):
    """An opened index; its methods are called from several threads at once."""

    def ask(self, question: str, *, k: int = ..., filters: Filters | None = ...) -> AnswerRecord:
        """Answer a question, or say that the documents do not."""
        ...

    def search(
        self, query: str, k: int = ..., method: Method = ..., *, filters: Filters | None = ...
    ) -> list[Hit]:
        """The `k` best clauses for a query."""
        ...

    def precedents(self, draft: str, k: int = ..., *, filters: Filters | None = ...) -> list[Hit]:
        """The `k` clauses most like a draft clause."""
        ...

    def documents(
        self, *, offset: int = ..., limit: int = ..., filters: Filters | None = ...
    ) -> tuple[list[Document], int]:
        """A page of the documents, and how many there are."""
        ...

    def document(self, document_id: str) -> Document | None:
        """A document with its clauses, or None for an unknown id."""
        ...

    def clause(self, clause_id: str) -> Clause | None:
        """A clause, or None for an unknown id."""
        ...

    def standing(self, document_id: str) -> Standing:
        """Whether a document is in force, as far as the index knows."""
        ...

    def neighbours(
        self, clause_id: str
    ) -> tuple[Clause | None, Clause | None, Clause | None, list[Clause]]:
        """The clauses before and after, the one above, and those directly below."""
        ...

    def links(self, clause_id: str) -> tuple[list[Link], list[Link]]:
        """What a clause refers to, and what refers to it; KeyError if unknown."""
        ...

    def status(self) -> dict[str, Any]:
        """What is in the index, ready for JSON."""
        ...
