"""Builds the mock server of the command, and reloads it when a file changes."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from watchfiles import watch

from signoff.contract import SignoffError
from signoff.mock.app import create_app
from signoff.mock.handler_modules import ModuleFunctions
from signoff.mock.rules import RuleBook, load_rules, no_rules
from signoff.mock.state.setup import store_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

    from signoff.contract import Contract
    from signoff.mock.control.control import Control
    from signoff.mock.settings import Settings
    from signoff.mock.state import Store

logger = logging.getLogger("signoff.mock")

_SUFFIXES = (".yaml", ".yml", ".json", ".py")
_DEBOUNCE_MS, _STEP_MS, _LOOK_MS = 200, 50, 500


@dataclass(slots=True)
class Build:
    """The parts of a mock server.

    Attributes:
        documents: paths or URLs.
        base_paths: one for each document; empty to use the documents' own.
        handlers: the name or path of the handlers module.
        problems: the path of the problem catalogue.
        rules: the path of the rule file.
        load: loads a document.
        control: what the control API acts on, which a reload keeps; None without that API.
        contracts: the loaded contracts.
        handled: the keys of the operations with a custom handler.
    """

    documents: Sequence[str]
    base_paths: Sequence[str]
    handlers: str | None
    problems: str | None
    settings: Settings
    load: Callable[[str], Contract]
    rules: str | None = None
    control: Control | None = None
    contracts: list[Contract] = field(default_factory=list)
    handled: frozenset[str] = frozenset()
    _functions: ModuleFunctions | None = None
    _store: Store | None = None
    _rule_book: RuleBook | None = None

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the scenarios of the rule file."""
        return self._rule_book.scenarios if self._rule_book is not None else ()

    @property
    def scenario(self) -> str:
        """The scenario of the default session; empty for none."""
        return self._rule_book.scenario("") if self._rule_book is not None else ""

    def make(self) -> tuple[ASGIApp, list[str]]:
        """Create the application, and list the files that it depends on.

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
        settings = self.settings
        if self._store is None and not settings.stateless and not settings.state_file:
            self._store = store_for(settings)  # a reload keeps the state
        most = settings.max_delay
        rules = load_rules(self.rules, contracts, most) if self.rules else no_rules(contracts, most)
        rule_book = self._rule_book or RuleBook(rules, settings.seed)
        app = create_app(
            contracts,
            settings,
            handlers=functions,
            problems=self.problems,
            store=self._store,
            rules=rule_book,
            control=self.control,
        )
        files = [file for contract in contracts for file in contract.files]
        files += [name for name in (self.problems, settings.data, settings.state_file) if name]
        if self._rule_book is not None:
            rule_book.replace(rules)  # a reload keeps the scenarios and the one-off rules of sessions
        self._rule_book = rule_book
        files += rules.files
        if functions is not None:
            files.extend(functions.files)
            self.handled = functions.handled(contracts)
        self.contracts = contracts
        return app, files


class ReloadingApp:
    """An ASGI application that is replaced by a newer one when a file changes.

    Args:
        make: creates the application and lists its files. If it raises SignoffError, the previous application
            keeps serving.

    Raises:
        SignoffError: the first application can't be created.
    """

    def __init__(self, make: Callable[[], tuple[ASGIApp, Iterable[str]]]) -> None:
        self._make = make
        self._app, files = make()
        self._files = _local(files)
        self._error = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="reload", daemon=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request to the newest application."""
        await self._app(scope, receive, send)

    def __enter__(self) -> Self:
        """Start watching the files."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join(timeout=2)

    def _watch(self) -> None:
        while not self._stop.is_set():
            watched = self._folders()
            for changed in self._changes(watched):
                folders = self._folders()
                is_moved = folders != watched or not changed.isdisjoint(watched)
                if self._matters(changed) or (is_moved and folders.keys() >= watched.keys()):
                    self._renew()
                if is_moved or self._folders() != watched:
                    break  # a folder was moved, or is back, or the document refers to other folders now

    def _changes(self, folders: Iterable[Path]) -> Iterator[set[Path]]:
        """What changes in some folders; nothing, now and then: a folder that is missing can't be watched."""
        if not folders:
            self._stop.wait(_LOOK_MS / 1000)
            yield set()
            return
        for changes in watch(
            *folders,
            stop_event=self._stop,
            debounce=_DEBOUNCE_MS,
            step=_STEP_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            recursive=False,
            raise_interrupt=False,
        ):
            yield {Path(path) for _, path in changes}

    def _folders(self) -> dict[Path, tuple[int, int]]:
        """The folders of the files that exist, and which ones these are: another one can have its name."""
        found: dict[Path, tuple[int, int]] = {}
        for folder in sorted({file.parent for file in self._files}):
            with suppress(OSError):
                status = folder.stat()
                found[folder] = status.st_dev, status.st_ino
        return found

    def _matters(self, changed: set[Path]) -> bool:
        """Whether a change matters; with a broken document, any file next to it may fix it."""
        if self._error:
            return any(path.suffix in _SUFFIXES for path in changed)
        return bool(changed & self._files)

    def _renew(self) -> None:
        started = time.perf_counter()
        try:
            app, files = self._make()
        except SignoffError as error:
            if str(error) != self._error:
                logger.warning("reload failed; still serving the previous version: %s", error)
            self._error = str(error)
            return
        except Exception as error:
            logger.exception("reload failed; still serving the previous version")
            self._error = repr(error)
            return
        self._app, self._files, self._error = app, _local(files), ""
        logger.info("reloaded in %.1f s", time.perf_counter() - started)


def _local(files: Iterable[str]) -> set[Path]:
    return {Path(file).resolve() for file in files if "://" not in file}
