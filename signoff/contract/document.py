"""From a source to a contract: read, bundle, check, bring to the one model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.contract import source as sources
from signoff.contract.bundle import bundle
from signoff.contract.errors import DocumentError
from signoff.contract.model_builder import build
from signoff.contract.pointer import Location
from signoff.contract.spec_repair import open_closed_parts, repair_schemas
from signoff.contract.validity import breaches
from signoff.contract.versions import v2_0, v3

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from signoff.contract.bundle import Bundle
    from signoff.contract.contract import Contract
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.source import Source

SUPPORTED = "OpenAPI 3.0, 3.1 and 3.2 and Swagger 2.0"
_MAX_WARNINGS = 20


def load(
    source: str | Path | Source,
    *,
    allow_remote_refs: bool = False,
    check_validity: bool = True,
    strict: bool = True,
) -> Contract:
    """Read an OpenAPI document.

    Args:
        source: a path, an `http(s)` URL, `-` for standard input, `revision:path` of the git repository
            here, or what was read already; YAML or JSON.
        allow_remote_refs: whether `$ref`s that lead to the network may be fetched.
        check_validity: whether the document is checked against its specification; leave that out
            only for a document that is known to be valid.
        strict: whether any breach of the specification is an error. Else what can be worked with is
            put up with and told in `Contract.warnings`.

    Raises:
        SourceError: it cannot be read.
        DocumentError: it is not YAML or JSON, not OpenAPI, has a unresolved reference or is invalid.
    """
    bundled, version = as_written(source, allow_remote_refs=allow_remote_refs)
    warnings = list(breaches(bundled, version, strict=strict)) if check_validity else []
    contract = understood(bundled, version, warnings, repair=check_validity)
    contract.rules  # noqa: B018 - compiled here, so that a faulty rule is a fault of the document
    return contract


def as_written(
    source: str | Path | Source,
    *,
    allow_remote_refs: bool = False,
    unresolved: list[DocumentError] | None = None,
) -> tuple[Bundle, str]:
    """A document in the words of its author, its files joined, and the version that it is written in.

    Args:
        source: as `load` takes it.
        allow_remote_refs: as `load` takes it.
        unresolved: where given, references that lead nowhere are entered here and left as they are.

    Raises:
        SourceError: it cannot be read.
        DocumentError: it is not YAML or JSON, not OpenAPI, or has a unresolved reference.
    """
    root = sources.read(source)
    document = _as_document(root.name, root.value)
    version = _version(root.locate, document)
    kind = root_kind(version)
    bundled = bundle(root, document, allow_remote_refs=allow_remote_refs, kind=kind, unresolved=unresolved)
    return bundled, version


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
) -> Contract:
    """The contract that a document stands for; the bundle is rewritten in place to the one model.

    Args:
        bundled: what `as_written` gave.
        version: what `as_written` gave.
        warnings: what was put up with so far.
        repair: whether to repair invalid schemas, with a warning for each.
        open_parts: whether objects that contradict themselves (`open_closed_parts`) are mended and told too.
    """
    if version == "2.0":
        v2_0.upgrade(bundled.value)
    if version.startswith(("2.", "3.0")):
        v3.upgrade_3_0(bundled.value)
    else:
        v3.place_anchors(bundled.value)
    if version.startswith("3.2"):
        v3.upgrade_3_2(bundled.value)
    told = [*warnings, *(repair_schemas(bundled) if repair else ())]
    if repair and open_parts:
        told += open_closed_parts(bundled)
    return build(bundled, version, tuple(told[:_MAX_WARNINGS]))


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
                suggestion=f"Signoff reads {SUPPORTED}; convert the document to one of them.",
                location=locate(f"/{key}"),
            )
    raise DocumentError(
        "not an OpenAPI document: there is no `openapi` field",
        suggestion="An OpenAPI document starts with a line such as `openapi: 3.1.0`.",
        location=locate(""),
    )
