"""Which findings a base has too.

A finding is the same if its rule, its message and its place are: the place without line numbers, positions in
lists and names of path parameters. What has moved inside its operation or component is the same as well. Each
finding of the base stands for one finding of the document, so one more of a kind is new.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.pointer import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from signoff.contract.pointer import Location
    from signoff.reporting.model import Finding

_INDEX = re.compile(r"(?<=/)\d+(?=/|$)")
# In a message: a position in a pointer, or in a list of operations as in `parameters[2]`.
_NUMBERED = re.compile(r"(?<=/)\d+(?![\w.])|(?<=\[)\d+(?=\])|(?<=line )\d+")
_IN_BRACES = re.compile(r"\{[^{}/]*\}")
_PATH_PARAMETER = re.compile(r"(?<=/)\{[^{}/]*\}")
_Key: TypeAlias = tuple[str, str, str, str]


def known_and_new(
    findings: Sequence[Finding], base: Sequence[Finding], roots: tuple[str, str]
) -> tuple[list[Finding], list[Finding]]:
    """The findings that the base has too, and those that it does not have.

    Args:
        findings: on the document.
        base: the findings on the base.
        roots: the names of the document and of its base, which may differ; other files keep their names.
    """
    new, old = list(findings), list(base)
    for place in (_pointer, _owner):  # first those of one place, so that a moved one takes no other's
        shared = Counter(_key(one, place, roots[0]) for one in new)
        shared &= Counter(_key(one, place, roots[1]) for one in old)
        new, old = _without(new, shared, place, roots[0]), _without(old, shared, place, roots[1])
    left = set(map(id, new))
    return [finding for finding in findings if id(finding) not in left], new


def _without(
    findings: Iterable[Finding], shared: Counter[_Key], place: Callable[[Location], str], root: str
) -> list[Finding]:
    """The findings after as many of each key as both documents have."""
    left, rest = Counter(shared), []
    for finding in findings:
        key = _key(finding, place, root)
        if left[key]:
            left[key] -= 1
        else:
            rest.append(finding)
    return rest


def _key(finding: Finding, place: Callable[[Location], str], root: str) -> _Key:
    message = _PATH_PARAMETER.sub("{}", _NUMBERED.sub("*", finding.message))
    file = finding.location.file
    return finding.rule, message, place(finding.location), "" if file == root else PurePath(file).name


def _pointer(location: Location) -> str:
    return _IN_BRACES.sub("{}", _INDEX.sub("*", location.pointer))


def _owner(location: Location) -> str:
    """The operation or component around a place; the whole pointer where there is none."""
    tokens = split(location.pointer)
    length = {"components": 3, "definitions": 2, "paths": 3, "webhooks": 3}.get(
        tokens[0] if tokens else "", 0
    )
    return _IN_BRACES.sub("{}", "\n".join(tokens[:length])) if length else _pointer(location)
