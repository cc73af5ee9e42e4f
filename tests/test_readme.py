"""The README is true: its transcripts are what the mock answers, its options are the commands' own.

`python -m tests.test_readme` writes the transcripts anew.
"""

import re
import shlex
from pathlib import Path

import click
import httpx2
import pytest

import openapi
from mock_server import create_app
from signoff import main
from tests.conftest import running

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"```console\n\$ (curl [^\n]*)\n(.*?)```", re.DOTALL)
VARYING = ("date: ", "x-request-id: ")


def answer_to(command, origin):
    """What `curl -i` prints for the command, the fields that vary left out."""
    method, url, headers, body = "GET", "", {}, None
    words = iter(shlex.split(command)[1:])
    for word in words:
        match word:
            case "-i":
                pass
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                body = next(words)
            case _:
                url = word.replace("http://127.0.0.1:4010", origin)
    response = httpx2.request(method, url, headers=headers, content=body)
    fields = [f"{name.decode()}: {value.decode()}" for name, value in response.headers.raw]
    kept = [field for field in fields if not field.startswith(VARYING)]
    head = f"HTTP/1.1 {response.status_code} {response.reason_phrase}"
    return "\n".join([head, *kept, "", response.text]) + "\n"


@pytest.mark.parametrize("number", range(7))
def test_a_transcript_is_what_the_mock_answers(mock_origin, number):
    command, shown = BLOCK.findall(README.read_text())[number]
    assert answer_to(command, mock_origin) == shown


def test_the_transcripts_cover_the_statuses():
    shown = re.findall(r"^HTTP/1.1 (\d{3})", README.read_text(), re.MULTILINE)
    assert shown == ["200", "200", "403", "404", "405", "415", "422"]


@pytest.mark.parametrize("name", ["mock", "test"])
def test_every_option_is_in_the_readme(name):
    section = re.search(rf"## `signoff {name} .*?(?=\n## )", README.read_text(), re.DOTALL)[0]
    for parameter in main.commands[name].params:
        if isinstance(parameter, click.Option) and name == "test":
            assert any(option in section for option in parameter.opts), parameter.opts
        elif isinstance(parameter, click.Option):
            assert any(option in section for option in [*parameter.opts, *parameter.secondary_opts])


def test_the_commands_come_first():
    blocks = re.findall(r"```sh\n(.*?)\n```", README.read_text())
    assert blocks[:2] == ["pip install . && signoff mock", 'pip install ".[dev]" && python -m pytest']


def rewrite():
    contract = openapi.load(openapi.default_document())
    with running(create_app(contract)) as origin:
        text = BLOCK.sub(lambda m: f"```console\n$ {m[1]}\n{answer_to(m[1], origin)}```", README.read_text())
    README.write_text(text)


if __name__ == "__main__":
    rewrite()
