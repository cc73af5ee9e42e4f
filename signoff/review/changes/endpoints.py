"""The operations of a document, their servers, and which operations of two revisions belong together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, product
from operator import attrgetter
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape
from signoff.contract.structure import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.revisions import Element, Journal, Side, Topic

_IN_BRACES = re.compile(r"\{[^{}]*\}")
_ORIGIN = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>[^/:{}@]+)(?P<port>:[0-9]+)?(?=/|$)")
_MOST_ADDRESSES = 200


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation with its path item."""

    method: str
    path: str
    base_path: str
    operation: Element
    item: Element

    @property
    def pointer(self) -> str:
        """The JSON Pointer to the operation."""
        return self.operation.pointer

    @property
    def label(self) -> str:
        """`METHOD /path`."""
        return f"{self.method} {self.path}".strip()

    @property
    def shape(self) -> tuple[str, str]:
        """The method and the path, without the names of its parameters."""
        return self.method, _nameless(self.path)

    @property
    def full_shape(self) -> tuple[str, str]:
        """Like `shape`, with the base path."""
        return self.method, _nameless(self.base_path + self.path)


def _nameless(path: str) -> str:
    """A path without the names of its parameters. Names of webhooks and callbacks are unchanged."""
    return _IN_BRACES.sub("{}", path) if path.startswith("/") else path


def endpoints(side: Side, items: Mapping[str, Element]) -> list[Endpoint]:
    """The operations of path items. The keys are paths, webhook names or callback expressions."""
    known = {operation.pointer: operation.base_path for operation in side.contract.operations}
    return [
        Endpoint(method, path, known.get(operation.pointer, ""), operation, item)
        for path, item in items.items()
        for method, operation in _operations(side, item)
    ]


def _operations(side: Side, item: Element) -> Iterator[tuple[str, Element]]:
    for method in METHODS:
        if isinstance(item.value.get(method), dict):
            yield method.upper(), side.member(item, method)
    for method, value in as_object(item.value.get("additionalOperations")).items():
        yield method, side.element(value, f"{item.pointer}/additionalOperations/{escape(method)}")


def paired(
    before: list[Endpoint], after: list[Endpoint]
) -> tuple[list[tuple[Endpoint, Endpoint]], list[Endpoint], list[Endpoint]]:
    """Pair the operations of both revisions: by path, without parameter names, then including the base path.

    Several paths of an invalid document may differ in parameter names only.

    Returns:
        The pairs, the operations that were removed, and those that were added.
    """
    pairs: list[tuple[Endpoint, Endpoint]] = []
    gone, come = list(before), list(after)
    for of in map(attrgetter, ("label", "shape", "full_shape")):
        waiting = {of(e): e for e in reversed(come)}
        for endpoint in list(gone):
            other = waiting.pop(of(endpoint), None)
            if other is not None:
                pairs.append((endpoint, other))
                gone.remove(endpoint)
                come.remove(other)
    return pairs, gone, come


def takes_from(endpoint: Endpoint, other: Endpoint) -> bool:
    """Whether requests to a literal path matched another operation's template (OpenAPI 3.1, 4.8.8)."""
    if "{" in endpoint.path or "{" not in other.path or endpoint.method != other.method:
        return False
    literals = map(re.escape, _IN_BRACES.split(other.base_path + other.path))
    return re.fullmatch("[^/]+".join(literals), endpoint.base_path + endpoint.path) is not None


def compare_servers(journal: Journal, before: Endpoint, after: Endpoint, topic: Topic) -> None:
    """Compare the servers of two operations: their own, those of their path, or the document's."""
    old, old_place = _addresses(journal.before, before)
    new, new_place = _addresses(journal.after, after)
    if before.shape != after.shape:  # a part of the path has moved to or from the server
        old, new = (
            {url + e.shape[1]: shown + e.path for url, shown in urls.items()}
            for urls, e in ((old, before), (new, after))
        )
    gone = [shown for url, shown in old.items() if url not in new]
    come = [shown for url, shown in new.items() if url not in old]
    topic = topic.about("the operation")
    if gone and not set(old) & set(new):
        detail = f"is served at {_shown(come)} instead of {_shown(gone)}"
        journal.tell("server-changed", topic, detail, old_place, new_place)
        return
    if gone:
        journal.tell("server-removed", topic, f"is no longer served at {_shown(gone)}", old_place, new_place)
    if come:
        journal.tell("server-added", topic, f"is also served at {_shown(come)}", old_place, new_place)


def _shown(urls: list[str]) -> str:
    shown = [url or "/" for url in urls[:3]]
    return " and ".join(f"`{url}`" for url in shown) + (" and others" if len(urls) > 3 else "")


def _addresses(side: Side, endpoint: Endpoint) -> tuple[dict[str, str], str]:
    """The URLs without a trailing slash, each with its form for messages, and the pointer to `servers`."""
    owners = ((endpoint.operation.value, endpoint.pointer), (endpoint.item.value, endpoint.item.pointer))
    for owner, pointer in (*owners, (side.document, "")):
        servers = as_list(owner.get("servers"))
        if servers:
            return dict(url for server in servers for url in _expanded(server)), f"{pointer}/servers"
    return {"": ""}, ""


def _expanded(server: JsonValue) -> Iterator[tuple[str, str]]:
    """The URL for each combination of its variables' values, with its form for messages.

    A variable without an enum is compared by its default and shown by its name.
    """
    stated = as_object(server)
    url = _plain_address(str(stated.get("url", "")))
    options = []
    for name, variable in as_object(stated.get("variables")).items():
        held = as_object(variable)
        values = [(str(value), str(value)) for value in as_list(held.get("enum"))]
        options.append([(name, *v) for v in values or [(f"{{{held.get('default')}}}", f"{{{name}}}")]])
    for chosen in islice(product(*options), _MOST_ADDRESSES):
        made, shown = url, url
        for name, value, text in chosen:
            made, shown = made.replace(f"{{{name}}}", value), shown.replace(f"{{{name}}}", text)
        yield made.rstrip("/"), shown.rstrip("/")


def _plain_address(url: str) -> str:
    """The URL with scheme and host in lower case and no default port (RFC 3986, section 6.2.3)."""
    found = _ORIGIN.match(url)
    if not found:
        return url
    scheme, host, port = found["scheme"].lower(), found["host"].lower(), found["port"] or ""
    is_default = (scheme, port) in (("http", ":80"), ("https", ":443"), ("ws", ":80"), ("wss", ":443"))
    return f"{scheme}://{host}{'' if is_default else port}{url[found.end() :]}"
