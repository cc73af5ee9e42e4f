"""Texts with `${…}`: CEL over the request.

A text that is one expression, such as `${request.body.id}`, becomes the value of the expression; in other
texts it is inserted. `$${` is a plain `${`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.expression_cost import Budget
from signoff.contract.expressions import Expression, NoResultError
from signoff.contract.limits import RULE
from signoff.mock.exchange import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract import JsonValue
    from signoff.contract.limits import Limit

VARIABLES = ("request",)
MAX_BYTES = 10 * 1024 * 1024
_PLACEHOLDER = re.compile(r"\$?\$\{((?:[^{}'\"]|'[^']*'|\"[^\"]*\"|\{[^{}]*\})*)\}")
_SHOWN = 200
_Part: TypeAlias = "str | Expression"
# JSON whose texts with expressions are in parts.
_Made: TypeAlias = "JsonValue | tuple[_Part, ...] | list[_Made] | dict[str, _Made]"


class TemplateError(Exception):
    """A template has no value for a request."""


@dataclass(frozen=True, slots=True)
class Template:
    """A JSON value whose texts may have expressions.

    Attributes:
        value: the value as written.
        expressions: the expressions of its texts.
    """

    value: JsonValue
    expressions: tuple[Expression, ...]
    _compiled: _Made
    _steps: int

    @classmethod
    def compiled(cls, value: JsonValue, steps: Limit = RULE) -> Template:
        """Compile a value.

        Args:
            value: the value.
            steps: the limit on the steps of all expressions for one request.

        Raises:
            ExpressionError: an expression in it is invalid.
        """
        found: list[Expression] = []
        made = _compiled(value, found, steps)
        return cls(value, tuple(found), made, steps.value)

    @property
    def is_plain(self) -> bool:
        """Whether it has no expressions."""
        return not self.expressions

    def filled(self, values: Mapping[str, JsonValue], limit: int = MAX_BYTES) -> JsonValue:
        """The value with the results of its expressions.

        Args:
            values: the variables of the expressions.
            limit: how many bytes of JSON the results can have together.

        Raises:
            TemplateError: an expression has no result, or not a JSON value, or too many steps or
                bytes are needed.
        """
        return _Filling(values, limit, self._steps).of(self._compiled)


def _compiled(value: JsonValue, found: list[Expression], steps: Limit) -> _Made:
    """A value with its texts in parts; what has no `${` stays the same object. Adds to `found`."""
    if isinstance(value, dict):
        members = {name: _compiled(item, found, steps) for name, item in value.items()}
        return members if any(members[name] is not item for name, item in value.items()) else value
    if isinstance(value, list):
        items = [_compiled(item, found, steps) for item in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    return _parts(value, found, steps) if isinstance(value, str) and "${" in value else value


def _parts(text: str, found: list[Expression], steps: Limit) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        parts.append(text[end : match.start()])
        if match[0].startswith("$$"):
            parts.append(match[0][1:])
        else:
            found.append(Expression.compiled(match[1].strip(), VARIABLES, steps))
            parts.append(found[-1])
        end = match.end()
    parts.append(text[end:])
    return tuple(part for part in parts if part != "")


class _Filling:
    """Fills the templates of one response, within a limit."""

    def __init__(self, values: Mapping[str, JsonValue], limit: int, steps: int) -> None:
        self._values = values
        self._limit = limit
        self._left = limit
        self._budget = Budget(steps)

    def of(self, made: _Made) -> JsonValue:
        if isinstance(made, dict):
            return {name: self.of(item) for name, item in made.items()}
        if isinstance(made, list):
            return [self.of(item) for item in made]
        if not isinstance(made, tuple):
            return made
        results = [part if isinstance(part, str) else self._result(part) for part in made]
        if len(results) == 1:
            return results[0]
        return "".join(_text(result) for result in results)

    def _result(self, expression: Expression) -> JsonValue:
        try:
            found = expression.result(self._values, self._budget)
        except NoResultError as error:
            raise TemplateError(f"{_shown(expression)} has no value: {error}") from None
        self._left -= _json_size(found, self._left)
        if self._left < 0:
            raise TemplateError(f"its templates make more than {self._limit} bytes, at {_shown(expression)}")
        if not _is_json(found):
            raise TemplateError(f"{_shown(expression)} is not a JSON value; use string(…)")
        made: JsonValue = found
        return made


def _shown(expression: Expression) -> str:
    source = expression.source
    return f"`${{{source if len(source) <= _SHOWN else f'{source[:_SHOWN]} …'}}}`"


def _json_size(value: object, enough: int) -> int:
    """The size of a value as JSON, at least; counting ends when it is more than `enough`."""
    size, waiting = 0, [value]
    while waiting and size <= enough:
        part = waiting.pop()
        size += 2
        if isinstance(part, dict):
            waiting += (*part, *part.values())
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str):
            size += len(part) if part.isascii() else len(part.encode("utf-8", "replace"))
        elif isinstance(part, int) and not isinstance(part, bool):
            size += part.bit_length() // 4
    return size


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
