"""The packaged encoder and foreign models: vectors, windows, damage, no torch."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from policyqa.encoder import DEFAULT_MODEL, OnnxEncoder, load_encoder
from policyqa.errors import ModelError

PACKAGED = Path(sys.modules["policyqa"].__file__ or "").parent / "models" / DEFAULT_MODEL
QUESTION = "区委常委会每年听取几次汇报"
PASSAGES = [
    "区委常委会每年听取1-2次政协党组工作汇报。",
    "每名党员委员联系1-3名党外委员。",
    "当事人对行政处罚决定不服的，可以依法申请行政复议或者提起行政诉讼。",
    "今天天气很好，适合出门散步。",
]


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    loaded = load_encoder()
    assert isinstance(loaded, OnnxEncoder)
    return loaded


def test_vectors_have_unit_length_and_rank_the_answer_first(encoder: OnnxEncoder) -> None:
    passages = encoder.encode_passages(PASSAGES)
    assert passages.shape == (4, 384)
    assert passages.dtype == np.float32
    np.testing.assert_allclose((passages**2).sum(axis=1), 1, atol=1e-5)
    likeness = (encoder.encode_queries([QUESTION]) @ passages.T)[0]
    assert likeness.argmax() == 0
    assert likeness.argmin() == 3


def test_a_text_has_one_vector_whatever_stands_beside_it(encoder: OnnxEncoder) -> None:
    together = encoder.encode_passages([*PASSAGES, PASSAGES[0] * 20])
    alone = np.concatenate([encoder.encode_passages([text]) for text in PASSAGES])
    np.testing.assert_array_equal(together[:4], alone)
    one_thread = load_encoder(threads=1).encode_passages(PASSAGES)
    np.testing.assert_array_equal(one_thread, alone)


def test_questions_and_passages_are_told_apart(encoder: OnnxEncoder) -> None:
    assert not np.array_equal(
        encoder.encode_queries([QUESTION]), encoder.encode_passages([QUESTION])
    )


def test_no_texts_and_empty_texts(encoder: OnnxEncoder) -> None:
    assert encoder.encode_queries([]).shape == (0, 384)
    assert np.isfinite(encoder.encode_passages([""])).all()


def test_full_width_and_half_width_are_the_same_text(encoder: OnnxEncoder) -> None:
    wide, half = encoder.encode_passages(["每年召开１－２次会议，", "每年召开1-2次会议,"])
    np.testing.assert_array_equal(wide, half)


def test_more_than_the_model_takes_is_cut_off(encoder: OnnxEncoder) -> None:
    long, longer = encoder.encode_passages(["办理行政许可。" * 400, "办理行政许可。" * 800])
    np.testing.assert_array_equal(long, longer)


def test_a_short_text_is_one_window(encoder: OnnxEncoder) -> None:
    assert encoder.passage_windows("某某办法", PASSAGES[0]) == [(0, len(PASSAGES[0]))]


def test_windows_cover_a_long_text_overlap_and_fit(encoder: OnnxEncoder) -> None:
    text = "".join(f"第{n}类事项由有关主管部门在{n}日内办结并告知申请人。" for n in range(300))
    context = "某某市行政审批事项管理办法 第三章 办理程序"
    windows = encoder.passage_windows(context, text)
    assert len(windows) > 3
    assert windows[0][0] == 0
    assert windows[-1][1] == len(text)
    for (start, end), (following, _) in pairwise(windows):
        assert start < following < end, "windows overlap and advance"
    # What is embedded is not cut: one more sentence at its end changes the vector.
    for start, end in windows:
        passage = encoder.passage_text(context, text[start:end])
        whole, shorter = encoder.encode_passages([passage, passage[:-12]])
        assert not np.array_equal(whole, shorter)


def test_a_context_that_fills_the_window_leaves_room_for_the_text(encoder: OnnxEncoder) -> None:
    context = "关于进一步加强和改进有关工作的通知" * 60
    windows = encoder.passage_windows(context, "由区级财政按季度拨付。" * 100)
    assert windows[-1][1] == 1100
    assert min(end - start for start, end in windows[:-1]) > 200


def test_the_default_model_needs_no_torch_and_no_network() -> None:
    script = (
        "import socket, sys\n"
        "def refuse(*args): raise OSError('no network')\n"
        "socket.socket.connect = refuse\n"
        "from policyqa.encoder import load_encoder\n"
        f"load_encoder().encode_queries(['{QUESTION}'])\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_licence_lies_with_the_model_and_the_size_is_bounded() -> None:
    licence = (PACKAGED / "LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in licence
    assert "multilingual-e5-small" in licence
    assert sum(file.stat().st_size for file in PACKAGED.iterdir()) <= 40_000_000


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(PACKAGED, folder)
    return folder


def test_a_copied_folder_is_the_same_model(copy: Path, encoder: OnnxEncoder) -> None:
    other = load_encoder(str(copy))
    assert other.description.fingerprint == encoder.description.fingerprint
    assert other.description.name == str(copy)


def test_a_flipped_byte_is_found(copy: Path) -> None:
    content = bytearray((copy / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "model.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.onnx 已损坏"):
        load_encoder(str(copy))


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        load_encoder(str(copy))


def test_a_broken_description_is_named(copy: Path) -> None:
    (copy / "model.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"model\.json"):
        load_encoder(str(copy))


def test_other_prefixes_are_another_model(copy: Path, encoder: OnnxEncoder) -> None:
    described = json.loads((copy / "model.json").read_text(encoding="utf-8"))
    described["query_prefix"] = "问题："
    (copy / "model.json").write_text(json.dumps(described), encoding="utf-8")
    assert load_encoder(str(copy)).description.fingerprint != encoder.description.fingerprint


def test_a_model_that_is_not_there_says_what_to_do() -> None:
    with pytest.raises(ModelError, match="本地文件夹"):
        load_encoder("/nowhere/bge-small-zh-v1.5")


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny BERT, random but seeded, saved as sentence-transformers saves its models."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("foreign")
    characters = sorted(set("".join(PASSAGES) + QUESTION))
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=64)
    pooling = Pooling(32, pooling_mode="cls")
    prompts = {"query": "为这个句子生成表示：", "document": ""}
    model = SentenceTransformer(modules=[transformer, pooling], prompts=prompts, device="cpu")
    model.save(str(folder / "model"))
    return str(folder / "model")


def test_any_sentence_transformers_model_can_be_used(foreign: str) -> None:
    from sentence_transformers import SentenceTransformer

    encoder = load_encoder(foreign)
    described = encoder.description
    assert (described.dimension, described.max_tokens) == (32, 64)
    assert described.query_prefix == "为这个句子生成表示："
    ours = encoder.encode_passages(PASSAGES)
    theirs = SentenceTransformer(foreign, device="cpu").encode(PASSAGES, normalize_embeddings=True)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    asked = SentenceTransformer(foreign, device="cpu").encode(
        [QUESTION], prompt_name="query", normalize_embeddings=True
    )
    np.testing.assert_allclose(encoder.encode_queries([QUESTION]), asked, atol=1e-5)
    windows = encoder.passage_windows("", "每年听取汇报" * 40)
    assert windows[-1][1] == 240
    assert all(end - start <= 62 for start, end in windows)


def test_an_index_refuses_another_model(foreign: str, tmp_path: Path) -> None:
    from policyqa import build_index, open_index
    from policyqa.errors import PolicyQAError

    document = tmp_path / "办法.txt"
    document.write_text("某某办法\n第一条 每年听取1-2次汇报。\n", encoding="utf-8")
    build_index([document], tmp_path / "index", model=foreign)
    assert open_index(tmp_path / "index", model=foreign).search("听取汇报")
    with pytest.raises(PolicyQAError, match="模型"):
        open_index(tmp_path / "index", model=DEFAULT_MODEL)
