"""The base request of each operation, which should succeed, and the requests that follow a response."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from signoff.conformance import effects
from signoff.conformance.bodies import candidates, generated, variations, without_read_only
from signoff.conformance.checks.http_fields import documents_not_modified
from signoff.conformance.expansion import Expansion
from signoff.conformance.fresh_values import PLACEHOLDER, fresh_names
from signoff.conformance.generation import api_operation_of, as_sent, draw
from signoff.conformance.path_templates import from_fields, to_fields
from signoff.conformance.values import sample
from signoff.contract import Direction, body_writer, media_types
from signoff.generate import Generator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import schemathesis

    from signoff.conformance.exchange import Exchange, Intent, Sent
    from signoff.conformance.generation import ApiOperation, GeneratedCase
    from signoff.conformance.known_values import TargetData
    from signoff.contract import Contract, MediaType, Operation
    from signoff.contract.json_value import JsonValue
    from signoff.contract.schemas import Schema

# Rejections that may be about the body; after another status no other body is tried.
REJECTED = (400, 409, 412, 415, 422)
_MOST_CANDIDATES = 5
# Well-formed ids that are very unlikely to exist, for different schemas.
_UNUSED_IDS = (
    *("5ca1ab1e-0bad-4c0d-8f00-d15ea5edc0de", 2147483629, 987654, "signoff-nobody-has-this"),
    *("signoffnobody", "SIGNOFFNOBODY", "5ca1ab1e0badd15ea5edc0de", "nobodyxq", "NOBODYXQ7"),
)
_FRESH = re.compile(
    r"5ca1ab1e-0bad-4c0d-8f01-[0-9a-f]{12}|2147482\d{3}|signoff-nobody-has-this-\d+|signoffnobody[a-z]+"
)


@dataclass(slots=True)
class BaseRequests:
    """Creates the base requests of one contract. Values are generated once per operation."""

    contract: Contract
    schema: schemathesis.BaseSchema
    base_url: str
    _drawn: dict[str, tuple[ApiOperation, GeneratedCase]] = field(default_factory=dict)
    _count: dict[str, int] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    _candidates: dict[str, list[JsonValue]] = field(default_factory=dict)
    _settled: dict[str, JsonValue] = field(default_factory=dict)
    _generator: Generator = field(init=False)
    _expansion: Expansion = field(init=False)

    def __post_init__(self) -> None:
        self._generator = Generator(self.contract.schemas, seed=0)
        self._expansion = Expansion(self.contract)

    def bodies(self, operation: Operation, data: TargetData) -> list[JsonValue]:
        """The bodies to send: those that the data file gives, else those that the document shows.

        The first is the base of all others.
        """
        if given := data.of(operation).bodies:
            return list(given)
        candidates, offer = self.candidates(operation), operation.main_body
        if offer is None or not candidates:
            return []
        base = self._settled.get(operation.id, candidates[0])
        shown = [example.value for example in offer.examples]
        kept = [base, *(body for body in candidates if body in shown and body != base)]
        return [*kept, *(body for body in variations(self.contract, offer, base) if body not in kept)]

    def candidates(self, operation: Operation) -> list[JsonValue]:
        """The bodies of which one may be the base, the most likely to succeed first."""
        offer = operation.main_body
        if operation.id not in self._candidates:
            self._candidates[operation.id] = self._made(operation, offer) if offer else []
        return self._candidates[operation.id]

    def untried(self, operation: Operation, data: TargetData) -> list[JsonValue]:
        """The bodies to try until one succeeds; none once one has, or where the data file gives bodies."""
        given = data.of(operation)
        if given.bodies or given.once or operation.id in self._settled:
            return []
        return self.candidates(operation)[:_MOST_CANDIDATES]

    def intent(self, operation: Operation, body: JsonValue) -> Intent:
        """Why a body is tried: the document shows it, or it may succeed."""
        shown = [example.value for example in operation.main_body.examples] if operation.main_body else []
        return "positive" if body in shown else "candidate"

    def with_read_only(self, operation: Operation) -> list[tuple[JsonValue, JsonValue]]:
        """The first and the last candidate, each with itself plus the read-only properties of its schema."""
        offer = operation.main_body
        shown = [example.value for example in offer.examples] if offer else []
        if offer and offer.schema and not shown:
            shown = generated(offer, self._generator, Direction.RESPONSE)
        known = self.candidates(operation)
        raw = offer.schema.raw if offer and offer.schema else {}
        for value in shown[:1]:
            bare = without_read_only(self.contract.schemas, raw, value)
            if not isinstance(value, dict) or not isinstance(bare, dict) or bare == value:
                continue
            only = {name: held for name, held in value.items() if name not in bare or held != bare[name]}
            bases = [base for base in (*known[:1], *known[1:][-1:]) if isinstance(base, dict)]
            return [(base, {**base, **only}) for base in bases]
        return []

    def settle(self, operation: Operation, body: JsonValue) -> None:
        """Make a body that succeeded the base of the operation's requests."""
        self._settled[operation.id] = body

    def has_settled(self, operation: Operation) -> bool:
        """Whether a body of the operation has succeeded."""
        return operation.id in self._settled

    def of_type(self, offer: MediaType) -> list[JsonValue]:
        """Bodies for another media type of an operation."""
        return candidates(self.contract, offer, self._generator)

    def _made(self, operation: Operation, offer: MediaType) -> list[JsonValue]:
        case = self._of(operation)[1]
        is_same = case.media_type == offer.name and media_types.is_writable(offer.name)
        drawn = [json.loads(json.dumps(case.body))] if is_same and _is_json_value(case.body) else []
        return candidates(self.contract, offer, self._generator, drawn)

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
        path_values = {**self._path_values(operation, data, case), **(values or {})}
        made = api.Case(
            path_parameters=to_fields(path_values),
            query=_query(operation, case),
            headers=case.headers,
            cookies=case.cookies,
            body=case.body,
            media_type=case.media_type,
        )
        sent = completed(as_sent(made, self.base_url, data.headers), operation, data)
        content = body if body is not None else next(iter(self.bodies(operation, data)), None)
        offer = operation.main_body
        if content is None or offer is None:
            return sent
        content = keeping_name(operation, content, path_values)
        written = self.written(sent, content, offer)
        headers = {name.lower(): text for name, text in data.of(operation).headers.items()}
        own = headers.get("content-type", "")
        return with_header(written, "Content-Type", own) if own else written

    def written(self, sent: Sent, body: JsonValue, offer: MediaType) -> Sent:
        """The request with a body in a media type; unchanged if that can't represent it."""
        try:
            content, kind = body_writer.write(body, offer, self.contract.schemas)
        except ValueError:
            return sent
        return with_header(replace(sent, body=content), "Content-Type", kind)

    def _of(self, operation: Operation) -> tuple[ApiOperation, GeneratedCase]:
        if operation.id not in self._drawn:
            api = api_operation_of(self.schema, operation)
            drawn = None if self._expansion.too_large(operation) else draw(api)
            self._drawn[operation.id] = (api, drawn or self._simple(api, operation))
        return self._drawn[operation.id]

    def _simple(self, api: ApiOperation, operation: Operation) -> GeneratedCase:
        """A case with the required parameters only, for what Schemathesis cannot generate."""
        found: dict[str, dict[str, str]] = {place: {} for place in ("path", "query", "header", "cookie")}
        for parameter in operation.parameters:
            if parameter.required and parameter.location in found and parameter.schema is not None:
                value = sample(self.contract.schemas, parameter.schema.raw)
                found[parameter.location][parameter.name] = str(value)
        return api.Case(
            path_parameters=to_fields(found["path"]),
            query=found["query"],
            headers=found["header"],
            cookies=found["cookie"],
        )

    def _path_values(self, operation: Operation, data: TargetData, case: GeneratedCase) -> dict[str, Any]:
        undefined = dict.fromkeys(effects.path_names(operation), "1")
        values: dict[str, Any] = undefined | from_fields(case.path_parameters, operation)
        is_safe = operation.method in effects.SAFE_METHODS or effects.is_reading(operation)
        for parameter in operation.parameters:
            if parameter.location != "path":
                continue
            known = self._known_value(operation, data, parameter.name)
            if known is not None:
                values[parameter.name] = known
            elif not is_safe and (unused := self._unused(operation, parameter.name)):
                values[parameter.name] = unused  # a generated id may exist, such as `1`
            elif parameter.examples:
                values[parameter.name] = parameter.examples[0].value
        return values

    def _known_value(self, operation: Operation, data: TargetData, name: str) -> str | None:
        """The known value of a path parameter; of the last, none that the request must not change."""
        known = data.known(name, operation)
        is_last = operation.path.rstrip("/").endswith(f"{{{name}}}")
        is_given = f"path.{name}" in data.of(operation).values or name in data.of(operation).values
        if effects.creates_by_name(operation) and is_last and not is_given:
            return self._fresh(operation, name)
        is_changed = name in effects.path_names(operation)[-1:] and operation.method != "DELETE"
        if is_changed and known.is_listed and effects.changes_what_exists(self.contract, operation):
            return None
        return data.path_value(name, operation)

    def _unused(self, operation: Operation, name: str) -> str | None:
        """An unused value. A PUT may create it, so other operations don't use it as a missing one."""
        is_put = operation.method == "PUT" and operation.path.rstrip("/").endswith(f"{{{name}}}")
        own = _numbered(operation, name, 0) if is_put else None
        return own or next(iter(unused_ids(operation, name)), None)

    def _fresh(self, operation: Operation, name: str) -> str | None:
        """An unused value, a new one each time."""
        self._count[operation.id] = number = self._count.get(operation.id, 0) + 1
        return _numbered(operation, name, number)


