"""Changes of bodies: their media types, each with its schema and its encoding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.contract import media_types
from signoff.contract.bundle import dereference
from signoff.contract.json_value import as_object
from signoff.contract.schemas import Direction
from signoff.review.changes.schemas import Place, place_of
from signoff.review.changes.sets.shape import canonical

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.review.changes.revisions import Element, Journal, Side, Topic
    from signoff.review.changes.schemas import SchemaComparison

_SAY_NOTHING = {"description", "title", "example", "contentMediaType"}


def compare_content(
    schemas: SchemaComparison, before: Element, after: Element, topic: Topic, *, is_request: bool
) -> None:
    """Compare the `content` of two bodies, both of which exist.

    Args:
        schemas: compares the schemas of the media types.
        before: the request body or response in the base revision.
        after: the same in the new revision.
        topic: what they are, for messages.
        is_request: whether they are part of the request.
    """
    flow = "request" if is_request != topic.is_reversed else "response"
    old, new = map(by_media_type, schemas.members(before, after, "content"))
    pairs, gone, come = _paired(old, new)
    for was, now in pairs:
        if was != now:
            wider = "*" in now and media_types.covers(now, was)
            rule = f"{flow}-media-type-{'widened' if wider else 'narrowed'}"
            detail = f"has the media type `{now}` instead of `{was}`"
            schemas.journal.tell(rule, topic, detail, old[was].pointer, new[now].pointer)
        _compare_media_type(schemas, was, old[was], new[now], topic, is_request=is_request)
    for name in gone:
        detail = f"no longer has the media type `{name}`"
        schemas.journal.tell(f"{flow}-media-type-removed", topic, detail, old[name].pointer, after.pointer)
    for name in come:
        detail = f"has the new media type `{name}`"
        schemas.journal.tell(f"{flow}-media-type-added", topic, detail, before.pointer, new[name].pointer)


def compare_written(
    schemas: SchemaComparison, before: Element, after: Element, topic: Topic, *, is_request: bool
) -> None:
    """Compare the values of two parameters or headers, and the media types of their `content`."""
    contents = schemas.members(before, after, "content")
    types = [next(map(plain_media_type, content), "") for content in contents]
    if types[0] != types[1]:
        rule = f"{'parameter' if is_request else 'header'}-content-changed"
        detail = f"is serialized as {types[1] or 'plain text'} instead of {types[0] or 'plain text'}"
        schemas.journal.tell(rule, topic, detail, before.pointer, after.pointer)
    old, new = (next(iter(c.values()), e) for c, e in zip(contents, (before, after), strict=True))
    places = place_of(schemas.before, old), place_of(schemas.after, new)
    if old.value.get("in") in ("path", "query") and not any(types):
        # In Swagger 2.0, an empty value may be sent only where the document says so.
        is_2_0 = schemas.before.contract.openapi == "2.0"
        is_never_empty = old.value["in"] == "path" or (
            is_2_0 and old.value.get("allowEmptyValue") is not True
        )
        unsent: tuple[JsonValue, ...] = ("", []) if is_never_empty else ([],)
        places = places[0], replace(places[1], unsent=unsent)
    schemas.compare(*places, topic, is_request=is_request, is_text=not any(types))


def kinds_of(schemas: SchemaComparison, before: Element, after: Element) -> set[str]:
    """The types that a parameter or header may have in either revision."""
    differ = schemas.differ(Direction.REQUEST)
    found: set[str] = set()
    for forms, element in ((differ.before, before), (differ.after, after)):
        schema = forms.reader.conjunction(element.value.get("schema", True), f"{element.pointer}/schema")
        found |= set(forms.of(schema).shapes)
    return found


def by_media_type(content: dict[str, Element]) -> dict[str, Element]:
    """The entries of a `content` by their media types, normalized."""
    return {plain_media_type(name): element for name, element in content.items()}


def plain_media_type(name: str) -> str:
    """A media type in lower case, with sorted parameters and without `charset=utf-8`."""
    stated = media_types.parameters(name)
    if stated.get("charset", "").lower() == "utf-8":
        del stated["charset"]
    return "; ".join([media_types.essence(name), *(f"{key}={stated[key]}" for key in sorted(stated))])


def _paired(
    old: dict[str, Element], new: dict[str, Element]
) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Pair the media types of both revisions: equal ones first, then those that a range covers."""
    pairs = [(name, name) for name in old if name in new]
    gone, come = [name for name in old if name not in new], [name for name in new if name not in old]
    for name in list(gone):
        ranges = (n for n in come if "*" in n + name)  # types that differ by a parameter are different types
        other = next((n for n in ranges if media_types.covers(n, name) or media_types.covers(name, n)), None)
        if other is not None:
            pairs.append((name, other))
            gone.remove(name)
            come.remove(other)
    return pairs, gone, come


