"""Write encoder and reader as ONNX graphs and round them to int8.

A graph takes `input_ids` and `attention_mask`, (batch, length) each. The encoder's gives
`embedding`, (batch, hidden): the mean over the tokens, scaled to unit length; the reader's
gives `scores`, (batch, length, 4). They are written operator by operator rather than traced,
so that their bytes depend on the weights alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

Weights = Mapping[str, NDArray[np.float32]]
"""Named as in the state dict of a transformers BertModel."""

FUSED = "com.microsoft"
OPSETS = (("", 17), (FUSED, 1))


@dataclass(frozen=True)
class Geometry:
    """What the weights do not tell: the numbers of layers and heads, and the norm's epsilon."""

    layers: int
    heads: int
    eps: float


class _Graph:
    def __init__(self, smoothing: Weights) -> None:
        self.smoothing = smoothing
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

    def linears(self, x: str, matrices: Mapping[str, NDArray[np.float32]]) -> list[str]:
        """x @ weights.T for each of (outputs, inputs) weights, without biases."""
        scale = self.smoothing.get(x)
        if scale is not None:
            x = self.add("Mul", [x, self.constant(f"{x}.smoothing", 1 / scale)], f"{x}.smoothed")
        return [
            self.add(
                "MatMul",
                [
                    x,
                    self.constant(f"{name}.w", (weights if scale is None else weights * scale).T),
                ],
                name,
            )
            for name, weights in matrices.items()
        ]


def encoder_graph(
    weights: Weights, geometry: Geometry, smoothing: Weights | None = None
) -> onnx.ModelProto:
    """The whole encoder in float32.

    Args:
        weights: of the BertModel.
        geometry: its shape.
        smoothing: by name of a linear layer's input, (inputs,) what its channels are divided
            by and the weights multiplied by; the result is the same in exact arithmetic.
    """
    g = _Graph(smoothing or {})
    x = _transformer(g, weights, geometry)
    g.add("Cast", ["attention_mask"], "token_weights", to=TensorProto.FLOAT)
    g.add("Unsqueeze", ["token_weights", g.constant("two", np.array([2], np.int64))], "column")
    g.add("Mul", [x, "column"], "weighted")
    one = g.constant("one", np.array([1], np.int64))
    g.add("ReduceSum", ["weighted", one], "sum", keepdims=0)
    # The mean is the sum over a positive count, which scaling to unit length cancels.
    g.add("LpNormalization", ["sum"], "embedding", axis=1, p=2)
    width = weights["embeddings.position_embeddings.weight"].shape[1]
    return _model(g, "encoder", "embedding", ["batch", width])


def reader_graph(
    weights: Weights, geometry: Geometry, smoothing: Weights | None = None
) -> onnx.ModelProto:
    """The whole reader in float32; `weights` also holds `scores.weight` (4, hidden) and
    `scores.bias` (4,). The other arguments are as for `encoder_graph`."""
    g = _Graph(smoothing or {})
    x = _transformer(g, weights, geometry)
    # Einsum, since MatMul would be rounded: four columns cost nothing in float32.
    g.add(
        "Einsum",
        [x, g.constant("scores.w", weights["scores.weight"])],
        "weighed",
        equation="blh,ch->blc",
    )
    g.add("Add", ["weighed", g.constant("scores.bias", weights["scores.bias"])], "scores")
    return _model(g, "reader", "scores", ["batch", "length", len(weights["scores.bias"])])


def _transformer(g: _Graph, weights: Weights, geometry: Geometry) -> str:
    """Embeddings and all layers; the name of the last one's output."""
    prefix = "embeddings."
    positions = weights[f"{prefix}position_embeddings.weight"]
    positions = positions + weights[f"{prefix}token_type_embeddings.weight"][0]
    table = g.constant("words.table", weights[f"{prefix}word_embeddings.weight"])
    words = g.add("Gather", [table, "input_ids"], "words")
    g.constant("zero", np.array([0], np.int64))
    g.add("Shape", ["input_ids"], "length", start=1, end=2)
    g.add(
        "Slice", [g.constant("positions.table", positions), "zero", "length", "zero"], "positions"
    )
    g.add("Add", [words, "positions"], "embedded")
    norm = [g.constant(f"norm.{p}", weights[f"{prefix}LayerNorm.{p}"]) for p in ("weight", "bias")]
    x = g.add("LayerNormalization", ["embedded", *norm], "layer0", axis=-1, epsilon=geometry.eps)
    g.add("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    for layer in range(geometry.layers):
        x = _layer(g, weights, layer, x, geometry)
    return x


def _model(g: _Graph, name: str, output: str, shape: list[str | int]) -> onnx.ModelProto:
    inputs = [
        helper.make_tensor_value_info(source, TensorProto.INT64, ["batch", "length"])
        for source in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)]
    model = helper.make_model(
        helper.make_graph(g.nodes, name, inputs, outputs, g.constants),
        opset_imports=[helper.make_opsetid(*opset) for opset in OPSETS],
        producer_name="policyqa",
    )
    model.ir_version = 8
    return model


