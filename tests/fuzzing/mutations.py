"""Hypothesis strategies for hostile documents: mutations of the documents of this repository.

A seed is one path of a document with all that it refers to, so that thousands can be tried. Edits are plain
numbers that choose a place and a replacement.
"""

import copy
import json
from dataclasses import dataclass
from functools import cache

import yaml
from hypothesis import strategies as st

from signoff.contract import source
from tests.conftest import PUBLISHED, ROOT

FILES = (
    *PUBLISHED,
    ROOT / "openapi" / "reports.yaml",
    *(ROOT / "tests" / path for path in ("mock/state/shop.yaml", "mock/shop.yaml", "mock/tasks.yaml")),
    *(ROOT / "tests" / path for path in ("servers/uploads.yaml", "servers/bookings.yaml")),
    *(
        ROOT / "tests" / path
        for path in ("mock/rules/orders.yaml", "review/changes/shop.yaml", "former/pets.yaml")
    ),
    *sorted((ROOT / "examples").glob("mock_gallery/*.yaml")),
)
_COMPONENTS = ("components", "definitions", "parameters", "responses")
_MOST_NODES = 4_000
_MOST_SEED = 12_000  # characters of a seed; larger ones take their time and show nothing more


def nested(levels, leaf=1):
    for _ in range(levels):
        leaf = {"allOf": [leaf]} if levels % 2 else [leaf]
    return leaf


