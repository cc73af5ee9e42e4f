"""Lists in the query are varied as their style writes them: each item by its own name, or separated."""

from collections import Counter

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

import signoff
from signoff.conformance import Options, run
from signoff.reporting.model import State
from tests.conftest import running

DOCUMENT = """\
openapi: 3.1.0
info: {title: Birds, version: "1"}
paths:
  /birds:
    get:
      operationId: birds
      parameters:
      - name: years
        in: query
        STYLE
        schema:
          {type: array, maxItems: 4, uniqueItems: true, items: {type: integer, minimum: 1990, maximum: 2030}}
      responses: {"200": {description: Birds}, "400": {description: No}}
"""
STYLES = {
    "default": ("explode: true", None),
    "comma": ("explode: false", ","),
    "pipe": ("{style: pipeDelimited, explode: false}", "|"),
}


def server(separator, flaw=""):
    async def birds(request):
        texts = request.query_params.getlist("years")
        if separator and texts:
            texts = texts[0].split(separator)
        good = all(text.isascii() and text.isdecimal() and text == str(int(text)) for text in texts)
        in_bounds = good and (flaw == "bounds" or all(1990 <= int(text) <= 2030 for text in texts))
        is_unique = flaw == "unique" or max(Counter(texts).values(), default=1) == 1
        is_short = len(texts) <= (1 if flaw == "one" else 4) or flaw == "length"
        return JSONResponse({}, 200 if in_bounds and is_unique and is_short else 400)

    return Starlette(routes=[Route("/birds", birds, methods=["GET"])])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("flaw", ["", "bounds", "unique", "length", "one"])
def test_a_list_is_tested_in_its_style(tmp_path, style, flaw):
    written, separator = STYLES[style]
    lines = written.strip("{}").replace(", ", "\n        ")
    path = tmp_path / "openapi.yaml"
    path.write_text(DOCUMENT.replace("STYLE", lines))
    with running(server(separator, flaw)) as origin:
        verdict = run(origin, signoff.load(path), options=Options(no_fuzzing=True))
    found = {failure.check.id for failure in verdict.evidence.errors}
    own = {"": set(), "one": {"request-accepted"}}.get(flaw, {"request-rejected"})
    assert found & {"request-accepted", "request-rejected"} == own
    if not flaw:
        covered = {name for name, entry in verdict.evidence.clauses.items() if entry.state is State.VERIFIED}
        for part in ("maxItems", "uniqueItems", "*/minimum", "*/maximum"):
            assert f"birds/parameters/query/years/{part}" in covered
