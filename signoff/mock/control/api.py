"""The handlers of `control.yaml`, by operationId."""

from __future__ import annotations

import json
import re
from contextlib import aclosing
from datetime import datetime
from difflib import get_close_matches
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

import yaml
from connexion.context import scope as current_scope

from signoff.contract import DataError, media_types
from signoff.contract.parameters import split_query
from signoff.contract.source import Source
from signoff.mock.control.control import DOCUMENT
from signoff.mock.control.entries import Redactor, event_of
from signoff.mock.control.har import archive_of
from signoff.mock.control.middleware import origin_of
from signoff.mock.control.routes import document_of
from signoff.mock.control.session_state import SessionState
from signoff.mock.control.verification import Operations, verify
from signoff.mock.exchange import to_json
from signoff.mock.handlers import MockResponse
from signoff.mock.http_io import headers_of
from signoff.mock.journal import Filter
from signoff.mock.long_work import in_thread
from signoff.mock.problems import ProblemError
from signoff.mock.rules.schema_faults import schema_fault
from signoff.mock.state import SessionNameError, session_in
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from starlette.types import Scope

    from signoff.contract import JsonObject
    from signoff.mock.control.control import Control, Served
    from signoff.mock.rules import RuleBook
    from signoff.mock.rules.rule import Rule
    from signoff.mock.rules.rule_file import RuleFile

_MOST_STREAMS = 64
_HEARTBEAT_S = 10.0
_ALL = "*"
_PARTS = ("state", "scenario", "rules", "journal")
_YAML = "application/yaml"
_FILTERS = ("session", "operation", "status", "since", "until", "limit", "seconds")


def document_to_serve() -> Source:
    """The document of the API, more lenient: the handlers validate rules, with better messages."""
    document = yaml.safe_load(DOCUMENT.read_bytes())
    body = document["paths"]["/rules/{id}"]["put"]["requestBody"]
    body["content"]["application/json"]["schema"] = {"type": "object"}
    return Source(str(DOCUMENT), str(DOCUMENT), json.dumps(document).encode())


def handlers_of(control: Control) -> Mapping[str, Callable[..., Any]]:
    """The handlers by operationId."""
    api = _Api(control)
    return {
        "getHealth": api.get_health,
        "listRoutes": api.list_routes,
        "getDocument": api.get_document,
        "getControlDocument": api.get_control_document,
        "listJournal": api.list_journal,
        "clearJournal": api.clear_journal,
        "exportJournal": api.export_journal,
        "streamJournal": api.stream_journal,
        "verifyJournal": api.verify_journal,
        "getScenario": api.get_scenario,
        "useScenario": api.use_scenario,
        "listRules": api.list_rules,
        "getRule": api.get_rule,
        "putRule": api.put_rule,
        "deleteRule": api.delete_rule,
        "getState": api.get_state,
        "putState": api.put_state,
        "resetState": api.reset_state,
        "reset": api.reset,
        "fireWebhook": api.fire_webhook,
    }


def _scope() -> Scope:
    """The ASGI scope of the current request."""
    return cast("Scope", current_scope)


def _own_session() -> str:
    """The session of the current request."""
    scope = _scope()
    try:
        return session_in(scope)
    except SessionNameError:
        raise ProblemError("invalid_session") from None


def _check_query(*known: str) -> None:
    """Reject query parameters that an operation does not have: with a typo in a filter it would mean all.

    Raises:
        ProblemError: there is one.
    """
    for name in split_query(_scope()["query_string"].decode("latin-1")):
        if name not in known and not name.startswith("__"):
            close = get_close_matches(name, known, 1)
            hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(known) or 'none'}."
            errors: list[JsonObject] = [
                {"parameter": name, "detail": f"the operation has no such parameter. {hint}"}
            ]
            raise ProblemError("invalid_parameter", errors=errors, count="1 invalid parameter")


def _moment(text: object) -> datetime | None:
    """A time in RFC 3339; a leap second counts as the second before it.

    Raises:
        ProblemError: it is before the year 1.
    """
    if text is None:
        return None
    try:
        return datetime.fromisoformat(re.sub(r"(:\d\d):60", r"\1:59", str(text).upper()))
    except ValueError as error:
        reason = f"{text} is not a time: {error}"
        errors: list[JsonObject] = [{"parameter": "since or until", "detail": reason}]
        raise ProblemError("invalid_parameter", errors=errors, count="1 invalid parameter") from None


