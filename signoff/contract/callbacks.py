"""The requests that a server sends: callbacks of operations, and webhooks (OpenAPI 3.1, section 4.8.18)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract.bundle import dereference
from signoff.contract.json_value import as_object
from signoff.contract.model_builder import operations_of
from signoff.contract.pointer import escape, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.contract import Contract, Operation


@dataclass(frozen=True, slots=True)
class Callback:
    """The requests to one URL of a callback.

    Attributes:
        expression: the URL, with runtime expressions such as `{$request.body#/callbackUrl}`.
        operations: the requests, one per method.
        pointer: the pointer of its path item in the bundled document.
    """

    name: str
    expression: str
    operations: tuple[Operation, ...]
    pointer: str


def callbacks_of(contract: Contract, operation: Operation) -> Iterator[Callback]:
    """The callbacks of an operation, in the document's order."""
    entries = as_object(as_object(resolve(contract.document, operation.pointer)).get("callbacks"))
    for name, entry in entries.items():
        target, place = dereference(contract.document, entry)
        pointer = f"{operation.pointer}/callbacks/{escape(name)}" if place is None else place
        for expression, item in as_object(target).items():
            if not expression.startswith("x-"):
                at = f"{pointer}/{escape(expression)}"
                yield Callback(name, expression, operations_of(contract, expression, item, at), at)


def webhook_names(contract: Contract) -> list[str]:
    """The names of the webhooks of a document."""
    return [name for name in as_object(contract.document.get("webhooks")) if not name.startswith("x-")]


def webhook(contract: Contract, name: str) -> tuple[Operation, ...]:
    """The requests of a webhook, one per method; none if the document doesn't define it."""
    known = as_object(contract.document.get("webhooks"))
    is_known = name in webhook_names(contract)
    return operations_of(contract, name, known[name], f"/webhooks/{escape(name)}") if is_known else ()
