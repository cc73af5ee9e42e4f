"""Spectral rulesets: what they select, what the functions report, and what is named as not supported.

The expected places are those of Spectral 6.16 for the same ruleset and document.
"""

import json
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from signoff.cli import main
from signoff.contract.errors import DataError, SourceError
from signoff.contract.source import Source
from signoff.reporting.model import Severity
from signoff.review.configuration import Configuration
from signoff.review.inspection import review_document
from signoff.review.rules import RULES
from signoff.review.spectral import UNSUPPORTED, paths, spectral_rules
from signoff.review.spectral import ruleset as rulesets
from signoff.review.spectral.tree import Tree

DOCUMENT = """
openapi: 3.0.3
info: {title: Shop, version: "1"}
tags: [{name: b}, {name: a}, {name: b}]
paths:
  /items:
    summary: All items
    get:
      operationId: listItems
      parameters:
        - {name: page_size, in: query, schema: {type: integer}}
        - {$ref: "#/components/parameters/Trace"}
      responses: {"200": {description: ok}, default: {description: failed}}
  /items/{id}:
    delete:
      operationId: delete_item
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: gone}}
components:
  parameters:
    Trace: {name: X-Trace, in: header, schema: {type: string}}
  schemas:
    Item:
      type: object
      properties:
        name: {type: string, enum: [a, 1]}
        parent: {$ref: "#/components/schemas/Item"}
        x-note: {type: string, example: text}
    Lonely: {type: string}
"""


def rule_of(given, then=None, **rest):
    return {"given": given, "then": then or {"function": "undefined"}, **rest}


def pattern(field=None, **options):
    return {"function": "pattern", "functionOptions": options, **({"field": field} if field else {})}


def reviewed(folder, ruleset, document=DOCUMENT, *, configuration=None, name="api.yaml"):
    """The findings of a ruleset's rules on a document."""
    file = folder / "ruleset.yaml"
    file.write_text(ruleset if isinstance(ruleset, str) else yaml.safe_dump(ruleset, sort_keys=False))
    source = Source(str(folder / name), str(folder / name), document.encode())
    with spectral_rules(str(file)) as loaded:
        own = {rule.id for rule in RULES.values() if rule.family == "spectral"}
        used = loaded.applied_to(configuration or Configuration())
        return [finding for finding in review_document(source, used).findings if finding.rule in own]


def places(findings):
    return sorted(at.pointer for finding in findings for at in (finding.location, *finding.also_at))


