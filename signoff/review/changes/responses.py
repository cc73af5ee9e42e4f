"""Changes of responses: statuses, headers, content, links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.review.changes.content import by_media_type, compare_content, compare_written, kinds_of
from signoff.review.changes.schemas import place_of
from signoff.review.changes.sets.shape import canonical

if TYPE_CHECKING:
    from signoff.review.changes.endpoints import Endpoint
    from signoff.review.changes.revisions import Element, Topic
    from signoff.review.changes.schemas import SchemaComparison


def compare_responses(schemas: SchemaComparison, before: Endpoint, after: Endpoint, topic: Topic) -> None:
    """Compare the responses of two operations."""
    old, new = map(_by_status, schemas.members(before.operation, after.operation, "responses"))
    for status, response in old.items():
        if status in new:
            _compare(schemas, response, new[status], topic.about(_subject(status)))
        else:
            _removed(schemas, status, (old, new), after, topic)
    for status, response in new.items():
        if status not in old:
            _added(schemas, status, response, old, before, topic)


def _by_status(responses: dict[str, Element]) -> dict[str, Element]:
    return {
        status.upper() if status != "default" else status: element for status, element in responses.items()
    }


def _subject(status: str) -> str:
    return "the default response" if status == "default" else f"the {status} response"


def _covering(status: str, responses: dict[str, Element]) -> str | None:
    """The range or `default` that applies to an undocumented status."""
    names = [f"{status[0]}XX", "default"] if status != "default" else []
    return next((name for name in names if name in responses and name != status), None)


def _is_success(status: str, responses: dict[str, Element]) -> bool:
    if status == "default":
        return not any(other.startswith("2") for other in responses)
    return status.startswith(("2", "3"))


def _removed(
    schemas: SchemaComparison,
    status: str,
    responses: tuple[dict[str, Element], dict[str, Element]],
    after: Endpoint,
    topic: Topic,
) -> None:
    old, new = responses
    topic = topic.about(_subject(status))
    covering = _covering(status, new)
    if covering and (covering != "default" or not _is_success(status, old)):
        # The range or `default` applies now. If it is new, compare its body.
        if covering not in old or not _same_content(schemas, old[status], new[covering]):
            _compare(schemas, old[status], new[covering], topic)
        return
    within = [s for s in new if s not in old and _covering(s, {status: old[status]}) == status]
    if within:
        for narrower in within:
            _compare(schemas, old[status], new[narrower], topic)
        detail = f"was replaced by {' and '.join(within)}"
        places = old[status].pointer, new[within[0]].pointer
        schemas.journal.tell("status-range-narrowed", topic, detail, *places)
        return
    is_success = _is_success(status, old)
    rule = "success-status-removed" if is_success else "error-status-removed"
    schemas.journal.tell(rule, topic, "was removed", old[status].pointer, after.pointer)


def _added(
    schemas: SchemaComparison,
    status: str,
    response: Element,
    old: dict[str, Element],
    before: Endpoint,
    topic: Topic,
) -> None:
    topic = topic.about(_subject(status))
    covering = _covering(status, old)
    if covering and status != "default" and not _same_content(schemas, old[covering], response):
        detail = f"has its own definition instead of `{covering}`"
        places = old[covering].pointer, response.pointer
        schemas.journal.tell("status-no-longer-as-described", topic, detail, *places)
        return
    rule = "success-status-added" if status.startswith(("2", "3")) else "error-status-added"
    schemas.journal.tell(rule, topic, "is new", before.pointer, response.pointer)


def _same_content(schemas: SchemaComparison, before: Element, after: Element) -> bool:
    """Whether two responses have the same media types and headers with the same schemas."""
    old, new = (
        {
            **{f"body {name}": body for name, body in by_media_type(content).items()},
            **{f"{_needed(header)} {name.lower()}": header for name, header in headers.items()},
        }
        for content, headers in zip(
            schemas.members(before, after, "content"), schemas.members(before, after, "headers"), strict=True
        )
    )
    return old.keys() == new.keys() and all(
        schemas.equal(place_of(schemas.before, old[name]), place_of(schemas.after, new[name])) for name in old
    )


def _needed(header: Element) -> str:
    return "required" if header.value.get("required") is True else "optional"


def _compare(schemas: SchemaComparison, before: Element, after: Element, topic: Topic) -> None:
    compare_content(schemas, before, after, topic.about(f"the body of {topic.subject}"), is_request=False)
    _compare_headers(schemas, before, after, topic)
    _compare_links(schemas, before, after, topic)


def _compare_headers(schemas: SchemaComparison, before: Element, after: Element, topic: Topic) -> None:
    old, new = (
        {name.lower(): (name, header) for name, header in held.items()}
        for held in schemas.members(before, after, "headers")
    )
    for key in {**old, **new}:
        if key == "content-type":  # defined by `content` (OpenAPI 3.1, section 4.8.17)
            continue
        name, header = old.get(key) or new[key]
        subject = topic.about(f"the header `{name}` of {topic.subject}")
        if key not in old:
            is_demanded = topic.is_reversed and header.value.get("required") is True
            rule = "sent-required-header-added" if is_demanded else "header-added"
            schemas.journal.tell(rule, subject, "is new", before.pointer, header.pointer)
        elif key in new:
            _compare_header(schemas, header, new[key][1], subject)
        else:
            rule = "required-header-removed" if header.value.get("required") is True else "header-removed"
            schemas.journal.tell(rule, subject, "was removed", header.pointer, after.pointer)


def _compare_header(schemas: SchemaComparison, before: Element, after: Element, topic: Topic) -> None:
    was, now = (element.value.get("required") is True for element in (before, after))
    if was != now:
        is_now = "required" if now else "optional"
        kind = f"header-became-{is_now}"
        schemas.journal.tell(kind, topic, f"is now {is_now}", before.pointer, after.pointer)
    are_spread = [element.value.get("explode") is True for element in (before, after)]
    is_text = not any(schemas.members(before, after, "content"))
    if are_spread[0] != are_spread[1] and is_text and "object" in kinds_of(schemas, before, after):
        detail = f"has explode {str(are_spread[1]).lower()} instead of {str(are_spread[0]).lower()}"
        schemas.journal.tell("header-explode-changed", topic, detail, before.pointer, after.pointer)
    compare_written(schemas, before, after, topic, is_request=False)


def _compare_links(schemas: SchemaComparison, before: Element, after: Element, topic: Topic) -> None:
    old, new = schemas.members(before, after, "links")
    for name in {**old, **new}:
        link = old.get(name) or new[name]
        subject = topic.about(f"the link `{name}` of {topic.subject}")
        if name not in old:
            schemas.journal.tell("link-added", subject, "is new", before.pointer, link.pointer)
        elif name not in new:
            schemas.journal.tell("link-removed", subject, "was removed", link.pointer, after.pointer)
        elif _reported(link) != _reported(new[name]):
            schemas.journal.tell(
                "link-changed", subject, "has a different target", link.pointer, new[name].pointer
            )


def _reported(link: Element) -> str:
    said = {key: value for key, value in link.value.items() if key not in ("description", "server")}
    return canonical({key: value for key, value in said.items() if not key.startswith("x-")})
