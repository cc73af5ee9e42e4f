"""Which operations a run tests: `--include` and `--exclude`, and the keys of `operations` in a data file.

A filter is `operation:getPet`, `tag:admin`, `path:/pets/{petId}`, `method:DELETE` or `deprecated`. After
`~` stands a regular expression that is searched for: `path:~^/admin/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from signoff.contract import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from signoff.contract import Contract, Operation

_TEXTS: Mapping[str, Callable[[Operation], tuple[str, ...]]] = {
    "operation": lambda operation: (operation.id, operation.label),
    "tag": lambda operation: operation.tags,
    "path": lambda operation: (operation.path,),
    "method": lambda operation: (operation.method,),
}
_DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True)
class OperationFilter:
    """One filter.

    Attributes:
        kind: a key of `_TEXTS`, or `deprecated`.
        value: what the text must be; empty for `deprecated`.
        pattern: the regular expression in place of a value.
    """

    kind: str
    value: str = ""
    pattern: re.Pattern[str] | None = None

    def matches(self, operation: Operation) -> bool:
        """Whether the filter takes an operation."""
        if self.kind == _DEPRECATED:
            return operation.deprecated
        texts = _TEXTS[self.kind](operation)
        if self.pattern is not None:
            return any(self.pattern.search(text) for text in texts)
        wanted = self.value.upper() if self.kind == "method" else self.value
        return wanted in texts


def is_filter(text: str) -> bool:
    """Whether a text has the form of a filter, and is not the name of an operation."""
    return text == _DEPRECATED or text.partition(":")[0] in _TEXTS


def parse_filter(text: str) -> OperationFilter:
    """Parse a filter.

    Raises:
        SetupError: it has another form, or its regular expression is invalid.
    """
    kind, colon, value = text.partition(":")
    if text == _DEPRECATED:
        return OperationFilter(text)
    if kind not in _TEXTS or not colon or not value:
        near = get_close_matches(kind, [*_TEXTS, _DEPRECATED], 1)
        forms = "operation:NAME, tag:NAME, path:PATH, method:METHOD or deprecated"
        suggestion = f"Did you mean {near[0]!r}? " if near and near[0] != kind else ""
        raise SetupError(f"{text!r} does not select operations", suggestion=f"{suggestion}Use {forms}.")
    if not value.startswith("~"):
        return OperationFilter(kind, value)
    try:
        return OperationFilter(kind, value, re.compile(value[1:]))
    except re.error as error:
        raise SetupError(f"{text!r} has an invalid regular expression: {error}") from None


def selected(contract: Contract, texts: Iterable[str], source: str) -> frozenset[str]:
    """The ids of the operations that any of the filters takes.

    Args:
        contract: has the operations.
        texts: the filters.
        source: the option that they were given with, for messages.

    Raises:
        SetupError: a filter is invalid, or takes no operation.
    """
    found: set[str] = set()
    for text in texts:
        one = parse_filter(text)
        taken = {operation.id for operation in contract.operations if one.matches(operation)}
        if not taken:
            raise SetupError(f"{source} {text!r} matches no operation", suggestion=nearest(contract, one))
        found |= taken
    return frozenset(found)


def nearest(contract: Contract, one: OperationFilter) -> str:
    """What was probably meant by a filter that takes nothing, as a sentence."""
    if one.kind not in _TEXTS or one.pattern is not None:
        return "No operation of the document does."
    known = {text for operation in contract.operations for text in _TEXTS[one.kind](operation)}
    return did_you_mean(one.value, known)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The nearest known name, or some of them, as a sentence."""
    names = sorted(known)
    folded = {text.lower(): text for text in names}
    near = get_close_matches(name.lower(), folded, 1)
    if near:
        return f"Did you mean {folded[near[0]]!r}?"
    shown = ", ".join(names[:8])
    return f"Known names: {shown}{', …' if len(names) > 8 else ''}." if names else "The document has none."


@dataclass(frozen=True, slots=True)
class Chosen:
    """The operations that a run is about.

    Attributes:
        only: their ids; None for all.
        left_out: by id, why an operation is never called.
        named: the ids of those that were named one by one.
    """

    only: frozenset[str] | None
    left_out: Mapping[str, str]
    named: frozenset[str]


def choose(contract: Contract, include: tuple[str, ...], exclude: tuple[str, ...]) -> Chosen:
    """What `--include` and `--exclude` choose.

    Raises:
        SetupError: a filter is invalid, or takes no operation, or nothing is left.
    """
    every = frozenset(operation.id for operation in contract.operations)
    included = selected(contract, include, "--include") if include else every
    excluded = selected(contract, exclude, "--exclude")
    if not included - excluded:
        raise SetupError("--include and --exclude leave no operation to test")
    left_out = dict.fromkeys(every - included, "left out by --include")
    left_out |= dict.fromkeys(excluded, "left out by --exclude")
    exact = [parse_filter(text) for text in include]
    named = {
        operation.id
        for operation in contract.operations
        for one in exact
        if one.kind == "operation" and one.pattern is None and one.matches(operation)
    }
    only = included - excluded if include or exclude else None
    return Chosen(only, left_out, frozenset(named))
