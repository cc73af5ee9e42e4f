"""Requests that keep a contract, put on the wire as the document says: every style, every kind of body."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from signoff.contract import Direction, media_types, xml_value
from signoff.contract.media_types import URLENCODED

_UNRESERVED = "-._~"
_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
BOUNDARY = "signoff-boundary"


@dataclass(frozen=True)
class SoundRequest:
    """What to send: the path with its query, both percent-encoded, the fields and the body."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def sound_request(operation, generator, *, optional=False):
    """A request that keeps the contract, made from examples and generated values.

    Args:
        operation: what to call.
        generator: makes values where the document has no example.
        optional: whether parameters that may be left out are sent too.
    """
    path, query, headers, cookies = operation.path, [], {}, []
    for parameter in operation.parameters:
        if not parameter.required and not optional:
            continue
        value = value_of(parameter, generator)
        if parameter.location == "path":
            path = path.replace(f"{{{parameter.name}}}", in_path(parameter, value))
        elif parameter.location == "query":
            query += in_query(parameter, value)
        elif parameter.location == "cookie":
            cookies += in_query(parameter, value)
        else:
            headers[parameter.name] = in_header(parameter, value)
    path = re.sub(r"(?<=/)\{[^{}/]*\}(?=/|$)", "x", path)  # named in the path, described nowhere
    if cookies:
        headers["Cookie"] = "; ".join(cookies)
    body = b""
    if operation.request_body and operation.request_body.content:
        headers["Content-Type"], body = body_of(operation.request_body.content[0], generator)
    target = operation.base_path + path
    if query:  # a path that holds a query of its own is a blemish that real documents have
        target += ("&" if "?" in path else "?") + "&".join(query)
    return SoundRequest(operation.method, target, headers, body)


def value_of(parameter, generator):
    """An example that satisfies the schema, else a generated value; `x` where there is no schema."""
    schema = parameter.schema
    for example in parameter.examples:
        if schema is None or schema.is_valid(example.value, Direction.REQUEST):
            return example.value
    if schema is None:
        return "x"
    value = generator.generate(schema, Direction.REQUEST, "test")
    for attempt in range(8):
        if value not in ("", None, [], {}) or parameter.location != "path":
            break
        value = generator.generate(schema, Direction.REQUEST, f"test {attempt}")
    return value


def encoded(value):
    return quote(text_of(value), safe=_UNRESERVED)


def text_of(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return value if isinstance(value, str) else json.dumps(value)


def simple(value, *, explode, encode, separator=",", equals="="):
    if isinstance(value, list):
        return separator.join(encode(text_of(item)) for item in value)
    if isinstance(value, dict):
        joint = equals if explode else separator
        return separator.join(f"{encode(name)}{joint}{encode(text_of(item))}" for name, item in value.items())
    return encode(text_of(value))


def in_path(parameter, value):
    """The text of a path parameter (OpenAPI 3.1, section 4.8.12.6)."""
    if parameter.media_type is not None:
        return encoded(json.dumps(value) if media_types.is_json(parameter.media_type) else value)
    name, explode = parameter.name, parameter.explode
    if parameter.style == "label":
        separator = "." if explode else ","
        return "." + simple(value, explode=explode, encode=encoded, separator=separator)
    if parameter.style == "matrix":
        if explode and isinstance(value, list):
            return "".join(f";{name}={encoded(item)}" for item in value)
        if explode and isinstance(value, dict):
            return "".join(f";{encoded(key)}={encoded(item)}" for key, item in value.items())
        return f";{name}=" + simple(value, explode=False, encode=encoded)
    return simple(value, explode=explode, encode=encoded)


def in_header(parameter, value):
    if parameter.media_type is not None:
        return value if isinstance(value, str) else json.dumps(value)
    return simple(value, explode=parameter.explode, encode=str)


def in_query(parameter, value):
    """The `name=value` pairs of a query or cookie parameter."""
    name = encoded(parameter.name)
    if parameter.media_type is not None:
        return [
            f"{name}={encoded(json.dumps(value) if media_types.is_json(parameter.media_type) else value)}"
        ]
    if isinstance(value, dict) and parameter.style == "deepObject":
        return [f"{name}%5B{encoded(key)}%5D={encoded(item)}" for key, item in value.items()]
    if parameter.explode and parameter.style in ("form", "cookie"):
        if isinstance(value, list):
            return [f"{name}={encoded(item)}" for item in value]
        if isinstance(value, dict):
            return [f"{encoded(key)}={encoded(item)}" for key, item in value.items()]
    separator = _DELIMITERS.get(parameter.style, ",")
    return [f"{name}={simple(value, explode=False, encode=encoded, separator=separator)}"]


def body_of(offer, generator):
    """The Content-Type and octets of a sound body."""
    schema = offer.schema
    examples = [
        e.value for e in offer.examples if schema is None or schema.is_valid(e.value, Direction.REQUEST)
    ]
    if examples:
        value = examples[0]
    elif schema is None:
        value = {}
    else:
        value = generator.generate(schema, Direction.REQUEST, "test")
    name = media_types.essence(offer.name)
    sent_as = "application/octet-stream" if name == "*/*" else name.replace("*", "x-any")
    if media_types.is_json(name):
        return offer.name, json.dumps(value).encode()
    if name == URLENCODED and isinstance(value, dict):
        return name, urlencode([*pairs_of(value, offer.encoding)]).encode()
    if name.startswith("multipart/") and isinstance(value, dict):
        return f"{name}; boundary={BOUNDARY}", multipart(value)
    if media_types.is_xml(name) and schema is not None and not isinstance(value, str):
        return name, xml_value.write(value, schema.raw, schema.schemas)
    return sent_as, text_of(value).encode()


def pairs_of(value, encoding):
    """The fields of a form, each written as its encoding says (OpenAPI 3.1, section 4.8.15)."""
    for key, held in value.items():
        told = encoding.get(key)
        if told and told.style == "deepObject":
            yield from deep(key, held)
        elif isinstance(held, list) and told and told.style and told.explode is False:
            yield (
                key,
                {"spaceDelimited": " ", "pipeDelimited": "|"}.get(told.style, ",").join(map(text_of, held)),
            )
        else:
            yield from ((key, text_of(item)) for item in (held if isinstance(held, list) else [held]))


def deep(name, value):
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, held in inner:
            yield from deep(f"{name}[{key}]", held)
    else:
        yield name, text_of(value)


def multipart(value):
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text_of(item)}\r\n'
        for key, held in value.items()
        for item in (held if isinstance(held, list) else [held])
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()
