"""A sentence-transformers BERT encoder as the int8 ONNX folder that policyqa ships.

    python training/export_encoder.py [FOLDER] [--to OUT] [--version 1]

FOLDER is what build_encoder.py or a training run wrote (default: training/out/e5-small-zh).
The same input gives the same bytes. `variants` are the ways of rounding that
check_encoder.py compares; the last one is shipped.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from graph import Geometry, activation_ranges, encoder_graph, rounded, smoothing_scales
from package import write_encoder
from policyqa import split
from policyqa.document import units

ROOT = Path(__file__).parent.parent
BASE = Path(__file__).parent / "out" / "e5-small-zh"
SHIPPED = ROOT / "src" / "policyqa" / "models" / "encoder-small-zh"
SMOOTHING = 0.7
"""0.5 and less leave the outliers in; 0.8 and more put them into the weights (README.md)."""
CALIBRATION = 100


@dataclass(frozen=True)
class Exported:
    """An encoder ready to be rounded.

    Attributes:
        plain: its float32 graph.
        smoothed: the same function with its outlier channels evened out.
        tokenizer: its tokenizer.
    """

    plain: onnx.ModelProto
    smoothed: onnx.ModelProto
    tokenizer: Tokenizer

    def variants(self) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of each way of rounding, the shipped one last."""
        yield "per matrix, 8 bits", rounded(self.plain, per_channel=False, seven_bits=False)
        yield "per channel, 8 bits", rounded(self.plain, seven_bits=False)
        yield "per channel, 7 bits", rounded(self.plain)
        yield "per channel, 7 bits, smoothed", self.shipped()

    def shipped(self) -> bytes:
        """The graph that is shipped: per channel, 7 bits, smoothed."""
        return rounded(self.smoothed)


def calibration_passages() -> list[str]:
    """Provisions of corpora/, evenly spread; nothing outside the repository is needed."""
    files = sorted(
        path
        for path in (ROOT / "corpora").iterdir()
        if path.suffix in (".txt", ".md", ".html") and path.stem != "README"
    )
    texts = [
        f"passage: {unit.context}\n{unit.text}" for path in files for unit in units(split(path))
    ]
    return texts[:: max(1, len(texts) // CALIBRATION)]


def export(folder: Path, passages: Sequence[str]) -> Exported:
    """Read a model folder and calibrate its smoothing on the passages.

    Raises:
        KeyError: the transformer is no BERT encoder.
    """
    model = SentenceTransformer(str(folder), device="cpu")
    bert = model[0].auto_model
    weights = {
        name: tensor.detach().float().cpu().numpy() for name, tensor in bert.state_dict().items()
    }
    config = bert.config
    geometry = Geometry(config.num_hidden_layers, config.num_attention_heads, config.layer_norm_eps)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(int(model.max_seq_length))
    plain = encoder_graph(weights, geometry)
    ranges = activation_ranges(plain, [token_ids(tokenizer, text) for text in passages])
    smoothed = encoder_graph(weights, geometry, smoothing_scales(plain, ranges, SMOOTHING))
    return Exported(plain, smoothed, tokenizer)


def token_ids(tokenizer: Tokenizer, text: str) -> NDArray[np.int64]:
    """(1, length) the text's token ids."""
    return np.array([tokenizer.encode(text).ids], dtype=np.int64)


def main() -> None:
    """Export one folder."""
    logging.disable(logging.WARNING)  # onnxruntime advises on graphs traced from torch
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=BASE)
    parser.add_argument("--to", type=Path, default=SHIPPED)
    parser.add_argument("--version", default="1")
    options = parser.parse_args()
    exported = export(options.folder, calibration_passages())
    graph = exported.shipped()
    write_encoder(options.to, options.version, graph, exported.tokenizer)
    print(f"{options.to}: {len(graph) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
