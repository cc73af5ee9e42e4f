"""Schemathesis, set up for one contract and one target: it generates, serialises, shrinks."""

from __future__ import annotations

import copy
import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from signoff.conformance.exchange import Fields, Sent
from signoff.conformance.fresh_values import PLACEHOLDER, is_fresh
from signoff.conformance.options import PHASES
from signoff.conformance.path_templates import field_of, rename_paths, template_of
from signoff.contract.links import links_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from signoff.conformance.options import Options
    from signoff.conformance.target_data import TargetData
    from signoff.contract import Contract, Operation, Parameter
    from signoff.contract.json_value import JsonObject, JsonValue

GeneratedCase: TypeAlias = "schemathesis.Case[Any]"
ApiOperation: TypeAlias = "schemathesis.APIOperation[Any, Any, Any, Any]"

CHECK_NAME = "signoff"
_OWN_HEADERS = {"user-agent", "accept-encoding", "connection", "x-schemathesis-testcaseid", "content-length"}
_REQUEST_ARGUMENTS = {"method", "url", "headers", "params", "data", "json", "files", "cookies"}
# The stateful search is left to them: it goes from operation to operation.
_NOT_SEARCHED: dict[str, Any] = {phase: {"enabled": False} for phase in ("examples", "coverage", "fuzzing")}
# Undocumented methods that could change something are left to the deterministic cases.
_UNEXPECTED_METHODS = ["get", "options", "trace"]
# How often a generated path names a value that is known to the target.
_KNOWN_PROBABILITY = 0.6


def schema_for(
    contract: Contract,
    base_url: str,
    data: TargetData,
    options: Options,
    searched: Collection[str] | None = None,
    never: Collection[str] = (),
) -> schemathesis.BaseSchema:
    """The Schemathesis schema of a contract, configured for a run.

    Args:
        contract: what to test against; its document is given in the 3.1 dialect.
        base_url: the target's base URL.
        data: known values, header fields and credentials.
        options: how to run.
        searched: the ids of the operations to generate requests for; None for all.
        never: the ids of the operations that no generated request is sent to.
    """
    dictionaries, operations = _bindings(contract, data, searched, never)
    config: dict[str, Any] = {
        "seed": options.seed,
        # Without its scheme, so that Schemathesis sends nothing itself, which would go past the client.
        "base-url": f"//{base_url.partition('://')[2]}",
        "headers": dict(data.headers),
        "dictionaries": dictionaries,
        "operations": operations,
        "generation": {
            "max-examples": options.examples_of(len(contract.operations)),
            # A request that was sent already shows nothing new.
            "unique-inputs": True,
            "database": "none",
            "with-security-parameters": False,
        },
        "checks": {"enabled": False, CHECK_NAME: {"enabled": True}},
        "continue-on-failure": True,
        "workers": options.workers or 1,
        "phases": _phases(contract, data, options, never),
    }
    # A copy: Schemathesis writes the links that it infers into what it is given.
    document = {**copy.deepcopy(contract.document), "openapi": "3.1.0"}
    rename_paths(document)
    schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(config))
    if data.query:
        _carry_in_query(schema, data.query)
    return schema


def _has_links(contract: Contract, data: TargetData, never: Collection[str]) -> bool:
    """Whether a documented link is left that can be followed; true without any, as some are inferred."""
    links = [
        (operation, link.target)
        for operation in contract.operations
        for response in operation.responses
        for link in links_of(contract, response)
    ]
    ends = [[op.id in never or bool(data.of(op).skip) for op in link] for link in links]
    return not links or not all(any(is_closed) for is_closed in ends)


