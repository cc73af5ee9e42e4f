"""Problem Details for HTTP APIs (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract.json_value import JsonObject, JsonValue

MEDIA_TYPE = "application/problem+json"
STANDARD_MEMBERS = ("type", "title", "status", "detail", "instance")


def status_phrase(status: int) -> str:
    """The reason phrase of a status code (RFC 9110 section 15), or `Status NNN`."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: the members of RFC 9457 section 3.1, and extensions (section 3.2).

    Attributes:
        type: None stands for `about:blank` and is left out of the body.
    """

    status: int
    title: str
    detail: str | None = None
    type: str | None = None
    instance: str | None = None
    extensions: Mapping[str, JsonValue] = field(default_factory=dict)

    def body(self) -> JsonObject:
        """The JSON object, absent members left out."""
        members: JsonObject = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": self.instance,
        }
        return {name: value for name, value in members.items() if value is not None} | dict(self.extensions)


def member_faults(body: JsonObject, status: int) -> list[str]:
    """The violations by the standard members of a problem body, one sentence each.

    Args:
        body: the parsed JSON object.
        status: the status code of the response that carried it (section 3.1.2: they are the same).
    """
    faults = [
        f"`{name}` is {body[name]!r}, not a string"
        for name in ("type", "title", "detail", "instance")
        if body.get(name) is not None and not isinstance(body[name], str)
    ]
    stated = body.get("status")
    if stated is not None and (isinstance(stated, bool) or not isinstance(stated, int) or stated != status):
        faults.append(f"`status` is {stated!r}, but the response's status code is {status}")
    return faults
