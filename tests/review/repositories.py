"""Git repositories to review in: the packaged contract on `main`, and a branch that edits it."""

import subprocess

import signoff

CONTRACT = signoff.reference_project().document.read_text()
_REQUIRED = "required: [as_of, content, content_type, filename, format]"
BREAKING = (_REQUIRED, _REQUIRED.replace(", format", ""))
EXTENDING = (
    "        freshness_lag_ms:\n          description",
    "        row_count: {type: integer}\n        freshness_lag_ms:\n          description",
)
UNSOUND = ("filename: tool-usage.csv", "filename: tool/usage.csv")


def git(folder, *arguments):
    return subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


def repository(folder, *edits, path="openapi.yaml"):
    """A repository whose branch `feature` is checked out, with the document edited."""
    folder.mkdir(exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "Tester")
    git(folder, "config", "user.email", "tester@example.org")
    document = folder / path
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_text(CONTRACT)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "The contract")
    git(folder, "checkout", "-q", "-b", "feature")
    text = CONTRACT
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    document.write_text(text)
    if edits:
        git(folder, "commit", "-q", "-a", "-m", "A change")
    return folder
