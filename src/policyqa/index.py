"""The index as programs use it: `open_index`, `build_index` and the object between them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from policyqa.answer import Answer, Answerer
from policyqa.clauses import SPLITTER, split
from policyqa.document import Clause, Document, Standing
from policyqa.encoder import Encoder, load_encoder
from policyqa.filters import Filters
from policyqa.indexing import Report, update_index
from policyqa.links import Link, Links
from policyqa.precedents import find_precedents
from policyqa.ranking import Hit
from policyqa.reader import IndexReader
from policyqa.search import Method, Searcher
from policyqa.span_reader import SpanReader


class Index:
    """One index folder, opened for questions. May be used from several threads.

    A build by another process is seen at the next call.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        *,
        dictionary: str = "",
        quick: bool = False,
        threads: int = 0,
    ) -> None:
        """Open `folder`; see `open_index`."""
        self._reader = IndexReader(folder, encoder.description)
        self._searcher = Searcher(self._reader, encoder, dictionary=dictionary)
        self._quick = quick
        self._threads = threads
        self._loading = threading.Lock()
        self._loaded: SpanReader | None = None

    def _span_reader(self) -> SpanReader:
        """Loaded where it is first needed."""
        with self._loading:
            if self._loaded is None:
                self._loaded = SpanReader(threads=self._threads)
            return self._loaded

    def ask(
        self,
        question: str,
        *,
        k: int = 5,
        filters: Filters | None = None,
        question_id: str | None = None,
    ) -> Answer:
        """Answer a question, or say that the documents do not; see `answer.Answerer.ask`."""
        answerer = Answerer(self._searcher, None if self._quick else self._span_reader())
        return answerer.ask(question, k=k, filters=filters, question_id=question_id)

    def search(
        self,
        query: str,
        k: int = 10,
        method: Method = "hybrid",
        *,
        filters: Filters | None = None,
    ) -> list[Hit]:
        """The `k` best clauses for a query; see `search.Searcher.search`."""
        reader = None if self._quick else self._span_reader
        return self._searcher.search(query, k=k, method=method, filters=filters, reader=reader)

    def precedents(self, draft: str, k: int = 10, *, filters: Filters | None = None) -> list[Hit]:
        """The `k` clauses most like a draft clause; see `precedents.find_precedents`."""
        return find_precedents(self._searcher, draft, k=k, filters=filters)

    def documents(
        self, *, offset: int = 0, limit: int = 50, filters: Filters | None = None
    ) -> tuple[list[Document], int]:
        """A page of the documents by title, without text and clauses, and how many there are.

        All versions of a law are listed, the latest first, unless the filters choose.
        """
        snapshot = self._reader.snapshot()
        filters = filters or Filters()
        if filters.versions is None and filters.as_of is None:
            filters = replace(filters, versions="all")
        hidden = snapshot.hidden(filters)
        kept = [
            document
            for document in snapshot.documents
            if document.document_id not in hidden and filters.accept(document)
        ]
        kept.sort(key=lambda one: snapshot.standing(one.document_id).version or "", reverse=True)
        kept.sort(key=lambda one: one.title)
        page = kept[offset : offset + limit]
        return [snapshot.described(document) for document in page], len(kept)

    def document(self, document_id: str) -> Document | None:
        """A document with its clauses, its standing and versions, or None for an unknown id."""
        snapshot = self._reader.snapshot()
        try:
            return snapshot.described(snapshot.store.document(document_id))
        except KeyError:
            return None

    def clause(self, clause_id: str) -> Clause | None:
        """A clause, or None for an unknown id."""
        try:
            return self._reader.snapshot().store.clause(clause_id)
        except KeyError:
            return None

    def standing(self, document_id: str) -> Standing:
        """Whether a document is in force, as far as the index knows; see `versions`."""
        return self._reader.snapshot().standing(document_id)

    def neighbours(
        self, clause_id: str
    ) -> tuple[Clause | None, Clause | None, Clause | None, list[Clause]]:
        """The clauses printed before and after, the one above, and those directly below.

        Raises:
            KeyError: the id is unknown.
        """
        store = self._reader.snapshot().store
        clause = store.clause(clause_id)
        before, after = store.neighbours(clause_id)
        parent = store.clause(clause.parent_id) if clause.parent_id else None
        return before, after, parent, list(store.children(clause_id))

    def links(self, clause_id: str) -> tuple[list[Link], list[Link]]:
        """What a clause refers to, and what refers to it; see `links`.

        Raises:
            KeyError: the id is unknown.
        """
        snapshot = self._reader.snapshot()
        clause = snapshot.store.clause(clause_id)
        links = Links(snapshot)
        return links.leaving(clause), links.arriving(clause)

    def status(self) -> dict[str, Any]:
        """What is in the index: model, generation and counts, ready for JSON."""
        return self._reader.snapshot().store.status()


def open_index(
    path: str | Path,
    *,
    model: str | None = None,
    threads: int = 0,
    dictionary: str = "",
    quick: bool = False,
) -> Index:
    """Open an index for questions.

    Args:
        path: the index folder.
        model: the encoder; by default the packaged one.
        threads: for encoding and reading; 0 is one a core.
        dictionary: an office's own words for highlights, a jieba user dictionary.
        quick: search and answer without the reader: no second order, and rules alone find
            the words.

    Raises:
        IndexMissing: nothing has been built there.
        IndexDamaged: the folder cannot be read; build it anew.
        ModelMismatch: it was built with another encoder.
        ModelError: the encoder cannot be loaded.
    """
    encoder = load_encoder(model, threads=threads)
    return Index(Path(path), encoder, dictionary=dictionary, quick=quick, threads=threads)


def build_index(
    paths: Sequence[str | Path],
    path: str | Path,
    *,
    model: str | None = None,
    threads: int = 0,
    keep_missing: bool = False,
    max_megabytes: int = 50,
    progress: bool = False,
) -> Report:
    """Build an index, or bring it up to date with the documents below `paths`.

    Args:
        paths: files and folders.
        path: the index folder.
        model: the encoder; by default the packaged one.
        threads: for encoding; 0 is one a core.
        keep_missing: keep documents whose files are gone.
        max_megabytes: larger files are refused.
        progress: show a progress bar on standard error.

    Raises:
        InputError: a path does not exist.
        IndexBusy: another process is building it.
        ModelMismatch: it was built with another encoder.
    """
    return update_index(
        [Path(source) for source in paths],
        Path(path),
        encoder=load_encoder(model, threads=threads),
        split=partial(split, max_megabytes=max_megabytes),
        splitter=SPLITTER,
        keep_missing=keep_missing,
        progress=progress,
    )
