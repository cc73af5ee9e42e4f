"""Requests that must be rejected for who asks: nobody, somebody unknown, and somebody else.

Only for operations that cannot be called without credentials. They come last and what deletes comes
last of them, because a server at fault may do what it is asked.
"""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.conformance.base_requests import (
    cookies,
    path_names,
    rejection,
    with_value,
    without_header,
    without_query,
    without_value,
)
from signoff.conformance.cases.maker import Planned
from signoff.conformance.curl import is_secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from signoff.conformance.base_requests import BaseRequests
    from signoff.conformance.exchange import Intent, Sent
    from signoff.conformance.known_values import TargetData, User
    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonObject

_MILDEST_FIRST = ("GET", "HEAD", "OPTIONS", "TRACE", "POST", "PATCH", "PUT", "DELETE")
_TRIED_VALUES = 2
_UNKNOWN = "c2lnbm9mZi11bmtub3duOnNpZ25vZmYtdW5rbm93bg=="  # signoff-unknown:signoff-unknown
_UNKNOWN_SCHEME = "Signoff"
_NO_CREDENTIALS = "!not-credentials!"


@dataclass(frozen=True, slots=True)
class Carrier:
    """Where the credentials of a security scheme stand in a request.

    Attributes:
        place: `header`, `query` or `cookie`.
        scheme: the scheme of an Authorization field, in lower case; empty for an API key.
    """

    place: str
    name: str
    scheme: str = ""


def carriers(contract: Contract, operation: Operation) -> list[list[Carrier]]:
    """The carriers of each alternative that an operation requires; empty where credentials are optional."""
    schemes = contract.security_schemes
    found = [
        [carrier for name in alternative if (carrier := carrier_of(schemes.get(name, {})))]
        for alternative in operation.security
    ]
    # An alternative without a carrier is open to everybody, or is settled below HTTP (mutual TLS).
    return found if all(found) else []


def rejectable(
    contract: Contract, bases: BaseRequests, data: TargetData, chosen: Collection[str] | None = None
) -> Iterator[Planned]:
    """Every request of this kind to the operations chosen by id, in order; to all without a choice."""
    for operation in sorted(contract.operations, key=_severity):
        alternatives = carriers(contract, operation)
        is_left_out = chosen is not None and operation.id not in chosen
        if not alternatives or is_left_out or data.of(operation).skip:
            continue
        plain = bases.make(operation, data, _at_stake(operation, data))
        every = list(dict.fromkeys(carrier for alternative in alternatives for carrier in alternative))
        yield from _of_nobody(operation, plain, alternatives, every, data)
        for user in data.users.values():
            if user.name != data.default_user:
                yield from _of_another(operation, bases, data, user, every)


def _severity(operation: Operation) -> int:
    method = operation.method
    return _MILDEST_FIRST.index(method) if method in _MILDEST_FIRST else len(_MILDEST_FIRST)


def _at_stake(operation: Operation, data: TargetData) -> dict[str, str]:
    """The path values of something that is there, so that a rejection says something."""
    known = {name: data.known(name, operation) for name in path_names(operation)}
    # A disposable value is gone by now.
    return {name: values.existing[0] for name, values in known.items() if values.existing}


def _of_nobody(
    operation: Operation,
    plain: Sent,
    alternatives: list[list[Carrier]],
    every: list[Carrier],
    data: TargetData,
) -> Iterator[Planned]:
    bare = _without_credentials(plain, every, data)
    yield Planned(bare, operation, "unauthenticated", "no credentials")
    for carrier in every:
        own = held(plain, carrier)
        for label, text in _malformed(carrier, own):
            yield Planned(
                with_value(bare, carrier.place, carrier.name, text), operation, "unauthenticated", label
            )
        if own or data.users:
            intent: Intent = "unauthenticated" if data.users else "generated-credentials"
            for label, text in _generated(carrier, own):
                sent = with_value(bare, carrier.place, carrier.name, text)
                yield Planned(sent, operation, intent, label)
    if len(alternatives) == 1 and len(every) > 1:
        for carrier in every:
            label = f"all credentials but {carrier.name}"
            yield Planned(
                without_value(plain, carrier.place, carrier.name), operation, "unauthenticated", label
            )


def _of_another(
    operation: Operation, bases: BaseRequests, data: TargetData, user: User, every: list[Carrier]
) -> Iterator[Planned]:
    """Requests of somebody who may not see what is asked for, or may not call the operation."""

    def asked(values: Mapping[str, str]) -> Sent:
        sent = bases.make(operation, data, {**_at_stake(operation, data), **values})
        return _made_by(user, _without_credentials(sent, every, data))

    if operation.id in user.denied_operations or operation.label in user.denied_operations:
        label = f"{user.name}, who may not call this"
        yield Planned(asked({}), operation, "denied-operation", label, rejection(operation, 403, 401, 404))
        return
    for name in (name for name in user.denied_resources if name in path_names(operation)):
        known, hidden = data.known(name, operation), user.denied_resources[name]
        for value in (known.existing if hidden is None else hidden)[:_TRIED_VALUES]:
            label = f"{user.name}, who may not see {name} {value}"
            yield Planned(
                asked({name: value}), operation, "other-user", label, rejection(operation, 403, 404)
            )
        for value in known.missing[:1]:
            label = f"{user.name}, missing {name} {value}"
            yield Planned(asked({name: value}), operation, "other-user-missing", label)