# What a path selects, by the places of the values.
PATHS = {
    "$": [""],
    "$.paths[*]": ["/paths/~1items", "/paths/~1items~1{id}"],
    "$.paths.*[get,put]": ["/paths/~1items/get"],
    "$.paths[*]['get','delete'].operationId": [
        "/paths/~1items/get/operationId",
        "/paths/~1items~1{id}/delete/operationId",
    ],
    "$..operationId": ["/paths/~1items/get/operationId", "/paths/~1items~1{id}/delete/operationId"],
    "$..[operationId,summary]": [
        "/paths/~1items/get/operationId",
        "/paths/~1items/summary",
        "/paths/~1items~1{id}/delete/operationId",
    ],
    "$..parameters[?(@.in=='query')]": ["/paths/~1items/get/parameters/0"],
    "$..parameters[?(@.in === 'header')]": ["/components/parameters/Trace"],  # behind a reference, once
    "$..parameters[?(@.in == 'query')]^": ["/paths/~1items/get/parameters"],
    "$..parameters[?(@.in == 'query')]^^": ["/paths/~1items/get"],
    "$.paths[*]~": ["/paths/~1items", "/paths/~1items~1{id}"],
    "$.paths[?(@property.match(/ID/i))]": ["/paths/~1items~1{id}"],
    "$.paths[?(!@property.match(/\\{/))]~": ["/paths/~1items"],
    "$.paths[*][?(@property === 'get' || @property == 'put')]": ["/paths/~1items/get"],
    "$.paths[*][*].parameters[?(@property === 0)].name": [
        "/paths/~1items/get/parameters/0/name",
        "/paths/~1items~1{id}/delete/parameters/0/name",
    ],
    "$.paths[*][*].parameters[?(@property === '0')]": [],
    "$.paths[*][*].parameters[?(@parent.operationId == 'delete_item')]": [
        "/paths/~1items~1{id}/delete/parameters/0"
    ],
    "$.paths[*][*].parameters[0:1].name": [
        "/paths/~1items/get/parameters/0/name",
        "/paths/~1items~1{id}/delete/parameters/0/name",
    ],
    "$.tags[-1:].name": ["/tags/2/name"],
    "$.tags[1]": ["/tags/1"],
    "$.paths.'/items'.get.'operationId'": ["/paths/~1items/get/operationId"],
    "$.paths[*][*].responses.204": ["/paths/~1items~1{id}/delete/responses/204"],
    "$.paths[*][*].responses[?(@property >= 201)]": ["/paths/~1items~1{id}/delete/responses/204"],
    "$.components.schemas..properties.x-note": ["/components/schemas/Item/properties/x-note"],
    "$..[?(@ && @.enum && @.type === 'string')]": ["/components/schemas/Item/properties/name"],
    "$..[?(@.example !== void 0)]": ["/components/schemas/Item/properties/x-note"],
    "$..[?(@object() && @.properties)]": ["/components/schemas/Item"],
    "$..[?(@.enum && @.enum.length > 1)]": ["/components/schemas/Item/properties/name"],
    "$..[?(@.enum && @.enum.constructor.name === \"Array\" && @.enum.includes('a'))]": [
        "/components/schemas/Item/properties/name"
    ],
    "$.paths[*][*][?( @property.startsWith('operation')\n && !(@ == 'listItems') )]": [
        "/paths/~1items~1{id}/delete/operationId"
    ],
    "$.paths[*][*].operationId[?(@)]": [],
    "$.components.schemas[?(/^L/.test(@property))]": ["/components/schemas/Lonely"],
    "$.components.schemas.[?(@.$ref)]": [],
    "$.paths.[*].description": [  # `.[*]` means `..[*]`
        "/paths/~1items/get/responses/200/description",
        "/paths/~1items/get/responses/default/description",
        "/paths/~1items~1{id}/delete/responses/204/description",
    ],
}


@pytest.mark.parametrize("path", PATHS)
def test_paths(path, tmp_path):
    assert places(reviewed(tmp_path, {"rules": {"selected": rule_of(path)}})) == PATHS[path]


@pytest.mark.parametrize(
    ("filter_", "keys"),
    [
        ("@.a == null", ["null", "missing"]),
        ("@.a === null", ["null"]),
        ("@.a === undefined", ["missing"]),
        ("@.a !== void 0", ["null", "zero", "text", "list"]),
        ("@.a", ["text", "list"]),
        ("!@.a", ["null", "zero", "missing"]),
        ("@.a == '0'", ["zero"]),
        ("@.a === '0'", []),
        ("@.a < 1", ["zero"]),
        ("@.a == 'x' && @.b || @.a == 0", ["zero", "text"]),
        ("@.a.b.c", []),  # an exception in JavaScript
        ("@['a'].length === 1", ["text", "list"]),
        ("(@.a || '').toUpperCase() == 'X'", ["text"]),
        ("@.a.indexOf('x') === -1", ["list"]),
        ("@parentProperty == 'x-data' && @.in", ["list"]),
    ],
)
def test_filters_compare_as_javascript_does(filter_, keys):
    held = {
        "null": {"a": None},
        "missing": {},
        "zero": {"a": 0},
        "text": {"a": "x", "b": True},
        "list": {"a": [1], "in": 1},
    }
    document = {"x-data": held}
    found = paths.parse(f"$.x-data[?({filter_})]").find(Tree(document, document))
    assert {node.key for node in found} == set(keys)


def test_references_in_a_circle_are_left_as_they_are():
    circle = {"A": {"$ref": "#/B"}, "B": {"$ref": "#/A"}, "C": {"$ref": "#/C"}}
    found = paths.parse("$..[?(@.$ref)]").find(Tree(circle, circle))
    assert {node.pointer for node in found} == {"/A", "/B", "/C"}


