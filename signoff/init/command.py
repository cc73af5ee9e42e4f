"""The command `signoff init`: creates the files of a new project."""

from __future__ import annotations

import json
import keyword
import posixpath
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from signoff.command_line import limit_options, remote_refs_option
from signoff.contract import git_source
from signoff.contract.document import load
from signoff.contract.errors import SetupError
from signoff.contract.limits import NO_OPTIONS, PARTS, VALIDATION
from signoff.contract.source import is_remote
from signoff.init import targets
from signoff.printing import echo
from signoff.project import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from signoff.contract.contract import Contract, Operation
    from signoff.contract.limits import Limits
    from signoff.contract.source import Source
    from signoff.project import Project

_TEMPLATES = Path(__file__).with_name("templates")
_STARTER = _TEMPLATES / "openapi.yaml"
_DOCUMENTS = "openapi"
_MOCK = "http://127.0.0.1:4010"
_LONGEST_EXAMPLE = 95


@click.command
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path())
@click.option("--document", metavar="FILE_OR_URL", help="OpenAPI document to use. Default: a small example.")
@remote_refs_option
@limit_options(PARTS, VALIDATION)
def init(folder: str, *, document: str | None, allow_remote_refs: bool, limits: Limits) -> None:
    """Create the files of a new project in DIR (default: the working directory).

    The document is copied together with the local files that it references. Existing files are never changed.

    \b
      signoff init --document openapi.yaml
      signoff init shop --document https://example.com/openapi.json
    """
    outcome = write_project(Path(folder), document, allow_remote_refs=allow_remote_refs, limits=limits)
    place = "" if Path(folder).resolve() == Path.cwd().resolve() else f" in {folder}"
    for title, names in (
        (f"Created{place}:", outcome.written),
        ("Already existed, unchanged:", outcome.left),
    ):
        if names:
            echo("\n".join([title, *(f"  {name}" for name in names)]))
    echo(f"Next{place}:")
    echo("  signoff mock              start the mock server")
    echo("  signoff test              test the server at base-url (by default the mock)")
    echo("  pytest contract_tests     the same tests with pytest")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result; paths are relative to the project's folder.

    Attributes:
        written: the new files.
        left: the files that existed already; they are unchanged.
    """

    written: tuple[str, ...]
    left: tuple[str, ...]


def write_project(
    folder: Path,
    document: str | None,
    *,
    allow_remote_refs: bool = False,
    limits: Limits = NO_OPTIONS,
) -> Outcome:
    """Write the files of a new project. Existing files are never changed.

    Args:
        folder: the project's folder; created if needed.
        document: a path, a URL or `REVISION:PATH`; by default the document in the folder's configuration, or
            a small example.
        allow_remote_refs: whether to fetch `$ref`s to http(s) URLs.
        limits: on the work for the document.

    Raises:
        SourceError: the document cannot be read.
        DocumentError: it is not an OpenAPI document.
        DataError: the folder has a configuration file that is not TOML.
        SetupError: a file cannot be written.
    """
    project = find(folder)
    own = project if project and project.folder == folder.absolute() else None
    named = document or next(iter(own.documents if own else ()), _STARTER)
    contract = load(named, allow_remote_refs=allow_remote_refs, limits=limits)
    documents = _documents(contract.bundle.files, folder)
    texts = {**_texts(contract), **_configuration(contract, next(iter(documents)), own, folder)}
    files = {**documents, **{name: text.encode() for name, text in texts.items()}}
    _check_inside(folder, files)
    is_new = {name: _write(folder / name, data) for name, data in files.items()}
    left = [name for name in files if not is_new[name]]
    if (folder / "pyproject.toml").exists() and "pyproject.toml" not in files:
        left.append("pyproject.toml")
    return Outcome(tuple(name for name in files if is_new[name]), tuple(left))


def _check_inside(folder: Path, names: Iterable[str]) -> None:
    """Raise SetupError if a link points outside the project, before anything is written."""
    own = folder.resolve()
    for name in names:
        if not (folder / name).parent.resolve().is_relative_to(own):
            raise SetupError(
                f"cannot write {folder / name}: its folder is a link to outside {folder}",
                suggestion="Remove the link, or use another folder.",
            )


def _write(file: Path, data: bytes) -> bool:
    """Write a file; False if it exists already."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        if not file.is_file():
            raise SetupError(
                f"cannot write {file}: it exists and is not a file", suggestion="Use another folder."
            ) from None
        return False
    except OSError as error:
        raise SetupError(f"cannot write {file}: {error.strerror}") from None
    return True


