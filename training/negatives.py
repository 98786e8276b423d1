"""Passages that look like answers and are none: what the untrained product ranks best.

Dense and BM25 rankings of the packaged encoder are joined as in search. Vectors are kept below
`training/out/vectors`, by the model and the texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from policyqa.encoder import load_encoder
from policyqa.lexical import LexicalIndex
from policyqa.ranking import reciprocal_rank_fusion, top_k
from policyqa.search import FUSION_K
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
            dense = top_k(self._vectors @ vector, _DEPTH).tolist()
            lexical = top_k(self._lexical.scores(terms(question)), _DEPTH).tolist()
            fused = reciprocal_rank_fusion([dense, lexical], k=FUSION_K, weights=[1.0, 1.0])
            found.append([number for number, _ in fused[:depth]])
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
        np.save(path, vectors)
        return vectors