def test_references_are_kept_for_unresolved_rules(tmp_path):
    found = reviewed(tmp_path, {"rules": {"refs": rule_of("$..[?(@.$ref)]", resolved=False)}})
    assert places(found) == [
        "/components/schemas/Item/properties/parent",
        "/paths/~1items/get/parameters/1",
    ]


INFO, GET = "$.info", "$.paths[*].get"
SCHEMA = {"type": "object", "required": ["contact"], "properties": {"title": {"maxLength": 3}}}
FUNCTIONS = {
    "truthy": (rule_of(INFO, {"field": "contact.email", "function": "truthy"}), ["/info/contact/email"]),
    "truthy-ok": (rule_of(INFO, {"field": "title", "function": "truthy"}), []),
    "falsy": (rule_of(INFO, {"field": "title", "function": "falsy"}), ["/info/title"]),
    "falsy-empty-list": (rule_of("$", {"field": "tags[0]", "function": "falsy"}), ["/tags/0"]),
    "defined": (rule_of(INFO, {"field": "license", "function": "defined"}), ["/info/license"]),
    "undefined": (rule_of(INFO, {"field": "version", "function": "undefined"}), ["/info/version"]),
    "pattern": (rule_of(INFO, pattern("title", match="^shop$")), ["/info/title"]),
    "pattern-flags": (rule_of(INFO, pattern("title", match="/^shop$/i")), []),
    "pattern-not": (rule_of(INFO, pattern("title", notMatch="/o/g")), ["/info/title"]),
    "pattern-braces": (rule_of("$.paths", pattern("@key", match="^/[a-z]+(/{[^}]+})?$")), []),
    "pattern-key": (rule_of("$.paths", pattern("@key", notMatch="{id}$")), ["/paths/~1items~1{id}"]),
    "pattern-of-a-list": (rule_of("$.tags", pattern(match="^x")), []),
    "casing": (
        rule_of("$..operationId", {"function": "casing", "functionOptions": {"type": "camel"}}),
        ["/paths/~1items~1{id}/delete/operationId"],
    ),
    "casing-no-separator": (
        rule_of(
            "$..operationId",
            {"function": "casing", "functionOptions": {"type": "snake", "separator": {"char": ""}}},
        ),
        ["/paths/~1items/get/operationId"],
    ),
    "casing-separator": (
        rule_of(
            "$.paths",
            {
                "field": "@key",
                "function": "casing",
                "functionOptions": {"type": "flat", "separator": {"char": "/", "allowLeading": True}},
            },
        ),
        ["/paths/~1items~1{id}"],
    ),
    "length": (rule_of("$.tags", {"function": "length", "functionOptions": {"max": 2}}), ["/tags"]),
    "length-of-keys": (rule_of(INFO, {"function": "length", "functionOptions": {"min": 3}}), ["/info"]),
    "enumeration": (
        rule_of(
            "$..parameters[*].in",
            {"function": "enumeration", "functionOptions": {"values": ["path", "query"]}},
        ),
        ["/components/parameters/Trace/in"],
    ),
    "schema": (rule_of(INFO, {"function": "schema", "functionOptions": {"schema": SCHEMA}}), ["/info"]),
    "schema-all": (
        rule_of(INFO, {"function": "schema", "functionOptions": {"schema": SCHEMA, "allErrors": True}}),
        ["/info", "/info/title"],
    ),
    "schema-through-references": (
        rule_of(
            GET,
            {
                "field": "parameters",
                "function": "schema",
                "functionOptions": {"schema": {"items": {"required": ["name"]}}},
            },
        ),
        [],
    ),
    "alphabetical": (
        rule_of("$", {"field": "tags", "function": "alphabetical", "functionOptions": {"keyedBy": "name"}}),
        ["/tags"],
    ),
    "alphabetical-keys": (rule_of("$.components.schemas", {"function": "alphabetical"}), []),
    "or": (
        rule_of(INFO, {"function": "or", "functionOptions": {"properties": ["license", "contact"]}}),
        ["/info"],
    ),
    "xor": (
        rule_of(INFO, {"function": "xor", "functionOptions": {"properties": ["title", "version"]}}),
        ["/info"],
    ),
    "xor-one": (rule_of(INFO, {"function": "xor", "functionOptions": {"properties": ["title", "x"]}}), []),
    "typedEnum": (
        rule_of("$..[?(@ && @.enum && @.type)]", {"function": "typedEnum"}),
        ["/components/schemas/Item/properties/name/enum/1"],
    ),
    "unreferenced": (
        rule_of(
            "$.components.schemas",
            {
                "function": "unreferencedReusableObject",
                "functionOptions": {"reusableObjectsLocation": "#/components/schemas"},
            },
            resolved=False,
        ),
        ["/components/schemas/Lonely"],
    ),
    "several": (
        rule_of(INFO, [{"field": "title", "function": "falsy"}, {"field": "license", "function": "truthy"}]),
        ["/info/license", "/info/title"],
    ),
    "field-path": (
        rule_of("$", {"field": "$.paths[*].get.operationId", "function": "falsy"}),
        ["/paths/~1items/get/operationId"],
    ),
    "field-named-like-a-path": (
        rule_of("$.tags[0]", {"field": "$ref", "function": "truthy"}),
        ["/tags/0/$ref"],
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name, tmp_path):
    rule, expected = FUNCTIONS[name]
    assert places(reviewed(tmp_path, {"rules": {name: rule}})) == expected


def test_messages(tmp_path):
    message = "{{description}}|{{path}}|{{property}}|{{value}}|{{error}}|{{other}}"
    stated = rule_of(INFO, {"field": "title", "function": "falsy"}, message=message, description="No title")
    described = rule_of(INFO, {"field": "contact", "function": "truthy"}, description="Needs a contact")
    bare = rule_of(INFO, {"field": "license", "function": "truthy"})
    found = reviewed(tmp_path, {"rules": {"stated": stated, "described": described, "bare": bare}})
    assert {finding.rule: finding.message for finding in found} == {
        "stated": "No title|#/info/title|title|Shop|`title` must be falsy|",
        "described": "Needs a contact",
        "bare": "`license` must be truthy",
    }


@pytest.mark.parametrize(
    ("stated", "severity"),
    [
        ("error", Severity.ERROR),
        ("warn", Severity.WARNING),
        ("info", Severity.INFO),
        ("hint", Severity.INFO),
        (0, Severity.ERROR),
        (1, Severity.WARNING),
        (3, Severity.INFO),
        (None, Severity.WARNING),
        ("off", None),
    ],
)
def test_severities(stated, severity, tmp_path):
    rule = rule_of("$.info", **({} if stated is None else {"severity": stated}))
    found = reviewed(tmp_path, {"rules": {"one": rule}})
    assert [finding.severity for finding in found] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("formats", "version", "is_checked"),
    [
        (["oas3"], "3.0.3", True),
        (["oas3_0"], "3.0.3", True),
        (["oas3.0"], "3.0.3", True),
        (["oas3_1"], "3.0.3", False),
        (["oas3_1"], "3.1.0", True),
        (["oas2"], "3.1.0", False),
        (["asyncapi2"], "3.1.0", False),
    ],
)
@pytest.mark.parametrize("of_ruleset", [False, True])
def test_formats(formats, version, is_checked, of_ruleset, tmp_path):
    ruleset = {"rules": {"one": rule_of("$.info")}}
    (ruleset if of_ruleset else ruleset["rules"]["one"])["formats"] = formats
    found = reviewed(tmp_path, ruleset, DOCUMENT.replace("3.0.3", version))
    assert bool(found) is is_checked


