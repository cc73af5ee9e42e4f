"""The example server by itself: what it answers, to the byte where the domain says so."""

import ast
import asyncio
import csv
import io
import json
from pathlib import Path

import httpx2
import pytest

import examples.report_server
from examples.report_server.app import create_app
from examples.report_server.export import as_csv, slug
from examples.report_server.store import Result, Store
from tests.conftest import FORBIDDEN, KNOWN, MISSING, export_path

TOKENS = "018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f10"
TURNS = "018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f11"
JSON = "application/json"


def ask(body=b"{}", *, report_id=KNOWN, path="", method="POST", media_type=JSON, app=None):
    async def send():
        transport = httpx2.ASGITransport(app or create_app(), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
            headers = {} if media_type is None else {"content-type": media_type}
            return await client.request(method, path or export_path(report_id), content=body, headers=headers)

    return asyncio.run(send())


def export(report_id=KNOWN, form="csv"):
    response = ask(json.dumps({"format": form}).encode(), report_id=report_id)
    assert response.status_code == 200
    return response.json()


def test_csv_is_quoted_guarded_and_ends_in_lf():
    assert export()["content"] == (
        '"tool","tool_display_name","call_count","success_count","error_count","avg_duration_ms"\n'
        '"search_web","Search the web","4","2","1","9026.5"\n'
        '"read_sheet","Read sheet, all rows","2","2","0","98.0"\n'
        '"mention","\'@everyone","1","1","0","7.0"\n'
        '"minus","\'-1 by default","1","1","0","4.0"\n'
        '"plan","Plan\nahead","1","1","0","450.0"\n'
        '"quote","Quote ""as said""","1","1","0","15.0"\n'
        '"resume","Résumé 履歴書","1","1","0","230.0"\n'
        '"retired","","1","0","1",""\n'
        '"sum","\'=SUM(A1:A9)","1","0","1","3.0"\n'
    )


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, '""'),
        (-5, '"\'-5"'),
        ("+1", '"\'+1"'),
        ("\tx", '"\'\tx"'),
        ("\rx", '"\'\rx"'),
        ("\nx", '"\'\nx"'),
        ('a"b', '"a""b"'),
        ("a=b", '"a=b"'),
    ],
)
def test_a_cell(cell, written):
    assert as_csv(Result((("name", "dimension"),), ((cell,),))) == f'"name"\n{written}\n'


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Tool usage", "tool-usage"),
        ("  Turns / how? ", "turns-how"),
        ("履歴", "report"),
        ("Ünter 4", "nter-4"),
    ],
)
def test_a_file_name(name, stem):
    assert slug(name) == stem


@pytest.mark.parametrize(
    ("report_id", "stem", "as_of", "lag"),
    [
        (KNOWN, "tool-usage", "2026-01-14T06:00:00Z", {"freshness_lag_ms": 4200}),
        (TOKENS, "token-spend-by-model", "2026-01-14T06:05:00Z", {"freshness_lag_ms": None}),
        (TURNS, "turns-how-they-end", "2026-01-14T06:10:00Z", {}),
    ],
)
@pytest.mark.parametrize(("form", "content_type"), [("csv", "text/csv; charset=utf-8"), ("json", JSON)])
def test_the_envelope(report_id, stem, as_of, lag, form, content_type):
    found = export(report_id, form)
    assert found.pop("content")
    told = {"as_of": as_of, "content_type": content_type, "filename": f"{stem}.{form}", "format": form}
    assert found == told | lag


@pytest.mark.parametrize("report_id", [KNOWN, TOKENS, TURNS])
def test_json_has_the_rows_of_the_csv(report_id):
    text = export(report_id, "json")["content"]
    value = json.loads(text)
    assert text == json.dumps(value, indent=2, ensure_ascii=False)
    assert list(value) in (["as_of", "columns", "rows"], ["as_of", "freshness_lag_ms", "columns", "rows"])
    kinds = [column["kind"] for column in value["columns"]]
    assert kinds == sorted(kinds), "dimensions come first"
    names = [column["name"] for column in value["columns"]]
    assert [list(row) for row in value["rows"]] == [names] * len(value["rows"])
    table = list(csv.reader(io.StringIO(export(report_id)["content"], newline=""), strict=True))
    assert table[0] == names
    for row, cells in zip(value["rows"], table[1:], strict=True):
        assert ["" if v is None else str(v) for v in row.values()] == [
            cell.removeprefix("'") for cell in cells
        ]


