"""Statute retrieval on STARD: BM25 over characters and words, the encoder, and both joined.

    python eval/stard.py ../shared/data/benchmarks/stard [--limit N]

Ranks 60,233 articles for 1,234 questions by the parts that search uses. Encoding takes about
20 minutes on 2 cores the first time; the vectors are kept in eval/out/, by model.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import jieba  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from policyqa.dense import DenseIndex
from policyqa.encoder import Encoder, load_encoder
from policyqa.evaluation.measures import ndcg, recall, reciprocal_rank
from policyqa.lexical import LexicalIndex
from policyqa.ranking import reciprocal_rank_fusion, top_k
from policyqa.search import DEPTH, FUSION_K
from policyqa.tokenizer import terms

OUT = Path(__file__).parent / "out"
BIGRAMS_FROM = 1 << 21
"""A bigram's code is at least this (see `tokenizer.terms`)."""

Ranker = Callable[[str], list[int]]


def read_jsonl(path: Path) -> list[dict[str, str]]:
    """The records of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_qrels(path: Path) -> dict[str, set[str]]:
    """Question id to the ids of its relevant articles, from a BEIR qrels file."""
    relevant: dict[str, set[str]] = defaultdict(set)
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        question, article, score = line.split("\t")
        if int(score) > 0:
            relevant[question].add(article)
    return relevant


def words(text: str) -> NDArray[np.int64]:
    """The text's words in jieba's search mode as codes, for comparison."""
    return np.array(
        [zlib.crc32(word.encode()) for word in jieba.cut_for_search(text)], dtype=np.int64
    )


def bigrams(text: str) -> NDArray[np.int64]:
    """The text's character bigrams alone."""
    codes = terms(text)
    return codes[codes >= BIGRAMS_FROM]


def encoded(encoder: Encoder, texts: list[str], name: str) -> NDArray[np.float32]:
    """(n, d) the texts' vectors, kept in a file by the model's fingerprint."""
    OUT.mkdir(exist_ok=True)
    path = OUT / f"{name}-{len(texts)}-{encoder.description.fingerprint[:16]}.npy"
    if path.exists():
        return np.asarray(np.load(path), dtype=np.float32)
    parts = [
        encoder.encode_passages(texts[start : start + 512])
        for start in tqdm(range(0, len(texts), 512), desc="encoding", unit="×512")
    ]
    vectors = np.concatenate(parts)
    np.save(path, vectors)
    return vectors


def main() -> None:
    """Print a table of all methods."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, help="only the first N questions: a quick look")
    parser.add_argument("--model", default=None)
    options = parser.parse_args()
    corpus = read_jsonl(options.folder / "corpus.jsonl")
    questions = read_jsonl(options.folder / "queries.jsonl")[: options.limit]
    qrels = read_qrels(options.folder / "qrels" / "train.tsv")
    texts = [f"{article['title']} {article['text']}" for article in corpus]
    identities = [article["_id"] for article in corpus]

    def bm25(tokenise: Callable[[str], NDArray[np.int64]]) -> Ranker:
        index = LexicalIndex.build([tokenise(text) for text in texts])

        def rank(question: str) -> list[int]:
            scores = index.scores(tokenise(question))
            scores[scores <= 0] = -np.inf
            return [int(row) for row in top_k(scores, DEPTH)]

        return rank

    encoder = load_encoder(options.model)
    vectors = encoded(encoder, texts, "stard")
    index = DenseIndex.build(vectors, np.arange(len(texts), dtype=np.int32), len(texts))

    def dense(question: str) -> list[int]:
        found, _ = index.search(encoder.encode_queries([question])[0], DEPTH)
        return [int(row) for row in found]

    both = bm25(terms)

    def hybrid(question: str) -> list[int]:
        fused = reciprocal_rank_fusion([dense(question), both(question)], k=FUSION_K)
        return [row for row, _ in fused]

    rankers: dict[str, Ranker] = {
        "BM25, jieba words": bm25(words),
        "BM25, bigrams": bm25(bigrams),
        "BM25, unigrams and bigrams": both,
        f"dense, {encoder.description.name}": dense,
        "hybrid": hybrid,
    }
    print(f"| {len(questions)} questions, {len(texts)} articles | nDCG@10 | R@10 | RR@10 | R@100 |")
    print("|---|---|---|---|---|")
    for name, rank in rankers.items():
        rows = []
        for question in tqdm(questions, desc=name, leave=False):
            ranking = [identities[row] for row in rank(question["text"])]
            relevant = qrels[question["_id"]]
            rows.append(
                (
                    ndcg(ranking, relevant),
                    recall(ranking, relevant),
                    reciprocal_rank(ranking, relevant),
                    recall(ranking, relevant, 100),
                )
            )
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in np.mean(rows, axis=0)) + " |")


if __name__ == "__main__":
    main()
