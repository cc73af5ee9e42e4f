"""Shared by all deterministic cases: an operation, its base request, and planned requests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.conformance.base_requests import keeping_name, path_names, path_schemas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.conformance.base_requests import BaseRequests
    from signoff.conformance.exchange import Intent, Meanings, Sent
    from signoff.conformance.known_values import KnownValues, TargetData
    from signoff.contract import Contract, MediaType, Operation
    from signoff.contract.json_value import JsonValue


@dataclass(frozen=True, slots=True)
class Planned:
    """A deterministic case with its purpose and the expected statuses."""

    sent: Sent
    subject: Operation
    intent: Intent
    label: str
    expected: tuple[int, ...] = ()


@dataclass(frozen=True)
class Maker:
    """Creates the requests of one operation."""

    contract: Contract
    operation: Operation
    bases: BaseRequests
    meanings: Meanings
    data: TargetData

    @property
    def bodies(self) -> list[JsonValue]:
        """The valid JSON bodies according to the document and the data file, under the name of the path."""
        return self._named(self.bases.bodies(self.operation, self.data))

    def bodies_of(self, offer: MediaType) -> list[JsonValue]:
        """Valid bodies for another media type of the operation."""
        return self._named(self.bases.of_type(offer))

    def _named(self, bodies: list[JsonValue]) -> list[JsonValue]:
        known = {name: self.data.path_value(name, self.operation) for name in self.path_names}
        values = {name: value for name, value in known.items() if value is not None}
        return [keeping_name(self.operation, body, values) for body in bodies]

    @property
    def bodies_to_try(self) -> list[JsonValue]:
        """The bodies of which one may be the base: the one that succeeded already, or every candidate."""
        return self.bases.untried(self.operation, self.data) or self.bodies[:1]

    @property
    def body(self) -> JsonValue:
        """The first valid body; None if there is none."""
        return next(iter(self.bodies), None)

    @property
    def some_bodies(self) -> list[JsonValue]:
        """All valid bodies; `[None]` if there are none."""
        return self.bodies or [None]

    @property
    def offer(self) -> MediaType | None:
        """The media type in which bodies are sent."""
        return self.operation.main_body

    @property
    def is_documented(self) -> bool:
        """Whether the body is one that the document or the data file gives, and not a generated one."""
        offer = self.offer
        return offer is None or bool(offer.examples) or bool(self.data.of(self.operation).bodies)

    @property
    def has_settled(self) -> bool:
        """Whether a body has succeeded, or none is sent."""
        return self.offer is None or self.bases.has_settled(self.operation)

    @property
    def path_names(self) -> list[str]:
        """The names of the path parameters."""
        return path_names(self.operation)

    def values(self, name: str) -> KnownValues:
        """The known values of a path parameter."""
        return self.data.known(name, self.operation)

    def names_a_uuid(self, name: str) -> bool:
        """Whether a path parameter is a UUID."""
        schemas = path_schemas(self.operation, name)
        return any(schema.view.flat.get("format") == "uuid" for schema in schemas)

    def sent(self, body: JsonValue = None, path_values: Mapping[str, str] | None = None) -> Sent:
        """A valid request, except for the given values."""
        return self.bases.make(self.operation, self.data, path_values, body)

    def with_body(self, sent: Sent, value: JsonValue, offer: MediaType | None = None) -> Sent:
        """The request with another body, in the operation's media type or another."""
        used = offer or self.offer
        return self.bases.written(sent, value, used) if used else sent

    def keeps(self, sent: Sent) -> bool:
        """Whether a request matches the contract."""
        return self.meanings.of(sent).is_valid

    def planned(self, sent: Sent, intent: Intent, label: str, expected: tuple[int, ...] = ()) -> Planned:
        """A case for the operation."""
        return Planned(sent, self.operation, intent, label, expected)

    def classified(self, sent: Sent, label: str) -> Planned:
        """A request near a line that the contract draws, on the side where the contract puts it."""
        return self.planned(sent, "boundary" if self.keeps(sent) else "negative", label)


def shown(value: JsonValue) -> str:
    """The start of a body, for labels."""
    return json.dumps(value)[:60]


def with_body(value: JsonValue) -> str:
    """A body as part of a label; None means without a body."""
    return "no body" if value is None else f"body {shown(value)}"
