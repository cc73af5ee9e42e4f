"""The saved reports of the default mock: laws that hold for every report, and for every export."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mock_server.saved_reports import (
    LEFT_OUT,
    Column,
    FixtureError,
    SavedReport,
    export,
    filename,
    load_reports,
    to_csv,
    to_json,
)
from mock_server.saved_reports.catalogue import load_datasets
from signoff.contract import DataError

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fixtures" / "reports"
REPORTS = load_reports(FOLDER)
DEFINITIONS = {
    item["id"]: item for item in yaml.safe_load((FOLDER / "saved_reports.yaml").read_text("utf-8"))["reports"]
}
CELLS = yaml.safe_load((FOLDER / "awkward_cells.yaml").read_text("utf-8"))["cells"]
TOOL_USAGE = "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0"
FORBIDDEN = "018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9fff"
AWKWARD = "018f6b1e-7c2a-7d3e-9b41-5a6c7d8e9f14"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
ID_COLUMNS = {"turn", "session", "agent", "harness", "budget"}

COMMON = "session user principal agent agent_name harness harness_name app blueprint day"
DOMAIN = {
    "llm_generations": (
        f"{COMMON} turn model provider finish_reason",
        (
            "input_tokens output_tokens cache_read_tokens cache_creation_tokens total_tokens duration_ms "
            "avg_duration_ms time_to_first_token_ms avg_time_to_first_token_ms success_count error_count"
        ),
    ),
    "tool_calls": (
        f"{COMMON} turn tool tool_display_name tool_status capability capability_name",
        "call_count success_count error_count timeout_count cancelled_count duration_ms avg_duration_ms",
    ),
    "turns": (
        f"{COMMON} turn turn_status",
        (
            "turn_count duration_ms avg_duration_ms iterations tool_call_count success_count error_count "
            "input_tokens output_tokens total_tokens"
        ),
    ),
    "sessions": (
        f"{COMMON} session_status",
        (
            "session_count duration_ms avg_duration_ms turn_count tool_call_count input_tokens output_tokens "
            "total_tokens"
        ),
    ),
    "budget_postings": (
        f"{COMMON} budget budget_subject_type budget_subject currency meter_source ref_type",
        "amount debit_count credit_count",
    ),
}
PAIRS = [
    ("agent", "agent_name"),
    ("harness", "harness_name"),
    ("tool", "tool_display_name"),
    ("capability", "capability_name"),
    ("model", "provider"),
    ("tool", "capability"),
    ("turn", "session"),
    ("session", "user"),
    ("budget", "currency"),
]

each_report = pytest.mark.parametrize("report", REPORTS.values(), ids=lambda report: report.name)


def dicts(report: SavedReport) -> list[dict[str, Any]]:
    names = [column.name for column in report.columns]
    return [dict(zip(names, row, strict=True)) for row in report.rows]


def names_of(report: SavedReport, kind: str) -> list[str]:
    return [column.name for column in report.columns if column.kind == kind]


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the fixtures that a test may break."""
    return Path(shutil.copytree(FOLDER, tmp_path / "reports"))


@pytest.fixture(scope="module")
def every_column(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SavedReport]:
    """A report over each dataset with all its measures and eight dimensions, from fixtures made here."""
    folder = Path(shutil.copytree(FOLDER, tmp_path_factory.mktemp("wide") / "reports"))
    reports = []
    for number, (dataset, (dimensions, measures)) in enumerate(DOMAIN.items()):
        chosen = [*dimensions.split()[-4:], "agent", "agent_name", "session", "day"]
        reports.append(
            {
                **{key: DEFINITIONS[TOOL_USAGE][key] for key in ("created_at", "updated_at", "as_of")},
                "id": f"00000000-0000-4000-8000-{number:012}",
                "name": dataset,
                "facts": 300,
                "query": {
                    "dataset": dataset,
                    "dimensions": list(dict.fromkeys(chosen)),
                    "measures": measures.split(),
                    "from": "2025-01-15T00:00:00Z",
                    "to": "2026-01-15T00:00:00Z",
                    "limit": 1000,
                },
            }
        )
    rewrite(folder / "saved_reports.yaml", {"reports": reports})
    rewrite(folder / "awkward_cells.yaml", {"cells": []})
    return {report.name: report for report in load_reports(folder).values()}


