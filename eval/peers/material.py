"""What every peer is given: texts and questions, as files that need none of our code to read.

A peer runs in an environment of its own, without policyqa; these files are all that it sees.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """A document to be split, or a passage that is judged as a whole.

    Attributes:
        name: the document's name, or the passage's id.
        text: its characters, in which places are counted.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, without its answers."""

    question_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Characters [start, end) of a text, and those characters as they are indexed."""

    name: str
    start: int
    end: int
    text: str

    @classmethod
    def whole(cls, text: Text) -> Chunk:
        """A text that is not split."""
        return cls(text.name, 0, len(text.text), text.text)


@dataclass(frozen=True, slots=True)
class Material:
    """What one benchmark gives to every peer.

    Attributes:
        texts: documents or passages, each name once.
        questions: in the benchmark's order.
        documents: the texts are to be split; otherwise each is ranked as it is.
    """

    texts: tuple[Text, ...]
    questions: tuple[Asked, ...]
    documents: bool

    @property
    def fingerprint(self) -> str:
        """sha256 over everything."""
        digest = hashlib.sha256(json.dumps(self.documents).encode())
        records = [*map(asdict, self.texts), *map(asdict, self.questions)]
        for record in records:
            digest.update(_line(record).encode())
        return digest.hexdigest()

    def write(self, folder: Path) -> None:
        """As `texts.jsonl`, `questions.jsonl` and `material.json` below a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        write_records(folder / "texts.jsonl", map(asdict, self.texts))
        write_records(folder / "questions.jsonl", map(asdict, self.questions))
        facts = {"documents": self.documents, "fingerprint": self.fingerprint}
        (folder / "material.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Material:
        """What `write` wrote."""
        facts = json.loads((folder / "material.json").read_text(encoding="utf-8"))
        return cls(
            tuple(Text(**record) for record in read_records(folder / "texts.jsonl")),
            tuple(Asked(**record) for record in read_records(folder / "questions.jsonl")),
            bool(facts["documents"]),
        )


def write_records(path: Path, records: Iterable[Any]) -> None:
    """One JSON value a line."""
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(map(_line, records))


def read_records(path: Path) -> Sequence[Any]:
    """What `write_records` wrote."""
    # Not splitlines: a text may hold U+2028, which JSON leaves as it is.
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def _line(record: Any) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"
