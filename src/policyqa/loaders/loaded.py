"""What every loader gives back."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoadedText:
    """A file's text, one paragraph or table row a line, and the title its markup names."""

    text: str
    title: str | None = None


def clean(text: str) -> str:
    """One newline a line break; characters that print nothing become spaces or go."""
    text = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", text)
    return re.sub(r"[\x00-\x08\x0e-\x1f\ufeff\u200b\u2060\xad\ud800-\udfff]", "", text)


def joined(before: str, after: str) -> str:
    """Two printed lines as one: with a space between Latin words, with none in Chinese."""
    latin = before[-1:].isascii() and after[:1].isascii()
    spaced = latin and (before[-1:].isalnum() or before[-1:] in ",;.") and after[:1].isalnum()
    return f"{before} {after}" if spaced else before + after