def rewrite(path: Path, value: object) -> None:
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), "utf-8")


# What there is


def test_datasets_have_the_dimensions_and_measures_of_the_domain():
    datasets = load_datasets(FOLDER)
    assert {name: (sorted(item.dimensions), sorted(item.measures)) for name, item in datasets.items()} == {
        name: (sorted(a.split()), sorted(b.split())) for name, (a, b) in DOMAIN.items()
    }


def test_the_published_report_exists_and_one_report_is_forbidden():
    assert REPORTS[TOOL_USAGE].name == "Tool usage"
    assert [key for key, report in REPORTS.items() if report.forbidden] == [FORBIDDEN]
    assert len(REPORTS) >= 10
    assert all(key == report.id == key.lower() for key, report in REPORTS.items())


def test_every_dataset_is_used_and_freshness_is_a_number_null_and_left_out():
    assert {item["query"]["dataset"] for item in DEFINITIONS.values()} == DOMAIN.keys()
    kinds = {type(report.freshness_lag_ms) for report in REPORTS.values() if not report.forbidden}
    assert kinds == {int, type(None), type(LEFT_OUT)}


def test_some_report_has_no_rows_and_some_is_cut_off_by_its_limit():
    sizes = {key: len(report.rows) for key, report in REPORTS.items()}
    assert 0 in sizes.values()
    assert any(size == DEFINITIONS[key]["query"].get("limit") for key, size in sizes.items() if size > 1)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell["kind"])
def test_awkward_cells_are_shown_where_they_are_placed(cell):
    assert cell["value"] in [row[cell["column"]] for row in dicts(REPORTS[cell["report"]])]


def test_every_kind_of_awkwardness_is_there():
    values = [cell["value"] for cell in CELLS]
    assert None in values
    texts = [value for value in values if value is not None]
    assert all(any(text.startswith(start) for text in texts) for start in (*FORMULA, "'"))
    assert all(any(part in text for text in texts) for part in (",", '"', "\n", "\r", "\t"))
    assert any(not text.isascii() for text in texts)


# Laws of the rows


@each_report
def test_columns_are_the_dimensions_then_the_measures_of_the_query(report):
    query = DEFINITIONS[report.id]["query"]
    assert names_of(report, "dimension") == query.get("dimensions", [])
    assert names_of(report, "measure") == query["measures"]
    kinds = [column.kind for column in report.columns]
    assert kinds == sorted(kinds)


@each_report
def test_rows_have_distinct_dimensions_and_keep_the_limit(report):
    width = len(names_of(report, "dimension"))
    keys = [row[:width] for row in report.rows]
    assert len(set(keys)) == len(keys) <= DEFINITIONS[report.id]["query"].get("limit", 100)


@each_report
def test_filters_are_obeyed(report):
    for item in DEFINITIONS[report.id]["query"].get("filters", []):
        for row in dicts(report):
            if item["field"] in row:
                value = row[item["field"]]
                assert {
                    "eq": value == item["value"],
                    "neq": value != item["value"],
                    "in": value in item["value"],
                }[item["op"]]


def test_a_filter_on_a_dimension_that_is_not_shown_is_obeyed(folder):
    path = folder / "saved_reports.yaml"
    order = "order_by: [{field: call_count"
    hidden = "filters: [{field: tool_status, op: eq, value: error}]\n      " + order
    path.write_text(path.read_text("utf-8").replace(order, hidden, 1), "utf-8")
    errors = {row["tool"]: row["error_count"] for row in dicts(REPORTS[TOOL_USAGE]) if row["error_count"]}
    rows = dicts(load_reports(folder)[TOOL_USAGE])
    assert {row["tool"]: row["call_count"] for row in rows} == errors
    assert {row["success_count"] for row in rows} == {0}


