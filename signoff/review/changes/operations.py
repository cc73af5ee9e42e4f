"""Changes of operations and their parts, callbacks and webhooks.

In callbacks and webhooks the server sends requests and the client responds, so the roles are reversed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from signoff.contract.pointer import escape
from signoff.review.changes.content import compare_content
from signoff.review.changes.endpoints import compare_servers, endpoints, paired, takes_from
from signoff.review.changes.parameters import compare_parameters
from signoff.review.changes.responses import compare_responses
from signoff.review.changes.revisions import Topic
from signoff.review.changes.security import compare_security
from signoff.review.changes.sunsets import compare_sunsets, sunset
from signoff.review.promises import lowered_or_raised, stated

if TYPE_CHECKING:
    from signoff.review.changes.endpoints import Endpoint
    from signoff.review.changes.revisions import Element, Journal, Side
    from signoff.review.changes.schemas import SchemaComparison


def compare_operations(schemas: SchemaComparison, today: date) -> None:
    """Compare the operations under `paths`."""
    roots = [side.element(side.document, "") for side in (schemas.before, schemas.after)]
    old = endpoints(schemas.before, _path_items(schemas.before.members(roots[0], "paths")))
    new = endpoints(schemas.after, _path_items(schemas.after.members(roots[1], "paths")))
    pairs, gone, come = paired(old, new)
    for before, after in pairs:
        topic = Topic(after.label)
        compare_operation(schemas, before, after, topic)
        compare_security(schemas.journal, before, after, topic)
        compare_servers(schemas.journal, before, after, topic)
        _compare_lifetime(schemas, before, after, topic)
    for endpoint in gone:
        detail = "was removed" + _farewell(endpoint, today)
        pointer = _last_place(schemas.after.document, endpoint)
        rule = (
            "deprecated-operation-removed"
            if _is_retired(schemas.journal, endpoint, today)
            else "operation-removed"
        )
        schemas.journal.tell(rule, Topic(endpoint.label), detail, endpoint.pointer, pointer)
    for endpoint in come:
        giver = next((other for other in old if takes_from(endpoint, other)), None)
        rule, detail = "operation-added", "is new"
        if giver:
            rule, detail = "operation-takes-calls", f"is new and also matches the path of `{giver.label}`"
        schemas.journal.tell(rule, Topic(endpoint.label), detail, None, endpoint.pointer)


def _path_items(items: dict[str, Element]) -> dict[str, Element]:
    return {path: item for path, item in items.items() if path.startswith("/")}


def _last_place(document: object, endpoint: Endpoint) -> str | None:
    """The pointer to the path that the operation was removed from, if it still exists."""
    paths = document.get("paths") if isinstance(document, dict) else None
    is_there = isinstance(paths, dict) and endpoint.path in paths
    return endpoint.item.pointer if is_there and endpoint.item.pointer.startswith("/paths/") else None


def compare_operation(schemas: SchemaComparison, before: Endpoint, after: Endpoint, topic: Topic) -> None:
    """Compare the requests and responses of two operations, of their callbacks, of theirs and so on.

    Callbacks may lead to themselves, or to the same ones in many ways: then they are compared once.
    """
    waiting = deque([(before, after, topic)])
    compared: set[tuple[str, str, bool]] = set()
    while waiting:
        before, after, topic = waiting.popleft()
        promise = schemas.journal.old_promises.at(before.pointer)
        schemas.journal.of_operations.setdefault(topic.operation, promise)
        compare_parameters(schemas, before, after, topic)
        _compare_request_body(schemas, before, after, topic)
        compare_responses(schemas, before, after, topic)
        for pair in _callbacks(schemas, before, after, topic):
            key = (pair[0].pointer, pair[1].pointer, pair[2].is_reversed)
            if not topic.owner or key not in compared:
                compared.add(key)
                waiting.append(pair)


def _compare_request_body(schemas: SchemaComparison, before: Endpoint, after: Endpoint, topic: Topic) -> None:
    topic = topic.about("the request body")
    old = schemas.before.member(before.operation, "requestBody")
    new = schemas.after.member(after.operation, "requestBody")
    is_required = [body.value.get("required") is True for body in (old, new)]
    if old.value and new.value:
        if is_required[0] != is_required[1]:
            is_now = "required" if is_required[1] else "optional"
            rule = f"request-body-became-{is_now}"
            schemas.journal.tell(rule, topic, f"is now {is_now}", old.pointer, new.pointer)
        for step in lowered_or_raised(stated(old.value), stated(new.value)):
            schemas.journal.tell(f"request-body-{step.kind}", topic, step.detail, old.pointer, new.pointer)
        compare_content(schemas, old, new, topic, is_request=True)
    elif old.value:
        schemas.journal.tell("request-body-removed", topic, "was removed", old.pointer, after.pointer)
    elif new.value:
        rule = "required-request-body-added" if is_required[1] else "request-body-added"
        detail = "is new and required" if is_required[1] else "is new and optional"
        schemas.journal.tell(rule, topic, detail, before.pointer, new.pointer)


def _compare_lifetime(schemas: SchemaComparison, before: Endpoint, after: Endpoint, topic: Topic) -> None:
    """Compare `operationId`, `deprecated` and `x-sunset`."""
    journal, places = schemas.journal, (before.pointer, after.pointer)
    old, new = before.operation.value, after.operation.value
    was, now = old.get("operationId"), new.get("operationId")
    if was != now:
        verb = "changed" if was and now else "removed" if was else "added"
        said = f"has the operationId `{now}`" if now else "no longer has an operationId"
        detail = f"{said} instead of `{was}`" if was and now else said
        journal.tell(f"operation-id-{verb}", topic, detail, *(f"{place}/operationId" for place in places))
    if (old.get("deprecated") is True) != (new.get("deprecated") is True):
        is_now = new.get("deprecated") is True
        rule = "operation-deprecated" if is_now else "operation-no-longer-deprecated"
        journal.tell(rule, topic, f"{'is now' if is_now else 'is no longer'} deprecated", *places)
    for step in lowered_or_raised(journal.old_promises.at(places[0]), journal.new_promises.at(places[1])):
        journal.tell(f"operation-{step.kind}", topic, step.detail, *places)
    compare_sunsets(journal, before.operation, after.operation, topic, places)


def _sunset(endpoint: Endpoint) -> str:
    return sunset(endpoint.operation)


def _is_retired(journal: Journal, endpoint: Endpoint, today: date) -> bool:
    """Whether it has a level, and was removed as that asks: after it was deprecated, and after its sunset."""
    has_level = bool(journal.old_promises.at(endpoint.pointer).level)
    if not has_level or endpoint.operation.value.get("deprecated") is not True:
        return False
    day = _day(_sunset(endpoint))
    return not _sunset(endpoint) or (day is not None and day <= today)


def _day(end: str) -> date | None:
    try:
        return date.fromisoformat(end[:10])
    except ValueError:
        return None


def _farewell(endpoint: Endpoint, today: date) -> str:
    """Whether the removal was announced."""
    if endpoint.operation.value.get("deprecated") is not True:
        return " without deprecation"
    day = _day(_sunset(endpoint))
    if day is None:
        return " after deprecation, without a sunset date"
    has_passed = day <= today
    return f" after deprecation, {'after' if has_passed else 'before'} its sunset date {day.isoformat()}"


def compare_webhooks(schemas: SchemaComparison) -> None:
    """Compare the `webhooks` of two documents."""
    items = [
        side.members(side.element(side.document, ""), "webhooks") for side in (schemas.before, schemas.after)
    ]
    for before, after, topic in _called(schemas, items[0], items[1], Topic(""), "webhook"):
        compare_operation(schemas, before, after, topic)


def _callbacks(
    schemas: SchemaComparison, before: Endpoint, after: Endpoint, topic: Topic
) -> list[tuple[Endpoint, Endpoint, Topic]]:
    """The `callbacks` of two operations in pairs; tells which are gone or new."""
    old = _callback_items(schemas.before, before)
    new = _callback_items(schemas.after, after)
    return _called(schemas, old, new, topic, "callback") if old or new else []


def _callback_items(side: Side, endpoint: Endpoint) -> dict[str, Element]:
    """The path items of an operation's callbacks, by name and expression."""
    return {
        f"{name} {expression}": side.element(item, f"{callback.pointer}/{escape(expression)}")
        for name, callback in side.members(endpoint.operation, "callbacks").items()
        for expression, item in callback.value.items()
        if not expression.startswith("x-")
    }


def _called(
    schemas: SchemaComparison, old: dict[str, Element], new: dict[str, Element], topic: Topic, noun: str
) -> list[tuple[Endpoint, Endpoint, Topic]]:
    """The operations of callbacks or webhooks in pairs; tells which are gone or new."""
    pairs, gone, come = paired(endpoints(schemas.before, old), endpoints(schemas.after, new))
    found = []
    for before, after in pairs:
        label = topic.operation or f"{noun} {after.label}"
        owner = f" of the callback `{after.label}`" if topic.operation else ""
        called = replace(topic, operation=label, is_reversed=not topic.is_reversed, owner=owner)
        found.append((before, after, called))
    for rule, detail, alone in ((f"{noun}-removed", "was removed", gone), (f"{noun}-added", "is new", come)):
        for endpoint in alone:
            about = replace(topic, operation=topic.operation or f"{noun} {endpoint.label}")
            places = (endpoint.pointer, None) if alone is gone else (None, endpoint.pointer)
            schemas.journal.tell(rule, about.about(f"the {noun} `{endpoint.label}`"), detail, *places)
    return found
