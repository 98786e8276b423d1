"""Texts to (n, d) unit rows: the packaged ONNX model, or any sentence-transformers model.

The packaged model is read with onnxruntime and tokenizers alone. sentence-transformers, and
torch with it, is imported only when another model is asked for.
"""

from __future__ import annotations

import hashlib
import json
import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray
from tokenizers import Tokenizer

from policyqa.errors import ModelError

DEFAULT_MODEL = "e5-small-zh"
DESCRIPTION_FILE = "model.json"
OVERLAP = 0.2
"""Share of a window's tokens that the next window repeats."""
CONTEXT_SHARE = 0.25
"""Largest share of a window that the context of a clause may take."""
_SEPARATOR = "\n"
_MODELS = Path(__file__).parent / "models"
_BATCH = 4
"""Texts per batch of a sentence-transformers model; sorted by length, 4 beat 16 on CPUs."""


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """What an index must know of the encoder that made its vectors.

    Attributes:
        name: the name or path by which the model was asked for.
        fingerprint: sha256 over everything that decides the vectors; two models with the
            same fingerprint give the same vectors, wherever they lie.
        dimension: length of a vector.
        max_tokens: longest input with prefix and special tokens; more is cut off.
        query_prefix: stands before every question.
        passage_prefix: stands before every passage.
        pooling: how token vectors become one vector; "model" if the model decides.
    """

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int
    query_prefix: str
    passage_prefix: str
    pooling: str


class Encoder(Protocol):
    """Turns texts into unit vectors whose inner product is their likeness."""

    @property
    def description(self) -> ModelDescription:
        """What the model is."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Questions to (n, d) rows of length one; (0, d) for no texts."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Passages to (n, d) rows of length one; (0, d) for no texts."""

    def passage_windows(self, context: str, text: str) -> list[tuple[int, int]]:
        """Where to cut `text` so that each piece fits the model together with `context`.

        Returns:
            Offsets [start, end) into `text`, in order, that cover all of it: one window if
            it fits, else windows that overlap by about `OVERLAP`. What is embedded for a
            window is `passage_text(context, text[start:end])`.
        """

    def passage_text(self, context: str, text: str) -> str:
        """Context and text as one passage; the context is cut to its share of the window."""


def load_encoder(name_or_path: str | None = None, threads: int = 0) -> Encoder:
    """The encoder of that name.

    Nothing is fetched: a model that is not in the package must lie in a local folder or in
    the local cache of the model hub.

    Args:
        name_or_path: None or "e5-small-zh" for the packaged model; a folder that holds our
            `model.json`; else the name or folder of a sentence-transformers model. Its
            prefixes are the "query" and "passage" (or "document") entries of `prompts` in
            its `config_sentence_transformers.json`.
        threads: texts encoded at the same time by an ONNX model; 0 for one a core.

    Raises:
        ModelError: the model is missing, damaged or cannot be read.
    """
    if name_or_path is None or name_or_path == DEFAULT_MODEL:
        return OnnxEncoder(_MODELS / DEFAULT_MODEL, DEFAULT_MODEL, threads)
    if (Path(name_or_path) / DESCRIPTION_FILE).is_file():
        return OnnxEncoder(Path(name_or_path), name_or_path, threads)
    return SentenceTransformerEncoder(name_or_path)


