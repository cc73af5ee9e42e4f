"""Texts about an item that several formats share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from signoff.reporting.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from signoff.reporting.model import Item


_FEW = 5


class Detail(NamedTuple):
    """A labelled detail of an item; `is_code` for values and places."""

    label: str
    text: str
    is_code: bool = False


def details(item: Item) -> list[Detail]:
    """The details of an item besides its message, most important first."""
    found = [
        Detail("places", few(item.parts)),
        Detail("accepted", str(item.acceptance or "")),
        Detail("expected", item.expected),
        Detail("actual", (item.actual or "nothing") if item.expected else ""),
        Detail("example", item.counterexample, is_code=True),
        Detail("before", item.before.brief if item.before else "", is_code=True),
        Detail("after", item.after.brief if item.after else "", is_code=True),
        Detail("fix", item.suggestion),
    ]
    if item.exchange:
        response = item.exchange.response
        status = f"{response.status} {response.reason}".rstrip() if response.status else "none"
        found += [
            Detail("response", f"{status} to {item.exchange.label}"),
            Detail("opinion", f"openapi-core: {item.second_opinion}" if item.second_opinion else ""),
            Detail("location", str(item.place), is_code=True),
            Detail("source", item.source),
        ]
    elif not item.level.is_of_change:
        found.append(Detail("location", str(item.place), is_code=True))
    return [detail for detail in found if detail.text]


def few(parts: Sequence[str]) -> str:
    """The first of many parts, and how many more there are."""
    hidden = len(parts) - _FEW
    return ", ".join(parts) if hidden <= 1 else f"{', '.join(parts[:_FEW])}, … and {hidden} more"


def describe(item: Item) -> list[str]:
    """An item as lines of text: its message, its details, and the command that reproduces it."""
    lines = [f"{label:<9}  {one_line(text)}" for label, text, _ in details(item)]
    reproduce = [f"reproduce  {line}" for line in item.exchange.curl.splitlines()] if item.exchange else []
    return [f"{item.id}: {one_line(item.message)}", *lines, *reproduce]


def alike(items: Iterable[Item]) -> list[list[Item]]:
    """Failures with the same check, message and expectation together; other items alone."""
    groups: dict[object, list[Item]] = {}
    for number, item in enumerate(items):
        key = (item.id, item.message, item.expected) if item.exchange else number
        groups.setdefault(key, []).append(item)
    return list(groups.values())


def title(item: Item) -> str:
    """A short title of an item."""
    verdict = f"{item.level.value}: " if item.level.is_of_change else ""
    return f"{verdict}{item.id}{f' ({item.subject})' if item.subject else ''}"


def sentence(item: Item) -> str:
    """An item as one paragraph."""
    subject = f"{item.subject}: " if item.subject else ""
    actual = one_line(item.actual) or "nothing"
    expected = f"Expected {one_line(item.expected)}, got {actual}" if item.expected else ""
    accepted = f"Accepted: {one_line(str(item.acceptance))}" if item.acceptance else ""
    parts = one_line(few(item.parts))
    return sentences(f"{subject}{one_line(item.message)}", parts, expected, item.suggestion, accepted)


def sentences(*parts: str) -> str:
    """Sentences joined, each with a full stop."""
    ended = [part if part.endswith((".", "!", "?", ":")) else f"{part}." for part in parts if part]
    return " ".join(ended)


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural unless it is 1."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def fingerprints(items: Iterable[Item]) -> Iterator[str]:
    """The items' fingerprints; repeated ones get a number.

    Tools treat equal fingerprints as the same item.
    """
    seen: Counter[str] = Counter()
    for item in items:
        seen[item.fingerprint] += 1
        number = seen[item.fingerprint]
        yield item.fingerprint if number == 1 else f"{item.fingerprint}:{number}"
