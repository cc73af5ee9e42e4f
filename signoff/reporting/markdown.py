"""Helpers for GitHub Flavored Markdown, which GitLab reads too."""

from __future__ import annotations

import re

from signoff.printing import STEERING

_STEERING = re.compile(STEERING)


def plain(text: str) -> str:
    """The text with such characters written as escapes. Line breaks of HTTP become line feeds."""
    return _STEERING.sub(lambda match: ascii(match[0])[1:-1], text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def plain_json(text: str) -> str:
    """JSON text with such characters written as JSON's escapes: the same value, and encodable."""
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


# Characters that could be markup, end a table cell, mention a user or start a link in the middle of a line.
_MARKUP = re.compile(
    r"""[!#$&*+<>@[\\\]^`{|}~]|(?<![^\W_])_|_(?![^\W_])|:(?=//|[\w+-]+:)|www(?=\.)""", re.IGNORECASE
)
QUOTED = re.compile("`([^`]+)`")
_LONGEST = 1000


def text(content: str) -> str:
    """Text on one line, with every character that could be markup escaped as an entity."""
    return _escaped(_short(content))


def _escaped(plain: str) -> str:
    return _MARKUP.sub(lambda match: "".join(f"&#{ord(character)};" for character in match[0]), plain)


def _short(content: str) -> str:
    plain = one_line(content)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def code(content: str) -> str:
    """Text as a `<code>` element."""
    return f"<code>{text(content)}</code>"


def block(content: str, language: str) -> tuple[str, ...]:
    """A fenced code block; the fence is longer than any in the content."""
    fence = _fence(content, 3)
    return (f"{fence}{language}", content, fence)


def _fence(content: str, least: int) -> str:
    return "`" * max(least, *(len(run) + 1 for run in re.findall("`+", content)), 0)


def span(content: str) -> str:
    """Text as a code span; its fence is longer than any in the text."""
    plain = _short(content)
    if not plain:
        return ""
    fence = _fence(plain, 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def prose(sentence: str) -> str:
    """A sentence escaped as by `text`; parts in backticks become code spans."""
    parts = QUOTED.split(_short(sentence))
    return "".join(span(part) if number % 2 else _escaped(part) for number, part in enumerate(parts))
