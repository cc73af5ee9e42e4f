"""The plan of one operation, compiled at startup: validate the request, choose a response, render it."""

from __future__ import annotations

import logging
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from signoff.contract.requests import RequestReader
from signoff.generate import CannotGenerateError
from signoff.mock.choice import (
    Preference,
    inventory,
    is_preference,
    preference_of,
    preferred,
    success,
    success_in,
    suggestion,
)
from signoff.mock.content_codings import supported
from signoff.mock.error_responses import instance_of
from signoff.mock.exchange import RawResponse
from signoff.mock.handler_responses import HandlerResponses
from signoff.mock.handlers import HandlerCall, MockResponse
from signoff.mock.known_ids import NO_KNOWN_IDS
from signoff.mock.long_work import off_the_loop
from signoff.mock.partners import Partners
from signoff.mock.preferences import applied, problem_in
from signoff.mock.problems import NO_VALUES, ProblemError
from signoff.mock.rendering import echo_of, variant_of
from signoff.mock.resource_plan import UnknownEntityError
from signoff.mock.rules.responses import RuleResponses, blamed_for_items
from signoff.mock.sized_lists import NotReadyError, resized
from signoff.mock.state.session_resource import SessionResource
from signoff.mock.state.session_world import SessionWorld
from signoff.mock.state.writing import missing_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.contract import Contract, JsonObject, JsonValue, Operation
    from signoff.contract.requests import ParsedRequest
    from signoff.mock.choice import Choice
    from signoff.mock.content_codings import CodingError
    from signoff.mock.error_responses import ErrorResponses
    from signoff.mock.exchange import Request
    from signoff.mock.handlers import Handler
    from signoff.mock.known_ids import KnownIds
    from signoff.mock.login import Login
    from signoff.mock.rendering import Renderer
    from signoff.mock.resource_body import Content
    from signoff.mock.resource_plan import ResourcePlan, ResourcePlans
    from signoff.mock.rules import Decision, RuleBook
    from signoff.mock.security import Guard
    from signoff.mock.settings import Settings
    from signoff.mock.sized_lists import SizedWorlds
    from signoff.mock.state import Transaction
    from signoff.mock.webhooks import Callbacks
    from signoff.mock.world import Parents, World

logger = logging.getLogger("signoff.mock")

_EXPLAIN = b"signoff-explain"
# Problems of the mock, never in the shape of the document's errors.
_OWN_PROBLEMS = ("invalid_rule_response", "preference_not_possible")


