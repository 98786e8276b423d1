"""Train the encoder on questions and passages: contrastive, with hard negatives.

    python training/train_encoder.py ../shared/data --out training/out/e5-policy [--epochs 2]

The loss of a question is the cross entropy of its passage among all passages and hard negatives
of its batch (InfoNCE, van den Oord et al. 2018) at temperature 0.03. A batch holds one source,
so that its negatives are of one kind. Hard negatives are what the packaged product
ranks high and wrongly.
Afterwards the weights are averaged with the base's (Wortsman et al., "Robust fine-tuning of
zero-shot models", CVPR 2022), one folder for each share of `--mix`: what training made the model
forget about other kinds of text comes back. bfloat16, on a GPU where torch sees one (not tried:
none was at hand); `--limit N` trains on N pairs, to try it out.
"""

from __future__ import annotations

import argparse
import copy
import random
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from tqdm import tqdm

from export_encoder import BASE
from negatives import Pool
from pairs import PASSAGE, Pair, lay_pairs, own_pairs, passage_of, reading_pairs, stard_pairs
from reading import own_examples
from stard import Stard

SOURCES = ("stard", "lay", "laws", "gongwen", "cmrc", "drcd")
TEMPERATURE = 0.03
LEARNING_RATE = 5e-5
BATCH = 32
FROZEN = 3
"""Lowest layers that, like the embeddings, stay as they are: a fifth of the time."""
CHUNK = 16
"""Texts that run through the model together."""
WARMUP = 0.1
HARD_FROM, HARD_TO = 2, 30
"""Places among the wrong passages from which a question's hard negatives are drawn; the very
first are often right and only unjudged."""
NEGATIVES = 4
"""Hard negatives of a question; each time that it is seen, one of them stands in its batch."""
MAX_TOKENS = 144


def with_hard_negatives(
    pairs: list[Pair],
    passages: list[str],
    right: dict[str, set[str]],
    rng: random.Random,
    document: dict[str, str] | None = None,
) -> list[Pair]:
    """Each pair with passages that the product ranks high and that are not right.

    Args:
        pairs: questions and passages.
        passages: what negatives are drawn from.
        right: by question, the passages that are no negatives.
        rng: draws.
        document: by passage, the document that it is of; half of the pairs then get
            negatives of the answer's own document alone, where the ranking holds any.
    """
    nearest = Pool(passages).nearest([pair.question for pair in pairs], HARD_TO)
    found = []
    for pair, ranked in zip(pairs, nearest, strict=True):
        wrong = [passages[n] for n in ranked if passages[n] not in right[pair.question]]
        drawn = wrong[HARD_FROM:]
        if document and rng.random() < 0.5:
            same = [one for one in wrong if document[one] == document[pair.passage]]
            drawn = same or drawn
        negatives = rng.sample(drawn, min(NEGATIVES, len(drawn)))
        found.append(replace(pair, negatives=tuple(negatives)))
    return found


def statute_pairs(data: Path, rng: random.Random) -> list[Pair]:
    """Statutes: STARD's questions but for the slice that is held out, and our own questions, as
    people ask, over articles of the same collection."""
    stard = Stard.read(data / "benchmarks" / "stard")
    pairs = [*stard_pairs(stard), *lay_pairs(stard)]
    pool = sorted({*stard.pool(rng), *(pair.article for pair in pairs)})
    passages = [stard.articles[identity][:PASSAGE] for identity in pool]
    right: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        right[pair.question].add(pair.passage)
    return with_hard_negatives(pairs, passages, right, rng)


def policy_pairs(data: Path, rng: random.Random) -> list[Pair]:
    """Our own questions over laws and 公文."""
    examples = [one for one in own_examples(data) if not one.fitted]
    pairs = list(own_pairs(examples))
    document = {passage_of(one): one.document for one in examples}
    right: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        right[pair.question].add(pair.passage)
    return with_hard_negatives(pairs, sorted(document), right, rng, document)


def general_pairs(data: Path) -> list[Pair]:
    """General questions, so that they are not forgotten."""
    reading = data / "reading"
    return [
        *reading_pairs(reading / "cmrc2018_trial.json", "cmrc", each=2),
        *reading_pairs(reading / "DRCD_dev.json", "drcd", each=6),
    ]


