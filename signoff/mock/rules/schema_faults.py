"""Messages for what a rule has that the JSON Schema does not allow."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs
import yaml

from signoff.contract.pointer import join

if TYPE_CHECKING:
    from signoff.contract import JsonValue


def schema_file() -> Path:
    """The JSON Schema of a rule file."""
    return Path(__file__).with_name("rules.schema.yaml")


class SchemaFault(NamedTuple):
    """The first violation of the schema: the problem, how to fix it, and its pointer."""

    message: str
    suggestion: str
    pointer: str


def schema_fault(value: JsonValue, part: str = "") -> SchemaFault | None:
    """The first fault of a rule file, or of a `part` such as `/$defs/rule`; None for a valid one."""
    fault = next(_validator(part).iter_errors(value), None)
    if fault is None:
        return None
    message, suggestion = _explained(fault)
    return SchemaFault(message, suggestion, join(fault.instance_path))


def _explained(fault: jsonschema_rs.ValidationError) -> tuple[str, str]:
    steps = list(fault.schema_path)
    kind: Any = fault.kind
    if steps[-1] == "minItems" and steps[-2] == "sequence":
        return "`sequence` has no responses", "Add one, or remove `sequence`."
    if steps[-1] == "not":
        first, second = kind.schema["required"]
        return f"`{first}` and `{second}` can't be combined", "Keep one of them."
    if steps[-1] == "additionalProperties":
        name = str(kind.unexpected[0])
        known = list(_at(steps[:-1]).get("properties", ()))
        close = get_close_matches(name, known, 1)
        hint = f"Did you mean `{close[0]}`?" if close else f"Allowed: {', '.join(known)}."
        return f"unknown field `{name[:_SHOWN]}`", hint
    if steps[-1] == "anyOf":
        held = _at(steps[:-1])
        if "type" in held:
            return "the rule has no `respond`, `delay` or `fault`", "Say what the rule does."
        part = str(steps[-2])
        close = get_close_matches(str(fault.instance), _FAULTS, 1) if part == "fault" else []
        hint = f"Did you mean `{close[0]}`?" if close else f"{held['description']} {_FORMS[part]}"
        return f"invalid `{part}`: {json.dumps(fault.instance)[:_SHOWN]}", hint
    if steps[-1] == "type" and isinstance(fault.instance, str) and fault.instance.isdecimal():
        return f"{fault.instance!r} is a string", f"Write it without quotes: {fault.instance[:_SHOWN]}."
    message = fault.message
    if len(message) > _LONGEST:  # it begins with the value
        message = f"{message[:_SHOWN]} … {message[-_SHOWN:]}"
    return message, ""


_SHOWN, _LONGEST = 80, 300
_FAULTS = ("reset", "empty", "truncate", "malformed-json", "slow-drip", "wrong-content-type", "timeout")
_FORMS = {
    "delay": "It is a number, or `fixed: 300`, `uniform: [200, 800]`"
    " or `lognormal: {median: 300, sigma: 0.5}`.",
    "fault": f"It is one of {', '.join(_FAULTS[:-1])} and {_FAULTS[-1]},"
    " or `slow-drip: 3000` or `timeout: 3000`.",
}


def _at(steps: list[Any]) -> Any:  # noqa: ANN401 - a JSON Schema
    found = _schema()
    for step in steps:
        found = found[step]
    return found


@cache
def _schema() -> Any:  # noqa: ANN401 - a JSON Schema
    return yaml.safe_load(schema_file().read_text(encoding="utf-8"))


@cache
def _validator(part: str) -> jsonschema_rs.Draft202012Validator:
    schema = _schema()
    chosen = {"$ref": f"#{part}", "$defs": schema["$defs"]} if part else schema
    return jsonschema_rs.Draft202012Validator(chosen)
