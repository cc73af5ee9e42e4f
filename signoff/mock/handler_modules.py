"""Where custom handlers come from: a module by its name, a Python file, or the folder of a package.

A file or folder is imported under a name of its own, so that it cannot clash with a module of that name
that is installed or imported, and a package may use relative imports. A package's handlers are those of
its module `handlers` where it has one. Within the module a function is found as Connexion's resolver finds
it: by operationId, or in the module of the same package that `x-openapi-router-controller` names.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from connexion.exceptions import ResolverError
from connexion.resolver import Resolver

from signoff.contract import SetUpError, SignoffError

if TYPE_CHECKING:
    from signoff.contract import Contract, Operation

HandlersSource: TypeAlias = "str | Path | ModuleType | Mapping[str, Callable[..., Any]]"
_PREFIX = "_signoff_handlers_"
_numbers = count(1)


def functions_from(source: HandlersSource | Functions | None) -> Functions:
    """The functions of a module, a path, a mapping by operationId, or none at all.

    Raises:
        SetUpError: a module cannot be imported.
    """
    if isinstance(source, Functions):
        return source
    if source is None or isinstance(source, Mapping):
        return Functions(source or {})
    return ModuleFunctions(source)


class Functions:
    """Functions by operationId."""

    files: tuple[str, ...] = ()

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._functions = functions

    def function_for(self, operation: Operation) -> Callable[..., Any] | None:
        """The function that responds to an operation; None where it stays mocked."""
        return self._functions.get(operation.id)

    def check(self, contracts: Iterable[Contract]) -> None:
        """Raise SetUpError where a function belongs to no operation."""
        known = {operation.id for contract in contracts for operation in contract.operations}
        for name in self._functions:
            if name not in known:
                raise SetUpError(f"there is a handler for {name!r}, but no operation with that operationId")

    def count(self, contracts: Iterable[Contract]) -> int:
        """How many operations of these contracts have a function."""
        operations = [operation for contract in contracts for operation in contract.operations]
        return sum(self.function_for(operation) is not None for operation in operations)


class ModuleFunctions(Functions):
    """The functions of one module, and of those of its package that a document names.

    Args:
        source: the module, its dotted name, or the path of a Python file or of a package's folder.

    Raises:
        SetUpError: it cannot be imported.
    """

    def __init__(self, source: str | Path | ModuleType) -> None:
        super().__init__({})
        self._source = source
        self._load()

    def _load(self, *, again: bool = False) -> None:
        source = self._source
        if isinstance(source, ModuleType):
            name = known_as = source.__name__
        elif (path := Path(source)).suffix == ".py" or path.is_dir():
            name, known_as = _import_path(path)
        else:
            _extend_path(Path(), first=True)
            name = known_as = _import(str(source), str(source), again=again)
        if not isinstance(source, ModuleType) and _has_handlers(name):
            name = _import(f"{name}.handlers", str(source), again=again)
        self._name, self._known_as = name, known_as
        self._read_at = self._changed_at()

    @property
    def files(self) -> tuple[str, ...]:  # type: ignore[override]
        """The files to watch: of the module, or of all of a package that was imported by its path."""
        root = self._name.partition(".")[0]
        names = [self._name]
        if root.startswith(_PREFIX):
            names = [name for name in sys.modules if name.partition(".")[0] == root]
        found = [getattr(sys.modules[name], "__file__", None) for name in names if name in sys.modules]
        return tuple(file for file in found if file)

    def reload(self) -> None:
        """Import again if a file has changed; else the functions keep their state.

        Raises:
            SetUpError: it cannot be imported any more; the functions stay as they were.
        """
        if self._changed_at() != self._read_at:
            self._load(again=True)

    def _changed_at(self) -> dict[str, int]:
        return {file: Path(file).stat().st_mtime_ns for file in self.files if Path(file).exists()}

    def function_for(self, operation: Operation) -> Callable[..., Any] | None:
        """The function that responds to an operation; None where it stays mocked.

        Raises:
            SetUpError: the name leads to something that cannot be called.
        """
        extensions = operation.extensions
        stated = extensions.get("x-openapi-router-controller") or extensions.get(
            "x-swagger-router-controller"
        )
        controller = self._imported_name(str(stated)) if stated else self._name
        if " " in operation.id or not self._is_own(controller):
            return None  # no operationId in the document, or a module that the user has not named
        found = _resolved(f"{controller}.{operation.id}")
        if found is None or not self._is_own(str(getattr(found, "__module__", ""))):
            return None
        if not callable(found):
            name = f"{stated or self._known_as}.{operation.id}"
            raise SetUpError(f"{name} is not a function, it is of type {type(found).__name__}")
        return found  # type: ignore[no-any-return]

    def check(self, contracts: Iterable[Contract]) -> None:
        """A module may have functions beside its handlers."""

    def _imported_name(self, controller: str) -> str:
        """The name under which a module that the document names was imported."""
        first, dot, rest = controller.partition(".")
        own = self._name.partition(".")[0]
        return f"{own}{dot}{rest}" if first == self._known_as.partition(".")[0] else controller

    def _is_own(self, module: str) -> bool:
        """Whether a module belongs to the user's package: a document may not reach for any other code."""
        return module.partition(".")[0] == self._name.partition(".")[0]


