"""Resolves `$dynamicRef` and anchors: afterwards all references are by place.

Theory of operation
-------------------
`$dynamicRef: "#item"` means the schema with `$dynamicAnchor: item` in the outermost resource on the way to
it (JSON Schema 2020-12, section 8.2.3.2). A resource is a file, or a schema with an `$id`. So a generic
`Page` has another item in each schema that refers to it (OpenAPI 3.2, section 4.24.6.2).

A validator of the whole document can't know the way, because the `$id`s are gone by then. So each way
becomes a schema of its own. The scope, which is the anchors of the resources so far, may give a dynamic
reference below a target another meaning than the target alone has. Then the reference leads to a copy of
the target with plain references. There is one copy per target and scope, so recursion ends. `Bundle.copies`
has the original of each copy, for locations.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import from_ref, join, resolve, split, to_ref
from signoff.contract.structure import FILES_KEY, Node, children, root_schemas, schema_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract.bundle import Bundle
    from signoff.contract.json_value import JsonObject, JsonValue

COPIES_KEY = "x-signoff-dynamic"
_MOST_COPIES = 2_000
_ANCHORS = ("$anchor", "$dynamicAnchor")
_Scope = dict[str, str]


def resolve_dynamic_refs(bundled: Bundle) -> list[str]:
    """Rewrite the references by anchor of a bundled document in place, static and dynamic ones.

    Returns:
        One sentence with its location for each dynamic reference that has no single meaning; such a place
        accepts any value.
    """
    if not any("$dynamicRef" in file.text or "nchor" in file.text for file in bundled.files):
        return []
    nodes = schema_nodes(bundled.value)
    if not any("$dynamicRef" in node.value or _by_anchor(node.value) for node in nodes):
        return []
    resolver = _Resolver(bundled, copy.deepcopy(bundled.value))
    for node in nodes:
        resolver.enter(node)
    for pointer, schema in list(root_schemas(nodes)):
        node = Node("schema", pointer, schema)
        resolver.rewrite(node, resolver.own_scope(pointer))
    if resolver.is_full:
        resolver.warnings.append(
            f"{bundled.locate('')}: $dynamicRef has more than {_MOST_COPIES} meanings; others are ignored"
        )
    return list(dict.fromkeys(resolver.warnings))


def _by_anchor(schema: JsonObject) -> bool:
    ref = schema.get("$ref")
    return isinstance(ref, str) and ref.startswith("#") and ref[1:2] not in ("", "/")


@dataclass(slots=True)
class _Resolver:
    """Attributes: the bundle; its value before any change; and what is found and made meanwhile."""

    bundled: Bundle
    pristine: JsonObject
    anchors: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # by resource and name
    dynamic: dict[str, _Scope] = field(default_factory=dict)  # those of `$dynamicAnchor` alone
    made: dict[tuple[str, tuple[tuple[str, str], ...]], str] = field(default_factory=dict)
    needed: dict[str, frozenset[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    is_full: bool = False

    def enter(self, node: Node) -> None:
        """Take in the anchors of a schema."""
        resource = self.resource_of(node.pointer)
        for keyword in _ANCHORS:
            if isinstance(name := node.value.get(keyword), str):
                self.anchors.setdefault(resource, {}).setdefault(name, []).append(node.pointer)
                if keyword == "$dynamicAnchor":
                    self.dynamic.setdefault(resource, {}).setdefault(name, node.pointer)

    def resource_of(self, pointer: str) -> str:
        """The resource that a schema belongs to: the nearest schema with an `$id`, or the file."""
        while pointer and pointer not in self.bundled.resources:
            tokens = split(pointer)
            if tokens[:1] == [FILES_KEY] and len(tokens) == 2:
                break
            pointer = pointer.rpartition("/")[0]
        return pointer

    def own_scope(self, pointer: str) -> _Scope:
        """The scope of an evaluation that starts at a schema."""
        return dict(self.dynamic.get(self.resource_of(pointer), {}))

    def rewrite(self, start: Node, scope: _Scope) -> None:
        """Rewrite the references of a schema and of those inside it, reached with a scope."""
        pending = [(start, scope)]
        while pending:
            node, outer = pending.pop()
            inner = outer
            if node.pointer in self.bundled.resources:
                inner = {**self.dynamic.get(node.pointer, {}), **outer}
            # before they change: the children of a copy stand where those of its original do
            pending += [(child, inner) for child in children(node)]
            ref = node.value.get("$ref")
            if isinstance(ref, str) and (target := self.static(node.pointer, ref)) is not None:
                node.value["$ref"] = to_ref(self.specialized(target, inner))
            if isinstance(dynamic := node.value.get("$dynamicRef"), str):
                self.rewrite_dynamic(node, dynamic, inner)

    def rewrite_dynamic(self, node: Node, ref: str, scope: _Scope) -> None:
        """Replace a `$dynamicRef` by a `$ref`; leave it out, with a warning, if it has no single meaning."""
        del node.value["$dynamicRef"]
        target = self.static(node.pointer, ref)
        if target is None:
            place = self.bundled.locate(f"{node.pointer}/$dynamicRef")
            self.warnings.append(f"{place}: {ref!r} does not lead to one schema; any value is accepted there")
            return
        name = self.name_of(target)
        meant: JsonValue = to_ref(self.specialized(scope.get(name, target) if name else target, scope))
        if "$ref" in node.value:
            node.value["allOf"] = [*as_list(node.value.get("allOf")), {"$ref": meant}]
        else:
            node.value["$ref"] = meant

    def static(self, pointer: str, ref: str) -> str | None:
        """The pointer that a reference leads to by itself; None if that is not one schema."""
        if not ref.startswith("#"):
            return None
        target = from_ref(ref)
        if target[:1] in ("", "/"):
            return target
        own = self.anchors.get(self.resource_of(pointer), {}).get(target, [])
        found = own or [place for names in self.anchors.values() for place in names.get(target, ())]
        return found[0] if len(set(found)) == 1 else None

    def name_of(self, pointer: str) -> str:
        """The `$dynamicAnchor` of a schema; empty without one."""
        try:
            name = as_object(resolve(self.pristine, pointer)).get("$dynamicAnchor")
        except LookupError:
            return ""
        return name if isinstance(name, str) else ""

    def specialized(self, pointer: str, outer: Mapping[str, str]) -> str:
        """The schema to use for the one at a pointer, reached with a scope: itself, or a copy."""
        own = self.own_scope(pointer)
        scope = {**own, **outer}
        decisive = {name: scope[name] for name in self.needs(pointer) if name in scope}
        if all(own.get(name) == place for name, place in decisive.items()):
            return pointer
        key = (pointer, tuple(sorted(decisive.items())))
        if key not in self.made:
            if len(self.made) >= _MOST_COPIES:
                self.is_full = True
                return pointer
            number = str(len(self.made))
            self.made[key] = place = join([COPIES_KEY, number])
            schema = copy.deepcopy(as_object(resolve(self.pristine, pointer)))
            copies = self.bundled.value.setdefault(COPIES_KEY, {})
            as_object(copies)[number] = schema
            self.bundled.copies[place] = pointer
            self.rewrite(Node("schema", pointer, schema), scope)
        return self.made[key]

    def needs(self, pointer: str) -> frozenset[str]:
        """The names that dynamic references below a schema, or below what it refers to, look up."""
        if pointer not in self.needed:
            self._find_needs(pointer)
        return self.needed[pointer]

    def _find_needs(self, pointer: str) -> None:
        """Fill in `needed` for a schema and all that it leads to: names spread against the references."""
        names: dict[str, set[str]] = {}
        users: dict[str, list[str]] = {}
        waiting = [pointer]
        while waiting:
            user = waiting.pop()
            if user in names:
                continue
            names[user] = set(self.needed.get(user, ()))
            for target, name in self._leads(user) if user not in self.needed else ():
                names[user] |= {name} if name else set()
                users.setdefault(target, []).append(user)
                waiting.append(target)
        pending = [target for target in names if names[target]]
        while pending:
            target = pending.pop()
            for user in users.get(target, ()):
                if not names[target] <= names[user]:
                    names[user] |= names[target]
                    pending.append(user)
        self.needed |= {place: frozenset(found) for place, found in names.items()}

    def _leads(self, pointer: str) -> Iterator[tuple[str, str]]:
        """What the references in a schema lead to; of a dynamic one, all that it may, with its name."""
        inside = [Node("schema", pointer, held)] if (held := self.schema_at(pointer)) else []
        while inside:
            node = inside.pop()
            inside += children(node)
            for keyword in ("$ref", "$dynamicRef"):
                ref = node.value.get(keyword)
                target = self.static(node.pointer, ref) if isinstance(ref, str) else None
                if target is None:
                    continue
                name = self.name_of(target) if keyword == "$dynamicRef" else ""
                yield target, name
                yield from ((scope[name], name) for scope in self.dynamic.values() if name and name in scope)

    def schema_at(self, pointer: str) -> JsonObject:
        """The schema at a pointer in the document as it was; empty without one."""
        try:
            return as_object(resolve(self.pristine, pointer))
        except LookupError:
            return {}
