"""Loads a contract: read, bundle, validate, upgrade to OpenAPI 3.1, build the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract import source as sources
from signoff.contract.bundle import OutsideReferenceError, bundle
from signoff.contract.dynamic_refs import resolve_dynamic_refs
from signoff.contract.errors import DocumentError
from signoff.contract.limits import NO_OPTIONS, PARTS
from signoff.contract.model_builder import build
from signoff.contract.odd_parts import empty_references, repair_parts, repair_places, repair_references
from signoff.contract.pointer import Location
from signoff.contract.spec_repair import open_closed_parts, repair_schemas
from signoff.contract.structure import walk
from signoff.contract.validity import spec_violations
from signoff.contract.versions import v2_0, v3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from signoff.contract.bundle import Bundle
    from signoff.contract.contract import Contract
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.limits import Limit, Limits
    from signoff.contract.source import Source

SUPPORTED = "OpenAPI 3.0, 3.1 and 3.2 and Swagger 2.0"
_MAX_WARNINGS = 20
# The keywords of schemas whose number of parts takes time and memory, more than in proportion for some.
_WITH_PARTS = {
    "properties",
    "patternProperties",
    "dependentSchemas",
    "allOf",
    "anyOf",
    "oneOf",
    "prefixItems",
}


def load(
    source: str | Path | Source,
    *,
    allow_remote_refs: bool = False,
    check_validity: bool = True,
    strict: bool = True,
    limits: Limits = NO_OPTIONS,
) -> Contract:
    """Load an OpenAPI document.

    Args:
        source: a path, an `http(s)` URL, `-` for standard input, `revision:path` in the current git
            repository, or a `Source`; YAML or JSON.
        allow_remote_refs: whether to fetch `$ref`s to URLs.
        check_validity: whether to validate the document against its specification.
        strict: whether any spec violation is an error. Otherwise tolerable ones and unresolved references are
            listed in `Contract.warnings`.
        limits: on the work for the document.

    Raises:
        SourceError: it cannot be read.
        DocumentError: it is not YAML or JSON, not OpenAPI, invalid, or has an unresolved reference.
    """
    unresolved: list[DocumentError] | None = None if strict else []
    bundled, version = as_written(
        source, allow_remote_refs=allow_remote_refs, unresolved=unresolved, limits=limits
    )
    for error in unresolved or ():
        if isinstance(error, OutsideReferenceError):
            raise error  # it may be valid
    warnings = [f"{error.location}: {error.message}; ignored" for error in unresolved or ()]
    empty_references(bundled, root_kind(version), unresolved or ())
    warnings += spec_violations(bundled, version, strict=strict) if check_validity else ()
    contract = understood(bundled, version, warnings, repair=check_validity, limits=limits)
    contract.rules  # noqa: B018 - compiled here, to report invalid rules early
    return contract


def as_written(
    source: str | Path | Source,
    *,
    allow_remote_refs: bool = False,
    unresolved: list[DocumentError] | None = None,
    limits: Limits = NO_OPTIONS,
) -> tuple[Bundle, str]:
    """A document as written, bundled but not upgraded, and its version.

    Args:
        source: see `load`.
        allow_remote_refs: see `load`.
        unresolved: if given, collects references that cannot be resolved, instead of raising.
        limits: on the work for the document.

    Raises:
        SourceError: it cannot be read.
        DocumentError: it is not YAML or JSON, not OpenAPI, or has an unresolved reference or a schema with
            too many parts.
    """
    root = sources.read(source)
    document = _as_document(root.name, root.value)
    version = _version(root.locate, document)
    kind = root_kind(version)
    bundled = bundle(root, document, allow_remote_refs=allow_remote_refs, kind=kind, unresolved=unresolved)
    _check_parts(bundled, kind, limits.of(PARTS))
    return bundled, version


def _check_parts(bundled: Bundle, kind: str, limit: Limit) -> None:
    """Reject schemas that take long wherever they are used, before the first use."""
    schemas = (node for node in walk(bundled.value, kind) if node.kind == "schema")
    for node in schemas:
        for keyword in _WITH_PARTS & node.value.keys():
            parts = node.value[keyword]
            if isinstance(parts, dict | list) and len(parts) > limit.value:
                raise DocumentError(
                    f"`{keyword}` has {limit.exceeded}",
                    suggestion="Split the schema, or raise the limit.",
                    location=bundled.locate(f"{node.pointer}/{keyword}"),
                )


def root_kind(version: str) -> str:
    """The kind of a document's root in `structure.FIELDS`."""
    return "document_2_0" if version == "2.0" else "document"


def understood(
    bundled: Bundle,
    version: str,
    warnings: Sequence[str] = (),
    *,
    repair: bool = True,
    open_parts: bool = True,
    limits: Limits = NO_OPTIONS,
) -> Contract:
    """Build the contract of a bundled document, which is upgraded in place.

    Args:
        bundled: from `as_written`.
        version: from `as_written`.
        warnings: the spec violations so far.
        repair: whether to repair invalid schemas, with a warning for each.
        open_parts: whether to repair contradictory objects too (`open_closed_parts`).
        limits: on the work for the document.
    """
    kind = root_kind(version)
    places = [*repair_places(bundled, kind), *repair_references(bundled, kind)] if repair else []
    if version == "2.0":
        v2_0.upgrade(bundled.value)
    if version.startswith(("2.", "3.0")):
        v3.upgrade_3_0(bundled.value)
        unclear: list[str] = []
    else:
        unclear = resolve_dynamic_refs(bundled)
    if version.startswith("3.2"):
        v3.upgrade_3_2(bundled.value)
    found = [*warnings, *places, *unclear, *bundled.unread, *_odd_texts(bundled)]
    if repair:
        found += [*repair_parts(bundled), *repair_schemas(bundled), *repair_references(bundled, "document")]
    if repair and open_parts:
        found += open_closed_parts(bundled)
    return build(bundled, version, tuple(_cut(found)), limits)


def _cut(warnings: list[str]) -> Iterator[str]:
    """The first warnings, and how many more there are."""
    yield from warnings[:_MAX_WARNINGS]
    if len(warnings) > _MAX_WARNINGS:
        yield f"{len(warnings) - _MAX_WARNINGS} more spec violations; `signoff review` lists them"


def _odd_texts(bundled: Bundle) -> Iterator[str]:
    """Files in another encoding than UTF-8, and numbers that JSON can't have."""
    for file in bundled.files:
        if file.encoding != "UTF-8":
            yield f"{file.name}: the text is {file.encoding}; save it as UTF-8"
        for pointer, text in file.odd_numbers.items():
            yield f"{file.locate(pointer)}: {text} is not a number in JSON; read as text"


def _as_document(name: str, value: JsonValue) -> JsonObject:
    if isinstance(value, dict):
        return value
    found = {list: "a list", type(None): "nothing", str: "plain text"}.get(type(value), "a single value")
    raise DocumentError(
        f"not an OpenAPI document: the file contains {found}, not a mapping",
        suggestion="Use the path of an OpenAPI document in YAML or JSON.",
        location=Location(name),
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
                suggestion=f"Supported versions: {SUPPORTED}.",
                location=locate(f"/{key}"),
            )
    raise DocumentError(
        "not an OpenAPI document: the field `openapi` is missing",
        suggestion="Add a version, such as `openapi: 3.1.0`.",
        location=locate(""),
    )