def _numbered(operation: Operation, name: str, number: int) -> str | None:
    """One of many valid values of a path parameter that should not exist."""
    letters = "".join(chr(ord(digit) - ord("0") + ord("a")) for digit in str(number))
    values: tuple[str | int, ...] = (
        f"5ca1ab1e-0bad-4c0d-8f01-{number:012x}",
        2147482000 + number % 1000,
        f"signoff-nobody-has-this-{number}",
        f"signoffnobody{letters}",
    )
    return next(_admitted(operation, name, values), None)


def name_in_body(operation: Operation, body: JsonValue) -> str | None:
    """The member of a PUT or PATCH body that may rename what the path names; None without."""
    names = effects.path_names(operation)[-1:] if operation.method in ("PUT", "PATCH") else []
    members = body.items() if isinstance(body, dict) else ()
    return next((name for name, value in members if name in names and isinstance(value, str)), None)


def keeping_name(operation: Operation, body: JsonValue, path_values: Mapping[str, Any]) -> JsonValue:
    """The body, with the name that the path has, so that later requests still find the resource."""
    name = name_in_body(operation, body)
    if name is None or not isinstance(body, dict) or name not in path_values:
        return body
    return {**body, name: str(path_values[name])}


def _is_json_value(body: object) -> bool:
    """Whether a generated body is a JSON value, and neither bytes nor left out."""
    return body is None or isinstance(body, bool | int | float | str | list | dict)


