"""Cases with other headers and methods: Content-Type, Accept, undocumented methods, HEAD."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.conformance.base_requests import unused_ids, with_header, with_query, without_header
from signoff.conformance.cases.bodies import in_query
from signoff.contract import media_types
from signoff.contract.media_types import MULTIPART

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.cases.maker import Maker, Planned

_ACCEPTS = (
    *("application/json", "text/html", "application/*;q=0.5, image/png", "*/*", "text/csv"),
    *("application/problem+json", "application/xml;q=0.9, */*;q=0.1", ";;nonsense"),
)
_MOST_OFFERS = 5
_OTHERS = (
    ("Accept-Encoding", "gzip"),
    ("Accept-Encoding", "br;q=1.0, gzip;q=0.5, *;q=0"),
    ("Accept-Language", "tlh, de;q=0.3"),
    ("Origin", "https://elsewhere.example"),
    ("If-None-Match", '"signoff-no-such-tag"'),
    ("Range", "bytes=0-3"),
    ("X-Forwarded-Host", "elsewhere.example"),
    ("X-Signoff-Long", "x" * 4000),
)


def spellings(maker: Maker) -> Iterator[Planned]:
    """Other spellings of the same Content-Type."""
    offer = maker.offer
    if offer is None or not maker.bodies or "*" in offer.name or media_types.essence(offer.name) == MULTIPART:
        return
    sent = maker.sent(maker.body)
    for spelling in (f"{offer.name}; charset=utf-8", f"{offer.name};charset=UTF-8", offer.name.title()):
        label = f"Content-Type: {spelling}"
        yield maker.planned(with_header(sent, "Content-Type", spelling), "positive", label)


def headers(maker: Maker) -> Iterator[Planned]:
    """The base request with satisfiable and unsatisfiable headers, and undocumented query parameters."""
    if maker.operation.method == "DELETE":
        return
    sent = maker.sent(maker.body)
    documented = [
        offer.name for r in maker.operation.responses if r.status[:1] in "2d" for offer in r.content
    ]
    wanted = dict.fromkeys((*documented[:_MOST_OFFERS], *_ACCEPTS))
    for name, value in (*(("Accept", accept) for accept in wanted), *_OTHERS):
        yield maker.planned(with_header(sent, name, value), "accept", f"{name}: {value[:40]}")
    for name, value in in_query(maker):
        if not any(parameter.name == name for parameter in maker.operation.parameters):
            yield maker.planned(
                with_query(sent, name, value), "accept", f"body property {name} = {value} in the query"
            )
    yield maker.planned(
        with_query(sent, "signoff_undocumented", "1"),
        "accept",
        "undocumented query parameter",
    )


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "SIGNOFF")
_HARMLESS = ("GET", "HEAD", "TRACE", "OPTIONS", "SIGNOFF")


def undocumented_methods(maker: Maker, documented: list[str]) -> Iterator[Planned]:
    """Undocumented methods of this path. Unsafe methods get a missing value."""
    for method in _METHODS:
        if method in documented or (method == "HEAD" and "GET" in documented):
            continue
        values = {}
        for name in maker.path_names:
            known = maker.values(name)
            is_given = method in _HARMLESS or (method == "POST" and not known.is_learned)
            unused = () if method in _HARMLESS else (*known.missing, *unused_ids(maker.operation, name))
            found = (*(known.existing if is_given else ()), *unused)
            if found:
                values[name] = found[0]
        if method not in _HARMLESS and len(values) < len(maker.path_names):
            continue
        sent = replace(maker.sent(None, values), method=method, body=b"")
        label = f"{method} is not documented"
        yield maker.planned(without_header(sent, "content-type"), "method", label)


def head_and_get(maker: Maker, documented: list[str]) -> Iterator[Planned]:
    """GET and HEAD of the same resource."""
    if maker.operation.method != "GET" or "HEAD" in documented:
        return
    sent = maker.sent(maker.body)
    yield maker.planned(sent, "accept", "GET, to compare with HEAD")
    yield maker.planned(replace(sent, method="HEAD", body=b""), "head", "HEAD, to compare with GET")
