"""Systems run on a benchmark: results, scores, comparison, report, and the commands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from browser import launched, served
from policyqa.cli import main
from policyqa.errors import InputError
from policyqa.evaluation.compare import compare
from policyqa.evaluation.gold import Gold, Place
from policyqa.evaluation.load import load_benchmark
from policyqa.evaluation.results import Found, Given, Result
from policyqa.evaluation.run import run_benchmark
from policyqa.evaluation.scores import score_results
from policyqa.evaluation.systems import Spec, parse_specs
from policyqa.index import build_index, open_index
from policyqa.settings import Settings
from policyqa.web import create_app
from test_benchmarks import beir, clause_qa, lines


def run(path: Path, out: Path, *systems: str, **options: Any) -> list[dict[str, Any]]:
    specs = parse_specs(systems)
    cache = out.parent / "cache"
    benchmark = load_benchmark(path)
    return run_benchmark(benchmark, specs, out, cache, progress=False, separate=False, **options)


def test_own_methods_on_a_corpus(tmp_path: Path) -> None:
    records = run(beir(tmp_path / "b"), tmp_path / "out", "bm25", "dense", "hybrid:dense=2")
    bm25, dense, hybrid = records
    assert bm25["scores"]["measures"]["nDCG@10"] == 1.0
    assert dense["scores"]["measures"]["R@5"] == 1.0
    assert hybrid["system"]["fusion"] == {"dense": 2.0, "bm25": 1.0}
    assert dense["system"]["model"] == "encoder-small-zh"
    assert "model" not in bm25["system"]
    first = (tmp_path / "out" / "bm25" / "run.trec").read_text().splitlines()[0].split()
    assert first[:4] == ["q1", "Q0", "d1", "1"]


def test_a_second_run_gives_the_same_record_but_for_times(tmp_path: Path) -> None:
    path = clause_qa(tmp_path / "b")
    systems = ("hybrid", "hybrid:quick=1,label=quick", "bm25")
    one, other = (run(path, tmp_path / name, *systems) for name in ("one", "other"))
    for record in (*one, *other):
        assert record.pop("times")["p50_ms"] > 0
    assert one == other
    assert (tmp_path / "one/hybrid/results.jsonl").read_bytes() == (
        tmp_path / "other/hybrid/results.jsonl"
    ).read_bytes()


def test_clauses_and_answers_of_documents(tmp_path: Path) -> None:
    hybrid, bm25 = run(clause_qa(tmp_path / "b"), tmp_path / "out", "hybrid", "bm25")
    measures = hybrid["scores"]["measures"]
    assert (measures["questions"], measures["unanswerable"]) == (3, 1)
    assert measures["R@5"] == 1.0
    assert measures["document@1"] == 1.0
    assert set(hybrid["scores"]["by_kind"]) == {"body", "count"}
    # Only the hybrid ranking is answered from.
    assert "F1" in measures
    assert "F1" not in bm25["scores"]["measures"]


def test_encoded_corpora_are_kept_by_content_and_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = beir(tmp_path / "b")
    run(path, tmp_path / "out", "dense")
    kept = sorted((tmp_path / "cache").rglob("*.npy"))
    times = [file.stat().st_mtime_ns for file in kept]
    run(path, tmp_path / "out", "dense")
    assert sorted((tmp_path / "cache").rglob("*.npy")) == kept
    assert [file.stat().st_mtime_ns for file in kept] == times
    corpus = (path / "corpus.jsonl").read_text().replace("加班", "值班")
    (path / "corpus.jsonl").write_text(corpus)
    run(path, tmp_path / "out", "dense")
    assert len(list((tmp_path / "cache").rglob("*.npy"))) == len(kept) + 1


def test_an_interrupted_run_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from policyqa.evaluation.corpus_system import CorpusSystem

    path, asked = beir(tmp_path / "b"), []
    ask = CorpusSystem.ask

    def interrupted(self: CorpusSystem, question: Any) -> Result:
        if len(asked) == 1:
            raise KeyboardInterrupt
        asked.append(question.question_id)
        return ask(self, question)

    monkeypatch.setattr(CorpusSystem, "ask", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(path, tmp_path / "out", "bm25")

    def counted(self: CorpusSystem, question: Any) -> Result:
        asked.append(question.question_id)
        return ask(self, question)

    monkeypatch.setattr(CorpusSystem, "ask", counted)
    (resumed,) = run(path, tmp_path / "out", "bm25")
    assert asked == ["q1", "q2"]
    (whole,) = run(path, tmp_path / "out", "bm25")
    assert asked == ["q1", "q2", "q1", "q2"]
    assert resumed["scores"] == whole["scores"]


def test_a_limit_is_named(tmp_path: Path) -> None:
    (record,) = run(beir(tmp_path / "b"), tmp_path / "out", "bm25", limit=1)
    assert record["benchmark"]["limit"] == 1
    assert (record["benchmark"]["questions"], record["benchmark"]["of_questions"]) == (1, 2)


def test_an_external_run_and_a_question_that_it_lacks(tmp_path: Path) -> None:
    path = beir(tmp_path / "b")
    lines(tmp_path / "other.trec", "q1 Q0 d2 1 2.0 t", "q1 Q0 d1 2 1.0 t")
    (record,) = run(path, tmp_path / "out", f"run:path={tmp_path / 'other.trec'},label=other")
    # q1 at rank 2, q2 missing.
    assert record["scores"]["measures"]["RR@10"] == pytest.approx((1 / 2 + 0) / 2)
    assert record["scores"]["measures"]["Success@1"] == 0.0
    assert [row["_id"] for row in record["scores"]["questions"]] == ["q1", "q2"]


def test_our_run_files_score_the_same_when_read_back(tmp_path: Path) -> None:
    path = clause_qa(tmp_path / "b")
    (ours,) = run(path, tmp_path / "out", "bm25")
    file = tmp_path / "out" / "bm25" / "run.trec"
    (back,) = run(path, tmp_path / "out", f"run:path={file},label=back")
    assert ours["scores"]["measures"] == back["scores"]["measures"]


def test_a_service_scores_as_the_index_behind_it(tmp_path: Path) -> None:
    path = clause_qa(tmp_path / "b")
    folder = tmp_path / "index"
    build_index([path / "documents"], folder)
    with served(create_app(open_index(folder), Settings())) as address:
        local, remote = run(
            path, tmp_path / "out", f"hybrid:index={folder}", f"http:url={address},label=service"
        )
    assert local["scores"]["measures"].keys() == remote["scores"]["measures"].keys()
    for name in ("EM", "F1", "cited", "right", "Success@1", "answered", "refused"):
        assert local["scores"]["measures"][name] == remote["scores"]["measures"][name], name


def test_a_service_that_cannot_be_reached(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="无法使用服务"):
        run(clause_qa(tmp_path / "b"), tmp_path / "out", "http:url=http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("system", "message"),
    [
        ("splade", "没有名为“splade”的系统"),
        ("bm25:k=3", "k=3.*不能用"),
        ("hybrid:dense=-1", "不能为负"),
        ("hybrid:dense=0,bm25=0", "都是 0"),
        ("hybrid:dense=nan", "数字"),
        ("hybrid:dense=viel", "权重应为数字"),
        ("run", "应写明 path"),
        ("http", "应写明 url"),
    ],
)
def test_a_system_that_is_none(system: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_specs([system])


def test_systems_need_names_of_their_own() -> None:
    with pytest.raises(InputError, match="label"):
        parse_specs(["bm25", "bm25"])
    spec = Spec.parse("dense:model=/models/a,b,label=甲")
    assert (spec.label, spec.option("model")) == ("甲", "/models/a,b")


def test_what_an_answer_is_worth(tmp_path: Path) -> None:
    """Right, from another clause, refused, and an answer where there is none."""
    benchmark = load_benchmark(clause_qa(tmp_path))
    home = Place("请假.txt", 10, 60)
    gold = {key: Gold((home,), (Place("请假.txt", 20, 22),)) for key in ("c1", "c2")}
    elsewhere = Place("请假.txt", 70, 72)

    def scores(**given: Given) -> dict[str, Any]:
        found = (Found("x", 1.0, home),)
        results = {key: Result(key, found, one) for key, one in given.items()}
        measures: dict[str, Any] = score_results(benchmark, gold, results)["measures"]
        return measures

    refusal = Given(None, 0.1)
    right = scores(c1=Given("局长", 0.9, Place("请假.txt", 20, 22)), c2=refusal, c3=refusal)
    assert (right["EM"], right["F1"], right["right"]) == (1 / 2, 1 / 2, 1 / 2)
    assert (right["answered"], right["refused"], right["precision"]) == (1 / 2, 1.0, 1.0)
    assert right["ECE"] == pytest.approx(0.1)
    wrong = scores(c1=Given("局长", 0.9, elsewhere), c2=refusal, c3=Given("五日", 0.3, home))
    assert (wrong["F1"], wrong["cited"], wrong["right"]) == (1 / 2, 0.0, 0.0)
    assert (wrong["refused"], wrong["precision"]) == (0.0, 0.0)
    assert wrong["wrong_confident"] == pytest.approx(1 / 3)
    assert wrong["AURC"] == 1.0
    missing = scores(c1=Given("局长", 0.9, home))
    assert missing["Success@1"] == 1 / 2
    assert missing["answered"] == 1 / 2


def test_a_pair_counts_when_both_of_its_questions_are_right(tmp_path: Path) -> None:
    """c1 is answered by 局长, c3 by nothing; c2 stands alone."""
    path = clause_qa(tmp_path, pair="p1", changed="number")
    rows = [json.loads(line) for line in (path / "questions.jsonl").read_text("utf-8").splitlines()]
    rows[2] |= {"pair": "p1", "changed": "number"}
    lines(path / "questions.jsonl", *rows)
    benchmark = load_benchmark(path)
    home = Place("请假.txt", 10, 60)
    gold = {key: Gold((home,), (Place("请假.txt", 20, 22),)) for key in ("c1", "c2")}
    right, refusal = Given("局长", 0.9, Place("请假.txt", 20, 22)), Given(None, 0.1)

    def scores(**given: Given) -> dict[str, Any]:
        found = (Found("x", 1.0, home),)
        results = {key: Result(key, found, one) for key, one in given.items()}
        return score_results(benchmark, gold, results)

    both = scores(c1=right, c2=refusal, c3=refusal)
    assert both["measures"]["pairs_right"] == 1.0
    assert both["by_changed"]["number"]["pairs_right"] == 1.0
    assert "pairs_right" not in both["by_kind"]["body"]
    assert scores(c1=right, c2=right, c3=right)["measures"]["pairs_right"] == 0.0
    assert scores(c1=refusal, c2=right, c3=refusal)["measures"]["pairs_right"] == 0.0


def test_comparison(tmp_path: Path) -> None:
    path = beir(tmp_path / "b")
    lines(tmp_path / "bad.trec", "q1 Q0 d2 1 2.0 t", "q1 Q0 d1 2 1.0 t", "q2 Q0 d3 1 1.0 t")
    records = run(path, tmp_path / "out", f"run:path={tmp_path / 'bad.trec'},label=bad", "bm25")
    (row,) = compare(records, "RR@10")
    assert (row.a, row.b, row.wins, row.losses, row.ties) == ("bad", "bm25", 1, 0, 1)
    assert row.difference == pytest.approx((1 / 2 + 0) / 2)
    assert row.changed == (("q1", 0.5, 1.0),)
    assert row.low <= row.difference <= row.high
    with pytest.raises(InputError, match="不同的题集"):
        compare([records[0], *run(clause_qa(tmp_path / "c"), tmp_path / "o2", "bm25")], "RR@10")


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = str(clause_qa(tmp_path / "b")), str(tmp_path / "out")
    assert main(["eval", "check", path]) == 0
    cache = ["--cache", str(tmp_path / "cache")]
    systems = ["--system", "bm25", "--system", "hybrid"]
    assert main(["eval", "run", path, *systems, "--out", out, *cache, "--limit", "2"]) == 0
    text = capsys.readouterr().out
    assert "只评测了前 2 题(共 3 题)" in text
    assert "首位正确率 (Success@1)" in text
    assert main(["eval", "compare", out, "--measure", "R@10", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["a"], row["b"], row["questions"]) == ("bm25", "hybrid", 2)
    index = str(tmp_path / "index")
    build_index([f"{path}/documents"], index)
    assert main(["eval", path, "--index", index, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["scores"]["measures"]["questions"] == 3
    assert main(["eval", "compare", str(tmp_path)]) == 1
    assert "没有评测结果" in capsys.readouterr().err


def test_the_report_stands_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["eval", "run", str(clause_qa(tmp_path / "b")), "--system", "bm25"]
    arguments += ["--system", "hybrid:label=<b>混合</b>", "--out", str(out)]
    assert main([*arguments, "--cache", str(tmp_path / "cache")]) == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<b>混合" not in page
    assert not re.search(r"""(src|href)=|url\(|@import""", page)
    record = json.loads((out / "report.json").read_text(encoding="utf-8"))
    labels = [system["system"]["label"] for system in record["systems"]]
    assert labels == ["bm25", "<b>混合</b>"]
    assert "p50_ms" in record["times"][0]
    with launched() as browser:
        shown = browser.new_page()
        problems: list[str] = []
        shown.on("console", lambda message: problems.append(message.text))
        shown.goto((out / "report.html").as_uri())
        assert shown.title() == "评测报告 b"
        assert shown.locator("figure svg").count() == 2
        assert "nDCG@10" in shown.locator("table").first.inner_text()
        shown.set_viewport_size({"width": 700, "height": 900})
        assert shown.evaluate("document.documentElement.scrollWidth") <= 700
        assert problems == []
