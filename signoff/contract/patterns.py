"""Regular expressions of schemas as the compiled validators can read them (ECMA-262).

Documents hold patterns of other dialects as well: Java's classes, ranges that only lenient engines
take. What means the same in ECMA-262 is written so; what does not is told and left out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import jsonschema_rs

from signoff.contract.structure import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject

_PIECE = re.compile(r"\\[pP]\{[^}]*\}|\\.|\{\d+,\d*\}|.", re.DOTALL)
_SHORTHAND = re.compile(r"\\[wdsWDS]")


def mend_patterns(document: JsonObject) -> Iterator[tuple[str, str]]:
    """Rewrite a bundled document's patterns in place.

    Yields:
        The pointer of each pattern that no validator can read, which is left out, and the pattern.
    """
    for node in list(walk(document)):
        if node.kind != "schema":
            continue
        stated = node.value.get("pattern")
        if isinstance(stated, str):
            readable = readable_form(stated)
            if readable is None:
                del node.value["pattern"]
                yield f"{node.pointer}/pattern", stated
            else:
                node.value["pattern"] = readable
        by_pattern = node.value.get("patternProperties")
        if not isinstance(by_pattern, dict):
            continue
        for name in list(by_pattern):
            readable = readable_form(name)
            if readable == name:
                continue
            schema = by_pattern.pop(name)
            if readable is None:
                yield f"{node.pointer}/patternProperties", name
            else:
                by_pattern[readable] = schema


@lru_cache(maxsize=4096)
def readable_form(pattern: str) -> str | None:
    """The pattern, or another spelling of it, that the validators can read; None where there is none."""
    for spelling in (
        pattern,
        _with_literal_hyphens(pattern),
        pattern.replace(r"\Z", "$").replace(r"\A", "^"),
    ):
        if is_readable(spelling):
            return spelling
    return None


def is_readable(pattern: str) -> bool:
    """Whether the validators can read a pattern."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


def pieces(pattern: str) -> Iterator[tuple[str, bool]]:
    """The escapes, quantifiers and other characters of a pattern, each with whether it is inside `[…]`."""
    inside = False
    for piece in _PIECE.findall(pattern):
        yield piece, inside
        inside = piece == "[" or (inside and piece != "]")


def _with_literal_hyphens(pattern: str) -> str:
    r"""The pattern with each hyphen beside a shorthand (`[\w-.]`) escaped: there it can be no range."""
    parts = list(pieces(pattern))
    around = zip(["", *(piece for piece, _ in parts)], [*(piece for piece, _ in parts[1:]), ""], strict=False)
    return "".join(
        "\\-"
        if inside
        and piece == "-"
        and ((_SHORTHAND.fullmatch(before) and after != "]") or _SHORTHAND.fullmatch(after))
        else piece
        for (piece, inside), (before, after) in zip(parts, around, strict=True)
    )


@lru_cache(maxsize=1024)
def with_named_characters(pattern: str) -> str:
    """The pattern with each negated class (`[^…]`) as the ASCII characters that it admits.

    For making texts of it: what is admitted can then be chosen from in one order, in every process, and
    letters and digits are chosen where they are admitted. It matches no more than `pattern` does.
    """
    parts, index = [], 0
    while index < len(pattern):
        if pattern[index] == "\\":
            parts.append(pattern[index : index + 2])
            index += 2
        elif pattern[index] == "[":
            end = _end_of_class(pattern, index)
            parts.append(_named(pattern[index:end]))
            index = end
        else:
            parts.append(pattern[index])
            index += 1
    return "".join(parts)


def _end_of_class(pattern: str, start: int) -> int:
    index = start + (2 if pattern[start + 1 : start + 2] == "^" else 1)
    index += pattern[index : index + 1] == "]"  # a bracket that comes first is a literal to Python
    while index < len(pattern) and pattern[index] != "]":
        index += 2 if pattern[index] == "\\" else 1
    return index + 1


def _named(text: str) -> str:
    if not text.startswith("[^"):
        return text
    try:
        admitted = [chr(code) for code in range(32, 127) if re.fullmatch(text, chr(code))]
    except re.error:
        return text
    readable = [character for character in admitted if character.isalnum()] or admitted
    return f"[{''.join(map(re.escape, readable))}]" if readable else text
