"""Sample requests: a URL to try for each operation, and a valid body."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from signoff.contract import Direction
from signoff.contract.body_writer import write
from signoff.contract.coercion import coerce
from signoff.contract.resource_roles import PARAMETER
from signoff.generate import CannotGenerateError, Generator
from signoff.mock.credentials import credentials_for
from signoff.mock.exchange import to_json

if TYPE_CHECKING:
    from signoff.contract import Contract, JsonObject, JsonValue, Operation, Parameter
    from signoff.contract.resources import Use
    from signoff.mock.settings import Settings
    from signoff.mock.world.base_world import BaseWorld

_MOST_BODY = 64 * 1024


class Samples:
    """Makes sample requests for the operations of one contract.

    Args:
        contract: the contract.
        world: its entities; their ids are values of path parameters.
        settings: the settings of the mock; without `auth`, samples have no credentials.
    """

    def __init__(self, contract: Contract, world: BaseWorld, settings: Settings) -> None:
        self._contract = contract
        self._world = world
        self._generator = Generator(contract.schemas, settings.seed, settings.locale)
        self._schemes = contract.security_schemes if settings.auth else {}

    def request(self, operation: Operation) -> JsonObject:
        """A valid request: its `url` without origin, and `headers` and `body` if it has them."""
        found: JsonObject = {"url": self.target(operation)}
        headers = self.headers(operation)
        if headers:
            found["headers"] = dict(headers)
        body = self.body(operation)
        if body is not None and len(body[1]) <= _MOST_BODY:
            found["body"] = {"mediaType": body[0], "text": body[1].decode("utf-8", "replace")}
        return found

    def target(self, operation: Operation) -> str:
        """Path and query, with path parameters, required query parameters and credentials in the query."""
        values = self._ids(operation)
        for parameter in operation.parameters:
            if parameter.location == "path" and not _is_valid(parameter, values.get(parameter.name)):
                values[parameter.name] = _one_text(parameter, self._value(operation, parameter))
        template = operation.path.partition("#")[0]  # which some documents tell operations apart by
        path = PARAMETER.sub(lambda match: quote(values.get(match[1]) or "1", safe=",=;"), template)
        query = [
            f"{quote(name)}={quote(text, safe=',')}"
            for parameter in operation.parameters
            if parameter.location == "query" and parameter.required
            for name, text in _pairs(parameter, self._value(operation, parameter))
        ]
        query += [
            f"{quote(sent.name)}={quote(sent.value)}"
            for sent in credentials_for(operation, self._schemes)
            if sent.place == "query"
        ]
        mark = "&" if "?" in path else "?"
        return operation.base_path + path + (f"{mark}{'&'.join(query)}" if query else "")

    def headers(self, operation: Operation) -> dict[str, str]:
        """The required header fields and cookies, and credentials."""
        required = [parameter for parameter in operation.parameters if parameter.required]
        fields, cookies = (
            {
                parameter.name: _one_text(parameter, self._value(operation, parameter))
                for parameter in required
                if parameter.location == place
            }
            for place in ("header", "cookie")
        )
        for sent in credentials_for(operation, self._schemes):
            if sent.place == "header":
                fields[sent.name] = sent.value
            elif sent.place == "cookie":
                cookies[sent.name] = sent.value
        if cookies:
            fields["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return fields

    def body(self, operation: Operation) -> tuple[str, bytes] | None:
        """The media type and a valid request body; None without one, or if none can be generated."""
        offer = operation.main_body
        if offer is None or offer.schema is None:
            return None
        values = (example.value for example in offer.examples)
        sound = [value for value in values if offer.schema.is_valid(value, Direction.REQUEST)]
        try:
            key = f"{operation.label} request"
            value = sound[0] if sound else self._generator.generate(offer.schema, Direction.REQUEST, key)
            data, media_type = write(value, offer, self._contract.schemas)
        except (CannotGenerateError, TypeError, ValueError):
            return None
        return media_type, data

    def _ids(self, operation: Operation) -> dict[str, str]:
        """The path parameters that are ids of entities."""
        held = self._world.resources.use_of(operation)
        if held is None:
            return {}
        resource, use = held
        values = self._parents(use)
        if use.id_parameter:
            parents = tuple(values.values())[: len(resource.parents)]
            ids = self._world.ids(resource, parents) if len(parents) == len(resource.parents) else ()
            if ids:
                values[use.id_parameter] = ids[0]
        return values

    def _parents(self, use: Use) -> dict[str, str]:
        values: dict[str, str] = {}
        for parent in use.parents:
            owner = self._world.resources.named(parent.resource) if parent.resource else None
            if owner is None:
                break
            ids = self._world.ids(owner, tuple(values.values())[: len(owner.parents)])
            if not ids:
                break
            values[parent.parameter] = ids[0]
        return values

    def _value(self, operation: Operation, parameter: Parameter) -> JsonValue:
        if parameter.examples:
            return parameter.examples[0].value
        if parameter.schema is None:
            return "1"
        key = f"{operation.label} {parameter.name}"
        try:
            return self._generator.generate(parameter.schema, Direction.REQUEST, key, name=parameter.name)
        except CannotGenerateError:
            return "1"


def _pairs(parameter: Parameter, value: JsonValue) -> list[tuple[str, str]]:
    """The names and texts of a query parameter."""
    if parameter.media_type is None and isinstance(value, dict) and parameter.style == "deepObject":
        return [(f"{parameter.name}[{key}]", _text(held)) for key, held in value.items()]
    if parameter.media_type is None and isinstance(value, dict) and parameter.explode:
        return [(key, _text(held)) for key, held in value.items()]
    if parameter.media_type is None and isinstance(value, list) and parameter.explode:
        return [(parameter.name, _text(item)) for item in value] or [(parameter.name, "")]
    return [(parameter.name, _one_text(parameter, value))]


def _one_text(parameter: Parameter, value: JsonValue) -> str:
    """A value as one text, for all places but exploded query parameters."""
    if parameter.media_type is not None:
        return to_json(value).decode()
    if isinstance(value, dict):
        between = "=" if parameter.explode else ","
        return ",".join(f"{key}{between}{_text(held)}" for key, held in value.items())
    return _text(value)


def _is_valid(parameter: Parameter, text: str | None) -> bool:
    """Whether a parameter accepts the id of an entity; operations may state different types of it."""
    if text is None:
        return False
    if parameter.schema is None:
        return True
    return parameter.schema.is_valid(coerce(text, parameter.schema.view.kinds), Direction.REQUEST)


def _text(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return to_json(value).decode()
