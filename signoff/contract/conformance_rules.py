"""Custom rules of a document (`x-conformance`), in CEL, over a request and its response.

An operation lists them as `x-conformance`, each with an `id`, a `rule`, a `message` and an optional `when`,
which selects the exchanges that it applies to. They are compiled when the document is loaded. `request` and
`response` are maps (see `values_of`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.errors import DocumentError
from signoff.contract.expressions import Expression, ExpressionError, Variables
from signoff.contract.pointer import join

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signoff.contract.json_value import JsonValue
    from signoff.contract.limits import Limit
    from signoff.contract.pointer import Location

    Locate = Callable[[str], Location]

EXTENSION = "x-conformance"
_MEMBERS = {"id", "rule", "message", "when"}
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VARIABLES = ("request", "response")


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
    _rule: Expression
    _condition: Expression | None

    def holds(self, values: Mapping[str, JsonValue]) -> bool | None:
        """Whether the rule holds for an exchange; None if it does not apply.

        It does not apply if `when` is not true, or if the exchange lacks a value that it uses.

        Args:
            values: `request` and `response`, from `values_of`.

        Raises:
            ExpressionCostError: it takes too many steps for this exchange.
        """
        if self._condition is not None and self._condition.holds(values) is not True:
            return None
        return self._rule.holds(values)


def rules_of(entries: JsonValue, place: str, locate: Locate, limit: Limit) -> tuple[Rule, ...]:
    """The compiled rules of one operation.

    Args:
        entries: the value of its `x-conformance`.
        place: the pointer to that value.
        locate: the file and line of a pointer.
        limit: on the steps of each expression.

    Raises:
        DocumentError: one of them is not a rule, or not CEL.
    """
    if not isinstance(entries, list):
        raise _error(locate, "`x-conformance` is not a list of rules", place)
    found: dict[str, Rule] = {}
    for index, entry in enumerate(entries):
        rule = _rule(locate, entry, join([index], place), limit)
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
) -> Variables:
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
    request = request_value(
        method=method,
        path=path,
        parameters=parameters,
        headers=request_headers,
        body=request_body,
        is_valid=is_valid,
    )
    response: dict[str, JsonValue] = {
        "status": status,
        "headers": dict(response_headers),
        "received_at": received_at,
        "elapsed_ms": elapsed_ms,
    }
    if response_body is not None:
        response["body"] = response_body
    return Variables(request=request, response=response)


def request_value(
    *,
    method: str,
    path: str,
    parameters: Mapping[tuple[str, str], JsonValue],
    headers: Mapping[str, str],
    body: JsonValue,
    is_valid: bool,
) -> dict[str, JsonValue]:
    """The variable `request`; a body that is None is left out, so that `has` works."""
    request: dict[str, JsonValue] = {
        "method": method,
        "path": path,
        "headers": dict(headers),
        "valid": is_valid,
        "parameters": {
            place: {name: value for (where, name), value in parameters.items() if where == place}
            for place in ("path", "query", "header", "cookie")
        },
    }
    if body is not None:
        request["body"] = body
    return request


def _rule(locate: Locate, entry: JsonValue, place: str, limit: Limit) -> Rule:
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
        _rule=_compiled(locate, entry["rule"], f"{place}/rule", limit),
        _condition=None if condition is None else _compiled(locate, condition, f"{place}/when", limit),
    )


def _compiled(locate: Locate, source: JsonValue, place: str, limit: Limit) -> Expression:
    try:
        return Expression.compiled(source, _VARIABLES, limit)
    except ExpressionError as error:
        raise _error(locate, str(error), place) from None


def _error(locate: Locate, message: str, pointer: str) -> DocumentError:
    suggestion = (
        "A rule has `id`, `rule` (CEL over `request` and `response`), `message`, and an optional `when`."
    )
    return DocumentError(message, suggestion=suggestion, location=locate(pointer))
