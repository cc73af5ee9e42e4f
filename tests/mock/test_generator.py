"""Generated values satisfy their schemas."""

import time

import faker
import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings

import signoff
from signoff.contract import Direction
from signoff.contract.bundle import Bundle
from signoff.contract.schemas import SchemaSet
from signoff.generate import CannotGenerateError, Generator
from tests.conftest import DOCUMENTS, ROOT
from tests.mock.satisfiable_schemas import SATISFIABLE

TREE = {
    "type": "object",
    "required": ["name", "children"],
    "properties": {
        "name": {"type": "string"},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        "parent": {"$ref": "#/components/schemas/Tree"},
    },
}


def schema_of(raw, **others):
    """A generator, and the schema as it stands in a document beside `others`."""
    value = {"openapi": "3.1.0", "components": {"schemas": {"it": raw, "Tree": TREE, **others}}}
    schemas = SchemaSet(Bundle(value, ()))
    return Generator(schemas, 3), schemas.add("/components/schemas/it", raw)


def made(raw, key="x", direction=Direction.RESPONSE, **others):
    generator, schema = schema_of(raw, **others)
    value = generator.generate(schema, direction, key)
    assert schema.violations(value, direction) == []
    return value


def test_whatever_can_be_satisfied_is():
    """Every value that is made is valid; whether any exists is a hard question, rarely given up on."""
    given_up = []

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(drawn=SATISFIABLE)
    def check(drawn):
        witness, raw = drawn
        generator, schema = schema_of(raw)
        assume(schema.is_valid(witness, Direction.RESPONSE))
        try:
            value = generator.generate(schema, Direction.RESPONSE, "key")
        except CannotGenerateError:
            given_up.append(raw)
            return
        assert schema.violations(value, Direction.RESPONSE) == []
        assert generator.generate(schema, Direction.RESPONSE, "key") == value

    check()
    assert len(given_up) <= 3, given_up  # one in a thousand is usual


def test_recursive_schemas_end():
    assert made({"$ref": "#/components/schemas/Tree"})["name"]


def test_all_parts_of_all_of_are_satisfied():
    raw = {
        "allOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 3}}},
            {"required": ["b"], "properties": {"b": {"type": "string"}, "a": {"maximum": 3}}},
        ]
    }
    assert made(raw)["a"] == 3


def test_write_only_members_are_not_answered():
    raw = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "p": {"type": "string", "writeOnly": True}},
    }
    assert set(made(raw)) == {"a"}


@pytest.mark.parametrize(
    "raw", [{"not": {}}, {"type": "string", "minLength": 3, "maxLength": 2}, {"enum": []}]
)
def test_what_admits_nothing_says_so(raw):
    generator, schema = schema_of(raw)
    with pytest.raises(CannotGenerateError):
        generator.generate(schema, Direction.RESPONSE, "x")


def test_the_message_about_endless_recursion_names_each_property_once():
    child = {"required": ["parent", "name"], "properties": {"parent": {"$ref": "#/components/schemas/it"}}}
    raw = {"required": ["child"], "properties": {"child": {**child, "type": "object"}}, "type": "object"}
    generator, schema = schema_of(raw)
    with pytest.raises(CannotGenerateError) as caught:
        generator.generate(schema, Direction.RESPONSE, "x")
    assert str(caught.value).count("parent: ") == 1


CAT = {
    "allOf": [
        {"$ref": "#/components/schemas/Pet"},
        {"type": "object", "required": ["lives"], "properties": {"lives": {"type": "integer", "const": 9}}},
    ]
}
PET = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string"}},
    "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
}


def test_a_discriminator_names_the_schema_by_its_mapping():
    assert made({"$ref": "#/components/schemas/Cat"}, Pet=PET, Cat=CAT) == {"kind": "cat", "lives": 9}


@pytest.mark.parametrize("kind", [{"type": "array", "items": {}}, {"enum": ["dog"]}, {"type": "integer"}])
def test_a_discriminator_whose_property_cannot_be_the_name_is_ignored(kind):
    pet = {**PET, "properties": {"kind": kind}}
    assert made({"$ref": "#/components/schemas/Cat"}, Pet=pet, Cat=CAT)["kind"] != "cat"


