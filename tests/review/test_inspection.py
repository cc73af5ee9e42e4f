"""The review of whole documents: a published page, real documents, places, grouping and order."""

import json
import time

import pytest

import signoff
from signoff.contract.errors import DocumentError, SourceError
from signoff.reporting.model import Severity
from signoff.review.configuration import Configuration
from signoff.review.inspection import review_document
from signoff.review.rules import Profile
from tests.conftest import DOCUMENTS, PUBLISHED
from tests.review.documents import LIST, ORDER, SCHEMAS, SHOP, SHOP_2_0, edited, reviewed

AS_PUBLISHED = DOCUMENTS / "reports-as-published.yaml"
REAL = [path for path in PUBLISHED if path != AS_PUBLISHED]


def findings(path, profile=Profile.ESSENTIAL):
    return review_document(path, Configuration(profile=profile)).findings


@pytest.mark.parametrize(
    ("rule", "place", "words"),
    [
        ("description-mismatch-problem-details", "responses/404/content", "RFC 9457"),
        (
            "invalid-example",
            "responses/404/content/application~1json/example/allowed_actions/0",
            "`rel`",
        ),
        ("description-mismatch-media-type", "post/summary", "CSV"),
        ("description-mismatch-enum", "ReportExport/properties/format", "currently csv"),
        ("description-mismatch-status", "properties/retry_after_seconds", "429 and 503"),
        ("problem-resource-mismatch", "responses/404/content/application~1json/example", "/v1/sessions/"),
        ("problem-status-mismatch", "responses/403/content/application~1json/example/status", "404"),
        ("invalid-example", "responses/200/content/application~1json/example", "as_of"),
    ],
)
def test_the_published_page_has_these_findings(rule, place, words):
    found = [f for f in findings(AS_PUBLISHED) if f.rule == rule and place in f.location.pointer]
    assert any(words in finding.message for finding in found)


def test_the_published_page_has_no_other_findings():
    assert {finding.rule for finding in findings(AS_PUBLISHED)} == {
        "invalid-example",
        "problem-resource-mismatch",
        "problem-status-mismatch",
        "description-mismatch-enum",
        "description-mismatch-media-type",
        "description-mismatch-problem-details",
        "description-mismatch-status",
    }


@pytest.mark.parametrize("profile", [Profile.ESSENTIAL, Profile.RECOMMENDED])
def test_the_packaged_document_has_no_findings(profile):
    assert findings(signoff.reference_project().document, profile) == ()


# True warnings: a password in the query, plain HTTP, a property that is only in the example.
TRUE_OF = {
    "petstore-3.yaml": ["credentials-in-url"],
    "petstore-expanded-2.0.yaml": ["insecure-server-url"],
    "swagger.yaml": ["insecure-server-url"],
    "museum.yaml": ["undefined-example-property"],
}


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_published_documents_have_hardly_any_essential_findings(path):
    found = findings(path)
    assert [finding.rule for finding in found] == TRUE_OF.get(path.name, [])
    assert not any(finding.severity is Severity.ERROR for finding in found)


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_published_documents_stay_readable_with_all_rules(path):
    found = findings(path, Profile.ALL)
    assert len(found) < 400
    assert all(finding.location.line for finding in found)
    assert all(finding.message and finding.suggestion for finding in found)


def test_findings_are_in_document_order(tmp_path):
    found = findings(AS_PUBLISHED, Profile.ALL)
    places = [(finding.location.line, finding.location.column) for finding in found]
    assert places == sorted(places)
    assert found == findings(AS_PUBLISHED, Profile.ALL)


def test_a_finding_names_the_failing_part_of_an_example(tmp_path):
    document = edited(
        SHOP, {f"{LIST}/responses/200/content/application~1json/examples/one/value/0/state": "lost"}
    )
    [finding] = reviewed(tmp_path, document).findings
    lines = (tmp_path / "shop.json").read_text().splitlines()
    assert '"state": "lost"' in lines[finding.location.line - 1]
    assert finding.severity is Severity.ERROR
    assert "/0/state" in finding.message
    assert "open, sent, paid" in finding.message.replace('"', "")


def test_repeated_findings_are_grouped(tmp_path):
    broken = {f"{SCHEMAS}/Broken{number}": {"type": "string", "minimum": 3} for number in range(7)}
    [finding] = reviewed(tmp_path, edited(SHOP, broken)).findings
    assert finding.rule == "keyword-type-mismatch"
    assert "and 1 more." in finding.suggestion
    assert [place.pointer for place in finding.also_at] == [f"{place}/minimum" for place in list(broken)[1:]]


def test_a_component_is_reported_once_however_often_it_is_used(tmp_path):
    found = reviewed(tmp_path, edited(SHOP, {f"{SCHEMAS}/Order/properties/state/enum/2": 3})).findings
    assert [finding.rule for finding in found] == ["enum-type-mismatch"]


def test_places_in_swagger_are_those_of_the_source(tmp_path):
    put = "/paths/~1orders~1{order_id}/put"
    inline = {"type": "object", "properties": {"name": {"type": "string", "example": 7}}}
    edits = {f"{put}/parameters/0/schema": inline, f"{put}/parameters/3/default": "one"}
    edits[f"{put}/responses/200/examples/application~1json/name"] = 5
    found = reviewed(tmp_path, edited(SHOP_2_0, edits)).findings
    assert [(finding.rule, finding.location.pointer) for finding in found] == [
        ("invalid-example", f"{put}/parameters/0/schema/properties/name/example"),
        ("invalid-default", f"{put}/parameters/3/default"),
        ("invalid-example", f"{put}/responses/200/examples/application~1json/name"),
    ]


