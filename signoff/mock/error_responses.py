"""Error responses: in the document's own shape if it has one, else Problem Details."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from signoff.contract import Direction, Problem, media_types
from signoff.contract.json_value import as_object
from signoff.contract.pointer import split
from signoff.contract.problem import MEDIA_TYPE, status_phrase
from signoff.generate import CannotGenerateError
from signoff.mock.choice import Choice
from signoff.mock.exchange import UNDOCUMENTED, RawResponse, raw_response, to_json
from signoff.mock.problems import NO_VALUES
from signoff.mock.redaction import safe_message
from signoff.mock.rendering import repeat
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signoff.contract import MediaType, Operation, Response
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.requests import Fault, FaultKind
    from signoff.mock.exchange import RawHeaders, Why
    from signoff.mock.problems import ProblemCatalogue
    from signoff.mock.rendering import Renderer

_PROBLEMS: dict[FaultKind, str] = {
    "parameter": "invalid_parameter",
    "media_type": "unsupported_media_type",
    "body_missing": "missing_body",
    "body_syntax": "malformed_json",
    "body_schema": "invalid_body",
}
_MAX_NOTES = 8
_PROBLEM_MEMBERS = frozenset({"title", "detail"})
# Common names of an error's status and message.
_STATUS_NAMES = ("status", "code", "statusCode", "status_code", "httpStatus", "errorCode")
_DETAIL_NAMES = ("message", "detail", "errorMessage", "error_message", "error_description", "reason", "msg")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def instance_of(path: str, base_path: str) -> str:
    """The `instance` of a problem: the request's path without the base path."""
    inner = path.removeprefix(base_path) or "/"
    return quote(_BAD_ESCAPE.sub("%25", inner), safe="/%:@!$&'()*+,;=~-._")


class ErrorResponses:
    """Builds the error responses of one contract."""

    def __init__(self, catalogue: ProblemCatalogue, renderer: Renderer) -> None:
        self.catalogue = catalogue
        self._renderer = renderer

    def plain(
        self,
        name: str,
        path: str,
        *,
        headers: RawHeaders = (),
        why: Why = "rejected",
        values: Mapping[str, str] = NO_VALUES,
    ) -> RawResponse:
        """A problem outside any operation."""
        problem = self.catalogue.problem(name, instance=path, values=values)
        return raw_response(problem.status, to_json(problem.body()), MEDIA_TYPE, why, headers)

    def own(self, operation: Operation, name: str, path: str, values: Mapping[str, str]) -> RawResponse:
        """A problem of the mock itself, never in the shape of the document's errors."""
        known_id = operation.id if " " not in operation.id else None
        problem = self.catalogue.problem(name, instance=path, operation_id=known_id, values=values)
        return raw_response(problem.status, to_json(problem.body()), MEDIA_TYPE, "rejected")

    def undocumented(self, status: int, path: str, challenges: Sequence[str]) -> RawResponse:
        """An error that the client asks for and the document does not define; a header says so.

        Args:
            status: the status.
            path: the `instance` of the problem.
            challenges: the values of WWW-Authenticate, which a 401 must have (RFC 9110, section 15.5.2).
        """
        detail = "The status is forced; the document does not define it for this operation."
        problem = Problem(status, status_phrase(status), detail, instance=path)
        headers = [(UNDOCUMENTED.encode(), f"status {status}".encode())]
        if status == HTTPStatus.UNAUTHORIZED:
            challenge = ", ".join(challenges) or 'Bearer realm="mock"'
            headers.append((b"www-authenticate", challenge.encode("latin-1", "replace")))
        return raw_response(status, to_json(problem.body()), MEDIA_TYPE, "preference", tuple(headers))

    def of_operation(
        self,
        operation: Operation,
        name: str,
        path: str,
        *,
        errors: Sequence[JsonObject] = (),
        why: Why = "rejected",
        values: Mapping[str, str] = NO_VALUES,
    ) -> RawResponse:
        """A problem of an operation, in the shape that the document defines for its status."""
        known_id = operation.id if " " not in operation.id else None
        problem = self.catalogue.problem(
            name,
            status=self._documented_status(operation, name),
            instance=path,
            operation_id=known_id,
            errors=errors,
            values=values,
        )
        body = problem.body()
        response = operation.response_for(problem.status)
        offer = _error_offer(response)
        media_type = MEDIA_TYPE
        if response is not None and offer is not None:
            fitting = self._fitting(operation, Choice(response, problem.status, offer, dynamic=True), body)
            if fitting is None:
                sentence = _sentence(problem, errors)
                return self._as_documented(operation, response, problem, offer, why, sentence)
            body, media_type = fitting, offer.name
        headers = self._renderer.headers(operation, response, problem.status, body) if response else ()
        return raw_response(problem.status, to_json(body), media_type, why, headers)

    def _fitting(self, operation: Operation, choice: Choice, body: JsonObject) -> JsonObject | None:
        """A problem with all required members; None if the document's error has another shape."""
        offer = choice.offer
        if offer is None or not _takes_problems(offer):
            return None
        if offer.schema is None or offer.schema.is_valid(body, Direction.RESPONSE):
            return body
        try:
            generated, _ = self._renderer.content(operation, choice, {}, 0)
        except CannotGenerateError:
            return None
        extra = {key: item for key, item in as_object(generated).items() if key not in body}  # type: ignore[arg-type]
        whole = {**body, **extra}
        if not offer.schema.is_valid(whole, Direction.RESPONSE):
            return None
        for name in extra:  # only what is required
            less = {key: item for key, item in whole.items() if key != name}
            whole = less if offer.schema.is_valid(less, Direction.RESPONSE) else whole
        return whole

    def _documented_status(self, operation: Operation, name: str) -> int:
        """The status of an error; of 400 and 422 the documented one, if only one is documented.

        Many documents use one status for all invalid requests.
        """
        own = self.catalogue.status_of(name)
        other = {400: 422, 422: 400}.get(own)
        response = operation.response_for(own)
        if other and (response is None or response.status == "default"):
            return other if any(response.status == str(other) for response in operation.responses) else own
        return own

    def of_faults(self, operation: Operation, path: str, faults: Sequence[Fault]) -> RawResponse:
        """The response to an invalid request; the first fault decides the status."""
        faults = [_without_secrets(fault) for fault in faults]
        first = faults[0]
        same = [fault for fault in faults if fault.kind == first.kind]
        what = "validation error" if first.kind == "body_schema" else "invalid parameter"
        listed = first.kind in ("parameter", "body_schema")
        count = counted(len(same) + first.left_out, what)
        found = self.of_operation(
            operation,
            _PROBLEMS[first.kind],
            path,
            errors=[_entry(fault) for fault in same] if listed else (),
            why="validation",
            values={
                "count": f"{count}, the first {len(same)} are listed" if first.left_out else count,
                "reason": first.detail[:1].upper() + first.detail[1:],
            },
        )
        return replace(found, notes=tuple(_note(fault) for fault in faults[:_MAX_NOTES]))

    def _as_documented(
        self,
        operation: Operation,
        response: Response,
        problem: Problem,
        offer: MediaType,
        why: Why,
        sentence: str,
    ) -> RawResponse:
        """An error in the document's own shape, with the problem's status and message where it has them."""
        status = problem.status
        echo: JsonObject = {**dict.fromkeys(_STATUS_NAMES, status), **dict.fromkeys(_DETAIL_NAMES, sentence)}
        try:
            made = self._renderer.render(operation, Choice(response, status, offer), echo, 0)
        except CannotGenerateError:
            return raw_response(status, to_json(problem.body()), MEDIA_TYPE, why)
        if made.why == "generated" and media_types.is_json(offer.name):
            value = _with_echo(json.loads(made.body), echo)
            if offer.schema is None or offer.schema.is_valid(value, Direction.RESPONSE):
                headers = self._renderer.headers(operation, response, status, value)
                return raw_response(status, to_json(value), offer.name, why, headers)
        return RawResponse(made.status, made.headers, made.body, why)


