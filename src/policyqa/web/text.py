"""Text from outside, made safe to search, log and send back."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(value: object) -> object:
    """`value` without control characters, lone surrogates and blanks at its ends.

    Line breaks and tabs stay. Anything but a string is returned as it is, for the validator
    that follows to refuse.
    """
    if not isinstance(value, str):
        return value
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", value)).strip()


def plain_identifier(value: str) -> bool:
    """Whether `value` can be an id at all: short, printable, no blanks."""
    return 0 < len(value) <= 200 and value.isprintable() and " " not in value
