"""What a system gave for each question, and where that is kept while a run goes on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policyqa.evaluation.gold import Place


@dataclass(frozen=True, slots=True)
class Found:
    """One ranked text.

    Attributes:
        item: id of a corpus entry, or `span_item` of a place.
        score: higher is better.
        place: characters of a document; None for a corpus entry.
        shown: its first words, kept for the first few ranks.
    """

    item: str
    score: float
    place: Place | None = None
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, or a refusal.

    Attributes:
        text: the answer; None where the system says that the documents do not answer.
        confidence: estimated probability that the answer is right.
        place: where its words stand, or None.
        clause: the text of the clause it was taken from.
    """

    text: str | None
    confidence: float
    place: Place | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What one question got.

    Attributes:
        question_id: the question.
        found: ranked texts, best first.
        given: the answer; None for a system that only ranks.
        seconds: what it took; None where a finished run does not tell.
    """

    question_id: str
    found: tuple[Found, ...]
    given: Given | None = None
    seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """All but the time, which no two runs share."""
        found: list[dict[str, Any]] = []
        for one in self.found:
            record: dict[str, Any] = {"item": one.item, "score": one.score}
            if one.place:
                record["place"] = _place_json(one.place)
            if one.shown:
                record["shown"] = one.shown
            found.append(record)
        given = self.given and {
            "text": self.given.text,
            "confidence": self.given.confidence,
            "place": _place_json(self.given.place) if self.given.place else None,
            "clause": self.given.clause,
        }
        return {"_id": self.question_id, "found": found, "given": given}

    @classmethod
    def from_json(cls, record: dict[str, Any], seconds: float | None) -> Result:
        """What `as_json` wrote."""
        found = tuple(
            Found(one["item"], one["score"], _place(one.get("place")), one.get("shown", ""))
            for one in record["found"]
        )
        given = record["given"] and Given(
            record["given"]["text"],
            record["given"]["confidence"],
            _place(record["given"]["place"]),
            record["given"]["clause"],
        )
        return cls(record["_id"], found, given, seconds)


def _place_json(place: Place) -> list[Any]:
    return [place.document, place.start, place.end]


def _place(record: Sequence[Any] | None) -> Place | None:
    return Place(str(record[0]), int(record[1]), int(record[2])) if record else None


class ResultLog:
    """Results on disk as they come, so that an interrupted run goes on where it stopped.

    Results stand in `results.jsonl`, times in `times.jsonl`; while the run goes on both have
    another name, and only such an unfinished log is continued: a run that is started again
    after it was finished measures everything anew.
    """

    def __init__(self, folder: Path, identity: dict[str, Any]) -> None:
        """Continue the unfinished log of the same run, or begin one.

        Args:
            folder: made if need be.
            identity: all that decides the results; a log of another identity is dropped.
        """
        self._folder = folder
        self._files = [folder / "results.partial.jsonl", folder / "times.partial.jsonl"]
        folder.mkdir(parents=True, exist_ok=True)
        self.done: dict[str, Result] = {}
        if not self._resume(identity):
            self.done = {}
            self._files[0].write_text(_line(identity), encoding="utf-8")
            self._files[1].write_text("", encoding="utf-8")

    def add(self, result: Result) -> None:
        """Keep one result; what has been added survives the end of the process."""
        lines = (result.as_json(), {"_id": result.question_id, "seconds": result.seconds})
        for path, record in zip(reversed(self._files), reversed(lines), strict=True):
            with path.open("a", encoding="utf-8") as stream:
                stream.write(_line(record))
        self.done[result.question_id] = result

    def finish(self) -> None:
        """Give the files their final names."""
        for path in self._files:
            path.replace(self._folder / path.name.replace(".partial", ""))

    def _resume(self, identity: dict[str, Any]) -> bool:
        try:
            first, *lines = self._files[0].read_text(encoding="utf-8").splitlines()
            if json.loads(first) != identity:
                return False
            times = {}
            for line in self._files[1].read_text(encoding="utf-8").splitlines():
                record = json.loads(line)
                times[record["_id"]] = record["seconds"]
            for line in lines:
                record = json.loads(line)
                self.done[record["_id"]] = Result.from_json(record, times[record["_id"]])
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            return False  # nothing there yet, or a line cut short: begin anew
        return True


def _line(record: Any) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"