def test_aliases(tmp_path):
    ruleset = {
        "aliases": {
            "Item": ["$.paths[*]"],
            "Operation": ["#Item[get,delete]"],
            "Parts": {
                "targets": [
                    {"formats": ["oas2"], "given": ["$.definitions[*]"]},
                    {"formats": ["oas3"], "given": ["$.components.schemas[*]"]},
                ]
            },
        },
        "rules": {"ids": rule_of("#Operation.operationId"), "parts": rule_of("#Parts.type")},
    }
    assert places(reviewed(tmp_path, ruleset)) == [
        "/components/schemas/Item/type",
        "/components/schemas/Lonely/type",
        "/paths/~1items/get/operationId",
        "/paths/~1items~1{id}/delete/operationId",
    ]


def test_extended_files(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "base.yaml").write_text(
        yaml.safe_dump(
            {
                "extends": "../ruleset.yaml",  # each other, which Spectral allows
                "aliases": {"Info": ["$.info"]},
                "rules": {
                    "a": rule_of("#Info.title", severity="error"),
                    "b": rule_of("#Info.version"),
                    "c": rule_of("#Info"),
                    "d": rule_of("$.tags", recommended=False),
                    "e": rule_of("$.paths", recommended=False),
                },
            }
        )
    )
    ruleset = {
        "extends": ["./parts/base.yaml"],
        "rules": {"a": "info", "b": "off", "c": {"severity": "error"}, "d": True, "own": rule_of("#Info")},
    }
    found = reviewed(tmp_path, ruleset)
    assert {(finding.rule, finding.severity.value) for finding in found} == {
        ("a", "info"),
        ("c", "error"),
        ("d", "warning"),
        ("own", "warning"),
    }
    found = reviewed(tmp_path, {"extends": [["./parts/base.yaml", "all"]]})
    assert {finding.rule for finding in found} == {"a", "b", "c", "d", "e"}
    found = reviewed(tmp_path, {"extends": [["./parts/base.yaml", "off"]], "rules": {"b": "warn"}})
    assert {finding.rule for finding in found} == {"b"}


