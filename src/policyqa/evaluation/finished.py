"""A finished TREC run as a system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from policyqa.evaluation.benchmark import Question
from policyqa.evaluation.results import Result
from policyqa.evaluation.trec import read_run
from policyqa.folder import sha256_of_file


class FinishedRun:
    """What another tool ranked, read from its run file."""

    def __init__(self, path: Path, *, places: bool) -> None:
        """Read the file; see `trec.read_run`."""
        self._results = read_run(path, places=places)
        self.identity: dict[str, Any] = {"run": path.name, "sha256": sha256_of_file(path)}

    def ask(self, question: Question) -> Result:
        """Its ranking; none for a question that the file leaves out."""
        return self._results.get(question.question_id) or Result(question.question_id, ())
