"""Applies what a rule decided to the response of an operation."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from signoff.contract import Direction, media_types
from signoff.contract.pointer import split
from signoff.mock.exchange import UNDOCUMENTED, to_json
from signoff.mock.handler_responses import HandlerResponses, header_violations
from signoff.mock.handlers import MockResponse
from signoff.mock.page_sandbox import POLICY, sandboxed
from signoff.mock.problems import ProblemError
from signoff.mock.redaction import safe_message
from signoff.mock.rules.templates import MAX_BYTES, TemplateError
from signoff.mock.state.patches import merged
from signoff.mock.state.preconditions import Preconditions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract import JsonValue, Operation
    from signoff.mock.exchange import RawHeaders, RawResponse, Request
    from signoff.mock.rendering import Renderer
    from signoff.mock.rules.book import Decision
    from signoff.mock.rules.templates import Template

_HINT = " If it is meant to be wrong, add `invalid: true` to the rule."
MAX_HEADER = 8 * 1024  # bytes of JSON that the templates of a header field can make


class RuleResponses:
    """The responses of rules of one operation."""

    def __init__(self, operation: Operation, renderer: Renderer) -> None:
        self._operation = operation
        self._strict = HandlerResponses(operation, renderer, validate=True)
        self._lenient = HandlerResponses(operation, renderer, validate=False)
        self._preconditions = Preconditions(operation)

    def asked(self, request: Request, decision: Decision | None) -> Request:
        """The request for the usual response: its condition is for the body with the rule's patch."""
        if decision is None or decision.reply.merge is None:
            return request
        return replace(request, headers=self._preconditions.without(request.headers))

    def own(self, request: Request, decision: Decision) -> RawResponse | None:
        """The response of a rule with a body of its own; None if the mock has to make the body.

        Raises:
            ProblemError: it does not match the document.
        """
        if decision.failure:
            raise _invalid(decision, decision.failure)
        reply = decision.reply
        is_undocumented = reply.status is not None and self._operation.response_for(reply.status) is None
        if reply.body is None and reply.file is None:
            if not (is_undocumented and decision.is_invalid):
                return None
            return self._named(self._lenient.convert(request, MockResponse(reply.status)))
        made = MockResponse(reply.status, headers=MutableHeaders(), adds_documented=True)
        if reply.file is not None:
            made.body = reply.file.data
            made.media_type = self._media_type(reply.status, reply.file.media_type)
        elif reply.body is not None:
            made.body = _filled(reply.body, decision)
        converter = self._lenient if decision.is_invalid or is_undocumented else self._strict
        try:
            return self._named(converter.convert(request, made))
        except ProblemError as error:
            reason = str(error.values.get("reason", ""))
            raise _invalid(decision, reason, is_mismatch=converter is self._strict) from None

    def _named(self, found: RawResponse) -> RawResponse:
        """The response; a header says so if the document does not define its status."""
        if self._operation.response_for(found.status) is not None:
            return found
        return replace(
            found, headers=(*found.headers, (UNDOCUMENTED.encode(), f"status {found.status}".encode()))
        )

    def _media_type(self, status: int | None, guessed: str | None) -> str | None:
        """The media type of a file: by its name, unless the document has only another one."""
        responses = [each for each in self._operation.responses if status is not None and each.covers(status)]
        offers = [offer.name for response in responses for offer in response.content]
        is_fitting = guessed is not None and (
            not offers or any(media_types.covers(each, guessed) for each in offers)
        )
        return guessed if is_fitting else None

    def finished(self, found: RawResponse, decision: Decision, request: Request) -> RawResponse:
        """The response with the rule's merge patch, header fields, delay and fault, and the tag of its body.

        Raises:
            ProblemError: it does not match the document.
        """
        reply = decision.reply
        sets_tag = any(name.lower() == "etag" for name, _ in reply.headers)
        if reply.merge is not None and _is_merged(found, decision):
            found = self._merged(found, reply.merge, decision)
            found = found if sets_tag else self._preconditions.merged(found, request.headers)
        elif reply.has_own_body and not sets_tag:
            found = self._preconditions.tagged(found, request.headers, None)
        if reply.headers:
            found = replace(found, headers=self._with_headers(found, decision))
        notes = found.notes
        if decision.fault is not None:
            notes = (*notes, f"the rule {decision.rule} breaks the response: {decision.fault.kind}")
        return replace(
            found,
            notes=notes,
            delay_s=decision.delay_s or found.delay_s,
            fault=decision.fault,
            rule=decision.rule,
            why=found.why if reply.is_usual else "rule",
        )

    def _merged(self, found: RawResponse, patch: Template, decision: Decision) -> RawResponse:
        """The response with a merge patch applied to its body."""
        content_type = dict(found.headers).get(b"content-type", b"").decode("latin-1")
        if found.stream is not None or not media_types.is_json(media_types.essence(content_type)):
            raise _invalid(decision, f"`merge` needs a JSON body, and this one is {content_type or 'empty'}")
        value = merged(json.loads(found.body), _filled(patch, decision), null_removes=True)
        response = self._operation.response_for(found.status)
        offer = response.media_type_for(content_type) if response is not None else None
        if offer is not None and offer.schema is not None and not decision.is_invalid:
            for violation in offer.schema.violations(value, Direction.RESPONSE)[:1]:
                where = f"the body at {violation.pointer}" if violation.pointer else "the body"
                reason = f"{where}: {safe_message(violation.message, *split(violation.pointer))}"
                raise _invalid(decision, reason, is_mismatch=True)
        body = to_json(value)
        length = (b"content-length", str(len(body)).encode())
        headers = tuple(length if field[0] == length[0] else field for field in found.headers)
        return replace(found, body=body, headers=headers)

    def _with_headers(self, found: RawResponse, decision: Decision) -> RawHeaders:
        """The header fields of a response, with those of the rule."""
        own: dict[str, str] = {}
        for name, template in decision.reply.headers:
            if template is not None:
                value = _filled(template, decision, MAX_HEADER)
                own[name.lower()] = value if isinstance(value, str) else to_json(value).decode()
        for name, text in own.items():
            if not text.replace("\t", "").isprintable() or not text.isascii():
                raise _invalid(decision, f"the header {name} contains an invalid character")
        response = self._operation.response_for(found.status)
        for header in response.headers if response is not None and not decision.is_invalid else ():
            for message in header_violations(
                header, [own[header.name.lower()]] if header.name.lower() in own else []
            ):
                raise _invalid(decision, f"the header {header.name}: {message}", is_mismatch=True)
        names = {name.lower().encode("latin-1") for name, _ in decision.reply.headers}
        kept = [field for field in found.headers if field[0] not in names]
        added = ((name.encode("latin-1"), text.encode("latin-1")) for name, text in own.items())
        fields = (*kept, *added)
        is_free = POLICY.encode() not in names and (found.body or found.stream is not None)
        return sandboxed(fields) if is_free else fields


