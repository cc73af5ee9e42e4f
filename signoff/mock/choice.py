"""Chooses the documented response: the first success, or the one that the client prefers.

A client sends its preference in the Prefer header (RFC 7240), or in query parameters such as `__code` and
`__example` if it cannot set headers, as in a browser's address bar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from signoff.contract import Response, media_types
from signoff.contract.short_text_cache import keep_short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract import Example, MediaType, Operation


NAMES = ("code", "example", "dynamic", "delay", "items", "scenario")
# What the value of a preference can be.
_VALUES = {
    "code": (re.compile(r"[2-5]([0-9]{2}|[Xx]{2})|default"), "a status is a number from 200 to 599"),
    "dynamic": (re.compile("true|false", re.IGNORECASE), "the value is true or false"),
    "delay": (re.compile(r"[0-9]{1,9}"), "the value is a number of milliseconds, such as 1500"),
    "items": (re.compile(r"[0-9]{1,9}"), "the value is the number of items"),
}
_MISTYPED = 0.8  # how similar a name is to one of `NAMES`, of 1


@dataclass(frozen=True, slots=True)
class Choice:
    """A documented response.

    Attributes:
        response: the response in the document.
        status: the status code to send, covered by `response`.
        offer: the media type; None if it is not negotiated yet, or the response has no body.
        example: the example; None for the first valid one, or a generated value.
        dynamic: whether to ignore examples and generate a value.
        items: how many items its list has; None for the usual number.
    """

    response: Response
    status: int
    offer: MediaType | None = None
    example: Example | None = None
    dynamic: bool = False
    items: int | None = None


def success(operation: Operation) -> Choice:
    """The first documented success, else `default`, else the first response; an empty 200 without any."""
    defaults = [response for response in operation.responses if response.status == "default"]
    final = [response for response in operation.responses if response.status[0] != "1"]
    for response in (*successes(operation), *defaults, *final):
        return Choice(response, status_of(response))
    return Choice(Response("default", "", (), (), operation.pointer), HTTPStatus.OK)


def success_in(operation: Operation, accept: str) -> Choice | None:
    """The first documented success with a media type in `accept`.

    Of `204` and `200`, a client that asks for content gets the one with content.
    """
    for response in successes(operation):
        if media_types.negotiate(accept, response.content) is not None:
            return Choice(response, status_of(response))
    return None


def successes(operation: Operation) -> list[Response]:
    """The documented successes, in the document's order."""
    return [response for response in operation.responses if response.status.startswith("2")]


def preferred(operation: Operation, wanted: Preference, accept: str | None = None) -> Choice | None:
    """The response that a client asks for by status code or example; None if the document has none.

    If several media types have the example, `accept` decides.
    """
    responses = operation.responses
    status = None
    if wanted.code is not None:
        status = int(wanted.code) if wanted.code.isdecimal() and len(wanted.code) == 3 else 0
        covering = operation.response_for(status) if 200 <= status <= 599 else None
        responses = (covering,) if covering else ()
    for response in responses:
        if wanted.example is None:
            return Choice(response, status or status_of(response))
        named = [(offer, item) for offer in response.content for item in offer.examples]
        named = [(offer, item) for offer, item in named if item.name == wanted.example]
        if named:
            offer = media_types.negotiate(accept, [offer for offer, _ in named]) or named[0][0]
            example = next(item for held, item in named if held is offer)
            return Choice(response, status or status_of(response, example), offer, example)
    return None


def status_of(response: Response, example: Example | None = None) -> int:
    """A status code that the response covers: the example's own, if it has one."""
    stated = example.value.get("status") if example and isinstance(example.value, dict) else None
    if isinstance(stated, int) and 200 <= stated <= 599 and response.covers(stated):
        return stated
    if response.status.isdecimal():
        return int(response.status)
    return 200 if response.status == "default" else int(response.status[0]) * 100


