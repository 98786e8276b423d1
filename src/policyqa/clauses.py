"""Documents to clauses: a file is read, its lines are told apart, its tree is grown."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from policyqa.body import find_body
from policyqa.document import Clause, Document
from policyqa.loaders import load
from policyqa.marks import BRACKETED, ENUMERATED
from policyqa.metadata import read_metadata
from policyqa.parts import all_parts
from policyqa.tree import Node, grow

SPLITTER = "5"
"""Version of the grammar: raise it when clauses change, and an update splits anew."""
_RUN_IN = 25
"""Characters of a first sentence that is the heading of the text behind it."""


def split(path: str | Path, *, max_megabytes: int = 50) -> Document:
    """Read one file and split it at its numbered clauses.

    Args:
        path: a TXT, Markdown or HTML file.
        max_megabytes: larger files are refused.

    Raises:
        LoadError: the file cannot be read as a document.
    """
    path = Path(path)
    loaded, content = load(path, max_megabytes=max_megabytes)
    digest = hashlib.sha256(content).hexdigest()
    return split_text(
        loaded.text, source=str(path), sha256=digest, named=loaded.title, stated=loaded.stated
    )


def split_text(
    source_text: str,
    *,
    source: str,
    sha256: str,
    named: str | None = None,
    stated: Mapping[str, str] | None = None,
) -> Document:
    """Split a text at its numbered clauses.

    Args:
        source_text: the text that clause offsets will point into.
        source: where it came from; its last part names a document that prints no title.
        sha256: of the bytes it was read from; the document's identity.
        named: the title that the file's markup names, if it names one.
        stated: what the page's own table says about the document, by its labels.
    """
    body = find_body(source_text, named)
    document_id = sha256[:16]
    title = body.title or Path(source).stem
    nodes, outside = grow(body)
    clauses = _clauses(nodes, source_text, document_id, title)
    return Document(
        document_id=document_id,
        title=title,
        source=source,
        sha256=sha256,
        text=source_text,
        metadata=read_metadata(title if body.title else None, body, source_text, stated),
        clauses=clauses,
        parts=all_parts((*body.parts, *outside), clauses, source_text),
    )


def _clauses(nodes: list[Node], source: str, document_id: str, title: str) -> tuple[Clause, ...]:
    clauses: list[Clause] = []
    for number, node in enumerate(nodes):
        above = clauses[node.parent] if node.parent is not None else None
        marks = above.marks if above else ()
        path = above.path if above else ()
        if node.mark is not None:
            heading = node.heading
            if not heading and node.kind != "article":
                heading = _run_in_heading(source[node.start : node.end], node)
            marks = (*marks, node.mark)
            path = (*path, _joined(node, heading))
        elif node.heading:
            path = (*path, node.heading)
        clauses.append(
            Clause(
                clause_id=f"{document_id}-{number:04d}",
                document_id=document_id,
                document_title=title,
                marks=marks,
                path=path,
                kind=node.kind,
                text=source[node.start : node.end],
                start=node.start,
                end=node.end,
                elided=node.elided,
                parent_id=above.clause_id if above else None,
            )
        )
    return tuple(clauses)


def _joined(node: Node, heading: str) -> str:
    spaced = node.kind in ("part", "chapter", "annex") or "节" in (node.mark or "")
    return f"{node.mark}{' ' if spaced and heading else ''}{heading}"


def _run_in_heading(text: str, node: Node) -> str:
    """健全机制 of （一）健全机制。各部门要…: a first sentence that names what follows it."""
    rest = text.removeprefix(node.mark or "").strip()
    first = re.split(r"[。：:\n]", rest, maxsplit=1)[0]
    if node.children:
        return first if len(first) <= 40 else ""
    names = node.family in (ENUMERATED, BRACKETED) and rest[len(first) : len(first) + 1] in "。\n"
    return first if names and len(first) <= _RUN_IN and len(rest) > len(first) + 1 else ""
