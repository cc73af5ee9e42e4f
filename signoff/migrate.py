"""The command `signoff migrate`: replaces old names in configuration, data files, baselines, JSON reports.

Only the names change: comments, order and formatting stay. YAML and JSON are edited at the marks of the
parsed nodes, TOML line by line within Signoff's tables. Reports, which can be large, are read and written.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml

from signoff.aliases import (
    CHECKS,
    DATA_KEYS,
    FORMER_REPORT_VERSION,
    LEVELS,
    OPTIONS,
    REPORT_VERSION,
    RULES,
    current_report,
)
from signoff.command_line import EXIT_BROKEN, EXIT_PASS, project_in_use
from signoff.contract.errors import DataError, SetupError
from signoff.printing import echo
from signoff.project import shown
from signoff.reporting.markdown import plain_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_IN_TOML = {**OPTIONS, **CHECKS, **RULES}
_HEADER = re.compile(r"\s*\[\[?\s*([^\]]*?)\s*\]")
_TOML_NAME = re.compile(r"#.*|\"\"\"|'''|[\w-]+|[\"']")
_FAIL_ON = re.compile(r"\s*fail-on\s*=")

Edit = tuple[int, int, str]


@click.command
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if a file has old names.")
def migrate(files: tuple[Path, ...], *, check: bool) -> None:
    """Replace old names in FILES: configuration files, data files, baselines, JSON reports.

    Without FILES, update the project's configuration file, and the data file and baseline set there.

    \b
      signoff migrate                        update the files of this project
      signoff migrate staging.yaml --check   list old names
    """
    changes = 0
    for file in files or _files_of_the_project():
        text = _text(file)
        if report := _report(file, text):
            echo(f"{shown(file.absolute())}: format_version {FORMER_REPORT_VERSION} -> {REPORT_VERSION}")
            changes += 1
            if not check:
                file.write_bytes(report.encode())
            continue
        edits = sorted(_edits(file, text))
        for start, end, name in edits:
            line = text.count("\n", 0, start) + 1
            echo(f"{shown(file.absolute())}:{line}: {text[start:end]} -> {name}")
        changes += len(edits)
        if edits and not check:
            for start, end, name in reversed(edits):
                text = text[:start] + name + text[end:]
            file.write_bytes(text.encode())
    names = "1 old name" if changes == 1 else f"{changes} old names"
    echo(f"{names} {'found' if check else 'replaced'}.")
    sys.exit(EXIT_BROKEN if check and changes else EXIT_PASS)


def _files_of_the_project() -> list[Path]:
    project = project_in_use()
    if project.file is None or project.is_reference:
        raise SetupError("no project found", suggestion="Name the files to update.")
    named = [project.text(key, "test") for key in ("data", "baseline")]
    return [project.file, *(Path(name) for name in named if name and Path(name).is_file())]


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read {file}: {error}") from None


def _report(file: Path, text: str) -> str:
    """A JSON report of the previous release in its current form; empty for any other file."""
    try:
        content = json.loads(text) if file.suffix == ".json" else None
        if not isinstance(content, dict) or "signoff" not in content:
            return ""
        report = current_report(content)
    except (ValueError, RecursionError):
        return ""
    return "" if report is content else plain_json(json.dumps(report, indent=2, ensure_ascii=False)) + "\n"


def _edits(file: Path, text: str) -> Iterator[Edit]:
    if file.suffix == ".toml":
        yield from _toml_edits(text, is_whole=file.name != "pyproject.toml")
        return
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise DataError(f"{file} is not YAML: {error}") from None
    top = _members(root)
    if "accepted" in top:
        for entry in getattr(top["accepted"], "value", ()):
            yield from _renamed(_members(entry).get("check"), {**CHECKS, **RULES})
        return
    yield from _key_edits(root)
    for users in (top.get("people"), top.get("users")):
        for entry in _members(users).values():
            yield from _key_edits(entry)


def _members(node: yaml.Node | None) -> dict[str, yaml.Node]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return {key.value: value for key, value in pairs if isinstance(key.value, str)}


def _key_edits(node: yaml.Node | None) -> Iterator[Edit]:
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        yield from _renamed(key, DATA_KEYS)


def _renamed(node: yaml.Node | None, table: Mapping[str, str]) -> Iterator[Edit]:
    if isinstance(node, yaml.ScalarNode) and node.value in table:
        quote = node.style if node.style in ("'", '"') else ""
        yield node.start_mark.index, node.end_mark.index, f"{quote}{table[node.value]}{quote}"


def _toml_edits(text: str, *, is_whole: bool) -> Iterator[Edit]:
    """The names in Signoff's tables: keys, headers and ids in quotes; what is in a comment stays."""
    start, is_ours = 0, is_whole
    for line in text.splitlines(keepends=True):
        header = _HEADER.match(line)
        if header and not is_whole:
            is_ours = header[1].replace('"', "").startswith("tool.signoff")
        table = {**_IN_TOML, **LEVELS} if _FAIL_ON.match(line) else _IN_TOML
        if is_ours and not re.match(r"\s*reason\s*=", line):
            for found in _TOML_NAME.finditer(line):
                if found[0] in table:
                    yield start + found.start(), start + found.end(), table[found[0]]
        start += len(line)
