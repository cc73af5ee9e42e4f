"""Form bodies, urlencoded and multipart, as JSON values (OpenAPI 3.1, sections 4.8.14 and 4.8.15).

Also the style `deepObject`, which forms and queries have: `filter[name]=a&filter[age]=7` (section 4.8.12.6).
The specification does not define deeper values; `a[b][c]=1`, `a[0]=1` and `a[]=1` are read as common
servers do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl

from werkzeug.exceptions import HTTPException
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from signoff.contract import media_types
from signoff.contract.coercion import coerce
from signoff.contract.json_value import as_object
from signoff.contract.media_types import MULTIPART, URLENCODED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signoff.contract.contract import Encoding
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.limits import Limit
    from signoff.contract.schemas import SchemaSet

_DEEP_KEY = re.compile(r"\[([^\[\]]*)\]")
_MAX_DEPTH = 32
# `tabDelimited` is Swagger 2.0's `collectionFormat: tsv`; no style of OpenAPI 3 has it.
SEPARATORS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}


class FormSyntaxError(ValueError):
    """A body is not a valid form."""


def read(
    data: bytes,
    content_type: str,
    schema: JsonObject,
    schemas: SchemaSet,
    encoding: Mapping[str, Encoding] = MappingProxyType({}),
    most: Limit | None = None,
) -> JsonObject:
    """The fields of a form, converted to the types in its schema; files as text.

    Raises:
        FormSyntaxError: the body cannot be read as a form, or has more than `most` values in its fields.
    """
    if media_types.essence(content_type) == URLENCODED or _is_mislabelled(data, content_type):
        pairs = parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True)
    else:
        pairs = _multipart(data, content_type)
    known = as_object(schemas.view(schema).outline.get("properties"))
    found: JsonObject = {}
    read_already: set[str] = set()
    for name, encoded in encoding.items():
        if encoded.style == "deepObject":
            value = read_deep_object(pairs, name, as_object(known.get(name)), schemas)
            if value is not None:
                found[name] = value
                read_already.update(key for key, _ in pairs if key.startswith(f"{name}["))
    named: dict[str, list[str]] = {}
    for name, text in pairs:
        named.setdefault(name, []).append(text)
    inner = (
        _inner(each, as_object(known.get(name)), schemas, encoding.get(name)) for name, each in named.items()
    )
    if most is not None and sum(inner) > most.value:
        raise FormSyntaxError(f"its fields have {most.exceeded}")
    for name, texts in named.items():
        if name in read_already:
            continue
        found[name] = _value(texts, as_object(known.get(name)), schemas, encoding.get(name))
    return found


def _is_mislabelled(data: bytes, content_type: str) -> bool:
    """Whether a body labelled multipart is urlencoded: no boundary, neither in the header nor in the body.

    Command-line clients send this if only the media type is set.
    """
    return "boundary" not in media_types.parameters(content_type) and not data.startswith(b"--")


def _inner(texts: list[str], schema: JsonObject, schemas: SchemaSet, encoding: Encoding | None) -> int:
    """About how many values are in the texts of a field, as JSON or separated; 0 if they stay texts."""
    view = schemas.view(schema)
    kinds, is_json = view.kinds, encoding is not None and media_types.is_json(encoding.content_type)
    if encoding and encoding.style in SEPARATORS and "array" in kinds and not is_json:
        return texts[0].count(SEPARATORS[encoding.style])
    inner = schemas.view(view.outline.get("items")).kinds if "array" in kinds else kinds
    if not kinds & {"array", "object"} or ("string" in inner and not is_json):
        return 0
    return sum(text.count(mark) for text in texts if text[:1] in ("[", "{") for mark in ",[{")


def _value(texts: list[str], schema: JsonObject, schemas: SchemaSet, encoding: Encoding | None) -> JsonValue:
    view = schemas.view(schema)
    kinds = view.kinds
    if "array" not in kinds:
        return coerce(texts[0], kinds)
    item_kinds = schemas.view(view.outline.get("items")).kinds
    if encoding and media_types.is_json(encoding.content_type):
        whole = coerce(texts[0], kinds - {"string"})
        return whole if isinstance(whole, list) else [coerce(text, item_kinds) for text in texts]
    if encoding and encoding.style in SEPARATORS and len(texts) == 1:
        is_repeated = encoding.style == "form" if encoding.explode is None else encoding.explode
        if not is_repeated:
            texts = texts[0].split(SEPARATORS[encoding.style]) if texts[0] else []
    return [coerce(text, item_kinds) for text in texts]


def _multipart(data: bytes, content_type: str) -> list[tuple[str, str]]:
    return [(part.name, part.data.decode("utf-8", "replace")) for part in parts(data, content_type)]


@dataclass(frozen=True, slots=True)
class FormPart:
    """One part of a multipart form.

    Attributes:
        content_type: its own media type; empty without one.
    """

    name: str
    content_type: str
    data: bytes


def parts(data: bytes, content_type: str) -> list[FormPart]:
    """The parts of a multipart form.

    Raises:
        FormSyntaxError: the body cannot be read as a form.
    """
    options = media_types.parameters(content_type)
    if "boundary" not in options:
        raise FormSyntaxError("Content-Type has no boundary")
    found: list[FormPart] = []
    held: list[bytes] = []
    head: Field | File | None = None
    try:
        decoder = MultipartDecoder(options["boundary"].encode())
        decoder.receive_data(data)
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), Epilogue):
            if isinstance(event, Field | File):
                head, held = event, []
            elif isinstance(event, Data) and head is not None:
                held.append(event.data)
                if not event.more_data:
                    own = head.headers.get("content-type", "")
                    found.append(FormPart(head.name or "", own, b"".join(held)))
    except (ValueError, HTTPException, KeyError) as error:
        raise FormSyntaxError(str(error) or "malformed multipart body") from None
    return found


def part_faults(
    data: bytes, content_type: str, encoding: Mapping[str, Encoding]
) -> Iterator[tuple[str, str]]:
    """The parts of a multipart form whose own media type is not one that `encoding` defines.

    A part without a Content-Type is accepted, because many clients leave it out.

    Yields:
        The name of the field, and the problem.
    """
    defined = {name: each.content_type for name, each in encoding.items() if each.content_type}
    is_multipart = media_types.essence(content_type) == MULTIPART
    if not defined or not is_multipart or "boundary" not in media_types.parameters(content_type):
        return
    for part in parts(data, content_type):
        allowed = media_types.split_list(defined.get(part.name, ""))
        if part.content_type and allowed:
            offers = [media_types.Offer(name) for name in allowed]
            if media_types.match(part.content_type, offers) is None:
                yield (
                    part.name,
                    f"the part has the media type {part.content_type}, not {' or '.join(allowed)}",
                )


_Tree: TypeAlias = "dict[str, _Tree | list[str]]"


def read_deep_object(
    pairs: Iterable[tuple[str, str]], name: str, schema: JsonObject, schemas: SchemaSet
) -> JsonValue | None:
    """The value of one parameter or field.

    Args:
        pairs: decoded names with decoded texts, in the order they were sent.
        name: of the parameter; pairs of other names are passed over.
        schema: what the texts are read by.
        schemas: where its references lead.

    Returns:
        None where no pair is the parameter's.
    """
    tree: _Tree = {}
    for key, text in pairs:
        if not key.startswith(f"{name}[") or key.count("[", len(name)) > _MAX_DEPTH:
            continue
        path = _DEEP_KEY.findall(key[len(name) :])
        if path and key == name + "".join(f"[{part}]" for part in path):
            _enter(tree, path, text)
    return _deep_value(tree, schema, schemas) if tree else None


def _enter(tree: _Tree, path: list[str], text: str) -> None:
    *outer, last = path
    for part in outer:
        inner = tree.setdefault(part or str(len(tree)), {})
        if not isinstance(inner, dict):
            return  # a text stands there already
        tree = inner
    leaf = tree.setdefault(last, [])
    if isinstance(leaf, list):
        leaf.append(text)


def _deep_value(node: _Tree | list[str], schema: JsonObject, schemas: SchemaSet) -> JsonValue:
    view = schemas.view(schema)
    kinds, items = view.kinds, as_object(view.outline.get("items"))
    if isinstance(node, list):
        if "array" in kinds:
            return [coerce(text, schemas.view(items).kinds) for text in node]
        return coerce(node[0], kinds)
    if "array" in kinds and all(key == "" or key.isdecimal() for key in node):
        found: list[JsonValue] = []
        for key in sorted(node, key=lambda key: int(key or 0)):
            held = node[key]
            found += [_deep_value([text], items, schemas) for text in held] if isinstance(held, list) else []
            found += [_deep_value(held, items, schemas)] if isinstance(held, dict) else []
        return found
    members = as_object(view.outline.get("properties"))
    others = as_object(view.outline.get("additionalProperties"))
    return {
        key: _deep_value(held, as_object(members.get(key, others)), schemas) for key, held in node.items()
    }
