"""Golden trees: the clauses and parts of real documents as a clerk reads them, one a line.

A line of a golden file is ``kind mark characters hash`` for a clause, indented by its depth, and
``.name characters hash`` for a part that holds no clause. Characters and the hash (8 hexadecimal
digits of SHA-256) leave white space out; an unnumbered clause has the mark ``-``. A line that
begins with ``-`` is right but not yet what the splitter gives, and the lines after it that begin
with ``+`` are what it gives in its place.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from policyqa.clauses import split, split_text
from policyqa.document import TEXT_PARTS, Document

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True, slots=True)
class Golden:
    """A golden file.

    Attributes:
        source: the document, below the repository (corpora/…) or the shared data; ``#id`` names
            a line of a .jsonl file.
        sha256: how the checksum of the document that was read begins.
        lines: what the splitter is to give.
        known: lines of the right tree that it does not give yet.
    """

    source: str
    sha256: str
    lines: tuple[str, ...]
    known: tuple[str, ...]


def read_golden(path: Path) -> Golden:
    """Read a golden file."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    lines = body.splitlines()
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return Golden(
        source=fields["source"],
        sha256=fields["sha256"],
        lines=tuple(line.removeprefix("+") for line in lines if not line.startswith("-")),
        known=tuple(line.removeprefix("-") for line in lines if line.startswith("-")),
    )


def place_of(source: str, data: Path | None) -> Path | None:
    """The file that a golden file's source names, or None without the shared data."""
    name = source.partition("#")[0]
    folder = ROOT if name.startswith("corpora/") else data
    return None if folder is None else folder / name


def document_of(source: str, path: Path) -> Document:
    """Split the document that a golden file's source names, from its file."""
    _, _, wanted = source.partition("#")
    if not wanted:
        return split(path)
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["_id"] == wanted:
            digest = hashlib.sha256(record["text"].encode()).hexdigest()
            return split_text(record["text"], source=wanted, sha256=digest)
    raise KeyError(source)


def tree_lines(document: Document) -> Iterator[tuple[str, str]]:
    """Each clause and other part in order: its golden line, and how its text begins."""
    depths: dict[str, int] = {}
    marks: dict[str, int] = {}
    found: list[tuple[int, int, str]] = []
    for clause in document.clauses:
        above = clause.parent_id
        depths[clause.clause_id] = depths[above] + 1 if above else 0
        marks[clause.clause_id] = len(clause.marks)
        own = clause.marks[marks[above] if above else 0 :]
        name = f"{'  ' * depths[clause.clause_id]}{clause.kind} {_bare(''.join(own)) or '-'}"
        found.append((clause.start, clause.end, f"{name} {{}}{' elided' * clause.elided}"))
    for part in document.parts:
        if part.name not in TEXT_PARTS:
            found.append((part.start, part.end, f".{part.name} {{}}"))
    for start, end, form in sorted(found):
        text = _bare(document.text[start:end])
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        yield form.format(f"{len(text)} {digest}"), text[:24]


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def shape(document: Document) -> list[str]:
    """The golden lines alone: what two formats of one document have in common."""
    return [line for line, _ in tree_lines(document)]
