"""The packaged reader: a question and a text to the words that answer, or to "not here".

One transformer reads both together and gives every token four scores: as the first and as
the last token of an answer, and, at the first token, whether the text answers at all and whether
it is one to put first (Devlin et al., "BERT", 2019, 4.2; training/train_reader.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policyqa.errors import ModelError
from policyqa.packaged import MODELS, PackagedModel, side_by_side

DEFAULT_READER = "reader-small-zh"
LONGEST_ANSWER = 90
"""Tokens."""
SCORES = 4
"""What the model says of each token: first, last, answers, relevant."""
_OVERLAP = 0.3
"""Share of a long text's window that the next one repeats."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one text, or of one window of a long one.

    Attributes:
        answers: log-odds that the text answers the question.
        relevant: log-odds that it is about what is asked, and so should rank high.
        starts: (n,) offset in the text of each token's first character.
        ends: (n,) one past each token's last character.
        first: (n,) log-probability that the answer begins with the token.
        last: (n,) log-probability that it ends with it.
    """

    answers: float
    relevant: float
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    first: NDArray[np.float32]
    last: NDArray[np.float32]

    def score(self, start: int, end: int) -> float | None:
        """Log-probability of ``text[start:end]`` as the answer; None outside the window."""
        left = int(np.searchsorted(self.ends, start, side="right"))
        right = int(np.searchsorted(self.starts, end, side="left")) - 1
        if not 0 <= left <= right < len(self.starts) or self.starts[left] > start:
            return None
        return float(self.first[left] + self.last[right])

    def best(self, start: int, end: int, count: int) -> list[tuple[int, int]]:
        """The `count` best answers within ``text[start:end]``, as offsets, best first."""
        inside = np.flatnonzero((self.starts >= start) & (self.ends <= end))
        if not len(inside):
            return []
        low, high = int(inside[0]), int(inside[-1]) + 1
        scores = self.first[low:high, None] + self.last[None, low:high]
        place = np.arange(high - low)
        length = place[None, :] - place[:, None]
        scores = np.where((length >= 0) & (length < LONGEST_ANSWER), scores, -np.inf).ravel()
        count = min(count, int(np.isfinite(scores).sum()))
        order = np.argpartition(-scores, count - 1)[:count]
        order = order[np.argsort(-scores[order], kind="stable")]
        return [
            (int(self.starts[low + n // (high - low)]), int(self.ends[low + n % (high - low)]))
            for n in order
        ]


class SpanReader:
    """Reads texts for answers. May be used from several threads."""

    def __init__(self, name: str = DEFAULT_READER, threads: int = 0) -> None:
        """Open the packaged reader.

        Args:
            name: folder below the package's models.
            threads: texts read at the same time; 0 for one a core.

        Raises:
            ModelError: a file is missing, unreadable or differs from its checksum.
        """
        self._model = PackagedModel(MODELS / name)
        described = self._model.described
        if described.get("scores") != SCORES:
            raise ModelError(f"阅读模型 {name} 与这一版 policyqa 不符：请重新安装 policyqa。")
        self._threads = threads
        self._limit = int(described["max_tokens"])
        self._question_limit = int(described["max_question_tokens"])
        self._question_prefix = str(described["query_prefix"])
        self._text_prefix = str(described["passage_prefix"])
        self.fingerprint = self._model.fingerprint(
            ("max_tokens", "max_question_tokens", "query_prefix", "passage_prefix")
        )

    def read(self, question: str, texts: Sequence[tuple[str, str]]) -> list[list[Reading]]:
        """Read each text for an answer.

        Args:
            question: as asked.
            texts: pairs of the context (title and headings above) and the text. The context
                is read with the text, but no answer lies in it.

        Returns:
            For each text, the reading of each of its windows; more than one where it is
            longer than the model takes.
        """
        asked = self._model.tokenizer.encode(self._question_prefix + question).ids
        if len(asked) > self._question_limit:
            asked = [*asked[: self._question_limit - 1], asked[-1]]
        windows = [
            (number, ids, starts, ends)
            for number, (context, text) in enumerate(texts)
            for ids, starts, ends in self._windows(asked, context, text)
        ]
        readings = side_by_side(
            lambda n: _reading(self._model.run(windows[n][1]), *windows[n][2:]),
            [len(window[1]) for window in windows],
            self._threads,
        )
        found: list[list[Reading]] = [[] for _ in texts]
        for (number, *_), reading in zip(windows, readings, strict=True):
            found[number].append(reading)
        return found

    def _windows(
        self, asked: list[int], context: str, text: str
    ) -> list[tuple[list[int], NDArray[np.int64], NDArray[np.int64]]]:
        """Token ids of question and text, and where the text's tokens stand in it."""
        head = f"{self._text_prefix}{context}\n" if context else self._text_prefix
        encoded = self._model.tokenizer.encode(head + text)
        end_token = encoded.ids[-1]
        ids, offsets = encoded.ids[1:-1], np.array(encoded.offsets[1:-1], dtype=np.int64)
        offsets = offsets.reshape(-1, 2) - len(head)
        begin = int(np.searchsorted(offsets[:, 1], 0, side="right"))
        room = self._limit - len(asked) - 1
        shown = min(begin, room // 4)  # tokens of the context
        size = room - shown
        made = []
        start = begin
        while True:
            stop = min(len(ids), start + size)
            places = offsets[start:stop]
            made.append(
                (
                    [*asked, *ids[:shown], *ids[start:stop], end_token],
                    np.maximum(places[:, 0], 0),
                    places[:, 1],
                )
            )
            if stop >= len(ids):
                return made
            start = stop - int(size * _OVERLAP)


def _reading(
    scores: NDArray[np.float32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> Reading:
    """(n, 4) scores of all tokens to a reading; the text's tokens are the last but one."""
    own = scores[len(scores) - 1 - len(starts) : len(scores) - 1]
    return Reading(
        answers=float(scores[0, 2]),
        relevant=float(scores[0, 3]),
        starts=starts,
        ends=ends,
        first=_log_softmax(own[:, 0]),
        last=_log_softmax(own[:, 1]),
    )


def _log_softmax(values: NDArray[np.float32]) -> NDArray[np.float32]:
    if not len(values):
        return values
    shifted = values - values.max()
    result: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum())
    return result
