"""Requests by their method: those that a path does not have, and HEAD beside each GET."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.conformance.base_requests import without_header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.cases.maker import Maker, Planned

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "SIGNOFF")
_HARMLESS = ("GET", "HEAD", "TRACE", "OPTIONS", "POST", "SIGNOFF")


def undocumented(maker: Maker, documented: list[str]) -> Iterator[Planned]:
    """Methods that are not documented on this path; what may change things names a missing value."""
    for method in _METHODS:
        if method in documented or (method == "HEAD" and "GET" in documented):
            continue
        values = {}
        for name in maker.path_names:
            known = maker.values(name)
            found = known.existing if method in _HARMLESS else known.missing
            if found:
                values[name] = found[0]
        if method not in _HARMLESS and len(values) < len(maker.path_names) and _has_existing(maker):
            continue
        sent = replace(maker.sent(None, values), method=method, body=b"")
        label = f"{method} is not documented"
        yield maker.planned(without_header(sent, "content-type"), "method", label)


def heads(maker: Maker, documented: list[str]) -> Iterator[Planned]:
    """HEAD of what GET gives."""
    if maker.operation.method != "GET" or "HEAD" in documented:
        return
    sent = maker.sent(maker.body)
    yield maker.planned(sent, "accept", "GET, beside which HEAD is asked")
    yield maker.planned(replace(sent, method="HEAD", body=b""), "head", "HEAD of what GET gives")


def _has_existing(maker: Maker) -> bool:
    return any(maker.values(name).existing for name in maker.path_names)