@each_report
def test_rows_are_sorted_with_nulls_last(report):
    order_by = DEFINITIONS[report.id]["query"].get("order_by", [])
    rows = dicts(report)
    for above, below in pairwise(rows):
        for order in order_by:
            first, second = above[order["field"]], below[order["field"]]
            if first == second:
                continue
            in_order = second is None or (
                first is not None and (first > second) == (order.get("direction") == "desc")
            )
            assert in_order
            break


@each_report
def test_cells_have_the_type_of_their_column(report):
    for row in dicts(report):
        for column in report.columns:
            kind = str if column.kind == "dimension" else int | float
            assert row[column.name] is None or isinstance(row[column.name], kind)
            if column.name in ID_COLUMNS:
                assert re.fullmatch(f"{column.name}_[0-9a-f]{{32}}", row[column.name])


@each_report
def test_days_are_inside_the_time_range(report):
    query = DEFINITIONS[report.id]["query"]
    for row in dicts(report):
        if "day" in row:
            assert query["from"][:10] <= row["day"] < query["to"][:10]


@each_report
def test_times_are_in_order(report):
    times = [datetime.fromisoformat(text) for text in (report.created_at, report.updated_at, report.as_of)]
    assert times == sorted(times)


def test_what_belongs_together_is_the_same_in_every_report(every_column):
    shared: dict[tuple[str, str], dict[str, str]] = {}
    for report in (*REPORTS.values(), *every_column.values()):
        own: dict[tuple[str, str], dict[str, str]] = {}
        for row in dicts(report):
            for one, other in PAIRS:
                if one in row and other in row:
                    known = own if one in ("turn", "session") else shared
                    assert known.setdefault((one, other), {}).setdefault(row[one], row[other]) == row[other]
    assert len(shared) == len(PAIRS) - 2


def laws(row: dict[str, Any]) -> None:
    """What the measures of one row owe each other, as far as the row has them."""
    has = row.keys().__contains__
    if has("total_tokens") and has("input_tokens"):
        assert row["total_tokens"] == row["input_tokens"] + row["output_tokens"]
    if has("cache_read_tokens"):
        assert row["cache_read_tokens"] + row["cache_creation_tokens"] <= row["input_tokens"]
    if has("call_count") and has("timeout_count"):
        parts = ("success_count", "error_count", "timeout_count", "cancelled_count")
        assert row["call_count"] == sum(row[part] for part in parts)
    if has("turn_count") and has("success_count"):
        assert row["success_count"] + row["error_count"] <= row["turn_count"]
    if has("time_to_first_token_ms"):
        assert row["time_to_first_token_ms"] <= row["duration_ms"]
        wanted = average(row["time_to_first_token_ms"], row["success_count"])
        assert row["avg_time_to_first_token_ms"] == wanted
    if has("avg_duration_ms") and has("duration_ms"):
        counts = [row[name] for name in ("call_count", "session_count") if has(name)]
        counts = counts or ([row["turn_count"]] if has("turn_count") else [])
        count = counts[0] if counts else row["success_count"] + row["error_count"]
        assert row["avg_duration_ms"] == average(row["duration_ms"], count)
    if has("tool_status") and has("call_count"):
        assert row["call_count"] == row[f"{row['tool_status']}_count"] > 0


def average(amount: float, count: int) -> float | None:
    return round(amount / count, 2) if count else None


def test_measures_keep_their_relations(every_column):
    for report in (*REPORTS.values(), *every_column.values()):
        for row in dicts(report):
            laws(row)
            assert all(value >= 0 for name, value in row.items() if name.endswith("_count"))


def test_some_average_is_null_and_some_amount_is_negative():
    rows = [row for report in REPORTS.values() for row in dicts(report)]
    assert any(row.get("avg_time_to_first_token_ms", 0) is None for row in rows)
    assert any(row.get("amount", 0) < 0 for row in rows)


