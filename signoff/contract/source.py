"""Reads a file, a URL, standard input or a git revision into a value with known locations.

This and `git_source` are the only modules that read a document from the disk, the network or the terminal.
"""

from __future__ import annotations

import codecs
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from signoff.contract import git_source, json_value, yaml_value
from signoff.contract.errors import DocumentError, SourceError
from signoff.contract.json_positions import JsonPositions
from signoff.contract.json_value import JsonSyntaxError, JsonValue
from signoff.contract.pointer import Location
from signoff.contract.yaml_value import Positions, YamlError

MAX_BYTES = 64 * 1024 * 1024
FETCH_TIMEOUT_S = 20.0
# For a whole document; the timeout counts between two pieces.
FETCH_DEADLINE_S = 60.0
STANDARD_INPUT = "-"
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_ZEROS: dict[tuple[bool, ...], str] = {
    (True, True, True, False): "UTF-32-BE",
    (False, True, True, True): "UTF-32-LE",
    (True, False, True, False): "UTF-16-BE",
    (False, True, False, True): "UTF-16-LE",
}


@dataclass(frozen=True)
class Source:
    """One file as it was read.

    Attributes:
        name: the path, URL or `revision:path` that the user gave, for messages.
        base: what relative references in it are resolved against: an absolute path, a URL or the
            address of a file at a git revision.
        data: its exact bytes.
    """

    name: str
    base: str
    data: bytes

    @cached_property
    def text(self) -> str:
        """The text. Raises DocumentError if it is not UTF-8, UTF-16 or UTF-32."""
        if self.encoding != "UTF-8":
            with suppress(UnicodeDecodeError):
                text = self.data.decode(self.encoding).removeprefix("\ufeff")
                if "\0" not in text:
                    return text
        if b"\0" in self.data[:4096]:
            raise DocumentError(
                "this is a binary file, not YAML or JSON",
                suggestion="Use the path of an OpenAPI document in YAML or JSON.",
                location=Location(self.name),
            )
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            raise DocumentError(
                "the text is not UTF-8",
                suggestion="Save the file as UTF-8.",
                location=Location(self.name, line, 1),
            ) from None

    @cached_property
    def encoding(self) -> str:
        """The encoding, by the byte order mark or the zeros in the first bytes (YAML 1.2, section 5.2)."""
        head = self.data[:4]
        for start, name in _MARKS:
            if head.startswith(start):
                return name
        zeros = tuple(byte == 0 for byte in head)
        return _ZEROS.get(zeros, "UTF-8")

    @cached_property
    def odd_numbers(self) -> dict[str, str]:
        """The numbers of a YAML file that JSON doesn't have, such as `.nan`, by their pointers."""
        return {} if self.is_json else yaml_value.odd_numbers(self.text)

    @cached_property
    def value(self) -> JsonValue:
        """The parsed value. Raises DocumentError if it is neither YAML nor JSON."""
        if self.is_json:
            return self._parse_json()
        return self._yaml[0]

    @cached_property
    def is_json(self) -> bool:
        """Whether the text is JSON rather than YAML, by its name or its content."""
        if self.name.endswith((".yaml", ".yml")):
            return False
        return self.name.endswith(".json") or self.text.lstrip().startswith(("{", "["))

    def locate(self, pointer: str) -> Location:
        """The place of `pointer`, or of the nearest thing around it whose place is known."""
        if self.is_json:
            return Location(self.name, *self._json_positions.locate(pointer), pointer)
        known, positions = pointer, self._yaml[1]
        while known and known not in positions:
            known = known.rpartition("/")[0]
        line, column = positions.get(known, (0, 0))
        return Location(self.name, line, column, pointer)

    @cached_property
    def _json_positions(self) -> JsonPositions:
        return JsonPositions(self.text)

    def _parse_json(self) -> JsonValue:
        try:
            return json_value.parse_text(self.text)
        except JsonSyntaxError as error:
            line, column = (error.line, error.column) if error.line else self._place_as_yaml()
            location = Location(self.name, line, column)
            raise DocumentError(f"not JSON: {error.reason}", location=location) from None

    def _place_as_yaml(self) -> tuple[int, int]:
        """Where YAML's reader, which knows its place, finds fault with JSON that is broken in its values."""
        try:
            yaml_value.parse(self.text.replace("\t", " "))
        except YamlError as error:
            return error.line, error.column
        return 0, 0

    @cached_property
    def _yaml(self) -> tuple[JsonValue, Positions]:
        try:
            return yaml_value.parse(self.text)
        except YamlError as error:
            location = Location(self.name, error.line, error.column)
            raise DocumentError(f"not YAML: {error.reason}", location=location) from None


def is_remote(reference: str) -> bool:
    """Whether `reference` is fetched over the network."""
    return urlsplit(reference).scheme in ("http", "https")


