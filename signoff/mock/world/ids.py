"""The ids of generated entities: integers in sequence, UUIDs, or texts in the style of the examples' ids.

The id at a position follows from the seed, the collection and the position.
"""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from signoff.contract import Direction
from signoff.contract.coercion import coerce
from signoff.contract.envelopes import members_of
from signoff.contract.json_value import as_list
from signoff.contract.schema_view import Part
from signoff.generate import CannotGenerateError
from signoff.generate.likeness import in_style
from signoff.mock.world.examples import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.contract import Schema
    from signoff.contract.json_value import JsonValue
    from signoff.contract.resources import Resource
    from signoff.generate import Generator

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LARGEST = 2**53
_TRIES = 4
_NARROWING = {"pattern", "format", "minLength", "maxLength"}
_STATED = ("example", "examples", "default", "const")


def digest(*parts: object) -> bytes:
    """Bytes that follow from some parts."""
    return blake2b("|".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class IdSource:
    """Makes the ids of one resource.

    Attributes:
        schemas: what an id has to match: the path parameter's schema and the member's.
    """

    def __init__(
        self, resource: Resource, schemas: list[Schema], generator: Generator, seed: int, known: Iterable[str]
    ) -> None:
        self._resource = resource
        self._generator = generator
        self._seed = seed
        self._known = tuple(known)
        self.schemas = schemas
        self.member = self.schemas[-1] if self.schemas else None
        self._kinds = [schema.view.kinds for schema in self.schemas]

    def typed(self, text: str) -> JsonValue:
        """The value of the member for an id as text; None if the text is not a valid id."""
        if self.member is None:
            return text
        value = coerce(text, self.member.view.kinds)
        return value if self.member.is_valid(value, Direction.RESPONSE) else None

    def is_valid(self, text: str) -> bool:
        """Whether a text is an id by all its schemas."""
        return bool(text) and all(
            schema.is_valid(coerce(text, kinds), Direction.RESPONSE)
            for schema, kinds in zip(self.schemas, self._kinds, strict=True)
        )

    def ids(self, parents: tuple[str, ...], taken: Iterable[str], start: int = 0) -> Iterator[str]:
        """Different valid ids that are not taken, from a position on; they end where no more can be made."""
        seen = set(taken)
        options = self._options()
        if options is not None:
            yield from (text for text in options if text not in seen)
            return
        misses, position = 0, start
        while misses < _TRIES:
            text = self._made(parents, position)
            position += 1
            if text in seen or not self.is_valid(text):
                misses += 1
                continue
            misses = 0
            seen.add(text)
            yield text

    def _options(self) -> list[str] | None:
        """The ids that a schema lists; None if none does."""
        for schema in self.schemas:
            flat = schema.view.flat
            if "enum" in flat:
                return [text for value in as_list(flat["enum"]) if self.is_valid(text := text_of(value))]
        return None

    def _made(self, parents: tuple[str, ...], position: int) -> str:
        if not self.schemas:
            return str(len(self._known) + position + 1)
        if any(
            not kinds.isdisjoint(("integer", "number")) and "string" not in kinds for kinds in self._kinds
        ):
            return str(self._first() + position)
        key = digest(self._seed, self._resource.name, parents, position)
        formats = {schema.view.flat.get("format") for schema in self.schemas}
        like = self._known[position % len(self._known)] if self._known else ""
        if "uuid" in formats or _UUID.fullmatch(like):
            return str(UUID(bytes=key, version=4))
        if like and not any({"format", "pattern"} & schema.view.flat.keys() for schema in self.schemas):
            numbers = [int(text) for text in self._known if text.isdecimal() and len(text) < 16]
            if numbers and all(text.isdecimal() for text in self._known):
                return str(max(numbers) + 1 + position)
            return in_style(like, Random(key))  # noqa: S311 - nothing secret
        return self._generated(key)

    def _first(self) -> int:
        """The first integer: after those of the examples, within the schemas' bounds."""
        known = [int(text) for text in self._known if text.isdecimal() and int(text) < _LARGEST]
        least = [schema.view.flat.get("minimum") for schema in self.schemas]
        bounds = [int(bound) for bound in least if isinstance(bound, int | float)]
        return max([1, *(value + 1 for value in known), *bounds])

    def _generated(self, key: bytes) -> str:
        schema = max(self.schemas, key=lambda schema: len(_NARROWING & schema.view.flat.keys()))
        plain = {name: value for name, value in schema.view.flat.items() if name not in _STATED}
        name = self._resource.id_member or "id"
        try:
            made = self._generator.generate(
                replace(schema, raw=plain), Direction.RESPONSE, key.hex(), name=name
            )
        except CannotGenerateError:
            return ""
        return text_of(made)


def id_schemas(resource: Resource) -> Iterator[Schema]:
    """The schemas of an id: the path parameter's, then the member's."""
    for use in resource.uses:
        for parameter in use.operation.parameters if use.id_parameter else ():
            if parameter.location == "path" and parameter.name == use.id_parameter and parameter.schema:
                yield parameter.schema
                break
        else:
            continue
        break
    for schema in resource.schemas:
        part = members_of(schema.schemas, Part(schema.raw, schema.pointer)).get(resource.id_member)
        if part is not None:
            yield schema.schemas.add(part.pointer, part.raw)
            return
