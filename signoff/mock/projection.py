"""What Connexion is told of a contract: a minimal OpenAPI 3.0 document.

Paths, methods and path parameters, nothing else: schemas stay with the compiled plans. That is how
documents of every version are served, and how recursive schemas cost nothing at start-up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from connexion.http_facts import METHODS

if TYPE_CHECKING:
    from signoff.contract import Contract, Operation

_PARAMETER = re.compile(r"\{([^{}]*)\}")


def operation_key(operation: Operation) -> str:
    """The operationId of the projection: `METHOD /full/path`, unique across documents."""
    return f"{operation.method} {operation.base_path}{operation.path}"


def project(contract: Contract) -> dict[str, Any]:
    """The projection of a contract; its paths include the base path."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in contract.operations:
        if operation.method.lower() not in METHODS:
            continue
        template = operation.base_path + operation.path
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in dict.fromkeys(_PARAMETER.findall(template))
        ]
        paths.setdefault(template, {})[operation.method.lower()] = {
            "operationId": operation_key(operation),
            "parameters": parameters,
            "responses": {"default": {"description": "answered by a compiled plan"}},
        }
    return {
        "openapi": "3.0.3",
        "info": {"title": contract.title or "untitled", "version": contract.version or "0"},
        "paths": paths,
    }
