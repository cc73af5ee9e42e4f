"""Schemas with the same text in both documents, which need no comparison."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.sets.parts import Conjunction, Reader

_UNKNOWN = "?"  # the target of a dynamic reference depends on the path to it


@dataclass(slots=True)
class Twins:
    """Finds schemas with the same text in both documents, including all that they reference."""

    before: Reader
    after: Reader
    _edited: set[str] = field(default_factory=set)
    _known: dict[str, bool] = field(default_factory=dict)

    def are_same(self, left: Conjunction, right: Conjunction) -> bool:
        """Whether two schemas and all that they reference have the same text."""
        if not left and not right:
            return True
        return (
            len(left) == len(right)
            and all(_spelt_alike(one.raw, other.raw) for one, other in zip(left, right, strict=True))
            and all(self._is_same(ref) for part in left for ref in self._leads(part.raw, part.pointer))
        )

    def _is_same(self, ref: str) -> bool:
        """Whether nothing that a reference can reach was changed. All visited schemas are stored."""
        if ref not in self._known:
            users: dict[str, list[str]] = {}
            edited: list[str] = []
            pending = [ref]
            seen = {ref}
            while pending:
                name = pending.pop()
                if self._known.get(name) is True:
                    continue
                raw, pointer = self.before.schemas.followed({"$ref": name})
                if self._known.get(name) is False or not self._is_unedited(name, raw, pointer):
                    edited.append(name)
                    continue
                for inner in self._leads(raw, pointer):
                    users.setdefault(inner, []).append(name)
                    if inner not in seen:
                        seen.add(inner)
                        pending.append(inner)
            self._known |= {name: self._known.get(name, True) for name in seen}
            while edited:
                name = edited.pop()
                self._known[name] = False
                edited += [user for user in users.pop(name, ()) if self._known.get(user) is not False]
        return self._known[ref]

    def _is_unedited(self, ref: str, raw: JsonValue, pointer: str) -> bool:
        other, other_pointer = self.after.schemas.followed({"$ref": ref})
        return ref != _UNKNOWN and pointer == other_pointer and _spelt_alike(raw, other)

    def _leads(self, raw: JsonValue, pointer: str) -> Iterator[str]:
        """All references in a schema, including those to the children of a parent."""
        for child in {*self.before.children(pointer), *self.after.children(pointer)}:
            yield f"#{child}"
        pending = [raw]
        while pending:
            value = pending.pop()
            if isinstance(value, dict):
                if "$dynamicRef" in value:
                    yield _UNKNOWN
                if isinstance(ref := value.get("$ref"), str):
                    yield ref
                for target in as_object(as_object(value.get("discriminator")).get("mapping")).values():
                    if isinstance(target, str):
                        yield self.before.target(target)
                pending += value.values()
            elif isinstance(value, list):
                pending += value


def _spelt_alike(one: JsonValue, other: JsonValue) -> bool:
    # 1 and True are equal in Python, but their texts differ.
    return one == other and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