class _Api:
    """The handlers. All but one run in the event loop of the mock, so they see its state between requests."""

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def _served(self) -> Served:
        served = self._control.served
        if served is None:
            raise RuntimeError("the control API has no mock")
        return served

    @property
    def _redactor(self) -> Redactor:
        return Redactor.of(self._served.contracts)

    # The server.

    async def get_health(self) -> JsonObject:
        origin = origin_of(_scope())
        return {
            "status": "ok",
            "version": version("signoff"),
            "documents": [
                {
                    "number": number,
                    "title": contract.title,
                    "version": contract.version,
                    "url": origin + contract.base_path,
                    "operations": len(contract.operations),
                }
                for number, contract in enumerate(self._served.contracts, 1)
            ],
        }

    async def list_routes(self) -> JsonObject:
        return self._served.route_list(origin_of(_scope()))

    async def get_document(self, number: int = 1) -> MockResponse:
        contracts = self._served.contracts
        if number > len(contracts):
            raise ProblemError("unknown_document", count=counted(len(contracts), "document"))
        document = document_of(contracts[number - 1], origin_of(_scope()))
        accept = headers_of(_scope()["headers"]).get("accept", "*/*")
        as_json, as_yaml = (media_types.quality(accept, name) for name in ("application/json", _YAML))
        if as_yaml > as_json:
            text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
            return MockResponse(200, text.encode(), media_type=_YAML)
        return MockResponse(200, document)

    async def get_control_document(self) -> MockResponse:
        return MockResponse(200, DOCUMENT.read_bytes(), media_type=_YAML)

    # The journal.

    def _filter(self, filters: Mapping[str, object]) -> Filter:
        """The filter that the parameters of a request ask for."""
        _check_query(*_FILTERS)
        session, operation = filters.get("session"), filters.get("operation")
        operations: frozenset[str] = frozenset()
        if operation is not None:
            known = Operations(self._served.contracts)
            operations = known.ids(str(operation))
            if not operations:
                hint = known.suggestion(str(operation))
                raise ProblemError("unknown_operation", name=operation, suggestion=hint)
        return Filter(
            session=None if session == _ALL else _own_session() if session is None else str(session),
            operations=operations,
            status=str(filters.get("status") or ""),
            since=_moment(filters.get("since")),
            until=_moment(filters.get("until")),
        )

    async def list_journal(self, limit: int = 1000, **filters: object) -> JsonObject:
        journal, redactor = self._control.journal, self._redactor
        entries, matched = journal.newest(self._filter(filters), limit)
        return {
            "entries": [redactor.entry(entry) for entry in entries],
            "matched": matched,
            "dropped": journal.dropped,
        }

    async def clear_journal(self, **filters: object) -> tuple[None, int]:
        self._control.journal.clear(self._filter(filters))
        return None, 204

    async def export_journal(self, limit: int = 1000, **filters: object) -> JsonObject:
        entries, _ = self._control.journal.newest(self._filter(filters), limit)
        return archive_of(entries, self._redactor, origin_of(_scope()))

    async def stream_journal(
        self, seconds: int = 300, last_event_id: int | None = None, **filters: object
    ) -> MockResponse:
        journal = self._control.journal
        if journal.subscribers >= _MOST_STREAMS:
            raise ProblemError("too_many_streams", count=_MOST_STREAMS)
        wanted = self._filter(filters)
        after = journal.last_id if last_event_id is None and seconds else last_event_id or 0
        return MockResponse(200, self._events(wanted, after, seconds), media_type="text/event-stream")

    async def _events(self, wanted: Filter, after: int, seconds: int) -> AsyncIterator[bytes]:
        redactor = self._redactor
        yield b"retry: 1000\n\n"
        entries = self._control.journal.subscribe(wanted, after=after, idle_s=_HEARTBEAT_S, seconds=seconds)
        async with aclosing(entries):
            async for entry in entries:
                yield b": still open\n\n" if entry is None else event_of(redactor.entry(entry))

    def verify_journal(self, body: JsonObject, **filters: object) -> JsonObject:
        """Runs in a thread, because expressions over many entries take a while."""
        wanted = self._filter({"session": filters.get("session"), "since": body.get("since")})
        journal, operations = self._control.journal, Operations(self._served.contracts)
        return verify(journal.entries(wanted), body, operations, is_complete=journal.is_complete(wanted))

    # Scenario and rules.

    @property
    def _rules(self) -> RuleBook:
        book = self._control.rule_book
        if book is None:
            raise RuntimeError("the control API has no mock")
        return book

    async def get_scenario(self) -> JsonObject:
        book = self._rules
        return {"scenario": book.scenario(_own_session()), "scenarios": list(book.scenarios)}

    async def use_scenario(self, scenario: str) -> JsonObject:
        try:
            self._rules.use(_own_session(), scenario)
        except DataError as error:
            raise _of(error, "unknown_scenario") from None
        return await self.get_scenario()

    async def list_rules(self) -> JsonObject:
        rules = self._rules.rules(_own_session())
        return {"rules": [{"id": rule_id, "rule": rule} for rule_id, rule in rules]}

    async def get_rule(self, id: str) -> JsonObject:  # noqa: A002 - the name of the parameter
        found = self._rules.rule(_own_session(), id)
        if found is None:
            raise ProblemError("unknown_rule", id=id, more="")
        return found

    async def put_rule(self, id: str, body: JsonObject) -> JsonObject:  # noqa: A002
        book, session = self._rules, _own_session()
        while True:
            rules = book.file
            rule = await in_thread(partial(_compiled, rules, id, body))
            if rules is book.file:  # it was not reloaded meanwhile
                break
        try:
            book.add(session, rule)
        except DataError as error:
            raise _of(error, "invalid_rule") from None
        return rule.json

    async def delete_rule(self, id: str) -> tuple[None, int]:  # noqa: A002
        if not self._rules.remove(_own_session(), id):
            raise ProblemError("unknown_rule", id=id, more=" that was added with PUT")
        return None, 204

    # State.

    @property
    def _state(self) -> SessionState:
        served = self._served
        if served.store is None:
            raise ProblemError("stateless")
        return SessionState(served.store, served.worlds, _own_session())

    async def get_state(self, resource: str = "") -> JsonObject:
        _check_query("resource")
        return await self._state.contents(resource)

    async def put_state(self, resources: JsonObject) -> JsonObject:
        return await self._state.replace(resources)

    async def reset_state(self, resource: str = "") -> tuple[None, int]:
        _check_query("resource")
        await self._state.reset(resource)
        return None, 204

    async def reset(self, body: JsonObject) -> tuple[None, int]:
        listed = body.get("parts")
        parts = listed if isinstance(listed, list) else _PARTS
        session = _own_session()
        if "state" in parts and self._served.store is not None:
            await self._state.reset()
        self._rules.reset(session, [str(part) for part in parts])
        if "journal" in parts:
            self._control.journal.clear(Filter(session=session))
        return None, 204

    # Webhooks.

    async def fire_webhook(self, name: str, body: JsonObject) -> tuple[JsonObject, int]:
        sender, session = self._control.webhooks, _own_session()
        names = sender.names if sender is not None else ()
        if sender is None or name not in names:
            known = f"Known webhooks: {', '.join(names)}." if names else "The documents have none."
            raise ProblemError("unknown_webhook", name=name, known=known)
        data = to_json(body["body"]) if "body" in body else None
        try:
            return {"id": await sender.fire(name, session, str(body["url"]), data)}, 202
        except DataError as error:
            raise _of(error, "invalid_webhook") from None


def _compiled(rules: RuleFile, rule_id: str, body: JsonObject) -> Rule:
    """A one-off rule. A large one takes long.

    Raises:
        ProblemError: it is invalid.
    """
    fault = schema_fault(body, "/$defs/rule")
    if fault is not None:
        raise _invalid_body(fault.pointer, _sentences(fault.message, fault.suggestion))
    try:
        return rules.one_off(rule_id, body)
    except DataError as error:
        raise _of(error, "invalid_rule") from None


def _of(error: DataError, name: str) -> ProblemError:
    """The problem for invalid data."""
    reason = _sentences(error.message, error.suggestion)
    return ProblemError(name, reason=f"{reason[:1].upper()}{reason[1:]}")


def _sentences(message: str, suggestion: str) -> str:
    """A message and how to fix it; the message may end with a full stop or a question of its own."""
    stop = "" if message.endswith((".", "?")) else "."
    return f"{message}{stop} {suggestion}".rstrip()


def _invalid_body(pointer: str, detail: str) -> ProblemError:
    errors: list[JsonObject] = [{"pointer": pointer, "detail": detail}]
    return ProblemError("invalid_body", errors=errors, count="1 validation error")
