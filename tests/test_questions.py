"""What is asked, and the words in a clause that could answer it."""

import pytest

from policyqa.question import read_question
from policyqa.spans import candidates


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("区委常委会每年听取几次汇报", "count"),
        ("多久开一次会", "frequency"),
        ("补贴多少钱", "amount"),
        ("党费缴纳比例是多少", "ratio"),
        ("什么时候报送", "date"),
        ("公示期多长时间", "duration"),
        ("几个工作日内答复", "duration"),
        ("由哪个部门负责", "body"),
        ("找谁审批", "body"),
        ("什么是教学日", "definition"),
        ("在哪里办理", "place"),
        ("如何申请", "words"),
    ],
)
def test_what_is_wanted(question: str, wanted: str) -> None:
    assert read_question(question).wanted == wanted


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("每年几次", "19.常委会每年听取1-2次汇报。", "1-2次"),
        ("联系几名委员", "每名委员联系１－３名党外委员。", "１－３名"),
        ("多久一次", "坚持每半年召开1次专题会议。", "每半年召开1次"),
        ("比例多少", "比例不低于60%，", "不低于60%"),
        ("罚多少钱", "处2万元以上5万元以下罚款。", "2万元以上"),
        ("什么时候报", "于每年12月10日前报送。", "每年12月10日前"),
        ("几天内答复", "应当在15个工作日内答复。", "15个工作日内"),
        ("谁审批", "请假三日以上的，由学院分管副书记审批。", "学院分管副书记"),
    ],
)
def test_typed_words_are_found(question: str, text: str, answer: str) -> None:
    spans = candidates(read_question(question), text)
    assert answer in {text[span.start : span.end] for span in spans if span.typed}


def test_the_mark_is_no_answer() -> None:
    text = "3.每年报送2次。"
    found = {text[span.start : span.end] for span in candidates(read_question("几次"), text, "3.")}
    assert "2次" in found
    assert not any(words.startswith("3") for words in found)


def test_a_date_is_not_a_duration() -> None:
    text = "自2024年9月25日起施行。"
    found = {text[s.start : s.end] for s in candidates(read_question("施行多久"), text) if s.typed}
    assert found == set()