class OnnxEncoder:
    """An ONNX model folder: `model.json`, `model.onnx`, `tokenizer.json`.

    Each text is run alone: activations are rounded to int8 with one scale for the whole
    input, so a batch would make a vector depend on its neighbours. Texts run side by side,
    one thread each, which is also the fastest way on a CPU.
    """

    def __init__(self, folder: Path, name: str, threads: int = 0) -> None:
        """Read and check all files.

        Raises:
            ModelError: a file is missing, unreadable or differs from its checksum.
        """
        described = _read_description(folder)
        files = {
            file: _read_checked(folder / file, digest)
            for file, digest in sorted(described["sha256"].items())
        }
        try:
            self.description = ModelDescription(
                name=name,
                fingerprint=_fingerprint(described),
                dimension=int(described["dimension"]),
                max_tokens=int(described["max_tokens"]),
                query_prefix=str(described["query_prefix"]),
                passage_prefix=str(described["passage_prefix"]),
                pooling=str(described["pooling"]),
            )
            self._tokenizer = Tokenizer.from_buffer(files["tokenizer.json"])
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            options.inter_op_num_threads = 1
            self._session = onnxruntime.InferenceSession(
                files["model.onnx"], options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the libraries raise plain Exceptions of their own
            raise ModelError(f"模型 {folder} 无法读取：{error}") from error
        self._threads = threads or _cores()
        self._windows = _Windows(
            self.description, self._token_starts, self._tokenizer.num_special_tokens_to_add(False)
        )

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`."""
        return self._encode(self.description.query_prefix, texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`."""
        return self._encode(self.description.passage_prefix, texts)

    def passage_windows(self, context: str, text: str) -> list[tuple[int, int]]:
        """See `Encoder`."""
        return self._windows.cut(context, text)

    def passage_text(self, context: str, text: str) -> str:
        """See `Encoder`."""
        return self._windows.passage_text(context, text)

    def _encode(self, prefix: str, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.description.dimension), dtype=np.float32)

        def run(row: int) -> None:
            vectors[row] = self._vector(prefix + texts[row])

        if self._threads == 1 or len(texts) < 2:
            for row in range(len(texts)):
                run(row)
            return vectors
        longest_first = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        with ThreadPoolExecutor(min(self._threads, len(texts))) as pool:
            for _ in pool.map(run, longest_first):
                pass
        return vectors

    def _vector(self, text: str) -> NDArray[np.float32]:
        ids = self._tokenizer.encode(text).ids
        limit = self.description.max_tokens
        if len(ids) > limit:
            ids = [*ids[: limit - 1], ids[-1]]
        tokens = np.array([ids], dtype=np.int64)
        (vector,) = self._session.run(
            None, {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        )
        row: NDArray[np.float32] = vector[0]
        return row

    def _token_starts(self, text: str) -> list[int]:
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return [start for start, _ in offsets]


class SentenceTransformerEncoder:
    """Any sentence-transformers model; pooling is its own, rows are scaled to length one."""

    def __init__(self, name_or_path: str) -> None:
        """Load the model from a folder or the local cache; no network is used.

        Raises:
            ModelError: it is not there or is no such model.
        """
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(name_or_path, local_files_only=True)
        except Exception as error:  # whatever the loader of a foreign file may raise
            reason = str(error).strip().splitlines()
            raise ModelError(
                f"模型 {name_or_path} 无法读取（{reason[0] if reason else type(error).__name__}）。"
                "运行时不联网：请先把 sentence-transformers 模型下载到本地文件夹，"
                f"再用 --model 文件夹 指定；或用内置模型 {DEFAULT_MODEL}。"
            ) from error
        prompts = {name: text or "" for name, text in (self._model.prompts or {}).items()}
        self.description = ModelDescription(
            name=name_or_path,
            fingerprint=_sentence_transformer_fingerprint(self._model, prompts),
            dimension=_dimension(self._model),
            max_tokens=int(self._model.max_seq_length or 512),
            query_prefix=prompts.get("query", ""),
            passage_prefix=prompts.get("passage") or prompts.get("document", ""),
            pooling="model",
        )
        specials = self._model.tokenizer.num_special_tokens_to_add(pair=False)
        self._windows = _Windows(self.description, self._token_starts, specials)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`."""
        return self._encode(self.description.query_prefix, texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Encoder`."""
        return self._encode(self.description.passage_prefix, texts)

    def passage_windows(self, context: str, text: str) -> list[tuple[int, int]]:
        """See `Encoder`."""
        return self._windows.cut(context, text)

    def passage_text(self, context: str, text: str) -> str:
        """See `Encoder`."""
        return self._windows.passage_text(context, text)

    def _encode(self, prefix: str, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.description.dimension), dtype=np.float32)
        rows: NDArray[np.float32] = self._model.encode(
            list(texts),
            prompt=prefix,
            batch_size=_BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return rows.astype(np.float32, copy=False)

    def _token_starts(self, text: str) -> list[int]:
        tokenizer = self._model.tokenizer
        if not tokenizer.is_fast:  # no offsets: one token a character never counts too few
            return list(range(len(text)))
        encoded = tokenizer(
            text,
            add_special_tokens=False,
            truncation=False,
            return_offsets_mapping=True,
            verbose=False,
        )
        return [start for start, _ in encoded["offset_mapping"]]


class _Windows:
    """Cuts texts at token boundaries so that they fit a model's input."""

    def __init__(
        self,
        description: ModelDescription,
        token_starts: Callable[[str], list[int]],
        specials: int,
    ) -> None:
        self._prefix = description.passage_prefix
        self._token_starts = token_starts
        self._limit = description.max_tokens - specials

    def passage_text(self, context: str, text: str) -> str:
        context = self._fit_context(context)
        return f"{context}{_SEPARATOR}{text}" if context else text

    def cut(self, context: str, text: str) -> list[tuple[int, int]]:
        if self._fits(context, text):
            return [(0, len(text))]
        starts = self._token_starts(text)
        edges = sorted({0, len(text), *starts})
        head = self._count(self.passage_text(context, ""))
        budget = max(1, self._limit - head)
        windows: list[tuple[int, int]] = []
        start = 0
        while True:
            end = self._last_edge(edges, starts, start, budget)
            # Tokens can fall differently once the text is cut: shrink until it really fits.
            while not self._fits(context, text[start:end]):
                shorter = edges[bisect_left(edges, end) - 1]
                if shorter <= start:
                    break
                end = shorter
            windows.append((start, end))
            if end == len(text):
                return windows
            first = bisect_left(starts, end) - int(budget * OVERLAP)
            begin = starts[first] if 0 <= first < len(starts) else end
            start = begin if start < begin <= end else end

    def _last_edge(self, edges: list[int], starts: list[int], start: int, budget: int) -> int:
        after = bisect_left(starts, start) + budget
        if after >= len(starts):
            return edges[-1]
        return max(starts[after], edges[bisect_right(edges, start)])

    def _fit_context(self, context: str) -> str:
        starts = self._token_starts(context)
        share = int(self._limit * CONTEXT_SHARE)
        return context[: starts[share]] if len(starts) > share else context

    def _fits(self, context: str, text: str) -> bool:
        return self._count(self.passage_text(context, text)) <= self._limit

    def _count(self, passage: str) -> int:
        return len(self._token_starts(self._prefix + passage))


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


def _fingerprint(described: dict[str, Any]) -> str:
    """Over the file digests and the fields that decide vectors, not over name or licence."""
    fields = ("sha256", "pooling", "dimension", "max_tokens", "query_prefix", "passage_prefix")
    decisive = {field: described.get(field) for field in fields}
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def _sentence_transformer_fingerprint(model: Any, prompts: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        values = tensor.detach().cpu().float().contiguous().numpy()
        digest.update(memoryview(values.reshape(-1)).cast("B"))
    tokenizer = model.tokenizer
    vocabulary = sorted(tokenizer.get_vocab().items())
    poolings = [m.get_pooling_mode_str() for m in model if hasattr(m, "get_pooling_mode_str")]
    rest = [vocabulary, poolings, prompts, model.max_seq_length]
    digest.update(json.dumps(rest, sort_keys=True).encode())
    return digest.hexdigest()


def _dimension(model: Any) -> int:
    get = getattr(model, "get_embedding_dimension", None)
    return int((get or model.get_sentence_embedding_dimension)())


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
