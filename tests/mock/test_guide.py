"""The examples of the guide do what it says: all handlers of docs/mock.md are one module here."""

import re
import sys

import httpx2
import pytest

from tests.conftest import ROOT, running

GUIDE = (ROOT / "docs" / "mock.md").read_text()
ORDER = "{name: order_id, in: path, required: true, schema: {type: integer}}"
JSON = "content: {application/json: {schema: {type: object}}}"
DOCUMENT = f"""
openapi: 3.1.0
info: {{title: Shop, version: "1"}}
paths:
  /prices:
    get:
      operationId: get_price
      parameters: [{{name: prints, in: query, required: true, schema: {{type: integer}}}}]
      responses: {{"200": {{description: ok, {JSON}}}}}
  /orders/{{order_id}}:
    parameters: [{ORDER}]
    get:
      operationId: get_order
      responses:
        "200":
          description: ok
          headers: {{X-Rate: {{schema: {{const: 9}}}}}}
          content:
            application/json: {{schema: {{$ref: "#/components/schemas/Order"}}}}
            application/xml: {{schema: {{$ref: "#/components/schemas/Order"}}}}
    delete:
      operationId: delete_order
      responses:
        "204": {{description: gone}}
        "404": {{description: none, content: {{application/problem+json: {{}}}}}}
  /slow/{{order_id}}:
    get:
      operationId: get_slow_order
      parameters: [{ORDER}]
      responses: {{"200": {{description: ok, {JSON}}}}}
  /sessions:
    post:
      operationId: sign_in
      requestBody: {{content: {{application/json: {{schema: {{type: object}}}}}}}}
      responses: {{"204": {{description: ok}}}}
  /tenant:
    get: {{operationId: get_tenant, responses: {{"200": {{description: ok, {JSON}}}}}}}
  /events/{{order_id}}:
    get:
      operationId: get_events
      parameters: [{ORDER}]
      responses: {{"200": {{description: ok, content: {{text/event-stream: {{}}}}}}}}
  /lucky/{{name}}:
    get:
      operationId: get_lucky_number
      parameters: [{{name: name, in: path, required: true, schema: {{type: string}}}}]
      responses: {{"200": {{description: ok, {JSON}}}}}
components:
  schemas:
    Order:
      type: object
      required: [order_id, customer]
      properties: {{order_id: {{type: integer}}, customer: {{type: string, const: Ann}}}}
"""


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guide")
    (folder / "shop.yaml").write_text(DOCUMENT)
    (folder / "handlers.py").write_text("\n".join(blocks("python")[:-1]))
    (folder / "problems.yaml").write_text(blocks("yaml")[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "path", [*sys.path])
        scope = {}
        exec(blocks("python")[-1], scope)  # "In Python"
        with running(scope["app"]) as origin, httpx2.Client(base_url=origin) as found:
            yield found


def test_parameters(client):
    assert client.get("/prices?prints=7").json() == {"prints": 7, "total": 0.7}


def test_the_normal_response_changed(client):
    found = client.get("/orders/5")
    assert found.json() == {"order_id": 5, "customer": "Ann"}
    assert (found.headers["x-shop"], found.headers["x-rate"]) == ("north", "9")
    xml = client.get("/orders/5", headers={"Accept": "application/xml"})
    assert "<order_id>5</order_id>" in xml.text


def test_cookies(client):
    found = client.post("/sessions", json={})
    assert found.status_code == 204
    assert found.headers.get_list("set-cookie") == ["session=abc; Path=/; HttpOnly", "csrf=xyz; Path=/"]


def test_async(client):
    assert client.get("/slow/3").json() == {"order_id": 3}


def test_connexions_request(client):
    assert client.get("/tenant", headers={"X-Tenant": "north"}).json() == {"tenant": "north"}
    assert client.get("/tenant").json() == {"tenant": "none"}


def test_streaming(client):
    found = client.get("/events/4")
    assert found.text == 'event: printed\ndata: {"order":4}\n\nevent: posted\ndata: {"order":4}\n\n'
    assert found.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in found.headers


def test_errors(client):
    shipped = client.delete("/orders/1")
    assert (shipped.status_code, shipped.json()) == (
        409,
        {
            "title": "Conflict",
            "status": 409,
            "detail": "Order 1 has been shipped.",
            "instance": "/orders/1",
            "code": "order_shipped",
            "retry_after_seconds": 30,
        },
    )
    missing = client.delete("/orders/2")
    assert (missing.status_code, missing.json()["detail"]) == (404, "The order does not exist.")


def test_the_catalogue_adds_to_the_mocks_own_errors(client):
    found = client.post("/sessions", json=[]).json()
    assert (found["code"], found["help"]) == ("invalid_body", "https://shop.example/help/sign_in")


def test_deterministic(client):
    first = client.get("/lucky/Ann").json()
    assert first == client.get("/lucky/Ann").json()
    assert first != client.get("/lucky/Bob").json()
