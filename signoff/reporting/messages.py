"""The sentences on an item that several formats share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from signoff.reporting.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signoff.reporting.model import Item


class Detail(NamedTuple):
    """One thing about an item, by its name; `is_code` for values and places."""

    label: str
    text: str
    is_code: bool = False


def details(item: Item) -> list[Detail]:
    """What there is to say about an item besides its message, most important first."""
    told = [
        Detail("accepted", str(item.acceptance or "")),
        Detail("expected", item.expected),
        Detail("came", (item.actual or "nothing") if item.expected else ""),
        Detail("shown by", item.counterexample, is_code=True),
        Detail("before", item.before.brief if item.before else "", is_code=True),
        Detail("after", item.after.brief if item.after else "", is_code=True),
        Detail("fix", item.suggestion),
    ]
    if item.exchange:
        response = item.exchange.response
        status = f"{response.status} {response.reason}".rstrip() if response.status else "none"
        told += [
            Detail("response", f"{status} to {item.exchange.label}"),
            Detail("said at", str(item.place), is_code=True),
            Detail("source", item.source),
        ]
    elif not item.level.is_of_change:
        told.append(Detail("at", str(item.place), is_code=True))
    return [detail for detail in told if detail.text]


def describe(item: Item) -> list[str]:
    """An item for people, a line for each thing about it, with how to repeat it at the end."""
    lines = [f"{label:<8}  {one_line(text)}" for label, text, _ in details(item)]
    repeat = [f"repeat    {item.exchange.curl}"] if item.exchange else []
    return [f"{item.id}: {one_line(item.message)}", *lines, *repeat]


def title(item: Item) -> str:
    """An item in a few words."""
    verdict = f"{item.level.value}: " if item.level.is_of_change else ""
    return f"{verdict}{item.id}{f' ({item.subject})' if item.subject else ''}"


def sentence(item: Item) -> str:
    """An item in as few sentences as it takes."""
    subject = f"{item.subject}: " if item.subject else ""
    came = one_line(item.actual) or "nothing"
    expected = f"Expected {one_line(item.expected)}; came {came}" if item.expected else ""
    accepted = f"Accepted: {one_line(str(item.acceptance))}" if item.acceptance else ""
    return sentences(f"{subject}{one_line(item.message)}", expected, item.suggestion, accepted)


def sentences(*parts: str) -> str:
    """Sentences one after another, each with its end."""
    ended = [part if part.endswith((".", "!", "?", ":")) else f"{part}." for part in parts if part]
    return " ".join(ended)


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def fingerprints(items: Iterable[Item]) -> Iterator[str]:
    """The items' fingerprints, each after the first of its kind with its number.

    Readers take equal ones for the same item.
    """
    seen: Counter[str] = Counter()
    for item in items:
        seen[item.fingerprint] += 1
        number = seen[item.fingerprint]
        yield item.fingerprint if number == 1 else f"{item.fingerprint}:{number}"
