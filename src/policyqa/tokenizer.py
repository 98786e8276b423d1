"""Chinese text to search terms, and the words of a query to highlight.

Ranking reads characters and pairs of characters, which cannot lose a word to segmentation;
jieba's words serve only where people see them (highlights, an office's own dictionary).
"""

from __future__ import annotations

import functools
import logging
import sys
import threading
import unicodedata
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policyqa.errors import InputError

_BIGRAM_SHIFT = 21  # code points are below 2**21
_TABLE_SIZE = 0x20000  # the planes above hold ideographs up to _LAST_IDEOGRAPH
_LAST_IDEOGRAPH = 0x3FFFF
_SURROGATES = (0xD800, 0xDFFF)

FUNCTION_WORDS = frozenset(
    """
    的 了 和 是 在 与 或 及 以及 并 对 对于 关于 由 被 把 将 向 从 为 于 以 之 其 这 那 该 此 就
    也 都 还 又 吗 呢 吧 啊 么 嘛 着 过 地 得 等 等等 个 上 下 中 里 有 要 会 能 可 可以 是否 能否
    应 应当 应该 需要 我 我们 你 你们 他 他们 它 它们 自己 如果 因为 所以 但 但是 而 而且 有关
    相关 进行 请问 几 多少 多久 多长 何 何时 何种 什么 时候 什么时候 哪 哪个 哪些 哪里 谁 怎么
    怎样 怎么办 如何 为什么
    """.split()  # noqa: SIM905
)
"""Words that only hold a question together; never highlighted."""


def terms(text: str) -> NDArray[np.int64]:
    """Character unigrams and bigrams of a text as integer codes, in no useful order.

    The text is NFKC-normalised and lowercased (full-width forms become half-width). A unigram
    is its code point; a bigram of two neighbours in one run of letters, digits or ideographs
    is ``first << 21 | second``.

    Args:
        text: any text.

    Returns:
        (n,) codes with repetitions; empty where the text holds only punctuation.
    """
    normalised = unicodedata.normalize("NFKC", text).lower()
    encoded = normalised.encode("utf-32-le", "surrogatepass")
    points = np.frombuffer(encoded, dtype="<u4").astype(np.int64)
    kept = _is_word_character(points)
    pairs = kept[:-1] & kept[1:]
    bigrams = (points[:-1] << _BIGRAM_SHIFT) | points[1:]
    return np.concatenate([points[kept], bigrams[pairs]])


def query_words(text: str, dictionary: str = "") -> list[str]:
    """The distinct content words of a query, in order, folded as `highlights` matches them.

    Args:
        text: a question or draft clause.
        dictionary: path of a jieba user dictionary, or "" for jieba's own words only.

    Raises:
        InputError: the dictionary cannot be read.

    Source: jieba's search mode (``cut_for_search``), https://github.com/fxsjy/jieba.
    """
    words: dict[str, None] = {}
    for word in _segmenter(dictionary).cut_for_search(_fold(text)):
        word = word.strip()
        if any(map(str.isalnum, word)) and not _holds_together(word):
            words[word] = None
    return list(words)


def _holds_together(word: str) -> bool:
    asks_for_count = len(word) == 2 and word[0] == "几"  # 几次, 几名
    return asks_for_count or word in FUNCTION_WORDS


@functools.lru_cache(maxsize=4096)
def word_edges(text: str) -> frozenset[int]:
    """The offsets at which a word of the text begins or ends, by jieba's default mode."""
    return frozenset(
        edge for _, start, end in _segmenter("").tokenize(text) for edge in (start, end)
    )


def highlights(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where the words stand in the text: sorted, disjoint (start, end) offsets into it.

    Case and full-width forms do not matter; spans that touch or overlap are joined.

    Args:
        text: the text as printed.
        words: what to find, as from `query_words`.
    """
    folded = _fold(text)
    spans: list[tuple[int, int]] = []
    for word in {_fold(word) for word in words} - {""}:
        at = folded.find(word)
        while at >= 0:
            spans.append((at, at + len(word)))
            at = folded.find(word, at + 1)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _is_word_character(points: NDArray[np.int64]) -> NDArray[np.bool_]:
    table = _word_character_table()
    ideographs = (points >= _TABLE_SIZE) & (points <= _LAST_IDEOGRAPH)
    return table[np.minimum(points, _TABLE_SIZE)] | ideographs


@functools.cache
def _word_character_table() -> NDArray[np.bool_]:
    table = np.fromiter(
        (chr(point).isalnum() for point in range(_TABLE_SIZE)), dtype=np.bool_, count=_TABLE_SIZE
    )
    table[_SURROGATES[0] : _SURROGATES[1] + 1] = False
    return np.append(table, False)


class _Folding(dict[int, str]):
    """Character to its one-character lowercase NFKC form, so that offsets stay the same."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        for form in (unicodedata.normalize("NFKC", character).lower(), character.lower()):
            if len(form) == 1:
                break
        else:
            form = character
        self[point] = form
        return form


_FOLDING = _Folding()
_SEGMENTER_LOCK = threading.Lock()


def _fold(text: str) -> str:
    return text.translate(_FOLDING)


def _segmenter(dictionary: str) -> Any:
    with _SEGMENTER_LOCK:
        return _load_segmenter(dictionary)


@functools.lru_cache(maxsize=4)
def _load_segmenter(dictionary: str) -> Any:
    jieba = _import_jieba()
    segmenter = jieba.Tokenizer()
    # jieba's own start-up trusts a marshal cache in the shared temporary folder; the
    # dictionary is read afresh instead.
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    if dictionary:
        try:
            with open(dictionary, "rb") as file:  # given a path, jieba leaves it open
                segmenter.load_userdict(file)
        except (OSError, ValueError, UnicodeError) as error:
            raise InputError(f"无法读取词典 {dictionary}：{error}") from error
    return segmenter


def _import_jieba() -> Any:
    if "jieba" not in sys.modules:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import jieba

            jieba.setLogLevel(logging.WARNING)
    return sys.modules["jieba"]
