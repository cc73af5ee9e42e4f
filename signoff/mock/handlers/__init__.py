"""Behaviour of single operations, by operationId: what a document cannot say.

A handler is a function from a parsed request, known to keep the contract, to a reply. The plan
validates the reply against the contract and negotiates its media type. Those here are the project's
own and depend on the request alone; `functions` adapts those of users.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.project import reference_project

if TYPE_CHECKING:
    from signoff.contract import Contract
    from signoff.contract.json_value import JsonValue
    from signoff.contract.requests import ParsedRequest


@dataclass(frozen=True, slots=True)
class Reply:
    """A documented answer.

    Attributes:
        status: None for the first documented success that fits the body.
        body: a JSON value, octets that are sent as they are, or None for no body.
        headers: header fields beside those that the mock makes.
        media_type: None for the documented one that the client likes best.
    """

    status: int | None
    body: JsonValue | bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class ProblemReply:
    """An error of the problem catalogue, and what the `$names` in its detail stand for."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[["ParsedRequest"], "Reply | ProblemReply"]


def handlers_for(contract: Contract, seed: int) -> dict[str, Handler]:
    """The handlers that fit a contract, by operationId, with their data loaded.

    Raises:
        DataError: a fixture cannot be used.
    """
    if any(operation.id == "export_saved_report" for operation in contract.operations):
        sys.path.append(str(reference_project().folder))
        from mock_server.handlers import make_handler  # noqa: PLC0415 - loads its data

        folder = reference_project().folder / "fixtures" / "reports"
        return {"export_saved_report": make_handler(folder, seed)}
    return {}
