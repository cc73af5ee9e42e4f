"""Setup requests before the tests and teardown requests after them, even after an error."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from signoff import signals
from signoff.conformance.captures import (
    NotCapturedError,
    captured_from,
    filled,
    filled_text,
    filled_texts,
)
from signoff.conformance.known_values import KnownValues
from signoff.conformance.sessions import Sessions
from signoff.conformance.steps import is_expected, unexpected
from signoff.contract import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.conformance.captures import Captured
    from signoff.conformance.client import Sender
    from signoff.conformance.known_values import Step, TargetData, User

# Statuses of a teardown request for a resource that is already deleted.
_GONE = (404, 410)


@contextmanager
def prepared(
    data: TargetData,
    client: Sender,
    base_url: str,
    problems: list[str],
    sessions: Sessions | None = None,
) -> Iterator[TargetData]:
    """The data with the captured values of the setup requests. Sends the teardown requests at the end.

    Args:
        data: with the steps, and texts that may use captures.
        client: sends the steps.
        base_url: what the steps' paths are below.
        problems: gets a sentence for each teardown request that failed.
        sessions: logs the users in; by default, new ones.

    Raises:
        SetupError: a setup or login request got an unexpected response, or one without the value to capture.
    """
    sessions = sessions or Sessions(data, client, base_url)
    try:
        for step in data.setup:
            received = sessions.send_step(step, "setup")
            sessions.captured |= {
                capture.name: captured_from(capture, step, received) for capture in step.captures
            }
            signals.check()
        sessions.log_in_all()
        by_user = {name: sessions.captured_by(name) for name in data.users}
        yield with_captures(data, sessions.captured, by_user)
    finally:
        problems += [problem for step in data.teardown if (problem := _torn_down(step, sessions))]


def with_captures(
    data: TargetData,
    captured: Mapping[str, Captured],
    by_user: Mapping[str, Mapping[str, Captured]] | None = None,
) -> TargetData:
    """The data with captured values filled in, each also a known value of its parameter.

    Args:
        data: whose texts may use captures.
        captured: the values of the setup requests.
        by_user: for each user, these and the values of the login.

    Raises:
        SetupError: a text uses a value that was not captured.
    """
    own = by_user or {}
    try:
        complete = replace(
            data,
            headers=filled_texts(data.headers, captured),
            users={name: _user(user, own.get(name, captured)) for name, user in data.users.items()},
            values={name: _known(known, captured) for name, known in data.values.items()},
            operations={
                name: replace(
                    entry,
                    headers=filled_texts(entry.headers, captured),
                    values={key: _known(known, captured) for key, known in entry.values.items()},
                    bodies=tuple(filled(body, captured) for body in entry.bodies),
                )
                for name, entry in data.operations.items()
            },
        )
    except NotCapturedError as error:
        raise SetupError(
            f"the data file uses ${{{error}}}, which no setup request captured",
            suggestion=f"Add {error} to `capture` of a setup request.",
        ) from None
    values = dict(complete.values)
    for capture in (capture for step in data.setup for capture in step.captures):
        if capture.kind is not None:
            known = values.get(capture.name, KnownValues())
            values[capture.name] = known.adding(capture.kind, str(captured[capture.name]))
    return replace(complete, values=values)


def _torn_down(step: Step, sessions: Sessions) -> str:
    """Send a teardown request. Returns the problem in one sentence, or an empty string."""
    try:
        received = sessions.sent_step(step)
    except NotCapturedError:
        return ""  # not created, so there is nothing to delete
    is_done = is_expected(step, received) or (not step.expected and received.status in _GONE)
    return "" if is_done else unexpected("teardown", step, received, sessions.secrets)


def _user(user: User, captured: Mapping[str, Captured]) -> User:
    return replace(
        user,
        headers=filled_texts(user.headers, captured),
        unsafe_headers=filled_texts(user.unsafe_headers, captured),
        query=filled_texts(user.query, captured),
        denied_resources={
            name: values if values is None else tuple(filled_text(value, captured) for value in values)
            for name, values in user.denied_resources.items()
        },
    )


def _known(known: KnownValues, captured: Mapping[str, Captured]) -> KnownValues:
    return known.changed(lambda kind: tuple(filled_text(value, captured) for value in known.of(kind)))
