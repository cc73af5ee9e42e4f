"""The packages of the kit and the direction of imports between them.

Run `python -m tests.test_architecture` to print the import graph of the packages in words.
"""

import ast
import re
from collections import defaultdict
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
KIT = ROOT / "signoff"
PROJECT = ("openapi", "mock_server", "contract_tests", "fixtures")

# From the bottom up. A package imports itself and what stands in the lines below its own.
LAYERS = (
    {"aliases", "signals"},
    {"contract"},
    {"generate"},
    {"project", "printing"},
    {"reporting", "command_line", "defaults"},
    {"mock", "conformance", "review"},
    {"docs", "init", "migrate"},
    {"cli", "__init__"},
    {"__main__"},
)
MODULES = sorted(KIT.rglob("*.py"))


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_name(path): path for path in MODULES}


def nodes(path):
    return ast.walk(ast.parse(path.read_text()))


@cache
def imports(path):
    """The modules that a module imports, in function bodies and `TYPE_CHECKING` blocks, too."""
    found = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                found.append(name if name in NAMES else str(node.module))
    return found


def layer_of(module):
    """The layer of a module of the kit, counted from the bottom."""
    room = module.split(".")[1] if "." in module else "__init__"
    return next(number for number, rooms in enumerate(LAYERS) if room in rooms), room


def is_upward(importer, imported):
    (own, own_room), (other, other_room) = layer_of(importer), layer_of(imported)
    return other > own or (other == own and own_room != other_room)


def each(problems):
    """The modules that have problems, with them."""
    return {module_name(path): found for path in MODULES if (found := list(problems(path)))}


def test_the_modules_are_found():
    assert len(MODULES) > 300


def test_imports_point_down():
    def wrong(path):
        found = set(imports(path))
        yield from (name for name in found if name in NAMES and is_upward(module_name(path), name))
        yield from (name for name in found if name.partition(".")[0] in {*PROJECT, "examples", "tests"})

    assert each(wrong) == {}


def test_no_import_cycles():
    """Also none by way of function bodies or `TYPE_CHECKING` blocks."""
    graph = {
        name: {
            found
            for found in imports(path)
            # A module imports its own package's __init__ only by being inside it.
            if found in NAMES and found != name and not name.startswith(f"{found}.")
        }
        for name, path in NAMES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def package_graph():
    """Which package imports which, and by how many imports."""
    graph = defaultdict(lambda: defaultdict(int))
    for name, path in NAMES.items():
        for found in imports(path):
            if found in NAMES and layer_of(found)[1] != layer_of(name)[1]:
                graph[layer_of(name)[1]][layer_of(found)[1]] += 1
    return graph


def test_the_kit_knows_no_api_of_its_own():
    names = re.compile(r"export_saved_report|allowed_actions|freshness_lag|\bas_of\b")
    known = [path for path in KIT.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert not [str(path) for path in known if names.search(path.read_text(errors="replace"))]


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_paths_in_the_pages_for_maintainers_exist(page):
    named = re.findall(r"`([\w./-]+(?:\.\w+|/))`", (ROOT / page).read_text())
    assert named
    for name in set(named) - {"signoff/reference/"}:
        assert (ROOT / name).exists() or (KIT / name).exists(), name


def test_fixtures_hold_no_python():
    assert not list((ROOT / "fixtures").rglob("*.py"))


def test_no_private_import_from_the_frameworks():
    def private(path):
        for name in imports(path):
            package, *rest = name.split(".")
            if package in ("connexion", "schemathesis") and any(part.startswith("_") for part in rest):
                yield name

    assert each(private) == {}


def test_modules_are_short():
    lengths = {module_name(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length >= 450} == {}


def test_functions_fit_a_screen():
    def long(path):
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = node.end_lineno - (body[0].lineno if body else first) + 1
                if length >= 50:
                    yield f"{node.name} has {length} lines"

    assert each(long) == {}


if __name__ == "__main__":
    for layer in LAYERS:
        for room in sorted(layer):
            found = package_graph()[room]
            print(
                f"{room} imports", ", ".join(f"{other} ({n})" for other, n in sorted(found.items())) or "none"
            )
