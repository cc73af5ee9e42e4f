"""Checks of Problem Details (RFC 9457), where the document or the server uses them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import jsonschema_rs

from signoff.conformance.checks.conformance import uses_problems
from signoff.conformance.checks.registry import Fault, check, warning
from signoff.conformance.tolerance import is_from_http_layer
from signoff.contract import media_types
from signoff.contract.problem import member_faults, status_phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange

_URI_REFERENCE = jsonschema_rs.Draft202012Validator(
    {"type": "string", "format": "uri-reference"}, validate_formats=True
)
# Bytes of an error that are searched for internals. A large body must not slow the run down.
_SEARCHED_BYTES = 16 * 1024
_EXTENSION_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,}")
_INTERNALS = (
    (
        "a stack trace",
        re.compile(
            r"Traceback \(most recent call last\)|\n\s+at [\w.$<>]+ ?\(|File \"[^\"]+\", line \d+"
            r"|\bgoroutine \d+ \[|\bpanicked at |\bin [\w/.-]+\.\w+ on line \d+"
        ),
    ),
    # Not plain text such as "select one from the list": SQL is in upper case or has another keyword.
    ("SQL", re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\s")),
    ("SQL", re.compile(r"\bselect\s.+\sfrom\s+\w+\s+(where|join|order\s+by|limit)\b", re.IGNORECASE)),
    (
        "a database error",
        re.compile(r"\b(sqlite3?|psycopg|SQLSTATE|ORA-\d{5}|no such (table|column))\b", re.IGNORECASE),
    ),
    ("a file path", re.compile(r"(?<![\w/:.])/(usr|home|var|opt|etc|srv|app|root|tmp)/[\w./-]+|[A-Z]:\\\w+")),
    ("a source file", re.compile(r"\b[\w/]+\.(py|java|rb|go|rs|php|cs|js|ts|kt|scala|cpp):\d+")),
    (
        "a class name",
        re.compile(r"\b(?:[a-z_]\w*\.){2,}[A-Z]\w*(?:Error|Exception)\b|\b[A-Z]\w+(?:Error|Exception):\s"),
    ),
    ("an internal host", re.compile(r"\b[\w-]+\.(internal|local|lan|intranet|svc\.cluster\.local)\b")),
    (
        "an internal address",
        re.compile(
            r"\b(10\.\d{1,3}|192\.168|172\.(1[6-9]|2\d|3[01])|127\.0)\.\d{1,3}\.\d{1,3}(:\d+)?\b"
            r"|\blocalhost:\d+"
        ),
    ),
)


def _is_error(exchange: Exchange) -> bool:
    return exchange.status >= 400 and bool(exchange.received.body) and exchange.sent.method != "HEAD"


def _is_problem(exchange: Exchange) -> bool:
    """Whether the response is an error with a JSON object that should be Problem Details."""
    declared = exchange.response.content if exchange.response else ()
    should_be_problem = (
        any(media_types.is_problem(offer.name) for offer in declared)
        or (not declared and uses_problems(None, exchange.subject))
        or media_types.is_problem(exchange.content_type)
    )
    return _is_error(exchange) and should_be_problem and exchange.json_object is not None


_problem_check = partial(check, applies=_is_problem, concerns=uses_problems)
_problem_warning = partial(warning, applies=_is_problem, concerns=uses_problems)


def _body(exchange: Exchange) -> dict[str, object]:
    return dict(exchange.json_object or {})


@_problem_check(
    source="RFC 9457, sections 3 and 6.1",
    rationale="Generic clients recognize Problem Details by the media type.",
)
def problem_media_type(exchange: Exchange) -> Iterator[Fault]:
    """Problem Details are sent as application/problem+json."""
    if not media_types.is_problem(exchange.content_type):
        message, wanted = "Problem Details are sent with another media type", "application/problem+json"
        yield Fault(message, wanted, exchange.content_type, _place(exchange))


@_problem_check(
    source="RFC 9457, section 3",
    rationale="Problem Details are defined as a JSON object.",
    applies=lambda exchange: (
        _is_error(exchange) and media_types.is_problem(exchange.content_type) and not exchange.json[1]
    ),
)
def problem_is_object(exchange: Exchange) -> Iterator[Fault]:
    """Problem Details are a JSON object."""
    if exchange.json_object is None:
        yield Fault("Problem Details are not a JSON object", "a JSON object", repr(exchange.json[0])[:100])


@_problem_check(
    source="RFC 9457, section 3.1",
    rationale="Clients ignore members of the wrong type.",
)
def problem_member_types(exchange: Exchange) -> Iterator[Fault]:
    """`type`, `title`, `detail` and `instance` are strings."""
    for sentence in member_faults(exchange.json_object or {}, exchange.status):
        if not sentence.startswith("`status`"):
            yield Fault(sentence, "a string", sentence, _place(exchange))


@_problem_check(
    source="RFC 9457, section 3.1.2",
    rationale="The member replaces the status line where that is lost, so both must be equal.",
    applies=lambda exchange: _is_problem(exchange) and _body(exchange).get("status") is not None,
)
def problem_status_mirrors(exchange: Exchange) -> Iterator[Fault]:
    """`status`, if present, equals the status code of the response."""
    for sentence in member_faults(exchange.json_object or {}, exchange.status):
        if sentence.startswith("`status`"):
            yield Fault(sentence, str(exchange.status), repr(_body(exchange)["status"]), _place(exchange))


@_problem_warning(
    source="RFC 9457, section 3.1.3",
    rationale="The title is what users see first.",
)
def problem_title_present(exchange: Exchange) -> Iterator[Fault]:
    """Problem Details have a `title`."""
    if not _body(exchange).get("title"):
        yield Fault("Problem Details have no `title`", "a title", "none", _place(exchange))


@_problem_check(
    source="RFC 9457, section 3.1.1",
    rationale="The type identifies the problem, so it must be a URI reference.",
    applies=lambda exchange: _is_problem(exchange) and isinstance(_body(exchange).get("type"), str),
)
def problem_type_uri(exchange: Exchange) -> Iterator[Fault]:
    """`type` is a URI reference."""
    yield from _uri_faults(exchange, "type")


@_problem_warning(
    source="RFC 9457, section 4.2.1",
    rationale="With about:blank the problem is just the status code, so the title should be its phrase.",
    applies=lambda exchange: _is_problem(exchange) and _body(exchange).get("type") == "about:blank",
)
def problem_about_blank_title(exchange: Exchange) -> Iterator[Fault]:
    """The title of an about:blank problem is the HTTP status phrase."""
    found, phrase = _body(exchange).get("title"), status_phrase(exchange.status)
    if found is not None and str(found).lower() != phrase.lower():
        yield Fault("the title of an about:blank problem is not the HTTP status phrase", phrase, repr(found))


@_problem_check(
    source="RFC 9457, section 3.1.5",
    rationale="The instance identifies the occurrence, so it must be a URI reference.",
    applies=lambda exchange: _is_problem(exchange) and isinstance(_body(exchange).get("instance"), str),
)
def problem_instance_uri(exchange: Exchange) -> Iterator[Fault]:
    """`instance` is a URI reference."""
    yield from _uri_faults(exchange, "instance")


@check(
    source="RFC 9457, section 5",
    rationale="Server internals help an attacker.",
    applies=_is_error,
)
def problem_no_internals(exchange: Exchange) -> Iterator[Fault]:
    """An error does not disclose a stack trace, SQL, a file path, a class name or an internal host."""
    text = (
        exchange.received.body[:_SEARCHED_BYTES]
        .decode("utf-8", "replace")
        .replace("\\n", "\n")
        .replace('\\"', '"')
        .replace("\\\\", "\\")
    )
    for name, pattern in _INTERNALS:
        found = pattern.search(text)
        if found and not _is_echo(found.group().strip(), exchange):
            yield Fault(f"the error discloses {name}", "no server internals", found.group()[:120])


def _is_echo(text: str, exchange: Exchange) -> bool:
    """Whether the text only repeats the request or the address of the target."""
    sent = exchange.sent
    request = (
        sent.url,
        unquote(sent.url),
        sent.body.decode("utf-8", "replace"),
        *(v for _, v in sent.headers),
    )
    return any(text in part for part in request) or urlsplit(sent.url).netloc.startswith(text)


@_problem_warning(
    source="RFC 9457, section 3.1.1",
    rationale="A relative type resolves to a different URI at every path.",
    applies=lambda exchange: _is_problem(exchange) and isinstance(_body(exchange).get("type"), str),
)
def problem_type_absolute(exchange: Exchange) -> Iterator[Fault]:
    """`type` is an absolute URI."""
    found = str(_body(exchange)["type"])
    if _URI_REFERENCE.is_valid(found) and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", found):
        yield Fault("`type` is a relative reference", "an absolute URI", repr(found), _place(exchange))


@_problem_warning(
    source="RFC 9457, section 3.2",
    rationale="Other names do not work in other formats such as XML.",
)
def problem_extension_names(exchange: Exchange) -> Iterator[Fault]:
    """Names of extension members have at least 3 letters, digits or `_` and start with a letter."""
    for name in exchange.json_object or {}:
        if not _EXTENSION_NAME.fullmatch(name):
            yield Fault(
                "the name of an extension member is not portable",
                "3 or more letters, digits or _",
                repr(name)[:80],
                _place(exchange),
            )
            return


@warning(
    source="RFC 9457, section 1",
    rationale="API clients cannot parse an HTML page.",
    applies=lambda exchange: _is_error(exchange) and not is_from_http_layer(exchange),
)
def no_html_errors(exchange: Exchange) -> Iterator[Fault]:
    """An error is not an HTML page, unless the document defines one."""
    kind = media_types.essence(exchange.content_type)
    documented = media_types.essence(exchange.media_type.name) if exchange.media_type else ""
    if kind in ("text/html", "application/xhtml+xml") and kind != documented:
        yield Fault("the error is an HTML page", "Problem Details", exchange.content_type)


def _uri_faults(exchange: Exchange, member: str) -> Iterator[Fault]:
    found = _body(exchange)[member]
    if not _URI_REFERENCE.is_valid(found):
        yield Fault(f"`{member}` is not a URI reference", "a URI reference", repr(found), _place(exchange))


def _place(exchange: Exchange) -> str:
    if exchange.media_type:
        return exchange.media_type.pointer
    return exchange.response.pointer if exchange.response else exchange.subject.pointer
