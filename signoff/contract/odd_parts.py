"""Tolerates invalid parts of a document besides schemas: names, statuses, media types and URLs.

One stray key must not prevent the rest of the document from being used. What HTTP can't have is ignored, with
a warning; what has an obvious meaning is read that way by the model's builder.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from signoff.contract import media_types
from signoff.contract.bundle import dereference
from signoff.contract.contract import PARAMETER_LOCATIONS
from signoff.contract.json_value import as_list, as_object
from signoff.contract.path_segment import path_names
from signoff.contract.pointer import escape, from_ref, resolve
from signoff.contract.structure import FIELDS, METHODS, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.contract.bundle import Bundle
    from signoff.contract.errors import DocumentError
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.structure import Node

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_STATUS = re.compile(r"default|[1-5](?:[0-9]{2}|XX)", re.IGNORECASE)
# The least that the specification asks of each kind of object, for references that cannot be resolved.
_STAND_INS: dict[str, JsonObject] = {
    "request_body": {"content": {}},
    "parameter": {"schema": {}},
    "parameter_2_0": {"type": "string"},
    "header": {"schema": {}},
    "response": {"description": ""},
    "response_2_0": {"description": ""},
}
_Fault = Callable[[str, "JsonValue"], str]
# A host without a scheme: `localhost:3000`, `api.example.com`; not `v1.33`.
_HOST = re.compile(r"localhost|[\w.-]+:\d+|(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?", re.IGNORECASE)


def is_token(text: str) -> bool:
    """Whether HTTP can have a header with this name (RFC 9110, section 5.1)."""
    return bool(_TOKEN.fullmatch(text))


def empty_references(bundled: Bundle, kind: str, unresolved: Iterable[DocumentError]) -> None:
    """Empty each reference that cannot be resolved, so that the rest can be used.

    Args:
        bundled: changed in place.
        kind: the kind of its root in `structure.FIELDS`.
        unresolved: one error for each such reference, with its location.
    """
    missing = {(error.location.file, error.location.pointer) for error in unresolved if error.location}
    for node in list(walk(bundled.value, kind)) if missing else ():
        place = bundled.locate(f"{node.pointer}/$ref")
        if (place.file, place.pointer) in missing:
            _empty(node)


def repair_references(bundled: Bundle, kind: str) -> Iterator[str]:
    """Empty each reference into a part that was ignored, except in schemas.

    Args:
        bundled: changed in place.
        kind: the kind of its root in `structure.FIELDS`.

    Yields:
        One sentence with its location for each.
    """
    for node in list(walk(bundled.value, kind, has_schemas=False)):
        if node.ref is None or not node.ref.startswith("#"):
            continue
        try:
            resolve(bundled.value, from_ref(node.ref))
        except LookupError:
            place = bundled.locate(f"{node.pointer}/$ref")
            yield f"{place}: the reference {_short(node.ref)} leads to a part that is ignored; ignored"
            _empty(node)


def _empty(node: Node) -> None:
    name = str(node.ref).rpartition("/")[2]
    node.value.clear()
    node.value.update(copy.deepcopy(_STAND_INS.get(node.kind, {})))
    if node.kind.startswith("parameter"):
        node.value.update({"name": name, "in": "query"})


def repair_places(bundled: Bundle, kind: str) -> Iterator[str]:
    """Accept any value where a schema is expected and something else stands, such as an empty `schema:`.

    Args:
        bundled: the document as it was written; changed in place.
        kind: the kind of its root in `structure.FIELDS`.

    Yields:
        One sentence with its location for each.
    """
    for node in list(walk(bundled.value, kind, has_schemas=False)):
        for field, of in FIELDS.get(node.kind, {}).items():
            if of.strip("{}") != "schema" or field not in node.value:
                continue
            is_map = of != "schema"
            holder = as_object(node.value[field]) if is_map else node.value
            place = f"{node.pointer}/{escape(field)}" if is_map else node.pointer
            for name in list(holder) if is_map else [field]:
                if not isinstance(holder[name], dict | bool):
                    where = bundled.locate(f"{place}/{escape(name)}")
                    shown = _short(json.dumps(holder[name]))
                    yield f"{where}: {shown} is not a schema; any value is accepted"
                    holder[name] = {}


def repair_parts(bundled: Bundle) -> Iterator[str]:
    """Repair the parts of a bundled document in the 3.1 dialect in place.

    Yields:
        One sentence with its location for each part that is ignored or read in another way.
    """
    for path, item in as_object(bundled.value.get("paths")).items():
        if not path.startswith(("/", "x-")):
            place = bundled.locate(f"/paths/{escape(path)}")
            yield f"{place}: the path {path!r} has no leading slash; read as /{path}"
        yield from _unplaced(bundled, path, item)
    schemes = as_object(as_object(bundled.value.get("components")).get("securitySchemes"))
    for name, scheme in schemes.items():
        yield from _scheme(bundled, f"/components/securitySchemes/{escape(name)}", as_object(scheme))
    for node in walk(bundled.value, has_schemas=False):
        yield from _repaired(bundled, node)


def _unplaced(bundled: Bundle, path: str, written: JsonValue) -> Iterator[str]:
    """Path parameters that a path has no place for: no request can have them."""
    names = path_names(path)
    item, moved = dereference(bundled.value, written)
    pointer = f"/paths/{escape(path)}" if moved is None else moved
    path_item = as_object(item)
    for owner, place in [(item, pointer), *((path_item.get(name), f"{pointer}/{name}") for name in METHODS)]:
        for index, each in enumerate(as_list(as_object(owner).get("parameters"))):
            parameter = as_object(dereference(bundled.value, each)[0])
            if parameter.get("in") == "path" and parameter.get("name") not in names:
                where = bundled.locate(f"{place}/parameters/{index}")
                yield f"{where}: {path} has no {{{parameter.get('name')}}}; the parameter is ignored"


def _scheme(bundled: Bundle, pointer: str, scheme: JsonObject) -> Iterator[str]:
    """An API key that no request can have must not lock its operations."""
    name = str(scheme.get("name", ""))
    is_sent = scheme.get("in") == "query" or scheme.get("type") != "apiKey" or is_token(name)
    if not is_sent:
        del scheme["type"]
        what = f"{name!r} can't be the name of a {scheme.get('in')}"
        yield f"{bundled.locate(pointer)}: {what}; the API key is not required"


def _repaired(bundled: Bundle, node: Node) -> Iterator[str]:
    if "content" in node.value and node.kind in ("request_body", "response", "parameter", "header"):
        yield from _without(bundled, node, "content", _content_fault)
    if node.kind == "operation":
        yield from _without(bundled, node, "responses", _status_fault)
    if node.kind == "response" and "headers" in node.value:
        yield from _without(bundled, node, "headers", _header_fault)
    if node.kind == "parameter" and node.value.get("in") in ("header", "cookie"):
        name = str(node.value.get("name", ""))
        if not is_token(name):
            place = bundled.locate(f"{node.pointer}/name")
            yield f"{place}: {name!r} can't be the name of a {node.value['in']}; the parameter is ignored"
    is_own = node.kind == "parameter" and node.ref is None
    if is_own and node.value.get("in") not in PARAMETER_LOCATIONS:
        where, known = node.value.get("in"), ", ".join(PARAMETER_LOCATIONS)
        what = f"`in` is {_short(str(where))}, which is not one of {known}" if where else "`in` is missing"
        yield f"{bundled.locate(node.pointer)}: {what}; the parameter is ignored"
    if node.kind == "server" and (reason := _server_fault(str(node.value.get("url", "")))):
        place = bundled.locate(f"{node.pointer}/url")
        yield f"{place}: the server URL {node.value['url']!r} {reason}"


def _without(bundled: Bundle, node: Node, field: str, fault: _Fault) -> Iterator[str]:
    """Remove the members of a map that are not what it maps."""
    members = as_object(node.value.get(field))
    for name in [name for name, value in members.items() if not name.startswith("x-") and fault(name, value)]:
        place = bundled.locate(f"{node.pointer}/{field}/{escape(name)}")
        yield f"{place}: {fault(name, members[name])}; ignored"
        del members[name]


def _content_fault(name: str, value: JsonValue) -> str:
    if not isinstance(value, dict):
        return f"{_short(name)} is not a media type with its description"
    return "" if media_types.is_media_type(name) else f"{_short(name)} is not a media type"


def _status_fault(name: str, _: JsonValue) -> str:
    return "" if _STATUS.fullmatch(name) else f"{_short(name)} is not a status code"


def _header_fault(name: str, _: JsonValue) -> str:
    return "" if is_token(name) else f"{_short(name)} can't be the name of a header"


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]} …")


def _server_fault(url: str) -> str:
    """What is odd about the URL of a server; empty for an absolute URL or path."""
    if "{" in url or not url:
        return ""
    path = server_path(url)
    try:
        urlsplit(url)
    except ValueError:
        return f"is invalid; served under {path or '/'}"
    if "//" in url or url.startswith("/"):
        return ""
    what = "has no scheme" if _HOST.fullmatch(url.partition("/")[0]) else "is relative"
    return f"{what}; served under {path or '/'}"


def server_path(url: str, base: str = "") -> str:
    """The path of a server's URL, without a trailing slash.

    Args:
        url: the URL, variables filled in. It may be relative, or lack its scheme.
        base: the URL of the document, which a relative one is resolved against; empty for a file.
    """
    host, _, rest = url.partition("/")
    if "//" in url:
        path = re.split("[?#]", url.partition("//")[2])[0].partition("/")[2]
    elif host and _HOST.fullmatch(host):
        path = rest
    else:
        path = urlsplit(urljoin(base or "http://x/", url)).path
    path = path.strip("/")
    return f"/{path}" if path else ""