def test_optional_rules_run_in_the_profile_all_or_by_name(tmp_path):
    ruleset = {"rules": {"rare": rule_of("$.info", recommended=False)}}
    assert not reviewed(tmp_path, ruleset)
    switched_on = Configuration(switched_on=frozenset(("rare",)))
    assert places(reviewed(tmp_path, ruleset, configuration=switched_on)) == ["/info"]


def test_overrides(tmp_path):
    ruleset = {
        "rules": {"title": rule_of("$.info.title"), "schemas": rule_of("$.components.schemas[*]")},
        "overrides": [
            {"files": ["legacy/**/*.yaml"], "rules": {"title": "off", "version": rule_of("$.info.version")}},
            {"files": ["*.{yml,yaml}"], "rules": {"title": "error"}},
            {"files": ["api.yaml#/components/schemas/Lonely"], "rules": {"schemas": "off"}},
            {"files": ["**#/components/schemas/Item"], "rules": {"schemas": "error"}},
        ],
    }

    def of(name):
        return {
            (finding.rule, at.pointer, finding.severity.value)
            for finding in reviewed(tmp_path, ruleset, name=name)
            for at in (finding.location, *finding.also_at)
        }

    item = ("schemas", "/components/schemas/Item", "error")
    assert of("api.yaml") == {("title", "/info/title", "error"), item}
    lonely = ("schemas", "/components/schemas/Lonely", "warning")
    assert of("other.txt") == {("title", "/info/title", "warning"), item, lonely}
    assert of("legacy/old/api.yaml") == {
        ("title", "/info/title", "error"),  # the last override that fits
        ("version", "/info/version", "warning"),
        item,
    }


