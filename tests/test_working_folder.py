"""Commands leave nothing in the working folder but what they were asked to write."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, running

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Notes", "version": "1"},
    "paths": {
        "/notes": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["text"],
                                "properties": {"text": {"type": "string", "pattern": "^[a-z]{2,9}$"}},
                            }
                        }
                    },
                },
                "responses": {"201": {"description": "Added"}, "400": {"description": "Invalid"}},
            }
        }
    },
}


async def target(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def left(folder, *arguments, **environment):
    """What a command leaves beside the document."""
    (folder / "openapi.yaml").write_text(yaml.safe_dump(DOCUMENT))
    command = [sys.executable, "-m", "signoff", "--no-config", *arguments]
    known = {name: value for name, value in os.environ.items() if not name.startswith("HYPOTHESIS")}
    temporary = folder.parent / f"{folder.name}-temporary"
    temporary.mkdir()
    known |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), **environment}
    done = subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert "Hypothesis" not in done.stderr
    assert list(temporary.iterdir()) == []
    return {path.name for path in folder.iterdir()} - {"openapi.yaml"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("test", "{origin}", "openapi.yaml", "--max-examples", "3"),
        ("review", "openapi.yaml", "--base", "openapi.yaml"),
        ("mock", "openapi.yaml", "--list-resources"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_nothing_is_left(tmp_path, arguments):
    with running(target) as origin:
        assert left(tmp_path, *(word.format(origin=origin) for word in arguments)) == set()


def test_a_storage_directory_of_the_user_is_used(tmp_path):
    work, store = tmp_path / "work", tmp_path / "store"
    work.mkdir()
    tables = Path(os.environ["HYPOTHESIS_STORAGE_DIRECTORY"]) / "unicode_data"
    if tables.exists():  # to make them takes seconds
        shutil.copytree(tables, store / tables.name)
    with running(target) as origin:
        arguments = ("test", origin, "openapi.yaml", "--max-examples", "3")
        assert left(work, *arguments, HYPOTHESIS_STORAGE_DIRECTORY=str(store)) == set()
    assert (store / "constants").is_dir()
