"""Pools of systems' results, judgements of them, and the qrels that come of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import cohen_kappa_score

from policyqa.cli import main
from policyqa.errors import InputError
from policyqa.evaluation.agreement import (
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    raw_agreement,
)
from policyqa.evaluation.judged import joined_grade
from policyqa.evaluation.load import check_benchmark
from policyqa.index import build_index
from policyqa.judgements import JudgementLog, Undone, judge_name, read_judgements
from policyqa.pool import PoolQuery, PoolText, read_pool, write_pool
from test_benchmarks import NOTICE, beir, clause_qa, lines


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def pool_of(folder: Path, *arguments: object) -> list[dict[str, Any]]:
    """The queries of a pool that the command wrote."""
    cache = str(folder.parent / "cache")
    given = [*map(str, arguments), "--to", str(folder), "--cache", cache]
    assert main(["eval", "pool", *given]) == 0
    return records(folder / "queries.jsonl")


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["eval", *map(str, arguments)]) == 1
    return capsys.readouterr().err


def test_runs_over_a_corpus_are_pooled_to_a_depth(tmp_path: Path) -> None:
    path = beir(tmp_path / "b")
    lines(tmp_path / "a.trec", "q1 Q0 d2 1 3.0 a", "q1 Q0 d1 2 2.0 a", "q1 Q0 d3 3 1.0 a")
    lines(tmp_path / "b.trec", "q1 Q0 d2 1 9.0 b", "q2 Q0 d3 1 8.0 b")
    runs = ["--run", tmp_path / "a.trec", "--run", tmp_path / "b.trec"]
    queries = pool_of(tmp_path / "pool", path, *runs, "--depth", 2)
    assert [(q["_id"], q["text"], sorted(q["items"])) for q in queries] == [
        ("q1", "请假谁批", ["d1", "d2"]),  # d3 is beyond the depth
        ("q2", "工资", ["d3"]),
    ]
    found = {
        (r["query"], r["item"]): r["found"] for r in records(tmp_path / "pool/provenance.jsonl")
    }
    assert found["q1", "d2"] == [
        {"system": "a", "rank": 1, "score": 3.0},
        {"system": "b", "rank": 1, "score": 9.0},
    ]
    assert found["q1", "d1"] == [{"system": "a", "rank": 2, "score": 2.0}]
    # Nothing that a judge reads tells which system found what.
    shown = (tmp_path / "pool/queries.jsonl").read_text() + (
        tmp_path / "pool/corpus.jsonl"
    ).read_text()
    assert "rank" not in shown
    assert "score" not in shown
    assert [r["_id"] for r in records(tmp_path / "pool/corpus.jsonl")] == ["d1", "d2", "d3"]


def test_a_corpus_without_judgements_can_be_pooled(tmp_path: Path) -> None:
    path = beir(tmp_path / "b")
    (path / "qrels" / "test.tsv").unlink()
    queries = pool_of(tmp_path / "pool", path, "--system", "bm25", "--depth", 1)
    assert [query["items"] for query in queries] == [["d1"], ["d3"]]


def test_the_order_is_shuffled_by_seed_and_query(tmp_path: Path) -> None:
    path = tmp_path / "b"
    lines(
        path / "corpus.jsonl", *({"_id": f"d{n:02}", "title": "", "text": "甲"} for n in range(20))
    )
    lines(path / "queries.jsonl", {"_id": "q1", "text": "甲"}, {"_id": "q2", "text": "乙"})
    ranked = [f"{q} Q0 d{n:02} {n + 1} {20 - n}.0 a" for q in ("q1", "q2") for n in range(20)]
    lines(tmp_path / "a.trec", *ranked)
    given = [path, "--run", tmp_path / "a.trec", "--depth", 20]
    one, same, other = (
        [query["items"] for query in pool_of(tmp_path / name, *given, "--seed", seed)]
        for name, seed in (("one", 1), ("same", 1), ("other", 2))
    )
    assert one == same
    assert one != other
    assert one[0] != one[1]
    assert sorted(one[0]) == [f"d{n:02}" for n in range(20)] != one[0]


def test_places_of_documents_are_pooled_with_their_words(tmp_path: Path) -> None:
    path = clause_qa(tmp_path / "b")
    start = NOTICE.index("请假三日以上")
    lines(tmp_path / "a.trec", f"c1 Q0 请假.txt:{start}-{start + 15} 1 1.0 a")
    queries = pool_of(
        tmp_path / "pool", path, "--system", "bm25", "--run", tmp_path / "a.trec", "--depth", 1
    )
    assert [query["_id"] for query in queries] == ["c1", "c2", "c3"]
    texts = {record["_id"]: record for record in records(tmp_path / "pool/corpus.jsonl")}
    items = [texts[item] for item in queries[0]["items"]]
    assert sorted(item["text"].strip()[:7] for item in items) == ["第三条 每年的", "请假三日以上的"]
    assert {item["title"] for item in items} == {"请假管理办法", "请假管理办法 第一章 总则"}


def test_queries_over_an_index_take_runs_of_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "请假.txt").write_text(NOTICE, encoding="utf-8")
    index = str(tmp_path / "index")
    build_index([tmp_path / "d"], index)
    lines(tmp_path / "q.jsonl", {"_id": "x", "text": "请假三日以内由谁审批"})
    batch = ["--batch", str(tmp_path / "q.jsonl"), "--trec", "-k", "1", "--index", index]
    assert main(["search", *batch]) == 0
    (tmp_path / "s.trec").write_text(capsys.readouterr().out, encoding="utf-8")
    given = [tmp_path / "q.jsonl", "--index", index, "--run", tmp_path / "s.trec"]
    (query,) = pool_of(tmp_path / "pool", *given, "--system", "bm25", "--depth", 1)
    (item,) = query["items"]  # both found the same clause, which is one item
    assert item.startswith("请假.txt:")
    (found,) = records(tmp_path / "pool/provenance.jsonl")
    assert [row["system"] for row in found["found"]] == ["s", "bm25"]
    assert "须用 --index" in refused(
        capsys, "pool", tmp_path / "q.jsonl", "--system", "bm25", "--to", tmp_path / "p"
    )


def test_what_cannot_be_pooled_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = beir(tmp_path / "b")
    to = ("--to", tmp_path / "pool")
    lines(tmp_path / "a.trec", "q1 Q0 d9 1 3.0 a")
    run = ("--run", tmp_path / "a.trec")
    assert "条目 d9 不在" in refused(capsys, "pool", path, *run, *to)
    assert "--run 或 --system" in refused(capsys, "pool", path, *to)
    assert "都叫“a”" in refused(capsys, "pool", path, *run, *run, *to)
    lines(tmp_path / "a.trec", "q7 Q0 d1 1 3.0 a")
    assert "没有结果" in refused(capsys, "pool", path, *run, *to)
    assert not (tmp_path / "pool").exists()
    assert "已存在且不为空" in refused(capsys, "pool", path, "--system", "bm25", "--to", tmp_path)


# Judgements


def small_pool(folder: Path) -> Path:
    texts = [PoolText(f"d{number}", "某条例", f"第{number}条 内容") for number in range(1, 5)]
    queries = [PoolQuery("q1", "甲问题", ("d2", "d1")), PoolQuery("q2", "乙问题", ("d3", "d4"))]
    write_pool(folder, {"name": "小题集"}, queries, texts, [])
    return folder


def judge(folder: Path, name: str, grades: str) -> None:
    """Judge d2, d1 of q1, then d3, d4 of q2; `-` leaves one out."""
    log = JudgementLog(read_pool(folder), name)
    for key, grade in zip(
        [("q1", "d2"), ("q1", "d1"), ("q2", "d3"), ("q2", "d4")], grades, strict=False
    ):
        if grade != "-":
            log.add(*key, int(grade))


def test_judgements_are_kept_replaced_and_taken_back(tmp_path: Path) -> None:
    pool = read_pool(small_pool(tmp_path / "p"))
    log = JudgementLog(pool, "张三")
    log.add("q1", "d2", 2)
    log.add("q1", "d1", 0)
    log.add("q1", "d2", 1)
    assert log.grades() == {("q1", "d2"): 1, ("q1", "d1"): 0}
    again = JudgementLog(pool, " 张三 ")  # another process, later
    assert again.undo() == Undone("q1", "d2", 2)
    assert again.undo() == Undone("q1", "d1", None)
    assert again.grades() == {("q1", "d2"): 2}
    log.add("q2", "d3", 0)
    assert [log.undo(), log.undo(), log.undo()] == [
        Undone("q2", "d3", None),
        Undone("q1", "d2", None),
        None,
    ]
    assert read_judgements(pool) == {}
    assert (tmp_path / "p/judgements/张三.jsonl").read_text().count("\n") == 8


def test_a_line_cut_short_by_a_kill_is_dropped(tmp_path: Path) -> None:
    pool = read_pool(small_pool(tmp_path / "p"))
    log = JudgementLog(pool, "张三")
    log.add("q1", "d2", 2)
    file = tmp_path / "p/judgements/张三.jsonl"
    with file.open("a", encoding="utf-8") as stream:
        stream.write('{"judge": "张三", "query": "q1", "it')
    assert log.grades() == {("q1", "d2"): 2}
    log.add("q1", "d1", 1)
    assert log.grades() == {("q1", "d2"): 2, ("q1", "d1"): 1}
    assert [record["item"] for record in records(file)] == ["d2", "d1"]


def test_a_judgement_survives_the_end_of_the_process(tmp_path: Path) -> None:
    small_pool(tmp_path / "p")
    program = (
        "import os, sys; from pathlib import Path; from policyqa.pool import read_pool\n"
        "from policyqa.judgements import JudgementLog\n"
        "log = JudgementLog(read_pool(Path(sys.argv[1])), '张三')\n"
        "log.add('q1', 'd2', 2); os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path / "p")], env=os.environ)
    assert ended.returncode == -9
    assert read_judgements(read_pool(tmp_path / "p")) == {"张三": {("q1", "d2"): 2}}


def test_damage_is_named_not_passed_over(tmp_path: Path) -> None:
    pool = read_pool(small_pool(tmp_path / "p"))
    judge(tmp_path / "p", "张三", "2")
    file = tmp_path / "p/judgements/张三.jsonl"
    whole = file.read_text(encoding="utf-8")
    for broken in ("{}\n", whole.replace("d2", "d9"), whole.replace("2,", "7,")):
        file.write_text(whole + broken, encoding="utf-8")
        with pytest.raises(InputError, match=r"张三\.jsonl:2: "):
            read_judgements(pool)
    with pytest.raises(InputError, match="没有这道题的这一条"):
        JudgementLog(pool, "李四").add("q1", "d3", 2)
    with pytest.raises(InputError, match="之一"):
        JudgementLog(pool, "李四").add("q1", "d2", 3)
    (tmp_path / "p/corpus.jsonl").write_text("")
    with pytest.raises(InputError, match=r"corpus\.jsonl: 缺少待评条目 d1"):
        read_pool(tmp_path / "p")
    with pytest.raises(InputError, match="不是待评文件夹"):
        read_pool(tmp_path)


@pytest.mark.parametrize("name", ["", "  ", "../张三", "张/三", "a.b", "长" * 41, "张 三", "a\0"])
def test_names_that_no_file_can_have(name: str) -> None:
    with pytest.raises(InputError, match="名字"):
        judge_name(name)


# Qrels and agreement


@pytest.mark.parametrize(
    ("votes", "majority", "mean"),
    [
        ([2], 2, 2),
        ([2, 2, 0], 2, 1),  # mean 4/3
        ([2, 1], 1, 1),  # a tie: 1.5, a half down
        ([1, 0], 0, 0),
        ([2, 0], 1, 1),
        ([0, 1, 2], 1, 1),
        ([2, 2, 0, 0], 1, 1),
        ([2, 2, 1, 0, 0], 1, 1),
        ([0, 0, 2, 2, 2], 2, 1),  # mean 6/5
    ],
)
def test_the_grade_of_several_judges(votes: list[int], majority: int, mean: int) -> None:
    assert joined_grade(votes, "majority") == majority
    assert joined_grade(votes, "mean") == mean


def test_two_judges_agree_as_sklearn_says() -> None:
    one = [2, 2, 1, 0, 0, 0, 2, 1, 1, 0]
    other = [2, 1, 1, 0, 0, 1, 2, 2, 1, 0]
    assert cohen_kappa(one, other) == pytest.approx(cohen_kappa_score(one, other))
    assert cohen_kappa(one, other, linear=True) == pytest.approx(
        cohen_kappa_score(one, other, weights="linear")
    )
    assert raw_agreement(list(zip(one, other, strict=True))) == pytest.approx(7 / 10)
    assert cohen_kappa([1, 1], [1, 1]) is None
    assert cohen_kappa([], []) is None


def test_fleiss_own_example() -> None:
    """The table that Wikipedia's article works through: 14 judges, 10 texts, kappa 0.210."""
    table = [
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    ]  # fmt: skip
    units = [[grade for grade, count in enumerate(row) for _ in range(count)] for row in table]
    assert fleiss_kappa(units) == pytest.approx(0.210, abs=0.0005)


