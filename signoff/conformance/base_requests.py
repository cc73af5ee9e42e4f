"""The base request of each operation, which should succeed, and the requests that follow a response."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from signoff.conformance.bodies import valid_bodies
from signoff.conformance.checks.http_fields import documents_not_modified
from signoff.conformance.generation import api_operation_of, as_sent, draw
from signoff.contract import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import schemathesis

    from signoff.conformance.exchange import Exchange, Sent
    from signoff.conformance.generation import ApiOperation, GeneratedCase
    from signoff.conformance.known_values import TargetData
    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import Schema

# Well-formed ids that are very unlikely to exist, for different schemas.
_UNUSED_IDS = ("5ca1ab1e-0bad-4c0d-8f00-d15ea5edc0de", 2147483629, 987654, "signoff-nobody-has-this")


@dataclass(slots=True)
class BaseRequests:
    """Creates the base requests of one contract. Values are generated once per operation."""

    contract: Contract
    schema: schemathesis.BaseSchema
    base_url: str
    _drawn: dict[str, tuple[ApiOperation, GeneratedCase]] = field(default_factory=dict)
    _bodies: dict[str, list[JsonValue]] = field(default_factory=dict)

    def bodies(self, operation: Operation, data: TargetData) -> list[JsonValue]:
        """The JSON bodies to send: those of the data file, otherwise valid ones from the document."""
        if given := data.of(operation).bodies:
            return list(given)
        if operation.id not in self._bodies:
            self._bodies[operation.id] = valid_bodies(self.contract, operation, self._of(operation)[1])
        return self._bodies[operation.id]

    def make(
        self,
        operation: Operation,
        data: TargetData,
        values: Mapping[str, str] | None = None,
        body: JsonValue = None,
    ) -> Sent:
        """The base request of an operation.

        Args:
            operation: the operation to call.
            data: known values, header fields and credentials.
            values: path values that override those of the data.
            body: a JSON body instead of the first valid one.
        """
        api, case = self._of(operation)
        made = api.Case(
            path_parameters={**self._path_values(operation, data, case), **(values or {})},
            query=case.query,
            headers=case.headers,
            cookies=case.cookies,
            body=case.body,
            media_type=case.media_type,
        )
        sent = completed(as_sent(made, self.base_url, data.headers), operation, data)
        content = body if body is not None else next(iter(self.bodies(operation, data)), None)
        return sent if content is None else replace(sent, body=json.dumps(content).encode())

    def _of(self, operation: Operation) -> tuple[ApiOperation, GeneratedCase]:
        if operation.id not in self._drawn:
            api = api_operation_of(self.schema, operation)
            self._drawn[operation.id] = (api, draw(api))
        return self._drawn[operation.id]

    def _path_values(self, operation: Operation, data: TargetData, case: GeneratedCase) -> dict[str, Any]:
        values: dict[str, Any] = dict(case.path_parameters or {})
        for parameter in operation.parameters:
            if parameter.location != "path":
                continue
            known = data.path_value(parameter.name, operation)
            if known is not None:
                values[parameter.name] = known
            elif operation.method == "DELETE" and (unused := unused_ids(operation, parameter.name)):
                values[parameter.name] = unused[0]  # a generated id may exist, such as `1`
            elif parameter.examples:
                values[parameter.name] = parameter.examples[0].value
        return values


def unused_ids(operation: Operation, name: str) -> list[str]:
    """Valid values of a path parameter that should not exist."""
    schemas = path_schemas(operation, name)
    return [
        str(value)
        for value in _UNUSED_IDS
        if all(schema.is_valid(value, Direction.REQUEST) for schema in schemas)
    ]


def path_names(operation: Operation) -> list[str]:
    """The names of an operation's path parameters."""
    return [parameter.name for parameter in operation.parameters if parameter.location == "path"]


def path_schemas(operation: Operation, name: str) -> list[Schema]:
    """The schemas of a path parameter."""
    found = (p.schema for p in operation.parameters if p.name == name and p.location == "path")
    return [schema for schema in found if schema is not None]


def rejection_statuses(operation: Operation, *statuses: int) -> tuple[int, ...]:
    """The first of these statuses that is documented for the operation; all of them if none is."""
    named = {response.status for response in operation.responses}
    return next(((status,) for status in statuses if str(status) in named), statuses)


