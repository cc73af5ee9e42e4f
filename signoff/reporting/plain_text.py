"""Untrusted text made safe to show: control characters and the like are escaped."""

from __future__ import annotations

import re

# Control characters (except line breaks and tabs), bidirectional controls, and lone surrogates.
_STEERING = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def plain(text: str) -> str:
    """The text with such characters escaped."""
    return _STEERING.sub(lambda match: ascii(match[0])[1:-1], text)


def one_line(text: str) -> str:
    """The text on one line, runs of white space collapsed."""
    return " ".join(text.split())


def plain_json(text: str) -> str:
    """JSON text with such characters as JSON escapes: the same value, safe to encode."""
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