def test_places_of_path_parameters_in_swagger(tmp_path):
    shared = [
        {"name": "size", "in": "query", "type": "integer", "default": "big", "description": "How many."}
    ]
    found = reviewed(tmp_path, edited(SHOP_2_0, {"/paths/~1orders~1{order_id}/parameters": shared})).findings
    assert [(finding.rule, finding.location.pointer) for finding in found] == [
        ("invalid-default", "/paths/~1orders~1{order_id}/parameters/0/default")
    ]


def test_a_finding_in_another_file_names_that_file(tmp_path):
    (tmp_path / "order.json").write_text(
        json.dumps({"Order": {"type": "string", "minLength": 3, "maxLength": 2}})
    )
    document = edited(SHOP, {f"{SCHEMAS}/Note": {"$ref": "order.json#/Order"}})
    [finding] = reviewed(tmp_path, document).findings
    assert finding.location.file.endswith("order.json")
    assert finding.location.pointer.startswith("/Order")


def test_examples_of_callbacks_and_webhooks_are_checked(tmp_path):
    body = {
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Order"}, "example": {"state": 1}}
        }
    }
    item = {"post": {"requestBody": body, "responses": {"204": {"description": "Thanks."}}}}
    document = edited(
        SHOP, {"/webhooks": {"sent": item}, f"{ORDER}/callbacks": {"paid": {"{$request.query.url}": item}}}
    )
    found = reviewed(tmp_path, document).findings
    assert {finding.rule for finding in found} == {"invalid-example"}
    assert {finding.location.pointer.split("/")[1] for finding in found} == {"webhooks", "paths"}


def test_recursive_schemas_are_supported(tmp_path):
    tree = {
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": f"#{SCHEMAS}/Tree"}}},
    }
    ring = {"allOf": [{"$ref": f"#{SCHEMAS}/Ring"}]}
    loop = {"$ref": f"#{SCHEMAS}/Loop"}
    document = edited(SHOP, {f"{SCHEMAS}/Tree": tree, f"{SCHEMAS}/Ring": ring, f"{SCHEMAS}/Loop": loop})
    found = [f for f in reviewed(tmp_path, document).findings if f.severity is Severity.ERROR]
    assert {finding.rule for finding in found} == {"infinite-recursion"}
    assert {finding.location.pointer for finding in found} == {f"{SCHEMAS}/Ring", f"{SCHEMAS}/Loop"}


def test_the_contract_comes_with_the_findings():
    inspection = review_document(signoff.reference_project().document)
    assert [operation.id for operation in inspection.contract.operations] == ["export_saved_report"]


def test_an_unusable_document_is_an_error(tmp_path):
    with pytest.raises(SourceError):
        review_document(tmp_path / "missing.yaml")
    (tmp_path / "list.yaml").write_text("- a\n- b\n")
    with pytest.raises(DocumentError):
        review_document(tmp_path / "list.yaml")
    (tmp_path / "old.yaml").write_text("swagger: '1.2'\n")
    with pytest.raises(DocumentError):
        review_document(tmp_path / "old.yaml")


@pytest.mark.parametrize(
    "edits",
    [
        {"/paths": []},
        {"/paths": None},
        {f"{LIST}/parameters": {}},
        {f"{LIST}/responses": []},
        {f"{LIST}/parameters/0": "limit"},
        {f"{SCHEMAS}": []},
        {f"{SCHEMAS}/Order": "object"},
        {f"{SCHEMAS}/Order/properties": []},
        {f"{SCHEMAS}/Order/required": True},
        {f"{SCHEMAS}/Order/enum": {}},
        {f"{SCHEMAS}/Order/type": {"a": 1}},
        {"/info": []},
        {"/servers": {}},
        {"/servers/0/variables": []},
        {"/tags": "orders"},
        {"/security": {}},
        {"/components": []},
        {
            f"{SCHEMAS}/Order/discriminator": {"propertyName": 3, "mapping": {"a": 1}},
            f"{SCHEMAS}/Order/oneOf": [1],
        },
        {f"{SCHEMAS}/Order/allOf": "x", f"{SCHEMAS}/Order/format": []},
        {f"{LIST}/responses/200/content": []},
        {f"{LIST}/tags": "orders", f"{LIST}/operationId": 7, f"{LIST}/description": 7},
    ],
    ids=" ".join,
)
def test_a_wrong_type_is_reported_and_never_a_crash(tmp_path, edits):
    try:
        found = reviewed(tmp_path, edited(SHOP, edits), Profile.ALL).findings
    except DocumentError:
        return
    assert any(finding.severity is Severity.ERROR for finding in found)


def test_the_review_is_quick():
    def seconds(path):
        start = time.process_time()
        findings(path, Profile.ALL)
        return time.process_time() - start

    assert min(seconds(signoff.reference_project().document) for _ in range(3)) < 0.5
    assert min(seconds(DOCUMENTS / "everruns-2026-01.json") for _ in range(2)) < 2


def test_a_reference_to_the_network_is_an_error(tmp_path):
    document = edited(SHOP, {f"{SCHEMAS}/Note": {"$ref": "https://shop.example.com/note.json"}})
    with pytest.raises(DocumentError, match="leads to the network"):
        reviewed(tmp_path, document)


def test_alternatives_of_alternatives_do_not_grow_without_bound(tmp_path):
    names = [f"Node{number}" for number in range(12)]
    every = [{"$ref": f"#{SCHEMAS}/{name}"} for name in names]
    nodes = {
        f"{SCHEMAS}/{name}": {"oneOf": every, "discriminator": {"propertyName": "kind"}} for name in names
    }
    edits = nodes | {f"{SCHEMAS}/Order/properties/node": {"$ref": f"#{SCHEMAS}/Node0"}}
    start = time.process_time()
    reviewed(tmp_path, edited(SHOP, edits), Profile.ALL)
    assert time.process_time() - start < 5
