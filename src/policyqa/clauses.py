"""Documents to clause trees: which lines open a clause, and what stands in what."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from policyqa.body import Body, Line, find_body, is_addressee, is_title
from policyqa.document import Clause, Document, Kind
from policyqa.loaders import load
from policyqa.marks import ANNEX_LINE, ARTICLE, HEADINGS, Mark, read_mark
from policyqa.metadata import is_signature, read_metadata

SPLITTER = "4"
"""Version of the grammar: raise it when clauses change, and an update splits anew."""

_ELLIPSIS = re.compile(r"^[\s…⋯.．。·]*(?:…|⋯|\.{3}|。{3})[\s…⋯.．。·]*$")
_GAP = 20
"""Numbers that may be missing between two marks (elided or lost in copying)."""
_SHORT_TEXT = 40
_HEADING_LIMIT = 60


@dataclass(slots=True)
class _Node:
    """A clause while the tree is built."""

    start: int
    end: int
    kind: Kind
    mark: str | None = None
    heading: str = ""
    parent: int | None = None
    elided: bool = False
    children: int = 0


@dataclass(slots=True)
class _Level:
    """An open clause on the way down from the top, and the mark it was opened by."""

    mark: Mark | None
    node: int


@dataclass(slots=True)
class _Tree:
    source: str
    nodes: list[_Node] = field(default_factory=list)
    open: list[_Level] = field(default_factory=list)
    last: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, node: _Node) -> int:
        node.parent = self.open[-1].node if self.open else None
        if node.parent is not None:
            self.nodes[node.parent].children += 1
        self.nodes.append(node)
        return len(self.nodes) - 1


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
    nodes = _grow(source_text, body)
    return Document(
        document_id=document_id,
        title=title,
        source=source,
        sha256=sha256,
        text=source_text,
        metadata=read_metadata(title if body.title else None, body, source_text, stated),
        clauses=_clauses(nodes, source_text, document_id, title),
    )


def _grow(source: str, body: Body) -> list[_Node]:
    tree = _Tree(source)
    signed = listing = False
    for line in body.header:
        _add_text(tree, line)
    for number, line in enumerate(body.lines):
        mark = read_mark(line.text)
        annex = ANNEX_LINE.match(line.text)
        listing = listing and mark is not None
        if annex and _opens_annex(body.lines, number):
            _open_annex(tree, line, line.text[: annex.end()].rstrip(), line.text[annex.end() :])
        elif annex or listing:
            # 附件：1.… 2.… above the signature names the annexes that follow it.
            listing = True
            tree.open.clear()
            _add_text(tree, line)
        elif _ELLIPSIS.match(line.text):
            if tree.open and tree.open[-1].mark is not None and len(tree.open) > 1:
                tree.open.pop()
            tree.add(_Node(line.start, line.end, "text", elided=True))
        elif is_signature(body.lines, number):
            tree.open.clear()
            signed = True
            _add_text(tree, line)
        elif mark is not None and _fits(
            tree, mark, mark.doubtful and _followed(body.lines, number, mark)
        ):
            _open(tree, mark, line)
        elif _names_annex(tree, line):
            tree.nodes[-1].heading = line.text
            tree.nodes[-1].end = line.end
        elif signed and is_title(line.text):
            # A notice prints the document that it issues after its own signature.
            _open_annex(tree, line, None, line.text)
        else:
            _add_text(tree, line)
    return tree.nodes


def _open_annex(tree: _Tree, line: Line, printed: str | None, heading: str) -> None:
    tree.open.clear()
    tree.last.clear()
    node = _Node(line.start, line.end, "annex", printed, heading)
    tree.open.append(_Level(None, tree.add(node)))


def _names_annex(tree: _Tree, line: Line) -> bool:
    """附件1 alone on its line is named by the short line below it."""
    last = tree.nodes[-1] if tree.nodes else None
    return (
        last is not None
        and last.kind == "annex"
        and not last.heading
        and len(line.text) <= _HEADING_LIMIT
        and not line.text.endswith(("。", "；", "："))
    )


def _opens_annex(lines: tuple[Line, ...], number: int) -> bool:
    """附件：1.… below the text lists annexes; the annex itself begins with its own line."""
    following = lines[number + 1 : number + 4]
    return not any(
        is_signature(lines, number + 1 + step) for step in range(len(following))
    ) and bool(following)


def _fits(tree: _Tree, mark: Mark, followed: bool) -> bool:
    """Whether the mark's number continues, opens or resumes its sequence.

    `followed` tells that the next number of its family stands below it.
    """
    last = tree.last.get(mark.family.name)
    number = mark.number
    opened = any(level.mark and level.mark.family is mark.family for level in tree.open)
    if mark.doubtful:
        continues = last is not None and number == (last[0] + 1, 0)
        return continues or (followed and not opened)
    # An article set off by a space may begin a book of a code (第一千一百六十四条) or follow a cut.
    if last is None:
        return mark.family is not ARTICLE or number[0] <= _GAP or mark.spaced
    if number > last and (number[0] - last[0] <= _GAP or (mark.family is ARTICLE and mark.spaced)):
        return True
    if number == (1, 0):
        # Articles number a document through; they begin again only in an annex or part.
        return mark.family is not ARTICLE or last[0] > 1
    return not opened and mark.family is not ARTICLE and number[0] <= _GAP


def _followed(lines: tuple[Line, ...], number: int, mark: Mark) -> bool:
    following = (read_mark(line.text) for line in lines[number + 1 : number + 9])
    return any(
        found is not None and found.family is mark.family and found.number[0] == mark.number[0] + 1
        for found in following
    )


def _open(tree: _Tree, mark: Mark, line: Line) -> None:
    families = [level.mark.family if level.mark else None for level in tree.open]
    if mark.family in families:
        del tree.open[families.index(mark.family) :]
    else:
        begins = mark.number == (1, 0) and mark.family not in (*HEADINGS, ARTICLE)
        inner = tree.open[-1].mark if tree.open else None
        while not begins and inner is not None and inner.family.rank > mark.family.rank:
            tree.open.pop()
            inner = tree.open[-1].mark if tree.open else None
        if mark.family in (*HEADINGS, ARTICLE):
            while (
                tree.open and (inner := tree.open[-1].mark) and inner.family.rank > mark.family.rank
            ):
                tree.open.pop()
    for name in [name for name, _ in tree.last.items() if _restarts(name, mark)]:
        del tree.last[name]
    tree.last[mark.family.name] = mark.number
    rest = line.text[mark.length :]
    elided = bool(_ELLIPSIS.match(rest))
    heading = rest if _is_heading(rest) else ""
    node = _Node(line.start, line.end, mark.family.kind, mark.printed, heading, elided=elided)
    tree.open.append(_Level(mark, tree.add(node)))


def _restarts(name: str, mark: Mark) -> bool:
    """Whether a family begins anew below `mark`: items below an article, sections below a
    chapter. 1. below 一、 may run through the document, as in the user's own, so it does not."""
    order = {"编": 0, "章": 1, "节": 2, "条": 3, "款": 4}
    own = order.get(mark.family.name)
    if own is None:
        return False
    if name in ("章", "条"):
        return False
    return order.get(name, 9) > own