def _made_by(user: User, bare: Sent) -> Sent:
    for place, values in (("header", user.headers), ("query", user.query)):
        for name, text in values.items():
            bare = with_value(bare, place, name, text)
    return bare


def carrier_of(scheme: JsonObject) -> Carrier | None:
    """Where the credentials of a security scheme stand; None for schemes below or outside HTTP fields."""
    name = str(scheme.get("name", ""))
    match scheme.get("type"), scheme.get("in"):
        case "apiKey", "header" | "query" | "cookie" as place:
            return Carrier(str(place), name)
        case "http", _:
            return Carrier("header", "Authorization", str(scheme.get("scheme", "")).lower())
        case "oauth2" | "openIdConnect", _:
            return Carrier("header", "Authorization", "bearer")
        case _:
            return None


def _without_credentials(sent: Sent, every: list[Carrier], data: TargetData) -> Sent:
    """The request without anything that the document, or the data file, calls credentials."""
    own = data.user
    for name in (*data.headers, *(own.headers if own else ())):
        if is_secret(name) or name not in data.common:
            sent = without_header(sent, name)
    for name in data.query:
        sent = without_query(sent, name)
    for carrier in every:
        sent = without_value(sent, carrier.place, carrier.name)
    return sent


def held(sent: Sent, carrier: Carrier) -> str:
    """The credentials that a request carries there, without the scheme; empty for none."""
    if carrier.place == "query":
        parts = sent.url.partition("?")[2].split("&")
        return next((part.partition("=")[2] for part in parts if part.partition("=")[0] == carrier.name), "")
    if carrier.place == "cookie":
        pairs = (pair.partition("=") for pair in cookies(sent))
        return next((text for name, _, text in pairs if name == carrier.name), "")
    text = sent.header(carrier.name.lower()) or ""
    if not carrier.scheme:
        return text
    scheme, _, rest = text.partition(" ")
    return rest.strip() if scheme.lower() == carrier.scheme else ""


def _malformed(carrier: Carrier, held: str) -> Iterator[tuple[str, str]]:
    """Credentials of no form that the scheme has."""
    if not carrier.scheme:
        yield f"{carrier.place} {carrier.name} is empty", ""
        return
    shown = carrier.scheme.title()
    yield f"Authorization: {shown} without credentials", shown
    yield "Authorization under an unknown scheme", f"{_UNKNOWN_SCHEME} {held or _UNKNOWN}"
    if carrier.scheme in ("basic", "bearer", "digest"):
        yield f"Authorization: {shown} with credentials of no form", f"{shown} {_NO_CREDENTIALS}"


def _generated(carrier: Carrier, held: str) -> Iterator[tuple[str, str]]:
    """Credentials of the right form that nobody issued."""
    lead = f"{carrier.scheme.title()} " if carrier.scheme else ""
    if carrier.scheme in ("", "basic", "bearer"):
        yield f"{carrier.name}: invalid credentials", lead + _UNKNOWN
    if not held or carrier.scheme == "digest":
        return
    if carrier.scheme == "basic":
        for text in _wrong_passwords(held):
            yield "the right user with a wrong password", lead + text
        return
    for label, text in _forged(held) if carrier.scheme == "bearer" else ():
        yield label, lead + text
    middle = len(held) // 2
    other = "A" if held[middle] != "A" else "B"
    changed = f"{held[:middle]}{other}{held[middle + 1 :]}"
    yield f"{carrier.name}: credentials with one character changed", lead + changed


def _wrong_passwords(held: str) -> Iterator[str]:
    with suppress(ValueError):
        user, colon, password = base64.b64decode(held, validate=True).decode().partition(":")
        if colon:
            yield base64.b64encode(f"{user}:{password}-not".encode()).decode()
            yield base64.b64encode(f"{user}:".encode()).decode()


def _forged(token: str) -> Iterator[tuple[str, str]]:
    """A JSON Web Token with another signature, and one that says it needs none (RFC 8725, section 3.1)."""
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        return
    header, claims, signature = parts
    first = "A" if signature[0] != "A" else "B"
    yield "a token with another signature", f"{header}.{claims}.{first}{signature[1:]}"
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode()
    yield "a token that needs no signature", f"{unsigned.rstrip('=')}.{claims}."
