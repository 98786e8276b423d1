"""Markdown to text."""

from __future__ import annotations

import re

from policyqa.loaders.loaded import LoadedText, clean
from policyqa.loaders.tables import Cell, table_lines

_NOISE = re.compile(r"<!--.*?-->|\A---\n.*?\n---\n", re.DOTALL)
_DASHES = re.compile(r"\s*:?-{3,}:?\s*")


def read_markdown(text: str) -> LoadedText:
    """Printed text of a Markdown file.

    Markdown parsers renumber ordered lists, and here the printed marks are the data; so
    only headings, emphasis, links, quotes, tables and comments are unwrapped, line by line.
    """
    titles: list[str] = []
    lines: list[str] = []
    rows: list[list[Cell]] = []
    for line in _NOISE.sub("", clean(text)).split("\n"):
        heading = re.match(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$", line)
        if heading:
            if heading[1] == "#" and len(titles) == len([kept for kept in lines if kept.strip()]):
                titles.append(heading[2])
            line = heading[2]
        line = re.sub(r"^\s{0,3}>\s?", "", line)
        line = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", line)
        line = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", line)
        if line.strip().startswith("|"):
            if _is_rule(line):
                for cell in rows[-1] if rows else ():
                    cell.head = True
            else:
                rows.append([Cell(part.strip()) for part in line.strip().strip("|").split("|")])
            continue
        lines.extend(table_lines(rows))
        rows = []
        lines.append("" if _is_rule(line) else line)
    lines.extend(table_lines(rows))
    return LoadedText("\n".join(lines), " ".join(titles) or None)


def _is_rule(line: str) -> bool:
    """Whether a line is the one below a table's heads, or a rule across the page."""
    cells = line.strip().removeprefix("|").removesuffix("|").split("|")
    return all(_DASHES.fullmatch(cell) for cell in cells)
