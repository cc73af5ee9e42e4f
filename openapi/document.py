"""From a source to a contract: read, bundle, check, bring to the one model."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from openapi import source as sources
from openapi.bundle import Bundle, bundle
from openapi.errors import DocumentError
from openapi.location import Location
from openapi.model_builder import build
from openapi.pointer import join, resolve
from openapi.structure import walk
from openapi.versions import v3_0

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

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
    from jsonschema.exceptions import best_match  # noqa: PLC0415
    from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator  # noqa: PLC0415

    _check_operation_ids(bundled)
    validator = OpenAPIV30SpecValidator if version.startswith("3.0") else OpenAPIV31SpecValidator

    def relevance(error: ValidationError) -> tuple[bool, int, bool]:
        # An error with a place says more than one without, a shallow one more than a deep one.
        return _stands(bundled, error), -len(error.path), error.validator not in ("anyOf", "oneOf")

    error = best_match(_errors(validator(bundled.value)), key=relevance)
    if error is not None:
        location = bundled.locate(join(error.absolute_path) if _stands(bundled, error) else "")
        message = str(error.message).splitlines()[0]
        shown = message if len(message) <= 240 else f"{message[:240]} …"
        raise DocumentError(f"not valid OpenAPI {version[:3]}: {shown}", location=location)


def _stands(bundled: Bundle, error: ValidationError) -> bool:
    """Whether an error's path is one of the document; some are relative to a schema, some are missing."""
    try:
        resolve(bundled.value, join(error.absolute_path))
    except LookupError:
        return False
    return bool(error.absolute_path)


def _errors(validator: Any) -> Iterator[ValidationError]:  # noqa: ANN401 - one of two classes without a base
    """The validator's errors; it gives up with an exception of its own where the structure is too broken."""
    found = 0
    try:
        for error in validator.iter_errors():
            found += 1
            yield error
    except (KeyError, TypeError, AttributeError):
        if not found:
            raise


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