def test_a_discriminator_without_mapping_names_the_schema():
    branches = {name: {"type": "object", "properties": {"kind": {"type": "string"}}} for name in ("A", "B")}
    raw = {
        "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B", "required": ["b"]}],
        "discriminator": {"propertyName": "kind"},
    }
    branches["B"]["properties"]["b"] = {"const": 1}
    branches["A"]["not"] = {"required": ["b"]}
    for key in "stuvwxyz":
        value = made(raw, key, **branches)
        assert value["kind"] == ("B" if "b" in value else "A")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"type": "string", "example": 3, "enum": ["a"]}, "a"),
        ({"type": "integer", "default": "none", "minimum": 7, "maximum": 7}, 7),
        ({"type": "string", "examples": [None, "told"]}, "told"),
    ],
)
def test_examples_that_break_their_schema_are_passed_over(raw, expected):
    assert made(raw) == expected


def test_equal_schemas_are_given_equal_values():
    raw = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}
    assert made(raw, "k") == made(dict(raw), "k")
    assert made(raw, "k") != made(raw, "l")


@pytest.mark.parametrize(
    "size",
    [
        {"type": "string", "minLength": 10**9},
        {"type": "array", "minItems": 10**9},
        {"type": "object", "minProperties": 10**9},
    ],
)
def test_sizes_beyond_reason_are_refused(size):
    generator, schema = schema_of(size)
    with pytest.raises(CannotGenerateError):
        generator.generate(schema, Direction.RESPONSE, "x")


def test_wide_recursive_schemas_stay_small():
    wide = {f"p{number}": {"$ref": "#/components/schemas/Wide"} for number in range(40)}
    value = made({"$ref": "#/components/schemas/Wide"}, Wide={"type": "object", "properties": wide})
    assert len(str(value)) < 20_000


def test_members_of_a_request_leave_read_only_ones_out():
    raw = {"type": "object", "required": ["id"], "properties": {"id": {"readOnly": True}, "a": {"const": 1}}}
    assert made(raw, direction=Direction.REQUEST) == {"a": 1}


def test_sums_counts_people_and_places_agree():
    line = {"quantity": {"type": "integer"}, "price": {"type": "number"}, "total": {"type": "number"}}
    person = {name: {"type": "string"} for name in ("first_name", "last_name", "name", "city", "country")}
    raw = {
        "properties": {
            "total": {"type": "number"},
            "count": {"type": "integer"},
            "lines": {"type": "array", "items": {"type": "object", "properties": line, "required": [*line]}},
            "customer": {"type": "object", "properties": person, "required": [*person]},
        },
        "type": "object",
        "required": ["total", "count", "lines", "customer"],
    }
    for key in "abcdefgh":
        order = made(raw, key)
        assert order["count"] == len(order["lines"])
        assert order["total"] == pytest.approx(sum(line["total"] for line in order["lines"]))
        assert all(
            line["total"] == pytest.approx(line["quantity"] * line["price"]) for line in order["lines"]
        )
        customer = order["customer"]
        assert customer["name"] == f"{customer['first_name']} {customer['last_name']}"
        assert customer["country"] == "United States"


def test_what_agrees_does_not_break_its_schema():
    raw = {
        "type": "object",
        "properties": {
            "count": {"type": "integer", "minimum": 40},
            "items": {"type": "array", "minItems": 1},
        },
        "required": ["count", "items"],
    }
    assert made(raw)["count"] >= 40


def test_one_of_over_optional_members_is_told_apart():
    branches = [{"type": "object", "properties": {name: {"type": "string"}}} for name in "abc"]
    assert set(made({"oneOf": branches})) >= {"a", "b", "c"}


def test_one_of_over_composed_branches_is_told_apart():
    base = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
    mail = {"properties": {"subject": {"type": "string"}, "sent": {"type": "boolean"}}}
    call = {"properties": {"seconds": {"type": "integer"}, "note": {"type": "string"}}}
    branches = [{"allOf": [{"$ref": "#/components/schemas/Base"}, own]} for own in (mail, call)]
    assert made({"oneOf": branches}, Base=base)["kind"]


def test_one_of_several_required_members_is_there():
    """The optional members would satisfy each branch."""
    names = ["iban", "card", "paypal", "voucher"]
    filler = {f"field{number}": {"type": "string"} for number in range(40)}
    raw = {
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in names},
            "payer": {"$ref": "#/components/schemas/P"},
        },
        "oneOf": [{"required": [name]} for name in names],
    }
    payer = {"properties": filler, "oneOf": [{"required": ["field1", "field2"]}, {"required": ["field3"]}]}
    generator, schema = schema_of({"type": "array", "items": raw, "minItems": 2}, P=payer)
    started = time.process_time()
    items = generator.generate(schema, Direction.RESPONSE, "key")
    assert time.process_time() - started < 5
    assert schema.violations(items, Direction.RESPONSE) == []
    assert all(len(set(item) & set(names)) == 1 for item in items)
    assert all(len(item["payer"]) > 30 for item in items)


