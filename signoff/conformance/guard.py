"""Keeps a run from changing what exists: which requests may be sent, and what the run has created.

Theory of operation
-------------------
A request with a safe method is sent. Any other names a resource by its path, and is sent only if that
resource cannot be somebody's:

- the data file gives it up: a `disposable` value, for everything but DELETE an `existing` one, or
  `disposable: true` for the operation or the whole target;
- the run created it, or it lies below what the run created (`Created`);
- nothing has that value: one of `unused_ids`, or a value that the schema rules out and no lenient reader
  takes for another.

To add to a collection changes nothing that is there. Operations that stop or wipe things (`effects`) are
sent only where they are named.

Every request passes here, the generated ones too, right before it is sent. What is not sent is
counted by operation (`withheld`) and becomes the reason of what is not covered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from signoff.conformance import effects
from signoff.conformance.base_requests import is_unused_id, path_schemas, unused_ids
from signoff.contract import Direction
from signoff.contract.coercion import coerce
from signoff.contract.paths import operations_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.conformance.exchange import Sent
    from signoff.conformance.known_values import TargetData
    from signoff.contract import Contract, Operation
    from signoff.contract.paths import PathTable

# A text that a server may read as a number, a list, a wildcard or part of a query.
_LOOSE = re.compile(
    r"[^A-Za-z]*|[A-Za-z]{0,2}|.*[%*,;'\"].*|true|false|null|none|(?:\d|\.)+e\d+", re.IGNORECASE | re.DOTALL
)


@dataclass(slots=True)
class Guard:
    """Decides which requests of a run are sent.

    Attributes:
        data: what is known; the run keeps it up to date.
        named: the ids of the operations that the user named, so that they may do what they do.
        own: the path segments of each resource that the run created.
        withheld: by operation, why requests to it were not sent.
        table: the operations by path.
    """

    contract: Contract
    base_path: str
    data: TargetData
    is_read_only: bool = False
    named: frozenset[str] = frozenset()
    withheld: dict[str, str] = field(default_factory=dict)
    own: set[tuple[str, ...]] = field(default_factory=set)
    table: PathTable[Operation] = field(init=False)

    def __post_init__(self) -> None:
        self.table = operations_table(self.contract)

    def never(self, operation: Operation) -> str:
        """Why no request to an operation may be sent; empty if some may."""
        if self.is_read_only and operation.method not in effects.SAFE_METHODS:
            return f"not called: --read-only doesn't send {operation.method}"
        if self.is_given_up(operation):
            return ""
        if why := effects.disruption(self.contract, operation):
            return f"not called, because {why}: {self._consent(operation)}"
        if operation.method in ("PUT", "PATCH") and not effects.path_names(operation):
            return f"not called, because it changes what exists: {self._consent(operation)}"
        return ""

    def is_allowed(self, subject: Operation, sent: Sent) -> bool:
        """Whether a request may be sent; if not, the reason is kept."""
        reason = self._objection(subject, sent)
        if reason:
            self.withheld.setdefault(subject.id, reason)
        return not reason

    def may_use(self, operation: Operation, values: Mapping[str, str]) -> bool:
        """Whether the path values of a generated request may be sent to an operation."""
        return self._is_harmless(
            operation, operation.method, values, self.segments(operation, operation.path, values)
        )

    def segments(self, operation: Operation, path: str, values: Mapping[str, str]) -> tuple[str, ...]:
        """The path segments of a template of an operation, below the contract's base path."""
        whole = operation.base_path.removeprefix(self.contract.base_path) + path
        return tuple(
            re.sub(r"\{([^{}]*)\}", lambda match: str(values.get(match[1], "")), part)
            for part in whole.split("/")[1:]
        )

    def replacement(self, operation: Operation) -> dict[str, str] | None:
        """Path values that an operation may be called with; None where there are none."""
        values: dict[str, str] = {}
        for name in effects.path_names(operation):
            known = self.data.known(name, operation)
            candidates = (*known.existing, *unused_ids(operation, name), *known.missing)
            if not candidates:
                return None
            values[name] = candidates[0]
        if self.may_use(operation, values):
            return values
        for name in reversed(values):
            for value in unused_ids(operation, name)[:1]:
                return {**values, name: value}
        return None

    def _objection(self, subject: Operation, sent: Sent) -> str:
        if never := self.never(subject):
            return never
        if sent.method in effects.SAFE_METHODS or sent.method == "SIGNOFF":
            return ""
        if self.is_read_only:
            return f"not called with {sent.method}: --read-only"
        place = urlsplit(sent.url).path.removeprefix(self.base_path.rstrip("/"))
        methods = self.table.methods(place)
        method = sent.method if sent.method in methods else next(iter(methods), "")
        match = self.table.match(method, place)
        if match is None:
            return "" if sent.method == "POST" else f"{sent.method} outside the paths of the document"
        operation, raw = match
        values = {name: unquote(text) for name, text in raw.items()}
        if self._is_harmless(operation, sent.method, values, tuple(map(unquote, place.split("/")[1:]))):
            return ""
        if effects.path_names(operation):
            return generated_values_left_out(replace(operation, method=sent.method))
        return f"not sent, because {sent.method} may change what exists: {self._consent(operation)}"

    def _is_harmless(
        self, operation: Operation, method: str, values: Mapping[str, str], segments: tuple[str, ...]
    ) -> bool:
        is_documented = method == operation.method
        if method in effects.SAFE_METHODS or self.data.is_disposable:
            return True
        if is_documented and (self.is_given_up(operation) or effects.is_reading(operation)):
            return True
        names = effects.path_names(operation)
        if not names:
            # An undocumented method on a collection may do to all of it what it does to a member.
            return method == "POST" or method not in (operation.method, "DELETE")
        texts = {name: values.get(name, "") for name in names}
        if {".", "..", ""} & {*segments}:
            return False
        if self._names_nothing(operation, texts) or self._is_own(segments):
            return True
        if is_documented and effects.is_creation(self.contract, operation):
            return all(self._is_known(operation, name, text) for name, text in texts.items())
        return self._is_named(operation, method, texts)

    def _names_nothing(self, operation: Operation, values: Mapping[str, str]) -> bool:
        return any(map(is_unused_id, values.values())) or any(
            self._cannot_exist(operation, name, text) for name, text in values.items()
        )

    def _is_own(self, segments: tuple[str, ...]) -> bool:
        """Whether a path is that of something that the run created, or below it."""
        return any(segments[:length] in self.own for length in range(1, len(segments) + 1))

    def _is_named(self, operation: Operation, method: str, values: Mapping[str, str]) -> bool:
        """Whether the data file lets the method change the resource with these path values."""
        *outer, last = values
        if not all(self._is_known(operation, name, values[name]) for name in outer):
            return False
        known, value = self.data.known(last, operation), values[last].lower()
        given_up = [*known.disposable, *known.missing]
        if method != "DELETE" and not known.is_learned:
            given_up += [*known.existing, *known.forbidden]
        return value in map(str.lower, given_up)

    def _is_known(self, operation: Operation, name: str, value: str) -> bool:
        known = self.data.known(name, operation)
        return value in (*known.existing, *known.disposable, *known.forbidden, *known.missing)

    def _cannot_exist(self, operation: Operation, name: str, text: str) -> bool:
        """Whether no resource can have a value, however leniently it is read."""
        if not text or _LOOSE.fullmatch(text):
            return False
        if any(_is_near(text, value) for value in self.data.known(name, operation).existing):
            return False
        schemas = path_schemas(operation, name)
        return any(
            not schema.is_valid(coerce(text, schema.view.kinds), Direction.REQUEST) for schema in schemas
        )

    def is_given_up(self, operation: Operation) -> bool:
        """Whether the user allows everything that an operation may do."""
        is_disposable = self.data.is_disposable or self.data.of(operation).is_disposable
        return is_disposable or operation.id in self.named

    def _consent(self, operation: Operation) -> str:
        return (
            f"use --include 'operation:{operation.id}', or `disposable: true` under"
            f" `operations.{operation.id}` in the data file"
        )


def _is_near(text: str, value: str) -> bool:
    """Whether a lenient reader may take one value for another."""
    bare, other = (re.sub(r"[^a-z0-9]", "", part.lower()) for part in (text, value))
    return bool(other) and other[:-1] in bare if len(other) > 4 else bare == other


def is_fuzzable(guard: Guard, operation: Operation) -> bool:
    """Whether generated requests may be sent to an operation, perhaps only with unused values."""
    if guard.never(operation):
        return False
    harmless = guard.replacement(operation)
    is_given_up = guard.is_given_up(operation)
    if is_given_up or operation.method in effects.SAFE_METHODS or not effects.path_names(operation):
        return True
    return harmless is not None and guard.may_use(operation, harmless)


def generated_values_left_out(operation: Operation) -> str:
    """Why an operation got no generated path values."""
    name = next(reversed(effects.path_names(operation)), "")
    return (
        f"generated values of {name} were not sent, because {operation.method} may change what exists:"
        f" name one under `values.{name}.disposable`"
    )
