"""The records that everything else passes around: documents, clauses, passages.

They hold text and where it stands, never a score (see `ranking.Hit`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["part", "chapter", "section", "article", "paragraph", "item", "text", "annex"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause, or a stretch of unnumbered body text.

    Attributes:
        clause_id: stays the same as long as the document's content does.
        document_id: the document it belongs to.
        document_title: that document's title.
        marks: numbering marks as printed, from the top level down to this clause;
            an unnumbered clause has the marks of what it stands in.
        path: the same marks with the headings printed after them.
        kind: what the clause is in its document.
        text: exactly ``document.text[start:end]``, without the clauses below it.
        start: first character, an offset into the document's text.
        end: one past the last character.
        elided: the copy prints only dots for it (``5.……``), or of an annex only its mark; it
            never answers.
        parent_id: the clause it stands in, or None at the top.
    """

    clause_id: str
    document_id: str
    document_title: str
    marks: tuple[str, ...]
    path: tuple[str, ...]
    kind: Kind
    text: str
    start: int
    end: int
    elided: bool = False
    parent_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The contract's Clause."""
        return {
            "clause_id": self.clause_id,
            "document_id": self.document_id,
            "document_title": self.document_title,
            "marks": list(self.marks),
            "path": list(self.path),
            "kind": self.kind,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "elided": self.elided,
            "parent_id": self.parent_id,
        }


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a document's history: 2018年10月26日…第三次修正.

    Attributes:
        date: YYYY-MM-DD.
        event: 通过, 批准, 公布, 修订, 修正, 施行 or 废止, as printed.
        text: the whole line.
    """

    date: str
    event: str
    text: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the text itself states about the document; None where it states nothing.

    Attributes:
        issuer: 发文机关, or who adopted it.
        number: 发文字号, or the number of the decree.
        date: 成文日期, or the last adoption or amendment; YYYY-MM-DD, as all dates here.
        level: 效力级别.
        effective: 施行日期.
        secrecy: 密级.
        region: where it applies.
        history: adoption, amendments and repeal, in the order printed.
        repeals: titles of the documents that it says it puts out of force.
    """

    issuer: str | None = None
    number: str | None = None
    date: str | None = None
    level: str | None = None
    effective: str | None = None
    secrecy: str | None = None
    region: str | None = None
    history: tuple[Event, ...] = ()
    repeals: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The contract's `metadata`; null for what is not stated, lists too."""
        return asdict(self) | {
            "history": [asdict(event) for event in self.history] or None,
            "repeals": list(self.repeals) or None,
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Metadata:
        """Read back what `as_json` wrote, by this version or an older one."""
        events = tuple(Event(**event) for event in record.get("history") or ())
        repeals = tuple(record.get("repeals") or ())
        return cls(**(record | {"history": events, "repeals": repeals}))


Status = Literal["现行", "已修改", "废止", "尚未施行"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a document is in force, as far as an index knows; see `versions`.

    Attributes:
        status: None where nothing that is known decides it.
        effective: 施行日期, or None.
        version: date that tells this version from others of the same law, or None.
    """

    status: Status | None = None
    effective: str | None = None
    version: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """Fields of the contract's Hit, Document and Answer."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Version:
    """Another version of a document's law in the same index."""

    document_id: str
    title: str
    standing: Standing

    def as_json(self) -> dict[str, str | None]:
        """One of a Document's `versions`."""
        return {"document_id": self.document_id, "title": self.title, **self.standing.as_json()}


PartName = Literal[
    "furniture", "issuer", "number", "title", "header", "addressee", "contents", "annexes",
    "signature", "date", "note", "preamble", "closing", "table",
]  # fmt: skip
TEXT_PARTS = ("preamble", "closing", "table")
"""Parts that name text of clauses; each other part holds text that is in no clause."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a document outside its numbering, kept as what it is.

    Attributes:
        name: site furniture; 发文机关标志; 发文字号; title; 题注 and the like; 主送机关; 目录;
            附件说明; 发文机关署名; 成文日期; 附注, 抄送 and 印发; the text before the first mark,
            after the last one, and a table's rows, which are clauses as well (`TEXT_PARTS`).
        start: first character, an offset into the document's text.
        end: one past the last character.
    """

    name: PartName
    start: int
    end: int

    def as_json(self) -> dict[str, Any]:
        """The name and the offsets."""
        return {"name": self.name, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its text, what it says about itself, and its clauses in order.

    Attributes:
        document_id: derived from the file's content, so a moved file keeps it.
        title: as printed, or the file's name where none is printed.
        source: the file it was read from, as a path.
        sha256: of the file's bytes, in hexadecimal.
        text: the text that clause offsets point into.
        metadata: what the text states about the document.
        clauses: in document order; their spans do not overlap.
        parts: what stands outside the numbering, in document order; empty for a document
            that was read from an index, which keeps clauses only.
        standing: whether it is in force, where an index has been asked; see `versions`.
        versions: other versions of the same law in that index, the latest first.
    """

    document_id: str
    title: str
    source: str
    sha256: str
    text: str
    metadata: Metadata = field(default_factory=Metadata)
    clauses: tuple[Clause, ...] = ()
    parts: tuple[Part, ...] = ()
    standing: Standing | None = None
    versions: tuple[Version, ...] = ()

    def as_json(self, *, with_clauses: bool = True) -> dict[str, Any]:
        """The contract's Document, with or without its clauses; its parts where they are known."""
        record: dict[str, Any] = {
            "document_id": self.document_id,
            "title": self.title,
            "source": self.source,
            "sha256": self.sha256,
            "metadata": self.metadata.as_json(),
            **(self.standing or Standing(effective=self.metadata.effective)).as_json(),
            "versions": [version.as_json() for version in self.versions],
        }
        if with_clauses:
            record["clauses"] = [clause.as_json() for clause in self.clauses]
        if with_clauses and self.parts:
            record["parts"] = [part.as_json() for part in self.parts]
        return record


@dataclass(frozen=True, slots=True)
class Unit:
    """What is ranked as one: a clause, and for an article the items under it as well.

    Attributes:
        clause_id: the clause that a hit on this unit leads to.
        context: title and headings above it, searched with it but not part of it.
        text: the document's slice from `start`.
        start: first character, an offset into the document's text.
    """

    clause_id: str
    context: str
    text: str
    start: int


def units(document: Document) -> Iterator[Unit]:
    """The units of a document, in order.

    An article and its items are read as one provision and ranked as one; any other
    clause stands for itself under its headings. Elided clauses have nothing to rank, and a
    heading is part of what is ranked for each clause below it.
    """
    parents = {clause.parent_id for clause in document.clauses}
    inside_article: set[str] = set()
    for number, clause in enumerate(document.clauses):
        if clause.parent_id in inside_article:
            inside_article.add(clause.clause_id)
            continue
        end = clause.end
        if clause.kind == "article":
            inside_article.add(clause.clause_id)
            below = {clause.clause_id}
            for follower in document.clauses[number + 1 :]:
                if follower.parent_id not in below:
                    break
                below.add(follower.clause_id)
                end = follower.end
        text = document.text[clause.start : end]
        if clause.elided or (clause.clause_id in parents and _is_heading(clause)):
            continue
        context = " ".join([document.title, *clause.path[:-1]])
        yield Unit(clause.clause_id, context, text, clause.start)


def _is_heading(clause: Clause) -> bool:
    """Whether a clause prints nothing but its mark and heading."""
    if not clause.path or clause.kind == "article":
        return False
    return "".join(clause.text.split()) == "".join(clause.path[-1].split())
