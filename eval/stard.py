"""What a term should be: BM25 over words, bigrams, or unigrams and bigrams, on STARD.

    python eval/stard.py ../shared/data/benchmarks/stard [--limit N]

The product's own methods are measured by `policyqa eval run`; see eval/README.md.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable

import jieba
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from policyqa.evaluation.benchmark import Benchmark
from policyqa.evaluation.load import load_benchmark
from policyqa.evaluation.results import Found, Result
from policyqa.evaluation.retrieval import ranking_scores
from policyqa.lexical import LexicalIndex
from policyqa.search import rank_rows
from policyqa.tokenizer import terms

BIGRAMS_FROM = 1 << 21
"""A bigram's code is at least this (see `tokenizer.terms`)."""
MEASURES = ("nDCG@10", "R@10", "RR@10", "R@100")

Tokenise = Callable[[str], NDArray[np.int64]]


def words(text: str) -> NDArray[np.int64]:
    """The text's words in jieba's search mode as codes, for comparison."""
    codes = [zlib.crc32(word.encode()) for word in jieba.cut_for_search(text)]
    return np.array(codes, dtype=np.int64)


def bigrams(text: str) -> NDArray[np.int64]:
    """The text's character bigrams alone."""
    codes = terms(text)
    return codes[codes >= BIGRAMS_FROM]


def results(benchmark: Benchmark, tokenise: Tokenise) -> dict[str, Result]:
    """BM25's ranking for every question."""
    texts = tqdm([f"{entry.title} {entry.text}" for entry in benchmark.corpus], leave=False)
    index = LexicalIndex.build([tokenise(text) for text in texts])
    found = {}
    for question in benchmark.questions:
        ranked = rank_rows(None, index, tokenise(question.text), None, method="bm25")
        rows = zip(ranked.rows, ranked.scores, strict=True)
        entries = tuple(Found(benchmark.corpus[row].item, score) for row, score in rows)
        found[question.question_id] = Result(question.question_id, entries)
    return found


def main() -> None:
    """Print a table of all kinds of terms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--limit", type=int, help="only the first N questions: a quick look")
    options = parser.parse_args()
    benchmark = load_benchmark(options.folder).only(limit=options.limit)
    kinds: dict[str, Tokenise] = {
        "jieba words": words,
        "bigrams": bigrams,
        "unigrams and bigrams": terms,
    }
    print(f"| {len(benchmark.questions)} questions | {' | '.join(MEASURES)} |")
    print("|---" * (len(MEASURES) + 1) + "|")
    for name, tokenise in kinds.items():
        scores = ranking_scores(benchmark, {}, results(benchmark, tokenise), MEASURES).values()
        means = [np.mean([row[measure] for row in scores]) for measure in MEASURES]
        print(f"| {name} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |")


if __name__ == "__main__":
    main()