def batches(pairs: list[Pair], rng: random.Random) -> list[list[Pair]]:
    """Shuffled batches of one source each, without a question or passage twice in a batch."""
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
            taken: set[str] = set()
            for pair in waiting:
                if len(batch) < BATCH and taken.isdisjoint((pair.question, pair.passage)):
                    batch.append(pair)
                    taken |= {pair.question, pair.passage}
                else:
                    later.append(pair)
            if len(batch) < BATCH // 2:
                break
            made.append(batch)
            waiting = later
    rng.shuffle(made)
    return made


def vectors_of(model: SentenceTransformer, texts: list[str], prompt: str) -> torch.Tensor:
    """(n, hidden) with gradients; texts of like length run together, which saves padding."""
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    rows = []
    for start in range(0, len(order), CHUNK):
        features = model.tokenizer(
            [f"{model.prompts[prompt]}{texts[n]}" for n in order[start : start + CHUNK]],
            padding=True,
            truncation=True,
            max_length=MAX_TOKENS,
            return_tensors="pt",
        )
        rows.append(model({**features.to(model.device)})["sentence_embedding"])
    place = torch.empty(len(order), dtype=torch.long)
    place[torch.tensor(order)] = torch.arange(len(order))
    vectors: torch.Tensor = torch.cat(rows)[place]
    return vectors


def repeated(passages: list[str], count: int) -> torch.Tensor:
    """(count, n) True where a column other than a question's own repeats its passage."""
    same = [
        [passages[n] == passages[q] and n != q for n in range(len(passages))] for q in range(count)
    ]
    return torch.tensor(same)


def train(model: SentenceTransformer, pairs: list[Pair], epochs: int, rng: random.Random) -> None:
    """Train in place."""
    steps = [batch for _ in range(epochs) for batch in batches(pairs, rng)]
    bert = model[0].auto_model
    for part in (bert.embeddings, *bert.encoder.layer[:FROZEN]):
        part.requires_grad_(False)
    free = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(free, lr=LEARNING_RATE, weight_decay=0.01, fused=True)
    warm = max(1, int(WARMUP * len(steps)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm, (len(steps) - step) / max(1, len(steps) - warm)),
    )
    model.train()
    losses: dict[str, list[float]] = defaultdict(list)
    for number, batch in enumerate(tqdm(steps, desc="training"), start=1):
        passages = [pair.passage for pair in batch]
        passages += [rng.choice(pair.negatives) for pair in batch if pair.negatives]
        with torch.autocast(model.device.type, dtype=torch.bfloat16):
            asked = vectors_of(model, [pair.question for pair in batch], "query")
            answers = vectors_of(model, passages, "passage")
        scores = asked.float() @ answers.float().T / TEMPERATURE
        scores = scores.masked_fill(repeated(passages, len(batch)).to(model.device), -1e4)
        right = torch.arange(len(batch), device=model.device)
        loss = torch.nn.functional.cross_entropy(scores, right)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(free, 1.0)
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
    parser.add_argument(
        "--pairs", nargs="+", default=SOURCES, help="sources; one named twice is seen twice"
    )
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--limit", type=int, help="pairs, to try it out")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--mix", type=float, nargs="*", default=[0.5, 0.7, 1.0])
    options = parser.parse_args()
    rng = random.Random(20261123)
    torch.manual_seed(20261123)
    torch.set_num_threads(options.threads)
    attention = {"attention_probs_dropout_prob": 0.0}  # the fast kernel has no dropout
    model = SentenceTransformer(str(options.base), config_kwargs=attention)
    base = SentenceTransformer(str(BASE)).state_dict()
    known = [
        *statute_pairs(options.data, rng),
        *policy_pairs(options.data, rng),
        *general_pairs(options.data),
    ]
    pairs = [pair for pair in known for _ in range(options.pairs.count(pair.source))]
    pairs = rng.sample(pairs, options.limit) if options.limit else pairs
    print(Counter(pair.source for pair in pairs), flush=True)
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
