"""Requests that must be rejected because of their credentials: missing, invalid, or those of another user.

Only for operations that require credentials. They are sent last, and deletions last of all, because a faulty
server may execute them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.conformance import effects
from signoff.conformance.base_requests import (
    cookies,
    path_names,
    rejection_statuses,
    with_value,
    without_header,
    without_query,
    without_value,
)
from signoff.conformance.cases.maker import Planned
from signoff.conformance.checks.security import is_open_to_all
from signoff.conformance.known_values import SAFE_METHODS
from signoff.reporting.secret_names import is_secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from signoff.conformance.base_requests import BaseRequests
    from signoff.conformance.exchange import Intent, Sent
    from signoff.conformance.known_values import TargetData, User
    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonObject

_LEAST_HARMFUL_FIRST = ("GET", "HEAD", "OPTIONS", "TRACE", "POST", "PATCH", "PUT", "DELETE")
_TRIED_VALUES = 2
_UNKNOWN = "c2lnbm9mZi11bmtub3duOnNpZ25vZmYtdW5rbm93bg=="  # signoff-unknown:signoff-unknown
_UNKNOWN_SCHEME = "Signoff"
_NO_CREDENTIALS = "!not-credentials!"


@dataclass(frozen=True, slots=True)
class Carrier:
    """Where a request has the credentials of a security scheme.

    Attributes:
        place: `header`, `query` or `cookie`.
        scheme: the scheme of an Authorization field, in lower case; empty for an API key.
    """

    place: str
    name: str
    scheme: str = ""


def carriers(contract: Contract, operation: Operation) -> list[list[Carrier]]:
    """The carriers of each alternative that an operation requires; empty if credentials are optional."""
    schemes = contract.security_schemes
    found = [
        [carrier for name in alternative if (carrier := carrier_of(schemes.get(name, {})))]
        for alternative in operation.security
    ]
    # An alternative without a carrier is public or is handled below HTTP (mutual TLS).
    return found if all(found) else []


Fresh = Callable[["Operation"], Mapping[str, str]]


def rejectable(
    contract: Contract,
    bases: BaseRequests,
    data: TargetData,
    chosen: Collection[str] | None = None,
    fresh: Fresh = lambda _: {},
) -> Iterator[Planned]:
    """Every request of this kind to the operations chosen by id, in order; to all without a choice.

    Args:
        contract: for the operations and their security schemes.
        bases: makes the requests.
        data: what is known.
        chosen: the ids of the operations; None for all.
        fresh: creates what a DELETE may delete; gives its path values, none if nothing can be created.
    """
    for operation in sorted(contract.operations, key=_harm):
        alternatives = carriers(contract, operation)
        is_left_out = chosen is not None and operation.id not in chosen
        if is_left_out or data.of(operation).skip:
            continue
        # Without credentials in the document, everybody's may still differ for the server.
        known = alternatives or [[carrier] for carrier in _carriers_of(contract)]
        at_stake = fresh(operation) if operation.method == "DELETE" else _at_stake(contract, operation, data)
        plain = bases.make(operation, data, at_stake)
        every = list(dict.fromkeys(carrier for alternative in known for carrier in alternative))
        if alternatives:
            yield from _unauthenticated(operation, plain, alternatives, every, data)
        elif is_open_to_all(contract, operation) and operation.method != "DELETE":
            bare = _without_credentials(plain, every, data)
            yield Planned(bare, operation, "anonymous", "no credentials, which are not required")
        for user in data.users.values():
            if user.name != data.default_user:
                yield from _as_other_user(operation, bases, data, user, every, at_stake)


def _carriers_of(contract: Contract) -> list[Carrier]:
    """The carriers of all schemes of a contract."""
    found = (carrier_of(scheme) for scheme in contract.security_schemes.values())
    return list(dict.fromkeys(carrier for carrier in found if carrier))


def _harm(operation: Operation) -> int:
    method = operation.method
    return _LEAST_HARMFUL_FIRST.index(method) if method in _LEAST_HARMFUL_FIRST else len(_LEAST_HARMFUL_FIRST)


def _at_stake(contract: Contract, operation: Operation, data: TargetData) -> dict[str, str]:
    """Existing path values, so that a rejection is not caused by a missing resource.

    Where only others' values are known, an operation that changes them gets none.
    """
    known = {name: data.known(name, operation) for name in path_names(operation)}
    *_, last = (None, *effects.path_names(operation))
    if last in known and known[last].is_listed and effects.changes_what_exists(contract, operation):
        del known[last]
    # Disposable values are deleted by now.
    return {name: values.existing[0] for name, values in known.items() if values.existing}


def _unauthenticated(
    operation: Operation,
    plain: Sent,
    alternatives: list[list[Carrier]],
    every: list[Carrier],
    data: TargetData,
) -> Iterator[Planned]:
    bare = _without_credentials(plain, every, data)
    yield Planned(bare, operation, "unauthenticated", "no credentials")
    for carrier in every:
        held = credentials_in(plain, carrier)
        for label, text in _malformed(carrier, held):
            yield Planned(
                with_value(bare, carrier.place, carrier.name, text), operation, "unauthenticated", label
            )
        if held or data.users:
            intent: Intent = "unauthenticated" if data.users else "generated-credentials"
            for label, text in _generated(carrier, held):
                sent = with_value(bare, carrier.place, carrier.name, text)
                yield Planned(sent, operation, intent, label)
    if len(alternatives) == 1 and len(every) > 1:
        for carrier in every:
            label = f"all credentials except {carrier.name}"
            yield Planned(
                without_value(plain, carrier.place, carrier.name), operation, "unauthenticated", label
            )


def _as_other_user(
    operation: Operation,
    bases: BaseRequests,
    data: TargetData,
    user: User,
    every: list[Carrier],
    at_stake: Mapping[str, str],
) -> Iterator[Planned]:
    """Requests of a user who is denied the resource or the operation."""

    def asked(values: Mapping[str, str]) -> Sent:
        sent = bases.make(operation, data, {**at_stake, **values})
        return _as_user(user, _without_credentials(sent, every, data))

    if operation.id in user.denied_operations or operation.label in user.denied_operations:
        label = f"request as {user.name}, who is denied this operation"
        yield Planned(
            asked({}), operation, "denied-operation", label, rejection_statuses(operation, 403, 401, 404)
        )
        return
    denied = [name for name in user.denied_resources if name in path_names(operation)]
    if not denied and not data.of(operation).once:
        yield Planned(asked({}), operation, "as-user", f"as {user.name}")
    for name in denied:
        known, hidden = data.known(name, operation), user.denied_resources[name]
        existing = (at_stake[name],) if operation.method == "DELETE" and name in at_stake else known.existing
        for value in (existing if hidden is None else hidden)[:_TRIED_VALUES]:
            label = f"request as {user.name}, who is denied {name} {value}"
            yield Planned(
                asked({name: value}), operation, "other-user", label, rejection_statuses(operation, 403, 404)
            )
        for value in known.missing[:1]:
            label = f"request as {user.name} for the missing {name} {value}"
            yield Planned(asked({name: value}), operation, "other-user-missing", label)


def _as_user(user: User, bare: Sent) -> Sent:
    unsafe = {} if bare.method in SAFE_METHODS else user.unsafe_headers
    for place, values in (("header", user.headers), ("header", unsafe), ("query", user.query)):
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
    """The request without the credentials that the document or the data file defines."""
    own = data.user
    for name in (*data.headers, *((*own.headers, *own.unsafe_headers) if own else ())):
        if is_secret(name) or name not in data.common:
            sent = without_header(sent, name)
    for name in data.query:
        sent = without_query(sent, name)
    for carrier in every:
        sent = without_value(sent, carrier.place, carrier.name)
    return sent


def credentials_in(sent: Sent, carrier: Carrier) -> str:
    """The credentials of a request, without the scheme; empty if there are none."""
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
    """Credentials that are malformed for the scheme."""
    if not carrier.scheme:
        yield f"{carrier.place} {carrier.name} is empty", ""
        return
    shown = carrier.scheme.title()
    yield f"Authorization: {shown} without credentials", shown
    yield "Authorization with an unknown scheme", f"{_UNKNOWN_SCHEME} {held or _UNKNOWN}"
    if carrier.scheme in ("basic", "bearer", "digest"):
        yield f"Authorization: {shown} with malformed credentials", f"{shown} {_NO_CREDENTIALS}"


def _generated(carrier: Carrier, held: str) -> Iterator[tuple[str, str]]:
    """Well-formed credentials that are invalid."""
    lead = f"{carrier.scheme.title()} " if carrier.scheme else ""
    if carrier.scheme in ("", "basic", "bearer"):
        yield f"{carrier.name}: invalid credentials", lead + _UNKNOWN
    if not held or carrier.scheme == "digest":
        return
    if carrier.scheme == "basic":
        for text in _wrong_passwords(held):
            yield "a valid user with a wrong password", lead + text
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
    """A JSON Web Token with an invalid signature, and an unsigned one (RFC 8725, section 3.1)."""
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        return
    header, claims, signature = parts
    first = "A" if signature[0] != "A" else "B"
    yield "a token with an invalid signature", f"{header}.{claims}.{first}{signature[1:]}"
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode()
    yield "an unsigned token (alg: none)", f"{unsigned.rstrip('=')}.{claims}."
