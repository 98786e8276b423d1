"""Precedents: how high the clauses that regulate the same thing as a draft are ranked.

    python eval/precedents.py ../shared/data [--split test]

Drafts and judgements stand in `benchmarks/precedents/pairs.jsonl`; the documents named there are
indexed together. `precedents` is what drafters are shown; the search methods, asked with the
draft as a query, stand beside it. The document that a draft was taken from is left out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from policyqa import build_index, open_index
from policyqa.evaluation.retrieval import measure_rankings
from policyqa.folder import sha256_of_file
from policyqa.ranking import Hit

ROOT = Path(__file__).parents[1]
DRAFTS = ROOT / "eval" / "benchmarks" / "precedents" / "pairs.jsonl"
MEASURES = ("nDCG@10", "RR@10", "Success@1", "R@10")
DEPTH = 60


def item(document: str, marks: Sequence[str]) -> str:
    """A clause's name in the judgements."""
    return f"{document}:{' '.join(marks)}"


def ranking(hits: Sequence[Hit], names: dict[str, str], draft: dict[str, Any]) -> list[str]:
    """The hits by the names of the judged clauses that they show; the draft's own left out."""
    judged = {(one["document"], tuple(one["marks"])) for one in draft["relevant"]}
    found = []
    for hit in hits:
        document = names[hit.clause.document_id]
        if document == draft["taken_from"]:
            continue
        shown = [
            item(document, marks)
            for name, marks in judged
            if name == document
            and (hit.clause.marks == marks or marks in [one.marks for one in hit.below])
        ]
        found += shown or [hit.clause.clause_id]
    return list(dict.fromkeys(found))


def main() -> None:
    """Print a table of all ways to search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--split", default="test")
    parser.add_argument("--index", type=Path, default=ROOT / "indexes" / "eval" / "precedents")
    options = parser.parse_args()
    everything = [json.loads(line) for line in DRAFTS.read_text(encoding="utf-8").splitlines()]
    drafts = [draft for draft in everything if draft["split"] == options.split]
    files = sorted(
        {draft["taken_from"] for draft in everything}
        | {one["document"] for draft in everything for one in draft["relevant"]}
    )
    build_index([options.data / name for name in files], options.index)
    by_content = {sha256_of_file(options.data / name): name for name in files}
    index = open_index(options.index)
    held, _ = index.documents(limit=len(files))
    names = {one.document_id: by_content[one.sha256] for one in held}
    ways: dict[str, Callable[[str], list[Hit]]] = {
        "bm25": lambda text: index.search(text, k=DEPTH, method="bm25"),
        "dense": lambda text: index.search(text, k=DEPTH, method="dense"),
        "hybrid": lambda text: index.search(text, k=DEPTH),
        "precedents": lambda text: index.precedents(text, k=DEPTH),
    }
    judgements = {
        draft["_id"]: {
            item(one["document"], one["marks"]): int(one["grade"]) for one in draft["relevant"]
        }
        for draft in drafts
    }
    print(f"{len(drafts)} drafts, {len(files)} documents")
    print("way", *MEASURES)
    for name, way in ways.items():
        rankings = {
            draft["_id"]: ranking(way(draft["draft"]), names, draft)
            for draft in tqdm(drafts, desc=name, leave=False)
        }
        table = measure_rankings(judgements, rankings, MEASURES).values()
        means = [np.mean([scores[measure] for scores in table]) for measure in MEASURES]
        print(name, *(f"{value:.3f}" for value in means))


if __name__ == "__main__":
    main()
