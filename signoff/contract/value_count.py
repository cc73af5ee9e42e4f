"""Counts the values of a body before it is read.

Parsers in C keep the interpreter until they are done, and the garbage collector visits each value: how long
other requests wait depends on the number of values more than on that of bytes.
"""

from __future__ import annotations

import re

from signoff.contract import media_types
from signoff.contract.media_types import JSON_LINES, JSON_SEQUENCE, MULTIPART, URLENCODED, YAML

_STRING_OR_OTHERS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[^"]+', re.DOTALL)
_START_TAG = re.compile(rb"<[^/][^>]*")
_COMMA_OR_START = (b",", b"[", b"{")
_YAML_LINE_ENDS = (b"\n", b"\r", *(end.encode() for end in "\x85\u2028\u2029"))  # YAML 1.1, section 5.4


def has_more_values(body: bytes, content_type: str, most: int) -> bool:
    """Whether a body has more than `most` values.

    Values are items, properties, rows, form fields, elements and attributes. Two kinds of text cost as
    much: four percent-encoded bytes of a form, and a line of a multipart body that starts as a delimiter
    does. The bodies of other media types are one value.
    """
    name = media_types.essence(content_type)
    if media_types.is_json(name):
        return _is_over(body, most, _COMMA_OR_START) and _json_is_over(body, most, _COMMA_OR_START)
    if name in JSON_LINES or name == JSON_SEQUENCE:
        marks = (*_COMMA_OR_START, *((b"\x1e",) if name == JSON_SEQUENCE else (b"\n", b"\r")))
        body = body.replace(b"\r\n", b"\n")
        return _is_over(body, most, marks) and _json_is_over(body, most, marks)
    if media_types.is_xml(name):
        return _is_over(body, most, (b"<", b"=")) and _xml_is_over(body, most)
    if name in YAML:
        return _is_over(body.replace(b"\r\n", b"\n"), most, (*_COMMA_OR_START, *_YAML_LINE_ENDS))
    if name not in (URLENCODED, MULTIPART):
        return False
    if "boundary" in media_types.parameters(content_type):
        return _is_over(body, most, (b"\n--",))
    return body.count(b"&") + body.count(b"%") // 4 > most


def _is_over(body: bytes, most: int, marks: tuple[bytes, ...]) -> bool:
    """Whether these marks, wherever they stand, are more: fast, and false for all but huge bodies."""
    return sum(map(body.count, marks)) > most


def _json_is_over(body: bytes, most: int, marks: tuple[bytes, ...]) -> bool:
    """Whether the marks outside strings are more."""
    count = 0
    for found in _STRING_OR_OTHERS.finditer(body):
        if not found[0].startswith(b'"'):
            count += sum(map(found[0].count, marks))
        if count > most:
            return True
    return False


def _xml_is_over(body: bytes, most: int) -> bool:
    """Whether the elements and attributes are more."""
    count = 0
    for found in _START_TAG.finditer(body):
        count += 1 + found[0].count(b"=")
        if count > most:
            return True
    return False
