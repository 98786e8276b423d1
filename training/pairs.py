"""Questions with the passage that answers them, from texts whose licences allow training.

STARD's development questions (MIT) over statutes, CMRC 2018 trial (CC BY-SA 4.0), DRCD dev
(CC BY-SA 3.0, turned to simplified script), and our own questions (`questions/`). What is
measured or fitted stays out: the held-out slice of STARD, DRCD test, the benchmarks under
`eval/`, and the part of our own questions that the answer model is fitted on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import opencc

from reading import Example

HELD_OUT = 0.2
"""Share of STARD's questions that no training sees."""
_WINDOW = 200
PASSAGE = 400


@dataclass(frozen=True)
class Pair:
    """A question, a passage that answers it, and passages that only look like it."""

    source: str
    question: str
    passage: str
    negatives: tuple[str, ...] = ()


@dataclass
class Stard:
    """STARD's development part.

    Attributes:
        articles: text of each article, title first, by id.
        questions: question by id.
        relevant: ids of the articles that answer, by question id.
        held_out: ids of the questions that are only measured.
    """

    articles: dict[str, str] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    relevant: dict[str, set[str]] = field(default_factory=dict)
    held_out: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, folder: Path) -> Stard:
        """Read the folder in BEIR layout and set the held-out slice apart.

        Questions that share an article fall on the same side.
        """
        stard = cls()
        for record in _jsonl(folder / "corpus.jsonl"):
            stard.articles[record["_id"]] = f"{record['title']}\n{record['text']}"
        for record in _jsonl(folder / "queries.jsonl"):
            stard.questions[record["_id"]] = record["text"]
        for line in (folder / "qrels" / "train.tsv").read_text("utf-8").splitlines()[1:]:
            question, article, score = line.split("\t")
            if int(score) > 0:
                stard.relevant.setdefault(question, set()).add(article)
        for group in _groups(stard.relevant):
            digest = hashlib.sha256(min(group).encode()).digest()
            if digest[0] / 256 < HELD_OUT:
                stard.held_out |= group
        return stard

    def pairs(self) -> Iterator[Pair]:
        """The pairs to train on."""
        for question, articles in sorted(self.relevant.items()):
            if question not in self.held_out:
                for article in sorted(articles):
                    yield Pair("stard", self.questions[question], self.articles[article][:PASSAGE])


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


def own_pairs(examples: Iterable[Example]) -> Iterator[Pair]:
    """Our own answerable questions with the unit that holds the answer."""
    for example in examples:
        if example.span is not None:
            passage = f"{example.context}\n{example.text}"[:PASSAGE]
            yield Pair(example.source, example.question, passage)


def _groups(relevant: dict[str, set[str]]) -> list[set[str]]:
    """Questions connected by shared articles."""
    by_article: dict[str, set[str]] = {}
    for question, articles in relevant.items():
        for article in articles:
            by_article.setdefault(article, set()).add(question)
    groups: list[set[str]] = []
    seen: set[str] = set()
    for first in sorted(relevant):
        if first in seen:
            continue
        group, waiting = {first}, [first]
        while waiting:
            for article in relevant[waiting.pop()]:
                new = by_article[article] - group
                group |= new
                waiting.extend(new)
        seen |= group
        groups.append(group)
    return groups


def _jsonl(path: Path) -> Iterator[dict[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