def _phases(
    contract: Contract, data: TargetData, options: Options, never: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Which of Schemathesis' phases run."""
    is_stateful = options.only is None and _has_links(contract, data, never)
    phases: dict[str, dict[str, Any]] = {
        phase: {"enabled": phase in options.phases and (phase != "stateful" or is_stateful)}
        for phase in PHASES
    }
    phases["coverage"]["unexpected-methods"] = _UNEXPECTED_METHODS
    return phases


def _bindings(
    contract: Contract, data: TargetData, searched: Collection[str] | None, never: Collection[str]
) -> tuple[dict[str, Any], list[JsonValue]]:
    """Known values as Schemathesis' dictionaries, and for each operation its bindings to them and the like.

    What a DELETE removes is never taken from the values that exist.
    """
    dictionaries: dict[str, Any] = {}
    operations: list[JsonValue] = []
    for operation in contract.operations:
        own: dict[str, Any] = {}
        for parameter in operation.parameters:
            values = _values_to_try(data, operation, parameter)
            if not values:
                continue
            is_path = parameter.location == "path"
            key = f"{parameter.location}.{field_of(parameter.name) if is_path else parameter.name}"
            dictionary = "known" + hashlib.blake2b(repr((key, values)).encode(), digest_size=8).hexdigest()
            dictionaries[dictionary] = {"values": values}
            own[key] = {"dictionary": dictionary, "probability": _KNOWN_PROBABILITY}
        is_searched = searched is None or operation.id in searched
        special = _special(data, operation, own, is_searched=is_searched)
        if operation.id in never:
            special = {"enabled": False}
        if special:
            name = f"{operation.method} {template_of(operation.path)}"
            operations.append({"include-name": name, **special})
    return dictionaries, operations


def _special(
    data: TargetData, operation: Operation, parameters: JsonObject, *, is_searched: bool
) -> JsonObject:
    """What is configured for one operation alone; Schemathesis takes one entry for each."""
    if data.of(operation).skip:
        return {"enabled": False}
    headers: JsonObject = {**data.of(operation).headers}
    given: JsonObject = {"parameters": parameters, "headers": headers}
    if not is_searched:
        given["phases"] = _NOT_SEARCHED
    return {name: value for name, value in given.items() if value}


def _values_to_try(data: TargetData, operation: Operation, parameter: Parameter) -> list[str]:
    known = data.known(parameter.name, operation, parameter.location)
    is_spared = operation.method == "DELETE" and parameter.location == "path"
    return [*(() if is_spared else known.existing), *known.forbidden, *known.missing]


def _carry_in_query(schema: schemathesis.BaseSchema, query: Mapping[str, str]) -> None:
    """Add credentials to the query of every request that Schemathesis sends."""

    class QueryKeys:
        def get(self, _: GeneratedCase, __: schemathesis.AuthContext) -> Mapping[str, str]:
            return query

        def set(self, case: GeneratedCase, data: Mapping[str, str], _: schemathesis.AuthContext) -> None:
            case.query = {**(case.query or {}), **data}

    schema.auth()(QueryKeys)


def make_fit(case: GeneratedCase, kwargs: dict[str, Any]) -> None:
    """A new value for a header that needs one, and no multipart type without a boundary.

    Servers parse bodies before they look at the operation.
    """
    is_positive = case.meta is None or case.meta.generation.mode.is_positive
    for headers in (case.headers, kwargs.get("headers") or {}):
        for name, value in list(headers.items()):
            if value == PLACEHOLDER or (is_fresh(name) and is_positive):
                headers[name] = str(uuid4())
    for name, value in list(case.headers.items()):
        is_bare = value.lower().startswith("multipart/") and "boundary=" not in value
        if name.lower() == "content-type" and is_bare:
            del case.headers[name]
            if case.operation.definition.raw.get("requestBody"):
                case.headers[name] = f"{value}; boundary=signoff"


def draw(api_operation: ApiOperation) -> GeneratedCase | None:
    """One case that keeps the contract, the same in every run; None where Schemathesis finds none."""
    drawn: list[GeneratedCase] = []

    @settings(
        max_examples=1,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=api_operation.as_strategy())
    def keep(case: GeneratedCase) -> None:
        drawn.append(case)

    with suppress(Unsatisfiable):
        keep()
    return next(iter(drawn), None)


def api_operation_of(schema: schemathesis.BaseSchema, operation: Operation) -> ApiOperation:
    """Schemathesis' own view of an operation."""
    return schema[template_of(operation.path)][operation.method]


def as_sent(case: GeneratedCase, base_url: str, headers: Mapping[str, str]) -> Sent:
    """The request that a case stands for, byte for byte."""
    return from_prepared(prepared(case.as_transport_kwargs(base_url=base_url)), headers)


def prepared(arguments: Mapping[str, Any]) -> requests.PreparedRequest:
    """The request that Schemathesis' arguments for a transport describe.

    Header fields that `requests` does not accept are in it as well: the client says why they cannot be sent.
    """
    known = {name: value for name, value in arguments.items() if name in _REQUEST_ARGUMENTS}
    try:
        return requests.Request(**known).prepare()
    except requests.exceptions.InvalidHeader:
        found = requests.Request(**known | {"headers": {}}).prepare()
        for name, value in known["headers"].items():
            found.headers.setdefault(str(name), str(value))
        return found


def from_prepared(prepared: requests.PreparedRequest, headers: Mapping[str, str]) -> Sent:
    """A prepared request as a value, the run's own header fields added."""
    fields: Fields = tuple(
        (name, str(value)) for name, value in prepared.headers.items() if name.lower() not in _OWN_HEADERS
    )
    given_names = {name.lower() for name, _ in fields}
    added: Fields = tuple((name, value) for name, value in headers.items() if name.lower() not in given_names)
    body = prepared.body or b""
    content = bytes(body, "utf-8") if isinstance(body, str) else bytes(body)
    return Sent(prepared.method or "GET", prepared.url or "", (*fields, *added), content)
