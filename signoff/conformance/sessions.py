"""The sessions of the users: logging in, and again when the credentials die.

Theory of operation
-------------------
Requests are planned with the credentials that a user got first, so that one user has one mark throughout the
run. `Sessions.send` finds whose credentials a request has and replaces them with the current ones on the way
out. Requests with changed or without credentials are sent as they are.

A 401 may be about dead credentials or about its own request. A *probe* tells: a safe request of the same
user that succeeded before. If it still succeeds, the 401 stands. If it gets 401 as well, the credentials are
dead: the user logs in again, and the request is sent once more. Nothing was executed, so that is safe for
unsafe methods, too. Before there is a probe, a few logins are tried.

Without a renewal, the response is a transport fault of the kind `DEAD`, which is never judged.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from signoff.conformance.captures import NotCapturedError, available_texts, captured_from
from signoff.conformance.credential_units import (
    credential_fields,
    steps_for,
    units_of,
    units_of_field,
)
from signoff.conformance.exchange import Received, TransportFault
from signoff.conformance.known_values import SAFE_METHODS, User
from signoff.conformance.oauth import token_request
from signoff.conformance.steps import is_expected, request_of, unexpected
from signoff.contract import SetupError, json_value
from signoff.contract.json_value import JsonSyntaxError
from signoff.contract.pointer import resolve
from signoff.reporting.messages import counted
from signoff.reporting.secret_names import is_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signoff.conformance.captures import Captured
    from signoff.conformance.client import ClientNotes, Sender
    from signoff.conformance.credential_units import Unit
    from signoff.conformance.exchange import Fields, Sent
    from signoff.conformance.known_values import OAuth2, Step, TargetData

_MOST_PROBES = 2
# Logins without a probe that changed nothing.
_MOST_VAIN = 3
# Of a token's lifetime; then it is renewed before a request can be late.
_USED_LIFETIME = 0.9
_SHORTEST_LIFETIME_S = 1.0


@dataclass(slots=True, eq=False)
class _Session:
    """The session of one user; `User("")` without users."""

    user: User
    fields: Mapping[str, str]
    statuses: tuple[int, ...]
    steps: tuple[Step, ...] = ()
    is_default: bool = False
    captured: dict[str, Captured] = field(default_factory=dict)
    current: dict[Unit, str] = field(default_factory=dict)
    fixed: dict[Unit, str] = field(default_factory=dict)
    probes: list[tuple[Sent, bool]] = field(default_factory=list)
    due_at: float | None = None
    generation: int = 0
    vain: int = 0
    accepted: int = 0
    died: str = ""

    @property
    def title(self) -> str:
        return f"the credentials of {self.user.name}" if self.user.name else "the credentials"


class Sessions:
    """Sends requests, with the credentials of their user renewed when they die.

    Attributes:
        captured: the values of the setup requests.
        on_renewal: called when there are new credentials.
        is_protected: whether a request requires credentials, so that it can tell whether they are alive.
        may_repeat: whether a safe request may be sent again.
    """

    def __init__(
        self,
        data: TargetData,
        client: Sender,
        base_url: str,
        token_url: Callable[[OAuth2], str] = lambda oauth2: oauth2.token_url,
    ) -> None:
        """Make them ready; nothing is sent yet.

        Args:
            data: the data file, its captures not filled in.
            client: sends the requests.
            base_url: the target's base URL.
            token_url: gives the absolute URL of a token endpoint.
        """
        self.captured: dict[str, Captured] = {}
        self.on_renewal: Callable[[], None] = lambda: None
        self.is_protected: Callable[[Sent], bool] = lambda _: False
        self.may_repeat: Callable[[Sent], bool] = lambda _: True
        self._data, self._client, self._base_url, self._token_url = data, client, base_url, token_url
        self._lock = threading.RLock()
        self._owners: dict[tuple[Unit, str], list[_Session]] = {}
        users = data.users or {"": User("", refresh=data.refresh)}
        self._sessions = {name: self._session(user) for name, user in users.items()}
        self._default = self._sessions[data.default_user if data.users else ""]
        self._default.is_default = True

    def _session(self, user: User) -> _Session:
        fields = credential_fields(self._data, user)
        is_cookie = any(name.lower() == "cookie" for name in fields)
        refresh = user.refresh
        statuses = refresh.statuses or ((401, 403) if is_cookie else (401,))
        setup = steps_for({*fields.values(), *user.query.values()}, self._data.setup)
        return _Session(user, fields, statuses, (*setup, *user.login))

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may contain: passwords, and the environment variables of the data file."""
        return (*sorted(self._data.secrets), *sorted(self._data.redacted))

    @property
    def credentials(self) -> Fields:
        """All credentials so far, by the name of their field, and passwords."""
        passwords = (("password", secret) for secret in sorted(self._data.secrets))
        sent = (
            ("cookie", f"{name}={value}") if place == "cookie" else (name, value)
            for (place, name), value in self._owners
        )
        return (*sent, *passwords)

    def captured_by(self, name: str) -> dict[str, Captured]:
        """The values that a user's requests may use."""
        session = self._sessions.get(name, self._default)
        return {**self.captured, **session.captured}

    def is_login(self, sent: Sent) -> bool:
        """Whether a request goes where a user logs in, so that its response may have credentials."""
        url = sent.url.partition("?")[0]
        return any(
            (step.method, step.url or self._base_url + step.path.partition("?")[0]) == (sent.method, url)
            for session in self._sessions.values()
            for step in self._login_steps(session, session.captured)
        )

    def send_step(self, step: Step, kind: str) -> Received:
        """The response to a setup request; its user logs in before.

        Raises:
            SetupError: it is not the expected one.
        """
        session = self._sessions.get(step.user, self._default)
        if session.user.login and not session.generation:
            with suppress(NotCapturedError):
                self._log_in(session)
        started = time.monotonic()
        received = self.sent_step(step)
        if not is_expected(step, received):
            raise SetupError(unexpected(kind, step, received, self.secrets), location=step.location)
        for each in self._sessions.values():
            if step in each.steps:
                self._note_lifetime(each, received, started)
        return received

    def sent_step(self, step: Step) -> Received:
        """The response to a setup or teardown request, whatever it is."""
        session = self._sessions.get(step.user, self._default)
        received = self._client.send(self._request(step, session))
        if received.status in session.statuses and session.generation and not self._renewed(session):
            return self._client.send(self._request(step, session))
        return received

    def log_in_all(self) -> None:
        """Log in each user who has a login and is not logged in yet.

        Raises:
            SetupError: a login failed, or two users have the same credentials.
        """
        for session in self._sessions.values():
            if (session.user.login or session.user.oauth2) and not session.generation:
                try:
                    self._log_in(session)
                except NotCapturedError as error:
                    raise SetupError(
                        f"the login of {session.user.name} uses ${{{error}}}, which no request captured",
                        suggestion=f"Add {error} to `capture` of an earlier request.",
                    ) from None
            self._render(session)
        self._reject_equals()

    def override(self, headers: Mapping[str, str]) -> None:
        """Extra request headers of the default user that carry secrets; nothing renews them."""
        for name, value in headers.items():
            if is_secret(name):
                self._default.fixed |= dict(units_of_field(name, value))
        self._render(self._default)

    @property
    def gone(self) -> str:
        """Why nothing more can be sent for the default user; empty if it can."""
        return self._client.gone or self._default.died

    @property
    def notes(self) -> ClientNotes:
        """What could not be sent or read."""
        return self._client.notes

    @property
    def cut_short(self) -> tuple[str, ...]:
        """What was not tested because credentials died, one sentence each."""
        return tuple(session.died for session in self._sessions.values() if session.died)

    def send(self, sent: Sent) -> Received:
        """The response to a request, with the current credentials of its user.

        If they are dead and cannot be renewed, it is a fault of the kind `DEAD`.
        """
        session = self._session_of(sent)
        if session is None:
            return self._client.send(sent)
        with self._lock:
            if not session.died and session.due_at is not None and time.monotonic() >= session.due_at:
                session.due_at = None
                self._renewed(session)
        if session.died:
            return _dead(session)
        generation = session.generation
        received = self._client.send(self._current(sent, session))
        if received.status not in session.statuses:
            self._note_accepted(session, sent, received)
            return received
        with self._lock:
            if session.generation == generation and not session.died:
                if not self._has_died(session, received):
                    return received
                session.died = self._not_renewed(session)
        return _dead(session) if session.died else self._sent_again(session, sent)

    def _sent_again(self, session: _Session, sent: Sent) -> Received:
        """The response to a request after its credentials were renewed."""
        received = self._client.send(self._current(sent, session))
        if received.status not in session.statuses:
            session.vain = 0
            self._note_accepted(session, sent, received)
            return received
        session.vain += 1
        if session.probes and not self._is_alive(session):
            session.died = f"{session.title} were renewed, but the new ones were rejected as well"
            return _dead(session)
        return received

    def _has_died(self, session: _Session, received: Received) -> bool:
        """Whether a rejection is about dead credentials; before the first success, whether to try a login."""
        if session.probes:
            return not self._is_alive(session)
        return received.status == 401 and self._is_renewable(session) and session.vain < _MOST_VAIN

    def _is_alive(self, session: _Session) -> bool:
        return all(
            self._client.send(self._current(probe, session)).status not in session.statuses
            for probe, _ in session.probes
        )

    def _is_renewable(self, session: _Session) -> bool:
        is_fixed = any(unit in session.fixed for unit in session.current)
        return bool(session.steps or session.user.oauth2) and not is_fixed

    def _not_renewed(self, session: _Session) -> str:
        """Renew dead credentials. Returns why that failed, or an empty string."""
        requests = counted(session.accepted, "request")
        lead = f"{session.title} stopped working after {requests}"
        if not self._is_renewable(session):
            return f"{lead}: to renew them, add `login` to a user in the data file"
        problem = self._renewed(session)
        return f"{lead} and could not be renewed: {problem}" if problem else ""

    def _renewed(self, session: _Session) -> str:
        """Log in again. Returns why that failed, or an empty string."""
        with self._lock:
            try:
                self._log_in(session)
            except NotCapturedError as error:
                return f"{error} was not captured"
            except SetupError as error:
                return error.message
            for each in self._sessions.values():
                self._render(each)
            self.on_renewal()
            return ""

    def _log_in(self, session: _Session) -> None:
        setup = set(map(id, self._data.setup))
        captured = {**self.captured, **session.captured}
        steps = self._login_steps(session, captured)
        for name in (capture.name for step in steps for capture in step.captures):
            captured.pop(name, None)
        lead = f"login of {session.user.name}:" if session.user.name else "login:"
        for step in steps:
            started = time.monotonic()
            sender = self._sessions[step.user].user if step.user else replace(session.user, query={})
            received = self._client.send(
                request_of(step, self._base_url, self._data.headers, sender, captured)
            )
            if not is_expected(step, received):
                raise SetupError(unexpected(lead, step, received, self.secrets), location=step.location)
            found = {each.name: captured_from(each, step, received, lead) for each in step.captures}
            captured |= found
            if id(step) in setup:
                self.captured |= found
            else:
                session.captured |= found
            self._note_lifetime(session, received, started)
        session.generation += 1

    def _login_steps(self, session: _Session, captured: Mapping[str, Captured]) -> tuple[Step, ...]:
        oauth2 = session.user.oauth2
        if oauth2 is None:
            return session.steps
        return (*session.steps, token_request(oauth2, self._token_url(oauth2), captured))

    def _note_lifetime(self, session: _Session, received: Received, started: float) -> None:
        """Note when credentials that a response issued must be renewed."""
        refresh = session.user.refresh
        lifetimes = [refresh.every_s] if refresh.every_s else []
        with suppress(LookupError, JsonSyntaxError, ValueError):
            value = resolve(json_value.parse(received.body), refresh.expires_in or "/expires_in")
            lifetime = float(str(value)) * _USED_LIFETIME
            lifetimes += [lifetime] if lifetime >= _SHORTEST_LIFETIME_S else []
        if lifetimes:
            session.due_at = started + min(lifetimes)

    def _request(self, step: Step, session: _Session) -> Sent:
        captured = {**self.captured, **session.captured}
        return request_of(step, self._base_url, self._data.headers, session.user, captured)

    def _render(self, session: _Session) -> None:
        """Fill in the captured values of a session's credentials."""
        captured = {**self.captured, **session.captured}
        current: dict[Unit, str] = {}
        for name, text in available_texts(session.fields, captured).items():
            current |= dict(units_of_field(name, text))
        for name, text in available_texts(session.user.query, captured).items():
            current["query", name] = text
        session.current = {**current, **session.fixed}
        for item in session.current.items():
            owners = self._owners.setdefault(item, [])
            if session not in owners:
                owners.append(session)

    def _reject_equals(self) -> None:
        sessions = list(self._sessions.values())
        for number, other in enumerate(sessions):
            for session in sessions[:number]:
                denied = other.user.denied_operations or other.user.denied_resources
                if denied and other.current and session.current == other.current:
                    raise SetupError(
                        f"the users {session.user.name} and {other.user.name} have the same credentials, so"
                        f" what is denied to {other.user.name} cannot be tested",
                        suggestion="Use another account for one of them.",
                    )

    def _session_of(self, sent: Sent) -> _Session | None:
        """The session whose credentials a request has."""
        found: dict[_Session, int] = {}
        for unit in units_of(sent):
            for session in self._owners.get(unit, ()):
                found[session] = found.get(session, 0) + 1
        return max(found, key=lambda session: found[session]) if found else None

    def _current(self, sent: Sent, session: _Session) -> Sent:
        """The request with the current credentials of its user."""
        headers = []
        for name, value in sent.headers:
            if name.lower() == "cookie":
                pairs = [
                    f"{unit[1]}={self._now(unit, text, session)}"
                    for unit, text in units_of_field(name, value)
                ]
                headers.append((name, "; ".join(pairs) if pairs else value))
            else:
                headers.append((name, self._now(("header", name.lower()), value, session)))
        url, mark, query = sent.url.partition("?")
        if mark and session.user.query:
            query = "&".join(self._now_in_query(member, session) for member in query.split("&"))
        return replace(sent, headers=tuple(headers), url=f"{url}{mark}{query}")

    def _now(self, unit: Unit, value: str, session: _Session) -> str:
        return session.current.get(unit, value) if session in self._owners.get((unit, value), ()) else value

    def _now_in_query(self, member: str, session: _Session) -> str:
        name, _, value = member.partition("=")
        text = unquote_plus(value)
        now = self._now(("query", unquote_plus(name)), text, session)
        return member if now == text else f"{name}={quote(now, safe='')}"

    def _note_accepted(self, session: _Session, sent: Sent, received: Received) -> None:
        """Keep a successful safe request as a probe, those first that require credentials."""
        session.accepted += 1
        if not 200 <= received.status < 300 or sent.method not in SAFE_METHODS or sent.method == "OPTIONS":
            return
        with self._lock:
            known = session.probes
            if len(known) == _MOST_PROBES and all(is_protected for _, is_protected in known):
                return
            if any(probe.path == sent.path for probe, _ in known) or not self.may_repeat(sent):
                return
            found = sorted([*known, (sent, self.is_protected(sent))], key=lambda entry: not entry[1])
            session.probes = found[:_MOST_PROBES]


def _dead(session: _Session) -> Received:
    return Received(0, (), b"", 0.0, session.died, TransportFault.DEAD)
