"""A request as a curl command that repeats it, with shell variables in place of secrets."""

from __future__ import annotations

import re
import shlex
from itertools import zip_longest
from typing import TYPE_CHECKING

from signoff.reporting.secret_names import REDACTED, is_secret

if TYPE_CHECKING:
    from signoff.conformance.exchange import Sent

_OWN_HEADERS = {"host", "content-length", "user-agent", "accept-encoding", "connection", "accept"}
# A longer body is shortened; the command then starts with a comment that says so.
_LONGEST_BODY = 20_000
# The name of the header or parameter whose value comes next.
_NAME = re.compile(r"([\w-]+)(?:: |=)[^:=&]*$")
# What a shell expands within double quotes.
_ACTIVE = set('"$`\\!')
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def curl(sent: Sent) -> str:
    """The command for bash or zsh; what it sends is the request's body, byte by byte."""
    parts = ["curl", "-I"] if sent.method == "HEAD" else ["curl", "-i", "-X", sent.method]
    if set("[]{}") & set(sent.url.replace(REDACTED, "")):
        parts.append("--globoff")
    if "/." in sent.url:
        parts.append("--path-as-is")
    for name, value in sent.headers:
        if name.lower() not in _OWN_HEADERS or (name.lower() == "accept" and value != "*/*"):
            shown = REDACTED if is_secret(name) else value
            # curl sends an empty header only if it is written with a semicolon.
            parts += ["-H", f"{name}: {shown}" if shown else f"{name};"]
    command = " ".join(_argument(part) for part in [*parts, sent.url])
    return _with_body(command, sent) if sent.body else command


def _argument(text: str) -> str:
    """An argument for a shell; a variable named after the header or parameter stands for each secret."""
    if REDACTED not in text:
        return shlex.quote(text)
    literals = text.split(REDACTED)
    names = [f"${{{variable(literal)}}}" for literal in literals[:-1]]
    if not _ACTIVE & set("".join(literals)):
        return (
            '"'
            + "".join(f"{literal}{name}" for literal, name in zip_longest(literals, names, fillvalue=""))
            + '"'
        )
    quoted = [literal and shlex.quote(literal) for literal in literals]
    return "".join(f'{literal}"{name}"' if name else literal for literal, name in zip_longest(quoted, names))


def variables(sent: Sent) -> list[str]:
    """The shell variables of the command for a request, as `${NAME}`."""
    texts = [sent.url, *(f"{name}: {REDACTED if is_secret(name) else value}" for name, value in sent.headers)]
    found = (literal for text in texts for literal in text.split(REDACTED)[:-1])
    return list(dict.fromkeys(f"${{{variable(literal)}}}" for literal in found))


def variable(before: str) -> str:
    """The shell variable for a secret, from the text before it: the header or parameter's name."""
    found = _NAME.search(before)
    return (re.sub(r"[^A-Z0-9]+", "_", found[1].upper()).strip("_") if found else "") or "SECRET"


def _with_body(command: str, sent: Sent) -> str:
    body = sent.body[:_LONGEST_BODY]
    if "content-type" not in {name.lower() for name, _ in sent.headers}:
        command += " -H Content-Type:"
    if b"\0" in body:  # no argument can have it
        octal = "".join(f"\\{byte:03o}" for byte in body)
        command = f"printf '{octal}' | {command} --data-binary @-"
    else:
        command += f" --data-raw {_quoted(body)}"
    if len(sent.body) > len(body):
        note = f"# The body is shortened: this sends the first {len(body):,} of {len(sent.body):,} bytes."
        command = f"{note}\n{command}"
    return command


def _quoted(body: bytes) -> str:
    text = body.decode("utf-8", "surrogateescape")
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(_ESCAPES.get(character) or _escaped(character) for character in text) + "'"


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))
