"""What Word's styles say about a paragraph: its list, whether it is a title, hidden, or of
the table of contents."""

from __future__ import annotations

import re
from dataclasses import dataclass

import lxml.etree

from policyqa.loaders.ooxml import W, is_on, number, value


@dataclass(frozen=True, slots=True)
class Style:
    """A style with what it inherits.

    Attributes:
        list_id: the list its paragraphs are numbered in, if any.
        list_level: level of that list, from 0, if stated.
        list_style: id of the style that states the list; the list's level may name it.
        title: it is the built-in style for a document's title.
        contents: it is one of the built-in styles for tables of contents.
        hidden: its text is not shown.
    """

    list_id: str | None = None
    list_level: int | None = None
    list_style: str | None = None
    title: bool = False
    contents: bool = False
    hidden: bool = False


PLAIN = Style()


def read_styles(root: lxml.etree._Element | None) -> tuple[dict[str, Style], Style]:
    """The styles by id, and the one of paragraphs that name none."""
    if root is None:
        return {}, PLAIN
    items = {str(item.get(f"{W}styleId")): item for item in root.iterchildren(f"{W}style")}
    styles: dict[str, Style] = {}
    default = PLAIN
    for key, item in items.items():
        chain = _chain(items, key)
        styles[key] = _style(chain)
        if item.get(f"{W}type") == "paragraph" and item.get(f"{W}default") in ("1", "true", "on"):
            default = styles[key]
    return styles, default


def _chain(
    items: dict[str, lxml.etree._Element], key: str
) -> list[tuple[str, lxml.etree._Element]]:
    """A style and those it is based on, nearest first."""
    chain: list[tuple[str, lxml.etree._Element]] = []
    seen: set[str] = set()
    while key in items and key not in seen:
        seen.add(key)
        chain.append((key, items[key]))
        key = value(items[key], "basedOn") or ""
    return chain


def _style(chain: list[tuple[str, lxml.etree._Element]]) -> Style:
    list_id = list_style = None
    level = None
    hidden = None
    for key, item in chain:
        properties = item.find(f"{W}pPr")
        if list_id is None and value(properties, "numPr/numId") is not None:
            list_id, list_style = value(properties, "numPr/numId"), key
        if level is None:
            level = number(properties, "numPr/ilvl")
        if hidden is None:
            hidden = is_on(item.find(f"{W}rPr"), "vanish")
    name = (value(chain[0][1], "name") or "").strip().lower()
    return Style(
        list_id=list_id,
        list_level=level,
        list_style=list_style,
        title=name == "title",
        contents=re.fullmatch(r"toc (?:\d|heading)", name) is not None,
        hidden=bool(hidden),
    )
