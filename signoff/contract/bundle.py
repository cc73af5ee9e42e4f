"""Bundles a document of several files into one, with local `$ref`s only.

Referenced files are kept whole under `FILES_KEY`, and references to them are rewritten. Nothing is inlined,
so recursive schemas cost nothing and every location is still known.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from signoff.contract import source as sources
from signoff.contract.errors import DocumentError, SourceError
from signoff.contract.pointer import from_ref, join, resolve, split, to_ref
from signoff.contract.schema_ids import SchemaIds
from signoff.contract.structure import FILES_KEY, file_kind, kind_words, other_kind, walk

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.pointer import Location
    from signoff.contract.source import Source
    from signoff.contract.structure import Node


class RemoteReferenceError(DocumentError):
    """A reference to a URL, without permission to fetch it."""


class OutsideReferenceError(DocumentError):
    """A reference to a file outside the document's folder."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The result.

    Attributes:
        value: the document; other files are under `FILES_KEY`, by number.
        files: all files; the first is the root.
        resources: the pointers of the schemas that have an `$id`, and of the files with named schemas.
        copies: the pointers of schemas that were copied later, and of their originals; see `dynamic_refs`.
        externals: the files of `externalValue`, by the pointer of the example.
        unread: one sentence with its location for each such file that is not read.
    """

    value: JsonObject
    files: tuple[Source, ...]
    resources: frozenset[str] = frozenset()
    copies: dict[str, str] = field(default_factory=dict, compare=False)
    externals: dict[str, Source] = field(default_factory=dict, compare=False)
    unread: tuple[str, ...] = ()

    def locate(self, pointer: str) -> Location:
        """The location in its own file of a pointer into the bundled document."""
        pointer = self._original(pointer)
        number = _file_number(pointer)
        return self.files[number].locate(pointer.removeprefix(_file_pointer(number)))

    def name(self, pointer: str) -> str:
        """A pointer with its file's folder and name for the file's number.

        In another revision of the document, the same file may have another number.
        """
        pointer = self._original(pointer)
        tokens = split(pointer)
        if tokens[:1] != [FILES_KEY] or len(tokens) < 2:
            return pointer
        path = PurePosixPath(urlsplit(self.files[int(tokens[1])].base).path)
        return join(tokens[2:], f"/{path.parent.name}/{path.stem}")

    def _original(self, pointer: str) -> str:
        """The pointer of what the part at a pointer is a copy of; else the pointer itself."""
        top = "/".join(pointer.split("/", 3)[:3])
        return self.copies[top] + pointer.removeprefix(top) if top in self.copies else pointer


def bundle(
    root: Source,
    document: JsonObject,
    *,
    allow_remote_refs: bool,
    kind: str = "document",
    unresolved: list[DocumentError] | None = None,
) -> Bundle:
    """Read every file that `document` references, and join them.

    Args:
        root: the source of `document`.
        document: its value; it is not changed.
        allow_remote_refs: whether to fetch references to `http(s)` URLs.
        kind: the kind of its root in `structure.FIELDS`.
        unresolved: if given, collects references that cannot be resolved, instead of raising.

    Raises:
        DocumentError: a reference cannot be resolved, or is remote and not allowed.
    """
    bundler = _Bundler(copy.deepcopy(document), [root], kind, allow_remote_refs, unresolved)
    bundler.run()
    return Bundle(
        bundler.value,
        tuple(bundler.files),
        frozenset(bundler.ids.bases),
        externals=bundler.externals,
        unread=tuple(bundler.unread),
    )


@dataclass(slots=True)
class _Bundler:
    value: JsonObject
    files: list[Source]
    kind: str
    allow_remote_refs: bool
    unresolved: list[DocumentError] | None = None
    ids: SchemaIds = field(default_factory=SchemaIds)
    externals: dict[str, Source] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def run(self) -> None:
        self.add_ids(0, self.value, self.kind)
        for node in walk(self.value, self.kind):
            dynamic = node.value.get("$dynamicRef") if node.kind == "schema" else None
            if (
                isinstance(dynamic, str)
                and (named := self.ids.find(node.pointer, dynamic))
                and dynamic[0] != "#"
            ):
                node.value["$dynamicRef"] = to_ref(named)
            if node.kind == "example" and isinstance(address := node.value.get("externalValue"), str):
                self.read_external(node, address)
            if node.ref is None:
                continue
            try:
                self.rewrite(node, node.ref)  # before `walk` follows it
            except RemoteReferenceError:
                raise  # it may be valid
            except DocumentError as error:
                if self.unresolved is None:
                    raise
                self.unresolved.append(error)
        self.ids.remove_ids()

    def add_ids(self, number: int, value: JsonValue, kind: str) -> None:
        """Add the names of the schemas in a file; before OpenAPI 3.1, schemas have none."""
        has_ids = self.kind == "document" and not str(self.value.get("openapi")).startswith("3.0")
        text = self.files[number].text if has_ids else ""
        if "$id" in text or "nchor" in text:
            uri = sources.uri_of(self.files[number])
            self.ids.add(uri, _file_pointer(number), value, file_kind(value) or kind)

    def read_external(self, node: Node, address: str) -> None:
        """Read the file of an example, if it is in the folder of the document or below."""
        near = self.files[_file_number(node.pointer)]
        try:
            target = sources.resolve_reference(address, near)[0]
            if sources.is_remote(target):
                return  # the documented URL is for readers
            reason = "" if sources.is_beside(target, self.files[0]) else "it is outside the document's folder"
            if not reason:
                self.externals[node.pointer] = sources.read_reference(target, self.files[0])
        except SourceError as error:
            reason = error.message
        except ValueError:
            reason = "not a valid URI"
        if reason:
            place = Bundle(self.value, tuple(self.files)).locate(f"{node.pointer}/externalValue")
            self.unread.append(f"{place}: the example {address!r} is not read: {reason}")

    def rewrite(self, node: Node, ref: str) -> None:
        """Rewrite the reference `node` to a local one."""
        if ref.startswith("/") and self.has(_file_pointer(_file_number(node.pointer)) + ref):
            suggestion = f"Add the number sign: '#{ref}'."
            raise self.error(node, f"the reference {ref!r} cannot be resolved", suggestion)
        try:
            pointer = self.target_of(node, ref)
        except ValueError:
            raise self.error(node, f"the reference {ref!r} is not a valid URI") from None
        try:
            found = other_kind(self.value, self.kind, node.kind, pointer)
        except LookupError:
            raise self.error(node, f"the reference {ref!r} cannot be resolved") from None
        if found:
            wanted = kind_words(node.kind)
            message = f"the reference {ref!r} points to {found}; expected {wanted}"
            raise self.error(node, message, f"Change the reference to {wanted}.")
        node.value["$ref"] = to_ref(pointer)

    def target_of(self, node: Node, ref: str) -> str:
        """The pointer that a reference leads to."""
        named = self.ids.find(node.pointer, ref) if node.kind == "schema" else None
        # Many documents have references into the whole document in schemas with an `$id`.
        if named is not None and (not ref.startswith("#") or self.has(named)):
            return named
        source = self.files[_file_number(node.pointer)]
        address, fragment = sources.resolve_reference(ref, source)
        pointer = _file_pointer(self.file_number(address, node, ref))
        if not fragment or fragment.startswith("/"):
            return pointer + from_ref(fragment)
        anchored = self.ids.find(pointer, f"#{fragment}")
        if anchored is None:
            raise self.error(node, f"the reference {ref!r} cannot be resolved")
        return anchored

    def has(self, pointer: str) -> bool:
        """Whether there is something at a pointer."""
        try:
            resolve(self.value, pointer)
        except LookupError:
            return False
        return True

    def file_number(self, address: str, node: Node, ref: str) -> int:
        for number, file in enumerate(self.files):
            if file.base == address:
                return number
        if sources.is_remote(address) and not self.allow_remote_refs:
            error = self.error(node, f"the reference {ref!r} is a remote URL")
            suggestion = "Use --allow-remote-refs to fetch it, or keep a local copy."
            raise RemoteReferenceError(error.message, suggestion=suggestion, location=error.location)
        if not sources.is_within_reach(address, self.files[0]):
            error = self.error(node, f"the reference {ref!r} leads outside the document's folder")
            suggestion = "Copy the file into it, or run the command in a folder that contains both."
            raise OutsideReferenceError(error.message, suggestion=suggestion, location=error.location)
        try:
            file = sources.read_reference(address, self.files[0])
        except SourceError as error:
            raise self.error(node, f"the reference {ref!r} cannot be resolved: {error.message}") from None
        if not isinstance(file.value, dict | list | bool):
            raise self.error(node, f"the reference {ref!r} leads to a file that is not an object")
        self.files.append(file)
        value = copy.deepcopy(file.value)
        held = self.value.setdefault(FILES_KEY, {})
        if isinstance(held, dict):
            held[str(len(self.files) - 1)] = value
        self.add_ids(len(self.files) - 1, value, node.kind)
        return len(self.files) - 1

    def error(self, node: Node, message: str, suggestion: str = "") -> DocumentError:
        location = Bundle(self.value, tuple(self.files)).locate(f"{node.pointer}/$ref")
        return DocumentError(message, suggestion=suggestion, location=location)


def _file_pointer(number: int) -> str:
    """Where a file is in the bundle, by its number."""
    return f"/{FILES_KEY}/{number}" if number else ""


def _file_number(pointer: str) -> int:
    """The number of the file that a pointer into the bundle leads to."""
    tokens = pointer.split("/", 3)
    return int(tokens[2]) if tokens[1:2] == [FILES_KEY] and len(tokens) > 2 else 0


def dereference(document: JsonObject, value: JsonValue) -> tuple[JsonValue, str | None]:
    """Follow the `$ref`s of a bundled document.

    Returns:
        The target and its pointer; None if `value` is not a reference.
    """
    pointer = None
    hops = 0
    while isinstance(value, dict) and isinstance(ref := value.get("$ref"), str) and ref.startswith("#"):
        pointer = from_ref(ref)
        value = resolve(document, pointer)
        hops += 1
        if hops > 64:  # a cycle of references
            return {}, pointer
    return value, pointer
