"""Text in Markdown: GitHub's dialect, which GitLab reads too."""

from __future__ import annotations

import re

from openapi.report_formats.plain_text import one_line

# What could be markup, end a table cell, mention somebody or make a link in the middle of a line.
_MARKUP = re.compile(r"""[!#$&*+:<>@[\\\]^_`{|}~]|www(?=\.)""", re.IGNORECASE)
_LONGEST = 1000


def text(text: str) -> str:
    """Text on one line in which nothing is markup: every character that could be is an entity."""
    plain = one_line(text)
    plain = plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
    return _MARKUP.sub(lambda match: "".join(f"&#{ord(character)};" for character in match[0]), plain)


def code(content: str) -> str:
    """Text in the type of code."""
    return f"<code>{text(content)}</code>"


def block(content: str, language: str) -> tuple[str, ...]:
    """A fenced block, its fence longer than any in the content."""
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return (f"{fence}{language}", content, fence)
