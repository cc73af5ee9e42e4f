"""The known values of a target: existing ids, users, setup and teardown requests.

`target_data.py` reads them from a file; `setup_teardown.py` adds captured values and `discovery.py`
discovered ones.
"""

from __future__ import annotations

import base64
import functools
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from signoff.aliases import accepts_former_names
from signoff.reporting.secret_names import is_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from signoff.contract import Location, Operation
    from signoff.contract.json_value import JsonValue

# Shorter texts occur in responses by chance.
_SHORTEST_SECRET = 8
Kind = Literal["existing", "forbidden", "missing", "disposable"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


@dataclass(frozen=True, slots=True)
class KnownValues:
    """Known values of one parameter, by the result of a request with them.

    Attributes:
        disposable: existing values that may be deleted.
        is_learned: whether the run discovered them. Then requests with them may also fail.
        is_created: whether the run created them.
    """

    existing: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    disposable: tuple[str, ...] = ()
    is_learned: bool = False
    is_created: bool = False

    @property
    def is_listed(self) -> bool:
        """Whether a run found them on the target, so that they are somebody's."""
        return self.is_learned and not self.is_created

    def of(self, kind: Kind) -> tuple[str, ...]:
        """The values of one kind."""
        found: tuple[str, ...] = getattr(self, kind)
        return found

    def changed(self, change: Callable[[Kind], tuple[str, ...]]) -> KnownValues:
        """A copy with changed values of each kind."""
        values: dict[str, Any] = {kind: change(kind) for kind in KINDS}
        return replace(self, **values)

    def completed_by(self, other: KnownValues) -> KnownValues:
        """A copy with the values of `other` for each kind without values."""
        is_learned = self.is_learned or (not self.existing and other.is_learned)
        is_created = self.is_created or (not self.existing and other.is_created)
        found = self.changed(lambda kind: self.of(kind) or other.of(kind))
        return replace(found, is_learned=is_learned, is_created=is_created)

    def adding(self, kind: Kind, value: str) -> KnownValues:
        """A copy with one more value, the first of its kind."""
        return self.changed(
            lambda each: tuple(dict.fromkeys((value, *self.of(each)))) if each == kind else self.of(each)
        )


NOTHING_KNOWN = KnownValues()


@dataclass(frozen=True, slots=True)
class Refresh:
    """When credentials are renewed.

    Attributes:
        statuses: a response with one of them may mean that the credentials died; empty for 401, and for
            cookies 403 as well.
        every_s: after this many seconds; None for no interval.
        expires_in: where the login's response has the lifetime in seconds; None for `/expires_in`, if there.
    """

    statuses: tuple[int, ...] = ()
    every_s: float | None = None
    expires_in: str | None = None


@dataclass(frozen=True, slots=True)
class OAuth2:
    """How to get a token (RFC 6749). The strings may use captured values.

    Attributes:
        flow: `client-credentials` or `password`.
        token_url: absolute, or below the base URL; empty for the document's.
        parameters: more parameters of the token request, such as `audience`.
        is_secret_in_body: whether the client's secret is sent in the form instead of by HTTP Basic.
        location: its place in the data file.
    """

    flow: str
    token_url: str = ""
    client_id: str = ""
    client_secret: str = ""
    username: str = ""
    password: str = ""
    scope: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    is_secret_in_body: bool = False
    location: Location | None = None


@accepts_former_names
@dataclass(frozen=True, slots=True)
class User:
    """A user of the API.

    Attributes:
        headers, query: the credentials.
        unsafe_headers: sent with unsafe methods (POST, PUT, PATCH, DELETE, ...) only, such as a CSRF token.
        login: the requests that log the user in.
        oauth2: how the user gets an OAuth 2 token; None for other logins.
        refresh: when the user logs in again.
        denied_resources: values that this user is denied, by parameter name; None for all that exist for
            the default user.
        denied_operations: operations that this user is denied, by id or by `METHOD /path`.
    """

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    unsafe_headers: Mapping[str, str] = field(default_factory=dict)
    login: tuple[Step, ...] = ()
    oauth2: OAuth2 | None = None
    refresh: Refresh = field(default_factory=Refresh)
    denied_resources: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    denied_operations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OperationData:
    """The settings of one operation.

    Attributes:
        values: known values by parameter name. They take precedence over those of the whole target.
        headers: sent with every request to the operation.
        bodies: JSON bodies that succeed.
        expected: the statuses of requests with existing values; 2 stands for any 2xx.
        once: whether a repeated request gets a different response.
        safe: whether requests only read, whatever the method (RFC 9110, section 9.2.1).
        skip: why the operation is never called; empty if it is.
        is_disposable: whether everything that it can change may be changed or deleted.
    """

    values: Mapping[str, KnownValues] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    bodies: tuple[JsonValue, ...] = ()
    expected: tuple[int, ...] = ()
    once: bool = False
    safe: bool = False
    skip: str = ""
    is_disposable: bool = False


NOTHING_SPECIAL = OperationData()


@dataclass(frozen=True, slots=True)
class Capture:
    """A value to capture from a response, by JSON Pointer, header name or cookie name."""

    name: str
    pointer: str | None
    header: str | None
    kind: Kind | None
    cookie: str | None = None


@accepts_former_names
@dataclass(frozen=True, slots=True)
class Step:
    """A setup, login or teardown request. Its strings may use captured values as `${name}`.

    Attributes:
        path: relative to the target's base URL, including the query.
        user: the user who sends it; empty for the default user.
        body: sent as JSON; None for no body.
        form: sent as a URL-encoded form instead of a body.
        expected: the expected statuses; empty for any 2xx.
        location: its place in the data file.
        url: the whole URL, of a token endpoint; empty for a path.
    """

    method: str
    path: str
    user: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: JsonValue = None
    form: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[int, ...] = ()
    captures: tuple[Capture, ...] = ()
    location: Location | None = None
    url: str = ""


@accepts_former_names
@dataclass(frozen=True, slots=True)
class TargetData:
    """What the tests know about a target.

    Attributes:
        values: known values by parameter name, or by `location.name`.
        headers: sent with every request.
        common: those of `headers` that are the same for all users.
        users: the users by name.
        default_user: the name of the user who sends the requests; empty without users.
        operations: settings of single operations, by id or by `METHOD /path`.
        refresh: when credentials that setup requests captured are renewed.
        secrets: passwords and the like of its requests, and the environment variables that it uses.
        redacted: other environment variables, below `values`; responses may contain them.
        learned: values that the run discovered, by the path template up to their parameter.
        created: of these, the templates whose values the run created.
        is_disposable: whether everything on the target may be changed or deleted.
        locate: gives the place of a JSON Pointer in the data file.
    """

    values: Mapping[str, KnownValues] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    common: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    default_user: str = ""
    operations: Mapping[str, OperationData] = field(default_factory=dict)
    setup: tuple[Step, ...] = ()
    teardown: tuple[Step, ...] = ()
    refresh: Refresh = field(default_factory=Refresh)
    secrets: frozenset[str] = frozenset()
    redacted: frozenset[str] = frozenset()
    learned: Mapping[str, str] = field(default_factory=dict)
    created: frozenset[str] = frozenset()
    is_disposable: bool = False
    locate: Callable[[str], Location | None] = field(default=lambda _: None, compare=False, repr=False)

    @property
    def user(self) -> User | None:
        """The default user."""
        return self.users.get(self.default_user)

    @property
    def query(self) -> Mapping[str, str]:
        """The query parameters that carry the credentials of the default user."""
        return self.user.query if self.user else {}

    def of(self, operation: Operation) -> OperationData:
        """The settings of an operation; its headers include those of the default user for its method."""
        keys = (key for key in (operation.id, operation.label) if key in self.operations)
        found = self.operations.get(next(keys, ""), NOTHING_SPECIAL)
        if self.user is None or not self.user.unsafe_headers or operation.method in SAFE_METHODS:
            return found
        return replace(found, headers=overlaid(self.user.unsafe_headers, found.headers))

    def known(self, name: str, operation: Operation | None = None, place: str = "path") -> KnownValues:
        """The known values of a parameter.

        Args:
            name: the parameter's name.
            operation: its operation, for values of that operation alone.
            place: the location of the parameter: `path`, `query`, `header` or `cookie`.
        """
        levels = (*([self.of(operation).values] if operation else []), self.values)
        stated = [values[key] for values in levels for key in (f"{place}.{name}", name) if key in values]
        found = functools.reduce(KnownValues.completed_by, stated, NOTHING_KNOWN)
        if operation is not None and place == "path" and not found.existing:
            return found.completed_by(self._learned(name, operation))
        return found

    def _learned(self, name: str, operation: Operation) -> KnownValues:
        prefix = prefix_of(operation.path, name)
        if prefix not in self.learned:
            return NOTHING_KNOWN
        is_created = prefix in self.created
        return KnownValues(existing=(self.learned[prefix],), is_learned=True, is_created=is_created)

    def path_value(self, name: str, operation: Operation) -> str | None:
        """The value to send for a path parameter. A DELETE never gets a value that must be kept."""
        known = self.known(name, operation)
        is_removed = operation.method == "DELETE" and operation.path.rstrip("/").endswith(f"{{{name}}}")
        candidates = (*known.disposable, *known.missing) if is_removed else known.existing
        return next(iter(candidates), None)

    def sent_as_default_user(self, headers: Mapping[str, str]) -> TargetData:
        """The data with the headers of the default user, overridden by `headers`.

        Headers that do not carry secrets are sent for all users.
        """
        common = overlaid(self.headers, {name: text for name, text in headers.items() if not is_secret(name)})
        own = self.user.headers if self.user else {}
        return replace(self, common=common, headers=overlaid(overlaid(common, own), headers))


def credentials_of(data: TargetData) -> tuple[tuple[str, str], ...]:
    """All headers and query parameters of the run that may be secret, by name."""
    found = [*data.headers.items()]
    for user in data.users.values():
        found += [*user.headers.items(), *user.unsafe_headers.items(), *user.query.items()]
    return tuple(dict.fromkeys(found))


def variables_of(data: TargetData) -> tuple[tuple[str, str], ...]:
    """The environment variables below `values`, as fields without a name: short ones are not redacted."""
    return tuple(("", value) for value in sorted(data.redacted))


def secrets_of(data: TargetData) -> tuple[str, ...]:
    """The secrets that no response may contain: tokens, keys and passwords that are long enough."""
    named = [
        (name, text) for name, text in credentials_of(data) if name not in data.common or is_secret(name)
    ]
    return secrets_in(named)


def secrets_in(fields: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The secrets in credentials: tokens, keys and passwords that are long enough."""
    found: dict[str, None] = {}
    for name, text in fields:
        found |= dict.fromkeys(part for part in _secret_parts(name, text) if len(part) >= _SHORTEST_SECRET)
    return tuple(found)


def _secret_parts(name: str, text: str) -> Iterator[str]:
    if name.lower() == "cookie":
        yield from (pair.partition("=")[2].strip() for pair in text.split(";"))
        return
    scheme, space, rest = text.partition(" ")
    yield rest.strip() if space else text
    if space and scheme.lower() == "basic":
        with suppress(ValueError):
            yield base64.b64decode(rest, validate=True).decode().partition(":")[2]


def overlaid(fields: Mapping[str, str], over: Mapping[str, str]) -> dict[str, str]:
    """Header fields, overridden by others. Names are case-insensitive."""
    names = {name.lower() for name in over}
    return {**{name: value for name, value in fields.items() if name.lower() not in names}, **over}


def prefix_of(template: str, name: str) -> str:
    """A path template up to a parameter, such as `/pets/{id}` for `/pets/{id}/toys` and `id`."""
    head, found, _ = template.partition(f"{{{name}}}")
    return head + found
