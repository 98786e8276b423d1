"""Lines to a tree: which line opens a clause, and what stands in what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from policyqa.body import Body
from policyqa.document import Kind, Part
from policyqa.headings import ELLIPSIS, SENTENCE_ENDS, above_articles, bare_chapter, is_heading
from policyqa.layout import Role, is_closing, roles
from policyqa.lines import Line
from policyqa.marks import ANNEX, ARTICLE, ENUMERATED, HEADINGS, Family, Mark, read_mark
from policyqa.sequence import Sequences, is_followed, is_structural

_SHORT_TEXT = 40
_BROKEN_HEADING = 25
"""Characters of what is left of a chapter's heading on its next line."""
_CLOSING = 3
"""Paragraphs that may close a document below its last numbered clause."""
_FORMULAS = 10
"""The same, where each of them is a set phrase."""
_ALIKE = 3
"""Clauses of one paragraph each that show that the document's clauses are so."""


@dataclass(slots=True)
class Node:
    """A clause while the tree is built.

    Attributes:
        start: an offset into the source, as is `end`.
        end: one past its last character.
        kind: what it is in its document.
        mark: as printed.
        heading: what stands behind the mark, where that is a heading.
        parent: the number of the node that it stands in.
        elided: only dots are printed for it, or of an annex only its mark.
        children: how many nodes stand in it.
        family: its mark's.
        paragraphs: lines that it holds.
        ending: its last character.
    """

    start: int
    end: int
    kind: Kind
    mark: str | None = None
    heading: str = ""
    parent: int | None = None
    elided: bool = False
    children: int = 0
    family: Family | None = None
    paragraphs: int = 1
    ending: str = ""

    def extend(self, line: Line) -> None:
        """One more paragraph of unnumbered text."""
        self.end = line.end
        self.ending = line.text[-1]
        self.paragraphs += 1


@dataclass(slots=True)
class _Level:
    """An open clause on the way down from the top, and the mark it was opened by."""

    mark: Mark | None
    node: int


@dataclass(slots=True)
class _Tree:
    nodes: list[Node] = field(default_factory=list)
    open: list[_Level] = field(default_factory=list)
    sequences: Sequences = field(default_factory=Sequences)

    def add(self, node: Node) -> int:
        node.parent = self.open[-1].node if self.open else None
        if node.parent is not None:
            self.nodes[node.parent].children += 1
        self.nodes.append(node)
        return len(self.nodes) - 1

    def families(self) -> list[Family | None]:
        return [level.mark.family if level.mark else None for level in self.open]

    def in_paragraph(self) -> bool:
        """Whether the innermost open clause is a later paragraph of an article."""
        return bool(self.open) and self.nodes[self.open[-1].node].kind == "paragraph"

    def ends_list(self) -> bool:
        """Whether the last clause ends a list of items set apart by semicolons: a paragraph
        below （一）…；（二）…。 is the clause's that holds the list."""
        last = self.nodes[-1] if self.nodes else None
        if last is None or len(self.open) < 2 or self.open[-1].node != len(self.nodes) - 1:
            return False
        if last.kind != "item" or last.paragraphs > 1 or last.ending != "。":
            return False
        siblings = (node for node in self.nodes[-2::-1] if node.parent == last.parent)
        above = next(siblings, None)
        return above is not None and above.family is last.family and above.ending in tuple("；;")

    def holds_one_paragraph_each(self) -> bool:
        """Whether every numbered clause so far is one paragraph, so that another paragraph
        below the last one is none of its own. Below items of sections it may be."""
        if not self.open or self.open[-1].node != len(self.nodes) - 1:
            return False
        leaves = [node for node in self.scope() if node.mark and not node.children]
        return (
            self.depth() == 1
            and len(leaves) >= _ALIKE
            and all(node.paragraphs == 1 and not node.elided for node in leaves)
            and all(node.family is not ARTICLE for node in self.scope())
            and self.nodes[-1].ending == "。"
        )

    def depth(self) -> int:
        """How many numbered clauses are open one in the other."""
        return sum(level.mark is not None for level in self.open)

    def scope(self) -> list[Node]:
        """The nodes of the document, or of the annex that is open."""
        annexes = [at for at, node in enumerate(self.nodes) if node.kind == "annex"]
        return self.nodes[annexes[-1] + 1 if annexes else 0 :]

    def leave_numbering(self) -> None:
        """What follows stands in no numbered clause; it may stand in an annex."""
        while self.open and self.nodes[self.open[-1].node].kind != "annex":
            self.open.pop()