def uri_of(source: Source) -> str:
    """The URI that relative references in `source` are resolved against, as far as no file is read."""
    if is_remote(source.base):
        return source.base
    if git_source.is_address(source.base):
        return f"file:///{quote(git_source.file_at(source.base).path)}"
    return Path(source.base).as_uri()


def read(source: str | Path | Source) -> Source:
    """Read a path, an `http(s)` URL, `-` for standard input, or `revision:path` of the git repository here.

    A file takes precedence over a revision with the same name. A `Source` is returned unchanged.

    Raises:
        SourceError: it is missing, a directory, unreadable, too large, or the server returns an error.
    """
    if isinstance(source, Source):
        return source
    name = str(source)
    if name == STANDARD_INPUT:
        return Source(
            "<stdin>", str(Path.cwd() / "stdin"), _bounded(sys.stdin.buffer.read(MAX_BYTES + 1), name)
        )
    if is_remote(name):
        return Source(name, name, _fetch(name))
    path = Path(name)
    if isinstance(source, str) and git_source.is_named_so(name) and not path.exists():
        return at_revision(git_source.find(name, Path.cwd()))
    return Source(name, str(path.absolute()), _read_file(path))


def at_revision(file: git_source.GitFile) -> Source:
    """Read a file as it was at a revision of a git repository.

    Raises:
        SourceError: it does not exist there, is not a file, or is too large.
    """
    return Source(file.name, file.address, git_source.read(file, MAX_BYTES))


def resolve_reference(reference: str, source: Source) -> tuple[str, str]:
    """Split a `$ref` that stands in `source`.

    Returns:
        The absolute path, URL or address of the file that it names, and its fragment without the `#`.
    """
    address, fragment = urldefrag(reference)
    if not address:
        return source.base, fragment
    if is_remote(source.base) or is_remote(address):
        return urljoin(source.base, address), fragment
    path = unquote(address.removeprefix("file://"))
    if git_source.is_address(source.base):
        return git_source.file_at(source.base).beside(path).address, fragment
    joined = Path(source.base).parent / path
    return str(Path(joined).resolve()), fragment


def is_beside(address: str, root: Source) -> bool:
    """Whether a local address is in the folder of a local document, or below it."""
    if is_remote(address) or is_remote(root.base):
        return False
    if git_source.is_address(address) or git_source.is_address(root.base):
        folder = PurePosixPath(git_source.file_at(root.base).path).parent
        return PurePosixPath(git_source.file_at(address).path).is_relative_to(folder)
    return Path(address).resolve().is_relative_to(Path(root.base).resolve().parent)


def is_within_reach(address: str, root: Source) -> bool:
    """Whether a document may refer to a file.

    A fetched document may refer to what is fetched, one at a git revision to what is in the repository, and a
    local one to what is in its folder, its repository or the working directory, and to URLs.
    """
    if is_remote(address):
        return True
    if is_remote(root.base) or git_source.is_address(root.base) != git_source.is_address(address):
        return False
    if git_source.is_address(address):
        return True  # git reads nothing outside its repository
    folder = Path(root.base).resolve().parent
    repository = next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
    return any(Path(address).resolve().is_relative_to(each) for each in (folder, repository, Path.cwd()))


def read_reference(address: str, near: Source) -> Source:
    """Read a file that `near` refers to, named in messages as near as `near` is."""
    if is_remote(address):
        return Source(address, address, _fetch(address))
    if git_source.is_address(address):
        return at_revision(git_source.file_at(address))
    path = Path(address)
    shown = str(path)
    if not Path(near.name).is_absolute() and path.is_relative_to(Path.cwd()):
        shown = str(path.relative_to(Path.cwd()))
    return Source(shown, address, _read_file(path))


def _read_file(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise SourceError(
                f"{path} is a directory", suggestion="Use the path of the OpenAPI document in it."
            )
        with path.open("rb") as stream:
            return _bounded(stream.read(MAX_BYTES + 1), str(path))
    except FileNotFoundError:
        where = "" if path.is_absolute() else "; it is relative to the current directory"
        raise SourceError(f"{path} does not exist", suggestion=f"Check the path{where}.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"cannot read {path}: {reason}") from None


def _fetch(url: str) -> bytes:
    import httpx2  # noqa: PLC0415 - a large import that few runs need

    try:
        with httpx2.stream("GET", url, follow_redirects=True, timeout=FETCH_TIMEOUT_S) as response:
            response.raise_for_status()
            data, until = bytearray(), time.monotonic() + FETCH_DEADLINE_S
            for part in response.iter_bytes():
                data += part
                _check_size(len(data), url)
                if time.monotonic() > until:
                    raise SourceError(f"cannot fetch {url}: it took longer than {FETCH_DEADLINE_S:g} s")
            return bytes(data)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise SourceError(f"cannot fetch {url}: {error}".splitlines()[0]) from None


def _bounded(data: bytes, name: str) -> bytes:
    _check_size(len(data), name)
    return data


def _check_size(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise SourceError(f"{name} is larger than {MAX_BYTES // 2**20} MiB")
