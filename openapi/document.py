"""From a source to a contract: read, bundle, check, bring to the one model."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from openapi import source as sources
from openapi.bundle import Bundle, bundle
from openapi.errors import DocumentError
from openapi.location import Location
from openapi.model_builder import build
from openapi.pointer import join
from openapi.structure import walk
from openapi.versions import v3_0

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openapi.contract import Contract
    from openapi.json_value import JsonObject, JsonValue

SUPPORTED = "OpenAPI 3.0 and 3.1"


def load(source: str | Path, *, allow_remote_refs: bool = False, check_validity: bool = True) -> Contract:
    """Read an OpenAPI document.

    Args:
        source: a path, an `http(s)` URL, or `-` for standard input; YAML or JSON.
        allow_remote_refs: whether `$ref`s that lead to the network may be fetched.
        check_validity: whether the document is checked against its specification; leave that out
            only for a document that is known to be valid.

    Raises:
        SourceError: it cannot be read.
        DocumentError: it is not YAML or JSON, not OpenAPI, has a dangling reference or is invalid.
    """
    root = sources.read(source)
    document = _as_document(root.name, root.value)
    version = _version(root.locate, document)
    bundled = bundle(root, document, allow_remote_refs=allow_remote_refs)
    if check_validity:
        _check_validity(bundled, version)
    if version.startswith("3.0"):
        v3_0.upgrade(bundled.value)
    return build(bundled, version)


def _as_document(name: str, value: JsonValue) -> JsonObject:
    if isinstance(value, dict):
        return value
    found = {list: "a list", type(None): "nothing", str: "plain text"}.get(type(value), "a single value")
    raise DocumentError(
        f"not an OpenAPI document: the file holds {found}, not a mapping", location=Location(name)
    )


def _version(locate: Callable[[str], Location], document: JsonObject) -> str:
    for key in ("openapi", "swagger", "swaggerVersion"):
        if key in document:
            version = str(document[key])
            if key == "openapi" and version.startswith(("3.0.", "3.1.")):
                return version
            name = "OpenAPI" if key == "openapi" else "Swagger"
            raise DocumentError(
                f"{name} {version} is not supported",
                mend=f"Signoff reads {SUPPORTED}; convert the document to one of them.",
                location=locate(f"/{key}"),
            )
    raise DocumentError(
        "not an OpenAPI document: there is no `openapi` field",
        mend="An OpenAPI document starts with a line such as `openapi: 3.1.0`.",
        location=locate(""),
    )


def _check_validity(bundled: Bundle, version: str) -> None:
    # Imported here: these cost a third of a second, and the packaged document does without.
    from jsonschema.exceptions import ValidationError, best_match  # noqa: PLC0415
    from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator  # noqa: PLC0415

    _check_operation_ids(bundled)
    validator = OpenAPIV30SpecValidator if version.startswith("3.0") else OpenAPIV31SpecValidator
    error = best_match(iter(validator(bundled.value).iter_errors()))
    if isinstance(error, ValidationError):
        pointer = join(error.absolute_path)
        message = error.message if len(error.message) <= 240 else f"{error.message[:240]} …"
        raise DocumentError(f"not valid OpenAPI {version[:3]}: {message}", location=bundled.locate(pointer))


def _check_operation_ids(bundled: Bundle) -> None:
    """Said here rather than by the specification's validator, which does not name the place."""
    places = [
        (str(node.value["operationId"]), node.pointer)
        for node in walk(bundled.value)
        if node.kind == "operation" and "operationId" in node.value
    ]
    counts = Counter(name for name, _ in places)
    for name, pointer in reversed(places):
        if counts[name] > 1:
            raise DocumentError(
                f"the operationId {name!r} is used {counts[name]} times",
                location=bundled.locate(f"{pointer}/operationId"),
            )
