"""`docs/options.md` is the commands' help. `python -m tests.test_options_reference` rewrites it."""

import inspect
import re
from pathlib import Path

import click
import pytest

from signoff.cli import COMMANDS, main

REFERENCE = Path(__file__).parent.parent / "docs" / "options.md"
HEAD = """\
# Commands and options

<!-- Generated from the commands' help: edit that, then run `python -m tests.test_options_reference`. -->

Every option can have a default in the [configuration](configuration.md#set-the-default-of-an-option),
under its long name. `--config`, `--no-config` and `--help` work before and after a command's name.
"""
EVERYWHERE = {"--config", "--no-config", "--help"}
LIMITS = {r"x>=(.+)": r"At least \1.", r"x>([^=]+)": r"Above \1.", r"(.+)<=x<=(.+)": r"\1 to \2."}


def context_of(name):
    return click.Context(main.get_command(click.Context(main), name), info_name=f"signoff {name}")


def escaped(text):
    """A text as Markdown shows it unchanged; code spans stay."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([_*<])", r"\\\1", part) for part in parts)


def description(command):
    """A command's help; the paragraphs whose lines click keeps as blocks of text."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(command.help or "")):
        if paragraph.startswith("\b"):
            lines = inspect.cleandoc("\n" + paragraph.partition("\n")[2])
            yield f"```text\n{lines}\n```"
        else:
            yield escaped(" ".join(paragraph.split()))
    if command.epilog:
        yield escaped(command.epilog)


def row(option, text):
    """A row of a table: the option with its value, what it does, its limits and its default."""
    text, _, extra = text.partition("  [")
    notes = dict(note.partition(": ")[::2] for note in extra.rstrip("]").split("; "))
    default = notes.pop("default", "")
    if " / --no-" in option:
        default = "off" if default.startswith("no-") else "on"
    matches = [(re.fullmatch(pattern, note), words) for note in notes for pattern, words in LIMITS.items()]
    limits = [found.expand(words) for found, words in matches if found]
    option = option.replace("FLOAT RANGE", "NUMBER").replace("INTEGER RANGE", "INTEGER")
    cells = [f"`{option}`", " ".join([escaped(text), *limits]), f"`{default}`" if default else ""]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def tables(context, left_out=frozenset()):
    """The options, in the groups that the command's help has."""
    groups = {
        name: title for title, names in getattr(context.command, "groups", {}).items() for name in names
    }
    sections = {title: [] for title in groups.values()}
    for option in context.command.get_params(context):
        record = None if left_out & {*option.opts} else option.get_help_record(context)
        if record is not None:
            title = next((groups[name] for name in option.opts if name in groups), "Other" if groups else "")
            sections.setdefault(title, []).append(row(*record))
    for title, rows in sections.items():
        table = "\n".join(["| option | what it does | default |", "| --- | --- | --- |", *rows])
        yield f"**{title}**\n\n{table}" if title else table


def section(name):
    context = context_of(name)
    usage = " ".join(context.command.get_usage(context).removeprefix("Usage: ").split())
    parts = [
        f"## signoff {name}",
        f"```sh\n{usage}\n```",
        *description(context.command),
        *tables(context, EVERYWHERE),
    ]
    return "\n\n".join(parts)


def reference():
    summary = ["| command | what it does |", "| --- | --- |"]
    summary += [f"| [`signoff {name}`](#signoff-{name}) | {text} |" for name, (_, text) in COMMANDS.items()]
    group = click.Context(main, info_name="signoff", **main.context_settings)
    parts = [HEAD, "\n".join(summary), *description(main), *tables(group), *map(section, COMMANDS)]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def test_the_reference_is_up_to_date():
    is_same = REFERENCE.read_text() == reference()
    assert is_same, "docs/options.md is outdated: run `python -m tests.test_options_reference`"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_shows_no_markup_of_click(name):
    assert "\\b" not in context_of(name).get_help()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_in_the_reference(name):
    text = REFERENCE.read_text().partition(f"## signoff {name}\n")[2].partition("\n## ")[0]
    for option in context_of(name).command.params:
        if isinstance(option, click.Option) and not (option.hidden or EVERYWHERE & {*option.opts}):
            assert any(
                re.search(rf"^\| `[^`]*{re.escape(long)}\b", text, re.MULTILINE) for long in option.opts
            )


if __name__ == "__main__":
    REFERENCE.write_text(reference())
