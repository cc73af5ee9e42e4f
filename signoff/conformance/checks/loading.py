"""Checks of a project: a module that is named on the command line, in the configuration or in a test."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pkgutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from signoff.conformance.checks import KIT
from signoff.contract import SetUpError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from signoff.conformance.checks.registry import Catalogue


def load_checks(names: Iterable[str]) -> Catalogue:
    """The kit's catalogue with the checks of some modules as well.

    Args:
        names: each a dotted name, a Python file, or the folder of a package, whose modules are all searched.

    Raises:
        SetUpError: a module cannot be imported, has no checks, or uses an id that is in use.
    """
    catalogue = KIT
    for name in names:
        extended = catalogue.extended(_modules(name))
        if len(extended.entries) == len(catalogue.entries):
            raise SetUpError(
                f"--checks {name}: the module has no checks",
                mend="Put a function under @check or @relation of signoff.conformance there.",
            )
        catalogue = extended
    return catalogue


def _modules(name: str) -> Iterator[ModuleType]:
    try:
        module = _from_path(Path(name)) if name.endswith(".py") or Path(name).is_dir() else _by_name(name)
        yield module
        for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
            yield importlib.import_module(found.name)
    except Exception as error:  # it runs a user's code
        if isinstance(error, SetUpError):
            raise
        raise SetUpError(
            f"--checks {name}: cannot import it: {type(error).__name__}: {error}",
            mend="Name a module, a Python file or the folder of a package.",
        ) from error


def _by_name(name: str) -> ModuleType:
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    return importlib.import_module(name)


def _from_path(path: Path) -> ModuleType:
    """The module of a file or folder, under a name of its own, so that it hides no other module."""
    file = path / "__init__.py" if path.is_dir() else path
    digest = hashlib.blake2b(str(file.resolve()).encode(), digest_size=4).hexdigest()
    name = f"signoff_checks_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    folders = [str(path)] if path.is_dir() else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=folders)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