def _resolved(name: str) -> Any:  # noqa: ANN401 - whatever stands there
    """What a dotted name leads to; where it is no name in Python, with underscores: `list_data_sets`."""
    for spelling in dict.fromkeys((name, re.sub(r"[^\w.]", "_", name))):
        try:
            return Resolver().resolve_function_from_operation_id(spelling)  # type: ignore[no-untyped-call]
        except ResolverError:
            continue
    return None


def _import_path(path: Path) -> tuple[str, str]:
    """Import a file or a package's folder: the private name of the module, and the name it has on disk."""
    parts, place = [], path.absolute()
    if not place.is_dir():
        parts.append(place.stem)
        place = place.parent
        if not (place / "__init__.py").exists():  # a file by itself may import the files beside it
            _extend_path(place)
            return _import_file(path.absolute(), str(path)), path.stem
    while (place.parent / "__init__.py").exists():
        parts.append(place.name)
        place = place.parent
    parts = [part for part in reversed(parts) if part != "__init__"]
    root = _import_file(place / "__init__.py", str(path), package=place)
    name = ".".join([root, *parts])
    return _import(name, str(path)), ".".join([place.name, *parts])


def _import_file(file: Path, shown: str, *, package: Path | None = None) -> str:
    """Import a file, or the `__init__.py` of a package (which it may lack), under a new name."""
    name = f"{_PREFIX}{next(_numbers)}"
    if package is not None and not file.exists():
        module = ModuleType(name)
        module.__path__ = [str(package)]
        sys.modules[name] = module
        return name
    places = [str(package)] if package else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=places)
    if spec is None or spec.loader is None:
        raise _cannot_import(shown, "it is not a Python file")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    _run(lambda: spec.loader.exec_module(module), shown)  # type: ignore[union-attr]
    return name


def _import(name: str, shown: str, *, again: bool = False) -> str:
    known = sys.modules.get(name) if again else None
    _run(lambda: importlib.reload(known) if known else importlib.import_module(name), shown)
    return name


def _run(importing: Callable[[], object], shown: str) -> None:
    try:
        importlib.invalidate_caches()
        importing()
    except SignoffError:
        raise  # such as a data file that a handler reads when it is imported
    except (Exception, SystemExit) as error:  # noqa: BLE001 - importing runs anybody's code
        reason = str(error).splitlines()[0] if str(error) else ""
        raise _cannot_import(shown, f"{type(error).__name__}: {reason}") from None


def _cannot_import(shown: str, reason: str) -> SetUpError:
    return SetUpError(
        f"the handlers module {shown!r} cannot be imported: {reason}",
        mend="Name a module that Python finds from here, or the path of its file or folder.",
    )


def _has_handlers(package: str) -> bool:
    """Whether an imported module is a package with a module `handlers`."""
    is_package = hasattr(sys.modules[package], "__path__")
    return is_package and importlib.util.find_spec(f"{package}.handlers") is not None


def _extend_path(folder: Path, *, first: bool = False) -> None:
    """Let Python find modules in a folder, after all other places unless `first`."""
    if (place := str(folder.absolute())) not in sys.path:
        sys.path.insert(0 if first else len(sys.path), place)
