"""Benchmarks as folders: what is read, and what is noticed about them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import shared_data
from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Question
from policyqa.evaluation.gold import Gold, Place, find_gold
from policyqa.evaluation.load import check_benchmark, load_benchmark
from policyqa.evaluation.trec import read_run, read_span, span_item

ROOT = Path(__file__).parents[1]
DATA = shared_data() or ROOT / "missing"

NOTICE = """请假管理办法
第一章 总则
第一条 为规范请假，制定本办法。
第二条 请假三日以内的，由处长审批。
请假三日以上的，由局长审批。
第三条 每年的休假：
（一）工作满一年的，五日；
（二）工作满十年的，十日。
"""


def lines(path: Path, *records: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")


def beir(folder: Path) -> Path:
    lines(
        folder / "corpus.jsonl",
        {"_id": "d1", "title": "条例第一条", "text": "请假由处长审批。"},
        {"_id": "d2", "title": "条例第二条", "text": "加班应当付给报酬。"},
        {"_id": "d3", "title": "条例第三条", "text": "工资按月支付。"},
    )
    lines(
        folder / "queries.jsonl", {"_id": "q1", "text": "请假谁批"}, {"_id": "q2", "text": "工资"}
    )
    lines(folder / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore", "q1\td1\t1", "q2\td3\t2")
    return folder


def clause_qa(folder: Path, **changes: object) -> Path:
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "请假.txt").write_text(NOTICE, encoding="utf-8")
    lines(
        folder / "questions.jsonl",
        {
            "_id": "c1",
            "text": "请五天假找谁",
            "kind": "body",
            "answerable": True,
            "document": "请假.txt",
            "marks": ["第一章", "第二条"],
            "answers": ["局长"],
            "split": "dev",
        }
        | changes,
        {
            "_id": "c2",
            "text": "干满十年休几天",
            "kind": "count",
            "answerable": True,
            "document": "请假.txt",
            "marks": ["第一章", "第三条", "(二)"],
            "answers": ["十日"],
            "split": "dev",
        },
        {
            "_id": "c3",
            "text": "探亲假几天",
            "kind": "count",
            "answerable": False,
            "document": None,
            "marks": None,
            "answers": [],
            "split": "dev",
        },
    )
    (folder / "benchmark.json").write_text('{"documents_folder": "documents"}', encoding="utf-8")
    return folder


def messages(path: Path) -> list[str]:
    return [str(finding).removeprefix(f"{path}/") for finding in check_benchmark(path)]


def test_beir(tmp_path: Path) -> None:
    benchmark = load_benchmark(beir(tmp_path))
    assert benchmark.questions[0] == Question("q1", "请假谁批", 1, part="test")
    assert benchmark.corpus[2].text == "工资按月支付。"
    assert benchmark.judgements == {"q1": {"d1": 1}, "q2": {"d3": 2}}
    assert messages(tmp_path) == []


def test_each_defect_names_file_and_line(tmp_path: Path) -> None:
    beir(tmp_path)
    lines(
        tmp_path / "queries.jsonl",
        {"_id": "q1", "text": "请假谁批"},
        "{",
        {"_id": "q1", "text": "又是一"},
        {"_id": "q4"},
        {"_id": "q5", "text": "请假 谁批"},
    )
    lines(tmp_path / "qrels" / "dev.tsv", "query-id\tcorpus-id\tscore", "q5\td1\t1", "q1\td2\t1")
    lines(tmp_path / "qrels" / "test.tsv", "q1\td1\t1", "q9\td1\t1", "q1\td9\t1", "q1 d1 1")
    found = messages(tmp_path)
    for expected in [
        "queries.jsonl:2: 不是 JSON",
        "queries.jsonl:3: 编号 q1 与第 1 行重复",
        "queries.jsonl:4: 缺少字段 text",
        "queries.jsonl:5: 题目 q5 与第 1 行同文",
        "qrels/test.tsv:1: 题目 q1 同时属于 dev 和 test",
        "qrels/test.tsv:2: 题目 q9 不存在",
        "qrels/test.tsv:3: 条目 d9 不在语料中",
        "qrels/test.tsv:4: 应为“题号、条目号、相关度”三列",
    ]:
        assert any(message.startswith(expected) for message in found), expected
    with pytest.raises(InputError, match=r"queries\.jsonl:2: .*eval check"):
        load_benchmark(tmp_path)


@pytest.mark.parametrize(
    "topics",
    [
        "q1\t请假谁批\nq2\t工资\n",
        "<top>\n<num> Number: q1\n<title> 请假谁批\n</top>\n"
        "<top>\n<num>q2</num>\n<title>工资</title>\n</top>\n",
    ],
)
def test_trec_files(tmp_path: Path, topics: str) -> None:
    (tmp_path / "topics.txt").write_text(topics, encoding="utf-8")
    lines(tmp_path / "qrels.txt", "q1 0 d1 1", "q2 0 d3 2", "q2 0 d2 0")
    benchmark = load_benchmark(tmp_path)
    assert [(q.question_id, q.text) for q in benchmark.questions] == [
        ("q1", "请假谁批"),
        ("q2", "工资"),
    ]
    assert benchmark.judgements["q2"] == {"d3": 2, "d2": 0}


def test_answers_are_places_of_the_document(tmp_path: Path) -> None:
    benchmark = load_benchmark(clause_qa(tmp_path))
    gold = find_gold(benchmark, tmp_path)
    (answer,) = gold["c1"].spans
    assert NOTICE[answer.start : answer.end] == "局长"
    (days,) = gold["c2"].spans
    assert NOTICE[days.start - 2 : days.end] == "的，十日"
    assert "c3" not in gold


def test_two_ways_of_splitting_meet_the_same_judgement(tmp_path: Path) -> None:
    gold = find_gold(load_benchmark(clause_qa(tmp_path)), tmp_path)["c1"]
    article = Place("请假.txt", NOTICE.index("第二条"), NOTICE.index("第三条"))
    sentence = Place("请假.txt", NOTICE.index("请假三日以上"), NOTICE.index("第三条"))
    first = Place("请假.txt", NOTICE.index("第二条"), NOTICE.index("请假三日以上"))
    assert gold.shown_by(article)
    assert gold.shown_by(sentence)
    assert not gold.shown_by(first)
    assert not gold.shown_by(Place("别的.txt", article.start, article.end))


def test_a_clause_of_a_long_answer_shows_it() -> None:
    gold = Gold((Place("d", 0, 500),), (Place("d", 100, 400),))
    assert gold.shown_by(Place("d", 150, 200))
    assert gold.shown_by(Place("d", 60, 140))
    assert not gold.shown_by(Place("d", 50, 130))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"answers": ["科长"]}, "questions.jsonl:1: 答案“科长”不在所标条款中"),
        ({"marks": ["第一章", "第九条"]}, "中没有条款 第一章 第九条"),
        ({"document": "没有.txt"}, "questions.jsonl:1: 找不到文档"),
        ({"split": "test"}, "questions.jsonl:2: 文档 请假.txt 既在 dev 又在 test"),
        ({"kind": None, "answers": None}, "questions.jsonl:1: 不是完整的题目"),
        ({"answers": []}, "questions.jsonl:1: 有答案的题应写明 document 和 answers"),
        ({"text": "干满十年休几天"}, "questions.jsonl:2: 题目 c2 与第 1 行同文"),
    ],
)
def test_clause_questions_are_checked(
    tmp_path: Path, change: dict[str, object], expected: str
) -> None:
    clause_qa(tmp_path, **change)
    assert any(expected in message for message in messages(tmp_path)), messages(tmp_path)


def test_a_changed_document_is_noticed(tmp_path: Path) -> None:
    clause_qa(tmp_path)
    manifest = {"documents_folder": "documents", "documents": {"请假.txt": "0" * 64}}
    (tmp_path / "benchmark.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert any("校验和不符" in message for message in messages(tmp_path))


def test_reading_comprehension(tmp_path: Path) -> None:
    path = tmp_path / "reading.json"
    qas = [
        {"id": "1", "question": "谁批", "answers": [{"text": "处长", "answer_start": 3}]},
        {"id": "2", "question": "几天", "answers": [], "is_impossible": "true"},
        {"id": "3", "question": "批吗", "answers": [{"text": "批", "answer_start": 0}]},
    ]
    data = {"data": [{"paragraphs": [{"context": "请假由处长审批。", "qas": qas}]}]}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    benchmark = load_benchmark(path)
    assert benchmark.within
    assert [q.answerable for q in benchmark.questions] == [True, False, True]
    assert {q.document for q in benchmark.questions} == set(benchmark.texts)
    (finding,) = check_benchmark(path)
    assert "题目 3" in finding.message
    assert '"批吗"' in path.read_text().splitlines()[finding.line]


def test_no_benchmark(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="不是题集"):
        load_benchmark(tmp_path)
    with pytest.raises(InputError, match="找不到"):
        load_benchmark(tmp_path / "none")


def test_run_files(tmp_path: Path) -> None:
    path = tmp_path / "run.trec"
    lines(path, "q1 Q0 d2 2 0.5 x", "q1 Q0 d1 1 0.9 x", "q1 Q0 d0 3 0.5 x")
    assert [found.item for found in read_run(path, places=False)["q1"].found] == ["d1", "d2", "d0"]
    lines(path, "q1 Q0 d2 1 0.5 x", "q1 Q0 d2 two 0.5 x")
    with pytest.raises(InputError, match=r"run\.trec:2: .*六列"):
        read_run(path, places=False)
    lines(path, "q1 Q0 d2 1 0.5 x")
    with pytest.raises(InputError, match="文档名:起-止"):
        read_run(path, places=True)


def test_a_place_has_a_name_without_blanks() -> None:
    place = Place("某 办法 100%.txt", 3, 17)
    assert span_item(place) == "某%20办法%20100%25.txt:3-17"
    assert read_span(span_item(place)) == place


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is missing")
@pytest.mark.parametrize(
    ("path", "questions"),
    [("benchmarks/stard", 1234), ("benchmarks/ncpp", 763), ("reading/DRCD_dev.json", 3524)],
)
def test_the_shared_benchmarks_are_whole(path: str, questions: int) -> None:
    assert check_benchmark(DATA / path) == []
    assert len(load_benchmark(DATA / path).questions) == questions


def test_our_own_questions_are_whole() -> None:
    assert check_benchmark(ROOT / "eval/benchmarks/corpora") == []


def test_the_contrast_set_is_whole() -> None:
    path = ROOT / "eval/benchmarks/contrast"
    assert check_benchmark(path) == []
    questions = load_benchmark(path).questions
    firsts, seconds = questions[::2], questions[1::2]
    assert len(firsts) == 165
    assert all(
        q.pair == r.pair and q.document == r.document for q, r in zip(firsts, seconds, strict=True)
    )
    assert all(
        q.answerable and not set(q.answers) & set(r.answers)
        for q, r in zip(firsts, seconds, strict=True)
    )
    assert {q.part for q in questions} == {"test"}


@pytest.mark.parametrize("changes", [{"pair": "p1", "changed": "number"}, {"pair": "p1"}])
def test_a_pair_without_its_second_question(tmp_path: Path, changes: dict[str, str]) -> None:
    path = clause_qa(tmp_path, **changes)
    assert messages(path) == [
        "questions.jsonl:1: 成对题 p1 应恰有两题,同属一部分,changed 同为 number、period、body 之一"
    ]
