"""A question as a rule makes it, before its wording is varied."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """A question in the clause's own words, the asking words in place of the answer.

    Attributes:
        rule: name of the rule that made it.
        kind: what it asks for, as in eval/benchmarks.
        text: the question; ``{title}`` stands for the document's short title.
        span: the answer's offsets in the clause's text.
    """

    rule: str
    kind: str
    text: str
    span: tuple[int, int]
