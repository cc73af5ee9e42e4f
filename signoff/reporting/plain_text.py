"""Text of strangers made fit to show: nothing in it steers a terminal, a viewer or an encoder."""

from __future__ import annotations

import re

# Control characters (line breaks and tabs aside), what reorders text, and halves of surrogate pairs.
_STEERING = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def plain(text: str) -> str:
    """The text with such characters written as escapes."""
    return _STEERING.sub(lambda match: ascii(match[0])[1:-1], text)


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def plain_json(text: str) -> str:
    """JSON text with such characters written as JSON's escapes: the same value, and encodable."""
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
