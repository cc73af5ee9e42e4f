"""Reads a file at a revision of a git repository, without touching the work tree.

Only git's plumbing commands are used, without a shell. Input of users and documents is passed on standard
input, so it can't be mistaken for an option.
"""

from __future__ import annotations

import os
import posixpath
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote

from signoff.contract.errors import RevisionError, SourceError

TIMEOUT_S = 20.0
_SCHEME = "git:"
# `main...` is where the current branch left main: what `git diff main...` compares with.
_MERGE_BASE = "..."
_ABBREVIATED = 10


@dataclass(frozen=True, slots=True)
class GitFile:
    """A file at a revision.

    Attributes:
        folder: the absolute path of a folder in the repository, where git is asked.
        revision: as the user wrote it.
        commit: the id of the commit that it stands for.
        path: from the top of the repository, with slashes.
    """

    folder: str
    revision: str
    commit: str
    path: str

    @property
    def name(self) -> str:
        """`revision:path`, as git spells it."""
        return f"{self.revision}:{self.path}"

    @property
    def abbreviated_commit(self) -> str:
        """The first digits of the commit's id."""
        return self.commit[:_ABBREVIATED]

    @property
    def address(self) -> str:
        """All of it as one text, which `file_at` reads."""
        parts = (self.folder, self.revision, self.commit, self.path)
        return _SCHEME + ":".join(quote(part, safe="") for part in parts)

    def beside(self, reference: str) -> GitFile:
        """The file that a relative reference in this one names, at the same revision."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), reference))
        return replace(self, path=path)


def is_address(text: str) -> bool:
    """Whether a text is the `address` of a file at a revision."""
    return text.startswith(_SCHEME)


def file_at(address: str) -> GitFile:
    """The file of an `address`."""
    return GitFile(*(unquote(part) for part in address.removeprefix(_SCHEME).split(":")))


def is_named_so(name: str) -> bool:
    """Whether a name could be `revision:path`; a Windows drive letter is not a revision."""
    revision, colon, path = name.partition(":")
    return bool(colon and revision and path) and not (os.name == "nt" and len(revision) == 1)


def find(name: str, folder: Path) -> GitFile:
    """The file that `revision:path` names.

    Args:
        name: as git spells it; a path that starts with `./` or `../` is relative to `folder`.
        folder: a folder in the repository.

    Raises:
        RevisionError: the repository or the revision does not exist. `read` reports a missing file.
    """
    revision, _, path = name.partition(":")
    prefix = _prefix(name, folder)
    if path.startswith(("./", "../")):
        path = posixpath.join(prefix, path)
    commit = _commit(revision, folder)
    return GitFile(str(folder.resolve()), revision, commit, posixpath.normpath(path))


def same_file(path: Path, revision: str) -> GitFile:
    """The file at `path` as it was at a revision of the repository that it lies in.

    Raises:
        RevisionError: it is not in a repository, or the revision does not exist.
    """
    folder = path.absolute().parent
    prefix = _prefix(f"{path} at {revision}", folder)
    return GitFile(str(folder), revision, _commit(revision, folder), prefix + path.name)


def top(folder: Path) -> Path | None:
    """The root of the work tree that contains a folder; None outside of one."""
    output = _git(folder, "rev-parse", "--show-toplevel")
    return Path(os.fsdecode(output.stdout.strip())) if output.returncode == 0 else None


def read(file: GitFile, most: int) -> bytes:
    """The exact bytes of a file; links inside the repository are followed.

    Args:
        file: what to read.
        most: the size limit in bytes.

    Raises:
        SourceError: it does not exist at that revision, is not a file, or is larger.
    """
    if file.path.startswith(("/", "../")) or file.path == ".." or "\n" in file.path:
        raise SourceError(
            f"{file.name} is outside the repository",
            suggestion="Keep referenced files inside the repository.",
        )
    output = _ask(Path(file.folder), f"{file.commit}:{file.path}", "--follow-symlinks")
    kind, size = output.split()[1:3] if len(output.split()) == 3 else ("missing", "0")
    if kind == "tree":
        raise SourceError(
            f"{file.name} is a directory", suggestion="Use the path of the OpenAPI document in it."
        )
    if kind != "blob":
        raise SourceError(
            f"{file.path} does not exist at {_shown(file)}",
            suggestion="Use the path from the repository's root. The file may have been renamed since.",
        )
    if int(size) > most:
        raise SourceError(f"{file.name} is larger than {most // 2**20} MiB")
    content = _git(Path(file.folder), "cat-file", "blob", output.split()[0])
    if content.returncode != 0:
        raise SourceError(f"cannot read {file.name}: {_said(content)}")
    return content.stdout


def _shown(file: GitFile) -> str:
    if file.commit.startswith(file.revision):
        return file.abbreviated_commit
    return f"{file.revision} ({file.abbreviated_commit})"


def _prefix(name: str, folder: Path) -> str:
    """The path of a folder from the top of its repository, empty or with a closing slash."""
    output = _git(folder, "rev-parse", "--show-prefix")
    if output.returncode != 0:
        said = _said(output)
        if "not a git repository" in said:
            said = f"{folder} is not in a git repository"
        raise RevisionError(
            f"cannot read {name}: {said}",
            suggestion="Use a file or a URL, or run the command in the repository.",
        )
    return os.fsdecode(output.stdout.removesuffix(b"\n"))


def _commit(revision: str, folder: Path) -> str:
    bare = revision.removesuffix(_MERGE_BASE)
    output = _ask(folder, f"{bare}^{{commit}}") if bare and "\n" not in bare else ""
    words = output.split()
    if len(words) != 3 or words[1] != "commit":
        raise RevisionError(
            f"unknown revision {bare!r} in the git repository of {folder}",
            suggestion="Check its name, and fetch it. In CI, check out the full history (fetch-depth: 0).",
        )
    return words[0] if bare == revision else _merge_base(bare, words[0], folder)


def _merge_base(revision: str, commit: str, folder: Path) -> str:
    output = _git(folder, "merge-base", commit, "HEAD")
    found = output.stdout.decode("ascii", "replace").split()
    if output.returncode != 0 or not found:
        raise RevisionError(
            f"{revision} and the current branch have no common commit",
            suggestion="Fetch the full history (in CI: fetch-depth: 0).",
        )
    return found[0]


def _ask(folder: Path, name: str, *options: str) -> str:
    """Git's description of an object: `id kind size`, or anything else without such an object."""
    output = _git(folder, "cat-file", "--batch-check", *options, sent=f"{name}\n")
    return output.stdout.decode("utf-8", "replace").strip()


def _git(folder: Path, *arguments: str, sent: str = "") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(  # noqa: S603 - no shell; names go in by standard input
            ["git", *arguments],  # noqa: S607 - the git of the user's own PATH
            cwd=folder,
            input=os.fsencode(sent),
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        raise SourceError(
            f"git timed out after {TIMEOUT_S:.0f} seconds", suggestion="Use a file or a URL instead."
        ) from None
    except (OSError, ValueError) as error:
        reason = (
            "git is not installed" if isinstance(error, FileNotFoundError) and folder.is_dir() else str(error)
        )
        raise SourceError(f"cannot read the git repository of {folder}: {reason}") from None


def _said(output: subprocess.CompletedProcess[bytes]) -> str:
    lines = output.stderr.decode("utf-8", "replace").strip().splitlines()
    return (lines or [f"git ended with {output.returncode}"])[0].removeprefix("fatal: ")