def test_krippendorff_own_example() -> None:
    """Krippendorff 2011, section C: four judges, 12 texts, some left out."""
    judges = [
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    ]
    columns = zip(*(row.split() for row in judges), strict=True)
    units = [[int(value) for value in column if value != "."] for column in columns]
    assert krippendorff_alpha(units, ordinal=False) == pytest.approx(0.743, abs=0.0005)
    assert krippendorff_alpha(units) == pytest.approx(0.815, abs=0.0005)
    assert krippendorff_alpha([[1], [2]]) is None


def test_judged_the_pool_is_a_benchmark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = small_pool(tmp_path / "p")
    judge(folder, "张三", "201")
    judge(folder, "李四", "210")
    qrels, disputed = folder / "qrels" / "test.tsv", tmp_path / "disputed.jsonl"
    arguments = ["eval", "judgements", str(folder), "--to", str(qrels)]
    assert main([*arguments, "--disputed", str(disputed)]) == 0
    shown = capsys.readouterr().out
    assert "张三 3 条、李四 3 条" in shown
    assert "共 3 条有评判(相关 1,部分相关 0,不相关 2),1 条无人评判" in shown
    assert "0.333  逐对一致率" in shown
    assert "评判不一的 2 条:\n  [张三 0、李四 1 → 0] 甲问题  第1条 内容" in shown
    assert qrels.read_text(encoding="utf-8").splitlines() == [
        "query-id\tcorpus-id\tscore",
        "q1\td2\t2",
        "q1\td1\t0",
        "q2\td3\t0",
    ]
    assert [row["item"] for row in records(disputed)] == ["d1", "d3"]
    assert check_benchmark(folder) == []
    run = ["eval", "run", str(folder), "--system", "bm25", "--out", str(tmp_path / "out")]
    assert main([*run, "--cache", str(tmp_path / "cache")]) == 0
    assert "1 题" in capsys.readouterr().out  # q2 has nothing relevant


def test_three_judges_and_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = small_pool(tmp_path / "p")
    to = ["--to", str(tmp_path / "q.tsv"), "--json"]
    assert "还没有评判" in refused(capsys, "judgements", folder, *to)
    for name, grades in {"甲": "2100", "乙": "2110", "丙": "22-0"}.items():
        judge(folder, name, grades)
    assert main(["eval", "judgements", str(folder), "--rule", "mean", *to]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["judges"] == {"丙": 3, "乙": 4, "甲": 4}
    assert record["agreement"]["judged_by_all"] == 3
    # Pairs that agree: 3 + 1 + 3 of the 9 where all judged; 0 of 1 on d3.
    assert record["agreement"]["raw"] == pytest.approx(7 / 10)
    # Grades 2: 4, 1: 2, 0: 3 of 9.
    chance = (4 / 9) ** 2 + (2 / 9) ** 2 + (3 / 9) ** 2
    assert record["agreement"]["fleiss_kappa"] == pytest.approx((7 / 9 - chance) / (1 - chance))
    assert [(row["item"], row["grade"]) for row in record["disputed"]] == [("d1", 1), ("d3", 0)]