SELF = {"$ref": "#"}
VALUES = (
    *(None, True, False, 0, -1, 1, 10**400, -(10**30), 1e308, -0.0, float("inf"), float("nan"), 1.5, 10**9, 4096),
    *("", " ", "\0", "\r\nX: y", "\x1b[31m", "::error::x", "\u202e", "\ud800", "a" * 3_000, "{", "{}", "{a}", "/"),
    *("#", "#/", "#/paths", "#/components/schemas/%zz", "http://[::1", "file:///etc/passwd", "../../x.yaml", "a:b"),
    *("//", "http://x:99999/", "https://{a}.x/{b}", "application/json", "*/*", "text/", "multipart/form-data", "a\r\nb"),
    *("^(a+)+$", "(?=", "(?=a)b", "[", "\\p{L}+", "^.{0,9999}$", "(?<a>b)\\k<a>", "\\u{10ffff}", "^(a|b|c){50}$"),
    *("uuid", "date-time", "regex", "binary", "object", "array", "integer", "null", "string", "deepObject", "matrix"),
    *("3.0.3", "3.1.0", "3.2.0", "2.0", "9.9", "default", "2XX", "999", "X-A", "Content-Type", "Set-Cookie", "oauth2"),
    *([], {}, [[]], {"": {}}, {"$ref": ""}, SELF, {"$ref": "#/info"}, {"$ref": "a\0b"}, {"$ref": 1}, [SELF, SELF]),
    *({"type": []}, {"type": ["string", "x"]}, {"type": "integer", "minimum": 10**400}, {"enum": []}, {"not": {}}),
    *({"allOf": [SELF]}, {"not": SELF}, {"if": SELF, "then": SELF}, {"items": SELF, "minItems": 9_999}),
    *({"minProperties": 10**9}, {"minLength": 10**9}, {"multipleOf": 0}, {"multipleOf": 1e-300}, {"const": [[{}]]}),
    *({"pattern": "^(\\w+\\s?)+$", "type": "string"}, {"contains": {}, "minContains": 10_001}, {"required": "a"}),
    *({"oneOf": [{"const": number} for number in range(200)]}, {"type": "string", "x-faker": "xml"}, {"$id": "a:b"}),
    *({"discriminator": {"propertyName": "a", "mapping": {"b": "#", "": 1}}, "oneOf": [SELF]}, {"$anchor": "a b"}),
    *({"$dynamicRef": "#x", "$dynamicAnchor": "x"}, {"patternProperties": {"(": {}, "^a": SELF}}, {"default": {"a": 1}}),
    *(nested(40), nested(41, {}), nested(250), nested(301, {}), list(range(500)), {str(n): n for n in range(300)}),
)  # fmt: skip
NAMES = (
    *("", " ", "$ref", "$id", "$schema", "$defs", "$anchor", "$dynamicRef", "a/b~c", "%2F", "\r\n", "\0", "\x1b]0;", "x-"),
    *("default", "200", "9", "2XX", "600", "content", "schema", "items", "prefixItems", "properties", "required", "type"),
    *("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "enum", "const", "pattern", "format", "minimum", "maximum"),
    *("multipleOf", "minLength", "maxItems", "minItems", "uniqueItems", "contains", "minContains", "unevaluatedItems"),
    *("unevaluatedProperties", "additionalProperties", "patternProperties", "propertyNames", "dependentSchemas"),
    *("discriminator", "example", "examples", "nullable", "readOnly", "writeOnly", "deprecated", "xml", "encoding"),
    *("parameters", "in", "name", "style", "explode", "requestBody", "responses", "headers", "links", "callbacks"),
    *("security", "servers", "url", "variables", "tags", "operationId", "consumes", "produces", "collectionFormat"),
    *("get", "query", "trace", "additionalOperations", "x-resource", "x-conformance", "x-signoff-ignore", "x-interval"),
    *("/{a}/{a}", "/{a}{b}", "/a b", "/{", "//", "a", "/%zz", "application/json", "application/*", "text/event-stream"),
)  # fmt: skip
PIECES = (
    *("", "\0", "\t", "\n", "{", "}", "[", "]", ":", ",", '"', "'", "#", "&a ", "*a", "!!python/object:os.system ", "<<: "),
    *("---\n", "%YAML 9.9\n", "\ufeff", "\\u0000", "\\ud800", "1e999", ".nan", "0o8", "2020-13-45", "? ", "- " * 300),
    *("[" * 400, "{" * 50, " " * 300, "~", "@", "`", "|\n", ">\n", "\x85", "\u2028", "null", "-0", "9" * 5_000),
)  # fmt: skip
KINDS = (
    *(
        "replace",
        "replace",
        "set",
        "set",
        "graft",
        "graft",
        "delete",
        "rename",
        "refer",
        "refer",
        "wrap",
        "swap",
        "double",
    ),
)


@dataclass(frozen=True)
class Mutated:
    """A document and what became of it.

    Attributes:
        original: the text before.
        text: the text after.
        suffix: of the files: `.json` or `.yaml`.
    """

    original: str
    text: str
    suffix: str


@cache
def seeds():
    """One document for each path of the corpus, as JSON."""
    found = []
    for file in FILES:
        document = source.read(file).value
        for path in document.get("paths", {}):
            text = json.dumps(_part(document, path))
            if len(text) <= _MOST_SEED:
                found.append(text)
    return tuple(found)


def _part(document, path):
    """The document with one path only, and the components that it refers to."""
    part = {key: value for key, value in document.items() if key not in (*_COMPONENTS, "paths", "webhooks")}
    part["paths"] = {path: document["paths"][path]}
    if "securitySchemes" in document.get("components", {}):
        part["components"] = {"securitySchemes": document["components"]["securitySchemes"]}
    open_ends, seen = [part["paths"]], set()
    while open_ends:
        for reference in _references(open_ends.pop()):
            keys = reference.removeprefix("#/").split("/")
            if reference in seen or not reference.startswith("#/") or keys[0] not in _COMPONENTS:
                continue
            seen.add(reference)
            value, place = document, part
            for key in keys[:-1]:
                value, place = value.get(key, {}), place.setdefault(key, {})
            if keys[-1] in value:
                place[keys[-1]] = value[keys[-1]]
                open_ends.append(value[keys[-1]])
    return part


def _references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for held in value.values():
            yield from _references(held)
    elif isinstance(value, list):
        for held in value:
            yield from _references(held)


def _places(document):
    """Every place below the root: its container, its key and its JSON Pointer."""
    found, level = [], [(document, "#")]
    while level and len(found) < _MOST_NODES:
        below = []
        for value, pointer in level:
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for key, held in items:
                at = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
                found.append((value, key, at))
                if isinstance(held, dict | list):
                    below.append((held, at))
        level = below
    return found


def _edit(document, kind, place, which):
    """Change a document in one place."""
    places = _places(document)
    if not places:
        return
    container, key, _ = places[place % len(places)]
    held = container[key]
    other, at, pointer = places[which % len(places)]
    if kind == "delete":
        del container[key]
    elif kind == "replace":
        container[key] = copy.deepcopy(VALUES[which % len(VALUES)])
    elif kind == "set" and isinstance(held, dict):
        name = NAMES[which % len(NAMES)]
        held[name] = copy.deepcopy(VALUES[(which // len(NAMES) + place) % len(VALUES)])
    elif kind == "graft":
        container[key] = copy.deepcopy(other[at])
    elif kind == "rename" and isinstance(container, dict):
        renamed = {
            NAMES[which % len(NAMES)] if name == key else name: value for name, value in container.items()
        }
        container.clear()
        container.update(renamed)
    elif kind == "refer":
        container[key] = {"$ref": pointer}
    elif kind == "wrap":
        container[key] = ([held], {"allOf": [held, held]}, {"not": held}, {"items": held}, {"a": held})[
            which % 5
        ]
    elif kind == "swap":
        container[key], other[at] = copy.deepcopy(other[at]), copy.deepcopy(held)
    elif kind == "double" and isinstance(container, list):
        container.extend([held] * (1 + which % 40))


def _written(document, *, is_yaml):
    try:
        return (
            yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False) if is_yaml else json.dumps(document)
        )
    except (yaml.YAMLError, RecursionError, UnicodeError):
        return json.dumps(document)


_NUMBERS = st.integers(0, 2**16)
_EDITS = st.lists(st.tuples(st.sampled_from(KINDS), _NUMBERS, _NUMBERS), min_size=1, max_size=5)
_TEXT_EDITS = st.lists(
    st.tuples(_NUMBERS, st.integers(0, 40), st.sampled_from(PIECES)), min_size=1, max_size=2
)


@st.composite
def documents(draw):
    """A document of the corpus with some edits, most of them to its structure."""
    original = seeds()[draw(st.integers(0, len(seeds()) - 1))]
    is_yaml = draw(st.integers(0, 4)) == 4
    document = json.loads(original)
    is_text_only = draw(st.integers(0, 7)) == 7
    for kind, place, which in [] if is_text_only else draw(_EDITS):
        _edit(document, kind, place, which)
    text = _written(document, is_yaml=is_yaml)
    if is_text_only or draw(st.integers(0, 9)) == 9:
        for place, size, piece in draw(_TEXT_EDITS):
            start = place % (len(text) + 1)
            text = text[:start] + piece + text[start + size :]
    return Mutated(original, text, ".yaml" if is_yaml else ".json")
