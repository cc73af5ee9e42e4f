"""Texts with `${…}`: CEL over the request.

A text that is one expression, such as `${request.body.id}`, becomes the value of the expression; in other
texts it is inserted. `$${` is a plain `${`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from signoff.contract.expression_cost import Budget
from signoff.contract.expressions import Expression, NoResultError
from signoff.mock.exchange import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract import JsonValue

VARIABLES = ("request",)
MAX_STEPS = 250_000  # of the conditions, and of the template, for one request: about 0.1 s
_PLACEHOLDER = re.compile(r"\$?\$\{((?:[^{}'\"]|'[^']*'|\"[^\"]*\"|\{[^{}]*\})*)\}")
_Part: TypeAlias = "str | Expression"


class TemplateError(Exception):
    """A template has no value for a request."""


@dataclass(frozen=True, slots=True)
class Template:
    """A JSON value whose texts may have expressions.

    Attributes:
        value: the value as written.
        is_plain: whether it has no expressions.
    """

    value: JsonValue
    is_plain: bool
    _compiled: Any

    @classmethod
    def compiled(cls, value: JsonValue) -> Template:
        """Compile a value.

        Raises:
            ExpressionError: an expression in it is invalid.
        """
        made = _compiled(value)
        return cls(value, made is value or _is_plain(made), made)

    def filled(self, values: Mapping[str, JsonValue]) -> JsonValue:
        """The value with the results of its expressions.

        Raises:
            TemplateError: an expression has no result, or not a JSON value, or they take too many steps.
        """
        return _filled(self._compiled, values, Budget(MAX_STEPS))


def _compiled(value: JsonValue) -> Any:  # noqa: ANN401 - JSON whose texts may be lists of parts
    if isinstance(value, dict):
        return {name: _compiled(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_compiled(item) for item in value]
    return _parts(value) if isinstance(value, str) and "${" in value else value


def _parts(text: str) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        parts.append(text[end : found.start()])
        is_escaped = found[0].startswith("$$")
        parts.append(
            found[0][1:] if is_escaped else Expression.compiled(found[1].strip(), VARIABLES, MAX_STEPS)
        )
        end = found.end()
    parts.append(text[end:])
    return tuple(part for part in parts if part != "")


def _is_plain(made: Any) -> bool:  # noqa: ANN401 - as above
    if isinstance(made, dict):
        return all(_is_plain(item) for item in made.values())
    if isinstance(made, list):
        return all(_is_plain(item) for item in made)
    return not isinstance(made, tuple) or all(isinstance(part, str) for part in made)


def _filled(made: Any, values: Mapping[str, JsonValue], budget: Budget) -> JsonValue:  # noqa: ANN401 - as above
    if isinstance(made, dict):
        return {name: _filled(item, values, budget) for name, item in made.items()}
    if isinstance(made, list):
        return [_filled(item, values, budget) for item in made]
    if not isinstance(made, tuple):
        found: JsonValue = made
        return found
    results = [part if isinstance(part, str) else _result(part, values, budget) for part in made]
    if len(results) == 1:
        return results[0]
    return "".join(_text(result) for result in results)


def _result(expression: Expression, values: Mapping[str, JsonValue], budget: Budget) -> JsonValue:
    try:
        found = expression.result(values, budget)
    except NoResultError as error:
        raise TemplateError(f"`${{{expression.source}}}` has no value: {error}") from None
    if not _is_json(found):
        raise TemplateError(f"`${{{expression.source}}}` is not a JSON value; use string(…)")
    made: JsonValue = found
    return made


def _is_json(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(name, str) and _is_json(item) for name, item in value.items())
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, float):
        return value - value == 0  # neither NaN nor infinite
    return value is None or isinstance(value, str | bool | int)


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else to_json(value).decode()
