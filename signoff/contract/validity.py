"""Validates a document against its specification, and decides which violations can be tolerated."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from signoff.contract.errors import DocumentError
from signoff.contract.patterns import readable_form
from signoff.contract.pointer import join, resolve, split
from signoff.contract.structure import schema_nodes, walk
from signoff.contract.type_repair import repair_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jsonschema.exceptions import ValidationError

    from signoff.contract.bundle import Bundle
    from signoff.contract.json_value import JsonObject

# In these places, a violation affects values or schemas only, and can be tolerated.
_SCHEMA_PLACES = {
    *("schema", "schemas", "definitions", "example", "examples"),
    *("info", "tags", "servers", "externalDocs"),
}


_ROUNDS = 8


def spec_violations(bundled: Bundle, version: str, *, strict: bool) -> tuple[str, ...]:
    """The spec violations of a document, worst first.

    Args:
        bundled: the document as it was written; values of a wrong type are repaired in place unless `strict`.
        version: its version.
        strict: whether any violation is an error. Otherwise, only the specification's JSON Schema is checked;
            further checks take seconds for large documents.

    Raises:
        DocumentError: there is a violation that can't be tolerated, or any if `strict`.
    """
    found = [*_repeated_operation_ids(bundled)]
    found += _all_violations(bundled, version) if strict else _structural_violations(bundled, version)
    found.sort(key=lambda entry: not entry[1])
    if found and (strict or found[0][1]):
        raise found[0][0]
    return tuple(str(error) for error, _ in found)


def _structural_violations(bundled: Bundle, version: str) -> list[tuple[DocumentError, bool]]:
    """The violations of the specification's JSON Schema; values of a wrong type are repaired.

    What a value of a wrong type hides is found in the next round.
    """
    repaired: list[tuple[DocumentError, bool]] = []
    for _ in range(_ROUNDS):
        found, again = [], False
        for error in structural_errors(bundled.value, version):
            pointer, is_type = join(error.instance_path), error.kind.name == "type"
            violation = _violation(bundled, version, error.message, pointer, of_type=is_type)
            outcome = (
                repair_value(bundled.value, split(pointer), getattr(error.kind, "types", ()))
                if violation[1]
                else ""
            )
            if outcome:
                message = f"{violation[0].message}; {outcome}"
                repaired.append((DocumentError(message, location=violation[0].location), False))
                again = True
            else:
                found.append(violation)
        if not again:
            break
    return repaired + found


def structural_errors(document: JsonObject, version: str) -> Iterator[jsonschema_rs.ValidationError]:
    """The violations of the specification's JSON Schema, the most specific error of each."""
    yield from (most_specific(outer) for outer in _structure_validator(version).iter_errors(document))


@lru_cache(maxsize=4)
def published_schema(version: str) -> JsonObject:
    """The published JSON Schema of a version: 2.0, 3.0, 3.1 or 3.2."""
    # The package's data is read without importing the package, which costs a third of a second.
    spec = find_spec("openapi_spec_validator")
    folder = Path(next(iter((spec and spec.submodule_search_locations) or ())))
    schema: JsonObject = json.loads((folder / "resources/schemas" / f"v{version}/schema.json").read_bytes())
    return schema


@lru_cache(maxsize=4)
def _structure_validator(version: str) -> jsonschema_rs.Draft4Validator | jsonschema_rs.Draft202012Validator:
    known = version[:3] if version[:3] in ("2.0", "3.0", "3.2") else "3.1"
    schema = published_schema(known)
    if known in ("2.0", "3.0"):
        return jsonschema_rs.Draft4Validator(schema, validate_formats=False)
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=False)


