"""Passages that look like answers and are none: what the product as it is ranks best.

Dense and BM25 rankings of the packaged encoder are joined as in search. Vectors are kept below
`training/out/vectors`, by the model and the texts.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from policyqa.encoder import load_encoder
from policyqa.lexical import LexicalIndex
from policyqa.ranking import fused, top_k
from policyqa.tokenizer import terms

CACHE = Path(__file__).parent / "out" / "vectors"
_DEPTH = 60
_BATCH = 256


class Pool:
    """Passages to draw negatives from."""

    def __init__(self, passages: Sequence[str], model: str | None = None) -> None:
        """Encode and index the passages.

        Args:
            passages: context and text of each.
            model: folder of the encoder; by default the packaged one.
        """
        self.passages = list(passages)
        self._encoder = load_encoder(model)
        self._vectors = self._encoded()
        self._lexical = LexicalIndex.build([terms(passage) for passage in passages])

    def nearest(self, questions: Sequence[str], depth: int) -> list[list[int]]:
        """For each question, the numbers of the `depth` best passages, best first."""
        asked = self._encoder.encode_queries(questions)
        found = []
        for question, vector in zip(questions, asked, strict=True):
            cosines = self._vectors @ vector
            near = {row: float(cosines[row]) for row in top_k(cosines, _DEPTH).tolist()}
            joined = fused(near, self._lexical.scores(terms(question)), _DEPTH)
            found.append([number for number, _ in joined[:depth]])
        return found

    def _encoded(self) -> np.ndarray:
        digest = hashlib.sha256(self._encoder.description.fingerprint.encode())
        for passage in self.passages:
            digest.update(passage.encode() + b"\0")
        path = CACHE / f"{digest.hexdigest()[:32]}.npy"
        if path.exists():
            return np.load(path)
        parts = [
            self._encoder.encode_passages(self.passages[start : start + _BATCH])
            for start in tqdm(range(0, len(self.passages), _BATCH), desc="encoding")
        ]
        vectors = np.concatenate(parts)
        CACHE.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        with temporary.open("wb") as stream:
            np.save(stream, vectors)
        temporary.replace(path)
        return vectors
