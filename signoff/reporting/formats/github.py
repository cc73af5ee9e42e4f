"""A report as GitHub workflow commands: one annotation per item at the document's line.

GitHub reads the commands from a step's log: `--report github=-`. It shows the first ten errors and the first
ten warnings of a step. Compatible changes are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from signoff.reporting.formats.terminal import verdict
from signoff.reporting.markdown import one_line
from signoff.reporting.messages import describe, title
from signoff.reporting.model import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.reporting.model import Item, Report

_REMARKS = {
    Level.ERROR: "Signoff: required coverage not reached",
    Level.WARNING: "Signoff: not tested",
    Level.INFO: "Signoff",
}


def render(report: Report) -> str:
    """One command per line: items worst first, remarks about the whole run, then the verdict as a notice."""
    lines = [
        _annotation(item)
        for items in report.sections.values()
        for item in items
        if item.level is not Level.COMPATIBLE
    ]
    lines += [
        command(_kind(level), {"title": _REMARKS[level]}, one_line(text)) for _, text, level in report.remarks
    ]
    if report.partial:
        lines.append(command("warning", {"title": "Signoff: partial run"}, report.partial))
    if report.accepted:
        shown = "\n".join(
            f"{title(item)}: {one_line(item.message)} (accepted: {one_line(str(item.acceptance))})"
            for item in report.accepted
        )
        lines.append(command("notice", {"title": f"{report.accepted_title} ({len(report.accepted)})"}, shown))
    compared = " against ".join(report.compared)
    lines.append(
        command(
            "notice", {"title": report.name.capitalize()}, f"{click.unstyle(verdict(report))}\n{compared}"
        )
    )
    return "\n".join(lines) + "\n"


def _annotation(item: Item) -> str:
    place, properties = item.place, {}
    if place.path:
        properties["file"] = place.path
        if place.line:
            properties |= {"line": str(place.line), "col": str(max(1, place.column))}
    properties["title"] = title(item)
    message = "\n".join([one_line(item.message), *describe(item)[1:]])
    return command(_kind(item.level), properties, message)


def _kind(level: Level) -> str:
    return "notice" if level.weight == "note" else level.weight


def command(name: str, properties: Mapping[str, str], message: str) -> str:
    """A workflow command, escaped as the runner unescapes it."""
    texts = {key: _data(value).replace(":", "%3A").replace(",", "%2C") for key, value in properties.items()}
    shown = ",".join(f"{key}={text}" for key, text in texts.items())
    return f"::{name} {shown}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
