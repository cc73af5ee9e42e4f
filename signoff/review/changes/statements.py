"""What the changes of one schema have in common, in one clause, and what each of them is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.pointer import join, split
from signoff.contract.structure import FILES_KEY
from signoff.review.change import Part
from signoff.review.changes.sets.difference import IN_ALTERNATIVE, Effect

if TYPE_CHECKING:
    from signoff.review.changes.revisions import Side
    from signoff.review.changes.rules import Rule
    from signoff.review.changes.sets.difference import Difference

_OF_SCHEMAS = ("properties", "patternProperties", "dependentSchemas", "$defs")
_OF_ITEMS = ("items", "additionalProperties", "unevaluatedProperties")
_OF_LISTS = ("allOf", "oneOf", "anyOf")
_OF_VALUES = ("not", "if", "then", "else", "required", "contains", "propertyNames", "prefixItems")
_KEYWORDS = {*_OF_SCHEMAS, *_OF_ITEMS, *_OF_LISTS, *_OF_VALUES}
_REMOVED = "%n properties removed from "
_ADDED = "%n properties added to "
_STATEMENTS = {
    "property-removed": _REMOVED,
    "property-rejected": _REMOVED,
    "required-property-removed": "%n required properties removed from ",
    "required-property-rejected": "%n required properties removed from ",
    "property-added": _ADDED,
    "property-added-to-closed": _ADDED,
    "required-property-added": "%n required properties added to ",
    "required-property-added-to-closed": "%n required properties added to ",
    "property-became-required": "%n properties are now required in ",
    "property-became-optional": "%n properties are now optional in ",
    "alternative-removed": "%n alternatives removed from ",
    "alternative-added": "%n alternatives added to ",
    "schema-deprecated": "%n properties are now deprecated in ",
    "schema-no-longer-deprecated": "%n properties are no longer deprecated in ",
}


def part_of(difference: Difference, rule: Rule, subject: str, sides: tuple[Side, Side]) -> Part | None:
    """A difference as one of those of its schema; None where it stands nowhere.

    Args:
        difference: the difference.
        rule: its kind and verdict.
        subject: what the outermost schema describes, unless that has a name.
        sides: the documents before and after.
    """
    # A new property is named where it is missing: what it refers to may be in another schema.
    is_new = difference.aspect.endswith("property") and difference.effect is Effect.WIDENED
    side, pointer = sides[not is_new], difference.before if is_new else difference.after
    if not pointer:
        side, pointer = sides[is_new], difference.after if is_new else difference.before
    if not pointer:
        return None
    tokens = split(pointer)
    start = 3 if tokens[0] == "components" else 2 if tokens[0] == FILES_KEY else 0
    end = next((at for at in range(start, len(tokens)) if tokens[at] in _KEYWORDS), len(tokens))
    path = _value_path(tokens[end:])
    if difference.name:
        path.append(difference.name)
        _, within, alternative = difference.detail.partition(IN_ALTERNATIVE)
        label = f"`{'.'.join(path)}`{within}{alternative}"
    else:
        label = f"`{'.'.join(path)}` {difference.detail}" if path else difference.detail
    kind = rule.id.partition("-")[2]
    words = kind.replace("-", " ").capitalize()
    schema = join(tokens[:end])
    name = _name(side.contract.schemas.name(schema))
    statement = _STATEMENTS.get(kind, f"{words} at %n places in ") + (f"`{name}`" if name else subject)
    return Part(schema, statement, label, rule.because)


def _name(schema: str) -> str:
    """The name of a component, of a file with one schema, or of a schema in a file of several."""
    tokens = split(schema)
    if tokens[0] in ("components", "paths", "webhooks"):
        return tokens[2] if tokens[:2] == ["components", "schemas"] else ""
    is_content = tokens[-1] in ("schema", "itemSchema")
    return "" if is_content else tokens[-1]


def _value_path(tokens: list[str]) -> list[str]:
    """The properties on the way from a schema to one inside it, with `*` for items."""
    found, rest = [], list(tokens)
    while rest:
        keyword = rest.pop(0)
        if keyword in _OF_ITEMS:
            found.append("*")
        elif keyword in (*_OF_SCHEMAS, "prefixItems") and rest:
            found.append(rest.pop(0))
        elif keyword in _OF_LISTS and rest:
            rest.pop(0)
    return found
