"""Bytes of a text file to its characters."""

from __future__ import annotations

import codecs

from policyqa.errors import LoadError

_SAMPLE = 5000


def decode(content: bytes, declared: str | None = None) -> str:
    """Bytes to text: a byte order mark, then UTF-8, the declared encoding, GB18030, UTF-16.

    Raises:
        LoadError: none of them fits.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _decoded(content, encoding)
    if content[:4000].count(0) > len(content[:4000]) // 20:
        # Zero bytes: UTF-16 without its mark, or no text at all. Most of an office text's
        # characters are ideographs or ASCII, so the right byte order shows in them.
        text = _as_utf16(content)
        if text is None:
            raise LoadError("不是文本文件(含有大量零字节)")
        return text
    for candidate in ("utf-8", declared, "gb18030"):
        if candidate is None:
            continue
        try:
            text = content.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
        if _legible(text):
            return text
    # Without a mark and with hardly an ASCII character there are no zero bytes to see.
    text = _as_utf16(content)
    if text is None:
        raise LoadError("无法识别文字编码,请另存为 UTF-8 或 GB18030")
    return text


def _as_utf16(content: bytes) -> str | None:
    """The text in the byte order that gives mostly ideographs and ASCII, or None."""
    best, most = None, 0.6
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:_SAMPLE]
        usual = sum(1 for c in sample if "\u4e00" <= c <= "\u9fff" or "\t" <= c <= "~")
        if _legible(text) and usual > most * len(sample):
            best, most = text, usual / len(sample)
    return best


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise LoadError(f"文件开头标明 {encoding},内容却不是,可能已损坏") from error


def _legible(text: str) -> bool:
    sample = text[:_SAMPLE]
    odd = sum(
        1
        for character in sample
        if (character < " " and character not in "\t\r\n\f\v") or "\ue000" <= character <= "\uf8ff"
    )
    return odd * 50 <= len(sample)
