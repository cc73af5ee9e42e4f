"""The README and the guides are true: transcripts are what the commands print, options exist.

`python -m tests.test_readme` writes the transcripts anew.
"""

import contextlib
import re
import shlex
from pathlib import Path

import click
import httpx2
import pytest
from click.testing import CliRunner

import signoff
from signoff.cli import main
from signoff.mock import Settings
from signoff.mock.reloading import Build
from tests.conftest import reference_app, running
from tests.processes import Process

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
REPORTS = ROOT / "docs" / "reports-api.md"
GALLERY = ROOT / "examples" / "mock_gallery" / "README.md"
# A command may go on in the next line after a backslash.
BLOCK = re.compile(r"```console\n\$ (curl (?:[^\n]*\\\n)*[^\n]*)\n(.*?)```", re.DOTALL)
VARYING = ("date: ", "x-request-id: ")


WIDTH = 100
WITH_TRANSCRIPTS = sorted([README, *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*/README.md")])


def cut(text):
    """The README's form of a transcript: long lines keep their beginning and their end."""
    return re.sub(rf"^(.{{24}}).+(.{{{WIDTH - 25}}})$", r"\1…\2", text, flags=re.MULTILINE)


def command_of(name):
    return main.get_command(click.Context(main), name)


def answer_to(command, origin):
    """What curl prints for the command, the fields that vary left out."""
    method, url, headers, body, files, prints_body = None, "", {}, None, {}, True
    words = iter(shlex.split(command.replace("\\\n", ""))[1:])
    for word in words:
        match word:
            case "-i":
                pass
            case "-D":  # the head to standard output
                assert next(words) == "-"
            case "-o":  # the body to a file
                prints_body = not next(words)
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                body = next(words)
            case "-F":
                files |= dict([part_of(next(words))])
            case _:
                url = word.replace("http://127.0.0.1:4010", origin)
    method = method or ("POST" if files else "GET")
    response = httpx2.request(method, url, headers=headers, content=body, files=files or None)
    fields = [f"{name.decode()}: {value.decode()}" for name, value in response.headers.raw]
    kept = [field for field in fields if not field.startswith(VARYING)]
    head = f"HTTP/1.1 {response.status_code} {response.reason_phrase}"
    shown = "\n".join([head, *kept, "", response.text if prints_body else ""])
    return shown if shown.endswith("\n") else f"{shown}\n"


def part_of(text):
    """A part of a form as curl's -F takes it: `name=value;type=media/type`, or `name=@file;type=...`."""
    name, _, rest = text.partition("=")
    value, _, media_type = rest.partition(";type=")
    if value.startswith("@"):
        return name, (value[1:], (ROOT / value[1:]).read_bytes(), media_type)
    return name, (None, value.encode(), media_type)


@pytest.fixture(scope="module")
def gallery_origin():
    with running(gallery()) as origin:
        yield origin


def gallery():
    """What the command at the head of the gallery's guide serves."""
    folder = GALLERY.parent
    documents = [folder / "shop.yaml", folder / "weather.yaml"]
    return Build(documents, [], str(folder / "handlers.py"), None, Settings(), signoff.load).make()[0]


@pytest.mark.parametrize("number", range(7))
def test_a_transcript_is_what_the_mock_returns(mock_origin, number):
    command, shown = BLOCK.findall(REPORTS.read_text())[number]
    assert cut(answer_to(command, mock_origin)) == shown


def test_the_transcript_of_the_readme_is_what_the_mock_returns(mock_origin):
    ((command, shown),) = BLOCK.findall(README.read_text())
    assert cut(answer_to(command, mock_origin)) == shown


def test_the_readme_is_short():
    assert len(README.read_text().splitlines()) < 200


@pytest.mark.parametrize("guide", WITH_TRANSCRIPTS, ids=lambda guide: str(guide.relative_to(ROOT)))
def test_transcripts_and_commands_fit_a_screen(guide):
    blocks = re.findall(r"^```(?:console|text|sh)\n(.*?)^```", guide.read_text(), re.DOTALL | re.MULTILINE)
    assert [line for block in blocks for line in block.splitlines() if len(line) > WIDTH] == []


def test_guides_with_transcripts_are_found():
    with_output = [guide for guide in WITH_TRANSCRIPTS if "```console\n$ " in guide.read_text()]
    assert {README, REPORTS, GALLERY} == set(with_output)


@pytest.mark.parametrize("number", range(8))
def test_a_transcript_of_the_gallery_is_what_the_mock_answers(gallery_origin, number):
    command, shown = BLOCK.findall(GALLERY.read_text())[number]
    assert cut(answer_to(command, gallery_origin)) == shown


def test_the_command_of_the_gallery_is_one():
    (command,) = re.findall(r"```sh\n(signoff .*?)\n```", GALLERY.read_text(), re.DOTALL)
    words = shlex.split(command.replace("\\\n", ""))
    options = command_of("mock").make_context("mock", words[2:]).params
    assert options["reload"]
    assert all((ROOT / name).is_file() for name in (*options["documents"], options["handlers"]))


def transcripts():
    """Each command of the README that has its output below it, with that output."""
    for block in re.findall(r"```text\n(\$ signoff .*?)```", README.read_text(), re.DOTALL):
        for shown in block.split("$ signoff ")[1:]:
            words, _, lines = shown.partition("\n")
            yield words, lines


def printed_by(command):
    if command[0] != "mock":
        return CliRunner().invoke(main, command, catch_exceptions=False).output
    with Process(["signoff", *command, "--port", "0"]) as server:
        first = server.stdout.readline()
    return re.sub(r":\d+/", ":4010/", first)


def test_the_transcripts_of_the_commands_are_what_they_print(mock_origin):
    """Cut texts end in an ellipsis; the address and the time are the reader's own.

    A slow machine adds a request or two, because slow responses are requested again.
    """
    assert {words.partition(" ")[0] for words, _ in transcripts()} == {"mock", "test", "review"}
    for words, lines in transcripts():
        command = shlex.split(words.replace("http://127.0.0.1:4010", mock_origin))
        with contextlib.chdir(ROOT):
            printed = printed_by(command).replace(mock_origin, "http://127.0.0.1:4010")
        for line in lines.splitlines():
            pattern = re.escape(re.sub(r" +", " ", line.strip()))
            pattern = pattern.replace("…", r"[^\n]*").replace(r"1\.7\ s", r"[\d.]+\ s")
            pattern = re.sub(r"\d(\\ requests)", r"\\d\1", pattern)
            assert re.search(rf"^ ?{pattern}$", re.sub(r" +", " ", printed), re.MULTILINE), line


def test_the_transcripts_cover_the_statuses():
    shown = re.findall(r"^HTTP/1.1 (\d{3})", REPORTS.read_text(), re.MULTILINE)
    assert shown == ["200", "200", "403", "404", "405", "415", "422"]


GUIDES = {
    "init": "docs/configuration",
    "migrate": "docs/configuration",
    "mock": "docs/mock",
    "test": "docs/test",
    "merge": "docs/test",
    "review": "docs/review",
    "docs": "docs/review",
}


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_every_option_is_in_its_guide(name):
    guide = (ROOT / f"{GUIDES[name]}.md").read_text()
    assert f"signoff {name}" in guide
    assert f"signoff {name}" in README.read_text()
    for parameter in command_of(name).params:
        if isinstance(parameter, click.Option):
            names = [*parameter.opts, *parameter.secondary_opts]
            assert any(re.search(rf"`[^`\n]*{re.escape(option)}\b", guide) for option in names), names


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_examples_in_help_have_a_line_each(name):
    shown = CliRunner().invoke(main, [name, "--help"]).output
    assert "\\b" not in shown
    for line in shown.splitlines()[1:]:
        assert line.count(f"signoff {name} ") <= 1, line


FOLDERS = [ROOT / folder / "README.md" for folder in ("openapi", "fixtures")]


@pytest.mark.parametrize(
    "guide",
    [README, GALLERY, *FOLDERS, *sorted((ROOT / "docs").glob("*.md"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_links_lead_somewhere(guide):
    for target, _, anchor in re.findall(r"\]\(([^)#:]*)(#([^)]*))?\)", guide.read_text()):
        file = guide.parent / target if target else guide
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), f"{target}#{anchor}"


def anchors(file):
    """The names that a link can end in: GitHub's for the headings, and those that the text sets."""
    text = re.sub(r"^```.*?^```", "", file.read_text(), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | {*re.findall(r'<a id="([^"]+)"', text)}


def test_the_commands_come_first():
    blocks = re.findall(r"```sh\n(.*?)\n```", README.read_text())
    assert blocks[:2] == ["pip install . && signoff mock", 'pip install ".[dev]" && python -m pytest -n auto']


def rewrite():
    for file, app in ((README, reference_app()), (REPORTS, reference_app()), (GALLERY, gallery())):
        with running(app) as origin:
            text = BLOCK.sub(
                lambda m, origin=origin: f"```console\n$ {m[1]}\n{cut(answer_to(m[1], origin))}```",
                file.read_text(),
            )
        file.write_text(text)


if __name__ == "__main__":
    rewrite()
