"""Shared by all deterministic cases: an operation, its base request, and planned requests."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from signoff.conformance.base_requests import path_names, path_schemas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.conformance.base_requests import BaseRequests
    from signoff.conformance.exchange import Intent, Meanings, Sent
    from signoff.conformance.known_values import KnownValues, TargetData
    from signoff.contract import Contract, Operation
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

    @cached_property
    def bodies(self) -> list[JsonValue]:
        """The valid JSON bodies according to the document and the data file."""
        return self.bases.bodies(self.operation, self.data)

    @property
    def body(self) -> JsonValue:
        """The first valid body; None if there is none."""
        return next(iter(self.bodies), None)

    @property
    def some_bodies(self) -> list[JsonValue]:
        """All valid bodies; `[None]` if there are none."""
        return self.bodies or [None]

    @property
    def is_documented(self) -> bool:
        """Whether the bodies come from the document or the data file, not from the generator."""
        offer = self.operation.json_body
        return offer is None or bool(offer.examples) or bool(self.data.of(self.operation).bodies)

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

    def with_json(self, sent: Sent, value: JsonValue) -> Sent:
        """The request with another JSON body."""
        return replace(sent, body=json.dumps(value).encode())

    def planned(self, sent: Sent, intent: Intent, label: str, expected: tuple[int, ...] = ()) -> Planned:
        """A case for the operation."""
        return Planned(sent, self.operation, intent, label, expected)

    def classified(self, sent: Sent, label: str) -> Planned:
        """A case near a boundary, classified as valid or invalid by the document."""
        is_valid = self.meanings.of(sent).is_valid
        return self.planned(sent, "boundary" if is_valid else "negative", label)


def shown(value: JsonValue) -> str:
    """The start of a body, for labels."""
    return json.dumps(value)[:60]


def with_body(value: JsonValue) -> str:
    """A body as part of a label; None is no body."""
    return "no body" if value is None else f"body {shown(value)}"
