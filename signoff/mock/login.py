"""Login flows: tokens for the user who logs in, and that user in what an operation such as `GET /me` shows.

A token carries its user, so nothing is stored: any process of the mock reads it, in any session. An operation
logs in by its name (`login`, `auth`, `token`, `sessions`, `register`) and by the members of its response
(`token`, `access_token`, `jwt`). An operation shows the user by its path (`/me`, `/users/self`, `/userinfo`)
or id (`getCurrentUser`). The user is one of the API's users where their e-mail address or user name is the
one that logged in, else the documented one with these.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract import Direction
from signoff.contract.names import singular, words_of
from signoff.generate.tokens import signed, subject_of
from signoff.mock.state.session_world import SessionWorld
from signoff.mock.world.examples import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract import Operation, Schema
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.requests import ParsedRequest
    from signoff.contract.resources import Resource
    from signoff.mock.choice import Choice
    from signoff.mock.exchange import Request
    from signoff.mock.state import Transaction
    from signoff.mock.world import World
    from signoff.mock.world.base_world import BaseWorld

_LOGINS = {
    *("login", "signin", "signup", "register", "token", "tokens", "auth", "oauth", "authenticate", "logins"),
    *("authentication", "authorize", "session", "sessions", "refresh"),
}
_PAIRS = {("log", "in"), ("sign", "in"), ("sign", "up")}
_NO_LOGINS = {"logout", "signout", "revoke", "logged"}
_TOKENS = {"", "access", "id", "auth", "refresh", "session", "bearer", "user", "jwt", "authentication", "api"}
_SELVES = {"me", "self", "myself", "whoami", "userinfo", "profile"}
_CURRENT = {("current", "user"), ("me",), ("whoami",), ("user", "info"), ("logged", "in"), ("my", "profile")}
_EMAILS = ("email", "email address", "mail")
_USER_NAMES = ("username", "user name", "login", "preferred username", "handle", "nickname")
_IDENTITIES = (*_EMAILS, *_USER_NAMES, "sub")
_SENT = (*_USER_NAMES, *_EMAILS, "identifier", "user", "user id", "phone", "phone number", "client id")
_USERS = {"user", "account", "member", "customer", "person", "profile", "employee"}
_DEEPEST = 3
_LONGEST = 254  # of an address for mail (RFC 5321)
_SPLIT = re.compile(r"[\s;,=\"]+")


@dataclass(frozen=True, slots=True)
class Login:
    """What one operation has to do with the user.

    Attributes:
        issues: whether it returns a token.
        shows: whether it shows the user who logged in.
        headers: the header fields that can have a token, in lower case.
    """

    issues: bool
    shows: bool
    headers: frozenset[str]
    _base: BaseWorld
    _base_path: str
    _resource: Resource | None

    @classmethod
    def of(cls, operation: Operation, base: BaseWorld, base_path: str) -> Login | None:
        """What an operation does; None if it has nothing to do with the user."""
        last = operation.path.rstrip("/").rpartition("/")[2]
        words = words_of(operation.id if "/" not in operation.id else "")
        named = {*words, *words_of(operation.path)}
        pairs = {words[start : start + 2] for start in range(len(words))} | {words_of(last)}
        is_login = bool(named & _LOGINS or pairs & _PAIRS) and not named & _NO_LOGINS
        is_self = "{" not in operation.path and (
            words_of(last)[-1:] in {(word,) for word in _SELVES} or bool(pairs & _CURRENT)
        )
        issues = is_login and not is_self and operation.method in ("POST", "PUT", "GET")
        if not issues and not is_self:
            return None
        tokens = {p.name.lower() for p in operation.parameters if p.location == "header"}
        headers = frozenset({"authorization", "cookie", *tokens}) if is_self else frozenset[str]()
        held = base.resources.use_of(operation)
        resource = held[0] if held is not None and held[0].is_single else None
        return cls(issues, is_self, headers, base, base_path, resource)

    def applied(
        self,
        value: JsonValue,
        choice: Choice,
        request: Request,
        parsed: ParsedRequest,
        transaction: Transaction | None,
        *,
        is_entity: bool = False,
    ) -> JsonValue:
        """The body of a success with the user's token, or the user.

        Args:
            value: the body.
            choice: its documented response.
            request: the request.
            parsed: its values.
            transaction: the session's state; None without state.
            is_entity: whether the body shows the entity of the operation's resource.
        """
        schema = choice.offer.schema if choice.offer is not None else None
        if not 200 <= choice.status < 300:
            return value
        if self.issues:
            return _with_tokens(value, signed(_who_logs_in(request, parsed)), schema)
        subject = _who_asks(request, self.headers)
        holder = _holder(value) if subject else None
        if not subject or holder is None:
            return value
        world: World = self._base
        if transaction is not None:
            world = SessionWorld(self._base, transaction, 0, self._base_path)
        user = self._user(world, subject) or _described(holder, subject)
        known = self._base.entity(self._resource, "") if self._resource and is_entity else None
        written = {n for n, item in holder.items() if known is not None and n in known and known[n] != item}
        sent = parsed.body if isinstance(parsed.body, dict) else {}
        better = {n: item for n, item in user.items() if n in holder and n not in sent and n not in written}
        return _replaced(value, holder, better, schema)

    def _user(self, world: World, subject: str) -> JsonObject | None:
        """The user of the API with an e-mail address or user name."""
        for resource in self._base.resources.all:
            if singular(resource.name.rpartition("/")[2]) not in _USERS or resource.is_single:
                continue
            for item_id in _ids(world, resource):
                entity = world.entity(resource, item_id)
                if entity is not None and subject in _identities(entity):
                    return entity
        return None


def _ids(world: World, resource: Resource) -> Iterator[str]:
    return iter(world.ids(resource)) if not resource.parents else iter(())


def _identities(entity: JsonObject) -> set[str]:
    return {text_of(value) for name, value in entity.items() if " ".join(words_of(name)) in _IDENTITIES}


def _who_logs_in(request: Request, parsed: ParsedRequest) -> str:
    """The user in a request's body, its query or its credentials."""
    query = {name: value for (place, name), value in parsed.parameters.items() if place != "path"}
    bodies = [parsed.body, *(parsed.body.values() if isinstance(parsed.body, dict) else ()), query]
    for held in bodies:
        known = (
            {" ".join(words_of(name)): value for name, value in held.items()}
            if isinstance(held, dict)
            else {}
        )
        found = next((text for words in _SENT if (text := text_of(known.get(words)))), "")
        found = found or subject_of(text_of(known.get("refresh token"))) or ""
        if found:
            return found[:_LONGEST]
    return _who_asks(request, frozenset({"authorization"})) or "user"


