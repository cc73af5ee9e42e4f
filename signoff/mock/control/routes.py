"""The list of routes, and the served documents."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object
from signoff.contract.pointer import split
from signoff.mock.routing import operation_key
from signoff.mock.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.contract import Contract, JsonObject, Operation
    from signoff.mock.settings import Settings
    from signoff.mock.state.contents import Worlds


def routes_of(
    contracts: Sequence[Contract], worlds: Worlds, settings: Settings, handled: frozenset[str]
) -> Iterator[JsonObject]:
    """All operations of all documents, each with a URL to try, without its origin.

    Args:
        contracts: the documents.
        worlds: the generated entities of each.
        settings: the settings of the mock.
        handled: the keys of the operations with a custom handler.
    """
    for number, (contract, (world, *_)) in enumerate(zip(contracts, worlds, strict=True), 1):
        samples = Samples(contract, world, settings)
        for operation in contract.operations:
            route: JsonObject = {
                "document": number,
                "method": operation.method,
                "path": operation.base_path + operation.path,
                "operation": operation.id,
                "summary": operation.summary,
                "tags": list(operation.tags),
                "deprecated": operation.deprecated,
                "handler": operation_key(operation) in handled,
                "security": [list(names) for names in operation.security] if settings.auth else [],
            }
            yield route | samples.request(operation)


def document_of(contract: Contract, origin: str) -> JsonObject:
    """The document of a contract, with the mock as its only server."""
    document = deepcopy(contract.document)
    document["servers"] = [{"url": origin + contract.base_path}]
    for item in as_object(document.get("paths")).values():
        as_object(item).pop("servers", None)
    for operation in contract.operations:
        found = _at(document, operation)
        found.pop("servers", None)
        if operation.base_path != contract.base_path:
            found["servers"] = [{"url": origin + operation.base_path}]
    return document


def _at(document: JsonObject, operation: Operation) -> JsonObject:
    value: object = document
    for part in split(operation.pointer):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