def test_a_value_does_not_depend_on_those_made_before():
    """Also where the first attempt fails, after which the attempts follow from the schema alone."""
    leaves = [{"properties": {f"m{number}": {"type": "string"}}, "type": "object"} for number in range(9)]
    raw = {"type": "array", "minItems": 3, "items": {"oneOf": leaves[:2]}, "contains": {"oneOf": leaves}}
    keys = [f"key{number}" for number in range(6)]
    generator, schema = schema_of(raw)
    forth = {key: attempted(generator, schema, key) for key in keys}
    generator, schema = schema_of(raw)
    back = {key: attempted(generator, schema, key) for key in reversed(keys)}
    assert forth == back


def test_what_fails_for_one_key_is_not_tried_again_at_length():
    members = {f"m{number}": {"type": "array", "items": {"type": "string"}} for number in range(90)}
    raw = {"type": "object", "properties": members, "minProperties": 60, "not": {"minProperties": 1}}
    generator, schema = schema_of(raw)
    started = time.process_time()
    assert "condition" in attempted(generator, schema, "first")
    first = time.process_time() - started
    for number in range(4):
        assert "condition" in attempted(generator, schema, f"key{number}")
    assert time.process_time() - started - first < first * 2


def attempted(generator, schema, key):
    try:
        return generator.generate(schema, Direction.RESPONSE, key)
    except CannotGenerateError as error:
        return str(error)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[\p{Alnum}_]+:[\p{Alpha}]*$",
        r"^[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]+$",
        r"^[\P{M}\p{M}]+$",
        r"^[^\p{C}]{3,}$",
        r"^\p{Lu}\p{Punct}\p{Space}\P{C}$",
    ],
)
def test_classes_of_unicode_are_known_by_the_names_of_other_dialects(pattern):
    assert made({"type": "string", "pattern": pattern})


def test_what_one_part_has_a_pattern_for_is_additional_to_another():
    raw = {
        "type": "object",
        "additionalProperties": {"type": "boolean"},
        "allOf": [{"patternProperties": {"^id$": {}}, "required": ["id"], "minProperties": 2}],
    }
    assert isinstance(made(raw)["id"], bool)


@pytest.mark.parametrize(
    ("pattern", "limits"),
    [
        ("^[^/]*$", {"maxLength": 0}),
        (r"^\(+x$", {"minLength": 4}),
        (r"^a+\\$", {"minLength": 3, "maxLength": 9}),
    ],
)
def test_repetitions_in_a_pattern_are_as_long_as_wanted(pattern, limits):
    text = made({"type": "string", "pattern": pattern, **limits})
    assert limits.get("minLength", 0) <= len(text) <= limits.get("maxLength", 99)


