"""From a source to a contract: read, bundle, check, bring to the one model."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from openapi import source as sources
from openapi.bundle import Bundle, bundle
from openapi.errors import DocumentError
from openapi.location import Location
from openapi.model_builder import build
from openapi.pointer import join, resolve, split
from openapi.structure import walk
from openapi.versions import v2_0, v3_0

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jsonschema.exceptions import ValidationError

    from openapi.contract import Contract
    from openapi.json_value import JsonObject, JsonValue

SUPPORTED = "OpenAPI 3.0, 3.1 and 3.2 and Swagger 2.0"
_MAX_WARNINGS = 20
# Inside these a breach concerns values or schemas, and the rest of the document can be worked with.
_SCHEMA_PLACES = {
    "schema",
    "schemas",
    "definitions",
    "example",
    "examples",
    "info",
    "tags",
    "servers",
    "externalDocs",
}


def load(
    source: str | Path,
    *,
    allow_remote_refs: bool = False,
    check_validity: bool = True,
    strict: bool = True,
) -> Contract:
    """Read an OpenAPI document.

    Args:
        source: a path, an `http(s)` URL, or `-` for standard input; YAML or JSON.
        allow_remote_refs: whether `$ref`s that lead to the network may be fetched.
        check_validity: whether the document is checked against its specification; leave that out
            only for a document that is known to be valid.
        strict: whether any breach of the specification is an error. Else what can be worked with is
            put up with and told in `Contract.warnings`.

    Raises:
        SourceError: it cannot be read.
        DocumentError: it is not YAML or JSON, not OpenAPI, has a dangling reference or is invalid.
    """
    root = sources.read(source)
    document = _as_document(root.name, root.value)
    version = _version(root.locate, document)
    kind = "document_2_0" if version == "2.0" else "document"
    bundled = bundle(root, document, allow_remote_refs=allow_remote_refs, kind=kind)
    warnings = _blemishes(bundled, version, strict=strict) if check_validity else ()
    if version == "2.0":
        v2_0.upgrade(bundled.value)
    if version.startswith(("2.", "3.0")):
        v3_0.upgrade(bundled.value)
    return build(bundled, version, warnings)


def _as_document(name: str, value: JsonValue) -> JsonObject:
    if isinstance(value, dict):
        return value
    found = {list: "a list", type(None): "nothing", str: "plain text"}.get(type(value), "a single value")
    raise DocumentError(
        f"not an OpenAPI document: the file holds {found}, not a mapping", location=Location(name)
    )


def _version(locate: Callable[[str], Location], document: JsonObject) -> str:
    for key, supported in (("openapi", ("3.0", "3.1", "3.2")), ("swagger", ("2.0",)), ("swaggerVersion", ())):
        if key in document:
            version = str(document[key])
            if version.startswith(supported) and supported:
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


def _blemishes(bundled: Bundle, version: str, *, strict: bool) -> tuple[str, ...]:
    """The document's breaches of its specification, worst first; raises the first that cannot be borne."""
    # Imported here: these cost a third of a second, and the packaged document does without.
    import openapi_spec_validator as validators  # noqa: PLC0415

    names = {
        "2": "OpenAPIV2SpecValidator",
        "3.0": "OpenAPIV30SpecValidator",
        "3.2": "OpenAPIV32SpecValidator",
    }
    name = names.get(version[:1] if version.startswith("2") else version[:3], "OpenAPIV31SpecValidator")
    found = [*_repeated_operation_ids(bundled), *_invalidities(bundled, version, getattr(validators, name))]
    if found and (strict or found[0][1]):
        raise found[0][0]
    return tuple(str(error) for error, _ in found[:_MAX_WARNINGS])


def _invalidities(bundled: Bundle, version: str, validator: Any) -> list[tuple[DocumentError, bool]]:  # noqa: ANN401
    """What the specification's own schema says, and whether each breach is past working with."""
    from jsonschema.exceptions import best_match  # noqa: PLC0415 - see above

    def relevance(error: ValidationError) -> tuple[bool, int, bool]:
        # An error with a place says more than one without, a shallow one more than a deep one.
        return _stands(bundled, error), -len(error.path), error.validator not in ("anyOf", "oneOf")

    found = []
    for outer in sorted(_errors(validator(bundled.value)), key=relevance, reverse=True):
        error = best_match(iter([outer]), key=relevance) or outer
        pointer = join(error.absolute_path) if _stands(bundled, error) else ""
        message = str(error.message).splitlines()[0]
        shown = message if len(message) <= 240 else f"{message[:240]} …"
        told = DocumentError(f"not valid OpenAPI {version[:3]}: {shown}", location=bundled.locate(pointer))
        is_hopeless = " is not of type " in message and not _SCHEMA_PLACES & set(split(pointer))
        found.append((told, is_hopeless and bool(pointer)))
    return sorted(found, key=lambda entry: not entry[1])


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


def _repeated_operation_ids(bundled: Bundle) -> list[tuple[DocumentError, bool]]:
    """Said here rather than by the specification's validator, which does not name the place."""
    places = [
        (str(node.value["operationId"]), node.pointer)
        for node in walk(bundled.value)
        if node.kind == "operation" and "operationId" in node.value
    ]
    counts = Counter(name for name, _ in places)
    seen: set[str] = set()
    found = []
    for name, pointer in places:
        if name in seen:
            location = bundled.locate(f"{pointer}/operationId")
            found.append(
                (
                    DocumentError(
                        f"the operationId {name!r} is used {counts[name]} times", location=location
                    ),
                    False,
                )
            )
        seen.add(name)
    return found
