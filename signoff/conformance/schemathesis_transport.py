"""Schemathesis sends through the client of the run.

`Case.call` asks its schema for a transport. The schema of a run has one that serialises like Schemathesis'
own and sends with `Client`, so that both phases have the same TLS, proxy, limits, redirects and cookies.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import schemathesis
from requests.utils import get_encoding_from_headers
from schemathesis import transport
from schemathesis.specs.openapi.schemas import OpenApiSchema

from signoff.conformance.exchange import TransportFault
from signoff.conformance.generation import from_prepared, make_fit, prepared
from signoff.contract import json_value, media_types, yaml_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signoff.conformance.client import Sender
    from signoff.conformance.exchange import Received, Sent
    from signoff.conformance.generation import GeneratedCase

_SERIALIZING = transport.get(None)
# Schemathesis keeps every body of a phase, and what it parses. Larger ones share what there is for them.
_SMALL_BYTES, _LARGE_BYTES = 64 * 1024, 8 * 1024 * 1024


class ReceivedResponse(schemathesis.Response):
    """A response for Schemathesis, with the exchange as it was on the wire and the run that it belongs to."""

    __slots__ = ("_exchanged", "run")

    def __init__(
        self,
        run: object,
        request: requests.PreparedRequest,
        sent: Sent,
        received: Received,
        *,
        has_body: bool,
    ) -> None:
        """Make it.

        Args:
            run: what the response is part of.
            request: the request as Schemathesis knows it.
            sent: the request.
            received: a complete response.
            has_body: whether Schemathesis gets the body, too.
        """
        self.run = run
        self._exchanged: tuple[Sent, Received] | None = (sent, received)
        origin = "/".join(sent.url.split("/", 3)[:3])
        fields: dict[str, list[str]] = {}
        for name, value in received.headers:
            is_location = name.lower() == "location"
            # Schemathesis compares locations with its base URL without scheme, and stops at invalid ones.
            if not is_location or _is_url(value):
                own = value.removeprefix(origin) if is_location else value
                fields.setdefault(name.lower(), []).append(own)
        content_type = {"content-type": ", ".join(fields.get("content-type", []))}
        super().__init__(
            received.status,
            fields,
            _parsable(received.body, content_type["content-type"]) if has_body else b"",
            request,
            received.elapsed_s,
            verify=True,
            encoding=get_encoding_from_headers(requests.structures.CaseInsensitiveDict(content_type)),
        )

    def take(self) -> tuple[Sent, Received] | None:
        """The exchange, once: Schemathesis keeps the response."""
        found, self._exchanged = self._exchanged, None
        return found

    def json(self) -> Any:  # noqa: ANN401 - as there
        """Parsed as by Schemathesis, which would end its worker at deep nesting."""
        try:
            json_value.check_depth(self.text)
        except json_value.JsonSyntaxError as error:
            raise json.JSONDecodeError(error.reason, "", 0) from None
        return super().json()


def _parsable(body: bytes, media_type: str) -> bytes:
    """The body for Schemathesis; nothing if it is YAML that would end its worker. Our judge has the body."""
    if "yaml" in media_types.essence(media_type):
        try:
            yaml_value.parse(body.decode("utf-8", "replace"))
        except yaml_value.YamlError:
            return b""
    return body


def _is_url(text: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


class ClientTransport(transport.BaseTransport[requests.Session]):
    """Sends generated requests with a client."""

    def __init__(
        self,
        client: Sender,
        base_url: str,
        run: object,
        on_fault: Callable[[GeneratedCase, Sent, Received], None],
        before: Callable[[GeneratedCase], None],
    ) -> None:
        """Make it.

        Args:
            client: sends the requests.
            base_url: the target's base URL.
            run: what responses are marked with.
            on_fault: called for a request without a complete response.
            before: called before a request is sent; may change it.
        """
        super().__init__()
        self._client, self._base_url, self._run, self._on_fault = client, base_url, run, on_fault
        self._before = before
        self._left = _LARGE_BYTES

    def serialize_case(self, case: GeneratedCase, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 - as there
        """As Schemathesis does."""
        return _SERIALIZING.serialize_case(case, **kwargs)

    def get_matching_media_types(self, media_type: str) -> Iterator[tuple[str, Any]]:
        """Those of Schemathesis and of `schemathesis.serializer`."""
        return _SERIALIZING.get_matching_media_types(media_type)

    def send(
        self,
        case: GeneratedCase,
        *,
        session: requests.Session | None = None,
        **kwargs: Any,  # noqa: ANN401 - as there
    ) -> schemathesis.Response:
        """The response.

        Raises:
            requests.RequestException: the response is not complete.
        """
        self._before(case)
        given = {name: kwargs.get(name) for name in ("params", "cookies")}
        headers = {**(session.headers if session else {}), **(kwargs.get("headers") or {})}
        make_fit(case, {"headers": headers})
        request = prepared(
            _SERIALIZING.serialize_case(case, base_url=self._base_url, headers=headers, **given)
        )
        sent = from_prepared(request, {})
        received = self._client.send(sent)
        if received.fault:
            self._on_fault(case, sent, received)
            is_late = received.fault_kind is TransportFault.TIMEOUT
            kind = requests.Timeout if is_late else requests.ConnectionError
            raise kind(received.fault, request=request)
        has_body = self._has_room(len(received.body))
        return ReceivedResponse(self._run, request, sent, received, has_body=has_body)

    def _has_room(self, size: int) -> bool:
        """Whether Schemathesis gets a body of a size. Our judge gets all of them."""
        if size > _SMALL_BYTES:
            self._left -= size
        return size <= _SMALL_BYTES or self._left >= 0


def sent_with(schema: schemathesis.BaseSchema, sender: ClientTransport) -> schemathesis.BaseSchema:
    """The same schema, its requests sent by `sender`."""

    class SentSchema(OpenApiSchema):
        @property
        def transport(self) -> ClientTransport:
            return sender

    return SentSchema(
        raw_schema=schema.raw_schema,
        config=schema.config,
        filter_set=schema.filter_set,
        hooks=schema.hooks,
        auth=schema.auth,
    )