def completed(sent: Sent, operation: Operation, data: TargetData) -> Sent:
    """A request with the headers and parameter values that the data file has for its operation."""
    for name, text in data.of(operation).headers.items():
        sent = with_header(sent, name, text)
    for parameter in operation.parameters:
        existing = data.known(parameter.name, operation, parameter.location).existing
        if existing and parameter.location in ("query", "header"):
            sent = with_value(sent, parameter.location, parameter.name, existing[0])
    for name, text in data.query.items():
        sent = with_query(sent, name, text)
    return sent


def with_header(sent: Sent, name: str, value: str) -> Sent:
    """The request with exactly one header of that name."""
    return replace(sent, headers=(*without_header(sent, name).headers, (name, value)))


def without_header(sent: Sent, name: str) -> Sent:
    """The request without headers of that name."""
    kept = tuple(entry for entry in sent.headers if entry[0].lower() != name.lower())
    return replace(sent, headers=kept)


def with_query(sent: Sent, name: str, text: str) -> Sent:
    """The request with exactly one query parameter of that name."""
    bare = without_query(sent, name)
    joint = "&" if "?" in bare.url else "?"
    return replace(bare, url=f"{bare.url}{joint}{quote(name)}={quote(text, safe='')}")


def without_query(sent: Sent, name: str) -> Sent:
    """The request without query parameters of that name."""
    address, _, query = sent.url.partition("?")
    parts = [part for part in query.split("&") if part and part.partition("=")[0] != quote(name)]
    return replace(sent, url=f"{address}?{'&'.join(parts)}" if parts else address)


def with_value(sent: Sent, place: str, name: str, text: str) -> Sent:
    """The request with exactly one query parameter, header or cookie of that name."""
    if place == "query":
        return with_query(sent, name, text)
    if place == "header":
        return with_header(sent, name, text)
    kept = [pair for pair in cookies(sent) if pair.partition("=")[0] != name]
    return with_header(sent, "Cookie", "; ".join([*kept, f"{name}={text}"]))


def without_value(sent: Sent, place: str, name: str) -> Sent:
    """The request without query parameters, headers or cookies of that name."""
    if place == "query":
        return without_query(sent, name)
    if place == "header":
        return without_header(sent, name)
    kept = [pair for pair in cookies(sent) if pair.partition("=")[0] != name]
    return with_header(sent, "Cookie", "; ".join(kept)) if kept else without_header(sent, "Cookie")


def cookies(sent: Sent) -> list[str]:
    """The cookies of a request, each as `name=value`."""
    fields = [value for name, value in sent.headers if name.lower() == "cookie"]
    return [pair.strip() for field in fields for pair in field.split(";") if pair.strip()]


_MOST_LOCATIONS = 5


@dataclass(slots=True)
class FollowUps:
    """Creates requests that follow a response, a limited number for each operation."""

    contract: Contract
    _counts: dict[str, int]

    @classmethod
    def of(cls, contract: Contract) -> FollowUps:
        """The initial state for a contract."""
        return cls(contract, {})

    def after(self, exchange: Exchange) -> Iterator[tuple[Sent, str, tuple[int, ...]]]:
        """The requests to send after an exchange, with their labels and expected statuses."""
        if exchange.intent == "follow" or exchange.received.fault:
            return
        location, tag = exchange.received.header("location"), exchange.received.header("etag")
        if exchange.status == 201 and location and self._once_more(f"201 {exchange.subject.id}"):
            url = _on_target(exchange.sent.url, location)
            if url:
                bare = without_header(replace(exchange.sent, method="GET", url=url, body=b""), "content-type")
                yield bare, f"GET of the created resource's Location: {location[:80]}", (2,)
        is_read = exchange.sent.method == "GET" and exchange.status == 200 and exchange.operation is not None
        is_conditional = is_read and documents_not_modified(self.contract, exchange.subject)
        if tag and is_conditional and self._once_more(f"304 {exchange.subject.id}"):
            yield (
                with_header(exchange.sent, "If-None-Match", tag),
                "GET with the ETag in If-None-Match",
                (304,),
            )

    def _once_more(self, key: str) -> bool:
        self._counts[key] = self._counts.get(key, 0) + 1
        return self._counts[key] <= _MOST_LOCATIONS


def _on_target(url: str, location: str) -> str:
    """The URL that a Location leads to from `url`; empty if it is on another host or is not a URL."""
    try:
        found = urljoin(url, location)
        is_same = urlsplit(found).netloc == urlsplit(url).netloc
    except ValueError:
        return ""
    return found if is_same and found.startswith("http") else ""
