"""How many steps a schema takes at most to validate one value, without the parts of the value.

A chain of schemas in which each refers to the next one twice, by `allOf` say, doubles the steps with each
link. The validator tries every way through such a chain, and cannot be stopped while it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape
from signoff.contract.schema_view import Part

if TYPE_CHECKING:
    from signoff.contract.schema_view import References

_COUNTED = 10**12  # more steps count as that many
# The keywords whose schemas apply to the value itself (JSON Schema 2020-12, section 10.2).
_IN_PLACE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
_FOLLOWED = frozenset((*_IN_PLACE, "dependentSchemas", "$ref", "$dynamicRef"))


class ValidationCost:
    """Counts the steps of the schemas of one document, each once. The work is linear in the document.

    Attributes:
        has_rings: whether a schema that was counted applies to a value itself again, without an end.
    """

    def __init__(self, references: References) -> None:
        self._references = references
        self._steps: dict[int, int] = {}  # by identity of the schema; 0 while it is being counted
        self._kept: list[Part] = []  # so that what `_steps` holds keeps its identity
        self.has_rings = False

    def steps(self, part: Part) -> int:
        """The steps for one value; a ring of references ends where it began."""
        if _FOLLOWED.isdisjoint(part.schema):  # most schemas
            return 1
        pending = [(part, self._inner(part))]
        while pending:
            current, inner = pending[-1]
            if id(current.raw) not in self._steps:
                self._steps[id(current.raw)] = 0
                self._kept.append(current)
                self.has_rings = self.has_rings or any(self._steps.get(id(each.raw)) == 0 for each in inner)
                pending += [(each, self._inner(each)) for each in inner if id(each.raw) not in self._steps]
                continue
            pending.pop()
            if not self._steps[id(current.raw)]:
                steps = 1 + sum(self._steps.get(id(each.raw), 0) for each in inner)
                self._steps[id(current.raw)] = min(steps, _COUNTED)
        return self._steps[id(part.raw)]

    def _inner(self, part: Part) -> list[Part]:
        by_member = as_object(part.schema.get("dependentSchemas"))
        place = f"{part.pointer}/dependentSchemas"
        members = [Part(raw, f"{place}/{escape(name)}") for name, raw in by_member.items()]
        return self._references.inner(part, _IN_PLACE) + members
