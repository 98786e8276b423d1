"""Texts to (n, d) unit rows: the packaged ONNX model, or any sentence-transformers model.

The packaged model is read with onnxruntime and tokenizers alone. sentence-transformers, and
torch with it, is imported only when another model is asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from policyqa.errors import ModelError
from policyqa.packaged import DESCRIPTION_FILE, MODELS, PackagedModel, side_by_side
from policyqa.windows import Windows

DEFAULT_MODEL = "encoder-small-zh"
_DECISIVE = ("pooling", "dimension", "max_tokens", "query_prefix", "passage_prefix")
"""Fields of the description that decide vectors, as name and licence do not."""
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
        name_or_path: None or "encoder-small-zh" for the packaged model; a folder that holds our
            `model.json`; else the name or folder of a sentence-transformers model. Its
            prefixes are the "query" and "passage" (or "document") entries of `prompts` in
            its `config_sentence_transformers.json`.
        threads: texts encoded at the same time by an ONNX model; 0 for one a core.

    Raises:
        ModelError: the model is missing, damaged or cannot be read.
    """
    if name_or_path is None or name_or_path == DEFAULT_MODEL:
        return OnnxEncoder(MODELS / DEFAULT_MODEL, DEFAULT_MODEL, threads)
    if (Path(name_or_path) / DESCRIPTION_FILE).is_file():
        return OnnxEncoder(Path(name_or_path), name_or_path, threads)
    return SentenceTransformerEncoder(name_or_path)


class OnnxEncoder:
    """An encoder in a folder of ours; see `packaged.PackagedModel`."""

    def __init__(self, folder: Path, name: str, threads: int = 0) -> None:
        """Read and check all files.

        Raises:
            ModelError: a file is missing, unreadable or differs from its checksum.
        """
        self._model = PackagedModel(folder)
        described = self._model.described
        try:
            self.description = ModelDescription(
                name=name,
                fingerprint=self._model.fingerprint(_DECISIVE),
                dimension=int(described["dimension"]),
                max_tokens=int(described["max_tokens"]),
                query_prefix=str(described["query_prefix"]),
                passage_prefix=str(described["passage_prefix"]),
                pooling=str(described["pooling"]),
            )
        except (KeyError, ValueError) as error:
            raise ModelError(
                f"模型 {folder} 的说明不完整：{error}。请重新安装 policyqa。"
            ) from error
        self._threads = threads
        specials = self._model.tokenizer.num_special_tokens_to_add(False)
        self._windows = Windows(
            self.description.passage_prefix,
            self.description.max_tokens - specials,
            self._token_starts,
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
        rows = side_by_side(
            lambda number: self._vector(prefix + texts[number]),
            [len(text) for text in texts],
            self._threads,
        )
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.description.dimension)

    def _vector(self, text: str) -> NDArray[np.float32]:
        ids = self._model.tokenizer.encode(text).ids
        limit = self.description.max_tokens
        return self._model.run([*ids[: limit - 1], ids[-1]] if len(ids) > limit else ids)

    def _token_starts(self, text: str) -> list[int]:
        offsets = self._model.tokenizer.encode(text, add_special_tokens=False).offsets
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
        self._windows = Windows(
            self.description.passage_prefix,
            self.description.max_tokens - specials,
            self._token_starts,
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
