"""Cases with valid, boundary, invalid, malformed and missing bodies."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from signoff.conformance.base_requests import name_in_body, with_header, without_header
from signoff.conformance.bodies import bodies_near_limits
from signoff.conformance.cases.maker import shown, with_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.cases.maker import Maker, Planned
    from signoff.conformance.exchange import Sent
    from signoff.contract.json_value import JsonValue

_BAD_JSON = (
    *(b"", b'{"', b"not json", b"[]", b"null", b'"text"', b"1", b"true", b"[{}]", b"{}}", b"{'a': 1}"),
    *(b"\xff\xfe", b'{"a": "\x80"}', b'{"a": 1,}', b'{"a": }', b"{} {}", b"// x\n{}", b" "),
    # Parsers differ on these: they may be accepted, but must not cause a server error.
    *(b"\xef\xbb\xbf{}", b'{"a": NaN}', b'{"a": 1, "a": 2}', b'{"a": "\\ud800"}', b'{"a": "\\u0000"}'),
    *(b'{"a": 1e400}', b'{"a": ' + b"9" * 5000 + b"}", b"[" * 2000 + b"]" * 2000, b'{"a":' * 3000),
    b'{"a": "' + b"x" * 1_000_000 + b'"}',
)
_FOREIGN_MEDIA_TYPES = (
    *("text/plain", "application/x-www-form-urlencoded", "application/xml"),
    *("application/octet-stream", "multipart/form-data; boundary=x", "text/json-but-not"),
)
_DEEP = 200


def valid(maker: Maker) -> Iterator[Planned]:
    """Valid bodies: documented ones, then those at the boundaries of the schema."""
    for body in maker.some_bodies:
        yield maker.planned(maker.sent(body), "positive", with_body(body))
    offer = maker.operation.json_body
    # If the data file has bodies, other valid bodies may be rejected.
    if offer is None or not maker.bodies or maker.data.of(maker.operation).bodies:
        return
    sent = maker.sent(maker.body)
    for place, body in bodies_near_limits(maker.contract, offer, maker.body, is_valid=True):
        if not any(body == known for known in maker.bodies) and not _renames(maker, body):
            yield maker.planned(maker.with_json(sent, body), "boundary", f"{place} in {shown(body)}")


def _renames(maker: Maker, body: JsonValue) -> bool:
    """Whether a valid body gives what the path names another name; later requests would not find it."""
    name = name_in_body(maker.operation, body)
    base = maker.body
    return (
        name is not None
        and isinstance(body, dict)
        and isinstance(base, dict)
        and (body[name] != base.get(name))
    )


def invalid(maker: Maker) -> Iterator[Planned]:
    """Bodies that violate their schema in one place."""
    offer = maker.operation.json_body
    if offer is None or not maker.bodies:
        return
    sent = maker.sent(maker.body)
    for place, body in bodies_near_limits(maker.contract, offer, maker.body, is_valid=False):
        yield maker.planned(maker.with_json(sent, body), "negative", f"{place} in {shown(body)}")


def malformed(maker: Maker) -> Iterator[Planned]:
    """Malformed JSON, undocumented media types and charsets, and missing bodies."""
    described = maker.operation.request_body
    if described is None or not maker.bodies:
        return
    sent = maker.sent(maker.body)
    yield maker.planned(without_header(replace(sent, body=b""), "content-type"), "negative", "no body")
    if sent.body:
        yield maker.planned(without_header(sent, "content-type"), "negative", "no Content-Type")
    offer = maker.operation.json_body
    if offer is not None:
        yield from _bytes(maker, with_header(sent, "Content-Type", offer.name))
    for foreign in _FOREIGN_MEDIA_TYPES:
        if described.media_type_for(foreign) is None:
            label = f"Content-Type: {foreign}"
            yield maker.planned(with_header(sent, "Content-Type", foreign), "negative", label)


def _bytes(maker: Maker, typed: Sent) -> Iterator[Planned]:
    whole = json.dumps(maker.body).encode()
    cut = whole[: len(whole) // 2] if len(whole) > 4 else whole[:-1]
    twice = whole[:-1] + b"," + whole[1:] if whole.startswith(b'{"') else whole + whole
    own = (
        cut,
        whole + b"x",
        twice,
        _with_depth(whole),
        b"\xef\xbb\xbf" + whole,
        whole.decode().encode("utf-16"),
    )
    for body in (*own, *_BAD_JSON):
        yield maker.planned(replace(typed, body=body), "negative", f"body {body[:40]!r}"[:60])
    if described := maker.operation.json_body:
        label = f"{described.name} in UTF-16"
        encoded = with_header(typed, "Content-Type", f"{described.name}; charset=utf-16")
        yield maker.planned(replace(encoded, body=whole.decode().encode("utf-16")), "negative", label)


def _with_depth(whole: bytes) -> bytes:
    """The object with an additional, deeply nested property, which most schemas allow."""
    deep = b"[" * _DEEP + b"]" * _DEEP
    if not whole.startswith(b"{"):
        return deep
    joint = b"," if len(whole) > 2 else b""
    return whole[:-1] + joint + b'"signoff_deep":' + deep + b"}"


def in_query(maker: Maker) -> Iterator[tuple[str, str]]:
    """Properties of the body with another value, which the server must ignore in the query."""
    offer = maker.operation.json_body
    if offer is None or not isinstance(maker.body, dict):
        return
    for body in islice(maker.bodies, 8):
        for name, value in body.items() if isinstance(body, dict) else ():
            if isinstance(value, str) and maker.body.get(name) != value:
                yield name, value
