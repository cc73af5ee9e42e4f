"""Ways to edit requests and answers, from which the faults and variants are made."""

from __future__ import annotations

import json
from dataclasses import replace

from signoff.contract.problem import status_phrase
from tests.faults.wrapper import Answer

KNOWN = "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0"


def members(of, /, **changes):
    """An edit of the JSON members of answers with this status; `...` leaves one out."""

    async def edit(request, call):
        answer = await call(request)
        if answer.status != of or not isinstance(answer.json, dict):
            return answer
        changed = answer.json | {
            name: new(answer.json.get(name)) if callable(new) else new for name, new in changes.items()
        }
        return answer.with_json({name: value for name, value in changed.items() if value is not ...})

    return edit


def content(form, change):
    """An edit of the content of exports in this format."""

    async def edit(request, call):
        answer = await call(request)
        if answer.status != 200 or answer.json["format"] != form:
            return answer
        return answer.with_json(answer.json | {"content": change(answer.json["content"])})

    return edit


def fields(when, /, **changes):
    """An edit of the header fields of answers with one of these statuses."""

    async def edit(request, call):
        answer = await call(request)
        if answer.status in when:
            for name, value in changes.items():
                answer = answer.with_field(name.replace("_", "-"), value)
        return answer

    return edit


def asks(when, /, **changes):
    """An edit of requests before the server sees them."""

    async def edit(request, call):
        return await call(
            replace(request, **{k: v(request) for k, v in changes.items()}) if when(request) else request
        )

    return edit


def answers(when, status, body, media_type="application/problem+json"):
    """An answer of its own to some requests."""

    async def edit(request, call):
        if not when(request):
            return await call(request)
        octets = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Answer(status, [(b"content-type", media_type.encode())] if media_type else [], octets)

    return edit


def problem(status, **more):
    return {"title": "No", "status": status, **more}


def octets(status, change):
    """An edit of the octets of answers with this status."""

    async def edit(request, call):
        answer = await call(request)
        return replace(answer, body=change(answer.body)) if answer.status == status else answer

    return edit


def is_known(request):
    return request.is_export and request.report_id.lower() == KNOWN and isinstance(request.asked, dict)


def asked_format(request):
    return request.asked.get("format", "csv") if isinstance(request.asked, dict) else None


def json_edit(change):
    """An edit of the parsed content of JSON exports."""
    return content("json", lambda text: json.dumps(change(json.loads(text)), indent=2))


def without_row(value):
    return value | {"rows": value["rows"][:-1]}


def rows(change):
    """An edit of the lines of CSV content."""
    return content("csv", lambda text: "".join(change(text.splitlines(keepends=True))))


def unsteady(period):
    """A fault with a memory: the content of CSV exports changes from one to the next, over a period."""
    count = 0

    async def edit(request, call):
        nonlocal count
        answer = await call(request)
        if answer.status != 200 or answer.json["format"] != "csv":
            return answer
        count = (count + 1) % period
        header, *lines = answer.json["content"].splitlines(keepends=True)
        lines[-1] = f'"{count}",{lines[-1].partition(",")[2]}'
        return answer.with_json(answer.json | {"content": "".join([header, *lines])})

    return edit


async def with_status(request, call, old, new):
    answer = await call(request)
    return replace(answer, status=new) if answer.status == old else answer


async def twice(request, call):
    answer = await call(request)
    return replace(answer, fields=[*answer.fields, (b"content-type", b"text/plain")])


async def cut_short(request, call):
    answer = await call(request)
    if answer.status != 200:
        return answer
    length = str(len(answer.body) + 10)
    return replace(answer.with_field("content-length", length), keep_length=True)


async def two_waits(request, call):
    answer = await call(request)
    if answer.status != 404 or not isinstance(answer.json, dict):
        return answer
    return answer.with_json(answer.json | {"retry_after_seconds": 5}).with_field("retry-after", "30")


def plus_one(row):
    return {name: value + 1 if isinstance(value, int) else value for name, value in row.items()}


def as_about_blank(value):
    """A problem without a type of its own: its title is the phrase of its status."""
    if "title" not in value:
        return value
    return value | {"type": "about:blank", "title": status_phrase(value["status"])}


async def restated(request, call, old, new):
    answer = await call(request)
    if answer.status != old:
        return answer
    return replace(answer.with_json(answer.json | {"status": new}), status=new)


async def json_changed(request, call, change):
    answer = await call(request)
    return answer.with_json(change(answer.json)) if isinstance(answer.json, dict) else answer


async def octets_changed(request, call, change):
    answer = await call(request)
    return replace(answer, body=change(answer.body)) if answer.body else answer


async def fields_changed(request, call, change):
    answer = await call(request)
    return replace(answer, fields=[change(name, value) for name, value in answer.fields])


async def fields_added(request, call, field, statuses=None):
    answer = await call(request)
    return (
        replace(answer, fields=[*answer.fields, field])
        if not statuses or answer.status in statuses
        else answer
    )


async def emptied(request, call, status):
    answer = await call(request)
    if answer.status != status:
        return answer
    return replace(answer.with_field("content-type", None), body=b"")


async def fields_twice(request, call, status, name, values):
    answer = await call(request)
    if answer.status != status:
        return answer
    return replace(answer, fields=[*answer.fields, *((name, value) for value in values)])