def test_totals_add_up():
    for row in json.loads(export(TOKENS, "json")["content"])["rows"]:
        assert row["total_tokens"] == row["input_tokens"] + row["output_tokens"]
    for row in json.loads(export(TURNS, "json")["content"])["rows"]:
        assert row["avg_duration_ms"] == round(row["duration_ms"] / row["turn_count"], 2)


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"report_id": KNOWN.upper()},
        {"body": b'{"format": "csv", "more": [1]}'},
        {"body": b'{"more": 1e999}'},
        {"media_type": "Application/JSON; charset=utf-8"},
    ],
    ids=repr,
)
def test_the_same_export_by_default(request_):
    response = ask(**request_)
    assert (response.status_code, response.headers["content-type"]) == (200, JSON)
    assert response.json() == export()


REFUSALS = [
    (403, "forbidden", {"report_id": FORBIDDEN}),
    (403, "forbidden", {"report_id": FORBIDDEN.upper()}),
    (404, "saved_report_not_found", {"report_id": MISSING}),
    *(
        (400, "invalid_report_id", {"report_id": report_id})
        for report_id in (
            "abc",
            KNOWN.replace("-", ""),
            f"%7B{KNOWN}%7D",
            f"{KNOWN}%0A",
            "%00",
            "%ff",
            "\u0662" * 36,
        )
    ),
    *(
        (400, "malformed_body", {"body": body})
        for body in (b"", b"{", b'{"x": NaN}', b'{"x": "\xff"}', b"\xef\xbb\xbf{}", b'{"format": "\\ud800"}')
    ),
    (400, "malformed_body", {"body": b"[" * 100_000}),
    (400, "malformed_body", {"body": b'{"x": ' + b"9" * 10_000 + b"}"}),
    *(
        (422, "invalid_body", {"body": body})
        for body in (b"null", b"[]", b'"csv"', b'{"format": null}', b'{"format": "CSV"}', b'{"format": 1}')
    ),
    *(
        (415, "unsupported_media_type", {"media_type": media_type})
        for media_type in (None, "", "text/plain", "application/vnd.x+json", "application/jsonp")
    ),
    *(
        (404, "not_found", {"path": path, "method": method})
        for path in (
            "/",
            "/docs",
            "/openapi.json",
            "/api",
            f"{export_path()}/",
            "/api/v1/reports/saved/a%2Fb/export",
        )
        for method in ("GET", "POST")
    ),
    *((405, "method_not_allowed", {"method": m}) for m in ("GET", "OPTIONS", "TRACE", "PUT", "BREW")),
]


@pytest.mark.parametrize(("status", "code", "request_"), REFUSALS, ids=lambda value: repr(value)[:70])
def test_a_refusal_is_a_problem(status, code, request_):
    response = ask(**request_)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers.get("allow") == ("POST" if status == 405 else None)
    problem = response.json()
    assert problem["status"] == status
    assert (problem["code"], problem["type"]) == (code, f"https://docs.everruns.com/errors/{code}")
    assert all(problem[member] for member in ("title", "detail"))
    assert {action["rel"] for action in problem.get("allowed_actions", [])} <= {"retry"}


def test_head_is_refused_without_content():
    response = ask(method="HEAD")
    assert (response.status_code, response.headers["allow"], response.content) == (405, "POST", b"")


def test_instance_is_the_path_without_the_base_path():
    assert ask(report_id=MISSING).json()["instance"] == f"/v1/reports/saved/{MISSING}/export"


def test_an_unhandled_fault_is_a_problem_that_tells_nothing(monkeypatch):
    def fail(*_):
        raise RuntimeError("no such table: secrets")

    monkeypatch.setattr(Store, "run", fail)
    response = ask()
    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert response.json()["code"] == "internal_error"
    assert "secrets" not in response.text


def test_a_database_on_disk_is_filled_once(tmp_path):
    file = str(tmp_path / "reports.sqlite")
    first, second = (ask(app=create_app(file)).json() for _ in range(2))
    assert first == second == export()


@pytest.mark.parametrize(
    "path", sorted(Path(examples.report_server.__file__).parent.glob("*.py")), ids=lambda path: path.stem
)
def test_nothing_is_shared_with_the_project(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    assert not {name.partition(".")[0] for name in imported} & {"signoff", "mock_server", "contract_tests"}
