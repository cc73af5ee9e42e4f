"""Changes of one cause are one entry of a report; its JSON has every place."""

import json
from dataclasses import replace

import click
import pytest

from signoff.reporting.formats import html, markdown, terminal
from signoff.review.cause import causes
from signoff.review.report import changelog, render_json
from tests.review.changes.editing import changes
from tests.review.changes.test_cases import INTEGER, STRING, document, objects, received, ref, sent
from tests.review.report.outcomes import SAME, reported

NAMES = [f"field_{number}" for number in range(31)]
CLOSED = {"additionalProperties": False}


def card(names, **more):
    return {**objects(["id"], id=STRING, **dict.fromkeys(names, STRING)), **more}


def served(count, schemas):
    """Operations that all return the same component."""
    operation = received(ref("Card"))["paths"]["/a"]
    return document({f"/{number}": operation for number in range(count)}, schemas)


def report(before, after):
    return reported(replace(SAME, changes=tuple(changes(before, after))))


MANY = report(served(12, {"Card": card(NAMES)}), served(12, {"Card": card([])}))


def test_many_removed_properties_are_one_entry():
    (item,) = MANY.items
    assert item.message == (
        "31 properties removed from `Card` (12 operations):"
        " they were optional, but clients that read them no longer get them."
    )
    assert item.parts == tuple(f"`{name}`" for name in NAMES)
    assert item.subject == "GET /0 and 11 others"
    assert len(item.also_in) == 11
    assert "1 needs review (31 places) in 12 operations" in MANY.summary


def test_the_terminal_shows_the_first_names():
    text = click.unstyle(terminal.render(MANY))
    assert "`field_0`, `field_1`, `field_2`, `field_3`, `field_4`, … and 26 more" in text
    assert "field_5`" not in text


@pytest.mark.parametrize("render", [html.render, markdown.render, changelog])
def test_other_formats_list_them_all(render):
    text = render(MANY)
    assert all(name in text for name in NAMES)
    assert text.count("31 properties removed from") == 1


def test_the_json_has_every_place_and_the_cause_of_each():
    content = json.loads(render_json(MANY))
    assert [change["before"]["pointer"].rpartition("/")[2] for change in content["changes"]] == NAMES
    (cause,) = content["causes"]
    assert cause["changes"] == [change["fingerprint"] for change in content["changes"]]
    assert len(cause["operations"]) == 12


def test_each_direction_has_its_own_entry():
    def both(schemas):
        value = served(1, schemas)
        value["paths"]["/sent"] = sent(ref("Card"))["paths"]["/a"]
        return value

    found = causes(changes(both({"Card": card("abc")}), both({"Card": card("c")})))
    assert {(cause.id, cause.labels) for cause in found} == {
        ("request-property-removed", ("`a`", "`b`")),
        ("response-property-removed", ("`a`", "`b`")),
    }


def test_each_schema_has_its_own_entry():
    def two(*names):
        schemas = {"Card": objects(one=ref("One"), two=ref("Two")), "One": card(names), "Two": card(names)}
        return served(1, schemas)

    found = causes(changes(two("a", "b"), two()))
    assert [cause.message.partition(":")[0] for cause in found] == [
        "2 properties removed from `One`",
        "2 properties removed from `Two`",
    ]


def test_inner_objects_and_other_kinds_name_the_place():
    def inner(limit, kind):
        line = {"type": "array", "items": objects(note={**STRING, "maxLength": limit}, count=kind)}
        return sent(objects(name={**STRING, "maxLength": limit}, lines=line))

    by_kind = {cause.id: cause for cause in causes(changes(inner(20, STRING), inner(10, INTEGER)))}
    assert by_kind["request-max-length-lowered"].labels == (
        "`name` has maxLength 10 instead of 20",
        "`lines.*.note` has maxLength 10 instead of 20",
    )
    assert by_kind["request-max-length-lowered"].message == (
        "Max length lowered at 2 places in the request body (`application/json`):"
        " clients may send values that are now rejected."
    )
    assert by_kind["request-type-changed"].labels == ()
    assert "`/lines/*/count`" in by_kind["request-type-changed"].message