def _documents(sources: Sequence[Source], folder: Path) -> dict[str, bytes]:
    """The document, and the files that it references, with their relative paths kept."""
    places = {_place(source): source for source in sources if _origin(source) == _origin(sources[0])}
    own = (folder / _DOCUMENTS).resolve().as_posix()
    is_here = not _origin(sources[0]) and all(place.startswith(f"{own}/") for place in places)
    common = own if is_here else posixpath.commonpath([posixpath.dirname(place) for place in places])
    found = {f"{_DOCUMENTS}/{posixpath.relpath(place, common)}": place for place in places}
    if len(found) == 1 and not next(iter(found)).endswith((".yaml", ".yml", ".json")):
        suffix = "json" if sources[0].is_json else "yaml"
        return {f"{_DOCUMENTS}/openapi.{suffix}": sources[0].data}
    return {name: places[place].data for name, place in found.items()}


def _origin(source: Source) -> str:
    """The origin of a file: a server, a repository or this machine."""
    if is_remote(source.base):
        return urlsplit(source.base).netloc
    return git_source.file_at(source.base).commit if git_source.is_address(source.base) else ""


def _place(source: Source) -> str:
    """The absolute path of a file on its origin, with slashes."""
    if is_remote(source.base):
        return posixpath.normpath(f"/{urlsplit(source.base).path.lstrip('/')}")
    if git_source.is_address(source.base):
        return posixpath.normpath(f"/{git_source.file_at(source.base).path}")
    path = Path(source.base)
    return (path.parent.resolve() / path.name).as_posix()


def _texts(contract: Contract) -> dict[str, str]:
    """The files besides the document and the configuration."""
    return {
        "mock_server/handlers.py": _filled("handlers.py.txt", **_example_of_a_handler(contract)),
        "contract_tests/test_contract.py": _filled("test_contract.py.txt"),
        "fixtures/targets.yaml": targets.render(contract),
        ".github/workflows/api.yml": _filled("api.yml"),
    }


def _configuration(contract: Contract, document: str, own: Project | None, folder: Path) -> dict[str, str]:
    """The configuration file: the existing one, or a new pyproject.toml or signoff.toml."""
    base_url = json.dumps(f"{_MOCK}{contract.base_path}")
    text = _filled("project.toml", document=json.dumps(document), base_url=base_url)
    name = "pyproject.toml"
    if own and own.file:
        name = own.file.name
    elif (folder / name).exists():
        name = "signoff.toml"
    if name == "signoff.toml":
        text = text.replace("[tool.signoff]\n", "").replace("[tool.signoff.", "[")
    return {name: text}


def _filled(template: str, **values: str) -> str:
    return Template((_TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)


def _example_of_a_handler(contract: Contract) -> dict[str, str]:
    """The commented-out handler, for the first operation whose id is a Python name."""
    operation = next((held for held in contract.operations if _is_name(held.id)), None)
    if operation is None:
        return {"label": "An example", "name": "operation_id", "arguments": "", "result": "{}"}
    names = [parameter.name for parameter in operation.parameters if parameter.location == "path"]
    return {
        "label": targets.comment(operation.label),
        "name": operation.id,
        "arguments": ", ".join(filter(_is_name, names)),
        "result": next(_short_examples(operation), "...  # the response body"),
    }


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def _short_examples(operation: Operation) -> Iterator[str]:
    """The examples of successful responses, in Python, that fit a line."""
    for response in operation.responses:
        if response.status.startswith("2"):
            for media_type in response.content:
                for example in media_type.examples:
                    text = repr(example.value)
                    if len(text) <= _LONGEST_EXAMPLE:
                        yield text
