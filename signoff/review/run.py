"""A review: lint a document and, with a base, find the changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from signoff.contract import git_source
from signoff.contract import source as sources
from signoff.contract.errors import RevisionError, SourceError
from signoff.contract.limits import NO_OPTIONS
from signoff.contract.source import STANDARD_INPUT, Source, is_remote
from signoff.project import reference_project
from signoff.review import subject as subjects
from signoff.review.configuration import Configuration
from signoff.review.inspection import Policy, grouped
from signoff.review.known import known_and_new
from signoff.review.outcome import Outcome, Revision

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from signoff.contract.contract import Contract
    from signoff.contract.limits import Limits
    from signoff.reporting.baseline import Entry
    from signoff.review.subject import Subject


def review(
    document: str,
    base: str | None = None,
    configuration: Configuration | None = None,
    *,
    baseline: Sequence[Entry] = (),
    is_only: bool = True,
    all_findings: bool = False,
    allow_remote_refs: bool = False,
    progress: Callable[[str], None] = lambda _: None,
    limits: Limits = NO_OPTIONS,
) -> Outcome:
    """Lint a document and, with a base, compare it.

    Args:
        document: a path, an `http(s)` URL, `-` for standard input, or `revision:path`.
        base: the document to compare with: the same, or just a git revision; None for no comparison.
        configuration: which rules run and what is suppressed; the essential rules by default.
        baseline: findings and changes to accept.
        is_only: whether no other document is reviewed, which entries of the baseline may be for.
        all_findings: whether to report findings that the base has too.
        allow_remote_refs: whether to fetch `$ref`s to http(s) URLs.
        progress: called with each step.
        limits: on the work for the documents and the comparison.

    Raises:
        SourceError: the document or its base can't be read.
        DocumentError: one of them is not YAML or JSON, not OpenAPI, or too invalid to review.
    """
    configured = configuration or Configuration()
    progress("reading the document")
    source = sources.read(document)
    old = read_base(base, document) if base is not None else None
    before = subjects.read(old, allow_remote_refs=allow_remote_refs, limits=limits) if old else None
    after = subjects.read(source, allow_remote_refs=allow_remote_refs, limits=limits)
    policy = Policy.of(after, configured, baseline)
    progress("running the rules")
    found, suppressed = policy.applied()
    outcome = Outcome(_revision(source, after.contract), None, (), suppressed=tuple(suppressed))
    if old is not None and before is not None:
        outcome = replace(outcome, base=_revision(old, before.contract))
        if found and not all_findings:
            progress("running the rules on the base")
            roots = after.written.files[0].name, before.written.files[0].name
            known, found = known_and_new(found, Policy.of(before, configured).applied()[0], roots)
            outcome = replace(outcome, known=grouped(known))
        progress("comparing")
        outcome = _compared(outcome, before, policy)
    others = policy.findings(is_compared=before is not None, is_only=is_only)
    renewed = policy.baseline.renewed([*outcome.changes, *found])
    return replace(outcome, findings=grouped([*found, *others]), baseline=renewed)


def _compared(outcome: Outcome, base: Subject, policy: Policy) -> Outcome:
    # Imported here: the search for counterexamples needs a large import.
    from signoff.review.changes import compare, version_advice  # noqa: PLC0415

    before, after = base.contract, policy.subject.contract
    found = [
        replace(change, before=base.as_written(change.before), after=policy.subject.as_written(change.after))
        for change in compare(before, after)
    ]
    names = {one.label: one.id for contract in (before, after) for one in contract.operations}
    left, suppressed, turned_off = policy.applied_to(found, names)
    real = [*left, *(one.item for one in suppressed)]
    return replace(
        outcome,
        changes=tuple(left),
        suppressed_changes=tuple(suppressed),
        turned_off=tuple(turned_off),
        version_advice=version_advice(before.version, after.version, real),
    )


def _revision(source: Source, contract: Contract) -> Revision:
    commit = ""
    if git_source.is_address(source.base):
        commit = git_source.file_at(source.base).abbreviated_commit
    return Revision(source.name, contract.title, contract.version, commit)


def read_base(base: str, document: str) -> Source:
    """Read what `--base` names.

    Args:
        base: anything that `source.read` supports, or just a git revision for the same file at that
            revision. A file takes precedence over a revision with the same name.
        document: the document to review, as the user named it.

    Raises:
        SourceError: it can't be read, or is neither a file nor a revision.
    """
    if base == STANDARD_INPUT and document == STANDARD_INPUT:
        raise SourceError(
            "standard input can't be both the document and the base", suggestion="Use a file for one of them."
        )
    path = Path(base)
    if not base:
        raise SourceError("--base is empty", suggestion="Use a file, a URL or a git revision.")
    if base == STANDARD_INPUT or is_remote(base) or path.is_file() or git_source.is_named_so(base):
        return sources.read(base)
    if path.is_dir() and not _is_revision(base, document):
        return sources.read(base)  # which reports that it is a directory
    try:
        return sources.at_revision(_same_file(base, document))
    except RevisionError as error:
        raise RevisionError(
            f"--base {base!r} is not a file, and {error.message}", suggestion=error.suggestion
        ) from None


def _is_revision(base: str, document: str) -> bool:
    try:
        _same_file(base, document)
    except SourceError:
        return False
    return True


def _same_file(revision: str, document: str) -> git_source.GitFile:
    if document == str(reference_project().document):
        _check_repository(document, revision)
    if document == STANDARD_INPUT or is_remote(document):
        raise SourceError(
            f"{document} has no git revisions",
            suggestion=f"Add the path to the base: --base {revision}:PATH.",
        )
    if git_source.is_named_so(document) and not Path(document).exists():
        shown = git_source.find(document, Path.cwd())
        return git_source.find(f"{revision}:{shown.path}", Path.cwd())
    return git_source.same_file(Path(document), revision)


def _check_repository(document: str, revision: str) -> None:
    """Reject the built-in example outside of its own repository.

    Otherwise the revision would be one of another repository.
    """
    top = git_source.top(Path.cwd())
    if top is None or not Path(document).resolve().is_relative_to(top.resolve()):
        raise SourceError(
            "the built-in example is not in this git repository",
            suggestion=f"Specify the document: signoff review openapi.yaml --base {revision}.",
        )
