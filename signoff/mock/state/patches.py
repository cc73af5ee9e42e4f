"""Changes of a part of an entity: JSON Merge Patch (RFC 7396) and JSON Patch (RFC 6902), by media type."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import jsonpatch
from jsonpointer import JsonPointerException

from signoff.contract import media_types
from signoff.mock.exchange import to_json

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
_MAX_STEPS = 1000
_MAX_BYTES = 1024 * 1024


class PatchError(ValueError):
    """A patch can't be applied to the entity."""


def patched(value: JsonValue, patch: JsonValue, media_type: str) -> JsonValue:
    """A copy of `value` with a patch applied.

    In a merge patch, null removes a member; in plain JSON and forms it is the member's new value.

    Raises:
        PatchError: the patch is invalid, or does not fit the value.
    """
    name = media_types.essence(media_type)
    if name == JSON_PATCH:
        return _steps_applied(value, patch)
    return merged(value, patch, null_removes=name == MERGE_PATCH)


def merged(value: JsonValue, patch: JsonValue, *, null_removes: bool) -> JsonValue:
    """A copy of `value` with the members of `patch`, objects merged with objects (RFC 7396, section 2)."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    found = dict(value) if isinstance(value, dict) else {}
    for name, item in patch.items():
        if item is None and null_removes:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), item, null_removes=null_removes)
    return found


def _steps_applied(value: JsonValue, patch: JsonValue) -> JsonValue:
    if not isinstance(patch, list):
        raise PatchError("a JSON Patch is an array of operations")
    if len(patch) > _MAX_STEPS:
        raise PatchError(f"a JSON Patch may have at most {_MAX_STEPS} operations here")
    found = copy.deepcopy(value)
    for number, step in enumerate(patch):
        if not isinstance(step, dict):
            raise PatchError(f"operation {number} of the JSON Patch is not an object")
        try:
            found = jsonpatch.JsonPatch([step]).apply(found)
        except (jsonpatch.JsonPatchException, JsonPointerException, TypeError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise PatchError(f"operation {number} of the JSON Patch can't be applied: {reason}") from error
        if step.get("op") == "copy" and len(to_json(found)) > _MAX_BYTES:
            raise PatchError(f"the JSON Patch makes the item larger than {_MAX_BYTES} bytes")
    return found
