"""The comparison with other tools: their runs, the smaller corpus, the table, the command."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

import adapters
import compare
import our_runs
from chunks import windows
from material import Asked, Chunk, Material, Text
from our_runs import our_rows, run_ours
from peer_runs import PeerRun, run_peer
from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Benchmark, Entry, Question
from policyqa.evaluation.systems import parse_specs
from pool import pooled
from rows import Cost, Row, table
from run_peer import run

NOTICE = Text("通知 1.txt", "甲乙丙丁。戊己庚辛。\n壬癸子丑。")
MATERIAL = Material((NOTICE,), (Asked("q1", "戊己"), Asked("q2", "无")), documents=True)


class LastFirst(adapters.Adapter):
    """Ranks the last chunk first, then the first."""

    packages = ("pytest",)

    def split(self, text: Text) -> list[Chunk]:
        return windows(text, length=6, overlap=0)

    def index(self, texts: Any) -> None:
        self.texts = texts

    def search(self, question: str, depth: int) -> list[tuple[int, float]]:
        return [(len(self.texts) - 1, 2.0), (0, 2.0)] if question != "无" else []


def test_a_run_names_places_and_keeps_the_peers_order(tmp_path: Path) -> None:
    run(LastFirst(), MATERIAL, tmp_path, "m")
    found = PeerRun.read(tmp_path, "peer", MATERIAL)
    assert found.reason == ""
    assert len(found.seconds) == 2
    assert (found.facts["chunks"], found.facts["characters"]) == (3, 16)
    assert [line.split()[:4] for line in found.path.read_text(encoding="utf-8").splitlines()] == [
        ["q1", "Q0", "通知%201.txt:11-16", "1"],
        ["q1", "Q0", "通知%201.txt:0-5", "2"],
    ]
    first, second = (
        float(line.split()[4]) for line in found.path.read_text(encoding="utf-8").splitlines()
    )
    assert first > second


def test_passages_are_called_by_their_ids(tmp_path: Path) -> None:
    passages = Material((Text("a1", "甲"), Text("a2", "乙")), MATERIAL.questions, documents=False)
    run(LastFirst(), passages, tmp_path, "m")
    lines = PeerRun.read(tmp_path, "peer", passages).path.read_text(encoding="utf-8").splitlines()
    assert [line.split()[2] for line in lines] == ["a2", "a1"]


def test_a_run_over_other_texts_is_not_taken(tmp_path: Path) -> None:
    run(LastFirst(), MATERIAL, tmp_path, "m")
    other = Material(MATERIAL.texts, MATERIAL.questions[:1], documents=True)
    reason = PeerRun.read(tmp_path, "peer", other).reason
    assert reason == "its run is of other texts or questions"


def test_a_peer_that_fails_is_told_by_its_last_line(tmp_path: Path) -> None:
    MATERIAL.write(tmp_path / "material")
    folder = tmp_path / "peer"
    failing = tmp_path / "python"
    failing.write_text("#!/bin/sh\necho not available here: $6 >&2\nexit 1\n", encoding="utf-8")
    failing.chmod(0o755)
    run_peer(str(failing), "txtai", tmp_path / "material", folder, "bge-m3")
    assert PeerRun.read(folder, "peer", MATERIAL).reason == ("not available here: bge-m3")
    failing.write_text("#!/bin/sh\necho ValueError: no index\nexit 1\n", encoding="utf-8")
    run_peer(str(failing), "txtai", tmp_path / "material", folder, "bge-m3")
    assert PeerRun.read(folder, "peer", MATERIAL).reason == "failed: ValueError: no index"
    with pytest.raises(InputError, match=r"无法启动 .*missing"):
        run_peer(str(tmp_path / "missing"), "txtai", tmp_path / "material", folder, "m")


def corpus_benchmark(tmp_path: Path) -> Benchmark:
    entries = tuple(Entry(f"a{number}", "法", f"第{number}条") for number in range(50))
    questions = (Question("q1", "问"), Question("q2", "再问"))
    judgements = {"q1": {"a7": 1}, "q2": {"a49": 1, "a3": 0}}
    return Benchmark("stard", tmp_path, "beir", questions, corpus=entries, judgements=judgements)


def test_a_pool_keeps_what_is_judged_and_says_so_in_its_name(tmp_path: Path) -> None:
    benchmark = corpus_benchmark(tmp_path)
    pool = pooled(benchmark, 10)
    items = [entry.item for entry in pool.corpus]
    assert pool.name == "stard-pool10"
    assert len(items) == 10
    assert {"a7", "a49", "a3"} <= set(items)
    assert items == sorted(items, key=lambda item: int(item[1:]))
    assert items == [entry.item for entry in pooled(benchmark, 10).corpus]
    assert pool.fingerprint != benchmark.fingerprint
    assert pooled(benchmark, 50) is benchmark
    with pytest.raises(InputError, match="至少应为 3"):
        pooled(benchmark, 2)


def test_passages_are_given_with_their_titles(tmp_path: Path) -> None:
    material = compare.material_of(corpus_benchmark(tmp_path), tmp_path)
    assert asdict(material.texts[3]) == {"name": "a3", "text": "法 第3条"}
    assert not material.documents


def record(label: str, values: list[float]) -> dict[str, Any]:
    questions = [
        {"_id": str(place), "answerable": True, "measures": {"nDCG@10": value}}
        for place, value in enumerate(values)
    ]
    means = dict.fromkeys(("nDCG@10", "R@10", "R@100", "RR@10"), sum(values) / len(values))
    return {
        "benchmark": {"fingerprint": "f"},
        "system": {"label": label},
        "scores": {"measures": means, "by_part": {}, "questions": questions},
    }


def test_our_rows_are_those_of_the_last_run_and_the_first_bears_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    benchmark = corpus_benchmark(tmp_path)
    specs = parse_specs(["hybrid", "bm25"])

    def run_benchmark(_: Any, asked: Any, out: Path, cache: Path, *, command: str) -> list[Any]:
        records = []
        for spec in asked:
            done = record(spec.label, [1.0, 0.5]) | {"format": 1}
            done["benchmark"] = {"fingerprint": benchmark.fingerprint}
            done["scores"]["questions"][0]["_id"] = "q1"
            done["scores"]["questions"][1]["_id"] = "q2"
            times = {"p50_ms": 1.5, "p95_ms": 2.5, "peak_megabytes": 90.0}
            done["times"] = times | {"preparation_seconds": 2.0}
            (out / spec.folder_name).mkdir(exist_ok=True)
            (out / spec.folder_name / "record.json").write_text(json.dumps(done))
            records.append(done)
        return records

    monkeypatch.setattr(our_runs, "run_benchmark", run_benchmark)
    assert [row.reason for row in our_rows(benchmark, specs, tmp_path)] == ["not run yet"] * 2
    run_ours(benchmark, specs, tmp_path, tmp_path / "cache", 3000, "command")
    hybrid, bm25 = our_rows(benchmark, specs, tmp_path)
    assert (hybrid.cost.index_rate, hybrid.cost.p50_ms, hybrid.cost.peak_megabytes) == (
        1.5,
        1.5,
        90.0,
    )
    assert hybrid.cost.cpu_seconds is not None
    assert bm25.cost == Cost(None, 1.5, 2.5, 90.0, None)
    one = replace(benchmark, questions=benchmark.questions[:1])
    (other, _) = our_rows(one, specs, tmp_path)
    assert other.reason == "its run is of other texts or questions"


def test_the_table_compares_with_the_first_row_and_names_what_is_missing() -> None:
    rows = [
        Row("hybrid", record("hybrid", [1.0, 1.0]), Cost(2.5, 10.0, 20.0, 300.0, 40.0)),
        Row("Chroma", record("Chroma", [0.5, 0.5])),
        Row("FAISS, bge-m3", None, reason="not available here: bge-m3"),
    ]
    head, _, ours, chroma, missing = table(rows, documents=False).splitlines()
    assert "nDCG@10 less hybrid's" in head
    assert ours == (
        "| hybrid | 1.000 [1.000, 1.000] | 1.000 | 1.000 | 1.000 | – | 2.50 | 10.0 | 20.0 | 300 | 40 |"
    )
    assert "| -0.500 [-0.500, -0.500] | – |" in chroma
    assert missing.startswith("| FAISS, bge-m3 | not available here: bge-m3 |")
    assert len({line.count("|") for line in (head, ours, chroma, missing)}) == 1


def test_the_command_ends_with_one_line_where_the_peers_environment_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tiny"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "a", "title": "", "text": "甲"}\n')
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "甲"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta\t1\n")
    arguments = [str(folder), "--python", str(tmp_path / "none"), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", ["compare.py", *arguments])
    assert compare.main() == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[-1].startswith("无法启动 ")
    assert json.loads((tmp_path / "out" / "material" / "material.json").read_text())
