"""One review: a document against the rules and, with a base, against what it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signoff.contract import git_source
from signoff.contract import source as sources
from signoff.review import subject as subjects
from signoff.review.base_document import read_base
from signoff.review.inspection import review_document
from signoff.review.outcome import Outcome, Revision

if TYPE_CHECKING:
    from collections.abc import Callable

    from signoff.contract.contract import Contract
    from signoff.contract.source import Source
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
