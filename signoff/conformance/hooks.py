"""What a Schemathesis suite has registered: formats, hooks, serializers and checks.

Importing the user's module registers them with Schemathesis, which then applies all but the checks by itself.
"""

from __future__ import annotations

import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemathesis.checks import CHECKS

from signoff.conformance.checks import Check, Severity
from signoff.contract import SetupError
from signoff.contract.user_modules import load_user_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import schemathesis

    Call = Callable[[schemathesis.CheckContext, schemathesis.Response, "schemathesis.Case[Any]"], bool | None]


@dataclass(frozen=True, slots=True)
class HookCheck:
    """A check registered with `schemathesis.check`: how reports name it, and its function."""

    check: Check
    call: Call


def load_hooks(names: Iterable[str]) -> tuple[HookCheck, ...]:
    """Import modules, and give the checks that they register.

    `schemathesis` itself is such a module: it registers its own checks.

    Args:
        names: modules, files, or `schemathesis.toml` files that name a module under `hooks`.

    Raises:
        SetupError: one cannot be imported, or has a check that is a class.
    """
    found: dict[str, HookCheck] = {}
    for name in names:
        module = load_user_module(_named_in(name) if name.endswith(".toml") else name, "hooks")
        found |= {hook.check.id: hook for hook in _checks_of(name, module.__name__)}
    return tuple(found.values())


def toml_not_read(names: Iterable[str]) -> str:
    """A sentence on a `schemathesis.toml` in the working directory that was not named; empty without one."""
    path = Path("schemathesis.toml")
    if not path.is_file() or any(Path(name).resolve() == path.resolve() for name in names):
        return ""
    return (
        "schemathesis.toml was not read: use --hooks schemathesis.toml for its `hooks`; the rest is not used"
    )


def _named_in(path: str) -> str:
    """The module that a `schemathesis.toml` names; a file is beside it."""
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SetupError(f"--hooks {path}: {getattr(error, 'strerror', None) or error}") from None
    name = content.get("hooks")
    if not isinstance(name, str):
        raise SetupError(f"--hooks {path}: the file has no `hooks`", suggestion="Name the module itself.")
    is_file = os.sep in name or name.endswith(".py")
    return str(Path(path).parent / name) if is_file else name


def _checks_of(name: str, module: str) -> Iterator[HookCheck]:
    for entry in CHECKS.get_all():
        if not (entry.__module__ == module or entry.__module__.startswith(f"{module}.")):
            continue
        if isinstance(entry, type):
            raise SetupError(
                f"--hooks {name}: the check {entry.__name__} is a class, which is not supported",
                suggestion="Use a function `(ctx, response, case)`.",
            )
        yield HookCheck(_check(entry), entry)


def _check(function: Call) -> Check:
    return Check(
        id=function.__name__.replace("_", "-"),
        family="hooks",
        severity=Severity.ERROR,
        rationale=" ".join((function.__doc__ or "").split()),
        source=f"{Path(sys.modules[function.__module__].__file__ or '').name}",
        concerns=lambda _, __: False,
        not_covered="",
        applies=lambda _: False,
        find=lambda _: (),
    )
