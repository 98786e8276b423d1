"""The second order of a ranking: what the reader adds, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from policyqa.ranking import Ranked
from policyqa.reranking import CHARACTERS, TEXTS, by_relevance, first_texts, reranked
from policyqa.span_reader import Reading, SpanReader

QUESTION = "区委常委会每年听取几次汇报"
ANSWERING = "区委常委会每年听取1-2次政协党组工作汇报。"
OTHERS = ("公务用车实行定点加油。", "学生请假应当提前申请。", "会议由主任主持。")


def ranked(count: int) -> Ranked:
    """Rows 100, 101, ... with falling scores."""
    rows = list(range(100, 100 + count))
    return Ranked(rows, [1 - rank / (2 * count) for rank in range(count)], {})


def test_a_text_that_fits_passes_others_and_scores_fall() -> None:
    # 0.9, 0.8, 0.7 with 0, 0.25 and 0.5 of a weight of 0.5; log 3 = 1.0986
    given = Ranked([7, 8, 9], [0.9, 0.8, 0.7], {}, relevance={7: -30, 8: -1.0986, 9: 0})
    ordered = by_relevance(given, 0.5)
    assert ordered.rows == [9, 8, 7]
    assert ordered.scores == pytest.approx([0.95, 0.925, 0.9], abs=1e-4)
    assert by_relevance(given, 0.1).rows == [7, 8, 9]


def test_texts_that_were_not_read_stay_behind_in_their_order() -> None:
    given = Ranked([5, 6, 7, 8], [0.4, 0.3, 0.2, 0.1], {}, relevance={5: -9.0, 6: 9.0})
    ordered = by_relevance(given, 0.5)
    assert ordered.rows == [6, 5, 7, 8]
    assert ordered.scores[2:] == [0.2, 0.1]


def test_only_so_many_characters_are_read() -> None:
    texts = [("题", "甲" * 40), ("题", "乙" * 40), ("题", "丙" * 40), ("题", "丁")]
    assert first_texts(texts, 80) == texts[:2]
    assert first_texts(texts, 85) == [*texts[:2], ("题", "丙" * 5)]
    assert first_texts(texts, 1000) == texts
    assert first_texts([("题", "长" * 90_000)], 5000) == [("题", "长" * 5000)]


def test_the_clause_that_is_asked_for_comes_first() -> None:
    texts = dict(zip(range(100, 104), (OTHERS[0], ANSWERING, *OTHERS[1:]), strict=True))
    ordered = reranked(ranked(4), QUESTION, SpanReader(), lambda row: ("", texts[row]))
    assert ordered.rows[0] == 101
    assert ordered.scores == sorted(ordered.scores, reverse=True)
    assert ordered.relevance[101] == max(ordered.relevance.values())


class CountingReader(SpanReader):
    """Fits whatever holds 合."""

    def __init__(self) -> None:
        self.read_texts: list[str] = []

    def read(self, question: str, texts: Sequence[tuple[str, str]]) -> list[list[Reading]]:
        self.read_texts += [text for _, text in texts]
        empty = np.empty(0, dtype=np.int64)
        none = np.empty(0, dtype=np.float32)
        return [
            [Reading(0.0, relevant, empty, empty, none, none) for relevant in (-5.0, 5.0 * fits)]
            for fits in ("合" in text for _, text in texts)
        ]


def test_no_more_texts_are_read_than_time_allows() -> None:
    reader = CountingReader()
    reranked(ranked(50), QUESTION, reader, lambda row: ("", "字"))
    assert len(reader.read_texts) == TEXTS
    reader = CountingReader()
    long = "字" * (CHARACTERS // 2)
    reranked(ranked(50), QUESTION, reader, lambda row: ("", long))
    assert len(reader.read_texts) == 2
