"""What a document is compared with: another document, or the same one at a git revision."""

from __future__ import annotations

from pathlib import Path

from signoff.contract import git_source
from signoff.contract import source as sources
from signoff.contract.errors import RevisionError, SourceError
from signoff.contract.source import STANDARD_INPUT, Source, is_remote
from signoff.project import reference_project


def read_base(base: str, document: str) -> Source:
    """Read what `--base` names.

    Args:
        base: whatever `source.read` takes, or a git revision alone, which means the reviewed document's own
            file at that revision. A file goes before a revision of the same name.
        document: what is reviewed, as the user named it.

    Raises:
        SourceError: it cannot be read, or is neither a file nor a revision.
    """
    if base == STANDARD_INPUT and document == STANDARD_INPUT:
        raise SourceError(
            "standard input cannot be both the document and its base", mend="Name a file for one."
        )
    path = Path(base)
    if not base:
        raise SourceError("the base is empty", mend="Name a file, a URL or a git revision.")
    if base == STANDARD_INPUT or is_remote(base) or path.is_file() or git_source.is_named_so(base):
        return sources.read(base)
    if path.is_dir() and not _is_revision(base, document):
        return sources.read(base)  # which says that it is a directory
    try:
        return sources.at_revision(_same_file(base, document))
    except RevisionError as error:
        raise RevisionError(f"the base {base!r} is no file, and {error.message}", mend=error.mend) from None


def _is_revision(base: str, document: str) -> bool:
    try:
        _same_file(base, document)
    except SourceError:
        return False
    return True


def _same_file(revision: str, document: str) -> git_source.GitFile:
    if document == str(reference_project().document):
        _refuse_outside_its_repository(document, revision)
    if document == STANDARD_INPUT or is_remote(document):
        raise SourceError(
            f"{document} has no revisions", mend=f"Say which file is the base: --base {revision}:PATH."
        )
    if git_source.is_named_so(document) and not Path(document).exists():
        shown = git_source.find(document, Path.cwd())
        return git_source.find(f"{revision}:{shown.path}", Path.cwd())
    return git_source.same_file(Path(document), revision)


def _refuse_outside_its_repository(document: str, revision: str) -> None:
    """Refuse the reference project's document where it is not part of the repository that the user is in.

    Else the revision of another repository would be compared, and the change that is meant not be seen.
    """
    top = git_source.top(Path.cwd())
    if top is None or not Path(document).resolve().is_relative_to(top.resolve()):
        raise SourceError(
            "the reference project's document is not in the git repository here",
            mend=f"Name the document: signoff review openapi.yaml --base {revision}.",
        )
