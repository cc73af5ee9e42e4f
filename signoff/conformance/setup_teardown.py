"""Set-up requests before the tests and tear-down requests after them, whatever happens between."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode, urlsplit

from signoff.conformance.exchange import Sent
from signoff.conformance.known_values import KnownValues, Person, overlaid
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

# What a tear-down request may find gone already.
_GONE = (404, 410)
_SHOWN = 200


class _NotCapturedError(LookupError):
    """A text names what no answer gave."""


@contextmanager
def prepared(data: TargetData, client: Client, base_url: str, problems: list[str]) -> Iterator[TargetData]:
    """The data with what the set-up requests captured; the tear-down requests follow when the context ends.

    Args:
        data: with the steps, and texts that may name captures.
        client: sends the steps.
        base_url: what the steps' paths are below.
        problems: told each tear-down request that did not do its work, in one sentence.

    Raises:
        SetupError: a set-up request was not answered as expected, or its answer lacks what to capture.
    """
    captured: dict[str, str] = {}
    try:
        for step in data.set_up:
            received = _send(step, data, client, base_url, captured)
            if not _is_expected(step, received):
                raise SetupError(_unexpected("setup", step, received), location=step.location)
            captured |= {capture.name: _captured(capture, step, received) for capture in step.captures}
        yield with_captures(data, captured)
    finally:
        told = (_torn_down(step, data, client, base_url, captured) for step in data.tear_down)
        problems += [problem for problem in told if problem]


def with_captures(data: TargetData, captured: Mapping[str, str]) -> TargetData:
    """The data with captures in place of their names, each known as its parameter's value.

    Raises:
        SetupError: a text names what no answer gave.
    """
    try:
        filled = replace(
            data,
            headers=_texts(data.headers, captured),
            people={name: _person(person, captured) for name, person in data.people.items()},
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
        raise SetupError(f"the data file names ${{{error}}}, which no set-up request captured") from None
    values = dict(filled.values)
    for capture in (capture for step in data.set_up for capture in step.captures):
        if capture.kind is not None:
            known = values.get(capture.name, KnownValues())
            values[capture.name] = known.adding(capture.kind, captured[capture.name])
    return replace(filled, values=values)


def _torn_down(
    step: Step, data: TargetData, client: Client, base_url: str, captured: Mapping[str, str]
) -> str:
    """Send a tear-down request; what went wrong, in one sentence, empty when nothing did."""
    try:
        received = _send(step, data, client, base_url, captured)
    except _NotCapturedError:
        return ""  # what was never made need not be cleared away
    is_done = _is_expected(step, received) or (not step.expected and received.status in _GONE)
    return "" if is_done else _unexpected("teardown", step, received)


def _send(
    step: Step, data: TargetData, client: Client, base_url: str, captured: Mapping[str, str]
) -> Received:
    person = data.people.get(step.person) or data.person or Person("")
    # Credentials that are captured by this very step, or later, are not there yet.
    fields = _there(overlaid(data.headers, person.headers), captured)
    query = _there(person.query, captured)
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
    what = f"answered {received.status}: {text}" if not received.fault else f"not answered: {received.fault}"
    return f"the {kind} request {step.method} {step.path} was {what}".rstrip(": ")


def _captured(capture: Capture, step: Step, received: Received) -> str:
    """What an answer gives to remember.

    Raises:
        SetupError: it is not in the answer, or is no text or number.
    """
    where = f"the set-up request {step.method} {step.path}: its answer has no "
    if capture.header is not None:
        text = received.header(capture.header.lower())
        if text is None:
            raise SetupError(f"{where}header {capture.header}", location=step.location)
        is_url = "/" in text
        return unquote(urlsplit(text).path.rstrip("/").rpartition("/")[2]) if is_url else text
    pointer = capture.pointer or ""
    try:
        value = resolve(json_value.parse(received.body), pointer)
    except (LookupError, JsonSyntaxError):
        raise SetupError(f"{where}{pointer or 'JSON'} to capture", location=step.location) from None
    if isinstance(value, dict | list | bool) or value is None:
        raise SetupError(f"{where}text or number at {pointer or 'its root'}", location=step.location)
    return str(value)


def _person(person: Person, captured: Mapping[str, str]) -> Person:
    return replace(
        person,
        headers=_texts(person.headers, captured),
        query=_texts(person.query, captured),
        may_not_see={
            name: values if values is None else tuple(_text(value, captured) for value in values)
            for name, values in person.may_not_see.items()
        },
    )


def _known(known: KnownValues, captured: Mapping[str, str]) -> KnownValues:
    return known.changed(lambda kind: tuple(_text(value, captured) for value in known.of(kind)))


def _there(texts: Mapping[str, str], captured: Mapping[str, str]) -> dict[str, str]:
    """The texts that can be filled in by now."""
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
