"""Where to cut a long text so that each piece fits a model's input together with its context."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

OVERLAP = 0.2
"""Share of a window's tokens that the next window repeats."""
CONTEXT_SHARE = 0.25
"""Largest share of a window that the context of a clause may take."""
_SEPARATOR = "\n"


class Windows:
    """Cuts texts at token boundaries so that they fit a model's input."""

    def __init__(self, prefix: str, limit: int, token_starts: Callable[[str], list[int]]) -> None:
        """Cut for one model.

        Args:
            prefix: what the model wants in front of every passage.
            limit: tokens of the longest input, without special ones.
            token_starts: where the tokens of a text begin.
        """
        self._prefix = prefix
        self._token_starts = token_starts
        self._limit = limit

    def passage_text(self, context: str, text: str) -> str:
        """See `encoder.Encoder`."""
        context = self._fit_context(context)
        return f"{context}{_SEPARATOR}{text}" if context else text

    def cut(self, context: str, text: str) -> list[tuple[int, int]]:
        """See `encoder.Encoder.passage_windows`."""
        if self._fits(context, text):
            return [(0, len(text))]
        starts = self._token_starts(text)
        edges = sorted({0, len(text), *starts})
        head = self._count(self.passage_text(context, ""))
        budget = max(1, self._limit - head)
        windows: list[tuple[int, int]] = []
        start = 0
        while True:
            end = self._last_edge(edges, starts, start, budget)
            # Tokens can fall differently once the text is cut: shrink until it really fits.
            while not self._fits(context, text[start:end]):
                shorter = edges[bisect_left(edges, end) - 1]
                if shorter <= start:
                    break
                end = shorter
            windows.append((start, end))
            if end == len(text):
                return windows
            first = bisect_left(starts, end) - int(budget * OVERLAP)
            begin = starts[first] if 0 <= first < len(starts) else end
            start = begin if start < begin <= end else end

    def _last_edge(self, edges: list[int], starts: list[int], start: int, budget: int) -> int:
        after = bisect_left(starts, start) + budget
        if after >= len(starts):
            return edges[-1]
        return max(starts[after], edges[bisect_right(edges, start)])

    def _fit_context(self, context: str) -> str:
        starts = self._token_starts(context)
        share = int(self._limit * CONTEXT_SHARE)
        return context[: starts[share]] if len(starts) > share else context

    def _fits(self, context: str, text: str) -> bool:
        return self._count(self.passage_text(context, text)) <= self._limit

    def _count(self, passage: str) -> int:
        return len(self._token_starts(self._prefix + passage))
