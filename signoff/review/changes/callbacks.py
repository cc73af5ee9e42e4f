"""Changes of callbacks and webhooks: the server calls, the client answers, and all roles are reversed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.contract.pointer import escape
from signoff.review.changes.endpoints import endpoints, paired
from signoff.review.changes.journal import Topic
from signoff.review.changes.operations import compare_operation

if TYPE_CHECKING:
    from signoff.review.changes.endpoints import Endpoint
    from signoff.review.changes.schemas import SchemaComparison
    from signoff.review.changes.side import Element, Side


def compare_webhooks(schemas: SchemaComparison) -> None:
    """Compare the `webhooks` of two documents."""
    roots = [side.element(side.document, "") for side in (schemas.before, schemas.after)]
    items = [
        side.members(root, "webhooks")
        for side, root in zip((schemas.before, schemas.after), roots, strict=True)
    ]
    _compare(schemas, items[0], items[1], Topic(""), "webhook")


def compare_callbacks(schemas: SchemaComparison, before: Endpoint, after: Endpoint, topic: Topic) -> None:
    """Compare the `callbacks` of two operations."""
    old = _items(schemas.before, before)
    new = _items(schemas.after, after)
    if old or new:
        _compare(schemas, old, new, topic, "callback")


def _items(side: Side, endpoint: Endpoint) -> dict[str, Element]:
    """The path items of an operation's callbacks, by name and expression."""
    return {
        f"{name} {expression}": side.element(item, f"{callback.pointer}/{escape(expression)}")
        for name, callback in side.members(endpoint.operation, "callbacks").items()
        for expression, item in callback.value.items()
        if not expression.startswith("x-")
    }


def _compare(
    schemas: SchemaComparison, old: dict[str, Element], new: dict[str, Element], topic: Topic, noun: str
) -> None:
    pairs, gone, come = paired(endpoints(schemas.before, old), endpoints(schemas.after, new))
    for before, after in pairs:
        label = topic.operation or f"{noun} {after.label}"
        compare_operation(
            schemas, before, after, replace(topic, operation=label, is_reversed=not topic.is_reversed)
        )
    for endpoint in gone:
        about = replace(topic, operation=topic.operation or f"{noun} {endpoint.label}")
        about = about.about(f"the {noun} `{endpoint.label}`")
        schemas.journal.tell(f"{noun}-removed", about, "was removed", endpoint.pointer, None)
    for endpoint in come:
        about = replace(topic, operation=topic.operation or f"{noun} {endpoint.label}")
        about = about.about(f"the {noun} `{endpoint.label}`")
        schemas.journal.tell(f"{noun}-added", about, "is new", None, endpoint.pointer)
