"""A model folder of ours, checked and opened: `model.json`, `model.onnx`, `tokenizer.json`.

Read with onnxruntime and tokenizers alone, without torch.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from policyqa.errors import ModelError

DESCRIPTION_FILE = "model.json"
MODELS = Path(__file__).parent / "models"
"""Where the models that come with the package are."""

T = TypeVar("T")


class PackagedModel:
    """Graph and tokenizer of one folder.

    Each text is run alone: activations are rounded to int8 with one scale for the whole
    input, so a batch would make a result depend on its neighbours. Texts run side by side,
    one thread each, which is also the fastest way on a CPU.

    Attributes:
        described: the content of `model.json`.
        tokenizer: neither cuts nor pads.
    """

    def __init__(self, folder: Path) -> None:
        """Read and check all files.

        Raises:
            ModelError: a file is missing, unreadable or differs from its checksum.
        """
        self.described = _read_description(folder)
        files = {
            file: _read_checked(folder / file, digest)
            for file, digest in sorted(self.described["sha256"].items())
        }
        try:
            self.tokenizer = Tokenizer.from_buffer(files["tokenizer.json"])
            self.tokenizer.no_truncation()
            self.tokenizer.no_padding()
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.inter_op_num_threads = 1
            self._session = onnxruntime.InferenceSession(
                files["model.onnx"], options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the libraries raise plain Exceptions of their own
            raise ModelError(f"模型 {folder} 无法读取：{error}") from error

    def fingerprint(self, fields: Sequence[str]) -> str:
        """sha256 over the files' digests and the named fields of the description."""
        decisive = {field: self.described.get(field) for field in ("sha256", *fields)}
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()

    def run(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The graph's output for one text's token ids, without the axis of the batch."""
        tokens = np.array([ids], dtype=np.int64)
        (output,) = self._session.run(
            None, {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        )
        row: NDArray[np.float32] = output[0]
        return row


def side_by_side(work: Callable[[int], T], sizes: Sequence[int], threads: int) -> list[T]:
    """`work(n)` for each n, the largest first, on as many threads (0: one a core), in order."""
    threads = min(threads or cores(), len(sizes))
    if threads < 2:
        return [work(number) for number in range(len(sizes))]
    largest_first = sorted(range(len(sizes)), key=lambda number: -sizes[number])
    with ThreadPoolExecutor(threads) as pool:
        done = dict(zip(largest_first, pool.map(work, largest_first), strict=True))
    return [done[number] for number in range(len(sizes))]


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _read_description(folder: Path) -> dict[str, Any]:
    try:
        described: dict[str, Any] = json.loads((folder / DESCRIPTION_FILE).read_bytes())
        if described["format"] != "onnx" or not isinstance(described["sha256"], dict):
            raise ValueError("format")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"模型 {folder} 的 {DESCRIPTION_FILE} 缺失或损坏：请重新安装 policyqa。"
        ) from error
    return described


def _read_checked(path: Path, digest: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"模型文件 {path} 无法读取：请重新安装 policyqa。") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelError(f"模型文件 {path} 已损坏（校验和不符）：请重新安装 policyqa。")
    return content
