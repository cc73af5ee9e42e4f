"""Changes of servers: the addresses under which an operation is to be found."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_list, as_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.contract.json_value import JsonValue
    from signoff.review.changes.endpoints import Endpoint
    from signoff.review.changes.revisions import Journal, Side, Topic

_MOST_ADDRESSES = 200


def compare_servers(journal: Journal, before: Endpoint, after: Endpoint, topic: Topic) -> None:
    """Compare the addresses of two operations, whether stated for them, their path or the document."""
    old, old_place = _addresses(journal.before, before)
    new, new_place = _addresses(journal.after, after)
    if before.shape != after.shape:  # a part of the path has moved to or from the server
        old, new = ([url + e.shape[1] for url in urls] for urls, e in ((old, before), (new, after)))
    gone = [url for url in old if url not in new]
    come = [url for url in new if url not in old]
    topic = topic.about("the operation")
    if gone and not set(old) & set(new):
        detail = f"is served at {_shown(come)} instead of {_shown(gone)}"
        journal.tell("server-changed", topic, detail, old_place, new_place)
        return
    if gone:
        journal.tell("server-removed", topic, f"is no longer served at {_shown(gone)}", old_place, new_place)
    if come:
        journal.tell("server-added", topic, f"is served at {_shown(come)} as well", old_place, new_place)


def _shown(urls: list[str]) -> str:
    shown = [url or "/" for url in urls[:3]]
    return " and ".join(f"`{url}`" for url in shown) + (" and others" if len(urls) > 3 else "")


def _addresses(side: Side, endpoint: Endpoint) -> tuple[list[str], str]:
    """The URLs without a closing slash, and where they are stated."""
    owners = ((endpoint.operation.value, endpoint.pointer), (endpoint.item.value, endpoint.item.pointer))
    for owner, pointer in (*owners, (side.document, "")):
        servers = as_list(owner.get("servers"))
        if servers:
            urls = [url for server in servers for url in _expanded(server)]
            return list(dict.fromkeys(urls)), f"{pointer}/servers"
    return [""], ""


def _expanded(server: JsonValue) -> Iterator[str]:
    """The URL, once for each combination of what its variables may be; a free one stays in braces."""
    stated = as_object(server)
    url = str(stated.get("url", ""))
    options = []
    for name, variable in as_object(stated.get("variables")).items():
        held = as_object(variable)
        values = as_list(held.get("enum")) or [held.get("default")]
        is_free = not held.get("enum")
        options.append([(name, f"{{{value}}}" if is_free else str(value)) for value in values])
    for chosen in islice(product(*options), _MOST_ADDRESSES):
        made = url
        for name, value in chosen:
            made = made.replace(f"{{{name}}}", value)
        yield made.rstrip("/")
