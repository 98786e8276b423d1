"""Train the reader: which words of a text answer a question, and whether any do.

    python training/train_reader.py ../shared/data --stage general --out training/out/reader-general
    torchrun --nproc-per-node 2 training/train_reader.py ../shared/data --threads 1 \
        --stage policy --base training/out/reader-general --out training/out/reader

One transformer reads question and text together. A linear layer gives each token a score as
first and as last token of the answer (Devlin et al., BERT, 2019, 4.2), and the first token
one for "this text answers" and one for "this text ranks high" (cross entropy against texts that
do not). The stages' examples are those of `reader_stages`. bfloat16, on a GPU where torch sees
one (written for it and not tried: none was at hand), else on the CPU; started by
`torchrun --nproc-per-node N` it runs as N processes that share each step; `--limit N` takes N
examples of an epoch, to try it out.
"""

from __future__ import annotations

import argparse
import os
import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from tokenizers import Tokenizer
from tqdm import tqdm
from transformers import AutoModel

from export_encoder import BASE
from policyqa.span_reader import SCORES
from reader_stages import STAGES
from reading import Example

BATCH_TOKENS = 3000
MAX_TOKENS = 384
QUESTION_TOKENS = 64
WARMUP = 0.1
DEVICE = torch.device(
    f"cuda:{os.environ.get('LOCAL_RANK', 0)}" if torch.cuda.is_available() else "cpu"
)
SEED = 20261124


@dataclass(frozen=True)
class Row:
    """An example in token ids.

    Attributes:
        ids: question, separator, context and text.
        readable: first and one past the last token of the text.
        target: first and last token of the answer, or None.
        example: what it was made of.
    """

    ids: list[int]
    readable: tuple[int, int]
    target: tuple[int, int] | None
    example: Example


class Reader(torch.nn.Module):
    """The transformer and its four scores for each token: first, last, and (at token 0) whether
    the text answers and whether it ranks high."""

    def __init__(self, base: Path) -> None:
        """Start from an encoder's folder; the scores start at zero knowledge."""
        super().__init__()
        self.bert = AutoModel.from_pretrained(
            base,
            attn_implementation="sdpa",
            attention_probs_dropout_prob=0.0,
            add_pooling_layer=False,
        )
        self.scores = torch.nn.Linear(self.bert.config.hidden_size, SCORES)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(batch, length) ids to (batch, length, SCORES) scores."""
        hidden = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        scores: torch.Tensor = self.scores(hidden)
        return scores.float()

    def save(self, folder: Path) -> None:
        """Write weights, configuration and tokenizer."""
        self.bert.save_pretrained(folder)
        scores = {name: values.cpu() for name, values in self.scores.state_dict().items()}
        torch.save(scores, folder / "scores.pt")

    def load_scores(self, folder: Path) -> None:
        """Take over the scores of a saved reader, if the folder is one."""
        if (folder / "scores.pt").exists():
            saved = torch.load(folder / "scores.pt", map_location="cpu")
            with torch.no_grad():  # version 1 had no score for ranking
                for name, known in saved.items():
                    getattr(self.scores, name)[: len(known)] = known


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
    return Row([*asked, *ids], (first + len(asked), last + len(asked)), target, example)


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
    return ids.to(DEVICE), mask.to(DEVICE), closed.to(DEVICE)


def loss_of(model: torch.nn.Module, batch: list[Row]) -> tuple[torch.Tensor, dict[str, float]]:
    """Cross entropies of first, last, answerable and relevant, of the rows where each is known."""
    ids, mask, closed = padded(batch)
    with torch.autocast(DEVICE.type, dtype=torch.bfloat16):
        scores = model(ids, mask)
    parts: dict[str, torch.Tensor] = {}
    read = [(n, row.target is not None) for n, row in enumerate(batch) if row.example.span_known]
    judged = [
        (n, row.example.relevant) for n, row in enumerate(batch) if row.example.relevant is not None
    ]
    for name, column, known in (("answerable", 2, read), ("relevant", 3, judged)):
        if known:
            rows, truth = (torch.tensor(part, device=DEVICE) for part in zip(*known, strict=True))
            parts[name] = torch.nn.functional.binary_cross_entropy_with_logits(
                scores[rows, 0, column], truth.float()
            )
    answers = torch.tensor([row.target is not None for row in batch], device=DEVICE)
    if answers.any():
        found = [row.target for row in batch if row.target is not None]
        target = torch.tensor(found, device=DEVICE)
        for name, column in (("first", 0), ("last", 1)):
            logits = scores[answers][:, :, column].masked_fill(closed[answers], -1e4)
            parts[name] = torch.nn.functional.cross_entropy(logits, target[:, column])
    total = sum(parts.values(), torch.zeros((), device=DEVICE))
    return total, {name: part.item() for name, part in parts.items()}


def train(
    model: Reader, epochs: list[list[Row]], *, rate: float, freeze: int, rng: random.Random
) -> None:
    """Train in place; embeddings and the lowest `freeze` layers stay as they are.

    Under torchrun each process takes its share of the batches, and gradients are averaged.
    """
    model.bert.embeddings.requires_grad_(False)
    for number, layer in enumerate(model.bert.encoder.layer):
        layer.requires_grad_(number >= freeze)
    steps = [batch for rows in epochs for batch in batches(rows, rng)]
    shared: torch.nn.Module = model
    first = _rank() == 0
    if dist.is_initialized():
        count = dist.get_world_size()
        steps = steps[: len(steps) // count * count][_rank() :: count]
        shared = torch.nn.parallel.DistributedDataParallel(model)
    free = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(free, lr=rate, weight_decay=0.01, fused=True)
    warm = max(1, int(WARMUP * len(steps)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm, (len(steps) - step) / max(1, len(steps) - warm)),
    )
    model.train()
    seen: dict[str, list[float]] = defaultdict(list)
    for number, batch in enumerate(
        tqdm(steps, desc="training", mininterval=20, disable=not first), start=1
    ):
        loss, parts = loss_of(shared, batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(free, 1.0)
        optimizer.step()
        schedule.step()
        for name, value in parts.items():
            seen[name].append(value)
        if first and (number % 50 == 0 or number == len(steps)):
            shown = {name: round(float(np.mean(kept[-50:])), 3) for name, kept in seen.items()}
            tqdm.write(f"step {number}: {shown}")
    model.eval()


def _rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


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
    if dist.is_torchelastic_launched():
        dist.init_process_group("gloo")
    tokenizer = Tokenizer.from_file(str(BASE / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    model = Reader(options.base)
    model.load_scores(options.base)
    model.to(DEVICE)
    if _rank() > 0:
        dist.barrier()  # the first process encodes what negatives are drawn from, for all
    epochs = [
        [
            made
            for one in rng.sample(examples, min(len(examples), options.limit or len(examples)))
            if (made := row(tokenizer, one))
        ]
        for examples in STAGES[options.stage](options.data, rng, options.epochs)
    ]
    if dist.is_initialized() and _rank() == 0:
        dist.barrier()
    for rows in epochs:
        tokens = sum(len(one.ids) for one in rows)
        print(f"{tokens} tokens of {Counter(one.example.source for one in rows)}", flush=True)
    train(model, epochs, rate=options.rate, freeze=options.freeze, rng=rng)
    if _rank() == 0:
        model.save(options.out)
    if dist.is_initialized():
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
