"""Clauses that refer to one another, within a document and across the index.

References are read when a clause is shown, not stored: what they lead to depends on which
documents the index holds. A law of 1,260 articles takes some hundredths of a second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from policyqa.address import normal_title
from policyqa.document import Clause, Document
from policyqa.filters import Filters
from policyqa.marks import read_mark
from policyqa.provisions import item, paragraphs, text_start
from policyqa.reader import Snapshot
from policyqa.references import Reference, find_references

MOST_REFERRING = 200
"""Referring clauses that are listed; the Civil Code's general articles have more."""


@dataclass(frozen=True, slots=True)
class Link:
    """A reference and where it leads.

    Attributes:
        source: the clause that refers.
        start: first character of the reference, an offset into the source's text.
        end: one past the last.
        document: the document meant, or None where the index does not hold it.
        target: the clause meant, or None where a whole document is meant or the clause is
            not found.
        whole_document: no clause is named.
    """

    source: Clause
    start: int
    end: int
    document: Document | None
    target: Clause | None
    whole_document: bool

    def as_json(self) -> dict[str, Any]:
        """One of the `references` of a clause; `resolved` tells whether it leads somewhere."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.source.text[self.start : self.end],
            "document_id": self.document.document_id if self.document else None,
            "document_title": self.document.title if self.document else None,
            "clause_id": self.target.clause_id if self.target else None,
            "path": list(self.target.path) if self.target else [],
            "resolved": self.target is not None
            or (self.whole_document and self.document is not None),
        }


class Links:
    """Finds the references between the clauses of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Read the titles of the index's documents."""
        self._snapshot = snapshot
        self._store = snapshot.store
        self._documents = {one.document_id: one for one in snapshot.documents}
        self._titles: dict[str, list[Document]] = defaultdict(list)
        latest_first = sorted(
            sorted(snapshot.documents, key=lambda one: one.document_id),
            key=lambda one: snapshot.standing(one.document_id).version or "",
            reverse=True,
        )
        not_in_force = snapshot.hidden(Filters())
        for document in sorted(latest_first, key=lambda one: one.document_id in not_in_force):
            for name in _names(document.title):
                self._titles[name].append(document)

    def leaving(self, clause: Clause) -> list[Link]:
        """What a clause refers to, in the order of its text."""
        references = find_references(clause.text, text_start(clause))
        if not references:
            return []
        tree = _Tree(self._store.clauses_of(clause.document_id))
        return [self._resolve(reference, tree, clause) for reference in references]

    def arriving(self, clause: Clause) -> list[Link]:
        """What refers to a clause or to an item or 款 of it: its own document's clauses first.

        At most `MOST_REFERRING`, in the order of documents and clauses.
        """
        tree = _Tree(self._store.clauses_of(clause.document_id))
        meant = {clause.clause_id}
        if clause.kind in ("article", "paragraph", "item"):
            meant.update(below.clause_id for below in tree.below(clause))
        links = chain(self._from_own_document(tree, meant), self._from_others(clause, tree, meant))
        return list(islice(links, MOST_REFERRING))

    def _from_own_document(self, tree: _Tree, meant: set[str]) -> Iterator[Link]:
        for source in tree.clauses:
            if source.clause_id in meant:
                continue
            for reference in find_references(source.text, text_start(source)):
                if reference.title is None:
                    link = self._resolve(reference, tree, source)
                    if link.target is not None and link.target.clause_id in meant:
                        yield link

    def _from_others(self, clause: Clause, tree: _Tree, meant: set[str]) -> Iterator[Link]:
        name = _names(clause.document_title)[-1]
        own = clause.document_id
        for identity in self._store.documents_containing(name, but=own):
            for source in self._store.clauses_containing(identity, name):
                for reference in find_references(source.text, text_start(source)):
                    if reference.title is None or reference.article is None:
                        continue
                    named, span = self._named(reference, source)
                    document = next((one for one in named if one.document_id == own), None)
                    target = _within(tree, reference, None)
                    if document and target is not None and target.clause_id in meant:
                        yield Link(source, *span, document, target, whole_document=False)

    def _resolve(self, reference: Reference, tree: _Tree, source: Clause) -> Link:
        if reference.title is None:
            own = self._documents[source.document_id]
            target = _within(tree, reference, source)
            return Link(source, reference.start, reference.end, own, target, whole_document=False)
        named, span = self._named(reference, source)
        if reference.article is None:
            first = named[0] if named else None
            return Link(source, *span, first, None, whole_document=True)
        for document in named:
            other = _Tree(self._store.clauses_of(document.document_id))
            target = _within(other, reference, None)
            if target is not None:
                return Link(source, *span, document, target, whole_document=False)
        return Link(source, *span, named[0] if named else None, None, whole_document=False)

    def _named(
        self, reference: Reference, source: Clause
    ) -> tuple[list[Document], tuple[int, int]]:
        """The documents that a reference names, the best first, and the words that refer.

        Of 属于刑法第三十条 the longest end of 属于刑法 that is a title is the name.
        """
        title, span = reference.title or "", (reference.start, reference.end)
        if not reference.bare:
            return self._titles.get(_bare(title), []), span
        printed = source.text.startswith(title, reference.start)
        for start in range(len(title) - 1):
            if named := self._titles.get(title[start:]):
                return named, (reference.start + (start if printed else 0), reference.end)
        return [], (reference.start + (len(title) if printed else 0), reference.end)


