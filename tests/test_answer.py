"""Questions about the demo corpora, answered or refused by the real encoder and index."""

import pytest

from policyqa.errors import InputError
from policyqa.index import Index

SEED = "政协党建工作要点"


@pytest.mark.parametrize(
    ("question", "answer", "marks"),
    [
        ("区委常委会每年听取几次汇报", "1-2次", ("五、", "19.")),
        ("每名党员委员联系几名党外委员", "1-3名", ("三、", "8.")),
        ("区委每届召开几次政协工作会议", "1次", ("五、", "19.")),
    ],
)
def test_numbers_of_the_users_document(
    corpora_index: Index, question: str, answer: str, marks: tuple[str, ...]
) -> None:
    found = corpora_index.ask(question)
    assert found.text == answer
    assert found.clause is not None
    assert found.clause.document_title == SEED
    assert found.clause.marks == marks
    assert found.span is not None
    assert found.clause.text[found.span[0] : found.span[1]] == answer
    assert 0.5 < found.confidence <= 1


@pytest.mark.parametrize(
    "question",
    [
        "党费缴纳比例是多少",
        "区长是谁",
        "今天天气怎么样",
        "公司的注册资本要多少钱",
        "发动机保修期多久",
    ],
)
def test_what_the_documents_do_not_say(corpora_index: Index, question: str) -> None:
    found = corpora_index.ask(question)
    assert found.as_json()["answered"] is False
    assert (found.text, found.clause, found.span) == (None, None, None)
    assert len(found.hits) == 5


def test_elided_clauses_never_answer(corpora_index: Index) -> None:
    for question in ("第5点内容是什么", "政协党建工作要点第17条", "20.的内容"):
        found = corpora_index.ask(question)
        assert found.clause is None or not found.clause.elided


def test_an_article_named_by_its_number_is_read_out(corpora_index: Index) -> None:
    found = corpora_index.ask("示例大学学生请假与考勤管理规定第三条")
    assert found.clause is not None
    assert found.clause.marks[-1] == "第三条"
    assert found.text is not None
    assert not found.text.startswith("第三条")
    assert found.confidence == 1.0


def test_the_same_question_twice_is_the_same_answer(corpora_index: Index) -> None:
    one = corpora_index.ask("旷课35学时给什么处分").as_json()
    assert corpora_index.ask("旷课35学时给什么处分").as_json() == one


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_an_empty_question_is_refused(corpora_index: Index, question: str) -> None:
    with pytest.raises(InputError, match="请输入"):
        corpora_index.ask(question)


@pytest.mark.parametrize("question", ["？" * 50, "😀", "(((", "\x00\x01"])
def test_a_question_without_words_is_refused(corpora_index: Index, question: str) -> None:
    with pytest.raises(InputError, match="请输入"):
        corpora_index.ask(question)


def test_a_very_long_question_is_no_trouble(corpora_index: Index) -> None:
    assert corpora_index.ask("听取汇报" * 5000).hits
