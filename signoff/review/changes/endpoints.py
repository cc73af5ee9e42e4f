"""The operations of a document, and which of them are the same before and after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object
from signoff.contract.pointer import escape
from signoff.contract.structure import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.review.changes.revisions import Element, Side

_IN_BRACES = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation: where it stands, and the path item around it."""

    method: str
    path: str
    base_path: str
    operation: Element
    item: Element

    @property
    def pointer(self) -> str:
        """Where the operation stands."""
        return self.operation.pointer

    @property
    def label(self) -> str:
        """`METHOD /path`."""
        return f"{self.method} {self.path}".strip()

    @property
    def shape(self) -> tuple[str, str]:
        """What is sent: the method and the path, whatever its parameters are called."""
        return self.method, _nameless(self.path)

    @property
    def full_shape(self) -> tuple[str, str]:
        """As `shape`, with the server's path in front."""
        return self.method, _nameless(self.base_path + self.path)


def _nameless(path: str) -> str:
    """A path without the names of its parameters; those of webhooks and callbacks stay as they are."""
    return _IN_BRACES.sub("{}", path) if path.startswith("/") else path


def endpoints(side: Side, items: Mapping[str, Element]) -> list[Endpoint]:
    """The operations of some path items, by path, webhook name or callback expression."""
    known = {operation.pointer: operation.base_path for operation in side.contract.operations}
    return [
        Endpoint(method, path, known.get(operation.pointer, ""), operation, item)
        for path, item in items.items()
        for method, operation in _operations(side, item)
    ]


def _operations(side: Side, item: Element) -> Iterator[tuple[str, Element]]:
    for method in METHODS:
        if isinstance(item.value.get(method), dict):
            yield method.upper(), side.member(item, method)
    for method, value in as_object(item.value.get("additionalOperations")).items():
        yield method, side.element(value, f"{item.pointer}/additionalOperations/{escape(method)}")


def paired(
    before: list[Endpoint], after: list[Endpoint]
) -> tuple[list[tuple[Endpoint, Endpoint]], list[Endpoint], list[Endpoint]]:
    """Which operations are the same: those of one path, then those of one path on the server.

    Returns:
        The pairs, what is there before only, and what is there after only.
    """
    pairs: list[tuple[Endpoint, Endpoint]] = []
    gone, come = list(before), list(after)
    for by_full_path in (False, True):
        waiting = {(e.full_shape if by_full_path else e.shape): e for e in reversed(come)}
        for endpoint in list(gone):
            other = waiting.pop(endpoint.full_shape if by_full_path else endpoint.shape, None)
            if other is not None:
                pairs.append((endpoint, other))
                gone.remove(endpoint)
                come.remove(other)
    return pairs, gone, come