def _compare_media_type(
    schemas: SchemaComparison, name: str, before: Element, after: Element, topic: Topic, *, is_request: bool
) -> None:
    places = [
        place_of(side, element, _schema(name, element.value, side))
        for side, element in ((schemas.before, before), (schemas.after, after))
    ]
    subject = topic.subject or "the body"
    schemas.compare(places[0], places[1], topic.about(f"{subject} (`{name}`)"), is_request=is_request)
    if "itemSchema" in before.value or "itemSchema" in after.value:
        places = [Place(e.value.get("itemSchema", True), f"{e.pointer}/itemSchema") for e in (before, after)]
        schemas.compare(places[0], places[1], topic.about(f"each item of {subject}"), is_request=is_request)
    if name.startswith(("multipart/", "application/x-www-form-urlencoded")):
        _compare_encoding(schemas.journal, before, after, topic)
        _compare_part_headers(schemas, before, after, topic, is_request=is_request)


def _schema(name: str, media_type: JsonObject, side: Side) -> JsonValue:
    """The schema. For binary bodies, a missing schema, a plain string and `format: binary` are equivalent."""
    stated = media_type.get("schema", True)
    is_text = name.startswith(("text/", "multipart/", "application/x-www-form-urlencoded"))
    if is_text or media_types.is_json(name) or media_types.is_xml(name):
        return stated
    schema = dereference(side.document, stated)[0]
    plain = {key: value for key, value in as_object(schema).items() if key not in _SAY_NOTHING}
    is_bytes = plain in ({}, {"type": "string"}, {"type": "string", "format": "binary"})
    return True if is_bytes else stated


def _compare_encoding(journal: Journal, before: Element, after: Element, topic: Topic) -> None:
    old, new = (_encodings(element.value) for element in (before, after))
    for name in dict.fromkeys([*old, *new]):
        if old.get(name, "") != new.get(name, ""):
            detail = f"has a different encoding for `{name}`"
            places = [
                f"{e.pointer}/encoding/{name}" if known.get(name) else e.pointer
                for e, known in ((before, old), (after, new))
            ]
            journal.tell("encoding-changed", topic, detail, *places)


def _compare_part_headers(
    schemas: SchemaComparison, before: Element, after: Element, topic: Topic, *, is_request: bool
) -> None:
    """Compare the headers of the parts of a form."""
    parts = schemas.members(before, after, "encoding")
    for name in dict.fromkeys([*parts[0], *parts[1]]):
        encodings = parts[0].get(name, before), parts[1].get(name, after)
        held = schemas.members(*encodings, "headers")
        old, new = ({key.lower(): header for key, header in headers.items()} for headers in held)
        are_required = ({key: h.value.get("required") is True for key, h in hs.items()} for hs in (old, new))
        if next(are_required) != next(are_required):
            places = (encoding.pointer for encoding in encodings)
            schemas.journal.tell("encoding-changed", topic, f"has different headers for `{name}`", *places)
        for key in (key for key in old if key in new):
            about = topic.about(f"the header `{key}` of the part `{name}`")
            compare_written(schemas, old[key], new[key], about, is_request=is_request)


def _encodings(media_type: JsonObject) -> dict[str, str]:
    """The encoding of each part of a form, without values that equal the default."""
    stated = media_type.get("encoding")
    found = {}
    for name, value in stated.items() if isinstance(stated, dict) else ():
        entry = dict(value) if isinstance(value, dict) else {}
        known = ("contentType", "style", "explode", "allowReserved")
        kept: JsonObject = {key: entry[key] for key in known if key in entry}
        if kept.get("style") == "form":
            del kept["style"]
        if kept.get("explode") is True and kept.get("style") is None:
            del kept["explode"]
        if kept.get("allowReserved") is False:
            del kept["allowReserved"]
        if kept:
            found[name] = canonical(kept)
    return found