def _layer(g: _Graph, weights: Weights, layer: int, x: str, geometry: Geometry) -> str:
    stem, name = f"encoder.layer.{layer}.", f"layer{layer + 1}."

    def linear(source: str, **parts: str) -> list[str]:
        return g.linears(
            source,
            {f"{name}{out}": weights[f"{stem}{part}.weight"] for out, part in parts.items()},
        )

    def vector(part: str, kind: str = "bias") -> str:
        return g.constant(f"{name}{part}.{kind}", weights[f"{stem}{part}.{kind}"])

    def residual(values: str, skip: str, part: str) -> str:
        inputs = [
            values,
            skip,
            vector(f"{part}.LayerNorm", "weight"),
            vector(f"{part}.LayerNorm"),
            vector(f"{part}.dense"),
        ]
        return g.add(
            "SkipLayerNormalization",
            inputs,
            f"{name}{part}.normed",
            FUSED,
            epsilon=geometry.eps,
        )

    attention = "attention.self."
    kinds = {kind: f"{attention}{kind}" for kind in ("query", "key", "value")}
    biases = [weights[f"{stem}{part}.bias"] for part in kinds.values()]
    bias = g.constant(f"{name}projections.bias", np.concatenate(biases))
    mixed = g.add(
        "MultiHeadAttention",
        [*linear(x, **kinds), bias, "mask"],
        f"{name}mixed",
        FUSED,
        num_heads=geometry.heads,
    )
    (attended,) = linear(mixed, attended="attention.output.dense")
    attended = residual(attended, x, "attention.output")
    (wide,) = linear(attended, wide="intermediate.dense")
    active = g.add("BiasGelu", [wide, vector("intermediate.dense")], f"{name}active", FUSED)
    (narrow,) = linear(active, narrow="output.dense")
    return residual(narrow, attended, "output")


def activation_ranges(
    model: onnx.ModelProto, batches: Sequence[NDArray[np.int64]]
) -> dict[str, NDArray[np.float32]]:
    """The largest magnitude of each channel of each linear layer's input, (inputs,).

    Args:
        model: a float32 graph without smoothing.
        batches: token ids, (1, length) each.
    """
    watched = list(
        dict.fromkeys(node.input[0] for node in model.graph.node if node.op_type == "MatMul")
    )
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    del probe.graph.output[:]
    for name in watched:
        probe.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(
        probe.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    largest: dict[str, NDArray[np.float32]] = {}
    for ids in batches:
        outputs = session.run(watched, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        for name, values in zip(watched, outputs, strict=True):
            peak = np.abs(values).reshape(-1, values.shape[-1]).max(axis=0)
            largest[name] = np.maximum(largest.get(name, peak), peak)
    return largest


def smoothing_scales(
    model: onnx.ModelProto, ranges: Weights, strength: float
) -> dict[str, NDArray[np.float32]]:
    """What to divide each channel by so that activations and weights share the difficulty.

    scale = activation^strength / weight^(1 - strength), each the channel's largest magnitude.

    Source: Xiao et al., "SmoothQuant: Accurate and Efficient Post-Training Quantization for
    Large Language Models", ICML 2023, equation 4.
    """
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    heaviest: dict[str, NDArray[np.float32]] = {}
    for node in model.graph.node:
        if node.op_type == "MatMul":
            peak = np.abs(numpy_helper.to_array(constants[node.input[1]])).max(axis=1)
            source = node.input[0]
            heaviest[source] = np.maximum(heaviest.get(source, peak), peak)
    return {
        name: np.maximum(
            np.maximum(ranges[name], 1e-5) ** strength / np.maximum(weight, 1e-5) ** (1 - strength),
            1e-5,
        ).astype(np.float32)
        for name, weight in heaviest.items()
    }


def rounded(model: onnx.ModelProto, *, per_channel: bool = True, seven_bits: bool = True) -> bytes:
    """The graph with int8 matrices and embeddings; activations are rounded as they come.

    Args:
        model: a float32 graph.
        per_channel: one scale for each output rather than for each matrix.
        seven_bits: weights take 7 of the 8 bits. Processors with AVX2 but no VNNI add two
            products in 16 bits, which overflows with 8: only with 7 are a text's vectors the
            same on every processor.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
        onnx.save(model, source)
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul", "Gather"],
            weight_type=QuantType.QInt8,
            per_channel=per_channel,
            reduce_range=seven_bits,
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
        return target.read_bytes()
