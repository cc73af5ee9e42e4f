"""The data file of a target: existing ids, users, setup and teardown requests.

Its format is a JSON Schema, `target-data.schema.yaml` beside this module.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import jsonschema_rs

from signoff.aliases import DATA_KEYS, renamed, written
from signoff.conformance.body_files import with_files
from signoff.conformance.fresh_values import PLACEHOLDER
from signoff.conformance.known_values import (
    Capture,
    KnownValues,
    OAuth2,
    OperationData,
    Refresh,
    Step,
    TargetData,
    User,
)
from signoff.conformance.operation_filters import did_you_mean
from signoff.contract import DataError
from signoff.contract.pointer import join
from signoff.contract.source import read
from signoff.reporting.secret_names import is_secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.pointer import Location
    from signoff.contract.source import Source

__all__ = ["KnownValues", "TargetData", "load_data"]

SCHEMA_FILE = Path(__file__).with_name("target-data.schema.yaml")
# `$${` stands for `${` itself.
VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_.-]*)\}")


def load_data(path: str | Path) -> TargetData:
    """Read a data file.

    Raises:
        SourceError: it cannot be read.
        DataError: it does not match its schema, or uses an environment variable, user or capture that is
            not defined.
    """
    source = read(path)
    value = _renamed(source.value)
    _validate(source, value)
    return _Reader(source, value if isinstance(value, dict) else {}).data()


def _renamed(value: JsonValue) -> JsonValue:
    """The file with its former keys renamed, at its top and in the entries of users."""
    if not isinstance(value, dict):
        return value
    content = renamed(value, DATA_KEYS)
    users = content.get("users")
    if isinstance(users, dict):
        content["users"] = {
            name: renamed(entry, DATA_KEYS) if isinstance(entry, dict) else entry
            for name, entry in users.items()
        }
    return content


def _location(source: Source, pointer: str) -> Location:
    return source.locate(written(pointer, source.value, DATA_KEYS))


def _validate(source: Source, value: JsonValue) -> None:
    content = read(SCHEMA_FILE).value
    schema: JsonObject = content if isinstance(content, dict) else {}
    for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(value):
        raise DataError(
            f"invalid data file: {error.message}",
            suggestion=f"{_meaning(schema, error.schema_path)}See {SCHEMA_FILE}.",
            location=_location(source, join(error.instance_path)),
        )


def _meaning(schema: JsonObject, path: Sequence[str | int]) -> str:
    """What belongs at the place of an error, by its schema: the keys of an object, or the description."""
    place: Any = schema
    for key in path[:-1]:
        place = place[key]
    if keys := ", ".join(f"`{name}`" for name, _ in _members(place, "properties")):
        return f"Keys: {keys}. "
    text = " ".join(str(place.get("description", "")).split())
    return f"{text} " if text else ""


@dataclass(slots=True)
class _Reader:
    """Reads a file that matches the schema, and reports contradictions with their location."""

    source: Source
    content: JsonObject
    captured: set[str] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)
    redacted: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)

    def data(self) -> TargetData:
        content = self.content
        self.names = [name for name, _ in _members(content, "users")]
        default_user = str(content.get("default-user", next(iter(self.names), "")))
        if default_user not in self.names and "default-user" in content:
            message = f"`default-user` is {default_user!r}, which is not in `users`"
            self.fail(message, "/default-user", did_you_mean(default_user, self.names))
        setup = self.steps(content, "setup")  # first, because the rest may use its captures
        teardown = self.steps(content, "teardown")
        return TargetData(
            values=self.values(content.get("values"), "/values"),
            headers=self.texts(content.get("headers"), "/headers"),
            users={name: self.user(name, entry) for name, entry in _members(content, "users")},
            default_user=default_user,
            operations={name: self.operation(name, entry) for name, entry in _members(content, "operations")},
            setup=setup,
            teardown=teardown,
            is_disposable=content.get("disposable") is True,
            locate=lambda pointer: _location(self.source, pointer),
            refresh=_refresh(content.get("refresh")),
            secrets=frozenset(self.secrets),
            redacted=frozenset(self.redacted),
        )

    def values(self, value: JsonValue, pointer: str) -> dict[str, KnownValues]:
        found = value if isinstance(value, dict) else {}
        return {
            name: KnownValues(
                **cast(
                    "dict[str, Any]",
                    {kind: self.items(items, join([name, kind], pointer)) for kind, items in known.items()},
                )
            )
            for name, known in found.items()
            if isinstance(known, dict)
        }

    def user(self, name: str, entry: JsonObject) -> User:
        place = join(["users", name])
        hidden = _members(entry, "denied-resources")
        before = set(self.captured)
        login = entry.get("login")
        steps = login if isinstance(login, list) else [login]
        logins = tuple(self.step(step, f"{place}/login") for step in steps if isinstance(step, dict))
        oauth2 = self.oauth2(entry.get("oauth2"), f"{place}/oauth2")
        headers = self.texts(entry.get("headers"), f"{place}/headers")
        if oauth2 and not any(_uses_token(text) for text in headers.values()):
            headers = {**headers, "Authorization": "Bearer ${access_token}"}
        unsafe_headers = self.texts(entry.get("unsafe-headers"), f"{place}/unsafe-headers")
        query = self.texts(entry.get("query"), f"{place}/query")
        self.captured = before  # what a login captures is the user's own
        return User(
            name=name,
            headers=headers,
            unsafe_headers=unsafe_headers,
            query=query,
            login=logins,
            oauth2=oauth2,
            refresh=_refresh(entry.get("refresh", self.content.get("refresh"))),
            denied_resources={
                parameter: None if items == "existing" else self.items(items, f"{place}/denied-resources")
                for parameter, items in hidden
            },
            denied_operations=frozenset(
                self.items(entry.get("denied-operations"), f"{place}/denied-operations")
            ),
        )

    def oauth2(self, value: JsonValue, place: str) -> OAuth2 | None:
        if not isinstance(value, dict):
            return None
        texts = {
            key.replace("-", "_"): str(self.filled(text, f"{place}/{key}"))
            for key, text in value.items()
            if key not in ("parameters", "client-authentication")
        }
        self.secrets |= {texts[key] for key in ("client_secret", "password") if key in texts}
        self.captured.add("access_token")
        return OAuth2(
            **cast("dict[str, Any]", texts),
            parameters=self.texts(value.get("parameters"), f"{place}/parameters"),
            is_secret_in_body=value.get("client-authentication") == "body",
            location=_location(self.source, place),
        )

    def operation(self, name: str, entry: JsonObject) -> OperationData:
        place = join(["operations", name])
        bodies, expected = entry.get("bodies"), entry.get("expected")
        return OperationData(
            values=self.values(entry.get("values"), f"{place}/values"),
            headers=self.texts(entry.get("headers"), f"{place}/headers"),
            bodies=tuple(
                self.body(body, f"{place}/bodies/{index}")
                for index, body in enumerate(bodies if isinstance(bodies, list) else ())
            ),
            expected=_statuses(expected),
            once=entry.get("once") is True,
            safe=entry.get("safe") is True,
            skip=str(entry.get("skip", "")),
            is_disposable=entry.get("disposable") is True,
        )

    def body(self, value: JsonValue, pointer: str) -> JsonValue:
        """A body with its variables and files."""
        try:
            return with_files(self.filled(value, pointer), self.source.base)
        except ValueError as error:
            raise DataError(
                str(error),
                suggestion="Files are named relative to the data file and lie below its folder.",
                location=_location(self.source, pointer),
            ) from None

    def steps(self, content: JsonObject, name: str) -> tuple[Step, ...]:
        entries = content.get(name)
        found = []
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                found.append(self.step(entry, join([name, index])))
        return tuple(found)

    def step(self, entry: JsonObject, place: str) -> Step:
        user = str(entry.get("as", ""))
        if user and user not in self.names:
            message = f"`as` is {user!r}, which is not in `users`"
            self.fail(message, f"{place}/as", did_you_mean(user, self.names))
        method, _, path = str(entry["request"]).partition(" ")
        step = Step(
            method=method.upper(),
            path=str(self.filled(path, f"{place}/request")),
            user=user,
            headers=self.texts(entry.get("headers"), f"{place}/headers"),
            body=self.filled(entry.get("body"), f"{place}/body"),
            form=self.texts(entry.get("form"), f"{place}/form"),
            expected=_statuses(entry.get("expected")),
            captures=tuple(_capture(name, what) for name, what in _members(entry, "capture")),
            location=_location(self.source, place),
        )
        members = {**step.form, **(step.body if isinstance(step.body, dict) else {})}
        self.secrets |= {str(text) for name, text in members.items() if is_secret(name) and not _uses(text)}
        self.captured |= {capture.name for capture in step.captures}
        return step

    def items(self, items: JsonValue, pointer: str) -> tuple[str, ...]:
        return (
            tuple(str(self.filled(item, join([index], pointer))) for index, item in enumerate(items))
            if isinstance(items, list)
            else ()
        )

    def texts(self, value: JsonValue, pointer: str) -> dict[str, str]:
        found = value if isinstance(value, dict) else {}
        return {
            name: PLACEHOLDER if isinstance(text, dict) else str(self.filled(text, join([name], pointer)))
            for name, text in found.items()
        }

    def filled(self, value: JsonValue, pointer: str) -> JsonValue:
        """The value with `${NAME}` replaced by environment variables, except captures."""
        if isinstance(value, dict):
            return {name: self.filled(part, join([name], pointer)) for name, part in value.items()}
        if isinstance(value, list):
            return [self.filled(part, join([index], pointer)) for index, part in enumerate(value)]
        return (
            VARIABLE.sub(lambda match: self._variable(match, pointer), value)
            if isinstance(value, str)
            else value
        )

    def _variable(self, match: re.Match[str], pointer: str) -> str:
        name = match[1]
        if name is None or name in self.captured:
            return match[0]
        if name not in os.environ:
            self.fail(
                f"the environment variable {name} is not set",
                pointer,
                f"Set {name}, or capture it in a setup request before it is used.",
            )
        is_value = "/values/" in pointer  # of a parameter: an id rather than a secret
        (self.redacted if is_value else self.secrets).add(os.environ[name])
        return os.environ[name].replace("${", "$${")

    def fail(self, message: str, pointer: str, suggestion: str = "") -> None:
        raise DataError(message, suggestion=suggestion, location=_location(self.source, pointer))


def _uses_token(text: str) -> bool:
    """Whether a text uses the token that OAuth 2 issued."""
    return "${access_token}" in text


def _uses(value: JsonValue) -> bool:
    return any(match[1] for match in VARIABLE.finditer(str(value)))


def _refresh(value: JsonValue) -> Refresh:
    entry = value if isinstance(value, dict) else {}
    every, expires_in = entry.get("every"), entry.get("expires-in")
    return Refresh(
        _statuses(entry.get("on")),
        float(str(every)) if every is not None else None,
        str(expires_in) if expires_in is not None else None,
    )


def _members(entry: JsonObject, name: str) -> list[tuple[str, Any]]:
    found = entry.get(name)
    return [(key, value) for key, value in found.items()] if isinstance(found, dict) else []


def _statuses(value: JsonValue) -> tuple[int, ...]:
    """Status codes; a range such as 2XX becomes its first digit."""
    items = value if isinstance(value, list) else []
    return tuple(int(str(item).removesuffix("XX")) for item in items)


def _capture(name: str, what: JsonValue) -> Capture:
    if not isinstance(what, dict):
        return Capture(name, str(what), None, "existing")
    pointer, header, cookie = what.get("pointer"), what.get("header"), what.get("cookie")
    kind = what.get("kind", "none" if cookie is not None else "existing")
    return Capture(
        name,
        None if pointer is None else str(pointer),
        None if header is None else str(header),
        None if kind == "none" else cast("Any", kind),
        None if cookie is None else str(cookie),
    )
