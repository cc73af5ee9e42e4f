"""A second opinion: the independent validator openapi-core judges the same exchange as our own checks.

It has no code in common with our judge besides the bundled document. What it cannot judge, such as XML or a
media range, it is not asked: the opinion then gives the reason.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.responses.exceptions import ResponseFinderError
from openapi_core.validation.request.exceptions import ParameterValidationError, RequestBodyValidationError
from openapi_core.validation.response.exceptions import HeaderValidationError, MissingData
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict

from signoff.conformance.complaint import CannotJudgeError, Complaint
from signoff.contract import media_types
from signoff.contract.json_value import JsonValue
from signoff.contract.parameters import split_cookies
from signoff.contract.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signoff.conformance.checks import Failure
    from signoff.conformance.complaint import Kind
    from signoff.conformance.exchange import Exchange, Received, Sent
    from signoff.contract import MediaType, Operation
    from signoff.contract.json_value import JsonObject

# The checks that it has an opinion on, and what it must complain about to agree.
ON_REQUESTS: dict[str, tuple[Kind, ...]] = {
    "request-rejected": ("parameter", "schema", "empty"),
    "unsupported-media-415": ("media type",),
}
ON_RESPONSES: dict[str, tuple[Kind, ...]] = {
    "response-schema": ("schema",),
    "response-headers": ("header",),
    "status-documented": ("status",),
    "media-type-documented": ("media type",),
}
_HOST = "http://api.invalid"
_LONGEST = 300
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(slots=True)
class _Request:
    method: str
    path: str
    path_pattern: str
    parameters: RequestParameters
    content_type: str
    body: bytes | None
    host_url: str = _HOST


@dataclass(slots=True)
class _Response:
    status_code: int
    headers: Headers
    content_type: str
    data: bytes


class _Readers(dict[str, Callable[..., JsonValue]]):
    """How bodies are read: JSON as such, forms by openapi-core, all others as text."""

    def __contains__(self, name: object) -> bool:
        return name not in _FORMS

    def __getitem__(self, name: str) -> Callable[..., JsonValue]:
        return _json if media_types.is_json(name) else _text


def _json(body: bytes, **_: str) -> JsonValue:
    value: JsonValue = json.loads(body)
    return value


def _text(body: bytes, **_: str) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("latin-1")


class SecondOpinion:
    """openapi-core's judgement by one document. Its model is built at the first question."""

    def __init__(self, document: JsonObject) -> None:
        """Prepare a document.

        Args:
            document: with local references only. Its servers and security do not matter.
        """
        self._document = document
        self._api: OpenAPI | None = None

    def on(self, failure: Failure) -> str:
        """Whether openapi-core agrees with a failure, or what it says instead; empty without an opinion."""
        check, exchange = failure.check.id, failure.exchange
        is_request = check in ON_REQUESTS
        kinds = ON_REQUESTS.get(check) or ON_RESPONSES.get(check)
        if kinds is None or exchange.operation is None:
            return ""
        try:
            found = self.of_request(exchange) if is_request else self.of_response(exchange)
        except CannotJudgeError as reason:
            return f"cannot judge: {reason}"
        same = [complaint for complaint in found if complaint.kind in kinds]
        if any(_is_about(complaint, failure) for complaint in same):
            return "agrees"
        if found:
            return f"disagrees: {'; '.join(complaint.text for complaint in (same or found)[:2])}"
        return f"disagrees: the {'request' if is_request else 'response'} is valid"

    def of_response(self, exchange: Exchange) -> list[Complaint]:
        """What it finds wrong with the response.

        Raises:
            CannotJudgeError: it cannot tell.
        """
        operation = _operation(exchange)
        offer = exchange.media_type
        if exchange.received.body and offer is not None:
            _require_readable(exchange.content_type, offer)
        return self.response(operation.method, operation.path, exchange.received)

    def response(self, method: str, template: str, received: Received) -> list[Complaint]:
        """What it finds wrong with a response to a method of a path template.

        Raises:
            CannotJudgeError: it cannot tell.
        """
        content_type = _plain(received.header("content-type") or "")
        request = _Request(method.lower(), template, template, RequestParameters(), "", None)
        response = _Response(received.status, Headers(received.headers), content_type, received.body)
        return self._complaints(lambda api: api.iter_response_errors(request, response))

    def of_request(self, exchange: Exchange) -> list[Complaint]:
        """What it finds wrong with the request.

        Raises:
            CannotJudgeError: it cannot tell.
        """
        operation, sent = _operation(exchange), exchange.sent
        content_type = sent.header("content-type") or ""
        if sent.body and operation.request_body is not None:
            if not content_type:
                raise CannotJudgeError("the request has no Content-Type")
            offer = operation.request_body.media_type_for(content_type)
            if offer is not None:
                _require_readable(content_type, offer)
        request = _Request(
            sent.method.lower(),
            operation.path,
            operation.path,
            _parameters(sent, exchange.path_values),
            _plain(content_type),
            sent.body or None,
        )
        return self._complaints(lambda api: api.iter_request_errors(request))

    def _complaints(self, judge: Callable[[OpenAPI], Iterable[Exception]]) -> list[Complaint]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it warns of deprecated parameters in the document
                if self._api is None:
                    config = Config(
                        extra_media_type_deserializers=_Readers(),
                        # None turns off validation of the document, which the annotation leaves out.
                        spec_validator_cls=None,  # type: ignore[arg-type]
                    )
                    self._api = OpenAPI.from_dict(_stripped(self._document), config=config)
                return list(map(_complaint, judge(self._api)))
        except CannotJudgeError:
            raise
        except Exception as error:  # noqa: BLE001 - KeyError, TypeError and more for what it doesn't support
            raise CannotJudgeError(_cut(f"{type(error).__name__}: {error}")) from None


