"""From what a handler returns to an answer, which must keep the contract."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.contract import Direction, media_types
from signoff.contract.coercion import coerce, kinds_of
from signoff.contract.problem import MEDIA_TYPE
from signoff.mock.bodies import octets
from signoff.mock.error_responses import instance_of
from signoff.mock.response import Answer, RawHeaders, answer, to_json

if TYPE_CHECKING:
    from signoff.contract import MediaType, Operation, Response
    from signoff.mock.error_responses import Refusals
    from signoff.mock.handlers import Reply
    from signoff.mock.operation import Request
    from signoff.mock.rendering import Renderer


class BrokenReplyError(Exception):
    """A handler's reply breaks the contract; the message is one sentence with the place."""


class Replies:
    """Turns the replies of one operation's handler into answers.

    Args:
        validate: whether a reply that breaks the contract is answered with a 500 problem that says so.
    """

    def __init__(
        self, operation: Operation, renderer: Renderer, refusals: Refusals, *, validate: bool
    ) -> None:
        self._operation = operation
        self._renderer = renderer
        self._refusals = refusals
        self._validate = validate

    def answer(self, request: Request, reply: Reply) -> Answer:
        """The answer that carries `reply`; a problem where it breaks the contract."""
        try:
            return self._answer(request, reply)
        except BrokenReplyError as broken:
            path = instance_of(request.path, self._operation.base_path)
            values = {"reason": f"{str(broken)[:1].upper()}{str(broken)[1:]}."}
            found = self._refusals.of_operation(
                self._operation, "invalid_answer", path, why="fault", values=values
            )
            return replace(found, notes=(f"the handler's answer breaks the contract: {broken}",))

    def _answer(self, request: Request, reply: Reply) -> Answer:
        status = reply.status or self._status(reply)
        response = self._operation.response_for(status)
        if response is None:
            return self._undocumented(reply, status)
        offer = self._offer(request, reply, response, status)
        if isinstance(offer, Answer):
            return offer
        if self._validate:
            self._check(reply, response, offer)
        body = None if isinstance(reply.body, bytes) else reply.body
        headers = _overlaid(self._renderer.headers(self._operation, response, status, body), reply)
        if offer is None:
            is_empty = reply.body is None
            media_type = None if is_empty else reply.media_type or "application/json"
            return answer(status, b"" if is_empty else _octets(reply), media_type, "handler", headers)
        media_type = reply.media_type or ("application/json" if "*" in offer.name else offer.name)
        schema = offer.schema.raw if offer.schema else {}
        if isinstance(reply.body, bytes):
            return answer(status, reply.body, media_type, "handler", headers)
        data = octets(reply.body, media_type, schema, self._renderer.schemas)
        return answer(status, data, media_type, "handler", headers)

    def _status(self, reply: Reply) -> int:
        """The first documented success that fits: one without content for a reply without a body."""
        successes = [response for response in self._operation.responses if response.status.startswith("2")]
        fitting = [response for response in successes if bool(response.content) is (reply.body is not None)]
        for response in (*fitting, *successes):
            return int(response.status) if response.status.isdecimal() else 200
        return 200

    def _undocumented(self, reply: Reply, status: int) -> Answer:
        documented = ", ".join(response.status for response in self._operation.responses)
        if self._validate and documented:
            raise BrokenReplyError(f"the status {status} is not documented; the document has {documented}")
        if reply.body is None:
            return answer(status, b"", None, "handler", _overlaid((), reply))
        media_type = reply.media_type or "application/json"
        return answer(status, _octets(reply), media_type, "handler", _overlaid((), reply))

    def _offer(
        self, request: Request, reply: Reply, response: Response, status: int
    ) -> MediaType | Answer | None:
        """The description of the body; an answer where none can be sent; None for no body."""
        if not response.content:
            if self._validate and reply.body is not None and status not in (204, 304):
                raise BrokenReplyError(f"the response {response.status} is documented without a body")
            return None
        if reply.media_type is not None:
            offer = response.media_type_for(reply.media_type)
            if offer is None and self._validate:
                raise BrokenReplyError(
                    f"the media type {reply.media_type} is not documented for {response.status}"
                )
            return offer
        accept = request.headers.get("accept")
        offers = self._renderer.offers(response, accept)
        offer = media_types.negotiate(accept, offers)
        if offer is None and status < 400:
            path = instance_of(request.path, self._operation.base_path)
            values = {"available": ", ".join(entry.name for entry in offers)}
            return self._refusals.of_operation(self._operation, "not_acceptable", path, values=values)
        return offer or offers[0]

    def _check(self, reply: Reply, response: Response, offer: MediaType | None) -> None:
        schema = offer.schema if offer else None
        if schema is not None and not isinstance(reply.body, bytes):
            for violation in schema.violations(reply.body, Direction.RESPONSE)[:1]:
                where = f"at {violation.pointer} of the body" if violation.pointer else "the body"
                raise BrokenReplyError(f"{where}: {violation.message}")
        sent = {name.lower(): value for name, value in reply.headers.items()}
        for header in response.headers:
            text = sent.get(header.name.lower())
            if text is None or header.schema is None:
                continue
            value = coerce(text, kinds_of(header.schema.raw, header.schema.schemas))
            for violation in header.schema.violations(value, Direction.RESPONSE)[:1]:
                raise BrokenReplyError(f"the header {header.name}: {violation.message}")


def _octets(reply: Reply) -> bytes:
    if isinstance(reply.body, bytes):
        return reply.body
    is_json = (
        reply.media_type is None or media_types.is_json(reply.media_type) or reply.media_type == MEDIA_TYPE
    )
    return reply.body.encode() if isinstance(reply.body, str) and not is_json else to_json(reply.body)


def _overlaid(documented: RawHeaders, reply: Reply) -> RawHeaders:
    """The documented header fields, those that the handler sets replaced."""
    own = tuple(
        (name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in reply.headers.items()
        if name.lower() not in ("content-type", "content-length")
    )
    names = {name for name, _ in own}
    return (*(field for field in documented if field[0] not in names), *own)
