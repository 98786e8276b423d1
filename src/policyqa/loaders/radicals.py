"""Radicals that fonts print for ideographs.

A font draws ⼈ (Kangxi radical 9) and 人 with one glyph, and a PDF made from it may name either;
a search for 人 must find both. Kangxi radicals have compatibility decompositions; most of the
CJK Radicals Supplement have none, and their equivalents are listed in Unicode's
EquivalentUnifiedIdeograph.txt.
"""

from __future__ import annotations

import unicodedata

_SUPPLEMENT = dict(
    zip(
        "⺁⺆⺇⺎⺒⺓⺛⺝⺟⺠⺷⺻⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
        "厂冂几兀巳幺旡月母民羊聿虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
        strict=True,
    )
)
_TABLE = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)} | {
    ord(radical): ideograph for radical, ideograph in _SUPPLEMENT.items()
}
# The mainland's forms, where the decomposition is another region's (戶, 靑).
_TABLE |= {0x2F3E: "户", 0x2FAD: "青"}


def ideographs(text: str) -> str:
    """`text` with the ideographs that its radicals stand for."""
    return text.translate(_TABLE)
