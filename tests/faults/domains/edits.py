"""Edits of what a server receives and sends, which plant a fault or make a correct variant of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def changed(to, *, method="", path="", status=0, field=""):
    """An edit of the answers to a method, a path (its last segment where it starts with `*`) and a status.

    Args:
        to: gives the new answer; it gets the request and the answer.
        method: of the request; any if empty.
        path: of the request.
        status: of the answer; 2 stands for any 2xx.
        field: the request's field and a part of its value, as `accept: csv`.
    """
    name, _, part = field.partition(": ")

    async def edit(request, call):
        answer = await call(request)
        is_meant = (
            (not method or request.method == method)
            and (not path or _matches(request.path, path))
            and status in (0, answer.status, answer.status // 100)
            and (not name or part in request.field(name.encode()).decode("latin-1"))
        )
        return to(request, answer) if is_meant else answer

    return edit


def rewritten(to, *, method="", path="", when=lambda request: True):
    """An edit of the requests, so that the server takes what it should not."""

    async def edit(request, call):
        is_meant = (not method or request.method == method) and (not path or _matches(request.path, path))
        return await call(to(request) if is_meant and when(request) else request)

    return edit


def _matches(path, pattern):
    mine, theirs = path.strip("/").split("/"), pattern.strip("/").split("/")
    return len(mine) == len(theirs) and all(b in ("*", a) for a, b in zip(mine, theirs, strict=True))


def to_status(status, body=None, **fields):
    """An answer of another status."""

    def to(_, answer):
        found = answer.with_json(body) if body is not None else replace(answer, body=b"")
        found = replace(found, status=status).with_field("content-type", "application/json" if body else None)
        for name, value in fields.items():
            found = found.with_field(name.replace("_", "-"), value)
        return found

    return to


def members(**values):
    """JSON objects with these members, in lists too."""

    def to(_, answer):
        value = answer.json
        if isinstance(value, list):
            return answer.with_json(
                [{**part, **values} if isinstance(part, dict) else part for part in value]
            )
        return answer.with_json({**value, **values}) if isinstance(value, dict) else answer

    return to


def octets(old, new):
    """The body with bytes replaced."""
    return lambda _, answer: replace(answer, body=answer.body.replace(old, new))


def fields(**values):
    """Other header fields."""

    def to(_, answer):
        for name, value in values.items():
            answer = answer.with_field(name.replace("_", "-"), value)
        return answer

    return to


def with_body(change):
    """A request whose JSON body is changed."""

    def to(request):
        value = request.asked
        return (
            replace(request, body=json.dumps(change(value)).encode()) if isinstance(value, dict) else request
        )

    return to


def clamped(name, least, most):
    """A request whose integer member is brought into its bounds."""

    def change(value):
        number = value.get(name)
        is_number = isinstance(number, int) and not isinstance(number, bool)
        return {**value, name: min(max(number, least), most)} if is_number else value

    return with_body(change)


def respelled(name, spell, known):
    """A request whose text member is accepted in another spelling."""

    def change(value):
        text = value.get(name)
        return {**value, name: known[0]} if isinstance(text, str) and spell(text) else value

    return with_body(change)


def query_replaced(change) -> Callable:
    """A request with another query."""
    return lambda request: replace(request, query=change(request.query))


def body_replaced(change) -> Callable:
    """A request with another body."""
    return lambda request: replace(request, body=change(request.body))


def fails_if(test, **where):
    """An edit that answers 500 to requests with something in them."""
    to = to_status(500, {"error": "Internal Server Error"})

    async def edit(request, call):
        answer = await call(request)
        meant = changed(to, **where)
        return await meant(request, lambda _: _given(answer)) if test(request) else answer

    return edit


async def _given(answer):
    return answer
