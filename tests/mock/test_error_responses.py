"""Which status a refusal has: the rule's own, or the one that the document has for it."""

import httpx2
import pytest
import yaml

import signoff
from signoff.mock import create_app
from tests.conftest import running

PARAMETER = {"name": "n", "in": "query", "schema": {"type": "integer"}}
BODY = {"content": {"application/json": {"schema": {"type": "object", "required": ["a"]}}}}


def document(*statuses):
    responses = {status: {"description": status} for status in ("200", *statuses)}
    operation = {"parameters": [PARAMETER], "requestBody": BODY, "responses": responses}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/": {"post": operation}},
    }


@pytest.mark.parametrize(
    ("documented", "of_parameter", "of_body"),
    [
        ((), 400, 422),
        (("400",), 400, 400),
        (("422",), 422, 422),
        (("400", "422"), 400, 422),
        (("4XX",), 400, 422),
        (("default",), 400, 422),
        (("400", "default"), 400, 400),
    ],
)
def test_the_one_status_that_a_document_has_for_bad_requests_is_used(
    tmp_path, documented, of_parameter, of_body
):
    file = tmp_path / "doc.yaml"
    file.write_text(yaml.safe_dump(document(*documented)))
    with running(create_app(signoff.load(file))) as origin:
        wrong_parameter = httpx2.post(f"{origin}/?n=x", json={"a": 1})
        wrong_body = httpx2.post(origin, json={})
    assert (wrong_parameter.status_code, wrong_body.status_code) == (of_parameter, of_body)
    assert wrong_body.json()["status"] == of_body