def _is_heading(rest: str) -> bool:
    return (
        bool(rest)
        and len(rest) <= _HEADING_LIMIT
        and not re.search(r"[。；;：:，,？！]$", rest)
        and ("。" not in rest)
        and not _ELLIPSIS.match(rest)
    )


def _add_text(tree: _Tree, line: Line) -> None:
    """Unnumbered text continues the open clause; an article's later paragraphs after its
    items are a clause of their own, as is text outside the numbering."""
    if tree.open:
        here = tree.open[-1]
        article = next(
            (level for level in tree.open if level.mark and level.mark.family is ARTICLE), None
        )
        if article is not None and here is not article:
            del tree.open[tree.open.index(article) + 1 :]
            here = article
        node = tree.nodes[here.node]
        heading_only = node.kind in ("part", "chapter") or here.mark is None
        if not heading_only and here.node == len(tree.nodes) - 1 and not node.elided:
            node.end = line.end
            return
        last = tree.nodes[-1]
        if (
            article is not None
            and last.mark is None
            and last.parent == here.node
            and not last.elided
        ):
            last.end = line.end
            return
        kind: Kind = "paragraph" if article is not None else "text"
        tree.add(_Node(line.start, line.end, kind))
        return
    last_node = tree.nodes[-1] if tree.nodes else None
    if (
        last_node is not None
        and last_node.mark is None
        and last_node.parent is None
        and not last_node.elided
        and (last_node.end - last_node.start < _SHORT_TEXT)
        and len(line.text) < _SHORT_TEXT
        and not is_addressee(line.text)
    ):
        last_node.end = line.end
        return
    tree.add(_Node(line.start, line.end, "text"))


def _clauses(nodes: list[_Node], source: str, document_id: str, title: str) -> tuple[Clause, ...]:
    clauses: list[Clause] = []
    for number, node in enumerate(nodes):
        above = clauses[node.parent] if node.parent is not None else None
        marks = above.marks if above else ()
        path = above.path if above else ()
        if node.mark is not None:
            heading = node.heading
            if not heading and node.children and node.kind != "article":
                heading = _run_in_heading(source[node.start : node.end], node.mark)
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


def _joined(node: _Node, heading: str) -> str:
    spaced = node.kind in ("part", "chapter", "annex") or "节" in (node.mark or "")
    return f"{node.mark}{' ' if spaced and heading else ''}{heading}"


def _run_in_heading(text: str, mark: str) -> str:
    """健全机制 of （一）健全机制。各部门要…"""
    first = re.split(r"[。：:\n]", text.removeprefix(mark).strip(), maxsplit=1)[0]
    return first if len(first) <= 40 else ""