def inventory(operation: Operation) -> str:
    """The available statuses and named examples, for messages."""
    codes = ", ".join(response.status for response in operation.responses)
    names = [
        example.name
        for response in operation.responses
        for offer in response.content
        for example in offer.examples
        if example.name
    ]
    return f"codes: {codes}; examples: {', '.join(names)}" if names else f"codes: {codes}"


def suggestion(operation: Operation, wanted: Preference) -> str:
    """A sentence with the named example that is most similar to the requested one; empty without one."""
    offers = [offer for response in operation.responses for offer in response.content]
    names = [example.name for offer in offers for example in offer.examples if example.name]
    close = get_close_matches(wanted.example or "", names, 1)
    return f" Did you mean example={close[0]}?" if close and close[0] != wanted.example else ""


@dataclass(frozen=True, slots=True)
class Preference:
    """A client's preference.

    Attributes:
        code: the requested status code, as sent; None without one.
        example: the name of the requested example.
        dynamic: whether to generate a value instead of using an example; None if not sent.
        delay_ms: how long to wait before the response; None if not sent.
        items: how many items the list has; None if not sent.
        scenario: the scenario whose rules apply; None if not sent.
        mistake: a mistyped preference as sent, and what was probably meant; None without one.
        invalid: a preference with a value that it can't have, and what it can have; None without one.
    """

    code: str | None = None
    example: str | None = None
    dynamic: bool | None = None
    delay_ms: int | None = None
    items: int | None = None
    scenario: str | None = None
    mistake: tuple[str, str] | None = None
    invalid: tuple[str, str] | None = None

    @property
    def error(self) -> int | None:
        """The requested status if it is an error, and no example is requested."""
        code = self.code or ""
        is_error = self.example is None and code.isdecimal() and len(code) == 3 and code[0] in "45"
        return int(code) if is_error else None

    @property
    def forces(self) -> bool:
        """Whether a specific response is requested, even if the request is invalid."""
        return self.code is not None or self.example is not None

    @property
    def is_applied(self) -> bool:
        """Whether it changes a response that it does not force, so that the response says so."""
        return any(value is not None for value in (self.delay_ms, self.items, self.scenario))

    def __str__(self) -> str:
        dynamic = None if self.dynamic is None else str(self.dynamic).lower()
        values = self.code, self.example, dynamic, self.delay_ms, self.items, self.scenario
        named = zip(NAMES, values, strict=True)
        return ", ".join(f"{name}={value}" for name, value in named if value not in (None, ""))


def is_preference(name: str) -> bool:
    """Whether a query parameter is a preference, or looks like a mistyped one."""
    return name.startswith("__") and bool(get_close_matches(name[2:], NAMES, 1, _MISTYPED))


@keep_short(512)
def preference_of(header: str, query: str = "") -> Preference:
    """Parse the Prefer header and the query, which takes precedence.

    Other preferences (section 2) and query parameters are ignored, unless they look mistyped.
    """
    found = {name[2:]: value for name, value in parse_qsl(query) if name.startswith("__")}
    for part in header.replace(";", ",").split(","):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
    dynamic = {"true": True, "false": False}.get(found.get("dynamic", "").lower())
    return Preference(
        found.get("code"),
        found.get("example"),
        dynamic,
        _number(found.get("delay")),
        _number(found.get("items")),
        found.get("scenario"),
        _mistake_in(found),
        _invalid_in(found),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and _VALUES["items"][0].fullmatch(text) else None


def _invalid_in(found: Mapping[str, str]) -> tuple[str, str] | None:
    """The first preference whose value is not one of those that it can have."""
    for name, (valid, meaning) in _VALUES.items():
        if name in found and not valid.fullmatch(found[name]):
            return f"{name}={found[name]}", meaning
    return None


def _mistake_in(found: Mapping[str, str]) -> tuple[str, str] | None:
    """A mistyped name."""
    for name, value in found.items():
        close = get_close_matches(name, NAMES, 1, _MISTYPED)
        if close and close[0] != name:
            return f"{name}={value}", f"Did you mean {close[0]}={value}?"
    return None
