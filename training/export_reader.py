"""A trained reader as the int8 ONNX folder that policyqa ships.

    python training/export_reader.py FOLDER [--to OUT] [--version 1]

FOLDER is what train_reader.py wrote. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import itertools
import logging
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModel

from export_encoder import BASE, ROOT, SMOOTHING, Exported, calibration_passages
from graph import Geometry, activation_ranges, reader_graph, smoothing_scales
from package import write_reader
from policyqa.span_reader import DEFAULT_READER, SCORES
from train_reader import MAX_TOKENS, QUESTION_TOKENS

SHIPPED = ROOT / "src" / "policyqa" / "models" / DEFAULT_READER


def export(folder: Path) -> Exported:
    """Read a reader's folder and calibrate its smoothing on pairs of corpora's provisions: each
    is read with the beginning of the one before it in place of a question."""
    bert = AutoModel.from_pretrained(folder)
    weights = {
        name: tensor.detach().float().numpy()
        for name, tensor in [
            *bert.state_dict().items(),
            *(
                (f"scores.{key}", t)
                for key, t in torch.load(folder / "scores.pt", map_location="cpu").items()
            ),
        ]
    }
    config = bert.config
    geometry = Geometry(config.num_hidden_layers, config.num_attention_heads, config.layer_norm_eps)
    tokenizer = Tokenizer.from_file(str(BASE / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    passages = calibration_passages()
    pairs = []
    for before, passage in itertools.pairwise(passages):
        asked = tokenizer.encode("query: " + before.removeprefix("passage: ")[:30]).ids
        ids = [*asked, *tokenizer.encode(passage).ids[1:]][:MAX_TOKENS]
        pairs.append(np.array([ids], dtype=np.int64))
    plain = reader_graph(weights, geometry)
    scales = smoothing_scales(plain, activation_ranges(plain, pairs), SMOOTHING)
    return Exported(plain, reader_graph(weights, geometry, scales), tokenizer)


def main() -> None:
    """Export one folder."""
    logging.disable(logging.WARNING)  # onnxruntime advises on graphs traced from torch
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, default=SHIPPED)
    parser.add_argument("--version", default="1")
    options = parser.parse_args()
    exported = export(options.folder)
    graph = exported.shipped()
    limits = {"max_tokens": MAX_TOKENS, "max_question_tokens": QUESTION_TOKENS, "scores": SCORES}
    write_reader(options.to, options.version, graph, exported.tokenizer, limits)
    print(f"{options.to}: {len(graph) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
