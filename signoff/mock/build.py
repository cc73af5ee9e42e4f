"""From documents, base paths and a module of handlers to an application; again at each reload."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signoff.mock.app import create_app
from signoff.mock.handler_modules import ModuleFunctions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.types import ASGIApp

    from signoff.contract import Contract
    from signoff.mock.settings import Settings


@dataclass(slots=True)
class Build:
    """What a mock server is made of.

    Attributes:
        documents: paths or URLs.
        base_paths: one for each document, or none: then each has its own.
        handlers: the module of custom handlers: its name or path.
        problems: the project's problem catalogue.
        load: reads a document.
        contracts: what was read last.
        handled: how many operations have a custom handler.
    """

    documents: Sequence[str]
    base_paths: Sequence[str]
    handlers: str | None
    problems: str | None
    settings: Settings
    load: Callable[[str], Contract]
    contracts: list[Contract] = field(default_factory=list)
    handled: int = 0
    _functions: ModuleFunctions | None = None

    def make(self) -> tuple[ASGIApp, list[str]]:
        """The application, and the files that it was made of.

        Raises:
            SignoffError: a document or the module of handlers is broken.
        """
        contracts = [self.load(document) for document in self.documents]
        if self.base_paths:
            pairs = zip(contracts, self.base_paths, strict=True)
            contracts = [contract.rebased(base_path) for contract, base_path in pairs]
        if self._functions is not None:
            self._functions.reload()
        elif self.handlers is not None:
            self._functions = ModuleFunctions(self.handlers)
        functions = self._functions
        app = create_app(contracts, self.settings, handlers=functions, problems=self.problems)
        files = [file for contract in contracts for file in contract.files]
        if self.problems is not None:
            files.append(self.problems)
        if functions is not None:
            files.extend(functions.files)
            self.handled = functions.count(contracts)
        self.contracts = contracts
        return app, files
