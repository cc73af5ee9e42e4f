"""Loads the user's Python modules: handlers, checks and rules.

A module is given as a dotted name (also relative to the working directory), a Python file, or a package
folder. A file in a package is imported as part of that package, so relative imports work. Other files can
import their siblings by name.

Two modules may have one name: another project's `handlers.py`, or a `contract_tests` that is installed.
The one that Python would find first keeps the name. The user's is then imported under a name of its own,
which ends in a checksum of its folder. Where siblings of two projects' modules have one name, `sys.modules`
has those of the project that was loaded last.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING

from signoff.contract.errors import SetupError, SignoffError
from signoff.contract.pointer import Location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

_loaded: dict[str, Path] = {}  # the outermost packages of all modules loaded so far, and where they are


def load_user_module(source: str, what: str, *, submodule: str = "", is_private: bool = False) -> ModuleType:
    """Import a user's module. A module that is imported already is not imported again.

    Args:
        source: its dotted name, or the path of a Python file or package folder.
        what: what it holds, for messages: "handlers", "checks", "rules".
        submodule: what to import of a package that has such a module, in place of the package itself.
        is_private: whether a package that is named by its path stays out of `sys.path`, and always gets a
            name of its own.

    Returns:
        The module, which `sys.modules` also has under its `__name__`.

    Raises:
        SetupError: the module does not exist, or importing it fails.
        SignoffError: importing it raises this.
    """
    place = _Place.of(source, what)
    is_private = is_private and place.is_in_package
    if not is_private:
        place.make_importable()
    try:
        name = place.alias() if is_private or place.is_name_taken() else place.name
        module = importlib.import_module(name)
        if submodule and hasattr(module, "__path__") and importlib.util.find_spec(f"{name}.{submodule}"):
            module = importlib.import_module(f"{name}.{submodule}")
    except SignoffError:
        raise  # such as one of a data file that is read when the module is imported
    except (Exception, SystemExit) as error:  # noqa: BLE001 - importing runs the user's code
        raise _import_error(source, what, error) from None
    _loaded[name.partition(".")[0]] = place.root
    return module


@contextmanager
def errors_of(what: str, function: Callable[..., object], suggestion: str) -> Iterator[None]:
    """Raise SetupError for what a user's function raises, SystemExit included: it must not end a run."""
    try:
        yield
    except (Exception, SystemExit) as error:
        reason = next(iter(str(error).splitlines()), "")
        raise SetupError(
            f"the {what} raised {type(error).__name__}: {reason}",
            suggestion=suggestion,
            location=raised_at(error, sys.modules[function.__module__]),
        ) from error


def raised_at(error: BaseException, module: ModuleType) -> Location | None:
    """The innermost line in the folder of a user's module that an exception went through."""
    folder = Path(str(module.__file__)).parent
    lines = traceback.extract_tb(error.__traceback__)
    own = [line for line in lines if Path(line.filename).is_relative_to(folder)]
    return Location(own[-1].filename, own[-1].lineno or 0, (own[-1].colno or 0) + 1) if own else None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a module is: its full name, and the folder that `sys.path` must have for it.

    `is_here` is False for a name that the working directory has no file for, `is_in_package` True for a
    path in a package, or of one.
    """

    name: str
    root: Path
    is_here: bool = True
    is_in_package: bool = False

    @classmethod
    def of(cls, source: str, what: str) -> _Place:
        path = Path(source).absolute()
        if path.suffix == ".py" or "/" in source or _is_package(path):
            return cls._of_path(path, what)
        module = Path(*source.split("."))
        here = (module.with_suffix(".py"), module / "__init__.py")
        return cls(source, Path.cwd(), is_here=any(file.is_file() for file in here))

    @classmethod
    def _of_path(cls, path: Path, what: str) -> _Place:
        if not (path.is_file() if path.suffix == ".py" else _is_package(path)):
            raise SetupError(
                f"the {what} module {path} is not a Python file or package",
                suggestion="Use a .py file, or a folder with Python files.",
            )
        names = [path.stem]
        root = path.parent
        while (root / "__init__.py").is_file():
            names.insert(0, root.name)
            root = root.parent
        return cls(".".join(names), root, is_in_package=path.suffix != ".py" or root != path.parent)

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]

    def make_importable(self) -> None:
        """Let Python find the module and its siblings, before those of other projects."""
        sys.path[:] = [str(self.root), *(entry for entry in sys.path if entry != str(self.root))]
        importlib.invalidate_caches()
        others = set(_loaded.values()) - {self.root}
        namesakes = {
            name
            for name, module in (sys.modules.items() if others else ())
            if name not in _loaded
            and others.intersection(Path(getattr(module, "__file__", None) or "").parents[:2])
            and ((self.root / f"{name}.py").is_file() or _is_package(self.root / name))
        }
        for name in [name for name in sys.modules if name.partition(".")[0] in namesakes]:
            del sys.modules[name]

    def is_name_taken(self) -> bool:
        """Whether Python knows another module by the name of the outermost package."""
        if not self.is_here:
            return False
        # Of a folder without __init__.py Python finds all that are in `sys.path`.
        file = getattr(sys.modules.get(self.name), "__file__", None)
        module = self.root.joinpath(*self.name.split("."))
        places = (module.with_suffix(".py"), module / "__init__.py")
        if file and Path(file).resolve() not in [place.resolve() for place in places]:
            return True
        try:
            spec = importlib.util.find_spec(self.top)
        except ValueError:  # a module without a spec, such as __main__
            return True
        if spec is None:
            return False
        found = [*(spec.submodule_search_locations or ()), str(spec.origin)]
        own = {self.root / self.top, self.root / self.top / "__init__.py", self.root / f"{self.top}.py"}
        return not {place.resolve() for place in own} & {Path(place).resolve() for place in found}

    def alias(self) -> str:
        """The module's name after its outermost package got another name in `sys.modules`."""
        alias = f"{self.top}_{zlib.crc32(bytes(self.root)):08x}"
        if alias not in sys.modules:
            module = importlib.util.module_from_spec(self._spec(alias))
            sys.modules[alias] = module
            try:
                if module.__spec__ is not None and module.__spec__.loader is not None:
                    module.__spec__.loader.exec_module(module)
            except BaseException:
                del sys.modules[alias]
                raise
        return alias + self.name[len(self.top) :]

    def _spec(self, alias: str) -> ModuleSpec:
        folder = self.root / self.top
        file = folder / "__init__.py"
        if file.is_file():
            spec = importlib.util.spec_from_file_location(
                alias, file, submodule_search_locations=[str(folder)]
            )
        elif not (file := self.root / f"{self.top}.py").is_file():  # a folder without __init__.py
            spec = ModuleSpec(alias, None, is_package=True)
            spec.submodule_search_locations = [str(folder)]
        else:
            spec = importlib.util.spec_from_file_location(alias, file)
        assert spec is not None  # noqa: S101 - Python has a loader for .py files
        return spec


def _is_package(folder: Path) -> bool:
    return folder.is_dir() and any(folder.glob("*.py"))


def _import_error(source: str, what: str, error: BaseException) -> SetupError:
    reason = str(error).splitlines()[0] if str(error) else ""
    return SetupError(
        f"cannot import the {what} module {source!r}: {type(error).__name__}: {reason}",
        suggestion="Use an importable module, the path of a .py file, or a package folder.",
    )