UNREADABLE = {
    "the JavaScript function `mine`": {
        "functions": ["mine"],
        "rules": {"x": rule_of("$", {"function": "mine"})},
    },
    "the JavaScript function `pattern`": {
        "functions": ["pattern"],
        "rules": {"x": rule_of(INFO, pattern(match="a"))},
    },
    "the filter `(@.a ? 1 : 2)`": {"rules": {"x": rule_of("$[?(@.a ? 1 : 2)]")}},
    "`process` in the filter `(process.exit())`": {"rules": {"x": rule_of("$[?(process.exit())]")}},
    "`.replace()` in the filter `(@.a.replace('b'))`": {"rules": {"x": rule_of("$[?(@.a.replace('b'))]")}},
    "`__import__` in the filter `(__import__('os'))`": {"rules": {"x": rule_of("$[?(__import__('os'))]")}},
    "the path `$.a[`": {"rules": {"x": rule_of("$.a[")}},
    "the path `info`": {"rules": {"x": rule_of("info")}},
    "the regular expression `/(/`": {"rules": {"x": rule_of(INFO, pattern("title", match="("))}},
    "a schema that refers to another file": {
        "rules": {
            "x": rule_of(INFO, {"function": "schema", "functionOptions": {"schema": {"$ref": "./a.json"}}})
        }
    },
    "the format `oas9`": {"formats": ["oas9", "oas3"], "rules": {"x": rule_of("$.nothing")}},
    "no ruleset that can be read defines it": {"rules": {"x": "error"}},
    "`extends: https://example.org/r.yaml`, because URLs are not fetched; use a local copy": {
        "extends": ["https://example.org/r.yaml"]
    },
    "`extends: @team/rules`, an npm package; use a local copy": {"extends": "@team/rules"},
    "`extends: ./rules.js`, which is JavaScript": {"extends": ["./rules.js"]},
    "`extends: spectral:asyncapi`, which has no rules for OpenAPI": {"extends": "spectral:asyncapi"},
    "`parserOptions`": {"parserOptions": {"duplicateKeys": "warn"}, "rules": {}},
    "the key `except`": {"except": {}, "rules": {}},
    "the key `enabled`": {"rules": {"x": rule_of("$.nothing", enabled=True)}},
}


@pytest.mark.parametrize("reason", UNREADABLE)
def test_what_is_not_supported_is_named(reason, tmp_path):
    (finding,) = reviewed(tmp_path, UNREADABLE[reason])
    assert finding.rule == UNSUPPORTED
    assert finding.message.endswith(f": {reason}")
    assert ("Rule `x`" in finding.message) is ("x" in UNREADABLE[reason].get("rules", {}))
    assert finding.location.file == str(tmp_path / "ruleset.yaml")
    assert finding.location.line


def test_the_rest_of_a_rule_is_checked(tmp_path):
    then = [{"function": "mine"}, {"field": "title", "function": "falsy"}]
    found = reviewed(tmp_path, {"rules": {"x": rule_of(["$.info", "$[?(new X())]"], then)}})
    assert {(finding.rule, finding.message.partition(":")[0]) for finding in found} == {
        ("x", "`title` must be falsy"),
        (UNSUPPORTED, "Rule `x` not checked in part"),
    }


def test_rules_with_one_reason_are_one_finding(tmp_path):
    rules = {name: rule_of("$", {"function": "mine"}) for name in ("a", "b", "c")}
    (finding,) = reviewed(tmp_path, {"rules": rules})
    assert "Rules `a`, `b`, `c` not checked: the JavaScript function `mine`" in finding.message


INVALID = {
    "must be a mapping": "[1]",
    "`rules`, `extends` or `overrides` is missing": "openapi: 3.0.0",
    "`then` is missing": "rules: {x: {given: $}}",
    "`given` must be a JSONPath or a list of them": "rules: {x: {given: 5, then: {function: truthy}}}",
    "each `then` must have a `function`": "rules: {x: {given: $, then: {field: a}}}",
    "the severity must be": "rules: {x: {given: $, severity: fatal, then: {function: truthy}}}",
    "unknown alias `#Nope`": "rules: {x: {given: '#Nope', then: {function: truthy}}}",
    "the alias `#A` refers to itself": "{aliases: {A: '#A'}, rules: {x: {given: '#A', then: {function: a}}}}",
    "invalid `functionOptions` of `length`": "rules: {x: {given: $, then: {function: length}}}",
    "`extends` must name rulesets": "extends: [[spectral:oas, most]]",
    "does not exist": "extends: ./nothing.yaml",
    "must have `files`": "overrides: [{rules: {}}]",
    "characters that are not supported": "rules: {'a b': off}",
}


@pytest.mark.parametrize("message", INVALID)
def test_invalid_rulesets(message, tmp_path):
    with pytest.raises(DataError) as caught:
        reviewed(tmp_path, INVALID[message])
    assert message in str(caught.value)
    assert caught.value.location.file.startswith(str(tmp_path))
    assert caught.value.location.line


