"""A user's module is imported by name, file or folder, whatever else has its name."""

import json
import sys

import pytest

from signoff.contract.errors import DataError, SetupError
from signoff.contract.user_modules import load_user_module, raised_at


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working directory; what is imported is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


def write(folder, **texts):
    for name, text in texts.items():
        path = folder / f"{name.replace('__in__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def package(folder, name, text="", **modules):
    write(folder / name, __init__=text, **modules)
    return folder / name


@pytest.mark.parametrize("source", ["shop_rules", "shop_rules.py", "./shop_rules.py"])
def test_a_module_of_the_working_directory_by_name_and_by_file(folder, source):
    write(folder, shop_rules="answer = 42")
    module = load_user_module(source, "rules")
    assert module.answer == 42
    assert sys.modules[module.__name__] is module
    assert module.__name__ == "shop_rules"
    assert load_user_module(source, "rules") is module


@pytest.mark.parametrize("source", ["team", "team/", "./team"])
def test_a_package_by_its_folder(folder, source):
    package(folder, "team", "from team.inner import answer", inner="answer = 42")
    assert load_user_module(source, "rules").answer == 42


def test_a_file_elsewhere_imports_its_siblings(folder):
    write(folder / "elsewhere", first="import second\nanswer = second.answer", second="answer = 42")
    assert load_user_module("elsewhere/first.py", "rules").answer == 42


@pytest.mark.parametrize("source", ["team/first.py", "team.first"])
def test_a_file_in_a_package_is_a_part_of_it(folder, source):
    package(folder, "team", first="from . import second\nanswer = second.answer", second="answer = 42")
    module = load_user_module(source, "rules")
    assert (module.__name__, module.answer) == ("team.first", 42)


def test_a_dotted_name_in_a_folder_without_init(folder):
    write(folder / "plain", first="answer = 42")
    assert load_user_module("plain.first", "rules").__name__ == "plain.first"


def test_an_installed_module_by_its_name():
    assert load_user_module("json.decoder", "rules") is sys.modules["json.decoder"]


def test_two_files_of_one_name_are_two_modules(folder):
    write(folder / "one", handlers="answer = 1")
    write(folder / "two", handlers="answer = 2")
    one, two = (load_user_module(f"{name}/handlers.py", "handlers") for name in ("one", "two"))
    assert (one.answer, two.answer) == (1, 2)
    assert sys.modules[two.__name__] is two
    assert load_user_module("two/handlers.py", "handlers") is two


def test_the_siblings_of_two_projects_may_have_one_name(folder):
    for name in ("one", "two"):
        write(folder / name, first="import second\nanswer = second.answer", second=f"answer = '{name}'")
        assert load_user_module(f"{name}/first.py", "rules").answer == name


def test_a_folder_without_init_is_a_package(folder):
    write(folder / "plain", first="from .second import answer", second="answer = 42")
    assert load_user_module("./plain", "handlers", submodule="first").answer == 42


def test_a_private_package_leaves_its_name_and_the_path_alone(folder):
    package(folder, "team", first="from . import second\nanswer = second.answer", second="answer = 42")
    before = list(sys.path)
    assert load_user_module("team", "handlers", submodule="first", is_private=True).answer == 42
    assert sys.path == before
    assert "team" not in sys.modules


def test_an_error_of_the_kit_stays_what_it_is(folder):
    write(folder, first="import signoff\nraise signoff.contract.DataError('three people')")
    with pytest.raises(DataError, match="three people"):
        load_user_module("first.py", "handlers")


@pytest.mark.parametrize("source", ["json.py", "json"])
def test_a_file_named_like_a_module_of_python_leaves_that_one_alone(folder, source):
    write(folder, json="answer = 42")
    assert load_user_module(source, "rules").answer == 42
    assert sys.modules["json"] is json


@pytest.mark.parametrize("source", ["json/first.py", "json.first"])
@pytest.mark.parametrize("has_init", [True, False])
def test_a_package_named_like_a_module_of_python(folder, source, has_init):
    package(folder, "json", first="from .second import answer", second="answer = 42")
    if not has_init:
        (folder / "json" / "__init__.py").unlink()
        source = "json.first"
    assert load_user_module(source, "rules").answer == 42


@pytest.mark.parametrize(
    ("source", "text", "message"),
    [
        (
            "broken",
            "raise RuntimeError('no luck')",
            "cannot import the rules module 'broken': RuntimeError",
        ),
        ("broken.py", "def broken(:", "SyntaxError: .*line 1"),
        ("broken", "import sys; sys.exit(0)", "SystemExit"),
        ("json.py", "raise RuntimeError", "cannot import"),
        ("nowhere.at_all", "", "No module named 'nowhere'"),
        ("nowhere.py", "", "not a Python file or package"),
        ("./folder", "", "not a Python file or package"),
    ],
)
def test_what_cannot_be_imported_is_a_set_up_error(folder, source, text, message):
    (folder / "folder").mkdir()
    if text:
        write(folder, **{source.removesuffix(".py"): text})
    known = set(sys.modules)
    for _ in range(2):
        with pytest.raises(SetupError, match=message):
            load_user_module(source, "rules")
    assert not set(sys.modules) - known


def test_where_an_exception_left_the_users_code(folder):
    write(
        folder,
        first="import json\nfrom second import decode\ndef run():\n    decode('{')",
        second="import json\n\ndef decode(text):\n    return json.loads(text)",
    )
    module = load_user_module("first.py", "rules")
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the error is json's
        module.run()
    place = raised_at(caught.value, module)
    assert (place.file, place.line) == (str(folder / "second.py"), 4)
