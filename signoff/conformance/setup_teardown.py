"""Setup requests before the tests and teardown requests after them, even after an error."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode, urlsplit

from signoff.conformance.exchange import Sent
from signoff.conformance.known_values import KnownValues, User, overlaid
from signoff.conformance.target_data import VARIABLE
from signoff.contract import SetupError, json_value
from signoff.contract.json_value import JsonSyntaxError
from signoff.contract.pointer import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signoff.conformance.client import Client
    from signoff.conformance.exchange import Received
    from signoff.conformance.known_values import Capture, Step, TargetData
    from signoff.contract.json_value import JsonValue

# Statuses of a teardown request for a resource that is already deleted.
_GONE = (404, 410)
_SHOWN = 200


class _NotCapturedError(LookupError):
    """A text uses a value that was not captured."""


@contextmanager
def prepared(data: TargetData, client: Client, base_url: str, problems: list[str]) -> Iterator[TargetData]:
    """The data with the captured values of the setup requests. Sends the teardown requests at the end.

    Args:
        data: with the steps, and texts that may use captures.
        client: sends the steps.
        base_url: what the steps' paths are below.
        problems: gets a sentence for each teardown request that failed.

    Raises:
        SetupError: a setup request got an unexpected response, or one without the value to capture.
    """
    captured: dict[str, str] = {}
    try:
        for step in data.setup:
            received = _send(step, data, client, base_url, captured)
            if not _is_expected(step, received):
                raise SetupError(_unexpected("setup", step, received), location=step.location)
            captured |= {capture.name: _captured(capture, step, received) for capture in step.captures}
        yield with_captures(data, captured)
    finally:
        found = (_torn_down(step, data, client, base_url, captured) for step in data.teardown)
        problems += [problem for problem in found if problem]


def with_captures(data: TargetData, captured: Mapping[str, str]) -> TargetData:
    """The data with captured values filled in, each also a known value of its parameter.

    Raises:
        SetupError: a text uses a value that was not captured.
    """
    try:
        filled = replace(
            data,
            headers=_texts(data.headers, captured),
            users={name: _user(user, captured) for name, user in data.users.items()},
            values={name: _known(known, captured) for name, known in data.values.items()},
            operations={
                name: replace(
                    entry,
                    headers=_texts(entry.headers, captured),
                    values={key: _known(known, captured) for key, known in entry.values.items()},
                    bodies=tuple(_filled(body, captured) for body in entry.bodies),
                )
                for name, entry in data.operations.items()
            },
        )
    except _NotCapturedError as error:
        raise SetupError(
            f"the data file uses ${{{error}}}, which no setup request captured",
            suggestion=f"Add {error} to `capture` of a setup request.",
        ) from None
    values = dict(filled.values)
    for capture in (capture for step in data.setup for capture in step.captures):
        if capture.kind is not None:
            known = values.get(capture.name, KnownValues())
            values[capture.name] = known.adding(capture.kind, captured[capture.name])
    return replace(filled, values=values)


def _torn_down(
    step: Step, data: TargetData, client: Client, base_url: str, captured: Mapping[str, str]
) -> str:
    """Send a teardown request. Returns the problem in one sentence, or an empty string."""
    try:
        received = _send(step, data, client, base_url, captured)
    except _NotCapturedError:
        return ""  # not created, so there is nothing to delete
    is_done = _is_expected(step, received) or (not step.expected and received.status in _GONE)
    return "" if is_done else _unexpected("teardown", step, received)


def _send(
    step: Step, data: TargetData, client: Client, base_url: str, captured: Mapping[str, str]
) -> Received:
    user = data.users.get(step.user) or data.user or User("")
    # Leave out credentials that are captured by this step or later.
    fields = _there(overlaid(data.headers, user.headers), captured)
    query = _there(user.query, captured)
    body = b""
    if step.form:
        body = urlencode(_texts(step.form, captured)).encode()
        fields = overlaid(fields, {"Content-Type": "application/x-www-form-urlencoded"})
    elif step.body is not None:
        body = json.dumps(_filled(step.body, captured)).encode()
        fields = overlaid(fields, {"Content-Type": "application/json"})
    fields = overlaid(fields, _texts(step.headers, captured))
    path = _text(step.path, captured, encode=lambda text: quote(text, safe=""))
    url = base_url + path
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    return client.send(Sent(step.method, url, tuple(fields.items()), body))


def _is_expected(step: Step, received: Received) -> bool:
    if received.fault:
        return False
    return received.status in step.expected if step.expected else 200 <= received.status < 300


def _unexpected(kind: str, step: Step, received: Received) -> str:
    text = received.body[:_SHOWN].decode("utf-8", "replace")
    what = f"got {received.status}: {text}" if not received.fault else f"got no response: {received.fault}"
    return f"{kind} request {step.method} {step.path} {what}".rstrip(": ")


def _captured(capture: Capture, step: Step, received: Received) -> str:
    """The value to capture from a response.

    Raises:
        SetupError: the response does not have it, or it is not a string or number.
    """
    where = f"setup request {step.method} {step.path}: the response has no "
    if capture.header is not None:
        name = capture.header.lower()
        text = received.header(name)
        if text is None:
            raise SetupError(f"{where}header {capture.header}", location=step.location)
        if name == "set-cookie":  # as Cookie sends them back (RFC 6265, section 5.4)
            return "; ".join(value.partition(";")[0].strip() for value in received.values(name))
        is_url = "/" in text
        return unquote(urlsplit(text).path.rstrip("/").rpartition("/")[2]) if is_url else text
    pointer = capture.pointer or ""
    try:
        value = resolve(json_value.parse(received.body), pointer)
    except (LookupError, JsonSyntaxError):
        raise SetupError(f"{where}{pointer or 'JSON'} to capture", location=step.location) from None
    if isinstance(value, dict | list | bool) or value is None:
        raise SetupError(f"{where}string or number at {pointer or 'its root'}", location=step.location)
    return str(value)


def _user(user: User, captured: Mapping[str, str]) -> User:
    return replace(
        user,
        headers=_texts(user.headers, captured),
        query=_texts(user.query, captured),
        denied_resources={
            name: values if values is None else tuple(_text(value, captured) for value in values)
            for name, values in user.denied_resources.items()
        },
    )


def _known(known: KnownValues, captured: Mapping[str, str]) -> KnownValues:
    return known.changed(lambda kind: tuple(_text(value, captured) for value in known.of(kind)))


def _there(texts: Mapping[str, str], captured: Mapping[str, str]) -> dict[str, str]:
    """The texts whose captures are all available."""
    found = {}
    for name, text in texts.items():
        with suppress(_NotCapturedError):
            found[name] = _text(text, captured)
    return found


def _texts(texts: Mapping[str, str], captured: Mapping[str, str]) -> dict[str, str]:
    return {name: _text(text, captured) for name, text in texts.items()}


def _filled(value: JsonValue, captured: Mapping[str, str]) -> JsonValue:
    if isinstance(value, dict):
        return {name: _filled(part, captured) for name, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, captured) for part in value]
    return _text(value, captured) if isinstance(value, str) else value


def _text(text: str, captured: Mapping[str, str], encode: Callable[[str], str] = lambda text: text) -> str:
    def fill(name: str | None) -> str:
        if name is None:
            return "${"
        if name not in captured:
            raise _NotCapturedError(name)
        return encode(captured[name])

    return VARIABLE.sub(lambda match: fill(match[1]), text)
