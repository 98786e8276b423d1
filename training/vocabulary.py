"""The tokenizer of multilingual-e5-small, and its vocabulary cut down to Chinese text."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from q4 import PackedModel

SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
WORD_START = "▁"
PREFIXES = ("▁passage", "▁que", "ry", ":")
"""The pieces of "passage: " and "query: ", which every text begins with."""
LATIN_PIECES = 5000
"""Latin pieces kept, the most frequent first; single letters come on top."""


@dataclass(frozen=True)
class Vocabulary:
    """Unigram pieces in id order, their log probabilities, and their rows in the full model."""

    pieces: list[str]
    scores: list[float]
    rows: list[int]


def full_vocabulary(model: PackedModel) -> Vocabulary:
    """All pieces of the package."""
    scores = [float(score) for score in model.scores]
    return Vocabulary(list(model.pieces), scores, list(range(len(model.pieces))))


def chinese_vocabulary(model: PackedModel) -> Vocabulary:
    """The pieces that Chinese text can produce after normalisation.

    Kept are: pieces of Chinese characters, ASCII digits and punctuation in any mixture; the
    `LATIN_PIECES` most frequent pieces of ASCII letters; the `PREFIXES`; and single
    characters of other scripts' letters, marks and symbols that stand in Chinese documents
    (Greek, kana, arrows, currency, circled forms). Every character that the full vocabulary holds as a piece of its
    own and that belongs to these classes stays, so that nothing becomes <unk> by the cut.
    """
    kept: list[int] = []
    latin = 0
    for row, piece in enumerate(model.pieces):
        body = piece.replace(WORD_START, "")
        if piece in SPECIALS or piece in PREFIXES or not body:
            keep = True
        elif body == "<mask>":
            keep = False
        elif body.isascii() and body.isalpha():
            keep = len(body) == 1 or latin < LATIN_PIECES
            latin += len(body) > 1
        elif len(body) == 1:
            keep = _stands_in_chinese_text(body)
        else:
            keep = all(_is_han(c) or _is_mark(c) or c in "0123456789" for c in body)
        if keep:
            kept.append(row)
    return Vocabulary(
        [model.pieces[row] for row in kept], [float(model.scores[row]) for row in kept], kept
    )


def build_tokenizer(vocabulary: Vocabulary, max_tokens: int) -> Tokenizer:
    """The tokenizer that `e5.c` implements, as a `tokenizers` pipeline.

    `e5.c` maps characters by a table that equals sentencepiece's nmt rules followed by NFKC
    for every code point but the full-width tilde, which it keeps; here both tildes become
    the full-width one, because in Chinese text a tilde of either width marks a range.
    """
    pieces = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=pieces.index(("<unk>", 0.0))))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace("~", "～"),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
        replacement=WORD_START, prepend_scheme="always", split=True
    )
    start, end = (vocabulary.pieces.index(special) for special in ("<s>", "</s>"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", start), ("</s>", end)],
    )
    tokenizer.add_special_tokens(list(SPECIALS))
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _is_han(character: str) -> bool:
    code = ord(character)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0x20000 <= code <= 0x3FFFF
        or character in "〇々"
    )


def _is_mark(character: str) -> bool:
    if character.isascii():
        return not character.isalnum()
    return (
        0x2000 <= ord(character) <= 0x206F
        or 0x3000 <= ord(character) <= 0x303F
        or (
            0xFF00 <= ord(character) <= 0xFFEF
            and not unicodedata.category(character).startswith("L")
        )
    )


def _stands_in_chinese_text(character: str) -> bool:
    code = ord(character)
    return (
        _is_han(character)
        or character.isascii()
        or unicodedata.category(character)[0] in "PSN"
        or 0x0370 <= code <= 0x03FF  # Greek
        or 0x3040 <= code <= 0x30FF  # kana
        or 0x00C0 <= code <= 0x017F  # Latin letters with marks
        or code == 0x200B
    )