def grow(body: Body) -> tuple[list[Node], list[Part]]:
    """The clauses of a document in order, and its parts that are none.

    Args:
        body: the document among what surrounds it.
    """
    tree, parts = _Tree(), []
    for line in body.opening:
        _add_text(tree, line, True)
    broken = bool(body.opening)
    found = roles(body.lines)
    for number, line in enumerate(body.lines):
        role = found[number]
        mark = read_mark(line.text) if role is None else None
        if mark is not None:
            mark = above_articles(mark, body.lines, number)
        followed = mark is not None and is_followed(body.lines, number, mark)
        if role == "annex":
            _open_annex(tree, line)
        elif role == "heading":
            annex = tree.nodes[-1]
            annex.heading += line.text
            annex.end = line.end
        elif role is not None:
            tree.leave_numbering()
            parts.append(Part(role, line.start, line.end))
        elif ELLIPSIS.match(line.text):
            if tree.open and tree.open[-1].mark is not None and len(tree.open) > 1:
                tree.open.pop()
            tree.add(Node(line.start, line.end, "text", elided=True))
        elif mark is not None and tree.sequences.fits(mark, tree.families(), followed):
            _open(tree, mark, line)
        elif mark is None and (lost := bare_chapter(body.lines, number, tree.sequences.article)):
            _open(tree, lost, line)
        else:
            if mark is None and _closes(tree, body.lines, found, number):
                tree.leave_numbering()
            elif tree.ends_list():
                tree.open.pop()
            _add_text(tree, line, broken)
        broken = role is not None and role not in ("annex", "heading")
    for node in tree.nodes:
        # 附表 at the end of a copy that has lost the table itself.
        if node.kind == "annex" and node.mark and not node.heading.strip() and not node.children:
            node.elided = True
    return tree.nodes, parts


def _closes(tree: _Tree, lines: Sequence[Line], found: Sequence[Role | None], number: int) -> bool:
    """Whether only closing paragraphs are left before the signature or the end."""
    end = number
    formal = True
    while end < len(lines) and found[end] is None:
        formal = formal and is_closing(lines[end].text)
        most = _FORMULAS if formal else _CLOSING
        if end - number >= most or read_mark(lines[end].text) is not None:
            return False
        end += 1
    return is_closing(lines[number].text) or tree.holds_one_paragraph_each()


def _open_annex(tree: _Tree, line: Line) -> None:
    tree.open.clear()
    tree.sequences = Sequences()
    match = ANNEX.match(line.text)
    printed = line.text[: match.end()].rstrip() if match else None
    heading = line.text[match.end() :] if match else line.text
    node = Node(line.start, line.end, "annex", printed, heading)
    tree.open.append(_Level(None, tree.add(node)))


def _open(tree: _Tree, mark: Mark, line: Line) -> None:
    families = tree.families()
    if mark.family not in families and mark.number != (1, 0) and tree.in_paragraph():
        tree.open.pop()
    if mark.family in families:
        del tree.open[families.index(mark.family) :]
    elif is_structural(mark.family) or mark.family is ENUMERATED or mark.number != (1, 0):
        # A first 1. or （一） opens inside whatever is open; any other mark, above what is
        # of a lower rank.
        while tree.open and (inner := tree.open[-1].mark) and inner.family.rank > mark.family.rank:
            tree.open.pop()
    if mark.printed:
        tree.sequences.take(mark)
    rest = line.text[mark.length :]
    elided = bool(ELLIPSIS.match(rest))
    heading = rest if is_heading(rest) else ""
    kind = mark.family.kind
    if mark.family is ENUMERATED and ARTICLE in tree.families():
        kind = "item"
    node = Node(line.start, line.end, kind, mark.printed or None, heading, elided=elided)
    node.family, node.ending = mark.family, line.text[-1]
    tree.open.append(_Level(mark, tree.add(node)))


def _add_text(tree: _Tree, line: Line, broken: bool) -> None:
    """Unnumbered text continues the open clause; an article's later paragraphs after its
    items are a clause of their own, as is text outside the numbering.

    `broken` tells that a part stands right above it, which no clause runs across.
    """
    last = tree.nodes[-1] if tree.nodes else None
    innermost = bool(tree.open) and tree.open[-1].node == len(tree.nodes) - 1
    if last is not None and innermost and not broken and _is_cut_short(last, line):
        last.extend(line)
        last.heading += line.text if last.heading else ""
        return
    if tree.open:
        families = tree.families()
        if ARTICLE in families:
            del tree.open[families.index(ARTICLE) + 1 :]
        here = tree.open[-1]
        node = tree.nodes[here.node]
        heading_only = node.kind in ("part", "chapter") or here.mark is None
        if not heading_only and node is last and not node.elided and not broken:
            node.extend(line)
            return
        joins = ARTICLE in families and last is not None and last.mark is None
        if joins and last is not None and last.parent == here.node and not last.elided:
            last.extend(line)
            tree.open.append(_Level(None, len(tree.nodes) - 1))
            return
        if ARTICLE in families:
            # Items that begin below a later paragraph of an article are its own.
            added = tree.add(Node(line.start, line.end, "paragraph"))
            tree.open.append(_Level(None, added))
        else:
            tree.add(Node(line.start, line.end, "text"))
        return
    if (
        last is not None
        and last.mark is None
        and last.kind == "text"
        and last.parent is None
        and not last.elided
        and not broken
        and (last.end - last.start < _SHORT_TEXT)
        and len(line.text) < _SHORT_TEXT
    ):
        last.extend(line)
        return
    tree.add(Node(line.start, line.end, "text"))


def _is_cut_short(node: Node, line: Line) -> bool:
    """Whether a line was broken within the sentence or heading of a clause, and goes on."""
    if node.family in HEADINGS:
        return bool(node.heading) and len(line.text) <= _BROKEN_HEADING and is_heading(line.text)
    if node.family is None or node.family is ARTICLE or node.heading or node.ending == "":
        return False
    return node.ending not in SENTENCE_ENDS