def _sentence(problem: Problem, errors: Sequence[JsonObject]) -> str:
    """The message for an error body without a list of errors."""
    parts = [
        " ".join(str(part) for part in (*(error[key] for key in error if key != "detail"), error["detail"]))
        for error in errors[:_MAX_NOTES]
    ]
    return "; ".join(parts) or problem.detail or problem.title


def _with_echo(value: JsonValue, echo: JsonObject) -> JsonValue:
    """`value` and the objects in it, such as an `error`, with the echoed members."""
    repeated = repeat(value, echo)
    if not isinstance(repeated, dict):
        return repeated
    return {name: _with_echo(item, echo) for name, item in repeated.items()}


def _error_offer(response: Response | None) -> MediaType | None:
    """The media type of an error: Problem Details, then other JSON, then any documented one."""
    if response is None:
        return None
    for offer in response.content:
        if "*" in offer.name and media_types.covers(offer.name, MEDIA_TYPE):
            return replace(offer, name=MEDIA_TYPE)
    offers = sorted(response.content, key=lambda offer: not media_types.is_json(offer.name))
    return min(offers, key=lambda offer: not media_types.is_problem(offer.name), default=None)


def _takes_problems(offer: MediaType) -> bool:
    """Whether the document's error is Problem Details, judged by its properties.

    An open schema of `code` and `message` allows a problem too, but its clients expect a `message`.
    """
    schema = offer.schema
    if not media_types.is_json(offer.name):
        return False
    if schema is None:
        return media_types.is_problem(offer.name) or not offer.examples
    named = schema.view.properties
    return not named or media_types.is_problem(offer.name) or not _PROBLEM_MEMBERS.isdisjoint(named)


def _without_secrets(fault: Fault) -> Fault:
    names = split(fault.place) if fault.location == "body" else [fault.place]
    return fault if fault.missing else replace(fault, detail=safe_message(fault.detail, *names))


def _note(fault: Fault) -> str:
    """A fault for the log."""
    where = f"{fault.location} parameter {fault.place}"
    if fault.location == "body":
        where = f"request body at {fault.place}" if fault.place else "request body"
    elif fault.kind == "media_type":
        where = fault.place
    return f"{where}: {fault.detail}"


def _entry(fault: Fault) -> JsonObject:
    kind = {"body": "pointer", "header": "header"}.get(fault.location, "parameter")
    return {kind: fault.place, "detail": fault.detail}
