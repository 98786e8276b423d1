"""Questions with a text and the words in it that answer, or none: what the reader learns from.

General reading: DRCD dev (CC BY-SA 3.0, turned to simplified script) and CMRC 2018 trial
(CC BY-SA 4.0). Policy reading: our own questions over laws (`questions/laws.jsonl`, the laws'
texts come from the data folder), over clauses that we wrote (`questions/gongwen.jsonl`), and
questions made from laws by rules (`generate.py`). What is measured stays out: DRCD test,
CMRC dev, the benchmarks under `eval/`.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import opencc

from policyqa import split
from policyqa.document import Unit, units

QUESTIONS = Path(__file__).parent / "questions"
GENERATED = Path(__file__).parent / "out" / "generated.jsonl"
"""What generate.py made from laws; it makes the same again."""
FITTED = 0.15
"""Share of our own documents whose questions no model learns: the answer model is fitted on
them (`fit_answers.py`)."""
CROP = (120, 420)
"""Characters of a general text that are read, at least and at most."""
MEASURED = frozenset(
    ("amount", "count", "date", "deadline", "duration", "frequency", "range", "ratio", "when")
)
"""Kinds of question that a number, period or date answers."""
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；\n]?")


@dataclass(frozen=True)
class Example:
    """A question, a text, and where in it the answer stands.

    Attributes:
        source: which set it is from.
        question: as asked.
        context: title and headings above the text; never part of an answer.
        text: what is read.
        span: the answer's offsets in `text`, or None where the text does not answer.
        document: what it is from; for general reading the source.
        relevant: whether the text should rank high; None where nobody has judged.
        span_known: False where only `relevant` is known, and not which words answer.
    """

    source: str
    question: str
    context: str
    text: str
    span: tuple[int, int] | None
    document: str = ""
    relevant: bool | None = None
    span_known: bool = True

    @property
    def fitted(self) -> bool:
        """Whether it is of the part that the answer model is fitted on."""
        return is_fitted(self.document)


def is_fitted(document: str) -> bool:
    """Whether no model learns a document's questions, so that answering is fitted on them."""
    return sha256(document.encode()).digest()[0] / 256 < FITTED


def general_examples(path: Path, source: str, rng: random.Random) -> list[Example]:
    """The questions of a SQuAD file, each over a stretch of its paragraph; for one in three also
    a text of the same article that does not hold the answer."""
    simplified = opencc.OpenCC("t2s").convert
    found = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        texts = [simplified(paragraph["context"]) for paragraph in article["paragraphs"]]
        for paragraph, text in zip(article["paragraphs"], texts, strict=True):
            for asked in paragraph["qas"]:
                gold = asked["answers"][0]
                before = simplified(paragraph["context"][: int(gold["answer_start"])])
                answer = simplified(gold["text"])
                if text[len(before) :][: len(answer)] != answer:
                    continue
                question = simplified(asked["question"])
                span = (len(before), len(before + answer))
                whole = Example(source, question, "", text, span, relevant=True)
                found.append(cropped(whole, rng))
                others = [other for other in texts if answer not in other]
                if others and rng.random() < 1 / 3:
                    other = Example(source, question, "", rng.choice(others), None, relevant=False)
                    found.append(cropped(other, rng))
    return found


def cropped(example: Example, rng: random.Random) -> Example:
    """Whole sentences around the answer, as many as a random length allows."""
    limit = rng.randint(*CROP)
    if len(example.text) <= limit:
        return example
    places = [m.span() for m in _SENTENCE.finditer(example.text) if m.end() > m.start()]
    start, end = example.span or (rng.randrange(len(example.text)),) * 2
    first = max(n for n, (left, _) in enumerate(places) if left <= start)
    last = max(
        first, min(n for n, (_, right) in enumerate(places) if right >= min(end, len(example.text)))
    )
    while places[last][1] - places[first][0] < limit and (first > 0 or last < len(places) - 1):
        if first > 0 and (last == len(places) - 1 or rng.random() < 0.5):
            first -= 1
        else:
            last += 1
    left, right = places[first][0], places[last][1]
    span = example.span and (example.span[0] - left, example.span[1] - left)
    return replace(example, text=example.text[left:right], span=span)


@lru_cache(maxsize=512)
def document_units(path: Path) -> tuple[tuple[Unit, tuple[tuple[str, ...], ...]], ...]:
    """A document's units and the marks of the clauses that each holds."""
    document = split(path)
    found = []
    for unit in units(document):
        end = unit.start + len(unit.text)
        marks = [c.marks for c in document.clauses if unit.start <= c.start < end]
        found.append((unit, tuple(marks)))
    return tuple(found)


def law_examples(path: Path, data: Path, source: str = "laws") -> Iterator[Example]:
    """Our questions over laws: the unit that holds the clause, and the words in it.

    The unanswerable ones come with the unit that is nearest. A question whose clause is no
    longer found is left out.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        for unit, marks in document_units(data / asked["document"]):
            if tuple(asked["marks"]) not in marks:
                continue
            answer = taught(asked) if asked["answerable"] else None
            if answer is not None and answer not in unit.text:
                continue
            begin = unit.text.index(answer) if answer else 0
            span = (begin, begin + len(answer)) if answer else None
            yield Example(
                source,
                asked["text"],
                unit.context,
                unit.text,
                span,
                asked["document"],
                relevant=True if span else None,
            )
            break


def written_examples(path: Path, source: str) -> Iterator[Example]:
    """Our own questions over clauses or paragraphs that we wrote ourselves."""
    for line in path.read_text(encoding="utf-8").splitlines():
        read = json.loads(line)
        context = " ".join([read["title"], *read["path"]])
        for asked in read["questions"]:
            span = None
            if asked["answers"]:
                first, last = asked["spans"][asked["answers"].index(taught(asked))]
                span = (first, last)
            yield Example(
                source,
                asked["text"],
                context,
                read["clause"],
                span,
                read["title"],
                relevant=True if span else None,
            )


def taught(asked: dict[str, Any]) -> str:
    """The one of a question's answers that is learnt: of a number, period or date the shortest
    that stands within the first (1次, not 每年听取1次汇报), else the first."""
    answers: list[str] = asked["answers"]
    if asked["kind"] not in MEASURED:
        return answers[0]
    start, end = asked["spans"][0]
    within = [
        answer
        for answer, (left, right) in zip(answers, asked["spans"], strict=True)
        if start <= left and right <= end
    ]
    return min(within, key=len)


def own_examples(data: Path) -> list[Example]:
    """All of our questions written by hand, over laws and over what we wrote."""
    return [
        *law_examples(QUESTIONS / "laws.jsonl", data),
        *written_examples(QUESTIONS / "gongwen.jsonl", "gongwen"),
    ]