def test_a_thing_that_is_counted_counts_once_where_it_is_shown(every_column):
    assert {row["turn_count"] for row in dicts(every_column["turns"])} == {1}
    assert {row["session_count"] for row in dicts(every_column["sessions"])} == {1}


# The export


@each_report
@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_export_has_its_members_in_order(report, form):
    members = ["as_of", "content", "content_type", "filename", "format"]
    if report.freshness_lag_ms is not LEFT_OUT:
        members.append("freshness_lag_ms")
    body = export(report, form)
    assert list(body) == members
    assert body["format"] == form
    assert body["content_type"] == {"csv": "text/csv; charset=utf-8", "json": "application/json"}[form]
    assert body.get("freshness_lag_ms", LEFT_OUT) == report.freshness_lag_ms


def test_other_formats_are_refused():
    with pytest.raises(ValueError, match="'xlsx' is not an export format; there are csv, json"):
        export(REPORTS[TOOL_USAGE], "xlsx")


@each_report
def test_csv_and_json_have_the_same_cells(report):
    table = json.loads(str(export(report, "json")["content"]))
    expected = [[column["name"] for column in table["columns"]]]
    expected += [[guarded(cell) for cell in row.values()] for row in table["rows"]]
    assert parsed(str(export(report, "csv")["content"])) == expected


def test_csv_to_the_byte():
    columns = [Column("app", "dimension"), Column("amount", "measure")]
    rows = [('say "hi"', 1), (None, -2.5), ("=A1\nB", None), ("'x, y", 0)]
    expected = '"app","amount"\n"say ""hi""","1"\n"","\'-2.5"\n"\'=A1\nB",""\n"\'x, y","0"\n'
    assert to_csv(columns, rows) == expected


def small_report(freshness: Any) -> SavedReport:
    columns = (Column("app", "dimension"), Column("n", "measure"))
    return replace(
        REPORTS[AWKWARD], columns=columns, rows=(("Café", 1.5), (None, None)), freshness_lag_ms=freshness
    )


@pytest.mark.parametrize("freshness", [None, LEFT_OUT])
def test_json_to_the_byte(freshness):
    expected = """{
  "as_of": "2026-01-15T09:35:00Z",
  "columns": [
    {
      "name": "app",
      "kind": "dimension"
    },
    {
      "name": "n",
      "kind": "measure"
    }
  ],
  "rows": [
    {
      "app": "Café",
      "n": 1.5
    },
    {
      "app": null,
      "n": null
    }
  ]
}"""
    assert to_json(small_report(freshness)) == expected


@pytest.mark.parametrize("freshness", [0, 1500])
def test_json_tells_a_known_freshness_after_as_of(freshness):
    value = json.loads(to_json(small_report(freshness)))
    assert list(value) == ["as_of", "freshness_lag_ms", "columns", "rows"]
    assert value["freshness_lag_ms"] == freshness


def guarded(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return "'" + text if text[:1] in FORMULA and text else text


CELL = st.one_of(
    st.none(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    st.text("=+-@\t\r\n\"',x"),
)


@given(st.integers(1, 5).flatmap(lambda width: st.lists(st.tuples(*[CELL] * width), min_size=1)))
def test_csv_parses_back_to_the_guarded_cells(rows):
    columns = [Column(f"column_{number}", "measure") for number in range(len(rows[0]))]
    text = to_csv(columns, rows)
    back = parsed(text)
    assert back == [[column.name for column in columns], *([guarded(cell) for cell in row] for row in rows)]
    assert text.startswith('"')
    assert text.endswith('"\n')
    assert not any(cell.startswith(FORMULA) for row in back for cell in row)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Tool usage", "tool-usage"),
        ("  --Tool__usage!! ", "tool-usage"),
        ("Première réponse", "premi-re-r-ponse"),
        ("予算の動き", "report"),
        ("---", "report"),
        ("Q3/Q4 2025", "q3-q4-2025"),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_filename(name, expected):
    assert filename(name, "csv") == f"{expected}.csv"
    assert filename(name, "json") == f"{expected}.json"


@given(st.text(min_size=1, max_size=200), st.sampled_from(["csv", "json"]))
def test_filenames_are_plain(name, form):
    stem, _, extension = filename(name, form).partition(".")
    assert extension == form
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", stem)
    assert len(stem) <= max(len(name), len("report"))
    assert filename(stem, form) == f"{stem}.{form}"


# Determinism

PROGRAM = """
import hashlib, json, sys
from pathlib import Path
from mock_server.saved_reports import export, load_reports
reports = load_reports(Path(sys.argv[1]), seed=int(sys.argv[2]))
print(json.dumps({key: [hashlib.sha256(json.dumps(export(item, form)).encode()).hexdigest()
                        for form in ("csv", "json")] for key, item in reports.items()}))
"""


def hashes(folder: Path, *, seed: int = 0, hash_seed: str = "0") -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), str(seed)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
    )
    value: dict[str, list[str]] = json.loads(done.stdout)
    return value