@pytest.mark.parametrize("name", ["https://example.org/r.yaml", "-", "rules.js", "missing.yaml"])
def test_a_ruleset_is_a_file_in_yaml_or_json(name):
    with pytest.raises(SourceError), spectral_rules(name):
        pass


# Untrusted rulesets and documents: bounded work, and each bound is reported.
def test_regular_expressions_are_bounded(tmp_path):
    document = DOCUMENT.replace("title: Shop", f"title: {'a' * 60}b")
    started = time.process_time()
    rules = {
        "lookahead": rule_of(INFO, pattern("title", match=r"^(?=(a|aa|a\1)+$)")),
        "filter": rule_of(r"$.info[?(@.match(/^(?=(a|aa|a\1)+$)/))]"),
    }
    found = reviewed(tmp_path, {"rules": rules}, document)
    assert time.process_time() - started < 20
    assert [finding.message.partition(":")[0] for finding in found if finding.rule == "lookahead"] == [
        "`lookahead` is not checked everywhere"
    ]


def test_shared_references_are_visited_once(tmp_path):
    schemas = {
        f"S{number}": {"properties": {key: {"$ref": f"#/components/schemas/S{number + 1}"} for key in "abc"}}
        for number in range(60)
    }
    schemas["S60"] = {"type": "string"}
    document = json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {},
            "components": {"schemas": schemas},
        }
    )
    ruleset = {
        "rules": {
            "deep": rule_of("$..properties..properties..type"),
            "whole": rule_of(
                "$.components.schemas.S0",
                {"function": "schema", "functionOptions": {"schema": {"type": "object"}}},
            ),
        }
    }
    found = reviewed(tmp_path, ruleset, document)
    assert places([finding for finding in found if finding.rule == "deep"]) == [
        "/components/schemas/S60/type"
    ]
    (whole,) = (finding for finding in found if finding.rule == "whole")
    assert "a value has more than 100,000 parts" in whole.message


def test_chains_of_references_are_bounded(tmp_path):
    schemas = {
        f"S{n}": {"properties": {"a": {"$ref": f"#/components/schemas/S{n + 1}"}}} for n in range(2000)
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "components": {"schemas": {**schemas, "S2000": {"type": "string"}}},
    }
    schema = {"function": "schema", "functionOptions": {"schema": {"type": "object"}}}
    rules = {"x": rule_of("$.components.schemas.S0", schema), "y": rule_of("$.components.schemas.S0..type")}
    found = reviewed(tmp_path, {"rules": rules}, json.dumps(document))
    assert {finding.rule: finding.location.pointer for finding in found} == {
        "x": "",
        "y": "/components/schemas/S2000/type",
    }
    assert "more than 200 levels" in next(finding.message for finding in found if finding.rule == "x")


def test_aliases_are_bounded(tmp_path):
    aliases = {f"A{n}": [f"#A{n + 1}.{key}" for key in "abc"] for n in range(20)} | {"A20": ["$"]}
    with pytest.raises(DataError, match="more than 500 paths"):
        reviewed(tmp_path, {"aliases": aliases, "rules": {"x": rule_of("#A0")}})


@pytest.mark.parametrize(
    "expression", ["(" * 900, "!" * 900, "(" * 400 + "@" + ")" * 400, "@.a" * 300, "@" * 900]
)
def test_filters_are_bounded(expression, tmp_path):
    (finding,) = reviewed(tmp_path, {"rules": {"x": rule_of(f"$[?({expression})]")}})[:1]
    assert finding.rule == UNSUPPORTED


# `spectral:oas`
OAS = yaml.safe_load((Path(rulesets.__file__).with_name("oas.yaml")).read_text())["rules"]
COUNTERPARTS = {name: rule["x-signoff-rule"] for name, rule in OAS.items() if "x-signoff-rule" in rule}


def test_counterparts_are_rules():
    assert {name for name in COUNTERPARTS.values() if name} <= set(RULES)