class OperationPlan:
    """Responds to the requests of one operation.

    Attributes:
        handler: the custom handler; None if the operation is mocked.
        rule_book: the rules of each session; None without any.
        callbacks: what to send after its responses; None for nothing.
        is_cached: whether the response depends on the request alone.
        deciding_headers: the header fields that can affect the response, in lower case.
    """

    def __init__(
        self,
        operation: Operation,
        contract: Contract,
        renderer: Renderer,
        errors: ErrorResponses,
        settings: Settings,
        *,
        handler: Handler | None = None,
        guard: Guard | None = None,
        resources: ResourcePlans | None = None,
        known_ids: KnownIds = NO_KNOWN_IDS,
        login: Login | None = None,
        sized_worlds: SizedWorlds | None = None,
        rule_book: RuleBook | None = None,
        callbacks: Callbacks | None = None,
    ) -> None:
        self.operation = operation
        self.callbacks = callbacks
        self.handler = handler
        self.rule_book = rule_book
        self._renderer = renderer
        self._errors = errors
        self._guard = guard
        self._dynamic = settings.dynamic
        self._validates_requests = settings.validate_requests
        self._explains = settings.explain
        self._max_delay = settings.max_delay
        self._sized_worlds = sized_worlds
        self._rule_responses = RuleResponses(operation, renderer)
        self._resources = resources
        self._session = None
        if resources is not None:
            parts = resources.resource, resources.use
            self._session = SessionResource.of(*parts, settings.seed, contract.base_path)
        self._known_ids = known_ids
        self._login = login
        self._partners = Partners(operation)
        self._responses = HandlerResponses(operation, renderer, validate=settings.validate_responses)
        self._reader = RequestReader(operation, contract.schemas)
        self._success = success(operation)
        self._reads_query = not any(is_preference(parameter.name) for parameter in operation.parameters)
        self.is_cached = handler is None or handler.is_deterministic
        names = self._deciding_headers()
        self.deciding_headers = frozenset(name.encode("latin-1", "replace") for name in names)

    def _deciding_headers(self) -> Iterator[str]:
        yield from ("accept", "content-type", "prefer", "signoff-explain")
        yield from self._resources.deciding_headers if self._resources else ()
        yield from self._session.preconditions.deciding_headers if self._session else ()
        for parameter in self.operation.parameters:
            if parameter.location in ("header", "cookie"):
                yield parameter.name.lower() if parameter.location == "header" else "cookie"
        if self._guard is not None:
            yield from self._guard.headers
        if self._login is not None:
            yield from self._login.headers

    def error(self, path: str, name: str, values: Mapping[str, str] = NO_VALUES) -> RawResponse:
        """An error response to a request for `path` that was not processed."""
        instance = instance_of(path, self.operation.base_path)
        return self._errors.of_operation(self.operation, name, instance, values=values)

    def undecodable(self, path: str, error: CodingError) -> RawResponse:
        """The error for a body whose Content-Encoding can't be decoded (RFC 9110, section 15.5.16)."""
        found = self.error(path, error.problem, {"reason": f"{error.reason[:1].upper()}{error.reason[1:]}"})
        accepted = (b"accept-encoding", ", ".join(supported()).encode())
        return replace(found, headers=(*found.headers, accepted))

    def respond(self, request: Request, transaction: Transaction | None) -> RawResponse:
        """The mocked response, or that of a deterministic handler.

        Args:
            request: the request.
            transaction: the session's state, and where to put changes; None without state.
        """
        found = self.begun(request, transaction)
        if isinstance(found, RawResponse):
            return found
        try:
            made = found.handler.call_inline(found.parsed, found.mock_response)
            return found.finish(self._responses.convert(request, made))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises
            return self._failed(request, error, transaction)

    async def respond_by_handler(self, request: Request, call: HandlerCall) -> RawResponse:
        """The response of a handler that is not deterministic."""
        try:
            made = await call.handler.call(call.parsed, call.mock_response)
            return call.finish(self._responses.convert(request, made))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's code raises
            return self._failed(request, error)

    def begun(
        self, request: Request, transaction: Transaction | None, decision: Decision | None = None
    ) -> RawResponse | HandlerCall:
        """The response, or the handler to call and its arguments.

        Args:
            request: the request.
            transaction: the session's state, and where to put changes; None without state.
            decision: what a rule decided; None without a rule.
        """
        try:
            wanted = self._preference(request)
            finish = partial(self._finished, request, wanted, decision)
            own = self._own(request, wanted, decision)
            if own is not None:
                return finish(own)
            items = decision.reply.items if decision is not None else None
            asked = wanted if items is None else replace(wanted, items=items)
            with blamed_for_items(decision):
                found = self._begun(self._rule_responses.asked(request, decision), asked, transaction)
            return finish(found) if isinstance(found, RawResponse) else replace(found, finish=finish)
        except NotReadyError:
            raise
        except Exception as error:  # noqa: BLE001 - also what generating a value raises
            return self._failed(request, error, transaction)

    def decision(self, request: Request, session: str) -> Decision | None:
        """What a rule decides for a request; None without one, or if the client forces a response."""
        wanted = self._preference(request)
        explains = self._explains or "signoff-explain" in request.headers
        if self.rule_book is None or wanted.forces or self._problem_in(wanted):
            return None
        return self.rule_book.decide(self.operation, request, session, wanted.scenario, explains=explains)

    def _preference(self, request: Request) -> Preference:
        """What the client prefers."""
        query = request.query if self._reads_query and "__" in request.query else ""
        return preference_of(request.headers.get("prefer", ""), query)

    def _own(self, request: Request, wanted: Preference, decision: Decision | None) -> RawResponse | None:
        """The response that the client or a rule forces; None for the usual one.

        Raises:
            ProblemError: the preference or the rule is not possible.
        """
        if (problem := self._problem_in(wanted)) is not None:
            return self._errors.own(self.operation, problem[0], self._instance(request), problem[1])
        if wanted.forces:
            return self._forced(request, wanted)
        if decision is None:
            return None
        reply = decision.reply
        own = self._rule_responses.own(request, decision)
        if own is not None or (reply.status is None and reply.example is None):
            return own
        return self._forced(request, replace(reply.preference, dynamic=wanted.dynamic))

    def _problem_in(self, wanted: Preference) -> tuple[str, dict[str, str]] | None:
        return problem_in(wanted, self._max_delay, self.rule_book.scenarios if self.rule_book else ())

    def _finished(
        self, request: Request, wanted: Preference, decision: Decision | None, found: RawResponse
    ) -> RawResponse:
        """The response with what a rule and the client's preferences change of it."""
        if decision is not None:
            made = self._rule_responses.finished(found, decision, request)
            found = self._explained(made, request, decision.notes)
        return applied(found, wanted)

    def _begun(
        self, request: Request, wanted: Preference, transaction: Transaction | None
    ) -> RawResponse | HandlerCall:
        """The response, or the handler to call and its arguments.

        Raises:
            ProblemError: the response is this error.
        """
        if self._guard is not None and not self._guard.admits(request):
            return self._unauthorized(request, self._guard)
        read = partial(self._reader.read, request.path_values, request.query, request.headers, request.body)
        parsed = off_the_loop("parsed", read, request.size)
        if parsed.faults and self._validates_requests:
            return self._errors.of_faults(self.operation, self._instance(request), parsed.faults)
        if self.handler is None or wanted.dynamic or wanted.items is not None:
            self._known_ids.check(self.operation, parsed)
            choice = replace(self._success_for(request, wanted.dynamic), items=wanted.items)
            return self._documented(request, choice, parsed, transaction)
        wants_mock = self.handler.wants_mock_response
        mocked = self._mock_response(request, parsed, transaction) if wants_mock else None
        return HandlerCall(self.handler, parsed, mocked)

    def _mock_response(
        self, request: Request, parsed: ParsedRequest, transaction: Transaction | None
    ) -> MockResponse:
        """The mock's own response, for a handler to change."""
        choice = self._negotiated(request, self._success_for(request, None))
        plan = self._resources.plan(is_dynamic=choice.dynamic) if self._resources else None
        choice, content = self._resource_content(plan, request, choice, parsed, transaction)
        if content is not None:
            value: JsonValue | bytes = content.value
        else:
            echo = echo_of(self.operation, parsed)
            value, _ = self._renderer.content(self.operation, choice, echo, variant_of(request, parsed))
        shown = None if isinstance(value, bytes) else value
        headers = self._renderer.headers(self.operation, choice.response, choice.status, shown)
        return MockResponse(choice.status, deepcopy(value), MutableHeaders(raw=list(headers)))

    def _failed(
        self, request: Request, error: BaseException, transaction: Transaction | None = None
    ) -> RawResponse:
        """The response after an exception; nothing that the request wrote is kept."""
        if transaction is not None:
            transaction.discard()
        if isinstance(error, CannotGenerateError):
            error = ProblemError(
                "cannot_generate", reason=f"No value for the schema can be generated: {error}."
            )
        if isinstance(error, ProblemError) and error.name in _OWN_PROBLEMS:
            found = self._errors.own(self.operation, error.name, self._instance(request), error.values)
            return replace(found, why="fault", notes=error.notes) if error.notes else found
        if isinstance(error, ProblemError) and error.name in self._errors.catalogue:
            found = self._error(request, error.name, error.values, error.errors)
            return replace(found, why="fault", notes=error.notes) if error.notes else found
        if self.handler is None:
            raise error
        if isinstance(error, ProblemError):
            logger.error("the problem catalogue has no entry %r", error.name)
        logger.error("the handler %s failed", self.operation.id, exc_info=error)
        return replace(self._error(request, "internal_error"), why="fault")

    def _success_for(self, request: Request, dynamic: bool | None) -> Choice:
        """The documented success to send; an empty 200 if the document defines none."""
        accept = request.headers.get("accept", "*/*")
        specific = None if "*/*" in accept else success_in(self.operation, accept)
        found = specific or self._success
        wanted = self._dynamic if dynamic is None else dynamic
        return found if found.dynamic == wanted else replace(found, dynamic=wanted)

    def _instance(self, request: Request) -> str:
        return instance_of(request.path, self.operation.base_path)

    def _unauthorized(self, request: Request, guard: Guard) -> RawResponse:
        found = self._error(request, "unauthorized", guard.values)
        challenge = (b"www-authenticate", ", ".join(guard.challenges).encode("latin-1", "replace"))
        kept = tuple(field for field in found.headers if field[0] != b"www-authenticate")
        return replace(found, headers=(*kept, challenge))

    def _error(
        self,
        request: Request,
        name: str,
        values: Mapping[str, str] = NO_VALUES,
        errors: Sequence[JsonObject] = (),
    ) -> RawResponse:
        instance = self._instance(request)
        return self._errors.of_operation(self.operation, name, instance, errors=errors, values=values)

    def _documented(
        self,
        request: Request,
        choice: Choice,
        parsed: ParsedRequest | None = None,
        transaction: Transaction | None = None,
    ) -> RawResponse:
        """A documented response in the media type that the client prefers."""
        chosen = self._negotiated(request, choice)
        if parsed is None:
            return self._renderer.render(self.operation, chosen, {}, variant_of(request, parsed))
        plan = self._resources.plan(is_dynamic=chosen.dynamic) if self._resources else None
        chosen, content = self._resource_content(plan, request, chosen, parsed, transaction)
        if plan is not None and content is not None and (chosen.items is None or content.page is not None):
            value = content.value
            if self._login is not None:
                value = self._login.applied(value, chosen, request, parsed, transaction, is_entity=True)
            found = self._renderer.rendered(
                self.operation,
                chosen,
                value,
                content.why,
                lambda fields: plan.headers(fields, content, chosen, request),
            )
            if self._session is not None:
                found = self._session.preconditions.tagged(found, request.headers, content.entity)
            return self._explained(found, request, content.notes)
        sized = chosen.items is not None
        partner = None if chosen.dynamic or sized else self._partners.of(chosen, parsed)
        if partner is not None and chosen.example is None:
            chosen = replace(chosen, example=partner)
        echo = echo_of(self.operation, parsed)
        made, why = self._renderer.content(self.operation, chosen, echo, variant_of(request, parsed))
        if sized:
            made = resized(made, self.operation, chosen, self._renderer)
        if self._login is not None and chosen.example is None and not isinstance(made, bytes):
            made = self._login.applied(made, chosen, request, parsed, transaction)
        found = self._renderer.rendered(self.operation, chosen, made, why)
        notes = [f"the response example of the request example {partner.name}".rstrip()] if partner else []
        return self._explained(found, request, notes)

    def _resource_content(
        self,
        plan: ResourcePlan | None,
        request: Request,
        choice: Choice,
        parsed: ParsedRequest,
        transaction: Transaction | None,
    ) -> tuple[Choice, Content | None]:
        """The response and its body that has the entities of a resource; no body if the response has none.

        Raises:
            ProblemError: the entity does not exist, or the request can't be done.
        """
        if plan is None or not 200 <= choice.status < 300 or choice.example is not None:
            return choice, None
        partner = None if choice.dynamic or choice.items is not None else self._partners.of(choice, parsed)
        world: World = plan.base
        written = None
        if transaction is not None and self._session is not None:
            example = plan.item_in(partner.value, choice) if partner is not None else None
            world, written = self._session.apply(plan, transaction, request, parsed, example)
            if written is not None:
                choice = self._negotiated(request, self._session.choice_after(written, choice))
        if written is None and partner is not None and plan.is_about(partner.value, parsed, choice):
            return choice, None
        if choice.items is not None and self._sized_worlds is not None:
            world = self._sized_worlds.sized(world, plan, plan.parents(parsed), choice.items)
        try:
            content = plan.content(choice, request, parsed, world, written)
        except UnknownEntityError as error:
            raise self._unknown(error, world, plan.parents(parsed)) from None
        if content is not None and content.entity is not None and isinstance(world, SessionWorld):
            parents = written.parents if written is not None else plan.parents(parsed)
            item_id = world.stored_id(plan.resource, content.entity, parents)
            if item_id is not None:
                note = f"{plan.resource.name} {item_id}".rstrip()
                content = replace(content, notes=[f"{note}, as clients wrote it"])
        return choice, content

    def _unknown(self, error: UnknownEntityError, world: World, parents: Parents) -> ProblemError:
        if isinstance(world, SessionWorld):
            return missing_problem(world, self.operation, error.resource, error.item_id, parents)
        return ProblemError("resource_not_found", id=error.item_id, resource=error.resource.name)

    def _explained(self, found: RawResponse, request: Request, notes: Sequence[str]) -> RawResponse:
        """The response, with how it came about in a header if the client asks for it."""
        if not self._explains and "signoff-explain" not in request.headers:
            return found
        before = [value.decode() for name, value in found.headers if name == _EXPLAIN]
        text = "; ".join((*(notes or (found.why,)), *before))
        plain = "".join(each if each.isprintable() else "?" for each in text)
        kept = (field for field in found.headers if field[0] != _EXPLAIN)
        return replace(found, headers=(*kept, (_EXPLAIN, plain.encode("ascii", "replace"))))

    def _negotiated(self, request: Request, choice: Choice) -> Choice:
        offer = self._renderer.negotiated(choice.response, choice.status, request.headers.get("accept"))
        return choice if choice.offer is offer else replace(choice, offer=offer)

    def _forced(self, request: Request, wanted: Preference) -> RawResponse:
        """The response that the client or a rule forces, even if the request is invalid."""
        choice = preferred(self.operation, wanted, request.headers.get("accept"))
        if choice is None and wanted.error is not None:
            challenges = self._guard.challenges if self._guard else ()
            return self._errors.undocumented(wanted.error, self._instance(request), challenges)
        if choice is None:
            values = {"asked": str(wanted), "available": inventory(self.operation)}
            values["suggestion"] = suggestion(self.operation, wanted)
            name = "preference_not_available"
            return self._errors.own(self.operation, name, self._instance(request), values)
        if choice.example is None:
            dynamic = self._dynamic if wanted.dynamic is None else wanted.dynamic
            found = self._documented(request, replace(choice, dynamic=dynamic))
        else:
            found = self._renderer.render(self.operation, choice, {}, 0)
        return replace(found, why="preference")
