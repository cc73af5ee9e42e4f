"""Schemathesis, set up for one contract and one target: it generates, serialises, shrinks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from contract_tests.exchange import Fields, Sent

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from contract_tests.options import Options
    from contract_tests.target_data import TargetData
    from openapi import Contract, Operation
    from openapi.json_value import JsonObject

GeneratedCase: TypeAlias = "schemathesis.Case[Any]"
ApiOperation: TypeAlias = "schemathesis.APIOperation[Any, Any, Any, Any]"

CHECK_NAME = "signoff"
USER_AGENT = "signoff"
_OWN_HEADERS = {"user-agent", "accept-encoding", "connection", "x-schemathesis-testcaseid", "content-length"}
_REQUEST_ARGUMENTS = {"method", "url", "headers", "params", "data", "json", "files", "cookies"}
# The stateful search is left to them: it goes from operation to operation.
_NOT_SEARCHED: dict[str, Any] = {phase: {"enabled": False} for phase in ("examples", "coverage", "fuzzing")}
# How often a generated path names a value that is known to the target.
_KNOWN_PROBABILITY = 0.6


def schema_for(
    contract: Contract,
    base_url: str,
    data: TargetData,
    options: Options,
    searched: Collection[str] | None = None,
) -> schemathesis.BaseSchema:
    """The Schemathesis schema of a contract, configured for a run.

    Args:
        contract: what to test against; its document is given in the 3.1 dialect.
        base_url: where the target answers.
        data: known values and headers.
        options: how to run.
        searched: the ids of the operations to generate requests for; None for all.
    """
    dictionaries: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    for name, known in data.values.items():
        values = [*known.existing, *known.forbidden, *known.missing]
        if values:
            dictionaries[name] = {"values": values}
            parameters[f"path.{name}"] = {"dictionary": name, "probability": _KNOWN_PROBABILITY}
    config: JsonObject = {
        "seed": options.seed,
        "base-url": base_url,
        "headers": {"User-Agent": USER_AGENT, **data.headers},
        "dictionaries": dictionaries,
        "parameters": parameters,
        "generation": {
            "max-examples": options.max_examples,
            "database": "none",
            "with-security-parameters": False,
        },
        "checks": {"enabled": False, CHECK_NAME: {"enabled": True}},
        "continue-on-failure": True,
        "request-timeout": options.timeout_s,
        "tls-verify": options.verify,
        "max-redirects": 0,  # the redirect itself is the answer to judge
        "workers": options.workers,
        "phases": {"stateful": {"enabled": options.only is None}},
        "operations": [
            {"include-name": f"{operation.method} {operation.path}", "phases": _NOT_SEARCHED}
            for operation in contract.operations
            if searched is not None and operation.id not in searched
        ],
    }
    document = {**contract.document, "openapi": "3.1.0"}
    return schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(config))


def draw(api_operation: ApiOperation) -> GeneratedCase:
    """One case that keeps the contract, the same in every run."""
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

    keep()
    return drawn[0]


def api_operation_of(schema: schemathesis.BaseSchema, operation: Operation) -> ApiOperation:
    """Schemathesis' own view of an operation."""
    return schema[operation.path][operation.method]


def as_sent(case: GeneratedCase, base_url: str, headers: Mapping[str, str]) -> Sent:
    """The request that a case stands for, octet for octet."""
    arguments = case.as_transport_kwargs(base_url=base_url)
    known = {name: value for name, value in arguments.items() if name in _REQUEST_ARGUMENTS}
    return from_prepared(requests.Request(**known).prepare(), headers)


def from_prepared(prepared: requests.PreparedRequest, headers: Mapping[str, str]) -> Sent:
    """A prepared request as a value, the run's own header fields added."""
    fields: Fields = tuple(
        (name, str(value)) for name, value in prepared.headers.items() if name.lower() not in _OWN_HEADERS
    )
    given_names = {name.lower() for name, _ in fields}
    added: Fields = tuple((name, value) for name, value in headers.items() if name.lower() not in given_names)
    body = prepared.body or b""
    octets = bytes(body, "utf-8") if isinstance(body, str) else bytes(body)
    return Sent(prepared.method or "GET", prepared.url or "", (*fields, *added), octets)
