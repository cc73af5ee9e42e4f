"""What the control API acts on. It outlives a reload of the mock, which replaces only what is served."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from signoff.contract.paths import PathTable
from signoff.mock.control.guard import Guard
from signoff.mock.control.routes import routes_of
from signoff.mock.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp

    from signoff.contract import Contract, JsonObject, Operation
    from signoff.mock.rules import RuleBook
    from signoff.mock.settings import Settings
    from signoff.mock.state import Store
    from signoff.mock.state.contents import Worlds

PREFIX = "/__signoff"
DOCUMENT = Path(__file__).parent.parent / "control.yaml"
PROBLEMS = Path(__file__).with_name("problems.yaml")


class WebhookSender(Protocol):
    """Sends webhooks of the served documents."""

    @property
    def names(self) -> Sequence[str]:
        """The names of all webhooks."""

    async def fire(self, name: str, session: str, url: str, body: bytes | None) -> str:
        """Start the delivery of a webhook, with a generated body if it is None, and give its id.

        Raises:
            DataError: the URL is not allowed.
        """


@dataclass(frozen=True)
class Served:
    """What the mock serves.

    Attributes:
        contracts: the documents.
        settings: the settings of the mock.
        worlds: the generated entities of each document, the random seed and the base path.
        store: keeps what clients write; None for a stateless mock.
        handled: the keys of the operations with a custom handler.
    """

    contracts: Sequence[Contract]
    settings: Settings
    worlds: Worlds
    store: Store | None = None
    handled: frozenset[str] = frozenset()

    @cached_property
    def own_paths(self) -> PathTable[str]:
        """The operations of the documents under the prefix of the control API, which take precedence."""
        table: PathTable[str] = PathTable()
        for operation in self.under_prefix:
            table.add(operation.method, operation.base_path + operation.path, operation.id)
        return table

    @cached_property
    def under_prefix(self) -> list[Operation]:
        """The operations of the documents under the prefix of the control API."""
        return [
            operation
            for contract in self.contracts
            for operation in contract.operations
            if f"{operation.base_path}{operation.path}/".startswith(f"{PREFIX}/")
        ]

    @cached_property
    def _routes(self) -> list[JsonObject]:
        return list(routes_of(self.contracts, self.worlds, self.settings, self.handled))

    def route_list(self, origin: str) -> JsonObject:
        """All operations of all documents, each with a URL to try.

        Args:
            origin: scheme and host of the mock.
        """
        return {"routes": [{**route, "url": f"{origin}{route['url']}"} for route in self._routes]}

    @cached_property
    def has_root(self) -> bool:
        """Whether a document has an operation with the path `/`."""
        operations = (operation for contract in self.contracts for operation in contract.operations)
        return any(operation.base_path + operation.path in ("", "/") for operation in operations)


@dataclass(slots=True)
class Control:
    """The parts that the control API acts on.

    Attributes:
        guard: decides which requests may use it.
        journal: the requests that the mock received.
        rule_book: the rules of each session; set by the mock that serves.
        webhooks: sends webhooks; None if the mock can't.
        served: what the mock serves now.
        application: the application that serves the API, once a request has needed it.
    """

    guard: Guard = field(default_factory=Guard)
    journal: Journal = field(default_factory=Journal)
    rule_book: RuleBook | None = None
    webhooks: WebhookSender | None = None
    served: Served | None = None
    application: ASGIApp | None = None

    def warnings(self) -> list[str]:
        """What users must know about the served documents."""
        taken = self.served.under_prefix if self.served else []
        if not taken:
            return []
        names = ", ".join(operation.base_path + operation.path for operation in taken[:3])
        more = f" and {len(taken) - 3} more" if len(taken) > 3 else ""
        text = f"paths of the document take precedence over the control API: {names}{more}"
        return [f"{text}. Give the document another --base-path to use both"]
