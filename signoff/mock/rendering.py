"""From a documented response to octets: which example or made-up value, under which media type.

Made-up values depend on the document, the seed and a few variants alone, so they are made once and kept.
Members that the request names are then repeated in them: the id in its path, and members of its body.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.contract import Direction, Problem, media_types
from signoff.contract.problem import status_phrase
from signoff.mock.bodies import carries_structure, octets, sent_name
from signoff.mock.exchange import Answer, answer
from signoff.mock.generate import CannotGenerateError, Generator
from signoff.mock.generate.names import words_of
from signoff.mock.header_fields import HeaderFields
from signoff.mock.problems import ProblemError
from signoff.mock.small_files import file_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.contract import Contract, Example, MediaType, Operation, Response, Schema
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.requests import ParsedRequest
    from signoff.mock.choice import Choice
    from signoff.mock.exchange import Why

_USUAL = {"image/*": "image/png", "text/*": "text/plain", "audio/*": "audio/wav", "font/*": "font/woff2"}
_PLAIN_KINDS = {"string", "integer", "number", "boolean", "null"}


class Renderer:
    """Renders the documented responses of one contract."""

    def __init__(self, contract: Contract, seed: int, locale: str = "en_US") -> None:
        self.schemas = contract.schemas
        self._generator = Generator(contract.schemas, seed, locale)
        self.headers = HeaderFields(self._generator).of
        self._values: dict[tuple[str, int, int], JsonValue] = {}
        self._examples: dict[tuple[str, int], Example | None] = {}

    def offers(self, response: Response, accept: str | None = None) -> list[MediaType]:
        """The media types of a response, as the document lists them; first those that can say the value.

        Of a range such as `image/*` it is the type that the client asks for, else a usual one.
        """
        content = response.content
        if any("*" in offer.name for offer in content):
            content = tuple(
                self._concrete(offer, accept) if "*" in offer.name else offer for offer in content
            )
        return sorted(content, key=self._is_unfit)

    def _concrete(self, offer: MediaType, accept: str | None) -> MediaType:
        usual = replace(offer, name=_USUAL.get(media_types.essence(offer.name), "application/json"))
        if accept is None or media_types.quality(accept, usual.name):
            return usual
        named = [replace(offer, name=name) for name in media_types.wanted_in(accept, offer.name)]
        return next((found for found in named if not self._is_unfit(found)), usual)

    def _is_unfit(self, offer: MediaType) -> bool:
        """Whether a media type has no form for what its schema describes.

        Text has none for objects and lists, XML none for a bare value, which it needs an element for.
        """
        if offer.schema is None:
            return False
        kinds = offer.schema.view.kinds
        if media_types.is_xml(offer.name):
            return bool(kinds) and kinds <= _PLAIN_KINDS
        return not carries_structure(offer.name) and bool(kinds) and not kinds & _PLAIN_KINDS

    def negotiated(self, response: Response, status: int, accept: str | None) -> MediaType | None:
        """The media type that the client likes best; None for a response without a body.

        Raises:
            ProblemError: it accepts none. An error is sent whatever it accepts.
        """
        offers = self.offers(response, accept)
        offer = media_types.negotiate(accept, offers)
        if offer is None and offers and status < 400:
            raise ProblemError("not_acceptable", available=", ".join(entry.name for entry in offers))
        return offer or next(iter(offers), None)

    def render(self, operation: Operation, choice: Choice, said: JsonObject, variant: int) -> Answer:
        """The answer of a documented response; arguments and errors are those of `content`."""
        offer, status = choice.offer, choice.status
        value, why = self.content(operation, choice, said, variant)
        if isinstance(value, bytes):
            headers = self.headers(operation, choice.response, status, None)
            return answer(status, value, offer.name if offer else None, why, headers)
        headers = self.headers(operation, choice.response, status, value)
        if offer is None:
            return answer(status, b"", None, why, headers)
        body = octets(value, offer.name, offer.schema.raw if offer.schema else {}, self.schemas)
        return answer(status, body, sent_name(offer.name, value), why, headers)

    def content(
        self, operation: Operation, choice: Choice, said: JsonObject, variant: int
    ) -> tuple[JsonValue | bytes, Why]:
        """What a documented response holds, a JSON value or the bytes of a file, and where it is from.

        Args:
            operation: whose response it is.
            choice: the response, status, media type and example; None for no offer is no body.
            said: what the request says that a generated value should repeat.
            variant: which of several generated values to give.

        Raises:
            CannotGenerateError: there is no example and the schema admits no value that can be found.
        """
        offer, status = choice.offer, choice.status
        if offer is None:
            return None, "example"
        chosen = choice.example or (None if choice.dynamic else self._sound(offer, status))
        schema = offer.schema.raw if offer.schema else {}
        if chosen is not None:
            return chosen.value, "example"
        file = file_of(offer.name, is_binary=schema.get("format") == "binary")
        if file is not None and self.schemas.view(schema).kinds <= {"string"}:
            return file, "generated"
        return self._generated(operation, choice, said, variant), "generated"

    def _sound(self, offer: MediaType, status: int) -> Example | None:
        """The first example that suits; one that breaks its schema only where no value can be made."""
        if offer.schema is None or not media_types.is_json(offer.name):
            return _suiting(offer, offer.examples, status)
        key = (offer.pointer, status)
        if key not in self._examples:
            valid = [found for item in offer.examples if (found := _valid(item, offer.schema)) is not None]
            found = _suiting(offer, valid, status)
            if found is None and offer.examples:
                found = None if self._can_be_made(offer.schema) else _suiting(offer, offer.examples, status)
            self._examples[key] = found
        return self._examples[key]

    def _can_be_made(self, schema: Schema) -> bool:
        try:
            self._generator.generate(schema, Direction.RESPONSE, "")
        except CannotGenerateError:
            return False
        return True

    def _generated(self, operation: Operation, choice: Choice, said: JsonObject, variant: int) -> JsonValue:
        """A value that satisfies the schema, repeating what the request says where that fits."""
        offer, status = choice.offer, choice.status
        if offer is None or offer.schema is None:
            return {} if offer and media_types.is_json(offer.name) else "text"
        if media_types.is_problem(offer.name) and status >= 400:
            problem = Problem(status=status, title=status_phrase(status)).body()
            if offer.schema.is_valid(problem, Direction.RESPONSE):
                return problem
        key = (offer.pointer, status, variant)
        value = self._values.get(key)
        if value is None:
            told = f"{operation.id}|{status}|{variant}"
            value = self._values[key] = self._generator.generate(offer.schema, Direction.RESPONSE, told)
        repeated = repeat(value, said)
        return repeated if offer.schema.is_valid(repeated, Direction.RESPONSE) else value


def _suiting(offer: MediaType, examples: Sequence[Example], status: int) -> Example | None:
    """The first example, or for problems the first whose `status` is the one that is sent."""
    if not media_types.is_problem(offer.name):
        return next(iter(examples), None)
    for example in examples:
        stated = example.value.get("status") if isinstance(example.value, dict) else None
        if stated in (None, status):
            return example
    return None


def _valid(example: Example, schema: Schema) -> Example | None:
    """An example that satisfies the schema, read from its text where a document has JSON in a string."""
    if schema.is_valid(example.value, Direction.RESPONSE):
        return example
    if isinstance(example.value, str):
        try:
            read = replace(example, value=json.loads(example.value))
        except ValueError:
            return None
        return read if schema.is_valid(read.value, Direction.RESPONSE) else None
    return None


def echo_of(operation: Operation, parsed: ParsedRequest) -> JsonObject:
    """The members that an answer should repeat, by name.

    The last path parameter stands for the `id` of what is answered: `/pets/{petId}` for `id` and `petId`.
    """
    said: JsonObject = dict(parsed.body) if isinstance(parsed.body, dict) else {}
    path = [parameter.name for parameter in operation.parameters if parameter.location == "path"]
    for name in path:
        value = parsed.parameters.get(("path", name))
        if value is not None:
            said[name] = value
            if name == path[-1] and words_of(name)[-1:] == ("id",):
                said["id"] = value
    return said


def repeat(value: JsonValue, said: JsonObject) -> JsonValue:
    """`value` with the members that the request says, where both are of one type."""
    if not isinstance(value, dict):
        return value
    return {
        name: said[name] if name in said and type(said[name]) is type(item) else item
        for name, item in value.items()
    }
