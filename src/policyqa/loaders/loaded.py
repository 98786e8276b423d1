"""What every loader gives back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LoadedText:
    """A file's text, one paragraph or table row a line, and what its markup names.

    Attributes:
        text: the document and what surrounds it.
        title: the title, if the markup names one.
        stated: what the page's table about the document says, by label (发文机关, 成文日期).
    """

    text: str
    title: str | None = None
    stated: Mapping[str, str] = field(default_factory=dict)


def clean(text: str) -> str:
    """One newline a line break; characters that print nothing become spaces or go."""
    text = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", text)
    return re.sub(r"[\x00-\x08\x0e-\x1f\ufeff\u200b\u2060\xad\ud800-\udfff]", "", text)


def joined(before: str, after: str) -> str:
    """Two printed lines as one: with a space between Latin words, with none in Chinese."""
    latin = before[-1:].isascii() and after[:1].isascii()
    spaced = latin and (before[-1:].isalnum() or before[-1:] in ",;.") and after[:1].isalnum()
    return f"{before} {after}" if spaced else before + after
