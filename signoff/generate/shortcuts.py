"""The usual way of a walk through a plain text or number, without the detours.

Most parts of a value are texts and numbers whose schema says little besides their type. For these it is
known beforehand which candidate `Builder` gives first, and that it suits. A shortcut makes this value
at once. It takes from chance exactly what the walk would, so this value and those that follow are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from signoff.generate.names import NUMBERS, STRINGS, Realism, is_suggested, maker_for
from signoff.generate.strings import string
from signoff.generate.suitability import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.generate.facts import Facts

Shortcut: TypeAlias = "Callable[[Realism, Random], JsonValue]"
_KEPT = 4096
_BITS = 63  # what one suggestion takes from chance, needed or not
_PICTURES = ("byte", "base64", "jwt")
_OF_NUMBERS = PLAIN | {"format"}
_ODD = ("x-faker", "contentEncoding")


class Shortcuts:
    """The shortcuts of the schemas of one document, by schema and name."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str, str], tuple[JsonObject, Shortcut | None]] = {}

    def of(self, facts: Facts, name: str, parent: str) -> Shortcut | None:
        """The shortcut for a flat schema where its examples are not the values; None without one."""
        key = (id(facts.schema), name, parent)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[key] = (facts.schema, _shortcut(facts, name, parent))
        return known[1]


def _shortcut(facts: Facts, name: str, parent: str) -> Shortcut | None:
    example = facts.examples[0] if facts.examples else None
    if facts.lists_values or len(facts.kinds) != 1 or len(facts.examples) > 1:
        return None
    if any(keyword in facts.schema for keyword in _ODD) or facts.patterns or facts.form in _PICTURES:
        return None
    if facts.kinds[0] == "string":
        return _text(facts, name, parent, has_example=example is not None)
    if facts.kinds[0] in ("integer", "number") and facts.schema.keys() <= _OF_NUMBERS:
        return _number(facts, name, parent, has_example=example is not None)
    return None


def _text(facts: Facts, name: str, parent: str, *, has_example: bool) -> Shortcut | None:
    maker = maker_for(name, parent, STRINGS)
    if facts.form:
        if is_suggested(name, facts.form):
            return None
        unused = 0 if maker is None else 2

        def formatted(_realism: Realism, random: Random) -> JsonValue:
            for _ in range(unused):
                random.getrandbits(_BITS)
            return string(random, form=facts.form, patterns=[], low=facts.low, high=facts.high, likely=[])

        return formatted
    if maker is None or not facts.schema.keys() <= PLAIN or "currency" in name.lower():
        return None
    if has_example and not (isinstance(facts.examples[0], str) and facts.examples[0]):
        return None

    def named(realism: Realism, random: Random) -> JsonValue:
        if has_example:
            random.getrandbits(_BITS)
        return realism.suggestion(maker, random)()

    return named


def _number(facts: Facts, name: str, parent: str, *, has_example: bool) -> Shortcut | None:
    maker = maker_for(name, parent, NUMBERS)
    if maker is None or (has_example and isinstance(facts.examples[0], bool | str | list | dict)):
        return None
    has_draw = has_example and "format" not in facts.schema
    is_whole = facts.kinds[0] == "integer"

    def named(realism: Realism, random: Random) -> JsonValue:
        if has_draw:
            random.getrandbits(_BITS)
        made = realism.suggestion(maker, random)()
        return round(made) if is_whole and not isinstance(made, str) else made

    return named
