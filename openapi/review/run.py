"""One review: a document against the rules and, with a base, against what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openapi import git_source
from openapi import source as sources
from openapi.packaged import default_document
from openapi.review import subject as subjects
from openapi.review.base import read_base
from openapi.review.changes import compare
from openapi.review.changes.version import version_advice
from openapi.review.inspection import inspect
from openapi.review.outcome import Outcome, Revision, VersionStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from openapi.contract import Contract
    from openapi.review.configuration import Configuration
    from openapi.source import Source


def review(
    document: str | None,
    base: str | None = None,
    configuration: Configuration | None = None,
    *,
    allow_remote_refs: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Review a document.

    Args:
        document: a path, an `http(s)` URL, `-` for standard input, or `revision:path`; None for the packaged one.
        base: what it is compared with: the same, or a git revision alone; None to compare nothing.
        configuration: which rules are asked and what is accepted; the essential ones by default.
        allow_remote_refs: whether `$ref`s that lead to the network may be fetched.
        progress: is told what is being done.

    Raises:
        SourceError: the document or its base cannot be read.
        DocumentError: one of them is not YAML or JSON, not OpenAPI, or too broken to be worked with.
    """
    progress("reading")
    before = read_base(base, document) if base is not None else None
    after = sources.read(document if document is not None else default_document())
    raise NotImplementedError


def revision(source: Source, contract: Contract) -> Revision:
    """What a report says of a document that was read."""
    commit = ""
    if git_source.is_address(source.base):
        commit = git_source.file_at(source.base).abbreviated_commit
    return Revision(source.name, contract.title, contract.version, commit)
