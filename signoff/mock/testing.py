"""The mock inside a test process: each test gets a URL, which has a session of its own.

All tests share the compiled mock, in one event loop in a thread. A test listens on a port of its own, and
requests to that port belong to the test's session, so the app under test needs no header. The methods call
the control API, because it runs in that event loop: the test never changes what a request is just reading.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack
from urllib.parse import quote

import httpx2
import uvicorn

from signoff.contract import DataError
from signoff.contract.json_value import as_list, as_object
from signoff.mock.control.control import PREFIX, Control
from signoff.mock.control.verification import Operations
from signoff.mock.http_io import headers_of
from signoff.mock.journal import Filter
from signoff.mock.redaction import Redaction
from signoff.mock.request_log import shown_body
from signoff.mock.serve import listen, server_config
from signoff.mock.state import SessionNameError, session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from starlette.types import ASGIApp, Receive, Scope, Send

    from signoff.contract import Contract, JsonObject
    from signoff.mock.journal_entry import Entry

_T = TypeVar("_T")
_SHOWN = 20
_SHOWN_BODY = 200
_STOP_S = 5


class Rule(TypedDict, total=False):
    """The members of a one-off rule, as in a rule file."""

    operation: str
    method: str
    path: str
    tag: str
    when: str
    every: int
    times: int
    after: int
    probability: float
    respond: Mapping[str, object]
    delay: float | Mapping[str, object]
    fault: str | Mapping[str, float]
    invalid: bool


class Expectation(TypedDict, total=False):
    """Which requests are expected, and how many; without a number, at least one."""

    operation: str
    method: str
    path: str
    status: str | int
    body: object
    when: str
    times: int
    atLeast: int
    atMost: int


class SignoffMock:
    """The mock as one test sees it.

    Attributes:
        url: the base URL of the API; of the first one, if the mock serves several.
        origin: scheme, host and port.
        session: the name of the test's session, for requests to other ports.
    """

    def __init__(self, server: MockServer, origin: str, session: str) -> None:
        self.origin = origin
        self.url = origin + server.contracts[0].base_path
        self.session = session
        self._server = server
        self._rules = 0

    def __repr__(self) -> str:
        return f"<SignoffMock {self.url}>"

    @property
    def journal(self) -> list[Entry]:
        """The requests of the test and their responses, oldest first; nothing is redacted."""
        return self.calls()

    def calls(self, operation: str = "", status: str | int = "") -> list[Entry]:
        """The requests to one operation, or with one status.

        Args:
            operation: the operationId, or method and path template; any without it.
            status: a status such as 201, or a class such as `5XX`; any without it.

        Raises:
            DataError: the operation does not exist.
        """
        __tracebackhide__ = True
        operations = Operations(self._server.contracts)
        ids = operations.ids(operation)
        if operation and not ids:
            raise DataError(
                f"no operation is called {operation}", suggestion=operations.suggestion(operation).strip()
            )
        wanted = Filter(session=self.session, operations=ids, status=str(status))
        return self._server.in_loop(lambda: list(self._server.control.journal.entries(wanted)))

    def use(self, scenario: str) -> None:
        """Switch to a scenario of the rule file; an empty name is none.

        Raises:
            DataError: the scenario does not exist.
        """
        __tracebackhide__ = True
        self._call("PUT", "/scenario", {"scenario": scenario})

    def rule(self, rule_id: str = "", /, **members: Unpack[Rule]) -> str:
        """Add a rule for this test, in front of those of the scenario.

        Args:
            rule_id: the id in the journal; one that exists is replaced. Without it, `rule-1` and so on.
            members: as in a rule file: `operation="createOrder", respond={"status": 503}, times=1`.

        Returns:
            The id of the rule.

        Raises:
            DataError: the rule is invalid, or can never match.
        """
        __tracebackhide__ = True
        if not rule_id:
            self._rules += 1
            rule_id = f"rule-{self._rules}"
        self._call("PUT", f"/rules/{_quoted(rule_id)}", dict(members))
        return rule_id

    def remove_rule(self, rule_id: str) -> None:
        """Remove a rule of this test.

        Raises:
            DataError: the rule does not exist.
        """
        __tracebackhide__ = True
        self._call("DELETE", f"/rules/{_quoted(rule_id)}")

    def state(self) -> dict[str, Any]:
        """The items by resource, generated ones included.

        Raises:
            DataError: the mock keeps no state.
        """
        __tracebackhide__ = True
        return dict(as_object(self._call("GET", "/state")["resources"]))

    def set_state(self, **resources: Sequence[object] | Mapping[str, object]) -> None:
        """Give resources exactly these items: `set_state(orders=[])`.

        Raises:
            DataError: a resource is unknown, or an item is invalid.
        """
        __tracebackhide__ = True
        self._call("PUT", "/state", {"resources": resources})

    def reset(self) -> None:
        """Reset state, scenario, rules and journal of this test."""
        self._call("POST", "/reset", {})

    def verify(
        self,
        *expectations: str | Expectation,
        valid: bool = False,
        exhaustive: bool = False,
        **members: Unpack[Expectation],
    ) -> None:
        """Fail the test if its requests are not as expected.

        Args:
            expectations: operations, or the members of expectations as a mapping.
            valid: whether another request that failed validation is a failure.
            exhaustive: whether any other request is a failure.
            members: members of each expectation: `verify("createOrder", times=2)`.

        Raises:
            AssertionError: they are not; the message lists what the mock received.
            DataError: an expectation is invalid, or there is nothing to verify.
        """
        __tracebackhide__ = True
        given = expectations or ([members] if members else [])
        if not given and not valid and not exhaustive:
            raise DataError(
                "nothing to verify",
                suggestion='Name an operation: verify("createOrder"). Or pass valid=True or exhaustive=True.',
            )
        stated = {
            "expectations": [_stated(each, members) for each in given],
            "valid": valid,
            "exhaustive": exhaustive,
        }
        result = self._call("POST", "/journal/verify", stated)
        failures = result["failures"]
        if isinstance(failures, list) and failures:
            messages = [str(as_object(failure)["message"]) for failure in failures]
            raise AssertionError("\n".join([*messages, "", *self._received()]))

    def _received(self) -> Iterator[str]:
        """The newest requests for a message, redacted."""
        redaction = Redaction.of(self._server.contracts)
        entries = self.journal
        yield "The mock received:" if entries else "The mock received no requests."
        if len(entries) > _SHOWN:
            yield f"  … {len(entries) - _SHOWN} earlier requests"
        for entry in entries[-_SHOWN:]:
            query = f"?{redaction.query(entry.query)}" if entry.query else ""
            yield f"  {entry.method} {entry.path}{query} {entry.status}"
            if entry.request_body.size:
                media_type = dict(entry.request_headers).get("content-type", "")
                body = shown_body(*entry.request_body, media_type, redaction)
                yield f"    {body[:_SHOWN_BODY]}{' …' if len(body) > _SHOWN_BODY else ''}"
            if entry.notes:
                yield f"    {entry.notes[0]}"

    def _call(self, method: str, path: str, body: object = None) -> JsonObject:
        """Call the control API.

        Raises:
            DataError: it responds with an error.
        """
        __tracebackhide__ = True
        response = self._server.client.request(
            method,
            f"{self.origin}{PREFIX}{path}",
            json=body,
            headers={"Signoff-Session": self.session},
        )
        is_json = "json" in response.headers.get("content-type", "")
        found = as_object(response.json()) if is_json else {}
        if response.is_error:
            errors = [as_object(each) for each in as_list(found.get("errors"))]
            detail = str(found.get("detail", response.status_code))
            raise DataError(" ".join(map(_described, errors)) if "`errors`" in detail else detail)
        return found


class MockServer:
    """A mock that serves the tests of one process, until it is closed.

    Args:
        make: creates the application for what the control API acts on, and gives its contracts.
    """

    def __init__(self, make: Callable[[Control], tuple[ASGIApp, Sequence[Contract]]]) -> None:
        self.control = Control()
        self._app, self.contracts = make(self.control)
        self.client = httpx2.Client(trust_env=False, timeout=30)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="signoff-mock", daemon=True)
        self._thread.start()
        self._ending: list[Future[None]] = []

    @contextmanager
    def session(self, name: str) -> Iterator[SignoffMock]:
        """Serve one session on a free port inside the `with` block, and forget it after that."""
        listener = listen("127.0.0.1", 0)
        server = uvicorn.Server(server_config(_in_session(self._app, name)))
        serving = asyncio.run_coroutine_threadsafe(server.serve(sockets=[listener]), self._loop)
        mock = SignoffMock(self, f"http://127.0.0.1:{listener.getsockname()[1]}", name)
        try:
            try:
                yield mock
            finally:
                mock.reset()
        finally:
            server.should_exit = True  # seen within 0.1 s, which the next test need not wait for
            self._ending = [each for each in (*self._ending, serving) if not each.done()]

    def in_loop(self, function: Callable[[], _T]) -> _T:
        """The result of a function that runs between the requests."""

        async def call() -> _T:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def close(self) -> None:
        """Stop serving."""
        for ending in self._ending:
            with suppress(TimeoutError):
                ending.result(_STOP_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_S)
        if not self._thread.is_alive():
            self._loop.close()
        self.client.close()


def _described(error: JsonObject) -> str:
    """A validation error of the control API."""
    place = error.get("parameter") or error.get("header") or error.get("pointer")
    return f"{place}: {error.get('detail')}" if place else str(error.get("detail"))


def _quoted(rule_id: str) -> str:
    """An id as a segment of a URL."""
    return quote(rule_id, safe="")


def _stated(expectation: str | Expectation, members: Expectation) -> dict[str, object]:
    """An expectation as the control API reads it."""
    own = {"operation": expectation} if isinstance(expectation, str) else expectation
    stated: dict[str, object] = {**own, **members}
    return {**stated, "status": str(stated["status"])} if "status" in stated else stated


def _in_session(app: ASGIApp, name: str) -> ASGIApp:
    """An application whose requests belong to a session, unless they name another one."""
    field = (b"signoff-session", name.encode())

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _names_session(scope):
            scope["headers"] = [*scope["headers"], field]
        await app(scope, receive, send)

    return serve


def _names_session(scope: Scope) -> bool:
    with suppress(SessionNameError):
        return bool(session_of(scope["headers"], scope["query_string"]))
    return "signoff-session" in headers_of(scope["headers"])
