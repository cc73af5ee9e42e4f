"""Where the requests of a user have credentials, field by field, and which setup requests give them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from signoff.conformance.captures import uses
from signoff.conformance.known_values import SAFE_METHODS, overlaid
from signoff.reporting.secret_names import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Sent
    from signoff.conformance.known_values import Step, TargetData, User

# The place (header, cookie or query) and the name; each cookie is one of its own.
Unit = tuple[str, str]


def credential_fields(data: TargetData, user: User) -> dict[str, str]:
    """The headers that tell the user: the user's own, and secret or captured ones of all users."""
    common = {name: text for name, text in data.headers.items() if is_secret(name) or uses(text)}
    return overlaid(common, overlaid(user.headers, user.unsafe_headers))


def steps_for(texts: set[str], setup: tuple[Step, ...]) -> list[Step]:
    """The setup requests that capture what texts use, and safe ones that capture what those use."""
    needed = {name for text in texts for name in uses(text)}
    found: list[Step] = []
    indirect: set[str] = set()
    for step in reversed(setup):
        names = {capture.name for capture in step.captures}
        if names & needed or (step.method in SAFE_METHODS and names & indirect):
            found.insert(0, step)
            used = [step.path, str(step.body), *step.headers.values(), *step.form.values()]
            indirect |= {name for text in used for name in uses(text)}
    return found


def units_of(sent: Sent) -> Iterator[tuple[Unit, str]]:
    """The fields, cookies and query parameters of a request."""
    for name, value in sent.headers:
        yield from units_of_field(name, value)
    for member in sent.url.partition("?")[2].split("&"):
        name, _, value = member.partition("=")
        yield ("query", unquote_plus(name)), unquote_plus(value)


def units_of_field(name: str, value: str) -> Iterator[tuple[Unit, str]]:
    """A header field, or the cookies of one."""
    if name.lower() != "cookie":
        yield ("header", name.lower()), value
        return
    for pair in value.split(";"):
        key, _, text = pair.strip().partition("=")
        if key:
            yield ("cookie", key), text
