"""A tiny encoder and splitter: fast, deterministic, and they count what they are asked."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from policyqa.document import Clause, Document, Metadata
from policyqa.encoder import ModelDescription
from policyqa.errors import LoadError

DIMENSION = 16
WINDOW = 40


class FakeEncoder:
    """Texts that share characters get vectors that are alike; no model is needed."""

    def __init__(self, name: str = "fake") -> None:
        self.description = ModelDescription(
            name=name,
            fingerprint=hashlib.sha256(name.encode()).hexdigest(),
            dimension=DIMENSION,
            max_tokens=WINDOW,
            query_prefix="",
            passage_prefix="",
            pooling="mean",
        )
        self.encoded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 16) unit rows."""
        return _vectors(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 16) unit rows; the texts are kept in `encoded`."""
        self.encoded.extend(texts)
        return _vectors(texts)

    def passage_windows(self, context: str, text: str) -> list[tuple[int, int]]:
        """Windows of 40 characters that overlap by 10."""
        starts = range(0, max(1, len(text) - 10), WINDOW - 10)
        return [(start, min(len(text), start + WINDOW)) for start in starts]

    def passage_text(self, context: str, text: str) -> str:
        """Context and text as one passage."""
        return f"{context} {text}"


def _vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    rows = np.full((len(texts), DIMENSION), 1e-3, dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for character in text:
            row[ord(character) * 2654435761 % 2**32 % DIMENSION] += 1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def split_lines(path: Path) -> Document:
    """The first line is the title (else the file's name), every other one an article.

    A line `发文：X` states the issuer; a file that holds 坏 cannot be read.
    """
    content = path.read_bytes()
    text = content.decode("utf-8")
    if "坏" in text:
        raise LoadError("文件已坏")
    sha256 = hashlib.sha256(content).hexdigest()
    identity = sha256[:16]
    title, *lines = text.split("\n")
    title = title or path.stem
    clauses, start, issuer = [], len(text.split("\n")[0]) + 1, None
    for line in lines:
        if line.startswith("发文："):
            issuer = line.removeprefix("发文：")
        elif line:
            clauses.append(
                Clause(
                    clause_id=f"{identity}-{len(clauses):04d}",
                    document_id=identity,
                    document_title=title,
                    marks=(line[:2],),
                    path=(line[:2],),
                    kind="article",
                    text=line,
                    start=start,
                    end=start + len(line),
                )
            )
        start += len(line) + 1
    return Document(identity, title, str(path), sha256, text, Metadata(issuer), tuple(clauses))


def split_dangerously(path: Path) -> Document:
    """As `split_lines`, but for files that hold one of these words: they ask for all time or
    memory, end the process that reads them, or print."""
    text = path.read_text(encoding="utf-8")
    if "耗时" in text:
        while True:
            pass
    if "内存" in text:
        _ = bytearray(1 << 50)
    if "中断" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "打印" in text:
        print("不是答复", flush=True)
    return split_lines(path)