def _who_asks(request: Request, headers: frozenset[str]) -> str:
    """The user of the token or the credentials in a request's header fields; empty without one."""
    for name in sorted(headers):
        field = request.headers.get(name, "")
        scheme, _, rest = field.partition(" ")
        if scheme.lower() == "basic":
            try:
                return base64.b64decode(rest, validate=True).decode().partition(":")[0]
            except (binascii.Error, ValueError):
                continue
        for text in _SPLIT.split(field):
            if text.count(".") == 2 and (subject := subject_of(text)):
                return subject
    return ""


def _is_token(name: str, value: str) -> bool:
    words = words_of(name)
    is_named = words[-1:] == ("token",) and " ".join(words[:-1]) in _TOKENS
    return is_named or words == ("jwt",) or subject_of(value) is not None


def _with_tokens(value: JsonValue, token: str, schema: Schema | None, name: str = "token") -> JsonValue:
    """A body with a token in place of each token in it, as far as its schema admits them."""
    better = _tokens(value, token, name, 0)
    return better if schema is None or schema.is_valid(better, Direction.RESPONSE) else value


def _tokens(value: JsonValue, token: str, name: str, depth: int) -> JsonValue:
    if isinstance(value, str):
        return token if _is_token(name, value) else value
    if not isinstance(value, dict) or depth > _DEEPEST:
        return value
    return {key: _tokens(item, token, key, depth + 1) for key, item in value.items()}


def _holder(value: JsonValue) -> JsonObject | None:
    """The user in a body: the object with an e-mail address or user name, maybe in an envelope."""
    if not isinstance(value, dict):
        return None
    if any(" ".join(words_of(name)) in _IDENTITIES for name in value):
        return value
    inner = [item for item in value.values() if isinstance(item, dict)]
    return next((item for item in inner if _holder(item) is item), value if "id" in value else None)


def _described(holder: JsonObject, subject: str) -> JsonObject:
    """What is known of a user by the address or name that logged in."""
    local, _, domain = subject.partition("@")
    parts = [part.title() for part in re.split(r"[._\-+\s]+", local) if part]
    texts = dict.fromkeys(_EMAILS, subject if domain else f"{'.'.join(parts).lower()}@example.com")
    texts |= dict.fromkeys(_USER_NAMES, local) | {"sub": subject}
    texts |= dict.fromkeys(("name", "full name", "display name"), " ".join(parts))
    texts |= {"first name": parts[0], "given name": parts[0]} if parts else {}
    texts |= dict.fromkeys(("last name", "family name"), parts[-1]) if len(parts) > 1 else {}
    known = {
        name: texts.get(" ".join(words_of(name))) for name, old in holder.items() if isinstance(old, str)
    }
    return {name: text for name, text in known.items() if text}


def _replaced(value: JsonValue, holder: JsonObject, better: JsonObject, schema: Schema | None) -> JsonValue:
    """The body with other members of the object in it, those that its schema admits."""
    for name, item in better.items():
        changed = holder | {name: item}
        whole: JsonValue = changed
        if holder is not value and isinstance(value, dict):
            whole = {key: changed if inner is holder else inner for key, inner in value.items()}
        if schema is None or schema.is_valid(whole, Direction.RESPONSE):
            value, holder = whole, changed
    return value
