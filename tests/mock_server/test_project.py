"""The reference project's mock is what a user could have written."""

import ast
import importlib
import shutil
import subprocess
import sys

import httpx2
import pytest

import signoff
from mock_server.app import app
from signoff.contract import DataError
from signoff.mock import create_app
from signoff.mock.handler_modules import ModuleFunctions
from tests.conftest import KNOWN, ROOT, export_path, reference_app, running

FOLDER = ROOT / "mock_server"
FILES = sorted(FOLDER.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_it_uses_the_public_names_of_the_kit_and_relative_imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert not {
                alias.name for alias in node.names if alias.name.startswith(("signoff", "mock_server"))
            }
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert node.module.partition(".")[0] != "mock_server"
            if node.module.partition(".")[0] == "signoff":
                public = importlib.import_module(node.module).__all__
                assert {alias.name for alias in node.names} <= set(public)
                assert node.module in ("signoff", "signoff.contract", "signoff.mock")


def test_its_app_is_the_mock_of_the_command():
    with running(app) as one, running(reference_app()) as two:
        for body in ({}, {"format": "xml"}):
            left, right = (httpx2.post(origin + export_path(), json=body) for origin in (one, two))
            assert (left.status_code, left.content) == (right.status_code, right.content)


def test_it_is_loaded_beside_another_package_of_its_name(tmp_path):
    """As in the wheel, where a user's own `mock_server` is what Python finds."""
    (tmp_path / "mock_server").mkdir()
    (tmp_path / "mock_server" / "__init__.py").write_text("MINE = 1\n")
    code = (
        "from signoff.mock import Settings\n"
        "from signoff.mock.handler_modules import ModuleFunctions\n"
        f"functions = ModuleFunctions({str(FOLDER)!r})\n"
        "import mock_server\n"
        "assert mock_server.MINE\n"
        "import signoff\n"
        "(operation,) = signoff.load(signoff.reference_project().document).operations\n"
        "function = functions.function_for(operation)\n"
        f"print(function({KNOWN!r}, {{}}, Settings())['filename'])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.stdout, found.stderr) == ("tool-usage.csv\n", "")


def test_a_mistake_in_its_data_is_an_error_at_the_start(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "mock_server")
    shutil.copytree(ROOT / "fixtures" / "reports", tmp_path / "fixtures" / "reports")
    (tmp_path / "fixtures" / "reports" / "values.yaml").write_text("people: 3\n")
    with pytest.raises(DataError, match=r"values\.yaml"):
        create_app(ROOT / "openapi" / "reports.yaml", handlers=tmp_path / "mock_server")


def test_the_kit_knows_nothing_of_it():
    words = ("export_saved_report", "allowed_actions", "freshness_lag", "as_of")
    files = [path for path in (ROOT / "signoff" / "mock").rglob("*") if path.suffix in (".py", ".yaml")]
    assert files
    assert [(path, word) for path in files for word in words if word in path.read_text()] == []


def test_its_handler_is_the_only_one():
    contract = signoff.load(signoff.reference_project().document)
    assert len(ModuleFunctions(FOLDER).handled([contract])) == len(contract.operations) == 1
