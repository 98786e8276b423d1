"""Train the reader: which words of a text answer a question, and whether any do.

    python training/train_reader.py ../shared/data --stage general --out training/out/reader-general
    python training/train_reader.py ../shared/data --stage policy --base training/out/reader-general \
        --out training/out/reader

One transformer reads question and text together. A linear layer gives each token a score as
first and as last token of the answer (Devlin et al., BERT, 2019, 4.2), and the first token
one for "this text answers" (cross entropy against texts that do not). Three stages: general
reading; our own questions, with the texts that search would offer wrongly; long answers.
bfloat16 on the CPU; `--limit N` takes N examples of an epoch, to try it out.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from tqdm import tqdm
from transformers import AutoModel

from export_encoder import BASE
from negatives import Pool
from reading import (
    GENERATED,
    QUESTIONS,
    Example,
    general_examples,
    law_examples,
    own_examples,
    written_examples,
)

BATCH_TOKENS = 3000
MAX_TOKENS = 384
QUESTION_TOKENS = 64
WARMUP = 0.1
HARD = 8
"""A question's negative is one of so many texts that search ranks best."""
RULED = 1500
"""Examples made by rules, over all epochs."""
GENERAL_SHARE = 2
"""One in so many examples of general reading stays in."""
LONG_SAMPLE = 2000
"""Examples of the stage before that are read again among the long answers."""
SEED = 20261124


@dataclass(frozen=True)
class Row:
    """An example in token ids.

    Attributes:
        ids: question, separator, context and text.
        readable: first and one past the last token of the text.
        target: first and last token of the answer, or None.
        source: of the example.
    """

    ids: list[int]
    readable: tuple[int, int]
    target: tuple[int, int] | None
    source: str


class Reader(torch.nn.Module):
    """The transformer and its three scores for each token: first, last, and (at token 0) whether
    the text answers."""

    def __init__(self, base: Path) -> None:
        """Start from an encoder's folder; the scores start at zero knowledge."""
        super().__init__()
        self.bert = AutoModel.from_pretrained(
            base, attn_implementation="sdpa", attention_probs_dropout_prob=0.0
        )
        self.scores = torch.nn.Linear(self.bert.config.hidden_size, 3)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(batch, length) ids to (batch, length, 3) scores."""
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        scores: torch.Tensor = self.scores(hidden)
        return scores.float()

    def save(self, folder: Path) -> None:
        """Write weights, configuration and tokenizer."""
        self.bert.save_pretrained(folder)
        torch.save(self.scores.state_dict(), folder / "scores.pt")

    def load_scores(self, folder: Path) -> None:
        """Take over the scores of a saved reader, if the folder is one."""
        if (folder / "scores.pt").exists():
            self.scores.load_state_dict(torch.load(folder / "scores.pt"))


def row(tokenizer: Tokenizer, example: Example) -> Row | None:
    """The example in tokens; None where the answer does not fit."""
    asked = tokenizer.encode(f"query: {example.question}").ids
    asked = [*asked[: QUESTION_TOKENS - 1], asked[-1]]
    head = f"passage: {example.context}\n" if example.context else "passage: "
    read = tokenizer.encode(head + example.text)
    ids, offsets = read.ids[1:], read.offsets[1:]
    room = MAX_TOKENS - len(asked)
    if len(ids) > room:
        ids, offsets = [*ids[: room - 1], ids[-1]], offsets[: room - 1]
    first = next((n for n, (_, end) in enumerate(offsets) if end > len(head)), len(offsets))
    last = max((n + 1 for n, (start, end) in enumerate(offsets) if end > start), default=first)
    target = None
    if example.span is not None:
        start, end = (place + len(head) for place in example.span)
        begins = [n for n, (left, right) in enumerate(offsets) if left <= start < right]
        ends = [n for n, (left, right) in enumerate(offsets) if left < end <= right]
        if not begins or not ends:
            return None
        target = (begins[0] + len(asked), ends[-1] + len(asked))
    return Row([*asked, *ids], (first + len(asked), last + len(asked)), target, example.source)


def batches(rows: list[Row], rng: random.Random) -> list[list[Row]]:
    """Shuffled batches of rows of like length, `BATCH_TOKENS` tokens with padding."""
    shuffled = sorted(rows, key=lambda r: len(r.ids) + rng.uniform(-20, 20))
    made: list[list[Row]] = [[]]
    for one in shuffled:
        longest = max([len(one.ids), *(len(r.ids) for r in made[-1])])
        if made[-1] and longest * (len(made[-1]) + 1) > BATCH_TOKENS:
            made.append([])
        made[-1].append(one)
    rng.shuffle(made)
    return made


def padded(batch: list[Row]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(b, n) ids, (b, n) attention and (b, n) True where no answer can stand."""
    length = max(len(one.ids) for one in batch)
    ids = torch.ones(len(batch), length, dtype=torch.long)
    mask = torch.zeros(len(batch), length, dtype=torch.long)
    closed = torch.ones(len(batch), length, dtype=torch.bool)
    for n, one in enumerate(batch):
        ids[n, : len(one.ids)] = torch.tensor(one.ids)
        mask[n, : len(one.ids)] = 1
        closed[n, one.readable[0] : one.readable[1]] = False
    return ids, mask, closed


