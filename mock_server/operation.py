"""One operation's plan, compiled at start-up: refuse, or choose an answer and render it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_server import preference
from mock_server.answer import Answer, answer, to_json
from mock_server.generate import CannotGenerateError
from mock_server.handlers import ProblemReply
from mock_server.problems import NO_VALUES
from mock_server.refusals import instance_of
from openapi import Direction, media_types
from openapi.requests import RequestReader

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from mock_server.handlers import Handler, Reply
    from mock_server.preference import Preference
    from mock_server.refusals import Refusals
    from mock_server.rendering import Renderer
    from openapi import Contract, Example, MediaType, Operation, Response

_KEPT_REPLIES = 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands on the wire.

    Attributes:
        path: the raw path, percent-encoded, without the query.
        path_values: the raw text of each path parameter.
        query: the raw query string.
        headers: names in lower case; values of repeated fields joined by commas.
    """

    path: str
    path_values: Mapping[str, str]
    query: str
    headers: Mapping[str, str]
    body: bytes


class OperationPlan:
    """Answers the requests to one operation."""

    def __init__(
        self,
        operation: Operation,
        contract: Contract,
        renderer: Renderer,
        refusals: Refusals,
        handler: Handler | None,
    ) -> None:
        self.operation = operation
        self._renderer = renderer
        self._refusals = refusals
        self._handler = handler
        self._reader = RequestReader(operation, contract.schemas)
        self._success = _first_success(operation)
        self._kept: dict[Hashable, Answer] = {}

    def respond(self, request: Request) -> Answer:
        """The answer to a request; the contract's refusals among them."""
        asked = request.headers.get("prefer")
        if asked and (wanted := preference.parse(asked)):
            return self._preferred(request, wanted)
        parsed = self._reader.read(request.path_values, request.query, request.headers, request.body)
        if parsed.faults:
            return self._refusals.of_faults(self.operation, self._instance(request), parsed.faults)
        if self._handler is not None:
            reply = self._handler(parsed)
            if isinstance(reply, ProblemReply):
                return self._refuse(request, reply.code, reply.values)
            return self._handled(request, reply)
        if self._success is None:
            return answer(200, b"", None, "generated")  # the document leaves every answer open
        response, status = self._success
        return self._documented(request, response, status, None)

    def _instance(self, request: Request) -> str:
        return instance_of(request.path, self.operation.base_path)

    def _refuse(self, request: Request, code: str, values: Mapping[str, str] = NO_VALUES) -> Answer:
        return self._refusals.of_operation(self.operation, code, self._instance(request), values=values)

    def _documented(
        self, request: Request, response: Response, status: int, example: Example | None
    ) -> Answer:
        """A documented response under the media type that the client likes best."""
        offers = self._renderer.offers(response)
        offer = media_types.negotiate(request.headers.get("accept"), offers)
        if offer is None and response.content:
            if not offers:
                names = ", ".join(entry.name for entry in response.content)
                return self._refuse(
                    request, "no_answer_possible", {"reason": f"No body can be made for {names}."}
                )
            if status < 400:
                names = ", ".join(entry.name for entry in offers)
                return self._refuse(request, "not_acceptable", {"available": names})
            offer = offers[0]  # an error is told whatever the client accepts
        try:
            return self._renderer.render(self.operation, response, status, offer, example)
        except CannotGenerateError as error:
            return self._refuse(
                request, "no_answer_possible", {"reason": f"The schema admits no value: {error}."}
            )

    def _handled(self, request: Request, reply: Reply) -> Answer:
        """What a handler decided, validated and rendered once."""
        response = self.operation.response_for(reply.status)
        offers = self._renderer.offers(response) if response else []
        offer = media_types.negotiate(request.headers.get("accept"), offers)
        if offer is None or response is None:
            names = ", ".join(entry.name for entry in offers)
            return self._refuse(request, "not_acceptable", {"available": names})
        key = (reply.key, offer.name)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._rendered_reply(reply, response, offer)
            if len(self._kept) < _KEPT_REPLIES:
                self._kept[key] = kept
        return kept

    def _rendered_reply(self, reply: Reply, response: Response, offer: MediaType) -> Answer:
        if offer.schema and (found := offer.schema.violations(reply.body, Direction.RESPONSE)):
            raise BrokenReplyError(f"{self.operation.label}: {found[0].pointer}: {found[0].message}")
        headers = self._renderer.headers(self.operation, response, reply.status, reply.body)
        return answer(reply.status, to_json(reply.body), offer.name, "handler", headers)

    def _preferred(self, request: Request, wanted: Preference) -> Answer:
        """An answer that the client asks for by status code or example, whatever the request says."""
        choices = self._choices(wanted)
        if not choices:
            return self._refuse(
                request,
                "preference_not_available",
                {"asked": str(wanted), "available": _inventory(self.operation)},
            )
        response, status, offer, example = choices[0]
        if example is None or offer is None:
            found = self._documented(request, response, status, example)
        else:
            found = self._renderer.render(self.operation, response, status, offer, example)
        applied = (b"preference-applied", str(wanted).encode("latin-1", "replace"))
        return Answer(found.status, (*found.headers, applied), found.body, "preference")

    def _choices(self, wanted: Preference) -> list[tuple[Response, int, MediaType | None, Example | None]]:
        status = (
            int(wanted.code) if wanted.code and wanted.code.isdecimal() and len(wanted.code) == 3 else None
        )
        if wanted.code and (status is None or not 200 <= status <= 599):
            return []
        responses = self.operation.responses
        if status is not None:
            covering = self.operation.response_for(status)
            responses = (covering,) if covering else ()
        if wanted.example is None:
            return [(response, status or _status_of(response), None, None) for response in responses]
        return [
            (response, status or _status_of(response, example), offer, example)
            for response in responses
            for offer in response.content
            for example in offer.examples
            if example.name == wanted.example
        ]


class BrokenReplyError(Exception):
    """A handler's answer breaks the contract."""


def _first_success(operation: Operation) -> tuple[Response, int] | None:
    """The first documented success, else `default`, else the first response of any kind."""
    successes = [response for response in operation.responses if response.status.startswith("2")]
    defaults = [response for response in operation.responses if response.status == "default"]
    for response in (*successes, *defaults, *operation.responses):
        return response, _status_of(response)
    return None


def _status_of(response: Response, example: Example | None = None) -> int:
    """A status code that the response covers: the example's own, where it states one."""
    stated = example.value.get("status") if example and isinstance(example.value, dict) else None
    if isinstance(stated, int) and 200 <= stated <= 599 and response.covers(stated):
        return stated
    if response.status.isdecimal():
        return int(response.status)
    return 200 if response.status == "default" else int(response.status[0]) * 100


def _inventory(operation: Operation) -> str:
    """What can be preferred: the statuses and the named examples."""
    codes = ", ".join(response.status for response in operation.responses)
    names = [
        example.name
        for response in operation.responses
        for offer in response.content
        for example in offer.examples
        if example.name
    ]
    return f"the codes {codes} and the examples {', '.join(names)}" if names else f"the codes {codes}"
