"""Renders a documented response: chooses the media type, and an example or a generated value.

Generated values depend on the document, the seed and a variant alone, so they are cached. Members of the
request are then echoed in them: the id in its path, and members of its body.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.contract import Direction, Problem, media_types
from signoff.contract.hidden_members import without_hidden
from signoff.contract.names import words_of
from signoff.contract.problem import status_phrase
from signoff.generate import CannotGenerateError, Generator
from signoff.generate.pictures import SIDE, gif, jpeg, png, qr_png, shows_qr, svg
from signoff.mock.bodies import carries_structure, encode, sent_name
from signoff.mock.exchange import RawResponse, raw_response, to_json
from signoff.mock.header_fields import HeaderFields
from signoff.mock.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from signoff.contract import Contract, Example, MediaType, Operation, Response, Schema
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.requests import ParsedRequest
    from signoff.mock.choice import Choice
    from signoff.mock.exchange import RawHeaders, Request, Why

_USUAL = {"image/*": "image/png", "text/*": "text/plain", "audio/*": "audio/wav", "font/*": "font/woff2"}
_KEPT = 1024
_LONGEST = 256  # the length of an Accept header whose result is kept
_PLAIN_KINDS = {"string", "integer", "number", "boolean", "null"}


class Renderer:
    """Renders the documented responses of one contract."""

    def __init__(self, contract: Contract, seed: int, locale: str = "en_US") -> None:
        self.schemas = contract.schemas
        self.generator = Generator(contract.schemas, seed, locale)
        self.headers = HeaderFields(self.generator).of
        self._values: dict[tuple[str, int, int], JsonValue] = {}
        self._examples: dict[tuple[str, int], Example | None] = {}
        self._negotiated: dict[tuple[int, int, str | None], tuple[Response, MediaType | None]] = {}

    def offers(self, response: Response, accept: str | None = None) -> list[MediaType]:
        """The media types of a response in the document's order, unsuitable ones last.

        A range such as `image/*` becomes the type that the client asks for, else a common one.
        """
        content = response.content
        if any("*" in offer.name for offer in content):
            content = tuple(
                self._concrete(offer, accept) if "*" in offer.name else offer for offer in content
            )
        return sorted(content, key=self._is_unfit)

    def _concrete(self, offer: MediaType, accept: str | None) -> MediaType:
        is_binary = offer.schema is not None and offer.schema.view.flat.get("format") == "binary"
        other = "application/octet-stream" if is_binary else "application/json"
        usual = replace(offer, name=_USUAL.get(media_types.essence(offer.name), other))
        if accept is None or media_types.quality(accept, usual.name):
            return usual
        named = [replace(offer, name=name) for name in media_types.wanted_in(accept, offer.name)]
        return next((found for found in named if not self._is_unfit(found)), usual)

    def _is_unfit(self, offer: MediaType) -> bool:
        """Whether a media type can't represent its schema.

        Text can't represent objects and lists; XML needs an element around a plain value.
        """
        if offer.schema is None:
            return False
        kinds = offer.schema.view.kinds
        if media_types.is_xml(offer.name):
            return bool(kinds) and kinds <= _PLAIN_KINDS
        return not carries_structure(offer.name) and bool(kinds) and not kinds & _PLAIN_KINDS

    def negotiated(self, response: Response, status: int, accept: str | None) -> MediaType | None:
        """The media type that the client prefers; None for a response without a body.

        Raises:
            ProblemError: the client accepts none of them. Errors are sent anyway.
        """
        key = (id(response), status, accept)
        known = self._negotiated.get(key)
        if known is not None and known[0] is response:
            return known[1]
        offers = self.offers(response, accept)
        offer = media_types.negotiate(accept, offers)
        if offer is None and offers and status < 400:
            raise ProblemError("not_acceptable", available=", ".join(entry.name for entry in offers))
        found = offer or next(iter(offers), None)
        if len(accept or "") <= _LONGEST:
            if len(self._negotiated) >= _KEPT:
                self._negotiated.clear()
            self._negotiated[key] = (response, found)
        return found

    def render(self, operation: Operation, choice: Choice, echo: JsonObject, variant: int) -> RawResponse:
        """Render a documented response; for arguments and errors see `content`."""
        value, why = self.content(operation, choice, echo, variant)
        return self.rendered(operation, choice, value, why)

    def rendered(
        self,
        operation: Operation,
        choice: Choice,
        value: JsonValue | bytes,
        why: Why,
        changed: Callable[[RawHeaders], RawHeaders] = lambda fields: fields,
    ) -> RawResponse:
        """Render a body; `changed` may correct the documented header fields."""
        offer, status = choice.offer, choice.status
        if isinstance(value, bytes):
            headers = self.headers(operation, choice.response, status, None)
            return raw_response(status, value, offer.name if offer else None, why, headers)
        headers = changed(self.headers(operation, choice.response, status, value))
        if offer is None:
            return raw_response(status, b"", None, why, headers)
        schema = offer.schema.raw if offer.schema else {}
        body = encode(value, offer.name, schema, self.schemas, offer.part_types)
        return raw_response(status, body, sent_name(offer.name, value), why, headers)

    def content(
        self, operation: Operation, choice: Choice, echo: JsonObject, variant: int
    ) -> tuple[JsonValue | bytes, Why]:
        """The body of a documented response (a JSON value or the bytes of a file), and its origin.

        Args:
            operation: the operation.
            choice: the response, status, media type and example; no body without a media type.
            echo: members of the request to repeat in a generated value.
            variant: which of several generated values to use.

        Raises:
            CannotGenerateError: the document has no example, and no value can be generated.
        """
        offer, status = choice.offer, choice.status
        if offer is None:
            return None, "example"
        schema = offer.schema.raw if offer.schema else {}
        is_generated = choice.dynamic and bool(schema)  # without a schema, an example is all there is
        chosen = choice.example or (None if is_generated else self._sound(offer, status))
        if chosen is not None and chosen.data is not None:
            return chosen.data, "example"
        if chosen is not None:
            return self._echoed(chosen, offer, echo), "example"
        file = file_of(
            offer.name, f"{operation.path} {operation.id}", is_binary=schema.get("format") == "binary"
        )
        if file is not None and self.schemas.view(schema).kinds <= {"string"}:
            return file, "generated"
        return self._generated(operation, choice, echo, variant), "generated"

    def _sound(self, offer: MediaType, status: int) -> Example | None:
        """The first valid example; an invalid one only if no value can be generated."""
        if offer.schema is None or not media_types.is_json(offer.name):
            return _suiting(offer, offer.examples, status)
        key = (offer.pointer, status)
        if key not in self._examples:
            valid = [
                found for item in offer.examples if (found := valid_example(item, offer.schema)) is not None
            ]
            found = _suiting(offer, valid, status)
            if found is None and offer.examples:
                found = None if self._can_be_made(offer.schema) else _suiting(offer, offer.examples, status)
            self._examples[key] = found
        return self._examples[key]

    def _echoed(self, example: Example, offer: MediaType, echo: JsonObject) -> JsonValue:
        """The example with members of the request, if it still matches the schema or has none."""
        shown = without_hidden(example.value, offer.schema, Direction.RESPONSE)
        repeated = repeat(shown, echo)
        if repeated == shown or offer.schema is None:
            return repeated
        is_valid = offer.schema.is_valid(repeated, Direction.RESPONSE)
        return repeated if is_valid else shown

    def _can_be_made(self, schema: Schema) -> bool:
        try:
            self.generator.generate(schema, Direction.RESPONSE, "")
        except CannotGenerateError:
            return False
        return True

    def _generated(self, operation: Operation, choice: Choice, echo: JsonObject, variant: int) -> JsonValue:
        """A value that matches the schema, with members of the request echoed where valid."""
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
            generator_key = f"{operation.id}|{status}|{variant}"
            value = self.generator.generate(offer.schema, Direction.RESPONSE, generator_key)
            if len(self._values) >= _KEPT:
                self._values.clear()
            self._values[key] = value
        repeated = repeat(value, echo)
        return repeated if offer.schema.is_valid(repeated, Direction.RESPONSE) else value


def _suiting(offer: MediaType, examples: Sequence[Example], status: int) -> Example | None:
    """The first example; for problems, the first with the status that is sent."""
    if not media_types.is_problem(offer.name):
        return next(iter(examples), None)
    for example in examples:
        stated = example.value.get("status") if isinstance(example.value, dict) else None
        if stated in (None, status):
            return example
    return None


def valid_example(example: Example, schema: Schema) -> Example | None:
    """A valid example, or None; a string with JSON in it is parsed. `writeOnly` members are left out."""
    shown = replace(example, value=without_hidden(example.value, schema, Direction.RESPONSE))
    if schema.is_valid(shown.value, Direction.RESPONSE):
        return shown
    if isinstance(example.value, str):
        try:
            read = json.loads(example.value)
        except ValueError:
            return None
        shown = replace(example, value=without_hidden(read, schema, Direction.RESPONSE))
        return shown if schema.is_valid(shown.value, Direction.RESPONSE) else None
    return None


def echo_of(operation: Operation, parsed: ParsedRequest) -> JsonObject:
    """The members of the request that a response should echo, by name.

    The last path parameter is also the `id`: for `/pets/{petId}`, `id` and `petId`.
    """
    echo: JsonObject = dict(parsed.body) if isinstance(parsed.body, dict) else {}
    path = [parameter.name for parameter in operation.parameters if parameter.location == "path"]
    for name in path:
        value = parsed.parameters.get(("path", name))
        if value is not None:
            echo[name] = value
            if name == path[-1] and words_of(name)[-1:] == ("id",):
                echo["id"] = value
    return echo


def repeat(value: JsonValue, echo: JsonObject) -> JsonValue:
    """`value` with the members of the request, if they have the same type."""
    if not isinstance(value, dict):
        return value
    return {
        name: echo[name] if name in echo and type(echo[name]) is type(item) else item
        for name, item in value.items()
    }


_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a ZIP file can name
_OFFICE = "application/vnd.openxmlformats-officedocument."


def file_of(media_type: str, subject: str = "", *, is_binary: bool = False) -> bytes | None:
    """A small valid file of a media type.

    Args:
        media_type: the media type.
        subject: what the file is of: the path or the name of an operation.
        is_binary: whether the document declares the body as binary.

    Returns:
        A few bytes for an unknown binary type; None for an unknown text type.
    """
    name = media_types.essence(media_type)
    if name == "image/png" and shows_qr(subject):
        return qr_png()
    if name in _FILES:
        return _FILES[name]
    if name.endswith("+zip") or name.startswith(_OFFICE):
        return _FILES["application/zip"]
    is_media = name.startswith(("image/", "audio/", "video/", "font/")) and not media_types.is_xml(name)
    is_text = name.startswith("text/") or media_types.is_json(name) or media_types.is_xml(name)
    return _BYTES if is_media or (is_binary and not is_text) else None


def _pdf() -> bytes:
    """One empty page (PDF 1.4), its cross-reference table in place."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
    )
    data, places = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 4\n0000000000 65535 f \n"
    return data + head + table + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(data)


