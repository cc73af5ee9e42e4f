"""Loads custom handlers: a mapping by operationId, or a module that the user names.

In a package, the module `handlers` is used if there is one. Functions are found as Connexion's resolver does:
by operationId, or in the module of the same package that `x-openapi-router-controller` names.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from connexion.exceptions import ResolverError
from connexion.resolver import Resolver

from signoff.contract import SetupError, SignoffError
from signoff.contract.user_modules import load_user_module
from signoff.mock.routing import operation_key

if TYPE_CHECKING:
    from types import ModuleType

    from signoff.contract import Contract, Operation

HandlersSource: TypeAlias = "str | Path | ModuleType | Mapping[str, Callable[..., Any]]"


def functions_from(source: HandlersSource | Functions | None) -> Functions:
    """The functions of a module, a path, a mapping by operationId, or none at all.

    Raises:
        SetupError: a module cannot be imported.
    """
    if isinstance(source, Functions):
        return source
    if source is None or isinstance(source, Mapping):
        return Functions(source or {})
    return ModuleFunctions(source)


class Functions:
    """Functions by operationId."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._functions = functions

    def function_for(self, operation: Operation) -> Callable[..., Any] | None:
        """The handler of an operation; None if it is mocked."""
        return self._functions.get(operation.id)

    def check(self, contracts: Iterable[Contract]) -> None:
        """Raise SetupError if a function has no operation."""
        known = {operation.id for contract in contracts for operation in contract.operations}
        for name in self._functions:
            if name not in known:
                raise SetupError(
                    f"the handler {name!r} has no operation: no operationId matches",
                    suggestion="Rename it to an operationId of the document.",
                )

    def handled(self, contracts: Iterable[Contract]) -> frozenset[str]:
        """The keys of the operations that have a handler."""
        operations = [operation for contract in contracts for operation in contract.operations]
        return frozenset(operation_key(each) for each in operations if self.function_for(each) is not None)


class ModuleFunctions(Functions):
    """The functions of one module, and of those of its package that a document names.

    Args:
        source: the module, its dotted name, or the path of a Python file or of a package's folder.

    Raises:
        SetupError: it cannot be imported.
    """

    def __init__(self, source: str | Path | ModuleType) -> None:
        super().__init__({})
        self._source = source
        self._load()

    def _load(self) -> None:
        source = self._source
        if isinstance(source, Path):
            source = str(source.absolute())
        if isinstance(source, str):
            source = load_user_module(source, "handlers", submodule="handlers", is_private=True)
        self._name = source.__name__
        self._top = self._name.partition(".")[0]
        self._read_at = self._changed_at()

    @property
    def _own_modules(self) -> list[str]:
        return [name for name in sys.modules if self._is_own(name)]

    @property
    def files(self) -> tuple[str, ...]:
        """The files to watch: of the module, or of all of its package."""
        found = [getattr(sys.modules[name], "__file__", None) for name in self._own_modules]
        return tuple(file for file in found if file)

    def reload(self) -> None:
        """Import again if a file has changed; otherwise the functions keep their state.

        Raises:
            SetupError: it cannot be imported; the previous functions stay.
        """
        if self._changed_at() == self._read_at:
            return
        known = {name: sys.modules.pop(name) for name in self._own_modules}
        try:
            self._load()
        except SignoffError:
            sys.modules.update(known)
            raise

    def _changed_at(self) -> dict[str, int]:
        return {file: Path(file).stat().st_mtime_ns for file in self.files if Path(file).exists()}

    def function_for(self, operation: Operation) -> Callable[..., Any] | None:
        """The handler of an operation; None if it is mocked.

        Raises:
            SetupError: the name is not callable.
        """
        keys = ("x-openapi-router-controller", "x-swagger-router-controller")
        stated = next((name for key in keys if (name := operation.extensions.get(key))), None)
        controller = self._imported_name(str(stated)) if stated else self._name
        if " " in operation.id or not self._is_own(controller):
            return None  # no operationId, or a module outside the user's package
        found = _resolved(f"{controller}.{operation.id}")
        if found is None or not self._is_own(str(getattr(found, "__module__", ""))):
            return None
        if not callable(found):
            name = f"{stated or self._name}.{operation.id}"
            raise SetupError(f"{name} is not callable: its type is {type(found).__name__}")
        return found  # type: ignore[no-any-return]

    def check(self, contracts: Iterable[Contract]) -> None:
        """Nothing to check: a module may have other functions too."""

    def _imported_name(self, controller: str) -> str:
        """The imported name of a module that the document names."""
        top = sys.modules[self._top]
        place = next(iter(getattr(top, "__path__", ())), getattr(top, "__file__", None)) or self._top
        first, dot, rest = controller.partition(".")
        return f"{self._top}{dot}{rest}" if first == Path(place).stem else controller

    def _is_own(self, module: str) -> bool:
        """Whether a module belongs to the user's package; a document can't call other code."""
        return module.partition(".")[0] == self._top


def _resolved(name: str) -> Any:  # noqa: ANN401 - whatever stands there
    """Resolve a dotted name; if it is not a Python name, with underscores: `list_data_sets`."""
    for spelling in dict.fromkeys((name, re.sub(r"[^\w.]", "_", name))):
        try:
            return Resolver().resolve_function_from_operation_id(spelling)  # type: ignore[no-untyped-call]
        except ResolverError:
            continue
    return None
