"""Every command ends any document within bounds of time and memory, and without a traceback.

Each document that may be costly runs in a process of its own, whose CPU time and memory are measured; those
with odd names and texts share one. The bounds are generous: they tell exponential work from the rest, on a
busy machine too.
"""

import json
import sys

import pytest

from tests import processes
from tests.conftest import ROOT

MOST_SECONDS = 60  # of CPU time, for all commands together
MOST_MEGABYTES = 300
MANY = 30


def described(schema, schemas=None, **operation):
    content = {"application/json": {"schema": schema}}
    post = {
        "operationId": "send",
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "OK", "content": content}},
        **operation,
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hostile", "version": "1"},
        "paths": {"/a": {"post": post}},
        "components": {"schemas": schemas or {}},
    }


def chained(link):
    """A schema that leads to the same schemas in 2 to the 30 ways."""
    schemas = {"S0": {"type": "string"}}
    for number in range(1, MANY + 1):
        schemas[f"S{number}"] = link({"$ref": f"#/components/schemas/S{number - 1}"})
    return described({"$ref": f"#/components/schemas/S{MANY}"}, schemas)


def nested(depth):
    text = json.dumps(described({"type": "object", "default": "DEEP"}))
    return text.replace('"DEEP"', '{"a":' * depth + "1" + "}" * depth)


def calling(count):
    """Callbacks that lead to each other: each to the next one twice, and the last one to the first."""
    refs = [{"$ref": f"#/components/callbacks/C{number % count}"} for number in range(count + 1)]
    ok = {"responses": {"200": {"description": "OK"}}}
    callbacks = {
        f"C{number}": {"{$request.body#/u}": {"post": {"callbacks": {"a": ref, "b": ref}, **ok}}}
        for number, ref in enumerate(refs[1:])
    }
    document = described({"type": "string"}, callbacks={"a": refs[0]})
    document["components"]["callbacks"] = callbacks
    return document


HUGE = 10**400
LOOP = {"$ref": "#/components/schemas/Loop"}
DOCUMENTS = {
    "properties, twice each": chained(lambda ref: {"properties": {"a": ref, "b": ref}}),
    "required, twice each": chained(
        lambda ref: {"type": "object", "required": ["a", "b"], "properties": {"a": ref, "b": ref}}
    ),
    "allOf, twice each": chained(lambda ref: {"allOf": [ref, ref]}),
    "anyOf, twice each": chained(lambda ref: {"anyOf": [ref, {"minLength": 1, "allOf": [ref]}]}),
    "oneOf and not": chained(lambda ref: {"oneOf": [ref, {"not": ref}]}),
    "items of items": chained(lambda ref: {"type": "array", "minItems": 2, "items": ref}),
    "if that refers to itself": described({"if": LOOP}, {"Loop": {"if": LOOP, "then": LOOP}}),
    "not that refers to itself": described(LOOP, {"Loop": {"not": LOOP}}),
    "a ring of allOf": described(LOOP, {"Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}]}}),
    "nesting": nested(2_000),
    "nesting of schemas": nested(240),
    "huge bounds": described({"type": "integer", "minimum": HUGE, "maximum": HUGE + 1}),
    "huge sizes": described({"type": "object", "minProperties": 10**9, "maxProperties": 10**10}),
    "huge lengths": described({"type": "string", "minLength": 10**9}),
    "many items": described(
        {
            "type": "array",
            "items": {"type": "array", "items": {"type": "integer"}, "minItems": 9_999},
            "minItems": 9_999,
        }
    ),
    "many that are contained": described({"type": "array", "contains": {"const": 1}, "minContains": 10_001}),
    "a long tuple": described({"type": "array", "prefixItems": [{"type": "integer"}] * 2_000}),
    "words of words": described({"type": "string", "pattern": r"^(\\w+\\s?)+$".replace("\\\\", "\\")}),
    "repetitions of repetitions": described({"type": "string", "pattern": "^((((([ab]+)+)+)+)+)+$"}),
    "looks ahead": described({"type": "string", "pattern": "^(?=.*a)(?=.*b)(a?){30}(b?){30}$"}),
    "many named alternatives": described(
        {"oneOf": [{"$ref": f"#/components/schemas/S{number}"} for number in range(1_500)]},
        {
            f"S{number}": {"required": ["a"], "properties": {"a": {"const": number}, "b": {}}}
            for number in range(1_500)
        },
    ),
    "many alternatives": described({"oneOf": [{"const": number} for number in range(1_000)]}),
}
ODD = {
    "a path like an expression": {
        **described({}),
        "paths": {"/{a:.*}/(x+x+)+y/[": {"get": {"responses": {"200": {"description": "OK"}}}}},
    },
    "many parameters in a segment": {
        **described({}),
        "paths": {
            "/" + "".join(f"{{p{number}}}" for number in range(60)): {
                "get": {"responses": {"200": {"description": "OK"}}}
            }
        },
    },
    "references to nothing that can be": described({"$ref": "http://[::1/a"}, {"A": {"$ref": "a\0b"}}),
    "a media type of two lines": described(
        {},
        responses={"200": {"description": "OK", "content": {"application/json\r\nX-A: 1": {"schema": {}}}}},
    ),
    "names of headers": described(
        {},
        parameters=[{"name": "Rate Limit", "in": "header", "required": True, "schema": {"type": "string"}}],
        responses={
            "200": {"description": "OK", "headers": {"Rate Limit": {"required": True}, "X\r\nY": {}, "": {}}}
        },
    ),
    "server URLs": {
        **described({}),
        "servers": [
            {"url": url} for url in ("https://[tenant].x", "//[", "http://[v1.a]/", "http://x:99999999")
        ],
    },
    "paths without a slash": {
        **described({}),
        "paths": {
            path: {"get": {"responses": {"200": {"description": "OK"}}}}
            for path in ("a/{b}", "", "{x}", "?a", "*", "http://x/a")
        },
    },
    "functions of faker": described(
        {
            "type": "object",
            "required": ["a", "b", "c"],
            "properties": {
                "a": {"type": "string", "x-faker": "image"},
                "b": {"x-faker": "xml"},
                "c": {"type": "integer", "x-faker": {"seed_instance": [1]}},
            },
        },
        requestBody={"content": {}},
    ),
    "an example of many errors": described(
        {"anyOf": [{"items": {"minimum": number}} for number in range(50)], "examples": [[-1] * 10_000]}
    ),
    "a callback that calls back": calling(1),
    "callbacks, twice each": calling(300),
    "a status of one digit": described({}, responses={"9": {"description": "Odd"}}),
}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in /proc")
@pytest.mark.parametrize(
    "contents", [*([each] for each in DOCUMENTS.values()), [*ODD.values()]], ids=[*DOCUMENTS, "odd"]
)
def test_commands_end_within_bounds(tmp_path, contents):
    files = []
    for number, content in enumerate(contents):
        files.append(tmp_path / f"openapi-{number}.json")
        files[-1].write_text(content if isinstance(content, str) else json.dumps(content))
    done = processes.run(["tests.hostile", *files], cwd=ROOT, timeout=600)
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["seconds"] < MOST_SECONDS, printed
    assert printed["megabytes"] < MOST_MEGABYTES, printed
