"""Custom rules of a document (`x-conformance`), in CEL, over a request and its response.

An operation lists them as `x-conformance`, each with an `id`, a `rule`, a `message` and an optional `when`,
which selects the exchanges that it applies to. They are compiled when the document is loaded. `request` and
`response` are maps (see `values_of`). CEL always terminates; nested loops over lists are bounded here.
"""

from __future__ import annotations

import csv
import io
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signoff.contract import json_value, media_types
from signoff.contract.errors import DocumentError
from signoff.contract.pointer import join

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signoff.contract.json_value import JsonValue
    from signoff.contract.pointer import Location

    Locate = Callable[[str], Location]

EXTENSION = "x-conformance"
_MEMBERS = {"id", "rule", "message", "when"}
_LONGEST = 2000
_MOST_STEPS = 2_000_000
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MACRO = re.compile(r"\.(?:all|exists|exists_one|map|filter)\s*\(\s*(\w+)\s*,")
_VARIABLES = {"request", "response"}
_TYPES = {"string", "int", "uint", "double", "bool", "bytes", "list", "map", "null_type", "type"}
_BUILT_IN = _TYPES | {
    *("size", "has", "contains", "startsWith", "endsWith", "matches", "timestamp", "duration", "max", "min"),
    *("all", "exists", "exists_one", "map", "filter", "getFullYear", "getMonth", "getDate", "getHours"),
    *("getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getMinutes", "getSeconds", "getMilliseconds"),
}
# The library logs each function that fails. Here that only means that a rule does not apply.
logging.getLogger("cel").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of an operation.

    Attributes:
        id: in kebab case, unique in its operation.
        message: the message if the rule is violated.
        expression: the rule's expression in the document.
        pointer: its pointer in the bundled document.
    """

    id: str
    message: str
    expression: str
    pointer: str
    _program: Any
    _condition: Any

    def holds(self, values: Mapping[str, JsonValue]) -> bool | None:
        """Whether the rule holds for an exchange; None if it does not apply.

        It does not apply if `when` is not true, if the exchange lacks a value that it uses, or if the
        exchange is too large.

        Args:
            values: `request` and `response`, from `values_of`.
        """
        if self._condition is not None and _outcome(self._condition, values) is not True:
            return None
        return _outcome(self._program, values)


def rules_of(entries: JsonValue, place: str, locate: Locate) -> tuple[Rule, ...]:
    """The compiled rules of one operation.

    Args:
        entries: the value of its `x-conformance`.
        place: the pointer to that value.
        locate: the file and line of a pointer.

    Raises:
        DocumentError: one of them is not a rule, or not CEL.
    """
    if not isinstance(entries, list):
        raise _error(locate, "`x-conformance` is not a list of rules", place)
    found: dict[str, Rule] = {}
    for index, entry in enumerate(entries):
        rule = _rule(locate, entry, join([index], place))
        if rule.id in found:
            raise _error(locate, f"duplicate rule id {rule.id} in one operation", rule.pointer)
        found[rule.id] = rule
    return tuple(found.values())


def values_of(
    *,
    method: str,
    path: str,
    parameters: Mapping[tuple[str, str], JsonValue],
    request_headers: Mapping[str, str],
    request_body: JsonValue,
    is_valid: bool,
    status: int,
    response_headers: Mapping[str, str],
    response_body: JsonValue,
    received_at: str,
    elapsed_ms: float,
) -> dict[str, JsonValue]:
    """The variables of a rule; a body that is None is left out, so that `has` works.

    Args:
        method: of the request.
        path: as it was sent.
        parameters: values by place (`path`, `query`, `header`, `cookie`) and name.
        request_headers: names in lower case.
        request_body: a JSON value, or the text of another body.
        is_valid: whether the request is valid.
        status: of the response.
        response_headers: names in lower case.
        response_body: a JSON value, or the text of another body.
        received_at: when the response was received, as RFC 3339.
        elapsed_ms: the response time; 0 if unknown.
    """
    request: dict[str, JsonValue] = {
        "method": method,
        "path": path,
        "headers": dict(request_headers),
        "valid": is_valid,
        "parameters": {
            place: {name: value for (where, name), value in parameters.items() if where == place}
            for place in ("path", "query", "header", "cookie")
        },
    }
    response: dict[str, JsonValue] = {
        "status": status,
        "headers": dict(response_headers),
        "received_at": received_at,
        "elapsed_ms": elapsed_ms,
    }
    if request_body is not None:
        request["body"] = request_body
    if response_body is not None:
        response["body"] = response_body
    return {"request": request, "response": response}


def _rule(locate: Locate, entry: JsonValue, place: str) -> Rule:
    if not isinstance(entry, dict):
        raise _error(locate, "a rule in `x-conformance` must be a mapping", place)
    for name in ("id", "rule", "message"):
        if not isinstance(entry.get(name), str) or not entry[name]:
            raise _error(locate, f"a rule in `x-conformance` is missing `{name}`", place)
    if unknown := sorted(entry.keys() - _MEMBERS):
        raise _error(locate, f"a rule in `x-conformance` has an unknown field `{unknown[0]}`", place)
    if not _ID.fullmatch(str(entry["id"])):
        raise _error(locate, f"the rule id {entry['id']!r} is not in kebab case", f"{place}/id")
    condition = entry.get("when")
    return Rule(
        id=str(entry["id"]),
        message=str(entry["message"]),
        expression=str(entry["rule"]),
        pointer=place,
        _program=_compiled(locate, entry["rule"], f"{place}/rule"),
        _condition=None if condition is None else _compiled(locate, condition, f"{place}/when"),
    )


def _compiled(locate: Locate, source: JsonValue, place: str) -> Any:  # noqa: ANN401 - a CEL program
    import cel  # noqa: PLC0415 - costs 0.2 s, which documents without rules are spared

    if not isinstance(source, str) or len(source) > _LONGEST:
        raise _error(locate, f"a CEL expression must be a string of at most {_LONGEST} characters", place)
    try:
        program = cel.compile(source)
    except ValueError as error:
        raise _error(locate, f"invalid CEL: {_first_fault(str(error))}", place) from None
    bound = set(_MACRO.findall(source))
    if unknown := sorted(set(program.variables()) - _VARIABLES - _TYPES - bound):
        raise _error(locate, f"unknown variable `{unknown[0]}` (available: `request`, `response`)", place)
    named = {name for name in program.functions() if name.isidentifier() and not name.startswith("_")}
    if unknown := sorted(named - _BUILT_IN - _FUNCTIONS.keys()):
        raise _error(locate, f"unknown CEL function `{unknown[0]}`", place)
    return program


def _first_fault(text: str) -> str:
    found = re.search(r"ERROR: <input>:1:(\d+): ([^\n]{0,160})", text)
    return f"at character {found[1]}: {found[2]}" if found else text[:160]


def _error(locate: Locate, message: str, pointer: str) -> DocumentError:
    suggestion = (
        "A rule has `id`, `rule` (CEL over `request` and `response`), `message`, and an optional `when`."
    )
    return DocumentError(message, suggestion=suggestion, location=locate(pointer))


def _outcome(program: Any, values: Mapping[str, JsonValue]) -> bool | None:  # noqa: ANN401
    import cel  # noqa: PLC0415 - as above

    depth = len(_MACRO.findall(program.source))
    if depth and (_size(values) + program.source.count(",")) ** depth > _MOST_STEPS:
        return None
    try:
        found = program.execute(cel.Context(variables=dict(values), functions=_FUNCTIONS))
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError):
        return None
    return found if isinstance(found, bool) else None


def _size(value: object) -> int:
    """The size of a value, including lists that its texts may contain."""
    total, waiting = 0, [value]
    while waiting and total <= _MOST_STEPS:
        part = waiting.pop()
        total += 1
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str):
            total += part.count(",") + part.count("\n")
    return total


# Besides CEL's own.
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "json": json_value.parse_text,
    "csv": lambda text: list(csv.reader(io.StringIO(text, newline=""), strict=True)),  # RFC 4180
    "mediaType": lambda text: media_types.essence(str(text)),
    "lower": lambda text: str(text).lower(),
}
