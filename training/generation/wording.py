"""From a statute's wording to how people ask."""

from __future__ import annotations

import random
import re
from functools import lru_cache
from pathlib import Path

from policyqa.tokenizer import word_edges

SYNONYMS = Path(__file__).parent / "synonyms.txt"
_HELD = 0xE000
"""First of the characters that stand for kept words."""


@lru_cache(maxsize=1)
def synonyms() -> dict[str, tuple[str, ...]]:
    """What can be said for a statute's word, by that word; nothing: it stays as it is."""
    found: dict[str, tuple[str, ...]] = {}
    for line in SYNONYMS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, _, others = line.partition("=")
            found[word.strip()] = tuple(others.split())
    return found


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, synonyms()), key=len, reverse=True)))


def vary(text: str, rng: random.Random, *, keep: tuple[str, ...] = (), share: float = 0.5) -> str:
    """The question in other words of the same meaning.

    Args:
        text: a draft's question.
        rng: decides which words.
        keep: words that stay exactly as they are.
        share: how many of the words that could be replaced are.
    """
    for number, words in enumerate(keep):
        text = text.replace(words, chr(_HELD + number))
    text = _shorter(text, rng)
    text = _replaced(text, rng, share)
    text = _modal(text, rng)
    text = re.sub(r"[\s　]+", "", text).replace("，，", "，").strip("，,、")
    if rng.random() < 0.1:
        text = text.replace("什么", "啥", 1)
    for number, words in enumerate(keep):
        text = text.replace(chr(_HELD + number), words)
    return text + ("？" if rng.random() < 0.3 else "")


def _shorter(text: str, rng: random.Random) -> str:
    """Without words that nobody asks with."""
    text = re.sub(
        r"(?:在|对)?本行政区域(?:内|范围内)?(?:的)?",
        lambda m: "本地的" if m[0].endswith("的") and rng.random() < 0.3 else "",
        text,
    )
    text = re.sub(
        r"(?:自|从|在)([^，自从]{2,24}?)之日起(?:计算)?",
        lambda m: rng.choice(
            (f"{m[1]}后", f"{m[1]}之后", f"从{m[1]}那天起", f"自{m[1]}起", f"{m[1]}后")
        ),
        text,
    )
    text = text.replace("后后", "后")
    for words, drop in (
        ("依法", 0.7),
        ("予以", 0.8),
        ("及时", 0.5),
        ("进行", 0.5),
        ("有关的", 0.5),
        ("所", 0.0),
    ):
        if rng.random() < drop:
            text = re.sub(rf"(?<![未不没]){words}(?=[^一几多两每，的]{{2}})", "", text)
    return text


def _replaced(text: str, rng: random.Random, share: float) -> str:
    edges = word_edges(text)

    def other(match: re.Match[str]) -> str:
        choices = synonyms()[match[0]]
        whole = match.start() in edges and match.end() in edges
        return rng.choice(choices) if choices and whole and rng.random() < share else match[0]

    return _words().sub(other, text)


def _modal(text: str, rng: random.Random) -> str:
    """应当 said as 要 or 应该, or left out."""

    def other(match: re.Match[str]) -> str:
        after = text[match.end() : match.end() + 2]
        if after.startswith(("由", "自", "在", "是", "经", "为")):
            return rng.choice(("", "", "应该"))
        words = ["要", "要", "应该", "应当", "须"]
        if not text[: match.start()].endswith("下"):
            words += ["", "得"] if not after.startswith(("到", "以")) else [""]
        return rng.choice(words)

    return re.sub(r"(?<![不是否相])(?:应当|必须)", other, text)