@pytest.mark.parametrize(
    ("form", "patterns"),
    [
        ("date", ["^1999-"]),
        ("date", ["-31$"]),
        ("date-time", [r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"]),
        ("date-time", [r"-0[3-8]:00$"]),
        ("date-time", [r"^20[0-9]{2}-0[1-9]-[0-2][1-8]T"]),
        ("time", [r"^1[0-5]:[0-5]\d:[0-5]\dZ$"]),
        ("email", ["@shop\\.example$"]),
        ("email", ["^sales\\."]),
        ("uri", [r"^https://img\.example/.+\.(png|jpe?g)$"]),
        ("uri", ["^ftp://"]),
        ("uri", ["/v2/", "^https://"]),
        ("hostname", [r"^api-[a-z]+\."]),
        ("ipv4", [r"^172\.16\."]),
        ("ipv6", ["^fe80::"]),
        ("uuid", ["^0{8}-"]),
        ("uuid", [r"^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"]),
    ],
)
@pytest.mark.parametrize("key", ["x", "y"])
def test_a_format_and_patterns_hold_together(form, patterns, key):
    parts = [{"pattern": pattern} for pattern in patterns]
    made({"type": "string", "format": form, "allOf": parts}, key=key)


@pytest.mark.parametrize(
    ("patterns", "bounds"),
    [
        (["[a-z]", "[0-9]", "[A-Z]"], {"minLength": 8, "maxLength": 8}),
        (["[a-z]", "[0-9]", "[A-Z]", "[!#$%]"], {"minLength": 12}),
        (["^[A-Z]", "[0-9]{2}$", "x"], {}),
        (["^ID-", "-[0-9]+$"], {"minLength": 10}),
        (["^.{6}$", "[0-9]"], {}),
    ],
)
def test_several_patterns_hold_together(patterns, bounds):
    made({"type": "string", "allOf": [{"pattern": pattern} for pattern in patterns], **bounds})


@pytest.mark.parametrize("key", ["1", "2", "3", "4", "5"])
def test_an_optional_member_with_a_format_and_a_pattern_is_made(key):
    moment = {"type": "string", "format": "date-time", "pattern": r"\.\d{3}Z$"}
    value = made({"type": "object", "properties": {"changed": moment}}, key=key)
    assert "changed" in value


def test_impossible_formats_and_patterns_are_given_up():
    with pytest.raises(CannotGenerateError):
        made({"type": "string", "format": "date", "pattern": "^x"})


@pytest.mark.parametrize(
    "hint", ["image", "xml", "binary", "zip", "tar", "nothing.like.it", "json_bytes", "seed"]
)
def test_a_hint_that_faker_cannot_follow_is_passed_over(hint):
    assert isinstance(made({"type": "string", "x-faker": hint}), str)


def test_items_beyond_a_tuple_are_those_of_additional_items(tmp_path):
    schema = {
        "type": "array",
        "minItems": 4,
        "items": [{"const": "first"}],
        "additionalItems": {"const": "other"},
    }
    responses = {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": responses}}},
    }
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump(document))
    contract = signoff.load(file, strict=False)
    found = contract.operations[0].responses[0].content[0].schema
    value = Generator(contract.schemas, 1).generate(found, Direction.RESPONSE, "x")
    assert value[:4] == ["first", "other", "other", "other"]
    assert not found.is_valid(["first", 2, 3, 4], Direction.RESPONSE)


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "integer", "minimum": 10**400},
        {"type": "number", "minimum": 10**400},
        {"type": "number", "minimum": 1, "maximum": 10**400},
        {"allOf": [{"type": "integer", "multipleOf": 10**320}, {"multipleOf": 0.3, "minimum": 1}]},
    ],
)
def test_bounds_beyond_floating_point_numbers(raw):
    made(raw)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(\w+\s?)+$",
        r"^(([a-z]+-?)*\.?)*[a-z]$",
        r"^(((((a+)+)+)+)+)+b$",
        r"^((([a-z]{2,}){2,}){2,}){2,}$",
        r"^(?=(a+)+$)a+$",
    ],
)
def test_nested_repetitions_end(pattern):
    """Python's own `re` takes exponential time for some of these, and their long texts fill the memory."""
    assert len(made({"type": "string", "pattern": pattern})) <= 100_000


def test_property_names_of_nested_repetitions_end():
    raw = {
        "type": "object",
        "patternProperties": {r"^(\w+\s?)+$": {"type": "integer"}},
        "additionalProperties": False,
        "minProperties": 1,
        "not": {"required": ["another-name-that-is-long-enough-to-hang-a-search!"]},
    }
    assert all(isinstance(value, int) for value in made(raw).values())


def test_shortcuts_give_what_the_walk_would(monkeypatch):
    """Texts and numbers by name, format, example and bounds, in objects and lists, at all attempts."""

    def values(key):
        contract = signoff.load(ROOT / "tests" / "mock" / "shop.yaml")
        museum = signoff.load(DOCUMENTS / "museum.yaml")
        return [
            Generator(each.schemas, 3).generate(schema, Direction.RESPONSE, key, name="pet", varied=varied)
            for each in (contract, museum)
            for varied in (False, True)
            for operation in each.operations
            for response in operation.responses
            for offer in response.content
            if (schema := offer.schema) is not None and offer.name != "image/png"
        ]

    usual = {key: values(key) for key in "abc"}
    monkeypatch.setattr("signoff.generate.shortcuts.Shortcuts.of", lambda *_: None)
    assert {key: values(key) for key in "abc"} == usual


def test_a_value_asks_faker_only_for_what_it_shows(monkeypatch):
    asked = 0
    seed_instance = faker.Generator.seed_instance

    def counted(self, seed=None):
        nonlocal asked
        asked += 1
        return seed_instance(self, seed)

    monkeypatch.setattr(faker.Generator, "seed_instance", counted)
    members = {
        "id": {"type": "string", "format": "uuid", "example": "3be6453c-03eb-4357-ae5a-984a0e574a54"},
        "name": {"type": "string", "example": "Ann"},
        "description": {"type": "string", "example": "Some text."},
        "days": {"type": "array", "items": {"type": "string", "format": "date"}, "minItems": 3},
        "price": {"type": "number", "format": "float", "example": 25},
        "summary": {"type": "string", "maxLength": 4000, "example": "Short."},
    }
    generator, schema = schema_of({"type": "object", "required": list(members), "properties": members})
    for key in "abcdefgh":
        asked = 0
        made = generator.generate(schema, Direction.RESPONSE, key, varied=True)
        assert made.keys() == members.keys()
        assert asked == 4  # the name, the description, the price and the summary