def test_the_guide_lists_each_rule_of_spectral_oas():
    guide = (Path(__file__).parents[2] / "docs" / "review.md").read_text()
    for name, counterpart in COUNTERPARTS.items():
        assert (f"| `{name}` | `{counterpart}` |" if counterpart else f"`{name}`") in guide, name


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, "on"),
        ({"oas3-unused-component": "off", "oas2-unused-definition": "off"}, None),
        ({"oas3-unused-component": "off"}, "on"),
        ({"oas3-unused-component": "error"}, Severity.ERROR),
    ],
)
def test_counterparts_follow_the_ruleset(rules, expected, tmp_path):
    file = tmp_path / "ruleset.yaml"
    file.write_text(yaml.safe_dump({"extends": "spectral:oas", "rules": rules}))
    with spectral_rules(str(file)) as loaded:
        used = loaded.applied_to(Configuration())
        own = loaded.applied_to(Configuration(rules={"unused-component": Severity.INFO}))
    found = "on" if "unused-component" in used.switched_on else used.rules["unused-component"]
    assert found == expected
    assert own.rules["unused-component"] is Severity.INFO  # the configuration takes precedence


def test_spectral_oas(tmp_path):
    found = reviewed(tmp_path, {"extends": "spectral:oas"})
    assert {finding.rule for finding in found} == {
        "oas3-api-servers",
        "openapi-tags-uniqueness",
        "operation-description",
        "operation-tags",
    }
    found = reviewed(tmp_path, {"extends": [["spectral:oas", "off"]], "rules": {"operation-tags": "error"}})
    assert {(finding.rule, finding.severity) for finding in found} == {("operation-tags", Severity.ERROR)}


def test_a_rule_of_the_ruleset_replaces_one_of_spectral_oas(tmp_path):
    ruleset = {"extends": "spectral:oas", "rules": {"info-contact": rule_of("$.info.title")}}
    assert "/info/title" in places(reviewed(tmp_path, ruleset))


# The command
@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("api.yaml").write_text(DOCUMENT)
    Path("rules.yaml").write_text(
        yaml.safe_dump(
            {
                "documentationUrl": "https://example.org/rules",
                "rules": {
                    "no-title": rule_of(INFO, {"field": "title", "function": "falsy"}, severity="error"),
                    "missing-example": rule_of("$.tags", description="One | two\nthree"),  # an id of Signoff
                },
            }
        )
    )
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, ["review", *arguments], catch_exceptions=False)


def test_rules_of_a_ruleset_behave_like_other_rules(project):
    result = run("api.yaml", "--ruleset", "rules.yaml", "--report", "sarif=report.sarif")
    assert result.exit_code == 1
    assert "no-title" in result.output
    run_log = json.loads((project / "report.sarif").read_text())["runs"][0]
    assert {"no-title", "spectral-missing-example"} <= {
        rule["id"] for rule in run_log["tool"]["driver"]["rules"]
    }
    assert "no-title" in {found["ruleId"] for found in run_log["results"]}
    listed = run("--ruleset", "rules.yaml", "--list-rules").output
    assert "| `no-title` | error |" in listed
    assert "| `spectral-missing-example` | warning | One \\| two three |" in listed
    assert run("api.yaml", "--ruleset", "rules.yaml", "--fail-on", "never").exit_code == 0
    assert "no-title" not in RULES


def test_configuration(project):
    (project / "signoff.toml").write_text(
        'ruleset = "rules.yaml"\n[review]\nrules = {no-title = "warning"}\n'
        '[[review.suppressions]]\nrule = "spectral-missing-example"\npointer = "/tags"\nreason = "Known"\n'
    )
    result = run("api.yaml")
    assert "no-title" in result.output
    assert "spectral-missing-example  api.yaml:4:1: One | two three\n    accepted  Known" in result.output
    assert "warning  api.yaml:3:8  no-title" in result.output


def test_errors_of_the_ruleset_are_errors_of_use(project):
    (project / "rules.yaml").write_text("rules: {x: {given: $}}")
    result = run("api.yaml", "--ruleset", "rules.yaml")
    assert result.exit_code == 2
    assert "rules.yaml:1:9: rule `x`: `then` is missing" in result.output
