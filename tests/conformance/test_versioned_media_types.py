"""Responses of several versions of a media type are judged by the schema of the version that was sent."""

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

import signoff
from signoff.conformance import Options, run
from tests.conftest import running

DOCUMENT = """\
openapi: 3.1.0
info: {title: Parcels, version: "1"}
paths:
  /parcel:
    get:
      responses:
        "200":
          description: ok
          content:
            application/vnd.parcel+json; v=1:
              schema: {required: [grams], additionalProperties: false, properties: {grams: {type: integer}}}
            application/vnd.parcel+json; v=2:
              schema: {required: [weight], additionalProperties: false, properties: {weight: {type: integer}}}
"""
BODIES = {"1": {"grams": 5}, "2": {"weight": 5}}


@pytest.mark.parametrize(
    ("labels", "is_sound"), [({"1": "1", "2": "2"}, True), ({"1": "2", "2": "1"}, False)]
)
def test_the_newest_version_may_be_the_default(tmp_path, labels, is_sound):
    async def parcel(request):
        version = "1" if "v=1" in request.headers.get("accept", "") else "2"
        return JSONResponse(
            BODIES[version], headers={"content-type": f"application/vnd.parcel+json; v={labels[version]}"}
        )

    file = tmp_path / "doc.yaml"
    file.write_text(DOCUMENT)
    with running(Starlette(routes=[Route("/parcel", parcel)])) as origin:
        found = run(origin, signoff.load(file), options=Options(no_fuzzing=True))
    assert found.passed is is_sound