def _query(operation: Operation, case: GeneratedCase) -> dict[str, Any]:
    """The query of the base request: the examples of parameters, the required ones, no other."""
    query = case.query or {}
    given = {p.name: p for p in operation.parameters if p.location == "query"}
    kept = {
        name: value
        for name, value in query.items()
        if (parameter := given.get(name)) is None or parameter.required or parameter.schema is None
    }
    plain = {
        name: parameter.examples[0].value
        for name, parameter in given.items()
        if parameter.examples and not isinstance(parameter.examples[0].value, list | dict | bool | type(None))
    }
    return {**kept, **plain}


def unused_ids(operation: Operation, name: str) -> list[str]:
    """Valid values of a path parameter that should not exist."""
    return list(_admitted(operation, name, _UNUSED_IDS))


def is_unused_id(text: str) -> bool:
    """Whether a value is one that nothing had before the run."""
    return text in map(str, _UNUSED_IDS) or _FRESH.fullmatch(text) is not None


def is_fresh(text: str) -> bool:
    """Whether a value was made up for one request."""
    return _FRESH.fullmatch(text) is not None


def _admitted(operation: Operation, name: str, values: Iterable[str | int]) -> Iterator[str]:
    schemas = path_schemas(operation, name)
    for value in values:
        if all(schema.is_valid(value, Direction.REQUEST) for schema in schemas):
            yield str(value)


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
    for name in fresh_names(operation):
        sent = with_header(sent, name, PLACEHOLDER)
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


def with_repeated_query(sent: Sent, name: str, texts: Sequence[str]) -> Sent:
    """The request with a query parameter once for each text: a list in the style `form`, exploded."""
    bare = without_query(sent, name)
    joint = "&" if "?" in bare.url else "?"
    return replace(bare, url=bare.url + joint + "&".join(f"{quote(name)}={quote(t, safe='')}" for t in texts))


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
