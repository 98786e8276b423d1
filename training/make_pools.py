"""Small retrieval benchmarks in BEIR layout to judge an encoder by while it is being made.

    python training/make_pools.py ../shared/data
    policyqa eval run training/out/pools/stard --system dense --system dense:model=FOLDER ...

stard: the questions that no training sees, over their articles and those that BM25 ranks best
for them among all 60,233 (a random sample of others is too easy to tell a good encoder by).
drcd: every fifth question of DRCD test over all its paragraphs, in simplified script: whether
general questions suffer. No encoder or reader learns from either.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import opencc

from policyqa.lexical import LexicalIndex
from policyqa.ranking import top_k
from policyqa.tokenizer import terms
from stard import Stard

POOLS = Path(__file__).parent / "out" / "pools"
DEPTH = 30
"""Articles of each question that BM25 puts into the pool."""
EVERY = 5


Corpus = dict[str, tuple[str, str]]
"""Title and text by id."""
Asked = dict[str, tuple[str, set[str]]]
"""Question and relevant ids by question id."""


def write(folder: Path, corpus: Corpus, asked: Asked) -> None:
    """One folder: texts by id; question and relevant ids by question id."""
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    rows = [{"_id": i, "title": title, "text": text} for i, (title, text) in corpus.items()]
    _jsonl(folder / "corpus.jsonl", rows)
    _jsonl(folder / "queries.jsonl", [{"_id": i, "text": q} for i, (q, _) in asked.items()])
    judged = [f"{i}\t{one}\t1" for i, (_, right) in asked.items() for one in sorted(right)]
    lines = "\n".join(["query-id\tcorpus-id\tscore", *judged])
    (folder / "qrels" / "test.tsv").write_text(lines + "\n", encoding="utf-8")


def stard(data: Path) -> tuple[Corpus, Asked]:
    """The held-out slice."""
    read = Stard.read(data / "benchmarks" / "stard")
    asked = {i: (read.questions[i], read.relevant[i]) for i in sorted(read.held_out)}
    articles = list(read.articles)
    index = LexicalIndex.build([terms(read.articles[one]) for one in articles])
    kept = set().union(*(right for _, right in asked.values()))
    for question, _ in asked.values():
        kept |= {articles[row] for row in top_k(index.scores(terms(question)), DEPTH)}
    corpus = {}
    for one in sorted(kept):
        title, _, text = read.articles[one].partition("\n")
        corpus[one] = (title, text)
    return corpus, asked


def drcd(data: Path) -> tuple[Corpus, Asked]:
    """General questions."""
    simplified = opencc.OpenCC("t2s").convert
    content = (data / "reading" / "DRCD_test.json").read_text(encoding="utf-8")
    paragraphs = [p for article in json.loads(content)["data"] for p in article["paragraphs"]]
    corpus = {f"p{n}": ("", simplified(p["context"])) for n, p in enumerate(paragraphs)}
    questions = [(f"p{n}", asked) for n, p in enumerate(paragraphs) for asked in p["qas"]]
    return corpus, {
        asked["id"]: (simplified(asked["question"]), {place}) for place, asked in questions[::EVERY]
    }


def _jsonl(path: Path, rows: list[dict[str, str]]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def main() -> None:
    """Write both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    write(POOLS / "stard", *stard(options.data))
    write(POOLS / "drcd", *drcd(options.data))


if __name__ == "__main__":
    main()
