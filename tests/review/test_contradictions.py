"""Which of several schemas is reported when no value matches, and what else such documents still do."""

import pytest
import yaml

from signoff.review.inspection import review_document
from tests.review.documents import SCHEMAS, SHOP, edited

BASE = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}
CLOSED = {"type": "object", "additionalProperties": False, "properties": {"size": {"type": "integer"}}}


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def found(tmp_path, **schemas):
    edits = {
        f"{SCHEMAS}/{name}": schema for name, schema in {"Base": BASE, "Closed": CLOSED, **schemas}.items()
    }
    path = tmp_path / "shop.yaml"
    path.write_text(yaml.safe_dump(edited(SHOP, edits)))
    findings = [f for f in review_document(path).findings if f.rule == "conflicting-all-of"]
    return [place.pointer for f in findings for place in (f.location, *f.also_at)]


def test_a_contradiction_is_reported_where_its_parts_meet(tmp_path):
    both = {"allOf": [ref("Base"), ref("Closed")]}
    user = {"allOf": [ref("Both"), {"properties": {"color": {}}}]}
    wrapped = {"allOf": [{"allOf": [ref("Both")]}], "title": "Wrapped"}
    assert found(tmp_path, Both=both, User=user, Wrapped=wrapped) == [f"{SCHEMAS}/Both/allOf"]


def test_each_meeting_of_parts_is_reported(tmp_path):
    one, other = {"allOf": [ref("Base"), ref("Closed")]}, {"allOf": [ref("Closed"), {"allOf": [ref("Base")]}]}
    assert found(tmp_path, One=one, Other=other) == [f"{SCHEMAS}/One/allOf", f"{SCHEMAS}/Other/allOf"]


def test_schemas_that_refer_to_each_other_end(tmp_path):
    loop = {"allOf": [ref("Loop"), ref("Base")], "required": ["self"], "properties": {"self": ref("Loop")}}
    assert found(tmp_path, Loop={**loop, "additionalProperties": False}) == [f"{SCHEMAS}/Loop/allOf"]


@pytest.mark.parametrize(("direction", "is_reported"), [("readOnly", False), ("writeOnly", True)])
def test_a_property_that_requests_leave_out_is_not_required_of_them(tmp_path, direction, is_reported):
    sent = {**BASE, "properties": {"sku": {"type": "string", direction: True}}}
    note = {"allOf": [ref("Base"), ref("Closed")]}
    edits = {f"{SCHEMAS}/Base": sent, f"{SCHEMAS}/Closed": CLOSED}
    path = tmp_path / "shop.yaml"
    path.write_text(yaml.safe_dump(edited(SHOP, {**edits, f"{SCHEMAS}/NewOrder/properties/gift_note": note})))
    rules = {finding.rule for finding in review_document(path).findings}
    assert ("conflicting-all-of" in rules) is is_reported
