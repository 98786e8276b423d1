"""The command line as users and other programs call it: output, errors, exit status."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from policyqa.cli import main
from policyqa.settings import HELP, Settings

QUESTION = "区委常委会每年听取几次汇报"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], corpora_folder: Path) -> Any:
    """Runs a command on the demo index: (exit status, standard output, standard error)."""

    def call(*arguments: str, index: bool = True) -> tuple[int, str, str]:
        options = ["--index", str(corpora_folder)] if index else []
        status = main([*arguments, *options])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return call


def test_ask_prints_the_answer_and_where_it_stands(run: Any) -> None:
    status, out, _ = run("ask", QUESTION)
    assert status == 0
    assert out.startswith("答: 1-2次")
    assert "政协党建工作要点" in out
    assert "19." in out


def test_ask_prints_the_contract_as_json(run: Any) -> None:
    status, out, _ = run("ask", QUESTION, "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["answered"] is True
    assert answer["answer"] == "1-2次"
    clause = next(hit for hit in answer["clauses"] if hit["clause_id"] == answer["clause_id"])
    assert clause["text"][slice(*answer["span"])] == "1-2次"
    assert clause["marks"] == ["五、", "19."]


def test_an_unanswered_question_is_no_failure(run: Any) -> None:
    status, out, _ = run("ask", "党费缴纳比例是多少")
    assert status == 0
    assert out.startswith("文件中没有说明")


def test_search_ranks_by_each_method_and_prints_a_trec_run(run: Any) -> None:
    for method in ("hybrid", "dense", "bm25"):
        _, out, _ = run("search", "听取政协党组工作汇报", "-k", "3", "--method", method, "--json")
        hits = json.loads(out)["hits"]
        assert [hit["rank"] for hit in hits] == [1, 2, 3]
        if method != "dense":  # the passage speaks of many things; the words decide
            assert "19." in hits[0]["marks"], method
    _, out, _ = run("search", "听取汇报", "-k", "2", "--trec")
    lines = [line.split() for line in out.splitlines()]
    assert [line[:2] + line[3:4] + line[5:] for line in lines] == [
        ["q1", "Q0", "1", "policyqa"],
        ["q1", "Q0", "2", "policyqa"],
    ]
    assert float(lines[0][4]) >= float(lines[1][4])


def test_a_quick_search_finds_the_same_clauses_without_the_second_order(run: Any) -> None:
    question = ("search", "区委常委会每年听取几次汇报", "-k", "30", "--json")
    full, quick = (json.loads(run(*question, *more)[1])["hits"] for more in ((), ("--quick",)))
    assert full[0]["marks"] == quick[0]["marks"] == ["五、", "19."]
    assert {hit["clause_id"] for hit in full} == {hit["clause_id"] for hit in quick}
    assert full[0]["score"] > quick[0]["score"]  # what the reader adds
    for hits in (full, quick):
        scores = [hit["score"] for hit in hits]
        assert scores == sorted(scores, reverse=True)


def test_filters_narrow_the_search(run: Any) -> None:
    _, out, _ = run("search", "工作", "--document", "档案管理", "--json")
    titles = {hit["document_title"] for hit in json.loads(out)["hits"]}
    assert titles
    assert all("档案管理" in title for title in titles)


def test_precedents_of_a_draft_from_a_file(run: Any, tmp_path: Path) -> None:
    draft = tmp_path / "草稿.txt"
    draft.write_text("常委会每年至少听取一次政协党组的工作汇报。", encoding="utf-8")
    status, out, _ = run("precedents", "--file", str(draft), "-k", "3", "--json")
    assert status == 0
    assert "19." in json.loads(out)["hits"][0]["marks"]


def test_a_batch_answers_in_order_and_a_bad_text_spoils_no_other(run: Any, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    texts = ["每名党员委员联系几名党外委员", "", QUESTION]
    questions.write_text(
        "".join(
            json.dumps({"_id": f"q{n}", "text": text}, ensure_ascii=False) + "\n"
            for n, text in enumerate(texts)
        ),
        encoding="utf-8",
    )
    status, out, err = run("ask", "--batch", str(questions))
    records = [json.loads(line) for line in out.splitlines()]
    assert [record["_id"] for record in records] == ["q0", "q1", "q2"]
    assert [record.get("answer") for record in records] == ["1-3名", None, "1-2次"]
    assert records[1]["error"]["code"] == "invalid_input"
    assert status == 1
    assert "1 行未能处理" in err


@pytest.mark.parametrize("line", [b"{", b'["q1", "x"]', b'{"text": "x"}', b'{"_id": "\xff\xfe"}'])
def test_a_bad_batch_line_is_named(run: Any, tmp_path: Path, line: bytes) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_bytes(b'{"_id": "q1", "text": "\xe6\xb1\x87\xe6\x8a\xa5"}\n' + line + b"\n")
    status, out, err = run("search", "--batch", str(questions))
    assert status == 1
    assert len(out.splitlines()) == 1
    assert "questions.jsonl 第 2 行" in err


def test_a_batch_from_standard_input(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given = io.TextIOWrapper(io.BytesIO(json.dumps({"_id": 7, "text": QUESTION}).encode()))
    monkeypatch.setattr(sys, "stdin", given)
    _, out, _ = run("ask", "--batch", "-")
    assert json.loads(out)["_id"] == "7"


def test_index_reports_every_change_and_each_file_it_could_not_read(
    run: Any, tmp_path: Path
) -> None:
    folder, index = tmp_path / "文件", tmp_path / "index"
    folder.mkdir()
    (folder / "甲办法.txt").write_text("甲办法\n第一条 每年检查2次。\n", encoding="utf-8")
    (folder / "乙办法.txt").write_text("乙办法\n第一条 每月检查3次。\n", encoding="utf-8")
    (folder / "空.txt").write_text("", encoding="utf-8")
    arguments = ("index", str(folder), "--index", str(index))
    status, out, err = run(*arguments, index=False)
    assert status == 0
    assert out.startswith("新增 2,更新 0,移除 0,未变 0,未读入 1;")
    assert "空.txt" in err
    assert "Traceback" not in err
    (folder / "甲办法.txt").write_text("甲办法\n第一条 每年检查4次。\n", encoding="utf-8")
    (folder / "乙办法.txt").unlink()
    _, out, _ = run(*arguments, "--json", index=False)
    report = json.loads(out)
    assert (report["added"], report["changed"], report["removed"]) == (0, 1, 1)
    assert [Path(path).name for path, _ in report["failed"]] == ["空.txt"]
    _, out, _ = run("ask", "每年检查几次", "--index", str(index), "--json", index=False)
    assert json.loads(out)["answer"] == "4次"


def test_files_with_the_same_content_are_one_document(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "文件"
    folder.mkdir()
    for name in ("甲办法.txt", "甲办法(1).txt"):
        (folder / name).write_text("甲办法\n第一条 每年检查2次。\n", encoding="utf-8")
    _, out, _ = run("index", str(folder), "--index", str(tmp_path / "index"), index=False)
    assert out.startswith("新增 2,")
    assert out.endswith("现有 1 个文档、1 个条款,1 个文件与其他文件内容相同\n")


def test_split_prints_the_tree_and_touches_no_index(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "办法.txt"
    file.write_text("某某办法\n第一条 总则。\n第二条 下列情形：\n（一）甲；\n", encoding="utf-8")
    status, out, _ = run("split", str(file), index=False)
    assert status == 0
    assert [mark for mark in ("第一条", "第二条", "（一）") if mark not in out] == []
    _, out, _ = run("split", str(file), "--json", index=False)
    assert [clause["marks"] for clause in json.loads(out)["clauses"]] == [
        ["第一条"],
        ["第二条"],
        ["第二条", "（一）"],
    ]


def test_status_and_verify(run: Any) -> None:
    _, out, _ = run("status", "--json")
    assert json.loads(out)["documents"] == 14
    status, out, _ = run("verify")
    assert (status, out) == (0, "索引完整\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ask", "问题", "--index", "/nowhere"), "/nowhere"),
        (("status", "--index", "/nowhere"), "/nowhere"),
        (("split", "/nowhere.txt"), "nowhere.txt"),
        (("index", "/nowhere"), "/nowhere"),
        (("search", "--batch", "/nowhere.jsonl"), "/nowhere.jsonl"),
        (("ask", "问题", "--model", "/no/model"), "/no/model"),
        (("ask",), "QUESTION"),
        (("ask", "   "), "请输入"),
        (("search", "工作", "--from", "去年"), "去年"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line_and_status_1(
    run: Any, arguments: tuple[str, ...], told: str
) -> None:
    has_index = "--index" in arguments or arguments[0] == "split"
    status, out, err = run(*arguments, index=not has_index)
    assert status == 1
    assert out == ""
    assert err.startswith("policyqa: ")
    assert told in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("unknown",), ("search", "x", "-k", "0"), ("index",)])
def test_wrong_usage_is_status_2(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    monkeypatch.setenv("POLICYQA_MAX_K", "many")
    status, _, err = run("status")
    assert status == 1
    assert "POLICYQA_MAX_K" in err


def test_every_setting_has_a_meaning() -> None:
    assert set(HELP) == set(Settings.__dataclass_fields__)


def test_a_file_above_the_limit_is_refused(
    monkeypatch: pytest.MonkeyPatch, run: Any, tmp_path: Path
) -> None:
    monkeypatch.setenv("POLICYQA_MAX_FILE_MB", "1")
    file = tmp_path / "大.txt"
    file.write_text("某某办法\n第一条 总则。\n" + "条文。" * 200_000, encoding="utf-8")
    status, _, err = run("split", str(file), index=False)
    assert status == 1
    assert "1 MB" in err or "1MB" in err
    _, out, err = run("index", str(tmp_path), "--index", str(tmp_path / "index"), index=False)
    assert "未读入 1" in out


def test_the_installed_command_survives_a_closed_pipe(corpora_folder: Path) -> None:
    command = Path(sys.executable).parent / "policyqa"
    if not command.exists():
        pytest.skip("policyqa is not installed as a command here")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    process = subprocess.Popen(
        [str(command), "search", "工作", "-k", "100", "--json", "--index", str(corpora_folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait()