def most_specific(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """The most specific cause of an error: the deepest one among the alternatives for this kind of object."""
    branches = _branches(error)
    meant = [branch for branch in branches if not _is_for_others(branch)]
    inner = [most_specific(cause) for branch in meant or branches for cause in branch if not _asks_ref(cause)]
    # of two about one value, the one that lists what is allowed
    return max(inner, key=lambda cause: (len(cause.instance_path), cause.kind.name == "enum"), default=error)


def _branches(error: jsonschema_rs.ValidationError) -> list[list[jsonschema_rs.ValidationError]]:
    return getattr(error.kind, "context", [])


def _is_for_others(branch: Iterable[jsonschema_rs.ValidationError]) -> bool:
    """Whether an alternative is meant for other objects, by a field with one value such as `in: body`."""
    return any(
        len(getattr(cause.kind, "options", ())) == 1
        or _asks_ref(cause)
        or (_branches(cause) and all(map(_is_for_others, _branches(cause))))
        for cause in branch
    )


def _asks_ref(cause: jsonschema_rs.ValidationError) -> bool:
    return cause.kind.name == "required" and "$ref" in str(cause.message)


def _violation(
    bundled: Bundle, version: str, message: str, pointer: str, *, of_type: bool
) -> tuple[DocumentError, bool]:
    """An error, and whether it can't be tolerated: a wrong type, except in a schema."""
    first = message.splitlines()[0]
    shown = first if len(first) <= 240 else f"{first[:240]} …"
    error = DocumentError(f"invalid OpenAPI {version[:3]}: {shown}", location=bundled.locate(pointer))
    tokens = split(pointer)
    is_stray = tokens[-2:-1] == ["content"]  # a key of another object in a map of media types
    return error, of_type and bool(pointer) and not is_stray and not _SCHEMA_PLACES & set(tokens)


def _all_violations(bundled: Bundle, version: str) -> list[tuple[DocumentError, bool]]:
    """The violations that openapi-spec-validator finds, beyond the JSON Schema."""
    # Imported here: these cost a third of a second, and the packaged document does without.
    import openapi_spec_validator as validators  # noqa: PLC0415

    known = {"2.0": "V2", "3.0": "V30", "3.2": "V32"}.get(version[:3], "V31")
    validator = getattr(validators, f"OpenAPI{known}SpecValidator")
    return [*_unreadable_patterns(bundled), *_invalidities(bundled, version, validator)]


def _unreadable_patterns(bundled: Bundle) -> Iterator[tuple[DocumentError, bool]]:
    for node in schema_nodes(bundled.value):
        pattern = node.value.get("pattern")
        if isinstance(pattern, str) and readable_form(pattern) is None:
            location = bundled.locate(f"{node.pointer}/pattern")
            message = f"the pattern {pattern!r} is not a valid ECMA-262 regular expression"
            yield DocumentError(message, location=location), False


def _invalidities(bundled: Bundle, version: str, validator: Any) -> list[tuple[DocumentError, bool]]:  # noqa: ANN401
    from jsonschema.exceptions import best_match  # noqa: PLC0415 - see above

    def relevance(error: ValidationError) -> tuple[bool, int, bool]:
        # Prefer errors with a location, then shallow ones.
        return _stands(bundled, error), -len(error.path), error.validator not in ("anyOf", "oneOf")

    found = []
    for outer in sorted(_errors(validator(bundled.value)), key=relevance, reverse=True):
        error = best_match(iter([outer]), key=relevance) or outer
        pointer = join(error.absolute_path) if _stands(bundled, error) else ""
        if error.validator == "format" and error.validator_value == "regex":
            continue  # that validator's regex dialect depends on installed packages
        message = str(error.message)
        found.append(_violation(bundled, version, message, pointer, of_type=" is not of type " in message))
    return found


def _stands(bundled: Bundle, error: ValidationError) -> bool:
    """Whether an error's path is in the document; some are relative to a schema, some are missing."""
    try:
        resolve(bundled.value, join(error.absolute_path))
    except LookupError:
        return False
    return bool(error.absolute_path)


def _errors(validator: Any) -> Iterator[ValidationError]:  # noqa: ANN401 - one of two classes without a base
    """The validator's errors; it raises an exception of its own if the structure is too broken.

    It does not support anchors, which are valid references in JSON Schema 2020-12.
    """
    from referencing.exceptions import NoSuchAnchor  # noqa: PLC0415 - see above

    found = 0
    try:
        for error in validator.iter_errors():
            found += 1
            yield error
    except NoSuchAnchor:
        return
    except (KeyError, TypeError, AttributeError):
        if not found:
            raise


def _repeated_operation_ids(bundled: Bundle) -> list[tuple[DocumentError, bool]]:
    """Duplicate operationIds; the specification's validator does not report their location."""
    places: dict[str, list[str]] = {}
    for node in walk(bundled.value):
        if node.kind == "operation" and "operationId" in node.value:
            places.setdefault(str(node.value["operationId"]), []).append(f"{node.pointer}/operationId")
    return [
        (
            DocumentError(
                f"duplicate operationId {name!r} (used {len(held)} times)", location=bundled.locate(pointer)
            ),
            False,
        )
        for name, held in places.items()
        for pointer in held[1:]
    ]
