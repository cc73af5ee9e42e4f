"""One of the two revisions, and how to find one's way in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.bundle import dereference
from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape

if TYPE_CHECKING:
    from signoff.contract.contract import Contract
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.location import Location


@dataclass(frozen=True, slots=True)
class Element:
    """An object of the document, with its place; what a reference leads to stands for the reference."""

    value: JsonObject
    pointer: str


@dataclass(frozen=True, slots=True)
class Side:
    """The contract as it was, or as it is."""

    contract: Contract

    @property
    def document(self) -> JsonObject:
        """The bundled document in the 3.1 dialect."""
        return self.contract.document

    def element(self, value: JsonValue, pointer: str) -> Element:
        """What stands at `pointer`, or what it refers to."""
        target, target_pointer = dereference(self.document, value)
        return Element(as_object(target), target_pointer or pointer)

    def member(self, owner: Element, *keys: str) -> Element:
        """A member of a member of an element, empty where there is none."""
        for key in keys:
            owner = self.element(owner.value.get(key), f"{owner.pointer}/{escape(key)}")
        return owner

    def members(self, owner: Element, key: str) -> dict[str, Element]:
        """The named members of a map that stands under `key`; extensions are left out."""
        held = owner.value.get(key)
        return {
            str(name): self.element(value, f"{owner.pointer}/{key}/{escape(str(name))}")
            for name, value in as_object(held).items()
            if not str(name).startswith("x-") or key in ("headers", "properties")
        }

    def items(self, owner: Element, key: str) -> list[Element]:
        """The members of a list that stands under `key`."""
        return [
            self.element(value, f"{owner.pointer}/{key}/{index}")
            for index, value in enumerate(as_list(owner.value.get(key)))
        ]

    def locate(self, pointer: str | None) -> Location | None:
        """The place of a pointer in the file that the author edits."""
        return None if pointer is None else self.contract.locate(pointer)
