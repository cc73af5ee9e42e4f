"""The text of `fixtures/targets.yaml`: data about the server under test, for the user to fill in.

Ids in paths are listed without values, because generated ids don't exist on a server. If operations need
credentials, placeholders are included that the mock accepts. Quotes from the document are JSON; in comments,
they have no line breaks.
"""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from signoff.conformance.credentials import carriers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract.contract import Contract, Operation, Parameter
    from signoff.contract.json_value import JsonObject

_HEAD = """\
# Data about the server under test. Generated ids don't exist there, so list some that do.
# ${NAME} is replaced by the environment variable NAME.
"""
_USERS = """\
# If a login request returns the token, capture it and use it above as ${token}:
# setup:
#   - request: POST /login
#     body: {user: me, password: '${PASSWORD}'}
#     capture: {token: /access_token}   # a JSON Pointer into the response
# With users, the tests also check that forged credentials and other users are rejected:
# users:
#   owner:
#     headers: {Authorization: '${OWNER_CREDENTIALS}'}
#   other:
#     headers: {Authorization: '${OTHER_CREDENTIALS}'}
#     denied-resources: {}   # such as {an_id: existing}
"""
_PLACEHOLDER = "change-me"
_PLACEHOLDERS = {"basic": "Basic Y2hhbmdlOm1l", "bearer": f"Bearer {_PLACEHOLDER}"}
_NEEDS_NO_ID = ("enum", "const")


def render(contract: Contract) -> str:
    """The data file for a document, with blanks to fill in."""
    return _HEAD + "".join([*_credentials(contract), *_values(contract)])


def comment(text: str) -> str:
    """Text of the document for a comment: on one line, printable."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())


def _credentials(contract: Contract) -> Iterator[str]:
    """Placeholder credentials for each operation's first security alternative."""
    alternatives = [found[0] for operation in contract.operations if (found := carriers(contract, operation))]
    if not alternatives:
        return
    headers: dict[str, str] = {}
    for carrier in chain.from_iterable(alternatives):
        if carrier.place == "header":
            headers.setdefault(carrier.name, _PLACEHOLDERS.get(carrier.scheme, _PLACEHOLDER))
        elif carrier.place == "cookie":
            headers.setdefault("Cookie", f"{carrier.name}={_PLACEHOLDER}")
    yield "\n# The API requires credentials. Replace these placeholders, which the mock accepts.\n"
    yield f"headers: {json.dumps(headers)}\n{_USERS}"


def _values(contract: Contract) -> Iterator[str]:
    """The parameters that need known values; under `operations` if a name has several meanings."""
    found: dict[str, dict[str, list[tuple[Operation, Parameter]]]] = defaultdict(lambda: defaultdict(list))
    for operation in contract.operations:
        for parameter in operation.parameters:
            if _needs_values(parameter):
                where, key = "", f"query.{parameter.name}"
                if parameter.location == "path":
                    where, key = operation.path.partition(f"{{{parameter.name}}}")[0], parameter.name
                found[key][where].append((operation, parameter))
    shared = {name: next(iter(places.values())) for name, places in found.items() if len(places) == 1}
    yield "\nvalues:\n" if shared else "\nvalues: {}\n"
    for name, uses in shared.items():
        yield from _entry(name, uses, "  ")
    yield from _of_operations({name: places for name, places in found.items() if len(places) > 1})


def _of_operations(found: Mapping[str, Mapping[str, list[tuple[Operation, Parameter]]]]) -> Iterator[str]:
    by_operation: dict[str, list[str]] = defaultdict(list)
    for name, places in found.items():
        for uses in places.values():
            for operation, parameter in uses:
                by_operation[operation.id] += _entry(name, [(operation, parameter)], "      ")
    if by_operation:
        yield "operations:\n"
    for operation_id, entries in by_operation.items():
        yield f"  {json.dumps(operation_id)}:\n    values:\n"
        yield from entries


def _entry(name: str, uses: list[tuple[Operation, Parameter]], indent: str) -> Iterator[str]:
    labels = comment(", ".join(operation.label for operation, _ in uses))
    example = next((text for _, parameter in uses if (text := _example(parameter))), "")
    yield f"{indent}{json.dumps(name)}: # {labels}\n"
    yield f"{indent}  existing: []{f' # for example {comment(example)}' if example else ''}\n"
    yield f"{indent}  missing: []\n"


def _needs_values(parameter: Parameter) -> bool:
    """Whether a parameter must be the id of an existing resource."""
    schema = _schema(parameter)
    if any(key in schema for key in _NEEDS_NO_ID) or schema.get("type") == "boolean":
        return False
    is_id = schema.get("format") == "uuid" or parameter.name.lower().endswith("id")
    return parameter.location == "path" or (parameter.location == "query" and parameter.required and is_id)


def _schema(parameter: Parameter) -> JsonObject:
    return parameter.schema.schemas.resolved(parameter.schema.raw) if parameter.schema else {}


def _example(parameter: Parameter) -> str:
    values = [example.value for example in parameter.examples]
    stated = _schema(parameter).get("examples")
    values += stated if isinstance(stated, list) else []
    return next((str(value) for value in values if isinstance(value, str | int)), "")
