"""STARD's development part, with the slice of its questions that no training sees.

Source: Su et al., "STARD: A Chinese Statute Retrieval Dataset with Real Queries Issued by
Non-professionals", 2024 (MIT).
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HELD_OUT = 0.2
"""Share of STARD's questions that no training sees."""


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
        for record in jsonl(folder / "corpus.jsonl"):
            stard.articles[record["_id"]] = f"{record['title']}\n{record['text']}"
        for record in jsonl(folder / "queries.jsonl"):
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

    def pool(self, rng: random.Random, size: int = 8_000) -> list[str]:
        """Ids of `size` articles to draw wrong ones from: all relevant ones and a sample."""
        relevant = set().union(*self.relevant.values())
        others = sorted(set(self.articles) - relevant)
        return sorted(relevant) + rng.sample(others, min(len(others), size - len(relevant)))


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


def jsonl(path: Path) -> Iterator[dict[str, str]]:
    """The records of a file, one a line."""
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