def test_one_minimal_counterexample():
    def orders(names):
        value = sent(card(names, **CLOSED))
        media = value["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]
        media["example"] = {"id": "7", **dict.fromkeys(names, "long text")}
        return value

    (cause,) = causes(changes(orders("abcd"), orders("")))
    assert len(cause.changes) == 4
    assert sorted(cause.counterexample.value) == ["a", "id"]


def test_a_counterexample_has_no_member_or_item_beside_the_way_to_the_change():
    pattern = {**STRING, "pattern": "^x-[a-f]{3}-y$"}

    def documented(leaf):
        extra = {"type": "array", "items": STRING}
        item = objects(["side", "code"], side=objects(note=STRING), code=leaf, more=extra)
        value = sent(objects(["list"], list={"type": "array", "items": item}, other=STRING))
        media = value["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]
        line = {"side": {"note": "n"}, "code": "x-abc-y", "more": ["a", "b"]}
        media["example"] = {"list": [line, line], "other": "o"}
        return value

    (change,) = changes(documented(pattern), documented({**pattern, "pattern": "^x-[a-e]{3}$"}))
    assert change.verdict.value == "breaking"
    assert [sorted(line) for line in change.counterexample.value["list"]] == [["code", "side"]]
    assert change.counterexample.value["list"][0]["side"] == {}
    assert "other" not in change.counterexample.value


def test_breaking_changes_come_first_and_each_verdict_goes_by_operation():
    def three(limit, verbs, names):
        paths = {}
        for path in ("/c", "/a", "/b"):
            get = received(card(names))["paths"]["/a"]["get"]
            limited = {"name": "q", "in": "query", "schema": {**STRING, "maxLength": limit}}
            paths[path] = {verb: {**get, "parameters": [limited]} for verb in verbs}
        return document(paths)

    found = changes(three(9, ["get", "delete"], "x"), three(5, ["get"], ""))
    told = [(change.verdict.value, change.operation) for change in found]
    worst = ["breaking", "needs-review"]
    assert told == sorted(
        told, key=lambda one: (worst.index(one[0]), ["/c", "/a", "/b"].index(one[1].split()[1]))
    )
    assert [one for one in told if one[0] == "breaking"][:2] == [
        ("breaking", "GET /c"),
        ("breaking", "DELETE /c"),
    ]


def test_a_new_property_belongs_to_the_schema_that_has_it():
    """Not to the component that it refers to."""

    def parents(*more):
        inner = {"One": objects(id=STRING), "Two": objects(id=STRING), "Note": objects(text=STRING)}
        for name in ("One", "Two"):
            inner[name]["properties"] |= dict.fromkeys(more, ref("Note"))
        return served(1, {"Card": objects(one=ref("One"), two=ref("Two"), note=ref("Note")), **inner})

    found = causes(changes(parents(), parents("front", "back")))
    assert [(cause.message.partition(":")[0], cause.labels) for cause in found] == [
        ("2 properties added to `One`", ("`front`", "`back`")),
        ("2 properties added to `Two`", ("`front`", "`back`")),
    ]


def test_an_example_shows_the_property_and_not_another_change():
    """The object is also rejected without it, since a required property was removed."""

    def card_with(required, names):
        return received({**objects(required, **dict.fromkeys(names, STRING)), **CLOSED})

    found = changes(card_with(["email"], ["email"]), card_with([], ["key"]))
    (added,) = [change for change in found if change.id == "response-property-added-to-closed"]
    assert "key" in added.counterexample.value


def test_a_long_example_is_cut_beside_the_change():
    def order(limit):
        line = objects(["code", *NAMES], code={**STRING, "maxLength": limit}, **dict.fromkeys(NAMES, STRING))
        lines = {"type": "array", "items": line, "minItems": 2}
        return sent(objects([*NAMES, "lines"], **dict.fromkeys(NAMES, STRING), lines=lines))

    (item,) = report(order(9), order(5)).items
    assert item.counterexample == '{…, "lines": […, {…, "code": "aaaaaa"}]}'


def test_what_is_too_long_itself_is_cut_with_its_length():
    def limited(limit):
        return sent(objects(code={**STRING, "maxLength": limit}))

    (item,) = report(limited(1_200), limited(1_000)).items
    assert item.counterexample.startswith('{"code": "aaa')
    assert item.counterexample.endswith("… 713 more characters")


def test_places_of_one_name_are_told_apart_by_their_alternative():
    def paid(*required):
        ways = [
            {**objects([*required, name], id=STRING, **{name: STRING}), "title": name}
            for name in ("card", "iban")
        ]
        return received({"oneOf": ways})

    (cause,) = causes(changes(paid("id"), paid()))
    assert cause.labels == ("`id` in the alternative `card`", "`id` in the alternative `iban`")