def _zip() -> bytes:
    """An archive with one empty file, dated 1980 so that it is the same every time."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mock.txt", _EPOCH), "")
    return data.getvalue()


def _wav() -> bytes:
    """No sound at 8 kHz (RIFF WAVE)."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    return struct.pack("<4sI4s", b"RIFF", 36, b"WAVE") + form + struct.pack("<4sI", b"data", 0)


_BYTES = b"\x00\x01\x02\x03"
_FILES = {
    "image/png": png(),
    "image/gif": gif(),
    **dict.fromkeys(("image/jpeg", "image/jpg"), jpeg()),
    "image/svg+xml": svg(SIDE, SIDE).encode(),
    **dict.fromkeys(("audio/wav", "audio/x-wav"), _wav()),
    "application/pdf": _pdf(),
    **dict.fromkeys(("application/zip", "application/x-zip-compressed"), _zip()),
    **dict.fromkeys(("application/gzip", "application/x-gzip"), gzip.compress(b"", mtime=0)),
    "application/octet-stream": _BYTES,
}


def variant_of(request: Request, parsed: ParsedRequest | None) -> int:
    """Which of several generated values to use; depends on path, query and body."""
    body = request.body
    if parsed is not None and parsed.media_type is not None and "multipart/" in parsed.media_type.name:
        body = to_json(parsed.body)  # the raw body has a random boundary
    key = f"{request.path}?{request.query}".encode("latin-1", "replace") + body
    return zlib.crc32(key)
