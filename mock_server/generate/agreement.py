"""Members of one object that must agree: who is named, and what came first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_server.generate.names import words_of

if TYPE_CHECKING:
    from openapi.json_value import JsonObject, JsonValue

# Moments in the order in which they come, by the first word of their names.
_ORDER = (
    ("created", "updated"),
    ("created", "modified"),
    ("start", "end"),
    ("started", "ended"),
    ("from", "to"),
)


def agreed(made: JsonObject) -> JsonObject:
    """The object with a full name made of first and last name, and times in their order."""
    by_words = {words_of(name): name for name in made}
    first, last = by_words.get(("first", "name")), by_words.get(("last", "name"))
    whole = by_words.get(("full", "name")) or by_words.get(("name",))
    if first and last and whole and isinstance(made[whole], str):
        made[whole] = f"{made[first]} {made[last]}"
    for earlier, later in _ORDER:
        _put_in_order(made, by_words, earlier, later)
    return made


def _put_in_order(made: JsonObject, by_words: dict[tuple[str, ...], str], earlier: str, later: str) -> None:
    for words, name in by_words.items():
        other = by_words.get((later, *words[1:]))
        if words[:1] != (earlier,) or other is None:
            continue
        left, right = made[name], made[other]
        if _is_after(left, right):
            made[name], made[other] = right, left


def _is_after(left: JsonValue, right: JsonValue) -> bool:
    both_texts = (
        isinstance(left, str) and isinstance(right, str) and left[:2].isdigit() and right[:2].isdigit()
    )
    return both_texts and str(left) > str(right)
