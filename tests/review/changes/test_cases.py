"""Documents on which the comparison was once wrong; each row stands for its whole kind."""

import copy
import time

import pytest

from tests.review.changes.editing import changes
from tests.review.changes.graphs import REF

STRING, INTEGER, NO_CONTENT = {"type": "string"}, {"type": "integer"}, {"204": {"description": "Done."}}


def document(paths, schemas=None, version="3.0.3", **more):
    return {
        "openapi": version,
        "info": {"title": "Shop", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": schemas or {}},
        **more,
    }


def swagger(operation=None, **more):
    get = {"responses": NO_CONTENT, **(operation or {})}
    return {
        "swagger": "2.0",
        "info": {"title": "Shop", "version": "1"},
        "paths": {"/a": {"get": get}},
        **more,
    }


def sent(schema, schemas=None, media_type="application/json"):
    body = {"required": True, "content": {media_type: {"schema": schema}}}
    return document({"/a": {"post": {"requestBody": body, "responses": NO_CONTENT}}}, schemas)


def received(schema, schemas=None, media_type="application/json"):
    response = {"description": "Done.", "content": {media_type: {"schema": schema}}}
    return document({"/a": {"get": {"responses": {"200": response}}}}, schemas)


def parameter(schema, where="query"):
    path = "/a/{q}" if where == "path" else "/a"
    stated = {"name": "q", "in": where, "required": where == "path", "schema": schema}
    return document({path: {"get": {"parameters": [stated], "responses": NO_CONTENT}}})


def ref(name):
    return {"$ref": REF + name}


def objects(required=(), **properties):
    return {"type": "object", "required": list(required), "properties": properties}


def tagged(count, last):
    """Objects that a constant tells apart; the last one requires more or less."""
    members = {f"M{n}": objects(["kind"], kind={"enum": [f"k{n}"]}, v=STRING) for n in range(count)}
    members[f"M{count - 1}"]["required"] = last
    return sent(ref("Any"), {"Any": {"oneOf": [ref(name) for name in members]}, **members})


def chain(length, leaf, **shortcut):
    schemas = {f"N{n}": objects(next=ref(f"N{n + 1}")) for n in range(length)}
    schemas["N0"]["properties"] |= shortcut
    return received(ref("N0"), {**schemas, f"N{length}": objects(v=leaf)})


def lattice(layers, leaf):
    schemas = {f"N{n}": objects(left=ref(f"N{n + 1}"), right=ref(f"N{n + 1}")) for n in range(layers)}
    return received(ref("N0"), {**schemas, f"N{layers}": objects(v=leaf)})


def two_groups(leaf):
    groups = [{"anyOf": [objects([f"{g}{n}"], **{f"{g}{n}": STRING}) for n in range(9)]} for g in ("a", "b")]
    groups[1]["anyOf"][8]["properties"]["b8"] = leaf
    return sent({"type": "object", "allOf": groups})


def pets(cat, dog, discriminator=True):
    schemas = {
        "Pet": {"oneOf": [ref("Cat"), ref("Dog")]},
        "Cat": objects(["kind"], kind=STRING, lives=INTEGER),
        "Dog": objects(["kind"], kind=STRING, tail={"type": "boolean"}),
    }
    if discriminator:
        mapping = {"cat": cat, "dog": dog}
        schemas["Pet"]["discriminator"] = {"propertyName": "kind", "mapping": mapping}
    return sent(ref("Pet"), schemas)


def family(lives):
    parent = {**objects(["kind"], kind=STRING), "discriminator": {"propertyName": "kind"}}
    return received(ref("Pet"), {"Pet": parent, "Cat": {"allOf": [ref("Pet"), objects(lives=lives)]}})


def ring(name):
    schemas = {"A": objects(b=ref("B"), name=name), "B": objects(a=ref("A"))}
    value = received(ref("A"), schemas)
    value["paths"]["/b"] = copy.deepcopy(received(ref("B"))["paths"]["/a"])
    return value


def many(count, code):
    value = sent(objects(["code"], code={"type": "string", "pattern": code}))
    added = {f"d{n}": STRING for n in range(count)}
    value["paths"]["/0"] = received({**objects(**added), "additionalProperties": False})["paths"]["/a"]
    return value


def nullable(member):
    return received(objects(o=member), {"O": objects(a=STRING)})


def callback(kind):
    call = {"post": {"requestBody": sent(objects(n=kind))["paths"]["/a"]["post"]["requestBody"]}}
    call["post"]["responses"] = NO_CONTENT
    operation = {"responses": NO_CONTENT, "callbacks": {"event": {"{$request.body#/url}": call}}}
    return document({"/a": {"post": operation}})


def served(*urls, path="/items", **variables):
    servers = [{"url": url, "variables": {k: {"default": v} for k, v in variables.items()}} for url in urls]
    return document({path: {"get": {"operationId": "a", "responses": NO_CONTENT}}}, servers=servers)


def guarded(*names, used, scheme="bearer"):
    """An operation that needs one of several schemes that look alike."""
    get = {"security": [{used: []}], "responses": NO_CONTENT}
    value = document({"/a": {"get": get}})
    value["components"]["securitySchemes"] = {name: {"type": "http", "scheme": scheme} for name in names}
    return value


CSV = {"parameters": [{"name": "q", "in": "query", "type": "array", "items": STRING}]}
TSV = {"parameters": [{**CSV["parameters"][0], "collectionFormat": "tsv"}]}
FILE = {
    "produces": ["application/pdf"],
    "responses": {"200": {"description": "A.", "schema": {"type": "file"}}},
}


def text_of(where, **more):
    """A query parameter or a form field of Swagger 2.0."""
    return {"parameters": [{"name": "q", "in": where, "type": "string", **more}]}


def form_of(**more):
    value = swagger()
    operation = {**text_of("formData", **more), "responses": NO_CONTENT}
    value["paths"]["/a"] = {"post": operation}
    return value


def answered(**responses):
    """Responses with a text, and a header that is always there, sometimes there or not defined."""
    header = {"schema": STRING}
    text = {"description": "Done.", "content": {"text/plain": {"schema": STRING}}}
    made = {
        status: text if needed is None else {**text, "headers": {"X-Page": {**header, "required": needed}}}
        for status, needed in responses.items()
    }
    return document({"/a": {"get": {"responses": {status[1:]: value for status, value in made.items()}}}})


def parts(headers):
    """A form with a part that has headers."""
    value = sent(objects(file=STRING), media_type="multipart/form-data")
    body = value["paths"]["/a"]["post"]["requestBody"]["content"]["multipart/form-data"]
    body["encoding"] = {"file": {"contentType": "text/plain", "headers": headers}}
    return value


def listed_header(explode):
    value = parameter({"type": "array", "items": STRING}, "header")
    value["paths"]["/a"]["get"]["parameters"][0]["explode"] = explode
    return value


CODES = {"type": "string", "pattern": "^[0-9]+$"}


def chosen(*kinds, needs=()):
    """Objects that must have a kind."""
    return {"oneOf": [objects(["kind", *needs], kind={"const": kind}) for kind in kinds]}


TOLD_APART = {
    "type": "object",
    "properties": {"kind": STRING},
    "if": {"properties": {"kind": {"const": "card"}}, "required": ["kind"]},
    "then": {"properties": {"number": STRING}},
    "unevaluatedProperties": False,
}
KIND_ONLY = {"type": "object", "properties": {"kind": STRING}, "additionalProperties": False}
OPEN_MAP = {"type": "object", "patternProperties": {"^x-": True}, "additionalProperties": False}
TUPLE = {"type": "array", "prefixItems": [STRING], "items": INTEGER}
SHORT = {"maxLength": 9}
HTTP = {"host": "api.example.com", "schemes": ["https", "http"]}
PDF = "application/pdf"
BINARY = {**STRING, "format": "binary"}
VERSIONED = "application/vnd.acme+json; version={}"

# The documents before and after, the worst verdict, and words of the first change's reason.
ROWS = {
    "a chain of 45": (chain(45, STRING), chain(45, INTEGER), "breaking", "/next/v`"),
    "a chain of 145": (chain(145, STRING), chain(145, INTEGER), "breaking", "/next/v`"),
    "a chain of 1,500": (chain(1500, STRING), chain(1500, INTEGER), "breaking", "/next/v`"),
    "a short cut": (chain(45, STRING, s=ref("N39")), chain(45, INTEGER, s=ref("N39")), "breaking", "`/s/"),
    "70 alternatives": (tagged(70, ["kind"]), tagged(70, ["kind", "v"]), "breaking", "alternative `M69`"),
    "20 alternatives": (tagged(20, ["kind"]), tagged(20, ["kind", "v"]), "breaking", "alternative `M19`"),
    "two groups of nine": (two_groups(STRING), two_groups(INTEGER), "breaking", "`/b8`"),
    "a lattice": (lattice(20, STRING), lattice(20, INTEGER), "breaking", "/v`"),
    "a child by allOf": (family(INTEGER), family(STRING), "breaking", "`/lives`"),
    "targets swapped": (
        pets(REF + "Cat", REF + "Dog"),
        pets(REF + "Dog", REF + "Cat"),
        "breaking",
        "maps `cat` to `Dog`",
    ),
    "a target by its name": (pets(REF + "Cat", REF + "Dog"), pets("Cat", "Dog"), "", ""),
    "a discriminator removed": (
        pets("Cat", "Dog"),
        pets("Cat", "Dog", discriminator=False),
        "needs-review",
        "discriminator",
    ),
    "a type's version": (
        received(objects(), media_type=VERSIONED.format(1)),
        received(objects(), media_type=VERSIONED.format(2)),
        "breaking",
        "version=1",
    ),
    "another scheme like it": (guarded("a", used="a"), guarded("a", "b", used="a"), "", ""),
    "schemes renamed": (guarded("a", "b", used="b"), guarded("c", "d", used="d"), "", ""),
    "a scheme swapped for one like it": (
        guarded("a", "b", used="a"),
        guarded("a", "b", used="b"),
        "breaking",
        "requires b instead of a",
    ),
    "a scheme of another type": (
        guarded("a", used="a"),
        guarded("a", used="a", scheme="basic"),
        "breaking",
        "requires http basic instead of http bearer",
    ),
    "a scheme": (swagger(**HTTP), swagger(**{**HTTP, "schemes": ["https"]}), "needs-review", "http://api"),
    "tabs": (swagger(CSV), swagger(TSV), "breaking", "tsv"),
    "an empty value": (swagger(text_of("query")), swagger(text_of("query", allowEmptyValue=False)), "", ""),
    "an empty value, no longer stated": (
        swagger(text_of("query", allowEmptyValue=False, **SHORT)),
        swagger(text_of("query", **SHORT)),
        "",
        "",
    ),
    "an empty value of a form": (form_of(**SHORT), form_of(**SHORT, allowEmptyValue=False), "", ""),
    "an empty value beside a change": (
        form_of(maxLength=10),
        form_of(maxLength=9, allowEmptyValue=False),
        "breaking",
        "maxLength",
    ),
    "an empty value that was allowed": (
        swagger(text_of("query", allowEmptyValue=True)),
        swagger(text_of("query", allowEmptyValue=False)),
        "breaking",
        "may no longer be empty",
    ),
    "an empty value that could not be sent": (
        swagger(text_of("query")),
        swagger(text_of("query", minLength=1)),
        "needs-review",
        "minLength",
    ),
    "a shortest value": (
        swagger(text_of("query", allowEmptyValue=False)),
        swagger(text_of("query", minLength=2)),
        "breaking",
        "minLength",
    ),
    "a file": (swagger(FILE), received(BINARY, media_type=PDF), "", ""),
    "bytes": (received(STRING, media_type=PDF), received(BINARY, media_type=PDF), "", ""),
    "bytes without a schema": (received({}, media_type=PDF), received(BINARY, media_type=PDF), "", ""),
    "after many changes": (many(0, "^[A-Z]+$"), many(160, "^[a-z]+$"), "breaking", "pattern"),
    "null beside an enum": (
        nullable({**STRING, "enum": ["a"]}),
        nullable({**STRING, "enum": ["a"], "nullable": True}),
        "needs-review",
        "`nullable` next to an enum without null",
    ),
    "null without a type": (
        nullable({**ref("O"), "nullable": True}),
        nullable({"allOf": [ref("O")], "nullable": True}),
        "needs-review",
        "`nullable` without a type",
    ),
    "an empty segment": (
        parameter(STRING, "path"),
        parameter({**STRING, "minLength": 1}, "path"),
        "needs-review",
        "minLength",
    ),
    "an empty list": (
        parameter({"type": "array", "items": STRING}),
        parameter({"type": "array", "items": STRING, "minItems": 1}),
        "needs-review",
        "minItems",
    ),
    "a server's variable": (
        served("{base}", base="/v1"),
        served("/", path="/v1/items"),
        "needs-review",
        "instead of `{base}/items`",
    ),
    "a host's spelling": (
        served("https://API.example.com:443/v1"),
        served("https://api.example.com/v1"),
        "",
        "",
    ),
    "a property that is forbidden": (
        sent(objects(b=STRING)),
        sent(objects(a=False, b=STRING)),
        "breaking",
        "no longer allows the property `a`",
    ),
    "a property that matches nothing": (
        sent(objects(["b"], b=STRING)),
        sent(objects(["b"], a={"not": {}}, b=STRING)),
        "breaking",
        "no longer allows the property `a`",
    ),
    "a property that was forbidden": (
        received(objects(a=False)),
        received(objects()),
        "needs-review",
        "now allows the property `a`",
    ),
    "a list with a new value in place of a pattern": (
        sent(CODES),
        sent({"enum": ["10", "none"]}),
        "breaking",
        "is now limited to a list of values",
    ),
    "a list with a new value in place of a bound": (
        sent({"type": "integer", "minimum": 10}),
        sent({"type": "integer", "enum": [0, 10]}),
        "breaking",
        "is now limited to a list of values",
    ),
    "a pattern in place of a list": (
        received({"enum": ["10", "none"]}),
        received(CODES),
        "breaking",
        "is no longer limited to a list of values",
    ),
    "names that a closed object no longer takes": (
        sent(OPEN_MAP),
        sent({"type": "object", "additionalProperties": False}),
        "breaking",
        "allows no value instead of any value",
    ),
    "a header of a status that a range covers now": (
        answered(_200=True, _2XX=None),
        answered(_2XX=None),
        "breaking",
        "The header `X-Page` of the 200 response was removed",
    ),
    "a status without its range's header": (
        answered(_2XX=True),
        answered(_200=None, _2XX=True),
        "needs-review",
        "instead of `2XX`",
    ),
    "a header that a part must have": (
        parts({"X-Sum": {"schema": STRING}}),
        parts({"X-Sum": {"schema": STRING, "required": True}}),
        "needs-review",
        "different headers for `file`",
    ),
    "a part's header of another type": (
        parts({"X-Sum": {"schema": STRING}}),
        parts({"x-sum": {"schema": INTEGER}}),
        "breaking",
        "The header `x-sum` of the part `file`",
    ),
    "a list in a header, exploded": (listed_header(explode=False), listed_header(explode=True), "", ""),
    "items after a tuple that is gone": (
        received(TUPLE),
        received({"type": "array", "uniqueItems": True}),
        "breaking",
        "at `/0` allows any value instead of string",
    ),
    "other properties where one was defined": (
        received({**objects(a=STRING), "additionalProperties": STRING}),
        received({"type": "object", "propertyNames": {"pattern": "^[a-c]$"}}),
        "breaking",
        "at `/*` allows any value instead of string",
    ),
    "a property that only a condition defined": (
        sent(TOLD_APART),
        sent(KIND_ONLY),
        "breaking",
        "no longer allows additional properties",
    ),
    "a rest that is limited under a condition": (
        sent({**TOLD_APART, "unevaluatedProperties": INTEGER}),
        sent(TOLD_APART),
        "breaking",
        "`unevaluatedProperties` condition",
    ),
    "a rest that is no longer limited": (
        received(TOLD_APART),
        received({**TOLD_APART, "unevaluatedProperties": True}),
        "breaking",
        "no longer has the `unevaluatedProperties` condition",
    ),
    "items after a tuple that was full": (
        sent({**TUPLE, "items": False}),
        sent(TUPLE),
        "compatible",
        "no longer has maxItems 1",
    ),
    "a dependency in place of a list of objects": (
        sent({"enum": [{"iban": "DE1"}, {"card": "1"}]}),
        sent({"type": "object", "dependentRequired": {"iban": ["bic"]}}),
        "breaking",
        'no longer allows {"iban": "DE1"}',
    ),
    "a size in place of a list of lists": (
        sent({"enum": [[1], [1, 2, 3]]}),
        sent({"type": "array", "maxItems": 2}),
        "breaking",
        "no longer allows [1, 2, 3]",
    ),
    "an object in place of which there are two that need a kind": (
        sent(objects(note=STRING)),
        sent(chosen("card", "cash")),
        "breaking",
        "no longer has the alternative",
    ),
    "an object in place of alternatives": (
        received(chosen("card", "cash", needs=["total"])),
        received(objects()),
        "breaking",
        "has the new alternative",
    ),
    "a property that no alternative defines": (
        received(objects(total=INTEGER)),
        received({"type": "object", "anyOf": [{"required": ["total"]}, {"required": ["kind"]}]}),
        "breaking",
        "has the new alternative",
    ),
    "other names in place of an array": (
        received({"anyOf": [objects(["a"]), {"type": "array", "items": STRING}]}),
        received({**objects(a=STRING), "patternProperties": {"^a": {"minLength": 2}}}),
        "breaking",
        "no longer requires `a`",
    ),
    "a callback's body": (callback(INTEGER), callback(STRING), "breaking", "of the callback `POST event"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_case(name):
    before, after, verdict, words = ROWS[name]
    found = changes(before, after)
    if not verdict:
        assert found == []
    else:
        assert found[0].verdict.value == verdict
        assert words in found[0].reason


@pytest.mark.parametrize(
    ("at_tags", "words"),
    [
        ({"uniqueItems": True}, "now has uniqueItems true"),
        ({"default": ["x"]}, 'now has default ["x"]'),
        ({"minItems": 2, "maxItems": 5}, "now has minItems 2"),
        ({"items": {"type": "integer"}}, "at `/tags/*` allows integer instead of string"),
        ({"contains": {"const": "a"}}, "must now contain certain items"),
        ({"not": {"maxItems": 1}}, "has a new `not` condition"),
    ],
)
def test_the_words_for_a_change_of_a_schema(at_tags, words):
    def with_tags(**keywords):
        tags = {"type": "array", "items": {"type": "string"}, **keywords}
        return sent({"type": "object", "properties": {"tags": tags}})

    reasons = [change.reason for change in changes(with_tags(), with_tags(**at_tags))]
    assert any(words in reason for reason in reasons), reasons


def test_all_operations_of_a_ring_are_told():
    (change,) = changes(ring(STRING), ring(INTEGER))
    assert {change.operation, *change.also_in} == {"GET /a", "GET /b"}


def test_a_difference_in_a_lattice_is_told_once_and_soon():
    started = time.process_time()
    (change,) = changes(lattice(20, STRING), lattice(20, INTEGER))
    assert change.counterexample is not None
    assert time.process_time() - started < 1


def test_each_alternative_is_named_and_shown_by_a_value_of_its_own():
    def cards(*required):
        card, bank = objects([*required, "brand"], id=STRING, brand=STRING), objects(["iban"], id=STRING)
        bank["required"] += required
        return received({"oneOf": [ref("Card"), ref("Bank")]}, {"Card": card, "Bank": bank})

    found = changes(cards("id"), cards())
    assert [change.reason.partition(" in the alternative ")[2][:6] for change in found] == [
        "`Card`",
        "`Bank`",
    ]
    assert "brand" in found[0].counterexample.value
    assert "iban" in found[1].counterexample.value


def test_a_counterexample_holds_no_more_than_its_change_needs():
    closed = {"additionalProperties": False}
    before = sent({**objects(["id"], id=STRING, **{f"p{n}": STRING for n in range(12)}), **closed})
    found = changes(before, sent({**objects(["id"], id=STRING), **closed}))
    assert [set(change.counterexample.value) for change in found] == [{"id", f"p{n}"} for n in range(12)]
