"""The callbacks and webhooks of a document as requests to send, with generated, valid bodies.

A callback follows each successful response of its operation. Its URL is a runtime expression of that request
and response, and its body repeats their members, such as the id of what was created.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

import httpx2

from signoff.contract import DataError, Direction, Header, JsonObject, media_types
from signoff.contract.body_writer import write
from signoff.contract.callbacks import callbacks_of, webhook, webhook_names
from signoff.contract.hidden_members import without_hidden
from signoff.contract.json_value import as_object
from signoff.contract.links import Message, Occurrence, evaluate
from signoff.generate import CannotGenerateError, Generator
from signoff.mock.callback_bodies import Echo
from signoff.mock.durations import milliseconds
from signoff.mock.exchange import to_json
from signoff.mock.header_fields import HeaderFields
from signoff.mock.outbox import Outgoing
from signoff.mock.rendering import variant_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.contract import Contract, Example, MediaType, Operation
    from signoff.contract.callbacks import Callback
    from signoff.mock.exchange import RawResponse, Request
    from signoff.mock.outbox import Outbox
    from signoff.mock.settings import Settings

DELAY = "x-delay"
# Marks the requests that the mock sends. They lead to no further callbacks, even if they go to a mock.
MARK = "signoff-callback"
MAX_ECHO = 64 * 1024  # of a body whose members are repeated, in bytes


class RequestMaker:
    """Makes valid requests for the operations that the server of a document calls."""

    def __init__(self, contract: Contract, generator: Generator, *, uses_examples: bool = True) -> None:
        self.contract = contract
        self._generator = generator
        self._texts = HeaderFields(generator).texts
        self._uses_examples = uses_examples

    def filled(self, request: Outgoing, operation: Operation, key: str, echo: Echo) -> Outgoing:
        """The request with the query, header fields and body that its operation asks for.

        Args:
            request: what is known of it.
            operation: the operation.
            key: another key gives other values.
            echo: members to repeat in the body.
        """
        try:
            body, content_type = self._body(operation, key, echo)
            query = tuple(self._parameters(operation, "query"))
            url = str(httpx2.URL(request.url).copy_merge_params(query)) if query else request.url
        except CannotGenerateError as error:
            return replace(request, fault=f"no value for the schema of the body can be generated: {error}")
        except (httpx2.InvalidURL, ValueError) as error:
            return replace(request, fault=f"the request can't be written: {error}")
        fields = {MARK: request.name, "content-type": content_type} if content_type else {MARK: request.name}
        for name, text in self._parameters(operation, "header"):
            fields.setdefault(name.lower(), text)
        headers = tuple((name.encode(), text.encode("latin-1", "replace")) for name, text in fields.items())
        return replace(request, url=url, headers=headers, body=body)

    def _parameters(self, operation: Operation, location: str) -> Iterator[tuple[str, str]]:
        """The parameters that are required or have an example, and their values."""
        for each in operation.parameters:
            if each.location == location and (each.required or each.examples):
                header = Header(
                    each.name,
                    each.required,
                    each.schema,
                    each.examples,
                    each.pointer,
                    each.explode,
                    each.media_type,
                )
                yield from ((each.name, text) for text in self._texts(operation, header)[:1])

    def _body(self, operation: Operation, key: str, echo: Echo) -> tuple[bytes, str]:
        """A body and its Content-Type; both empty without one."""
        offer = operation.main_body
        if offer is None:
            return b"", ""
        example = self._example(offer)
        if example is not None and example.data is not None:
            return example.data, offer.name
        if example is not None:
            value = without_hidden(example.value, offer.schema, Direction.REQUEST)
        elif offer.schema is not None:
            value = self._generator.generate(offer.schema, Direction.REQUEST, f"{operation.id}|{key}")
        else:
            value = {}
        body = echo.body(value, offer.schema) if isinstance(value, dict) else value
        return write(body, offer, self.contract.schemas)

    def _example(self, offer: MediaType) -> Example | None:
        """The first example that is valid in a request; None without one."""
        if offer.schema is None:
            return next(iter(offer.examples), None)
        for example in offer.examples if self._uses_examples else ():
            value = without_hidden(example.value, offer.schema, Direction.REQUEST)
            if offer.schema.is_valid(value, Direction.REQUEST):
                return example
        return None


@dataclass(frozen=True, slots=True)
class Callbacks:
    """The callbacks of one operation."""

    _operation: Operation
    _requests: tuple[tuple[Callback, Operation, float], ...]  # each with its delay in seconds
    _maker: RequestMaker
    _outbox: Outbox

    @classmethod
    def of(
        cls,
        contract: Contract,
        operation: Operation,
        settings: Settings,
        maker: RequestMaker,
        outbox: Outbox,
    ) -> Callbacks | None:
        """The callbacks of an operation; None if it has none.

        Raises:
            DocumentError: an `x-delay` is invalid.
        """
        requests = tuple(
            (callback, sent, (settings.callback_delay if delay is None else delay) / 1000)
            for callback in callbacks_of(contract, operation)
            for sent in callback.operations
            for delay in [milliseconds(contract, sent.pointer, DELAY)]
        )
        return cls(operation, requests, maker, outbox) if requests else None

    def follow(self, method: str, request: Request, response: RawResponse, session: str) -> None:
        """Send the callbacks that follow a response, if it is a success."""
        if not 200 <= response.status < 300 or method == "HEAD" or MARK in request.headers:
            return
        occurrence = _occurrence(method, request, response)
        echo = Echo.of(_bodies(occurrence), self._operation.path, dict(occurrence.path_values))
        key = str(variant_of(request, None))
        for callback, operation, delay_s in self._requests:
            outgoing = Outgoing(
                kind="callback",
                name=callback.name,
                operation=f"{self._operation.id}/{callback.name}",
                session=session,
                method=operation.method,
                url=callback.expression,
                statuses=tuple(each.status for each in operation.responses),
            )
            try:
                url = evaluate(callback.expression, occurrence)
            except LookupError:
                fault = f"its URL {callback.expression} has no value in the request and response"
                outgoing = replace(outgoing, fault=fault)
            else:
                outgoing = self._maker.filled(replace(outgoing, url=str(url)), operation, key, echo)
            self._outbox.post(outgoing, delay_s)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The webhooks of the served documents.

    Attributes:
        makers: makes the requests of each document.
    """

    makers: Sequence[RequestMaker]
    outbox: Outbox

    @property
    def names(self) -> list[str]:
        """The names of all webhooks."""
        return list(dict.fromkeys(name for maker in self.makers for name in webhook_names(maker.contract)))

    async def fire(self, name: str, session: str, url: str, body: bytes | None = None) -> str:
        """Send a webhook in the background, and return the id of its delivery.

        Args:
            name: the name of the webhook.
            session: the session that it belongs to.
            url: where to send it.
            body: what to send instead of a generated body.

        Raises:
            DataError: the webhook does not exist, the URL is invalid, or its host is not allowed.
        """
        found = [(maker, each) for maker in self.makers for each in webhook(maker.contract, name)]
        if not found:
            known = ", ".join(self.names) or "none"
            raise DataError(f"unknown webhook: {name!r}", suggestion=f"The document has: {known}.")
        self.outbox.hosts.checked(url)
        maker, operation = found[0]
        outgoing = Outgoing(
            kind="webhook",
            name=name,
            operation=name,
            session=session,
            method=operation.method,
            url=url,
            statuses=tuple(each.status for each in operation.responses),
        )
        filled = maker.filled(outgoing, operation, "", Echo({}))
        return self.outbox.post(filled if body is None else replace(filled, body=body, fault=""))


def _occurrence(method: str, request: Request, response: RawResponse) -> Occurrence:
    """What the runtime expressions of a callback refer to."""
    query = f"?{request.query}" if request.query else ""
    headers, body = _as_json(dict(request.headers), request.body)
    fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
    return Occurrence(
        method=method,
        url=f"{request.origin}{request.path}{query}",
        status=response.status,
        path_values={name: unquote(str(value)) for name, value in request.path_values.items()},
        request=Message(headers, body),
        response=Message(fields, response.body),
    )


def _as_json(headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    """A form as JSON, so that expressions can refer to its fields."""
    if media_types.essence(headers.get("content-type", "")) != media_types.URLENCODED:
        return headers, body
    fields: JsonObject = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return {**headers, "content-type": "application/json"}, to_json(fields)


def _bodies(occurrence: Occurrence) -> list[JsonObject]:
    """The JSON bodies of the request and the response; empty if there is none, or a large one."""
    found: list[JsonObject] = []
    for message in (occurrence.request, occurrence.response):
        is_json = media_types.is_json(message.headers.get("content-type", ""))
        if is_json and len(message.body) <= MAX_ECHO:
            try:
                found.append(as_object(json.loads(message.body)))
            except ValueError:
                continue
    return found
