"""Train the encoder on questions and passages: contrastive, with hard negatives.

    python training/train_encoder.py ../shared/data --out training/out/e5-policy [--epochs 2]

The loss of a question is the cross entropy of its passage among all passages and hard negatives
of its batch (InfoNCE, van den Oord et al. 2018) at temperature 0.03. A batch holds one source,
so that its negatives are of one kind. Hard negatives are the base model's best wrong articles.
Afterwards the weights are averaged with the base's (Wortsman et al., "Robust fine-tuning of
zero-shot models", CVPR 2022), one folder for each share of `--mix`: what training made the model
forget about other kinds of text comes back. bfloat16; about 30 minutes an epoch on 2 cores.
"""

from __future__ import annotations

import argparse
import copy
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from tqdm import tqdm

from export_encoder import BASE
from pairs import Pair, Stard, own_pairs, reading_pairs

TEMPERATURE = 0.03
LEARNING_RATE = 3e-5
BATCH = 24
WARMUP = 0.1
HARD_FROM, HARD_TO = 1, 30
"""Ranks of the base model among which a question's hard negatives are drawn."""
NEGATIVES_POOL = 12_000
MAX_TOKENS = 192


def with_hard_negatives(
    pairs: list[Pair], stard: Stard, model: SentenceTransformer, rng: random.Random
) -> list[Pair]:
    """Each STARD pair with one article that the base model takes for relevant and that is not."""
    gold = set().union(*stard.relevant.values())
    others = sorted(set(stard.articles) - gold)
    pool = sorted(gold) + rng.sample(others, min(len(others), NEGATIVES_POOL - len(gold)))
    texts = [stard.articles[identity][:400] for identity in pool]
    options: dict[str, Any] = {"normalize_embeddings": True, "batch_size": 16}
    vectors = model.encode(texts, prompt_name="passage", show_progress_bar=True, **options)
    asked = model.encode([pair.question for pair in pairs], prompt_name="query", **options)
    relevant = {stard.questions[q]: articles for q, articles in stard.relevant.items()}
    found = []
    for pair, row in zip(pairs, np.argsort(-(asked @ vectors.T), axis=1), strict=True):
        wrong = [pool[r] for r in row[:HARD_TO] if pool[r] not in relevant[pair.question]]
        negative = stard.articles[rng.choice(wrong[HARD_FROM - 1 :])][:400]
        found.append(Pair(pair.source, pair.question, pair.passage, (negative,)))
    return found


def batches(pairs: list[Pair], rng: random.Random) -> list[list[Pair]]:
    """Shuffled batches of one source each, without a passage twice in a batch."""
    by_source: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_source[pair.source].append(pair)
    made: list[list[Pair]] = []
    for some in by_source.values():
        rng.shuffle(some)
        waiting = some
        while len(waiting) >= BATCH // 2:
            batch: list[Pair] = []
            later: list[Pair] = []
            passages: set[str] = set()
            for pair in waiting:
                if len(batch) < BATCH and pair.passage not in passages:
                    batch.append(pair)
                    passages.add(pair.passage)
                else:
                    later.append(pair)
            if len(batch) < BATCH // 2:
                break
            made.append(batch)
            waiting = later
    rng.shuffle(made)
    return made


def vectors_of(model: SentenceTransformer, texts: list[str], prompt: str) -> torch.Tensor:
    """(n, hidden) with gradients."""
    features = model.tokenizer(
        [f"{model.prompts[prompt]}{text}" for text in texts],
        padding=True,
        truncation=True,
        max_length=MAX_TOKENS,
        return_tensors="pt",
    )
    rows: torch.Tensor = model(dict(features))["sentence_embedding"]
    return rows


def train(model: SentenceTransformer, pairs: list[Pair], epochs: int, rng: random.Random) -> None:
    """Train in place."""
    steps = [batch for _ in range(epochs) for batch in batches(pairs, rng)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    warm = max(1, int(WARMUP * len(steps)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm, (len(steps) - step) / max(1, len(steps) - warm)),
    )
    model.train()
    losses: dict[str, list[float]] = defaultdict(list)
    for number, batch in enumerate(tqdm(steps, desc="training"), start=1):
        passages = [pair.passage for pair in batch]
        passages += [negative for pair in batch for negative in pair.negatives]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            asked = vectors_of(model, [pair.question for pair in batch], "query")
            answers = vectors_of(model, passages, "passage")
        scores = asked.float() @ answers.float().T / TEMPERATURE
        loss = torch.nn.functional.cross_entropy(scores, torch.arange(len(batch)))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses[batch[0].source].append(loss.item())
        if number % 25 == 0 or number == len(steps):
            shown = {name: round(float(np.mean(kept[-25:])), 3) for name, kept in losses.items()}
            tqdm.write(f"step {number}: {shown}")
    model.eval()


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", type=Path, default=BASE)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--mix", type=float, nargs="*", default=[0.5, 0.7, 1.0])
    options = parser.parse_args()
    rng = random.Random(20261123)
    torch.manual_seed(20261123)
    model = SentenceTransformer(str(options.base), device="cpu")
    base = copy.deepcopy(model.state_dict())
    stard = Stard.read(options.data / "benchmarks" / "stard")
    pairs = with_hard_negatives(list(stard.pairs()), stard, model, rng)
    reading = options.data / "reading"
    pairs += reading_pairs(reading / "cmrc2018_trial.json", "cmrc")
    pairs += reading_pairs(reading / "DRCD_dev.json", "drcd", each=3)
    pairs += own_pairs("dev")
    print(
        {
            source: sum(p.source == source for p in pairs)
            for source in ("stard", "cmrc", "drcd", "own")
        }
    )
    train(model, pairs, options.epochs, rng)
    trained = copy.deepcopy(model.state_dict())
    for share in options.mix:
        model.load_state_dict(
            {
                name: share * trained[name] + (1 - share) * base[name]
                if base[name].is_floating_point()
                else base[name]
                for name in base
            }
        )
        model.save(str(options.out.with_name(f"{options.out.name}-{share:.1f}")))


if __name__ == "__main__":
    main()
