"""What `signoff mock` prints when it starts: what is served where, and what the user must know about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from signoff.contract.resources import infer
from signoff.generate import Generator
from signoff.mock.control.control import PREFIX
from signoff.mock.credentials import credential_for
from signoff.mock.routing import operation_key
from signoff.mock.samples import Samples
from signoff.mock.state.setup import warning_of
from signoff.mock.world.base_world import BaseWorld
from signoff.printing import on_one_line
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signoff.contract import Contract
    from signoff.mock.reloading import Build
    from signoff.mock.settings import Settings

_SHOWN_ROUTES = 20
_SHOWN_SCENARIOS = 8
_URL_WIDTH = 84
_LONGEST_URL = 160


def lines(build: Build, origin: str, authority: Path | None = None) -> Iterator[str]:
    """The lines of the banner.

    Args:
        build: what is served.
        origin: scheme, host and port.
        authority: the file of the authority of a throw-away certificate; None without one.
    """
    for contract in build.contracts:
        yield f"Mock server running at {click.style(on_one_line(f'{origin}{contract.base_path}'), bold=True)}"
        yield f"  API             {on_one_line(f'{contract.title} {contract.version}')}"
        yield f"  Authentication  {_authentication(contract, build.settings)}"
        yield from _routes(build, contract, origin)
    scenarios = build.scenarios
    if scenarios:
        yield f"  Scenario        {_scenarios(build.scenario, scenarios)}"
    if build.control is not None:
        yield f"  Console         {origin}{PREFIX}/"
    if authority:
        yield f"  CA certificate  {authority}"


def warnings(build: Build) -> Iterator[str]:
    """What is wrong, or risky, with what is served."""
    control = build.control
    found = (warning_of(build.settings), *(control.warnings() if control is not None else ()))
    return (warning for warning in found if warning)


def _authentication(contract: Contract, settings: Settings) -> str:
    schemes = dict.fromkeys(
        name for operation in contract.operations for way in operation.security for name in way
    )
    if not schemes:
        return "none"
    if not settings.auth:
        return "off (--no-auth)"
    described = []
    for name in schemes:
        sent = credential_for(contract.security_schemes.get(name, {}))
        described.append(on_one_line(f"{name} ({sent})" if sent else name))
    return f"{', '.join(described)}; any well-formed credentials are accepted, --no-auth turns it off"


def _routes(build: Build, contract: Contract, origin: str) -> Iterator[str]:
    operations, handled = contract.operations, build.handled
    own = sum(operation_key(operation) in handled for operation in operations)
    count = counted(len(operations), "operation")
    yield f"  Routes          {count}{f', {own} with a custom handler' if own else ''}"
    samples = Samples(contract, _world(build, contract), build.settings)
    shown = operations[:_SHOWN_ROUTES]
    urls = [on_one_line(_cut(origin + samples.target(operation))) for operation in shown]
    width = min(_URL_WIDTH, max(map(len, urls), default=0))
    for operation, url in zip(shown, urls, strict=True):
        name = "" if " " in operation.id else on_one_line(operation.id)
        mark = " (handler)" if operation_key(operation) in handled else ""
        yield f"    {operation.method:<7} {url:<{width}}  {name}{mark}".rstrip()
    if len(operations) > _SHOWN_ROUTES:
        yield f"    … {len(operations) - _SHOWN_ROUTES} more"


def _cut(url: str) -> str:
    return url if len(url) <= _LONGEST_URL else f"{url[:_LONGEST_URL]}…"


def _world(build: Build, contract: Contract) -> BaseWorld:
    """The entities whose ids the URLs have; those of the mock if it shares them."""
    served = build.control.served if build.control is not None else None
    if served is not None:
        return served.worlds[build.contracts.index(contract)][0]
    settings = build.settings
    return BaseWorld(
        infer(contract),
        Generator(contract.schemas, settings.seed, settings.locale),
        seed=settings.seed,
        list_size=settings.list_size,
        uses_examples=not settings.dynamic,
        is_open=settings.unknown_ids == "open",
    )


def _scenarios(active: str, names: tuple[str, ...]) -> str:
    others = [name for name in names if name != active]
    listed = ", ".join(others[:_SHOWN_SCENARIOS])
    more = f" and {len(others) - _SHOWN_SCENARIOS} more" if len(others) > _SHOWN_SCENARIOS else ""
    return f"{active or 'none'}{f'; available: {listed}{more}' if others else ''}"
