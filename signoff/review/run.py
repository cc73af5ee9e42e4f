"""One review: a document against the rules and, with a base, against what it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from signoff.contract import git_source
from signoff.contract import source as sources
from signoff.contract.errors import RevisionError, SourceError
from signoff.contract.source import STANDARD_INPUT, Source, is_remote
from signoff.project import reference_project
from signoff.review import subject as subjects
from signoff.review.inspection import review_document
from signoff.review.outcome import Outcome, Revision

if TYPE_CHECKING:
    from collections.abc import Callable

    from signoff.contract.contract import Contract
    from signoff.review.configuration import Configuration


def review(
    document: str,
    base: str | None = None,
    configuration: Configuration | None = None,
    *,
    allow_remote_refs: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Review a document.

    Args:
        document: a path, an `http(s)` URL, `-` for standard input, or `revision:path`.
        base: what it is compared with: the same, or a git revision alone; None to compare nothing.
        configuration: which rules are asked and what is accepted; the essential ones by default.
        allow_remote_refs: whether `$ref`s that lead to the network may be fetched.
        progress: is told what is being done.

    Raises:
        SourceError: the document or its base cannot be read.
        DocumentError: one of them is not YAML or JSON, not OpenAPI, or too broken to be worked with.
    """
    progress("reading the document")
    source = sources.read(document)
    old = read_base(base, document) if base is not None else None
    before = subjects.read(old, allow_remote_refs=allow_remote_refs).contract if old else None
    progress("asking the rules")
    inspected = review_document(source, configuration, allow_remote_refs=allow_remote_refs)
    contract = inspected.contract
    outcome = Outcome(_revision(source, contract), None, inspected.findings, waived=inspected.waived)
    if old is None or before is None:
        return outcome
    progress("comparing")
    return _compared(replace(outcome, base=_revision(old, before)), before, contract)


def _compared(outcome: Outcome, before: Contract, after: Contract) -> Outcome:
    # Imported here: the search for counterexamples needs a large import.
    from signoff.review.changes import compare, version_advice  # noqa: PLC0415

    changes = tuple(compare(before, after))
    advice = version_advice(before.version, after.version, changes)
    return replace(outcome, changes=changes, version_advice=advice)


def _revision(source: Source, contract: Contract) -> Revision:
    commit = ""
    if git_source.is_address(source.base):
        commit = git_source.file_at(source.base).abbreviated_commit
    return Revision(source.name, contract.title, contract.version, commit)


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
            "standard input cannot be both the document and its base", suggestion="Name a file for one."
        )
    path = Path(base)
    if not base:
        raise SourceError("the base is empty", suggestion="Name a file, a URL or a git revision.")
    if base == STANDARD_INPUT or is_remote(base) or path.is_file() or git_source.is_named_so(base):
        return sources.read(base)
    if path.is_dir() and not _is_revision(base, document):
        return sources.read(base)  # which says that it is a directory
    try:
        return sources.at_revision(_same_file(base, document))
    except RevisionError as error:
        raise RevisionError(
            f"the base {base!r} is no file, and {error.message}", suggestion=error.suggestion
        ) from None


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
            f"{document} has no revisions", suggestion=f"Say which file is the base: --base {revision}:PATH."
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
            suggestion=f"Name the document: signoff review openapi.yaml --base {revision}.",
        )