def test_the_bytes_are_the_same_in_every_process_and_order(folder):
    reference = hashes(FOLDER, hash_seed="1")
    assert hashes(FOLDER, hash_seed="4242") == reference
    definitions = list(reversed(DEFINITIONS.values()))
    rewrite(folder / "saved_reports.yaml", {"reports": definitions})
    assert hashes(folder, hash_seed="random") == reference


def test_another_seed_gives_other_rows():
    other = load_reports(FOLDER, seed=1)
    changed = [key for key in REPORTS if REPORTS[key].rows != other[key].rows]
    assert set(changed) == {key for key, report in REPORTS.items() if report.rows}


# Broken fixtures


@pytest.mark.parametrize(
    ("file", "old", "new", "pointer", "message"),
    [
        ("saved_reports.yaml", "reports:", "report:", "", "'reports' is missing"),
        ("saved_reports.yaml", "name: Tool usage", "title: Tool usage", "/reports/0", "'name' is missing"),
        ("saved_reports.yaml", "name: Tool usage", f"name: {'x' * 201}", "/reports/0/name", "201 characters"),
        ("saved_reports.yaml", "facts: 260", "facts: 0", "/reports/0/facts", "0 is not from 1"),
        ("saved_reports.yaml", "facts: 260", "facts: 260\n    odd: 1", "/reports/0/odd", "means nothing"),
        ("saved_reports.yaml", "id: 2489e9ad-", "id: ", "/reports/0/id", "is not a UUID"),
        ("saved_reports.yaml", "8e9f11", "8E9F10", "/reports/2", "occurs twice"),
        (
            "saved_reports.yaml",
            "dataset: tool_calls",
            "dataset: tools",
            "/reports/0/query/dataset",
            "valid dataset",
        ),
        (
            "saved_reports.yaml",
            "[tool, tool_",
            "[model, tool_",
            "/reports/0/query/dimensions/0",
            "'model' is not a valid dimension",
        ),
        (
            "saved_reports.yaml",
            "[call_count, s",
            "[x, s",
            "/reports/0/query/measures/0",
            "'x' is not a valid measure",
        ),
        (
            "saved_reports.yaml",
            "[call_count, success_count",
            "[call_count, call_count",
            "/reports/0/query/measures/1",
            "occurs twice",
        ),
        (
            "saved_reports.yaml",
            "field: tool}",
            "field: app}",
            "/reports/0/query/order_by/1/field",
            "valid column",
        ),
        (
            "saved_reports.yaml",
            "from: '2025-12-16",
            "from: '2024-12-16",
            "/reports/0/query",
            "at most 370 days",
        ),
        (
            "saved_reports.yaml",
            "'2025-12-16T00:00:00Z'",
            "'2025-12-16'",
            "/reports/0/query/from",
            "not an RFC 3339 time",
        ),
        (
            "saved_reports.yaml",
            "'2025-12-16T00:00:00Z'",
            "'2025-02-30T00:00:00Z'",
            "/reports/0/query/from",
            "not an RFC 3339 time",
        ),
        ("saved_reports.yaml", "limit: 40", "limit: 1001", "/reports/1/query/limit", "1001 is not from 1"),
        (
            "saved_reports.yaml",
            "op: in",
            "op: like",
            "/reports/1/query/filters/0/op",
            "'like' is not a valid filter",
        ),
        ("saved_reports.yaml", "'2025-09-02", "'2026-09-02", "/reports/0", "created_at <= updated_at"),
        (
            "saved_reports.yaml",
            "freshness_lag_ms: 1500",
            "freshness_lag_ms: -1",
            "/reports/0/freshness_lag_ms",
            "-1",
        ),
        (
            "saved_reports.yaml",
            "access: forbidden",
            "access: secret",
            "/reports/10/access",
            "'secret' is not a valid access",
        ),
        ("datasets.yaml", "people: 24", "persons: 24", "/entities/user/persons", "means nothing here"),
        ("datasets.yaml", "people: 24, ", "", "/entities/user", "exactly one of"),
        (
            "datasets.yaml",
            "values: models",
            "values: cars",
            "/entities/model/values",
            "valid list in values.yaml",
        ),
        (
            "datasets.yaml",
            "{draw: [180, 9200]}",
            "{draw: [9, 1]}",
            "/datasets/llm_generations/measures/input_tokens/draw",
            "9 is above 1",
        ),
        (
            "datasets.yaml",
            "share_of: input_tokens",
            "share_of: total_tokens",
            "/datasets/llm_generations/measures/cache_read_tokens/share_of",
            "valid measure above",
        ),
        (
            "datasets.yaml",
            "outcome: success",
            "mood: good",
            "/datasets/llm_generations/measures/success_count/where/mood",
            "not a field",
        ),
        (
            "datasets.yaml",
            "[turn, session, user",
            "[session, turn, user",
            "/datasets/llm_generations/entities",
            "must stand before",
        ),
        (
            "datasets.yaml",
            "batch: [1, 40]",
            "batch: [40, 1]",
            "/datasets/llm_generations/batch",
            "40 is above 1",
        ),
        (
            "values.yaml",
            "provider: heron, weight: 4",
            "maker: heron, weight: 4",
            "/models/0",
            "'provider' is missing",
        ),
        (
            "values.yaml",
            "tool_calls, outcome: success",
            "tool_calls",
            "/finish_reasons/1",
            "different fields",
        ),
        ("values.yaml", "- Help desk", "- 12", "/apps/0", "must be a string"),
        ("awkward_cells.yaml", "column: app", "column: user", "/cells/0/column", "valid dimension"),
        ("awkward_cells.yaml", "with: {tool: convert_units, ", "with: {", "/cells/19", "has the fields"),
        ("awkward_cells.yaml", "2489e9ad-", "2489e9ae-", "/cells/19/report", "unknown report"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(folder, file, old, new, pointer, message):
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(FixtureError) as caught:
        load_reports(folder)
    assert (caught.value.file, caught.value.pointer) == (str(path), pointer)
    assert message in caught.value.message
    assert caught.value.location is not None
    assert caught.value.location.line > 0


def test_an_awkward_cell_that_is_cut_off_is_an_error(folder):
    path = folder / "saved_reports.yaml"
    path.write_text(path.read_text("utf-8").replace("limit: 500", "limit: 2"), "utf-8")
    with pytest.raises(FixtureError, match="no row of the report shows it"):
        load_reports(folder)


@pytest.mark.parametrize("text", ["reports: [", "reports: 1", "- 1", "", "a: 1\na: 2"])
def test_files_that_are_no_such_thing_are_errors(folder, text):
    (folder / "saved_reports.yaml").write_text(text, "utf-8")
    with pytest.raises(FixtureError):
        load_reports(folder)


def test_a_missing_file_is_an_error_for_users_and_for_programs(tmp_path):
    with pytest.raises(FixtureError) as caught:
        load_reports(tmp_path)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, DataError)
    assert caught.value.file == str(tmp_path / "values.yaml")
