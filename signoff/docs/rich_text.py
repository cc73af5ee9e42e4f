"""Descriptions, which are CommonMark of the document's author, made fit to stand in ours."""

from __future__ import annotations

import re

from signoff.reporting.markdown import prose
from signoff.reporting.plain_text import plain

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"^( {0,3})(#{1,6})(?=\s|$)")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-+)\s*$")
_CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_ENTITY = re.compile(r"&(?=#|\w+;)")
# Addresses that run something where a viewer does not know better.
_RUNNING = re.compile(r"\](?=\s*[(:]\s*<?\s*(?:javascript|vbscript|data)\s*:)", re.IGNORECASE)


def rich(description: str, level: int) -> str:
    """A description below a heading: its own headings are deeper, and HTML in it is shown rather than meant.

    Args:
        description: CommonMark.
        level: that of the heading that it stands under.
    """
    lines, fence = [], ""
    for line in plain(description).strip().splitlines():
        marker = _FENCE.match(line)
        if fence:
            fence = "" if marker and line.strip().startswith(fence) and not line.strip(" `~") else fence
            lines.append(line)
        elif marker:
            fence = marker[1]
            lines.append(_inert(line))
        else:
            lines.append(_line(line, level, is_below_text=bool(lines and lines[-1].strip())))
    if fence:
        lines.append(fence)
    return "\n".join(lines)


def cell(text: str) -> str:
    """Text in one cell of a table."""
    return prose(plain(text)).replace("|", "\\|")


def _line(line: str, level: int, *, is_below_text: bool) -> str:
    if is_below_text and _UNDERLINE.match(line):
        return f"\\{line.strip()}"  # it would make the line above a heading of the first level
    deeper = _HEADING.sub(lambda match: match[1] + "#" * min(6, level + len(match[2])), line)
    return _outside_code(deeper)


def _outside_code(line: str) -> str:
    parts, end = [], 0
    for span in _CODE_SPAN.finditer(line):
        parts += [_inert(line[end : span.start()]), span[0]]
        end = span.end()
    return "".join([*parts, _inert(line[end:])])


def _inert(text: str) -> str:
    return _ENTITY.sub("&amp;", _RUNNING.sub(r"\\]", text)).replace("<", "&lt;")
