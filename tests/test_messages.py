"""`tests/messages.txt` holds every text that users can read, so that a diff shows what changes for them.

`python -m tests.test_messages` rewrites it. Each file has a section with its texts in source order, one per
line. `{name}` stands for a value, `{one|other}` for a choice; `[id]` is a rule or a check.
"""

from pathlib import Path

import pytest

from tests import messages

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "messages.txt"
MODULE = '''
"""Not shown."""
NAMES = {"a key": [f"{count} items", "one_word", r"^\\w+ [a-z]"]}

@click.command(help="Serve")
def serve(name: "str | None" = None) -> None:
    """Serve a mock.

    \\b
      one line
      another line
    """
    if str(error).startswith("no such") or name == "of no matter":
        raise SetupError(f"{name!r} is {'used' if used else 'free'}: {', '.join(names)}" + hint, "Fix it.")

@check(rationale="Clients break.")
def some_check(exchange):
    """The response is complete."""

def helper():
    """Also not shown."""
'''


def catalogue():
    files = [file for file in (ROOT / "signoff").rglob("*.*") if "__pycache__" not in file.parts]
    sections = [(file, dict.fromkeys(messages.texts_of(file))) for file in sorted(files)]
    return "\n".join(
        "\n".join([f"## {file.relative_to(ROOT).as_posix()}", *texts, ""])
        for file, texts in sections
        if texts
    )


def test_the_catalogue_of_messages_is_up_to_date():
    is_same = GOLDEN.read_text() == catalogue()
    assert is_same, "tests/messages.txt is outdated: run `python -m tests.test_messages` and read its diff"


def test_the_texts_of_a_module(tmp_path):
    (tmp_path / "module.py").write_text(MODULE)
    assert list(messages.texts_of(tmp_path / "module.py")) == [
        "a key",
        "{count} items",
        "Serve",
        "Serve a mock.",
        "one line",
        "another line",
        "{name} is {used|free}: {names}{hint}",
        "Fix it.",
        "[some-check]",
        "Clients break.",
        "The response is complete.",
    ]


PAGE = """{# No. #}<style>p { margin: 0 auto }</style>
<h1>{{ run.title }}: {{ "PASS" if ok else "FAIL" }}</h1>
<p title="A tip"{% if x %} hidden{% endif %}>{% if x %}Has <b>{{ n|length }}</b>{% else %}None{% endif %}</p>
{{ item(1) }}
"""


@pytest.mark.parametrize(
    ("name", "text", "texts"),
    [
        ("a.jinja", PAGE, ["{title}: {PASS|FAIL}", "A tip", "Has {n}", "None"]),
        ("a.js", '"use strict";\nconst a = "Copy it", b = "x";\n// "not this"', ["Copy it"]),
        (
            "a.schema.json",
            '{"title": "Run", "items": {"description": "Why."}, "const": "a b"}',
            ["Run", "Why."],
        ),
        ("a.yaml", "problems: {gone: {status: 404, detail: There is no $name.}}", ["There is no {name}."]),
        ("a.css", "p { margin: 0 auto }", []),
    ],
)
def test_the_texts_of_other_files(tmp_path, name, text, texts):
    (tmp_path / name).write_text(text)
    assert list(messages.texts_of(tmp_path / name)) == texts


if __name__ == "__main__":
    GOLDEN.write_text(catalogue())