def _operation(exchange: Exchange) -> Operation:
    if exchange.operation is None:
        raise CannotJudgeError("the document does not define the operation")
    return exchange.operation


def _require_readable(content_type: str, offer: MediaType) -> None:
    """Raise CannotJudgeError unless openapi-core reads the body of a documented media type."""
    name = media_types.essence(content_type)
    if offer.schema is None:
        return
    if media_types.essence(offer.name) != name:
        raise CannotJudgeError(f"it does not support media ranges, such as {offer.name}")
    is_text = name.startswith("text/") or offer.schema.view.kinds <= {"string"}
    if not (media_types.is_json(name) or name in _FORMS or (is_text and not media_types.is_xml(name))):
        raise CannotJudgeError(f"it does not support {name}")


def _plain(content_type: str) -> str:
    """A media type with well-formed parameters only."""
    name, *parameters = content_type.split(";")
    return "; ".join([name.strip(), *(part.strip() for part in parameters if part.count("=") == 1)])


def _parameters(sent: Sent, path_values: Mapping[str, str]) -> RequestParameters:
    cookies = split_cookies("; ".join(value for name, value in sent.headers if name.lower() == "cookie"))
    return RequestParameters(
        query=ImmutableMultiDict(parse_qsl(urlsplit(sent.url).query, keep_blank_values=True)),
        header=Headers(sent.headers),
        cookie=ImmutableMultiDict(cookies),
        path={name: unquote(value) for name, value in path_values.items()},
    )


def _stripped(document: JsonObject) -> JsonObject:
    """The document for one server and without security, which other checks judge."""
    paths = document.get("paths")
    stripped: JsonObject = {**document, "servers": [{"url": _HOST}]}
    stripped.pop("security", None)
    if isinstance(paths, dict):
        stripped["paths"] = {path: _without(item) for path, item in paths.items()}
    return stripped


def _without(item: JsonValue) -> JsonValue:
    if not isinstance(item, dict):
        return item
    kept = {name: value for name, value in item.items() if name != "servers"}
    return {
        name: {key: part for key, part in value.items() if key not in ("servers", "security")}
        if isinstance(value, dict)
        else value
        for name, value in kept.items()
    }


def _complaint(error: Exception) -> Complaint:
    """An error of openapi-core as a complaint."""
    cause = error.__cause__
    places = tuple(_places(cause)) if isinstance(cause, InvalidSchemaValue) else ()
    text = _cut(_reason(cause or error))
    if isinstance(error, PathError):
        raise CannotJudgeError("it does not find the operation")
    if isinstance(error, ResponseFinderError):
        return Complaint("status", _cut(str(error)))
    if isinstance(error, ParameterValidationError):
        return Complaint("parameter", f"{error.location} parameter {error.name}: {text}", (error.name,))
    if isinstance(error, HeaderValidationError):
        return Complaint("header", f"header {error.name}: {text}", (error.name,))
    if isinstance(cause, MediaTypeNotFound):
        return Complaint("media type", text)
    if isinstance(error, MissingData) or (cause is None and isinstance(error, RequestBodyValidationError)):
        return Complaint("empty", text)
    return Complaint("schema", text, places)


def _reason(error: BaseException) -> str:
    if isinstance(error, MediaTypeDeserializeError):  # whose text would decode the body
        return f"the body is not valid {error.mimetype}"
    if not isinstance(error, InvalidSchemaValue):
        return str(error) or type(error).__name__
    found = [f"{pointer or 'the value'}: {part}" for pointer, part in _schema_errors(error)]
    return "; ".join(found[:2]) or str(error)


def _places(error: InvalidSchemaValue) -> Iterator[str]:
    yield from (pointer for pointer, _ in _schema_errors(error))


def _schema_errors(error: InvalidSchemaValue) -> Iterator[tuple[str, str]]:
    for part in error.schema_errors:
        path = getattr(part, "absolute_path", ())
        yield join([str(token) for token in path]), _cut(str(getattr(part, "message", part)))


def _is_about(complaint: Complaint, failure: Failure) -> bool:
    """Whether a complaint of the right kind is about the same place as a failure."""
    if not complaint.places:
        return True
    request = failure.exchange.request
    if failure.check.id in ON_REQUESTS and request is not None and request.faults:
        fault = request.faults[0]
        if (fault.kind == "parameter") != (complaint.kind == "parameter"):
            return False
        # Names of header fields have no case.
        place = fault.place.lower()
        return any(_is_near(place, found.lower()) for found in complaint.places)
    violation = failure.fault.violation
    return violation is None or any(_is_near(violation.pointer, found) for found in complaint.places)


def _is_near(place: str, other: str) -> bool:
    """Whether one place is in the other."""
    return f"{place}/".startswith(f"{other}/") or f"{other}/".startswith(f"{place}/")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
