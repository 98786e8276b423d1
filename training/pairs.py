"""Questions with the passage that answers them, from texts whose licences allow training.

STARD's development questions (MIT) over statutes, CMRC 2018 trial (CC BY-SA 4.0), DRCD dev
(CC BY-SA 3.0, turned to simplified script), and our own questions (`questions/`). What is
measured or fitted stays out: the held-out slice of STARD, DRCD test, the benchmarks under
`eval/`, and the part of our own questions that the answer model is fitted on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import opencc

from reading import QUESTIONS, Example
from stard import Stard, jsonl

_WINDOW = 200
PASSAGE = 400


@dataclass(frozen=True)
class Pair:
    """A question, a passage that answers it, and passages that only look like it."""

    source: str
    question: str
    passage: str
    negatives: tuple[str, ...] = ()
    article: str = ""
    """Id of the passage where it is one of STARD's."""


def stard_pairs(stard: Stard) -> Iterator[Pair]:
    """STARD's questions but for the slice that is held out."""
    for question, articles in sorted(stard.relevant.items()):
        if question not in stard.held_out:
            for article in sorted(articles):
                text = stard.articles[article][:PASSAGE]
                yield Pair("stard", stard.questions[question], text, article=article)


def reading_pairs(path: Path, source: str, *, each: int = 1) -> Iterator[Pair]:
    """Every `each`-th question of a SQuAD file with the text around its answer."""
    simplified = opencc.OpenCC("t2s")
    questions = [
        (paragraph["context"], question)
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]
    for context, question in questions[::each]:
        start = max(0, int(question["answers"][0]["answer_start"]) - _WINDOW // 2)
        passage = context[start : start + _WINDOW]
        yield Pair(source, simplified.convert(question["question"]), simplified.convert(passage))


def passage_of(example: Example) -> str:
    """An example's text as the encoder reads it, with its title and headings."""
    return f"{example.context}\n{example.text}"[:PASSAGE]


def own_pairs(examples: Iterable[Example]) -> Iterator[Pair]:
    """Our own answerable questions with the unit that holds the answer."""
    for example in examples:
        if example.span is not None:
            yield Pair(example.source, example.question, passage_of(example))


def lay_pairs(stard: Stard) -> Iterator[Pair]:
    """Our own questions, as people ask, over articles of STARD's collection."""
    for record in jsonl(QUESTIONS / "lay.jsonl"):
        article = record["article"]
        yield Pair("lay", record["text"], stard.articles[article][:PASSAGE], article=article)
