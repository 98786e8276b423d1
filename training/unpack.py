"""A shipped int8 folder back to weights that can be trained further.

    python training/unpack.py src/policyqa/models/reader-small-zh --to training/out/reader-unpacked

Reads what `graph.py` wrote: matrices and embeddings times their scales, the smoothing taken
out again. What rounding cost stays lost (about 0.1% of a vector's direction). For an encoder
the folder is one of sentence-transformers, for a reader one of train_reader.py.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from transformers import BertModel

from export_encoder import BASE

LINEAR = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attended": "attention.output.dense",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
}
"""The graph's short name of each linear layer."""


def matrices(model: onnx.ModelProto) -> dict[str, NDArray[np.float32]]:
    """All constants in float32, rounded ones multiplied out, by the name before rounding."""
    stored = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    found = {}
    for name, values in stored.items():
        if name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            zero = stored[f"{stem}_zero_point"].astype(np.float32)
            found[stem] = (values.astype(np.float32) - zero) * stored[f"{stem}_scale"]
        elif not name.endswith(("_scale", "_zero_point")):
            found[name] = values
    return found


def state(model: onnx.ModelProto, layers: int) -> dict[str, NDArray[np.float32]]:
    """The weights under the names of a transformers BertModel; `scores.*` of a reader too."""
    graph = matrices(model)
    positions = graph["positions.table"]
    found = {
        "embeddings.word_embeddings.weight": graph["words.table"],
        "embeddings.position_embeddings.weight": positions,
        # The graph holds positions and token types added up.
        "embeddings.token_type_embeddings.weight": np.zeros((2, positions.shape[1]), np.float32),
        "embeddings.LayerNorm.weight": graph["norm.weight"],
        "embeddings.LayerNorm.bias": graph["norm.bias"],
    }
    for layer in range(layers):
        short, stem = f"layer{layer + 1}.", f"encoder.layer.{layer}."
        before = f"layer{layer}.output.normed" if layer else "layer0"
        attended = f"{short}attention.output.normed"
        source = dict.fromkeys(("query", "key", "value"), before)
        source |= {"attended": f"{short}mixed", "wide": attended, "narrow": f"{short}active"}
        for name, part in LINEAR.items():
            smoothing = graph.get(f"{source[name]}.smoothing", np.float32(1))
            found[f"{stem}{part}.weight"] = graph[f"{short}{name}.w"].T * smoothing
        biases = np.split(graph[f"{short}projections.bias"], 3)
        for name, bias in zip(("query", "key", "value"), biases, strict=True):
            found[f"{stem}{LINEAR[name]}.bias"] = bias
        for part in ("attention.output.dense", "intermediate.dense", "output.dense"):
            found[f"{stem}{part}.bias"] = graph[f"{short}{part}.bias"]
        for part in ("attention.output", "output"):
            for kind in ("weight", "bias"):
                found[f"{stem}{part}.LayerNorm.{kind}"] = graph[f"{short}{part}.LayerNorm.{kind}"]
    for kind in ("w", "bias"):
        if f"scores.{kind}" in graph:
            found["scores.weight" if kind == "w" else "scores.bias"] = graph[f"scores.{kind}"]
    return found


def unpack(folder: Path, to: Path) -> None:
    """Write the folder with the base's configuration and tokenizer.

    Raises:
        KeyError: the graph is none that graph.py wrote.
    """
    reader = "max_question_tokens" in json.loads((folder / "model.json").read_text("utf-8"))
    shutil.copytree(BASE, to, dirs_exist_ok=True)
    bert = BertModel.from_pretrained(BASE, add_pooling_layer=False)
    weights = state(onnx.load(folder / "model.onnx"), bert.config.num_hidden_layers)
    tensors = {name: torch.tensor(values) for name, values in weights.items()}
    scores = {
        name.removeprefix("scores."): tensors.pop(name)
        for name in list(tensors)
        if name.startswith("scores.")
    }
    bert.load_state_dict(tensors)
    bert.save_pretrained(to)
    if reader:
        torch.save(scores, to / "scores.pt")


def main() -> None:
    """Unpack one folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args()
    unpack(options.folder, options.to)


if __name__ == "__main__":
    main()