class _Tree:
    """A document's clauses with their places in the tree."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.clauses = clauses
        self._by_id = {clause.clause_id: clause for clause in clauses}
        self._articles: dict[tuple[str | None, tuple[int, int]], Clause] = {}
        for clause in clauses:
            mark = read_mark(clause.text) if clause.kind == "article" else None
            if mark is not None:
                self._articles.setdefault((self.annex(clause), mark.number), clause)

    def above(self, clause: Clause) -> Iterator[Clause]:
        """The clause itself and those above it, from the inside out."""
        at: Clause | None = clause
        while at is not None:
            yield at
            at = self._by_id.get(at.parent_id) if at.parent_id else None

    def annex(self, clause: Clause) -> str | None:
        """The annex that a clause stands in; annexes number their articles anew."""
        return next(
            (above.clause_id for above in self.above(clause) if above.kind == "annex"), None
        )

    def article_of(self, clause: Clause) -> Clause | None:
        """The article that a clause is or stands in."""
        return next((above for above in self.above(clause) if above.kind == "article"), None)

    def article(self, number: tuple[int, int], origin: Clause | None) -> Clause | None:
        """第n条 of the annex that `origin` stands in, or of the document itself."""
        annex = self.annex(origin) if origin else None
        return self._articles.get((annex, number)) or (
            next((found for (_, n), found in self._articles.items() if n == number), None)
            if origin is None
            else None
        )

    def below(self, clause: Clause) -> list[Clause]:
        """The clauses under one, in order."""
        inside = {clause.clause_id}
        found = []
        for follower in self.clauses[self.clauses.index(clause) + 1 :]:
            if follower.parent_id not in inside:
                break
            inside.add(follower.clause_id)
            found.append(follower)
        return found

    def article_before(self, clause: Clause) -> Clause | None:
        """前条."""
        own = self.article_of(clause)
        articles = [one for one in self.clauses if one.kind == "article"]
        if own is None or articles.index(own) == 0:
            return None
        before = articles[articles.index(own) - 1]
        return before if self.annex(before) == self.annex(own) else None


def _names(title: str) -> list[str]:
    """The names that a document is referred to by; a code's book also by the code's name."""
    bare = _bare(title)
    code = bare.find("法典") + 2
    return [bare, bare[:code]] if 2 < code < len(bare) else [bare]


def _bare(title: str) -> str:
    """A title for comparison: 《中华人民共和国档案法》（2020年修订） is 档案法."""
    bare = normal_title(title)
    if bare.endswith(")"):
        bare = bare[: bare.rfind("(")]
    return bare


def _within(tree: _Tree, reference: Reference, origin: Clause | None) -> Clause | None:
    """The clause that is meant, in the document of `tree`."""
    if reference.article is not None:
        article = tree.article(reference.article, origin)
        return _part(tree, article, reference.paragraph, reference.item)
    if origin is None:
        return None
    if reference.relative == "前条":
        article = tree.article_before(origin)
        return _part(tree, article, reference.paragraph, reference.item)
    if reference.relative == "本条":
        return _part(tree, tree.article_of(origin), reference.paragraph, reference.item)
    if reference.relative == "前项":
        return _item_before(tree, origin)
    return _paragraph_near(tree, reference, origin)


def _part(
    tree: _Tree, article: Clause | None, paragraph: int | None, number: int | None
) -> Clause | None:
    if article is None:
        return None
    below = tree.below(article)
    holder = article
    if paragraph is not None:
        places = paragraphs(article, below)
        if not 1 <= paragraph <= len(places):
            return None
        holder = places[paragraph - 1][0]
    if number is None:
        return holder
    return item(holder, below, number) or (None if paragraph else item(article, below, number))


def _item_before(tree: _Tree, origin: Clause) -> Clause | None:
    siblings = [
        one for one in tree.clauses if one.parent_id == origin.parent_id and one.kind == "item"
    ]
    place = siblings.index(origin) if origin in siblings else 0
    return siblings[place - 1] if place else None


def _paragraph_near(tree: _Tree, reference: Reference, origin: Clause) -> Clause | None:
    """前款, 本款第二项: counted from the 款 that the reference stands in."""
    article = tree.article_of(origin)
    if article is None:
        return None
    below = tree.below(article)
    places = paragraphs(article, below)
    holder = next(one for one in tree.above(origin) if one.kind != "item")
    at = _place(places, holder, reference.start if holder is origin else None)
    if reference.relative == "前款":
        at -= 1
    if not 0 <= at < len(places):
        return None
    found = places[at][0]
    return found if reference.item is None else item(found, below, reference.item)


def _place(
    places: Sequence[tuple[Clause, tuple[int, int]]], holder: Clause, offset: int | None
) -> int:
    """Which 款 an offset in `holder` stands in; without one, the last that it prints."""
    own = [number for number, (clause, _) in enumerate(places) if clause == holder]
    for number in own:
        if offset is not None and offset < places[number][1][1]:
            return number
    return own[-1] if own else -1
