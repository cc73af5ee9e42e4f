"""Bundles a document of several files into one, with local `$ref`s only.

Referenced files are kept whole under `FILES_KEY`, and references to them are rewritten. Nothing is inlined,
so recursive schemas cost nothing and every location is still known.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from signoff.contract import source as sources
from signoff.contract.errors import DocumentError, SourceError
from signoff.contract.pointer import from_ref, join, resolve, split, to_ref
from signoff.contract.structure import walk

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.pointer import Location
    from signoff.contract.source import Source
    from signoff.contract.structure import Node

FILES_KEY = "x-signoff-files"


class RemoteReferenceError(DocumentError):
    """A reference to a URL, without permission to fetch it."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The result.

    Attributes:
        value: the document; other files are under `FILES_KEY`, by number.
        files: all files; the first is the root.
    """

    value: JsonObject
    files: tuple[Source, ...]

    def locate(self, pointer: str) -> Location:
        """The location in its own file of a pointer into the bundled document."""
        tokens = split(pointer)
        if tokens[:1] == [FILES_KEY] and len(tokens) > 1:
            rest = "/".join(["", *pointer.split("/")[3:]])
            return self.files[int(tokens[1])].locate(rest)
        return self.files[0].locate(pointer)

    def name(self, pointer: str) -> str:
        """A pointer with its file's folder and name for the file's number.

        In another revision of the document, the same file may have another number.
        """
        tokens = split(pointer)
        if tokens[:1] != [FILES_KEY] or len(tokens) < 2:
            return pointer
        path = PurePosixPath(urlsplit(self.files[int(tokens[1])].base).path)
        return join(tokens[2:], f"/{path.parent.name}/{path.stem}")


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
    bundler = _Bundler(copy.deepcopy(document), [root], allow_remote_refs, unresolved)
    bundler.run(kind)
    return Bundle(bundler.value, tuple(bundler.files))


@dataclass(slots=True)
class _Bundler:
    value: JsonObject
    files: list[Source]
    allow_remote_refs: bool
    unresolved: list[DocumentError] | None = None

    def run(self, kind: str) -> None:
        for node in walk(self.value, kind):
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

    def rewrite(self, node: Node, ref: str) -> None:
        """Rewrite the reference `node` to a local one."""
        tokens = split(node.pointer)
        number = int(tokens[1]) if tokens[:1] == [FILES_KEY] else 0
        address, fragment = sources.resolve_reference(ref, self.files[number])
        if fragment and not fragment.startswith("/"):
            return  # an anchor: the schema compiler resolves it
        target_number = self.file_number(address, node, ref)
        pointer = (f"/{FILES_KEY}/{target_number}" if target_number else "") + from_ref(fragment)
        try:
            resolve(self.value, pointer)
        except LookupError:
            raise self.error(node, f"the reference {ref!r} cannot be resolved") from None
        node.value["$ref"] = to_ref(pointer)

    def file_number(self, address: str, node: Node, ref: str) -> int:
        for number, file in enumerate(self.files):
            if file.base == address:
                return number
        if sources.is_remote(address) and not self.allow_remote_refs:
            error = self.error(node, f"the reference {ref!r} is a remote URL")
            suggestion = "Use --allow-remote-refs to fetch it, or keep a local copy."
            raise RemoteReferenceError(error.message, suggestion=suggestion, location=error.location)
        try:
            file = sources.read_reference(address, self.files[0])
        except SourceError as error:
            raise self.error(node, f"the reference {ref!r} cannot be resolved: {error.message}") from None
        self.files.append(file)
        held = self.value.setdefault(FILES_KEY, {})
        if isinstance(held, dict):
            held[str(len(self.files) - 1)] = copy.deepcopy(file.value)
        return len(self.files) - 1

    def error(self, node: Node, message: str) -> DocumentError:
        location = Bundle(self.value, tuple(self.files)).locate(f"{node.pointer}/$ref")
        return DocumentError(message, location=location)


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
