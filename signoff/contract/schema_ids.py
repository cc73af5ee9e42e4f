"""The `$id`s and anchors that references can name (JSON Schema 2020-12, section 8.2).

A schema with an `$id` is a resource of its own: references in it are relative to its `$id`, and `#/…` starts
at that schema. The `$id`s of a document are known before its references are resolved; none is ever fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin

from signoff.contract.pointer import join
from signoff.contract.structure import FIELDS, Node, children

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonObject, JsonValue

_ANCHORS = ("$anchor", "$dynamicAnchor")


@dataclass(slots=True)
class SchemaIds:
    """The names of the schemas in the files of a bundle.

    Attributes:
        bases: the URI of each file and of each schema with an `$id`, by its pointer into the bundle.
    """

    bases: dict[str, str] = field(default_factory=dict)
    _resources: dict[str, str] = field(default_factory=dict)
    _anchors: dict[tuple[str, str], str] = field(default_factory=dict)
    _named: list[JsonObject] = field(default_factory=list)

    def add(self, uri: str, pointer: str, value: JsonValue, kind: str) -> None:
        """Add the names in a file.

        Args:
            uri: the URI of the file.
            pointer: where the file is in the bundle.
            value: its content.
            kind: the kind of its root in `structure.FIELDS`; if it is a part of a document, that of the root
                or of each member.
        """
        self.bases[pointer] = uri
        named = [node for node in _schemas(value, pointer, kind) if _names(node.value)]
        for node in sorted(named, key=lambda node: node.pointer.split("/")):  # outer schemas first
            if isinstance(stated := node.value.get("$id"), str):
                self._named.append(node.value)
                if base := urldefrag(_joined(self._base(node.pointer), stated))[0]:
                    self.bases[node.pointer] = base
                    self._resources.setdefault(base, node.pointer)
            for keyword in _ANCHORS:
                if isinstance(name := node.value.get(keyword), str):
                    self._anchors.setdefault((self._base(node.pointer), name), node.pointer)

    def find(self, pointer: str, ref: str) -> str | None:
        """The pointer that a reference in the schema at a pointer leads to by name; None if there is none."""
        base = self._base(pointer)
        uri, fragment = (base, ref[1:]) if ref.startswith("#") else urldefrag(_joined(base, ref))
        if fragment and not fragment.startswith("/"):
            return self._anchors.get((uri, unquote(fragment)))
        resource = self._resources.get(uri)
        return None if resource is None else resource + unquote(fragment)

    def remove_ids(self) -> None:
        """Remove the `$id`s: all references are by place now, which an `$id` would change."""
        for schema in self._named:
            schema.pop("$id", None)

    def _base(self, pointer: str) -> str:
        while pointer and pointer not in self.bases:
            pointer = pointer.rpartition("/")[0]
        return self.bases.get(pointer, "")


def _joined(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:  # not a URI: the name of nothing
        return ""


def _names(schema: JsonObject) -> bool:
    return any(isinstance(schema.get(keyword), str) for keyword in ("$id", *_ANCHORS))


def _schemas(value: JsonValue, pointer: str, kind: str) -> Iterator[Node]:
    """The schemas in a file, where its structure has them."""
    pending = [Node(kind, pointer, value)] if isinstance(value, dict) else []
    if isinstance(value, dict) and not kind.startswith("document"):
        others = ((name, held) for name, held in value.items() if name not in FIELDS.get(kind, ()))
        pending += [
            Node(kind, join([name], pointer), held) for name, held in others if isinstance(held, dict)
        ]
    while pending:
        node = pending.pop()
        if node.kind == "schema":
            yield node
        pending += children(node)
