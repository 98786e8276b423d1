"""Write the encoder as an ONNX graph, in float32 or with 4-bit or 8-bit blocks of weights.

The graph takes `input_ids` and `attention_mask`, (batch, length) each, and gives `embedding`,
(batch, hidden): the mean over the tokens, scaled to unit length. It is written operator by
operator rather than traced, so that its bytes depend on the weights alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

FUSED = "com.microsoft"
BLOCK = 32
OPSETS = (("", 17), (FUSED, 1))


@dataclass(frozen=True)
class Precision:
    """How the two kinds of matrices are stored; 32 bits is float32.

    Blocks are 32 weights of one output with one scale. `compute` is onnxruntime's
    accuracy level: 4 rounds the activations to int8, each row in blocks of 32 with a scale
    of their own, so that a text's vector does not depend on its neighbours; 1 keeps float32.
    """

    linear_bits: int = 32
    linear_block: int = 32
    embedding_bits: int = 32
    compute: int = 4


def quantise_blocks(
    weights: NDArray[np.float32], bits: int, block: int = BLOCK
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Round (rows, columns) to (rows, columns / block, block) unsigned codes and their scales.

    weight = (code - 2^(bits-1)) * scale. The scale lets the largest weight of the block take
    the lowest code exactly, as Q4_0 does, so 4-bit weights of that format come back unchanged.
    """
    middle = 1 << (bits - 1)
    blocks = weights.reshape(weights.shape[0], -1, block)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2, keepdims=True), axis=2)
    scales = (largest / -middle).astype(np.float32)
    safe = np.where(scales == 0, np.float32(1), scales)
    codes = np.clip(np.rint(blocks / safe) + middle, 0, 2 * middle - 1).astype(np.uint8)
    return codes, scales[:, :, 0]


def _pack(codes: NDArray[np.uint8], bits: int) -> NDArray[np.uint8]:
    return codes if bits == 8 else codes[..., 0::2] | (codes[..., 1::2] << 4)


class _Graph:
    def __init__(self, precision: Precision) -> None:
        self.precision = precision
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(
        self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any
    ) -> str:
        self.nodes.append(
            helper.make_node(operator, inputs, [output], name=output, domain=domain, **attributes)
        )
        return output

    def linear(self, x: str, weights: NDArray[np.float32], output: str) -> str:
        """x @ weights.T without the bias; weights is (outputs, inputs)."""
        bits = self.precision.linear_bits
        if bits == 32:
            return self.add("MatMul", [x, self.constant(f"{output}.w", weights.T)], output)
        block = self.precision.linear_block
        codes, scales = quantise_blocks(weights, bits, block)
        return self.add(
            "MatMulNBits",
            [
                x,
                self.constant(f"{output}.codes", _pack(codes, bits)),
                self.constant(f"{output}.scales", scales.reshape(-1) if bits == 4 else scales),
            ],
            output,
            FUSED,
            K=weights.shape[1],
            N=weights.shape[0],
            bits=bits,
            block_size=block,
            accuracy_level=self.precision.compute,
        )

    def lookup(self, table: NDArray[np.float32], ids: str, output: str) -> str:
        bits = self.precision.embedding_bits
        if bits == 32:
            return self.add("Gather", [self.constant(f"{output}.table", table), ids], output)
        codes, scales = quantise_blocks(table, bits)
        packed = _pack(codes, bits).reshape(table.shape[0], -1)
        return self.add(
            "GatherBlockQuantized",
            [
                self.constant(f"{output}.codes", packed),
                ids,
                self.constant(f"{output}.scales", scales),
            ],
            output,
            FUSED,
            bits=bits,
            block_size=BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )


def encoder_graph(
    weights: Mapping[str, NDArray[np.float32]],
    layers: int,
    heads: int,
    eps: float,
    precision: Precision,
) -> onnx.ModelProto:
    """The whole encoder; `weights` has the names of a transformers BertModel's state dict."""
    g = _Graph(precision)
    prefix = "embeddings."
    positions = weights[f"{prefix}position_embeddings.weight"]
    positions = positions + weights[f"{prefix}token_type_embeddings.weight"][0]
    words = g.lookup(weights[f"{prefix}word_embeddings.weight"], "input_ids", "words")
    g.constant("zero", np.array([0], np.int64))
    g.constant("one", np.array([1], np.int64))
    g.add("Shape", ["input_ids"], "length", start=1, end=2)
    g.add(
        "Slice", [g.constant("positions.table", positions), "zero", "length", "zero"], "positions"
    )
    g.add("Add", [words, "positions"], "embedded")
    norm = [g.constant(f"norm.{p}", weights[f"{prefix}LayerNorm.{p}"]) for p in ("weight", "bias")]
    x = g.add("LayerNormalization", ["embedded", *norm], "layer0", axis=-1, epsilon=eps)
    g.add("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    for layer in range(layers):
        x = _layer(g, weights, layer, x, heads, eps)
    g.add("Cast", ["attention_mask"], "token_weights", to=TensorProto.FLOAT)
    g.add("Unsqueeze", ["token_weights", g.constant("two", np.array([2], np.int64))], "column")
    g.add("Mul", [x, "column"], "weighted")
    g.add("ReduceSum", ["weighted", "one"], "sum", keepdims=0)
    # The mean is the sum over a positive count, which scaling to unit length cancels.
    g.add("LpNormalization", ["sum"], "embedding", axis=1, p=2)
    shape = ["batch", "length"]
    model = helper.make_model(
        helper.make_graph(
            g.nodes,
            "encoder",
            [
                helper.make_tensor_value_info(n, TensorProto.INT64, shape)
                for n in ("input_ids", "attention_mask")
            ],
            [
                helper.make_tensor_value_info(
                    "embedding", TensorProto.FLOAT, ["batch", positions.shape[1]]
                )
            ],
            g.constants,
        ),
        opset_imports=[helper.make_opsetid(*opset) for opset in OPSETS],
        producer_name="policyqa",
    )
    model.ir_version = 8
    return model


def _layer(
    g: _Graph,
    weights: Mapping[str, NDArray[np.float32]],
    layer: int,
    x: str,
    heads: int,
    eps: float,
) -> str:
    stem, name = f"encoder.layer.{layer}.", f"layer{layer + 1}."

    def matrix(part: str) -> NDArray[np.float32]:
        return weights[f"{stem}{part}.weight"]

    def vector(part: str, kind: str = "bias") -> str:
        return g.constant(f"{name}{part}.{kind}", weights[f"{stem}{part}.{kind}"])

    parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
    projections = [g.linear(x, matrix(part), f"{name}{part}") for part in parts]
    bias = g.constant(
        f"{name}projections.bias", np.concatenate([weights[f"{stem}{part}.bias"] for part in parts])
    )
    mixed = g.add(
        "MultiHeadAttention", [*projections, bias, "mask"], f"{name}mixed", FUSED, num_heads=heads
    )

    def residual(values: str, skip: str, part: str) -> str:
        inputs = [values, skip, vector(f"{part}.LayerNorm", "weight"), vector(f"{part}.LayerNorm")]
        return g.add(
            "SkipLayerNormalization",
            [*inputs, vector(f"{part}.dense")],
            f"{name}{part}.normed",
            FUSED,
            epsilon=eps,
        )

    attended = residual(
        g.linear(mixed, matrix("attention.output.dense"), f"{name}attended"), x, "attention.output"
    )
    wide = g.linear(attended, matrix("intermediate.dense"), f"{name}wide")
    active = g.add("BiasGelu", [wide, vector("intermediate.dense")], f"{name}active", FUSED)
    return residual(g.linear(active, matrix("output.dense"), f"{name}narrow"), attended, "output")
