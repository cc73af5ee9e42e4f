"""Which documented answer to give: by the document's own order, or as the client prefers.

A client states a preference in the Prefer header (RFC 7240), or where it cannot set one, as in a browser's
address bar, by the query parameters `__code`, `__example` and `__dynamic`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from signoff.contract import Response, media_types

if TYPE_CHECKING:
    from signoff.contract import Example, MediaType, Operation


QUERY_NAMES = frozenset({"__code", "__example", "__dynamic"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A documented answer.

    Attributes:
        response: what the document says.
        status: the code to send; the response covers it.
        offer: the media type; None where that is still to be negotiated, or there is no body.
        example: the example; None for the first that suits, or a made-up value.
        dynamic: whether the document's examples are passed over for a made-up value.
    """

    response: Response
    status: int
    offer: MediaType | None = None
    example: Example | None = None
    dynamic: bool = False


def success(operation: Operation) -> Choice:
    """The first documented success, else `default`, else the first response; an empty 200 without any."""
    defaults = [response for response in operation.responses if response.status == "default"]
    for response in (*successes(operation), *defaults, *operation.responses):
        return Choice(response, status_of(response))
    return Choice(Response("default", "", (), (), operation.pointer), HTTPStatus.OK)


def success_in(operation: Operation, accept: str) -> Choice | None:
    """The first documented success that has one of the media types that `accept` names.

    Of `204` and `200` it is the one with content that answers a client which asks for content.
    """
    for response in successes(operation):
        if media_types.negotiate(accept, response.content) is not None:
            return Choice(response, status_of(response))
    return None


def successes(operation: Operation) -> list[Response]:
    """The documented successes, in the document's order."""
    return [response for response in operation.responses if response.status.startswith("2")]


def preferred(operation: Operation, wanted: Preference, accept: str | None = None) -> Choice | None:
    """The answer that a client asks for by status code or example; None where the document has none.

    An example that stands under several media types is given under the one that `accept` likes best.
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
    """A status code that the response covers: the example's own, where it states one."""
    stated = example.value.get("status") if example and isinstance(example.value, dict) else None
    if isinstance(stated, int) and 200 <= stated <= 599 and response.covers(stated):
        return stated
    if response.status.isdecimal():
        return int(response.status)
    return 200 if response.status == "default" else int(response.status[0]) * 100


def inventory(operation: Operation) -> str:
    """What can be preferred, for people: the statuses and the named examples."""
    codes = ", ".join(response.status for response in operation.responses)
    names = [
        example.name
        for response in operation.responses
        for offer in response.content
        for example in offer.examples
        if example.name
    ]
    return f"the codes {codes} and the examples {', '.join(names)}" if names else f"the codes {codes}"


@dataclass(frozen=True, slots=True)
class Preference:
    """What a client prefers.

    Attributes:
        code: the status code asked for, as it was written; None when none was.
        example: the name of the example asked for.
        dynamic: whether a made-up value is wanted in place of an example; None when that is not said.
    """

    code: str | None = None
    example: str | None = None
    dynamic: bool | None = None

    @property
    def forces(self) -> bool:
        """Whether an answer is asked for by its name, whatever else the request says."""
        return self.code is not None or self.example is not None

    def __str__(self) -> str:
        dynamic = None if self.dynamic is None else str(self.dynamic).lower()
        parts = {"code": self.code, "example": self.example, "dynamic": dynamic}
        return ", ".join(f"{name}={value}" for name, value in parts.items() if value)


@lru_cache(maxsize=512)
def preference_of(header: str, query: str = "") -> Preference:
    """Read a Prefer header, and a query that goes before it.

    Preferences that are not ours are left alone (section 2), and so are other query parameters.
    """
    found = {name[2:]: value for name, value in parse_qsl(query) if name in QUERY_NAMES}
    for part in header.replace(";", ",").split(","):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
    dynamic = {"true": True, "false": False}.get(found.get("dynamic", "").lower())
    return Preference(code=found.get("code"), example=found.get("example"), dynamic=dynamic)
