"""The table of tasks in docs/compare.md does what it says, over HTTP."""

import json
import re
import time
from itertools import pairwise

import httpx2
import pytest

from signoff.mock import create_app
from signoff.mock.control.control import Control
from tests.conftest import ROOT, running

GUIDE = ROOT / "docs" / "compare.md"
TABLE = re.search(r"\| task \| requests \| responses \|\n\| [- |]+\n(.*?)\n\n", GUIDE.read_text(), re.DOTALL)[
    1
]
TASKS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TABLE.splitlines()]
REQUEST = re.compile(
    r"`(?P<method>[A-Z]+) (?P<url>\S+?)(?: (?P<body>\{.*?\}))?`(?: \((?P<name>[\w-]+): (?P<value>.*?)\))?"
)
RESPONSE = re.compile(
    r"(?P<status>\d{3}|no response)(?: after (?P<delay>\d+) ms)?(?: with (?P<count>\d+) (?:items|events))?"
    r"(?:, (?P<interval>\d+) ms apart)?(?: and `(?P<body>.*?)`)?(?:, |$)"
)


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    rules = tmp_path_factory.mktemp("tasks") / "mock.yaml"
    rules.write_text("scenarios: {down: [{operation: listOrders, respond: {status: 503}}]}")
    app = create_app(ROOT / "tests" / "mock" / "tasks.yaml", control=Control(), rules=rules)
    with running(app) as origin:
        yield origin


@pytest.fixture
def client(origin, request):
    """A client with a session of its own, in a cookie so that a row can name another one in the header."""
    cookies = {"Signoff-Session": f"task-{request.node.callspec.indices['task']}"}
    with httpx2.Client(base_url=origin, cookies=cookies, timeout=10) as client:
        yield client


def sent(client, stated, token):
    """The response, or None without one; its lines with their times; and how long it took."""
    options = {"headers": {}}
    if stated["name"] == "file":
        options["files"] = {stated["value"]: ("cat.png", b"\x89PNG")}
    elif stated["name"]:
        options["headers"][stated["name"]] = stated["value"].replace("TOKEN", token)
    if stated["body"]:
        options["json"] = json.loads(stated["body"])
    started = time.monotonic()
    try:
        with client.stream(stated["method"], stated["url"], **options) as response:
            parts = [(time.monotonic(), part) for part in response.iter_bytes()]
    except httpx2.TransportError:
        return None, [], 0
    return response, parts, time.monotonic() - started


def assert_contains(value, part):
    if isinstance(part, dict):
        for name, inner in part.items():
            assert_contains(value[name], inner)
    elif isinstance(part, list):
        assert len(value) == len(part)
        for held, inner in zip(value, part, strict=True):
            assert_contains(held, inner)
    else:
        assert value == part


@pytest.mark.parametrize("task", TASKS, ids=[name for name, *_ in TASKS])
def test_task(client, task):
    _, requests, responses = task
    stated, expected = list(REQUEST.finditer(requests)), list(RESPONSE.finditer(responses))
    assert REQUEST.sub("", requests).strip() == "" == RESPONSE.sub("", responses)
    assert len(stated) == len(expected) > 0
    token = ""
    for request, wanted in zip(stated, expected, strict=True):
        response, parts, elapsed = sent(client, request, token)
        if wanted["status"] == "no response":
            assert response is None
            continue
        assert response.status_code == int(wanted["status"])
        body = b"".join(part for _, part in parts)
        is_json = "json" in response.headers.get("content-type", "")
        value = json.loads(body) if is_json else None
        assert elapsed >= int(wanted["delay"] or 0) / 1000
        if wanted["interval"]:
            assert len(parts) == int(wanted["count"]) == body.count(b"data:")
            gaps = [after - before for (before, _), (after, _) in pairwise(parts)]
            assert min(gaps) >= int(wanted["interval"]) / 1000 * 0.8
        elif wanted["count"]:
            assert len(value) == int(wanted["count"])
        if wanted["body"]:
            assert_contains(value, json.loads(wanted["body"]))
        if isinstance(value, dict):
            token = value.get("accessToken", token)


def test_all_tasks_are_in_the_table():
    assert len(TASKS) >= 18
