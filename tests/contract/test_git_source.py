"""Documents at a git revision: found, read with what they refer to, and never silently something else."""

import subprocess

import pytest

import signoff
from signoff.contract import SourceError, git_source, source
from signoff.review.run import read_base

DOCUMENT = """\
openapi: 3.1.0
info: {title: %s, version: "1"}
paths:
  /things:
    get:
      responses:
        "200":
          description: All
          content: {application/json: {schema: {$ref: "parts/thing.yaml#/Thing"}}}
"""


def git(folder, *arguments):
    answer = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return answer.stdout.strip()


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Revision `main` says Old in `api/openapi.yaml`, the work tree says New and its parts are gone."""
    folder = tmp_path / "repository"
    (folder / "api" / "parts").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "Tester")
    git(folder, "config", "user.email", "tester@example.org")
    document = folder / "api" / "openapi.yaml"
    document.write_text(DOCUMENT % "Old")
    (folder / "api" / "parts" / "thing.yaml").write_text("Thing: {type: object, required: [id]}\n")
    (folder / "link.yaml").symlink_to("api/openapi.yaml")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "First")
    document.write_text(DOCUMENT % "New")
    (folder / "api" / "parts" / "thing.yaml").unlink()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    "name", ["main:api/openapi.yaml", "HEAD:./api/openapi.yaml", "main~0:api/../api/openapi.yaml"]
)
def test_a_document_and_what_it_refers_to_come_from_the_revision(repository, name):
    contract = signoff.load(name)
    assert contract.title == "Old"
    assert contract.source_name == f"{name.partition(':')[0]}:api/openapi.yaml"
    names = [file.name for file in contract.bundle.files]
    assert names[1] == f"{name.partition(':')[0]}:api/parts/thing.yaml"
    place = contract.locate("/x-signoff-files/1/Thing")
    assert (place.file, place.line) == (names[1], 1)


def test_references_to_files_are_percent_decoded(repository):
    parts = repository / "api" / "big parts"
    parts.mkdir()
    (parts / "a thing.yaml").write_text("Thing: {type: object, required: [id]}\n")
    text = (DOCUMENT % "Spaces").replace("parts/thing.yaml", "big%20parts/a%20thing.yaml")
    (repository / "api" / "spaces.yaml").write_text(text)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "Spaces")
    contract = signoff.load(source.at_revision(git_source.find("HEAD:api/spaces.yaml", repository)))
    assert contract.bundle.files[1].name == "HEAD:api/big parts/a thing.yaml"


def test_a_path_may_be_relative_to_where_one_is(repository, monkeypatch):
    monkeypatch.chdir(repository / "api")
    assert signoff.load("main:./openapi.yaml").source_name == "main:api/openapi.yaml"


def test_a_file_of_that_name_goes_first(repository):
    (repository / "main:api").mkdir()
    (repository / "main:api" / "openapi.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: File, version: '1'}\npaths: {}\n"
    )
    assert signoff.load("main:api/openapi.yaml").title == "File"


def test_links_inside_the_repository_are_followed(repository):
    assert b"Old" in source.read("main:link.yaml").data


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere:api/openapi.yaml", ["unknown revision 'nowhere'", "fetch-depth: 0"]),
        ("--output=x:api/openapi.yaml", ["unknown revision '--output=x'"]),
        ("main\nHEAD:api/openapi.yaml", ["unknown revision"]),
        ("main:api/other.yaml", ["api/other.yaml does not exist at main ("]),
        ("main:api", ["is a directory"]),
        ("main:../outside.yaml", ["is outside the repository"]),
        ("main:/etc/hostname", ["is outside the repository"]),
        ("main^{tree}:api/openapi.yaml", ["unknown revision"]),
    ],
)
def test_what_is_not_there_is_an_error(repository, name, words):
    with pytest.raises(SourceError) as raised:
        signoff.load(name)
    for word in words:
        assert word in str(raised.value)


def test_outside_a_repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(SourceError, match="not in a git repository"):
        signoff.load("main:openapi.yaml")


def test_without_git(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SourceError, match="git is not installed"):
        signoff.load("main:api/openapi.yaml")


def test_a_git_that_hangs_is_given_up(repository, tmp_path, monkeypatch):
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nexec sleep 20\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(git_source, "TIMEOUT_S", 0.1)
    with pytest.raises(SourceError, match="git timed out"):
        signoff.load("main:api/openapi.yaml")


def test_files_are_bounded(repository, monkeypatch):
    monkeypatch.setattr(source, "MAX_BYTES", 16)
    with pytest.raises(SourceError, match="larger than"):
        signoff.load("main:api/openapi.yaml")


def test_a_reference_out_of_the_repository_is_refused(repository):
    path = repository / "out.yaml"
    path.write_text((DOCUMENT % "Out").replace("parts/thing.yaml", "../../../etc/thing.yaml"))
    git(repository, "add", "out.yaml")
    git(repository, "commit", "-q", "-m", "Out")
    with pytest.raises(signoff.DocumentError, match="is outside the repository"):
        signoff.load("HEAD:out.yaml")


@pytest.mark.parametrize("folder", [".", "api", ".."])
def test_a_revision_alone_means_the_same_file(repository, monkeypatch, folder):
    document = repository / "api" / "openapi.yaml"
    monkeypatch.chdir(repository / folder)
    found = read_base("main", str(document))
    assert (found.name, b"Old" in found.data) == ("main:api/openapi.yaml", True)


def test_three_dots_mean_where_the_branch_was_left(repository):
    git(repository, "checkout", "-q", "-b", "feature")
    left = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "main")
    git(repository, "commit", "-q", "-am", "Main moves on")
    git(repository, "checkout", "-q", "feature")
    found = read_base("main...", "api/openapi.yaml")
    assert git_source.file_at(found.base).commit == left
    assert b"Old" in found.data
    assert b"New" in read_base("main", "api/openapi.yaml").data


def test_the_base_may_be_a_file_or_anything_that_is_read(repository):
    assert b"New" in read_base("api/openapi.yaml", "other.yaml").data
    assert read_base("main:link.yaml", "other.yaml").name == "main:link.yaml"


def test_a_folder_may_have_the_name_of_a_branch(repository):
    (repository / "main").mkdir()
    assert b"Old" in read_base("main", "api/openapi.yaml").data


def test_outside_a_repository_the_base_is_no_file(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(SourceError, match=r"'missing.yaml' is not a file, and .* is not in a git repository"):
        read_base("missing.yaml", str(tmp_path / "openapi.yaml"))


@pytest.mark.parametrize(
    ("base", "document", "words"),
    [
        ("nowhere", "api/openapi.yaml", ["is not a file, and unknown revision", "fetch"]),
        ("missing.yaml", "api/openapi.yaml", ["is not a file, and"]),
        ("main", "-", ["main:PATH"]),
        ("main", "https://example.org/openapi.yaml", ["main:PATH"]),
        ("main", "other.yaml", ["other.yaml does not exist at main"]),
        ("main", str(signoff.reference_project().document), ["the built-in example"]),
        ("", "api/openapi.yaml", ["is empty"]),
        ("api", "api/openapi.yaml", ["is a directory"]),
    ],
)
def test_a_base_that_cannot_be_read(repository, base, document, words):
    with pytest.raises(SourceError) as raised:
        read_base(base, document)
    for word in words:
        assert word in str(raised.value)
