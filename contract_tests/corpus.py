"""The fixed list of requests that is sent first: what must be reached, accepted and refused.

Derived from the contract and the data file alone, in one order, so that the verdict does not depend
on a seed: known values in both letter cases and twice, every example and enumerated value, the
negatives that the schemas allow to derive, wrong methods and media types, and Accept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from contract_tests.base_requests import BaseRequests
from contract_tests.bodies import wrong_bodies
from openapi import media_types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import schemathesis

    from contract_tests.exchange import Fields, Intent, Sent
    from contract_tests.known_values import KnownValues, TargetData
    from openapi import Contract, Operation
    from openapi.json_value import JsonValue

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE")
_ACCEPTS = ("application/json", "text/html", "application/*;q=0.5, image/png")
_BAD_TEXTS = ("not-a-valid-value", "-", "1.5", "~", "x" * 300, "' OR '1'='1", "..", "\0", "\u00e9")
_BAD_JSON = (
    *(
        b'{"',
        b"not json",
        b"[]",
        b"null",
        b'"text"',
        b"1",
        b"{}}",
        b"{'a': 1}",
        b"\xff\xfe",
        b'{"a": "\x80"}',
    ),
    # Parsers differ on these: they may be taken, but nothing may fail over them.
    *(b"\xef\xbb\xbf{}", b'{"a": NaN}', b'{"a": 1, "a": 2}', b'{"a": "\\ud800"}', b'{"a": "\\u0000"}'),
    *(b'{"a": 1e400}', b'{"a": ' + b"9" * 400 + b"}", b"[" * 2000 + b"]" * 2000),
)
_FOREIGN_MEDIA_TYPES = ("text/plain", "application/x-www-form-urlencoded", "application/xml")
SUCCESS = (2,)


@dataclass(frozen=True, slots=True)
class Planned:
    """A request of the corpus, with why it is sent and what it should be answered with."""

    sent: Sent
    subject: Operation
    intent: Intent
    label: str
    expected: tuple[int, ...] = ()


def plan(
    contract: Contract, schema: schemathesis.BaseSchema, base_url: str, data: TargetData
) -> Iterator[Planned]:
    """Every request of the corpus, in order."""
    bases = BaseRequests(contract, schema, base_url)
    documented: dict[str, list[str]] = {}
    for operation in contract.operations:
        documented.setdefault(operation.path, []).append(operation.method)
    tried: set[str] = set()
    for operation in contract.operations:
        if data.of(operation).skip:
            continue
        maker = _Maker(contract, operation, bases, data)
        yield from maker.known_values()
        yield from maker.positives()
        yield from maker.parameter_negatives()
        yield from maker.body_negatives()
        yield from maker.accepts()
        if operation.path not in tried:
            tried.add(operation.path)
            yield from maker.methods(documented[operation.path])


class _Maker:
    """Makes the requests of one operation."""

    def __init__(
        self,
        contract: Contract,
        operation: Operation,
        bases: BaseRequests,
        data: TargetData,
    ) -> None:
        self._contract = contract
        self._operation = operation
        self._data = data
        self._bases = bases
        self._parameters = [
            parameter.name for parameter in operation.parameters if parameter.location == "path"
        ]
        self._special = data.of(operation)
        self._bodies = bases.bodies(operation, data)
        self._known = next((name for name in self._parameters if self._values(name).existing), None)

    def known_values(self) -> Iterator[Planned]:
        """Requests whose fate is known: found, forbidden or missed."""
        if self._known is None or not all(self._values(name).existing for name in self._parameters):
            return
        known = self._values(self._known)
        # Nothing is promised of what the run found out by itself, so it is only read.
        if known.is_learned and self._operation.method not in ("GET", "HEAD"):
            return
        success = () if known.is_learned else self._special.expected or SUCCESS
        # What is deleted once is gone the second time, so existing values are spared that.
        if self._operation.method != "DELETE":
            first, *others = known.existing
            for body in (self._bodies or [None])[: 1 if self._special.once else None]:
                # Twice in a row, so that an answer that changes from one request to the next shows.
                for _ in range(1 if self._special.once else 2):
                    yield self._of(first, body, "existing", success)
            for spelling in () if self._special.once else self._spellings(first):
                yield self._of(spelling, (self._bodies or [None])[0], "existing", success)
            yield from self._of_each(others, "existing", success)
        else:
            for value in known.disposable:
                yield self._of(value, (self._bodies or [None])[0], "positive", success)
        yield from self._of_each(self._spelt(known.forbidden), "forbidden", self._refusal(403, 404))
        yield from self._of_each(self._spelt(known.missing), "missing", (404,))

    def _values(self, name: str) -> KnownValues:
        return self._data.known(name, self._operation)

    def _of_each(self, values: Sequence[str], intent: Intent, expected: tuple[int, ...]) -> Iterator[Planned]:
        for value in values:
            for body in self._bodies or [None]:
                yield self._of(value, body, intent, expected)

    def _spelt(self, values: Sequence[str]) -> list[str]:
        return [spelling for value in values for spelling in (value, *self._spellings(value))]

    def _spellings(self, value: str) -> list[str]:
        """Other letter cases of a UUID (RFC 9562, section 4); other values have none."""
        spelt = (value.upper(), value.lower()) if self._names_a_uuid(self._known or "") else ()
        return [spelling for spelling in spelt if spelling != value]

    def positives(self) -> Iterator[Planned]:
        """Requests that keep the contract in every way that it shows."""
        for body in self._bodies or [None]:
            yield Planned(self._sent(body), self._operation, "positive", f"body {_shown(body)}")
        content = self._operation.request_body
        offer = content.content[0] if content and content.content else None
        if offer is not None and media_types.is_json(offer.name) and self._bodies:
            sent = self._sent(self._bodies[0])
            for spelling in (f"{offer.name}; charset=utf-8", offer.name.title()):
                label = f"Content-Type: {spelling}"
                yield Planned(
                    _with_header(sent, "Content-Type", spelling), self._operation, "positive", label
                )

    def parameter_negatives(self) -> Iterator[Planned]:
        """Parameters that their schemas refuse, and required ones left out."""
        body = self._bodies[0] if self._bodies else None
        for parameter in self._operation.parameters:
            for text in (*_BAD_TEXTS, *self._near_misses(parameter.name)):
                label = f"{parameter.location} parameter {parameter.name} = {text[:20]}"
                if parameter.location == "path":
                    sent = self._sent(body, {parameter.name: text})
                elif parameter.location == "query":
                    sent = _with_query(self._sent(body), parameter.name, text)
                elif parameter.location == "header" and text.isascii() and text.isprintable():
                    sent = _with_header(self._sent(body), parameter.name, text)
                else:
                    continue
                yield Planned(sent, self._operation, "negative", label)
            if parameter.required and parameter.location in ("query", "header"):
                label = f"{parameter.location} parameter {parameter.name} left out"
                sent = _without(self._sent(body), parameter.location, parameter.name)
                yield Planned(sent, self._operation, "negative", label)

    def body_negatives(self) -> Iterator[Planned]:
        """Bodies that are broken, of the wrong shape, of another media type, or left out."""
        described = self._operation.request_body
        if described is None or not self._bodies:
            return
        sent = self._sent(self._bodies[0])
        yield self._negative(_without(replace(sent, body=b""), "header", "content-type"), "no body")
        offers = [offer for offer in described.content if media_types.is_json(offer.name)]
        for offer in offers[:1]:
            typed = _with_header(sent, "Content-Type", offer.name)
            for octets in (b"", *_BAD_JSON):
                yield self._negative(replace(typed, body=octets), f"body {octets!r}"[:60])
            for value in wrong_bodies(self._contract, offer, self._bodies[0]):
                octets = json.dumps(value).encode()
                yield self._negative(replace(typed, body=octets), f"body {octets.decode()[:60]}")
        for foreign in _FOREIGN_MEDIA_TYPES:
            if described.media_type_for(foreign) is None:
                yield self._negative(_with_header(sent, "Content-Type", foreign), f"Content-Type: {foreign}")
        if sent.body:
            yield self._negative(_without(sent, "header", "content-type"), "no Content-Type")

    def accepts(self) -> Iterator[Planned]:
        """The first request again, with Accept fields that can and cannot be met."""
        sent = self._sent(self._bodies[0] if self._bodies else None)
        for accept in _ACCEPTS if self._operation.method != "DELETE" else ():
            yield Planned(
                _with_header(sent, "Accept", accept), self._operation, "accept", f"Accept: {accept}"
            )

    def methods(self, documented: list[str]) -> Iterator[Planned]:
        """Methods that are not documented on this path; what may change things names a missing value."""
        for method in _METHODS:
            if method in documented or (method == "HEAD" and "GET" in documented):
                continue
            known = self._values(self._known) if self._known else None
            values = {}
            if known and self._known:
                harmless = method in ("GET", "HEAD", "TRACE", "POST")
                value = known.existing[0] if harmless else next(iter(known.missing), known.existing[0])
                values[self._known] = value
            sent = _without(
                replace(self._sent(None, values), method=method, body=b""), "header", "content-type"
            )
            yield Planned(sent, self._operation, "method", f"{method} is not documented")

    def _of(self, value: str, body: JsonValue, intent: Intent, expected: tuple[int, ...]) -> Planned:
        sent = self._sent(body, {self._known or "": value})
        label = f"{intent} {self._known} {value}, body {_shown(body)}"
        return Planned(sent, self._operation, intent, label, expected)

    def _names_a_uuid(self, name: str) -> bool:
        """Whether a path parameter is a UUID."""
        schemas = [p.schema for p in self._operation.parameters if p.name == name and p.location == "path"]
        return any(
            s is not None and self._contract.schemas.resolved(s.raw).get("format") == "uuid" for s in schemas
        )

    def _near_misses(self, name: str) -> list[str]:
        """Other spellings of a known UUID, none of them the canonical one that the format asks for."""
        known = self._values(name).existing
        if not known or not self._names_a_uuid(name):
            return []
        value = known[0]
        bare = value.replace("-", "")
        return [f"{{{value}}}", f"urn:uuid:{value}", bare, value[:-1], f"{value}0", f"{value} ", f"{value}\n"]

    def _negative(self, sent: Sent, label: str) -> Planned:
        return Planned(sent, self._operation, "negative", label)

    def _refusal(self, *statuses: int) -> tuple[int, ...]:
        """The first of the statuses that the document has by name, else all of them."""
        named = {response.status for response in self._operation.responses}
        return next(((status,) for status in statuses if str(status) in named), statuses)

    def _sent(self, body: JsonValue, path_values: Mapping[str, str] | None = None) -> Sent:
        """A request that keeps the contract, but for the values given."""
        return self._bases.make(self._operation, self._data, path_values, body)


def _shown(body: JsonValue) -> str:
    return "none" if body is None else json.dumps(body)[:60]


def _with_header(sent: Sent, name: str, value: str) -> Sent:
    kept: Fields = tuple(field for field in sent.headers if field[0].lower() != name.lower())
    return replace(sent, headers=(*kept, (name, value)))


def _without(sent: Sent, location: str, name: str) -> Sent:
    if location == "header":
        kept = tuple(field for field in sent.headers if field[0].lower() != name.lower())
        return replace(sent, headers=kept)
    address, _, query = sent.url.partition("?")
    parts = [part for part in query.split("&") if part and part.partition("=")[0] != quote(name)]
    return replace(sent, url=f"{address}?{'&'.join(parts)}" if parts else address)


def _with_query(sent: Sent, name: str, text: str) -> Sent:
    bare = _without(sent, "query", name)
    joint = "&" if "?" in bare.url else "?"
    return replace(bare, url=f"{bare.url}{joint}{quote(name)}={quote(text)}")
