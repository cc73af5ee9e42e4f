"""What a Schemathesis suite registers is used: formats, hooks, checks; and its phases can be chosen."""

import re
import sys
import uuid

import pytest
import schemathesis
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

import signoff
from signoff.conformance import Options, run
from signoff.conformance.hooks import load_hooks
from signoff.conformance.options import PHASES, parse_phases
from signoff.contract import SetupError
from tests.conftest import running

DOCUMENT = """\
openapi: 3.1.0
info: {title: Plates, version: "1"}
paths:
  /plates:
    post:
      operationId: register
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [plate], properties: {plate: {type: string, format: FORMAT}}}
      responses:
        "201": {description: Registered, content: {application/json: {schema: {type: object}}}}
        "400": {description: Invalid}
"""
HOOKS = """\
import schemathesis
from hypothesis import strategies as st

schemathesis.openapi.format("FORMAT", st.from_regex(r"[A-Z]{2}-[0-9]{3}", fullmatch=True))


@schemathesis.hook
def map_headers(context, headers):
    return {**(headers or {}), "X-From-Hook": "yes"}


@schemathesis.check
def CHECK(ctx, response, case):
    \"\"\"A response has a version.\"\"\"
    if response.status_code != 405:
        assert "x-version" in response.headers, "no X-Version\\nat all"
"""


@pytest.fixture
def names():
    """Names of this test: what is registered stays for the process."""
    unique = uuid.uuid4().hex[:8]
    return {"FORMAT": f"plate-{unique}", "CHECK": f"has_version_{unique}", "MODULE": f"hooks_{unique}"}


@pytest.fixture
def files(tmp_path, names):
    def named(text):
        return text.replace("FORMAT", names["FORMAT"]).replace("CHECK", names["CHECK"])

    (tmp_path / "openapi.yaml").write_text(named(DOCUMENT))
    (tmp_path / f"{names['MODULE']}.py").write_text(named(HOOKS))
    yield tmp_path
    if module := sys.modules.get(names["MODULE"]):
        schemathesis.hooks.unregister(module.map_headers)


def server(seen, fields):
    async def plates(request):
        try:
            plate = (await request.json())["plate"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return JSONResponse({}, 400, fields)
        is_plate = isinstance(plate, str) and re.fullmatch("[A-Z]{2}-[0-9]{3}", plate)
        seen.append((plate, request.headers.get("x-from-hook")))
        return JSONResponse({}, 201 if is_plate else 400, fields)

    return Starlette(routes=[Route("/plates", plates, methods=["POST"])])


@pytest.mark.parametrize("fields", [{"X-Version": "1"}, {}])
def test_formats_hooks_and_checks_of_a_suite_are_used(files, names, fields):
    hooks = load_hooks([str(files / f"{names['MODULE']}.py")])
    seen = []
    with running(server(seen, fields)) as origin:
        verdict = run(
            origin, signoff.load(files / "openapi.yaml"), options=Options(max_examples=20, hooks=hooks)
        )
    plates = [plate for plate, _ in seen if isinstance(plate, str)]
    assert sum(bool(re.fullmatch("[A-Z]{2}-[0-9]{3}", plate)) for plate in plates) > 5
    assert "yes" in {header for _, header in seen}
    own = [failure for failure in verdict.evidence.errors if failure.check.family == "hooks"]
    found = [(failure.check.id, failure.fault.message) for failure in own]
    assert found == ([] if fields else [(names["CHECK"].replace("_", "-"), "no X-Version")])


def test_a_schemathesis_toml_names_the_module(files, names):
    (files / "schemathesis.toml").write_text(f'hooks = "{names["MODULE"]}.py"\n')
    (hook,) = load_hooks([str(files / "schemathesis.toml")])
    assert hook.check.id == names["CHECK"].replace("_", "-")
    assert names["MODULE"] in sys.modules


@pytest.mark.parametrize(
    ("text", "problem"),
    [("workers = 1", "has no `hooks`"), ("hooks = ", "Invalid value"), (None, "No such file")],
)
def test_a_schemathesis_toml_without_a_module_is_an_error(tmp_path, text, problem):
    path = tmp_path / "schemathesis.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SetupError, match=problem):
        load_hooks([str(path)])


def test_a_check_that_is_a_class_is_an_error(tmp_path, names):
    path = tmp_path / f"{names['MODULE']}.py"
    body = f"class {names['CHECK']}:\n    def after_response(self, ctx, response, case):\n        pass\n"
    path.write_text(f"import schemathesis\n\n@schemathesis.check\n{body}")
    with pytest.raises(SetupError, match="is a class"):
        load_hooks([str(path)])


@pytest.mark.parametrize("chosen", [("examples",), ("coverage", "stateful"), PHASES])
def test_only_the_chosen_phases_run(files, chosen):
    phases = []
    with running(server([], {})) as origin:
        run(
            origin,
            signoff.load(files / "openapi.yaml"),
            options=Options(max_examples=2, phases=chosen),
            progress=lambda progress: phases.append(progress.phase),
        )
    lowered = " ".join(phases).lower()
    assert [phase for phase in ("examples", "coverage", "fuzzing") if phase in lowered] == [
        phase for phase in chosen if phase != "stateful"
    ]


def test_phases_are_parsed():
    assert parse_phases("stateful, examples") == ("examples", "stateful")
    with pytest.raises(SetupError, match="unknown phase 'exmples'") as caught:
        parse_phases("exmples")
    assert "Did you mean examples?" in caught.value.suggestion
