"""A path to a benchmark, whatever its layout, and everything that is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from policyqa.errors import InputError
from policyqa.evaluation.benchmark import Benchmark, Findings, fingerprint_of
from policyqa.evaluation.corpora import read_beir, read_trec
from policyqa.evaluation.documents import read_clauseqa, read_ncpp, read_squad, require_files
from policyqa.evaluation.gold import check_gold
from policyqa.folder import sha256_of_file


def load_benchmark(
    path: str | Path, *, documents: str | Path | None = None, judged: bool = True
) -> Benchmark:
    """The benchmark at a path.

    Args:
        path: a folder in one of the layouts of eval/benchmarks/README.md, or a SQuAD file.
        documents: where the documents of clause question answering stand.
        judged: False takes a corpus and queries without judgements too, to be pooled.

    Raises:
        InputError: it is no benchmark, or cannot be run (the place and its line are named).
    """
    findings = Findings()
    benchmark = _read(Path(path), Path(documents) if documents else None, findings, judged)
    findings.raise_fatal()
    require_files(benchmark)
    return replace(benchmark, fingerprint=fingerprint_of(benchmark))


def check_benchmark(path: str | Path, *, documents: str | Path | None = None) -> Findings:
    """Everything that is wrong with a benchmark: bad lines, dangling and repeated ids,
    answers that are not where they should be, and documents or questions in two parts.

    Raises:
        InputError: the path is no benchmark at all.
    """
    findings = Findings()
    benchmark = _read(Path(path), Path(documents) if documents else None, findings)
    for name, digest in benchmark.checksums.items():
        file = benchmark.files[name]
        if file.is_file() and sha256_of_file(file) != digest:
            message = f"文档 {name} 的内容与题集所记的校验和不符"
            findings.add(benchmark.path, 0, message, fatal=False)
    if benchmark.form == "clauseqa":
        check_gold(benchmark, findings)
    return findings


def _read(path: Path, documents: Path | None, findings: Findings, judged: bool = True) -> Benchmark:
    if path.is_file() and path.suffix == ".json":
        return read_squad(path, findings)
    if not path.is_dir():
        raise InputError(f"找不到题集 {path}")
    if (path / "queries.jsonl").exists():
        return read_beir(path, findings, judged=judged)
    if (path / "questions.jsonl").exists():
        if (path / "documents.jsonl").exists():
            return read_ncpp(path, findings)
        return read_clauseqa(path, documents, findings)
    if list(path.glob("topics*")):
        return read_trec(path, findings)
    raise InputError(
        f"{path} 不是题集: 没有 queries.jsonl(BEIR)、questions.jsonl(条款问答)或 topics(TREC)"
    )
