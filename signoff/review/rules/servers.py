"""Server URLs: valid, complete and secure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape
from signoff.review.rules.registry import (
    Fault,
    Faults,
    Severity,
    Subject,
    hint,
    recommendation,
    rule,
    warning,
)
from signoff.review.words import nearest, suggestion

_PLACEHOLDERS = ("example.com", "example.org", "example.net")
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_LOCAL = re.compile(
    r"localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0|.*\.(?:local|localhost|test|internal|example)"
)


@rule(
    rationale="Clients can't build a server URL with undefined variables.",
    source="OpenAPI 3.1, sections 4.8.5 and 4.8.6 (Server Variable Object)",
)
def invalid_server_variable(subject: Subject) -> Faults:
    """Variables that are not defined or not used, and defaults that are not in the enum."""
    for node in subject.of("server"):
        url = str(node.value.get("url", ""))
        named = dict.fromkeys(_VARIABLE.findall(url))
        variables = as_object(node.value.get("variables"))
        for name in named:
            if name not in variables:
                spare = [other for other in variables if other not in named]
                fix = suggestion(name, spare, "Define it under `variables`.")
                message = f"Server variable `{name}` is not defined"
                yield Fault(f"{node.pointer}/url", message, fix)
        for name, held in variables.items():
            place = f"{node.pointer}/variables/{escape(name)}"
            variable = as_object(held)
            options = as_list(variable.get("enum"))
            if options and "default" in variable and variable["default"] not in options:
                message = f"Default {variable['default']!r} of server variable `{name}` is not in its enum"
                yield Fault(f"{place}/default", message, "Add it to the enum or use another default.")
            if name not in named and not any(
                nearest(name, [other]) for other in named if other not in variables
            ):
                message = f"Server variable `{name}` is not used in the URL"
                yield Fault(place, message, "Remove it or add it to the URL.", Severity.WARNING)


@warning(
    rationale="Paths are appended to the server URL, so it can't have a query or fragment.",
    source="OpenAPI 3.1, section 4.8.5 (Server Object); RFC 3986",
)
def invalid_server_url(subject: Subject) -> Faults:
    """Server URLs with a query, a fragment, or a space, and those that are not URLs."""
    for node in subject.of("server"):
        url = node.value.get("url")
        bare = _VARIABLE.sub("x", url) if isinstance(url, str) else ""
        if any(character in bare for character in "?# "):
            message = "Server URL has a query, a fragment or a space"
            yield Fault(f"{node.pointer}/url", message, "Remove it: paths are appended to the URL.")
        elif _parsed(bare) is None:
            message = "Server URL is not a valid URL"
            yield Fault(f"{node.pointer}/url", message, "Write variable parts in braces: {name}.")


@warning(
    rationale="Anyone on the network can read and change plain HTTP traffic, including credentials.",
    source="OWASP API Security 2023, API8; RFC 9110, section 17.1",
)
def insecure_server_url(subject: Subject) -> Faults:
    """Servers with plain HTTP, except local ones."""
    for node in subject.of("server"):
        url = _parsed(str(node.value.get("url", "")).replace("{", "x").replace("}", "x"))
        if url and url.scheme == "http" and not _LOCAL.fullmatch((url.hostname or "localhost").lower()):
            yield Fault(f"{node.pointer}/url", "Server uses plain HTTP", "Use https.")
    schemes = as_list(subject.document.get("schemes")) if subject.version.startswith("2.") else []
    host = str(subject.document.get("host", "localhost")).partition(":")[0]
    if "http" in schemes and not _LOCAL.fullmatch(host.lower()):
        yield Fault(f"/schemes/{schemes.index('http')}", "Server uses plain HTTP", "Use https only.")


@recommendation(
    rationale="Paths start with a slash: joined to such a URL, they get two, and many servers answer 404.",
    source="OpenAPI 3.1, section 4.8.8 (Paths Object): the path is appended to the server URL",
)
def server_url_trailing_slash(subject: Subject) -> Faults:
    """Server URLs with a path that ends with a slash."""
    for node in subject.of("server"):
        url = str(node.value.get("url", ""))
        parsed = _parsed(_VARIABLE.sub("x", url))
        if url.endswith("/") and parsed and parsed.path.strip("/"):
            yield Fault(f"{node.pointer}/url", "Server URL ends with a slash", "Remove it.")


@recommendation(
    rationale="Generated clients call this URL, and nobody answers there.",
    source="RFC 2606, section 3 (reserved example domains)",
)
def placeholder_server_url(subject: Subject) -> Faults:
    """Servers at example.com, example.org or example.net."""
    for node in subject.of("server"):
        url = _parsed(_VARIABLE.sub("x", str(node.value.get("url", ""))))
        host = url and url.hostname
        if host in _PLACEHOLDERS:
            yield Fault(f"{node.pointer}/url", f"Server URL has the placeholder {host}", "Use the real host.")


@hint(
    rationale="Without a server URL, clients have to guess where the API is.",
    source="OpenAPI 3.1, section 4.8.1 (servers): the default is the URL `/`",
)
def missing_servers(subject: Subject) -> Faults:
    """Documents without servers, and 2.0 documents without a host."""
    if subject.version.startswith("2."):
        if not subject.document.get("host"):
            yield Fault("", "API has no host", "Add `host` and `schemes`.")
    elif not as_list(subject.document.get("servers")):
        yield Fault("", "API has no servers", "Add `servers` with the URL of the API.")


def _parsed(url: str) -> SplitResult | None:
    """The parts of a URL; None if it is not one."""
    try:
        return urlsplit(url)
    except ValueError:
        return None
