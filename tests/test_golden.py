"""Real documents become the trees that a reader of the documents wrote down beforehand."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from conftest import shared_data
from golden_trees import GOLDEN, document_of, place_of, read_golden, tree_lines


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_a_document_becomes_the_tree_its_reader_wrote_down(path: Path) -> None:
    golden = read_golden(path)
    place = place_of(golden.source, shared_data())
    if place is None:
        pytest.skip(f"shared/data is missing, and {golden.source} with it")
    document = document_of(golden.source, place)
    assert document.sha256.startswith(golden.sha256), "the document is not the one that was read"
    found = list(tree_lines(document))
    lines = [line for line, _ in found]
    texts = dict(found)
    if lines != list(golden.lines):
        diff = [
            f"{line}    {texts.get(line[1:], '')}"
            for line in difflib.unified_diff(
                golden.lines, lines, "as read", "as split", n=1, lineterm=""
            )
        ]
        pytest.fail("\n".join([golden.source, *diff]), pytrace=False)


def test_where_the_splitter_is_known_to_read_otherwise() -> None:
    """A list without its number, unnumbered text that only its sense tells from the clause above."""
    known = {path.stem for path in GOLDEN.glob("*.txt") if read_golden(path).known}
    assert known == {"law-ministry-notice", "own-minutes", "sc-notice-1981", "sc-notice-members"}
