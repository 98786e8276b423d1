"""The best units of a ranking to candidate answers: words, where they stand, their features.

With a reader the candidates are its best spans and the spans of the kind that the question
asks for; without one, every span that the rules find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policyqa.document import Clause
from policyqa.evidence import Read, Weighed, features
from policyqa.question import Question, read_question
from policyqa.ranking import Ranked
from policyqa.reader import Snapshot
from policyqa.search import clauses_below
from policyqa.span_reader import Reading, SpanReader
from policyqa.spans import Span, candidates, sentences, trimmed

UNITS_READ = 8
"""How many of the best units are read for candidates."""
CHARACTERS_READ = 2400
"""The reader stops after the unit that passes this, so that a question takes as long over long
clauses as over short ones."""
_SPANS_READ = 6
"""The reader's best spans of a clause that become candidates."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words that could answer, where they stand, and their features.

    Attributes:
        clause: the clause.
        span: their place in its text.
        row: the unit's row in the index.
        features: (len(FEATURES),).
    """

    clause: Clause
    span: Span
    row: int
    features: NDArray[np.float64]

    @property
    def text(self) -> str:
        """The words."""
        return self.clause.text[self.span.start : self.span.end]


def find_candidates(
    snapshot: Snapshot, text: str, ranked: Ranked, reader: SpanReader | None
) -> list[Candidate]:
    """Every candidate answer to the question `text` in the best units of its ranking."""
    question = read_question(text)
    weighed = Weighed.of(question.content, snapshot.lexical)
    rows = _rows_read(snapshot, ranked)
    readings: Sequence[list[Reading]] = [[] for _ in rows]
    if reader is not None:
        texts = [(snapshot.units[row].context, snapshot.text_of(row)) for row in rows]
        readings = reader.read(text, texts)
    found = []
    for place, (row, windows) in enumerate(zip(rows, readings, strict=True)):
        for clause, context in _readable(snapshot, row):
            offset = clause.start - snapshot.units[row].start
            for span in _spans(question, clause, windows, offset, with_reader=reader is not None):
                vector = features(
                    question,
                    weighed,
                    span,
                    text=clause.text,
                    sentence=_sentence_around(clause.text, span),
                    context=context,
                    similarity=ranked.similarity.get(row, 0.0),
                    rank=place + 1,
                    score=ranked.scores[place],
                    read=_read(windows, offset + span.start, offset + span.end),
                )
                found.append(Candidate(clause, span, row, vector))
    return found


def _rows_read(snapshot: Snapshot, ranked: Ranked) -> list[int]:
    rows: list[int] = []
    characters = 0
    for row in ranked.rows[:UNITS_READ]:
        rows.append(row)
        unit = snapshot.units[row]
        characters += unit.end - unit.start
        if characters >= CHARACTERS_READ:
            break
    return rows


def _spans(
    question: Question,
    clause: Clause,
    windows: list[Reading],
    offset: int,
    *,
    with_reader: bool,
) -> list[Span]:
    own_mark = clause.marks[-1] if clause.marks else ""
    ruled = candidates(question, clause.text, own_mark)
    if not with_reader:
        return ruled
    spans = {(span.start, span.end): span for span in ruled if span.typed}
    begin = len(own_mark) if clause.text.startswith(own_mark) else 0
    for reading in windows:
        for start, end in reading.best(offset + begin, offset + len(clause.text), _SPANS_READ):
            left, right = trimmed(clause.text, start - offset, end - offset)
            if right > left:
                spans.setdefault((left, right), Span(left, right, False))
    return [spans[key] for key in sorted(spans)]


def _read(windows: list[Reading], start: int, end: int) -> Read | None:
    """What the reader says of the span, in the window where it thinks best of it."""
    if not windows:
        return None
    scored = [
        Read(reading.relevant, reading.answers, score)
        for reading in windows
        if (score := reading.score(start, end)) is not None
    ]
    unread = Read(
        max(reading.relevant for reading in windows),
        max(reading.answers for reading in windows),
        -np.inf,
    )
    return max(scored, key=lambda read: read.answers + read.span, default=unread)


def _readable(snapshot: Snapshot, row: int) -> list[tuple[Clause, str]]:
    """The clauses of a unit that can answer, each with the words that stand above it."""
    unit = snapshot.units[row]
    clause = snapshot.store.clause(unit.clause_id)
    context = unit.context
    readable = [(clause, context)]
    readable.extend(
        (below, f"{context} {clause.text}") for below in clauses_below(snapshot, clause)
    )
    return [(candidate, above) for candidate, above in readable if not candidate.elided]


def _sentence_around(text: str, span: Span) -> str:
    for start, end in sentences(text):
        if start <= span.start < end:
            return text[start : max(end, span.end)]
    return text[span.start : span.end]
