"""Cases with valid, boundary, invalid, malformed and missing bodies."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from signoff.conformance.base_requests import REJECTED, name_in_body, with_header, without_header
from signoff.conformance.bodies import accepts, bodies_near_limits, round_robin
from signoff.conformance.cases.maker import shown, with_body
from signoff.contract import MediaType, media_types

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from signoff.conformance.cases.maker import Maker, Planned
    from signoff.conformance.exchange import Exchange, Intent, Sent
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
    *("text/plain", "application/x-www-form-urlencoded", "application/xml", "application/json"),
    *("application/octet-stream", "multipart/form-data", "text/json-but-not"),
)
_DEEP = 200
_MOST_TYPES, _MOST_OF_A_TYPE, _MOST_MEMBERS = 4, 10, 9
_HUGE = (2**53, 2**63, -(2**63) - 1, 10**400)


def base(maker: Maker) -> Generator[Planned, Exchange | None, bool]:
    """The base request: one candidate after the other until one succeeds.

    Returns whether variations of it show anything, so False if all are rejected.
    """
    data, operation = maker.data.of(maker.operation), maker.operation
    tried = [] if data.bodies or data.once else maker.bodies_to_try
    for body in tried:
        intent = maker.bases.intent(operation, body)
        maker.bases.tried.add(operation.id)
        exchange = yield maker.planned(maker.sent(body), intent, with_body(body))
        if exchange is None or exchange.status not in REJECTED:
            if exchange is not None and exchange.is_success:
                maker.bases.settle(operation, body)
            return True
    for bare, full in maker.bases.with_read_only(operation) if tried else ():
        exchange = yield maker.planned(
            maker.sent(full), "candidate", f"with read-only properties {shown(full)}"
        )
        if exchange is not None and exchange.is_success:  # so it was rejected for lack of them
            label = f"without read-only properties {shown(bare)}"
            yield maker.planned(maker.sent(bare), "positive", label)
    return not tried


def valid(maker: Maker) -> Iterator[Planned]:
    """Valid bodies: documented ones, in each media type, then those at the boundaries of the schema."""
    offer, bodies = maker.offer, maker.some_bodies
    for body in bodies[1:] if maker.operation.id in maker.bases.tried else bodies:
        yield maker.planned(maker.sent(body), "positive", with_body(body))
    if offer is None or not maker.bodies:
        return
    yield from _other_types(maker)
    # If the data file has bodies, other valid bodies may be rejected.
    if not maker.data.of(maker.operation).bodies:
        yield from _beside(maker, offer, maker.body, bodies, is_valid=True)


def _beside(
    maker: Maker, offer: MediaType, body: JsonValue, known: list[JsonValue], *, is_valid: bool
) -> Iterator[Planned]:
    """Bodies near the limits of a schema, in its media type."""
    sent = maker.sent(maker.body)
    for place, value in bodies_near_limits(maker.contract, offer, body, is_valid=is_valid):
        varied = maker.with_body(sent, value, offer)
        # Once written, an invalid value may be valid: a form has text for a number.
        is_written = media_types.is_json(offer.name) or (varied != sent and maker.keeps(varied) is is_valid)
        is_new = not any(value == other for other in known) and not (is_valid and _renames(maker, value))
        if is_written and is_new:
            intent: Intent = "boundary" if is_valid else "negative"
            yield maker.planned(varied, intent, f"{place} in {shown(value)}")


def _other_types(maker: Maker) -> Iterator[Planned]:
    """The body in every other documented media type."""
    for offer in _further(maker):
        values = [value for value in (maker.body, *maker.bodies_of(offer)) if accepts(offer, value)]
        sent = maker.sent(maker.body)
        for value in values[:2]:
            typed = maker.with_body(sent, value, offer)
            if typed != sent and maker.keeps(typed):
                yield maker.planned(typed, "positive", f"{offer.name} {shown(value)}")


def _further(maker: Maker) -> list[MediaType]:
    described = maker.operation.request_body
    offers = described.content if described else ()
    return [offer for offer in offers if offer != maker.offer and "*" not in offer.name][:_MOST_TYPES]


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
    """Bodies that violate their schema in one place, in each documented media type."""
    offer = maker.offer
    if offer is None or not maker.bodies:
        return
    further = [
        _beside(maker, other, value, [], is_valid=False)
        for other in _further(maker)
        for value in maker.bodies_of(other)[:1]
    ]
    first = _beside(maker, offer, maker.body, [], is_valid=False)
    yield from round_robin([first, *(islice(cases, _MOST_OF_A_TYPE) for cases in further)])


def huge(maker: Maker) -> Iterator[Planned]:
    """Integers that overflow, as the value of each property and of an additional one."""
    offer, body = maker.offer, maker.body
    if offer is None or not isinstance(body, dict):
        return
    sent = maker.sent(body)
    places = [*body, *(["signoff_extra"])][-_MOST_MEMBERS:]
    for name in places:
        is_number = isinstance(body.get(name, 1), int | float) and not isinstance(body.get(name), bool)
        for value in _HUGE if is_number else _HUGE[-1:]:
            varied = maker.with_body(sent, {**body, name: value}, offer)
            # If the data file lists the bodies that succeed, others may be rejected.
            is_promised = not maker.data.of(maker.operation).bodies or not maker.keeps(varied)
            if varied != sent and is_promised:
                yield maker.classified(varied, f"/{name} is a huge integer: {shown(value)}"[:60])


def malformed(maker: Maker) -> Iterator[Planned]:
    """Malformed bodies, undocumented media types and charsets, and missing bodies."""
    described, offer = maker.operation.request_body, maker.offer
    if described is None or offer is None or not maker.bodies:
        return
    sent = maker.sent(maker.body)
    yield maker.planned(without_header(replace(sent, body=b""), "content-type"), "negative", "no body")
    if sent.body:
        yield maker.planned(without_header(sent, "content-type"), "negative", "no Content-Type")
    if media_types.is_json(offer.name):
        yield from _bytes(maker, with_header(sent, "Content-Type", offer.name))
    for foreign in _FOREIGN_MEDIA_TYPES:
        if described.media_type_for(foreign) is None:
            other = MediaType(foreign, offer.schema, (), offer.pointer, offer.encoding)
            # One server ignores the Content-Type, another reads what was not agreed on.
            typed = with_header(sent, "Content-Type", foreign)
            yield maker.planned(typed, "negative", f"Content-Type: {foreign}")
            if media_types.is_writable(foreign):
                written = maker.with_body(typed, maker.body, other)
                yield maker.planned(written, "negative", f"the body as {foreign}")


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
    if described := maker.offer:
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
    """Members of the body, each with a value of its own that must not be read from the query."""
    if maker.operation.json_body is None or not isinstance(maker.body, dict):
        return
    for body in islice(maker.bodies, 8):
        for name, value in body.items() if isinstance(body, dict) else ():
            if isinstance(value, str) and maker.body.get(name) != value:
                yield name, value
