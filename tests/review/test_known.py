"""With a base, what the base has too is neither shown nor counted, wherever it has moved to."""

import copy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from signoff.cli import main
from signoff.contract.pointer import Location
from signoff.reporting.model import Finding, Severity
from signoff.review.known import known_and_new
from signoff.review.report import FORMATS
from tests.review.documents import GONE, LIST, MAKE, SCHEMAS, SHOP, edited

COUNT = f"{SCHEMAS}/NewOrder/properties/item_count"
SENTENCE = "1 finding that the base has too is not shown; --all-findings shows it."
CROSSED = {
    f"{COUNT}/minimum": 60,
    f"{COUNT}/default": GONE,
    f"{MAKE}/requestBody/content/application~1json/example": GONE,
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def reviewed(base, document, *arguments):
    """The exit code, the JSON and the text of a review."""
    Path("base.json").write_text(json.dumps(base, indent=4))
    Path("new.json").write_text(json.dumps(document))
    command = ["review", "new.json", "--base", "base.json", "--report", "json=found.json", *arguments]
    answer = CliRunner().invoke(main, command)
    assert answer.exit_code in (0, 1), answer.output
    return answer.exit_code, json.loads(Path("found.json").read_text()), answer.output


def test_a_finding_of_the_base_is_neither_shown_nor_counted():
    old = edited(SHOP, CROSSED)
    code, found, text = reviewed(old, old)
    assert (code, found["findings"], found["known_findings"]) == (0, [], 1)
    assert SENTENCE in text
    assert "min-exceeds-max" not in text


def test_all_findings_shows_and_counts_it():
    old = edited(SHOP, CROSSED)
    code, found, text = reviewed(old, old, "--all-findings")
    assert (code, found["known_findings"]) == (1, 0)
    assert [finding["rule"] for finding in found["findings"]] == ["min-exceeds-max"]
    assert "--all-findings" not in text


def test_a_new_finding_fails():
    code, found, _ = reviewed(SHOP, edited(SHOP, CROSSED), "--fail-on", "error")
    assert (code, found["known_findings"], len(found["findings"])) == (1, 0, 1)


def test_a_second_finding_of_a_kind_is_new():
    """In one operation, and with the same message: the number of findings matters, not only their kinds."""
    schema = {"type": "integer", "minimum": 9, "maximum": 3}
    one = edited(SHOP, {f"{LIST}/parameters/1": {"name": "a", "in": "query", "schema": schema}})
    two = edited(one, {f"{LIST}/parameters/2": {"name": "b", "in": "query", "schema": schema}})
    _, found, _ = reviewed(one, two, "--fail-on", "error")
    assert (found["known_findings"], [f["location"]["pointer"] for f in found["findings"]]) == (
        1,
        [f"{LIST}/parameters/2/schema/minimum"],
    )


def moved(document):
    """Everything further down, list items in another order, a renamed path parameter, another status."""
    new = {"x-first": ["a", "longer", "document"], **copy.deepcopy(document)}
    new["info"]["description"] = "Line\n" * 9
    path = new["paths"].pop("/orders/{order_id}")
    path["get"]["parameters"][0]["name"] = "id"
    path["get"]["responses"]["203"] = path["get"]["responses"].pop("200")
    new["paths"]["/orders/{id}"] = path
    new["paths"]["/orders"]["get"]["parameters"].insert(0, {"name": "page", "in": "query", "schema": {}})
    return new


def test_what_has_moved_is_known():
    example = "/paths/~1orders~1{order_id}/get/responses/200/content/application~1json/example"
    old = edited(
        SHOP, {f"{COUNT}/minimum": 60, f"{LIST}/parameters/0/schema/minimum": 101, f"{example}/state": "lost"}
    )
    code, found, _ = reviewed(old, moved(old), "--fail-on", "info")
    assert found["findings"] == []
    assert found["known_findings"] == 3
    assert {change["verdict"] for change in found["changes"]} == {"breaking", "compatible"}
    assert code == 0


def finding(message, pointer, file="new.json"):
    return Finding("a-rule", Severity.ERROR, message, "", Location(file, 3, 1, pointer))


@pytest.mark.parametrize(
    ("message", "old", "new", "is_known"),
    [
        ("one", "/paths/~1a/get/parameters/2", "/paths/~1a/get/parameters/0", True),
        ("one", "/paths/~1a~1{id}/get", "/paths/~1a~1{key}/get", True),
        ("one", "/paths/~1a/get/requestBody", "/paths/~1a/get/responses/200", True),
        ("one", "/components/schemas/A/minimum", "/components/schemas/A/allOf/0/minimum", True),
        ("one", "/paths/~1a/get", "/paths/~1a/put", False),
        ("one", "/paths/~1a/get", "/paths/~1b/get", False),
        ("one", "/components/schemas/A", "/components/schemas/B", False),
        ("one", "/definitions/A", "/definitions/B", False),
        ("one", "/info", "/tags/0", False),
    ],
)
def test_a_place_is_an_operation_or_component(message, old, new, is_known):
    known, rest = known_and_new([finding(message, new)], [finding(message, old, "b")], ("new.json", "b"))
    assert (len(known), len(rest)) == (is_known, not is_known)


@pytest.mark.parametrize(
    ("old", "new", "is_known"),
    [
        ("property at /items/3/name", "property at /items/0/name", True),
        ("duplicate of /a/{id}", "duplicate of /a/{key}", True),
        ("minimum 5 exceeds maximum 3", "minimum 6 exceeds maximum 3", False),
        ('`{"a": 1}` is not a string', '`{"b": 1}` is not a string', False),
    ],
)
def test_a_message_is_the_same_without_positions(old, new, is_known):
    known, _ = known_and_new([finding(new, "/info")], [finding(old, "/info", "b")], ("new.json", "b"))
    assert len(known) == is_known


def test_a_finding_in_another_file_is_new():
    old, new = finding("one", "/get", "a.yaml"), finding("one", "/get", "b.yaml")
    assert known_and_new([new], [old], ("new.json", "base.json")) == ([], [new])


def test_of_two_in_one_operation_the_one_that_stayed_is_known():
    stayed, added = finding("one", "/paths/~1a/get/responses"), finding("one", "/paths/~1a/get/requestBody")
    known, new = known_and_new(
        [added, stayed], [finding("one", "/paths/~1a/get/responses", "b")], ("new.json", "b")
    )
    assert (known, new) == ([stayed], [added])


def test_no_format_shows_it():
    old = edited(SHOP, CROSSED)
    for name in FORMATS:
        code, _, _ = reviewed(old, old, "--report", f"{name}=report")
        text = Path("report").read_text()
        assert code == 0
        assert (
            "min-exceeds-max" not in json.dumps(json.loads(text)["runs"][0]["results"])
            if name == "sarif"
            else True
        )
        if name in ("markdown", "github", "html", "sarif"):
            assert "--all-findings shows it" in text, name
        if name not in ("sarif", "json"):
            assert "exceeds" not in text, name