def loss_of(model: Reader, batch: list[Row]) -> tuple[torch.Tensor, dict[str, float]]:
    """Cross entropies of first, last and answerable."""
    ids, mask, closed = padded(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = model(ids, mask)
    answers = torch.tensor([one.target is not None for one in batch])
    answerable = torch.nn.functional.binary_cross_entropy_with_logits(
        scores[:, 0, 2], answers.float()
    )
    parts = {"answerable": answerable}
    if answers.any():
        target = torch.tensor([one.target for one in batch if one.target is not None])
        for name, column in (("first", 0), ("last", 1)):
            logits = scores[answers][:, :, column].masked_fill(closed[answers], -1e4)
            parts[name] = torch.nn.functional.cross_entropy(logits, target[:, column])
    total = sum(parts.values(), torch.zeros(()))
    return total, {name: part.item() for name, part in parts.items()}


def train(
    model: Reader, epochs: list[list[Row]], *, rate: float, freeze: int, rng: random.Random
) -> None:
    """Train in place; embeddings and the lowest `freeze` layers stay as they are."""
    model.bert.embeddings.requires_grad_(False)
    for number, layer in enumerate(model.bert.encoder.layer):
        layer.requires_grad_(number >= freeze)
    steps = [batch for rows in epochs for batch in batches(rows, rng)]
    free = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(free, lr=rate, weight_decay=0.01, fused=True)
    warm = max(1, int(WARMUP * len(steps)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm, (len(steps) - step) / max(1, len(steps) - warm)),
    )
    model.train()
    seen: dict[str, list[float]] = defaultdict(list)
    for number, batch in enumerate(tqdm(steps, desc="training", mininterval=20), start=1):
        loss, parts = loss_of(model, batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(free, 1.0)
        optimizer.step()
        schedule.step()
        for name, value in parts.items():
            seen[name].append(value)
        if number % 50 == 0 or number == len(steps):
            shown = {name: round(float(np.mean(kept[-50:])), 3) for name, kept in seen.items()}
            tqdm.write(f"step {number}: {shown}")
    model.eval()


def general(data: Path, rng: random.Random, epochs: int) -> list[list[Example]]:
    """Reading in general: the examples of each epoch."""
    reading = data / "reading"
    return [
        [
            *general_examples(reading / "DRCD_dev.json", "drcd", rng),
            *general_examples(reading / "cmrc2018_trial.json", "cmrc", rng),
            *written_examples(QUESTIONS / "general.jsonl", "general"),
        ]
        for _ in range(epochs)
    ]


def policy(data: Path, rng: random.Random, epochs: int) -> list[list[Example]]:
    """Policy reading: the examples of each epoch.

    Every question of ours comes with its own text and, if that answers, each time anew with one
    that search ranks high and that does not. Clauses that we wrote, dense with parallel numbers
    and bodies and with questions in which one is swapped, come twice. A share of those made by
    rules and of general reading is mixed in, so that neither is forgotten.
    """
    own = [one for one in own_examples(data) if not one.fitted]
    written = [one for one in own if one.source == "gongwen"]
    texts = sorted({(one.context, one.text) for one in own})
    number = {text: n for n, text in enumerate(texts)}
    pool = Pool([f"{context}\n{text}" for context, text in texts])
    nearest = pool.nearest([one.question for one in own], HARD + 1)
    ruled = list(law_examples(GENERATED, data, "rules"))
    rng.shuffle(ruled)
    mixed = general(data, rng, 1)[0]
    found = []
    for epoch in range(epochs):
        drawn = []
        for one, ranked in zip(own, nearest, strict=True):
            if one.span is None:
                continue
            others = [n for n in ranked if n != number[one.context, one.text]]
            context, text = texts[rng.choice(others[:HARD])]
            drawn.append(Example("negative", one.question, context, text, None))
        share = RULED // epochs
        found.append(
            [
                *own,
                *written,
                *drawn,
                *ruled[epoch * share : (epoch + 1) * share],
                *rng.sample(mixed, len(mixed) // GENERAL_SHARE),
            ]
        )
    return found


def long(data: Path, rng: random.Random, epochs: int) -> list[list[Example]]:
    """Answers of several clauses and sentences, mixed with a sample of the stage before."""
    answers = [one for one in written_examples(QUESTIONS / "long.jsonl", "long") if not one.fitted]
    return [[*answers, *rng.sample(drawn, LONG_SAMPLE)] for drawn in policy(data, rng, epochs)]


STAGES = {"general": general, "policy": policy, "long": long}


def main() -> None:
    """Train one stage and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", type=Path, default=BASE)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--freeze", type=int, default=2)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    rng = random.Random(SEED)
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    tokenizer = Tokenizer.from_file(str(BASE / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    model = Reader(options.base)
    model.load_scores(options.base)
    epochs = [
        [made for one in examples[: options.limit] if (made := row(tokenizer, one))]
        for examples in STAGES[options.stage](options.data, rng, options.epochs)
    ]
    for rows in epochs:
        tokens = sum(len(one.ids) for one in rows)
        print(f"{tokens} tokens of {Counter(one.source for one in rows)}", flush=True)
    train(model, epochs, rate=options.rate, freeze=options.freeze, rng=rng)
    model.save(options.out)


if __name__ == "__main__":
    main()
