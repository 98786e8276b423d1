"""Imports run one way: a module imports nothing from a row above its own."""

from __future__ import annotations

import ast
from pathlib import Path

import policyqa

PACKAGE = Path(policyqa.__file__).parent

ROWS = [
    {"errors", "numerals"},
    {"settings", "dates", "packaged", "windows", "pool"},
    {"document"},
    {
        "marks",
        "references",
        "tokenizer",
        "encoder",
        "span_reader",
        "filters",
        "lexical",
        "dense",
        "folder",
        "judgements",
    },
    {
        "lines",
        "numbering",
        "parts",
        "provisions",
        "loaders",
        "ranking",
        "schema",
        "address",
        "question",
        "enactment",
    },
    {"sequence", "sources", "spans", "wording", "authority", "reranking"},
    {"headings", "layout", "titles"},
    {"body"},
    {"metadata", "tree", "versions"},
    {"clauses", "splitting", "store", "pending", "evidence", "readout"},
    {"derived", "writer", "weights", "split_process"},
    {"reader", "verify"},
    {"indexing", "links", "search"},
    {"candidates", "precedents"},
    {"answer"},
    {"report", "index"},
    {"evaluation", "web"},
    {"cli"},
]
"""From the ground up; a sub-package counts as one module."""


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Modules of ours that a file imports when it is loaded; imports inside functions and
    for type checkers decide nothing about who depends on whom at that time, but count too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module or ""]
        found.update(name.split(".")[1] for name in names if name.startswith("policyqa."))
    return found - {module_of(path)}


def test_every_module_has_a_row() -> None:
    modules = {module_of(path) for path in PACKAGE.rglob("*.py")} - {"__init__"}
    assert modules == set().union(*ROWS)


def test_no_module_imports_from_its_own_row_or_above() -> None:
    row_of = {module: row for row, modules in enumerate(ROWS) for module in modules}
    wrong = [
        f"{path.relative_to(PACKAGE)} (row {row_of[module_of(path)]}) imports {name} (row {row})"
        for path in PACKAGE.rglob("*.py")
        if module_of(path) != "__init__"
        for name in imported(path)
        if (row := row_of[name]) >= row_of[module_of(path)]
    ]
    assert not wrong, "\n".join(wrong)
