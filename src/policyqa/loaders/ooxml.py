"""Names and attributes of WordprocessingML (ECMA-376, part 1, clause 17)."""

from __future__ import annotations

import lxml.etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def value(parent: lxml.etree._Element | None, path: str) -> str | None:
    """``w:val`` of the child element at `path`, names without prefix (pPr/pStyle)."""
    if parent is None:
        return None
    found = parent.find("/".join(W + name for name in path.split("/")))
    return None if found is None else found.get(f"{W}val")


def number(parent: lxml.etree._Element | None, path: str) -> int | None:
    """`value` as a whole number, or None where it is none."""
    found = value(parent, path)
    try:
        return None if found is None else int(found)
    except ValueError:
        return None


def is_on(parent: lxml.etree._Element | None, name: str) -> bool | None:
    """Whether an on-off property is set, or None where the parent does not state it."""
    found = None if parent is None else parent.find(W + name)
    if found is None:
        return None
    return found.get(f"{W}val", "1") not in ("0", "false", "off")
