"""The packaged reader: spans with exact offsets, and whether a text answers at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from policyqa import packaged, span_reader
from policyqa.errors import ModelError
from policyqa.span_reader import DEFAULT_READER, Reading, SpanReader

TEXT = "区委常委会每年听取1-2次政协党组工作汇报。区政协党组每季度研究1次党建工作。"


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return SpanReader()


def reading() -> Reading:
    """Four tokens over ``甲乙 丙丁戊``: 甲, 乙, 丙丁, 戊."""
    return Reading(
        answers=0.0,
        relevant=0.0,
        starts=np.array([0, 1, 3, 5]),
        ends=np.array([1, 2, 5, 6]),
        first=np.log(np.array([0.1, 0.6, 0.2, 0.1], dtype=np.float32)),
        last=np.log(np.array([0.1, 0.1, 0.3, 0.5], dtype=np.float32)),
    )


def test_the_best_spans_come_in_order_of_probability() -> None:
    assert reading().best(0, 6, 3) == [(1, 6), (1, 5), (3, 6)]  # 0.6*0.5, 0.6*0.3, 0.2*0.5


def test_spans_stay_within_the_stretch_asked_for() -> None:
    assert reading().best(1, 5, 1) == [(1, 5)]
    assert set(reading().best(1, 5, 5)) == {(1, 5), (3, 5), (1, 2)}
    assert reading().best(2, 3, 5) == []


def test_a_span_is_scored_by_the_tokens_of_its_first_and_last_character() -> None:
    assert reading().score(1, 4) == pytest.approx(np.log(0.6 * 0.3), abs=1e-5)
    assert reading().score(0, 6) == pytest.approx(np.log(0.1 * 0.5), abs=1e-5)
    assert reading().score(6, 9) is None


def test_the_words_that_answer_are_found_and_differ_by_question(reader: SpanReader) -> None:
    found = []
    for question in ("区委常委会每年听取几次汇报", "区政协党组多久研究一次党建工作"):
        ((read,),) = reader.read(question, [("工作要点 党建", TEXT)])
        start, end = read.best(0, len(TEXT), 1)[0]
        found.append(TEXT[start:end])
    assert found[0] == "1-2次"
    assert "每季度" in found[1]


def test_a_text_on_another_matter_is_less_likely_to_answer(reader: SpanReader) -> None:
    other = "公务用车实行定点加油，严禁公车私用。"
    readings = reader.read("区委常委会每年听取几次汇报", [("", TEXT), ("", other)])
    assert readings[0][0].answers > readings[1][0].answers + 1


def test_no_answer_lies_in_the_context(reader: SpanReader) -> None:
    context = "2024年工作要点 每年听取3次"
    ((read,),) = reader.read("每年听取几次汇报", [(context, TEXT)])
    assert read.starts.min() == 0
    assert read.ends.max() == len(TEXT)


def test_a_long_text_is_read_in_windows_that_cover_it(reader: SpanReader) -> None:
    text = "各单位应当按时报送材料。" * 120 + TEXT
    (windows,) = reader.read("区委常委会每年听取几次汇报", [("标题", text)])
    assert len(windows) > 2
    covered = np.zeros(len(text), dtype=bool)
    for window in windows:
        for start, end in zip(window.starts, window.ends, strict=True):
            covered[start:end] = True
    assert covered.all()
    start, end = windows[-1].best(0, len(text), 1)[0]
    assert text[start:end].startswith("1-2次")


def test_a_text_reads_the_same_whatever_is_read_beside_it(reader: SpanReader) -> None:
    question = "区委常委会每年听取几次汇报"
    ((alone,),) = reader.read(question, [("", TEXT)])
    beside = reader.read(question, [("", "其他内容。"), ("", TEXT), ("", TEXT * 3)])[1][0]
    assert alone.answers == beside.answers
    np.testing.assert_array_equal(alone.first, beside.first)


def test_empty_texts_and_long_questions_are_read(reader: SpanReader) -> None:
    empty, full = reader.read("汇报" * 300, [("", ""), ("", TEXT)])
    assert empty[0].best(0, 0, 3) == []
    assert len(full[0].starts) > 20


def test_a_damaged_reader_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(packaged.MODELS / DEFAULT_READER, tmp_path / DEFAULT_READER)
    with open(tmp_path / DEFAULT_READER / "model.onnx", "r+b") as file:
        file.seek(1000)
        file.write(b"\xff")
    monkeypatch.setattr(span_reader, "MODELS", tmp_path)
    with pytest.raises(ModelError, match="校验和"):
        SpanReader()


def test_reading_needs_no_torch() -> None:
    code = (
        "import sys; from policyqa.span_reader import SpanReader; "
        "SpanReader().read('几次', [('', '每年两次')]); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
