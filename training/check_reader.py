"""How well the reader that is shipped, in int8, reads: report in `reader_report.json`.

    python training/check_reader.py ../shared/data [--model FOLDER] [--every N]

General reading: every N-th question of DRCD test (turned to simplified script) over its own
paragraph, EM and F1 as CMRC 2018 defines them. Policy reading: our own questions that no model
learnt, over the text that holds the answer; and how well "this text answers" tells answerable
questions from near misses and from what search offers wrongly, and how well "this text ranks
high" does the latter (area under the ROC curve).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import opencc
from scipy.stats import rankdata
from tqdm import tqdm

from negatives import Pool
from policyqa.evaluation.measures import character_f1, exact_match
from policyqa.span_reader import DEFAULT_READER, Reading, SpanReader
from reading import own_examples

REPORT = Path(__file__).parent / "reader_report.json"


def best_answer(text: str, windows: list[Reading]) -> str:
    """The likeliest words, whatever the reader thinks of the text."""
    scored = []
    for window in windows:
        for start, end in window.best(0, len(text), 1):
            score = window.score(start, end)
            if score is not None:
                scored.append((window.answers + score, text[start:end]))
    return max(scored)[1] if scored else ""


def general(reader: SpanReader, path: Path, every: int) -> dict[str, float]:
    """EM and F1 over a SQuAD file."""
    simplified = opencc.OpenCC("t2s").convert
    asked = [
        (simplified(paragraph["context"]), simplified(q["question"]), q["answers"])
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for q in paragraph["qas"]
    ][::every]
    scores = []
    for text, question, answers in tqdm(asked, desc=path.stem):
        gold = tuple({simplified(answer["text"]) for answer in answers})
        given = best_answer(text, reader.read(question, [("", text)])[0])
        scores.append((exact_match(given, gold), character_f1(given, gold)))
    em, f1 = np.mean(scores, axis=0)
    return {"questions": len(asked), "em": round(float(em), 4), "f1": round(float(f1), 4)}


def policy(reader: SpanReader, data: Path) -> dict[str, float]:
    """Spans of our own questions, and the two kinds of texts that do not answer."""
    own = [one for one in own_examples(data) if one.fitted]
    texts = sorted({(one.context, one.text) for one in own})
    pool = Pool([f"{context}\n{text}" for context, text in texts])
    nearest = pool.nearest([one.question for one in own], 2)
    scores, right, near, wrong, fitting, unfit = [], [], [], [], [], []
    for one, ranked in zip(tqdm(own, desc="own"), nearest, strict=True):
        other = next(texts[n] for n in ranked if texts[n] != (one.context, one.text))
        read, misread = reader.read(one.question, [(one.context, one.text), other])
        wrong.append(max(window.answers for window in misread))
        unfit.append(max(window.relevant for window in misread))
        answers = max(window.answers for window in read)
        if one.span is None:
            near.append(answers)
            continue
        right.append(answers)
        fitting.append(max(window.relevant for window in read))
        gold = (one.text[one.span[0] : one.span[1]],)
        given = best_answer(one.text, read)
        scores.append((exact_match(given, gold), character_f1(given, gold)))
    em, f1 = np.mean(scores, axis=0)
    return {
        "questions": len(own),
        "em": round(float(em), 4),
        "f1": round(float(f1), 4),
        "auc_near_miss": round(area(right, near), 4),
        "auc_search": round(area(right, wrong), 4),
        "auc_relevant": round(area(fitting, unfit), 4),
    }


def area(high: list[float], low: list[float]) -> float:
    """Probability that one of `high` is above one of `low` (Mann and Whitney, 1947)."""
    ranks = rankdata([*high, *low])[: len(high)].sum()
    return float((ranks - len(high) * (len(high) + 1) / 2) / (len(high) * len(low)))


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--every", type=int, default=5)
    options = parser.parse_args()
    reader = SpanReader(str(options.model.resolve()) if options.model else DEFAULT_READER)
    report = {
        "drcd_test": general(reader, options.data / "reading" / "DRCD_test.json", options.every),
        "own": policy(reader, options.data),
    }
    print(json.dumps(report, indent=2))
    if options.model is None:
        REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
