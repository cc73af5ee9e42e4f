"""The rooms and the direction of imports (see README, "How it is put together")."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("openapi", "mock_server", "contract_tests")
MAY_IMPORT = {
    "openapi": {"openapi"},
    "mock_server": {"openapi", "mock_server"},
    "contract_tests": {"openapi", "contract_tests"},
}
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree, *, at_runtime_only=False):
    """The modules that a module names in its imports, type checking aside when asked."""
    skipped = set()
    if at_runtime_only:
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
                skipped.update(ast.walk(node))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                skipped.update(ast.walk(node))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_point_down(path):
    room = path.relative_to(ROOT).parts[0]
    foreign = {*PACKAGES, "signoff", "examples", "tests"} - MAY_IMPORT[room]
    found = {name.partition(".")[0] for name in imports(ast.parse(path.read_text()))}
    assert not found & foreign


def test_no_module_imports_itself_in_a_circle():
    names = {module_name(path): path for path in MODULES}
    graph = {
        name: {
            found for found in imports(ast.parse(path.read_text()), at_runtime_only=True) if found in names
        }
        - {name, *(package for package in names if name.startswith(f"{package}."))}
        for name, path in names.items()
    }
    TopologicalSorter(graph).prepare()


def test_fixtures_hold_no_python():
    assert not list((ROOT / "fixtures").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_no_private_import_from_the_frameworks(path):
    for name in imports(ast.parse(path.read_text())):
        package, *rest = name.split(".")
        if package in ("connexion", "schemathesis"):
            assert not [part for part in rest if part.startswith("_")], name


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_modules_can_be_read_in_one_sitting(path):
    assert len(path.read_text().splitlines()) <= 300