def _is_merged(found: RawResponse, decision: Decision) -> bool:
    """Whether a merge patch is for this response: an error only if the rule asks for it, and no empty one."""
    is_usual = 200 <= found.status < 300 and found.status not in (204, 205)
    return is_usual or found.status == decision.reply.status


def _filled(template: Template, decision: Decision, limit: int = MAX_BYTES) -> JsonValue:
    try:
        return template.filled(decision.values, limit)
    except TemplateError as error:
        raise _invalid(decision, str(error)) from None


@contextmanager
def blamed_for_items(decision: Decision | None) -> Iterator[None]:
    """Make the problem of a rule of what a list can't have because of its `items`, or because it is none."""
    items = decision.reply.items if decision is not None else None
    try:
        yield
    except ProblemError as error:
        if decision is None or items is None or error.name != "preference_not_possible":
            raise
        raise _invalid(decision, f"`items: {items}`: {error.values.get('reason', '')}") from None


def _invalid(decision: Decision, reason: str, *, is_mismatch: bool = False) -> ProblemError:
    """The problem for a response of a rule that can't be sent.

    Args:
        decision: what the rule decided.
        reason: why it can't be sent.
        is_mismatch: whether it does not match the document, which `invalid: true` allows.
    """
    reason, hint = reason.rstrip("."), _HINT if is_mismatch else ""
    reason = f"it does not match the document: {reason}" if is_mismatch else reason
    error = ProblemError("invalid_rule_response", rule=decision.rule, reason=reason, hint=hint)
    error.notes = (f"the rule {decision.rule}: {reason}",)
    return error
