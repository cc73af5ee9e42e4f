"""What a run creates, and how it is deleted at the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from signoff.conformance.discovery import Explorer
from signoff.reporting.messages import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signoff.conformance.base_requests import BaseRequests
    from signoff.conformance.exchange import Exchange, Received, Sent
    from signoff.conformance.guard import Guard
    from signoff.contract import Operation

# Bounds of the clean-up; what is over them is listed as left.
_MOST_DELETED = 2000
_MOST_SHOWN = 5
_MOST_FAULTS = 3
_GONE = (404, 410)

_NO_DELETE = "the document has no DELETE for them"


@dataclass(frozen=True, slots=True)
class Creation:
    """One resource that the run created, with the operation that deletes it, if there is one."""

    creator: Operation
    values: Mapping[str, str]
    remover: Operation | None

    @property
    def name(self) -> str:
        """The value that names it."""
        return next(reversed(list(self.values.values())), "")


@dataclass(slots=True)
class Created:
    """Keeps what the run creates, by its path."""

    guard: Guard
    found: dict[tuple[str, ...], Creation] = field(default_factory=dict)
    nameless: Counter[str] = field(default_factory=Counter)

    def note(self, exchange: Exchange) -> None:
        """Remember what a response shows to be created, and forget what is deleted."""
        if not 200 <= exchange.status < 300 or exchange.operation is None:
            return
        if exchange.sent.method == "DELETE":
            place = urlsplit(exchange.sent.url).path.removeprefix(self.guard.base_path.rstrip("/"))
            self.found.pop(tuple(map(unquote, place.split("/")[1:])), None)
            return
        self._keep(exchange, exchange.operation)

    def _keep(self, exchange: Exchange, creator: Operation) -> None:
        data = self.guard.data
        reported = Explorer(self.guard.contract, data, self.guard.table).created(exchange)
        resources: dict[tuple[str, ...], tuple[Mapping[str, str], Operation | None]] = {}
        for target, values in reported:
            stem, name = _stem(target, values)
            known = data.known(name, target) if name else None
            stated = (*known.forbidden, *(() if known.is_learned else known.existing)) if known else ()
            if known is None or values[name] in stated:
                continue
            path = self.guard.segments(target, stem, values)
            is_remover = target.method == "DELETE" and target.path == stem and not data.of(target).skip
            if is_remover or path not in resources:  # other operations may name the same id otherwise
                named: Mapping[str, str] = {key: values[key] for key in values if f"{{{key}}}" in stem}
                resources[path] = (named, target if is_remover else None)
        for path, (named, remover) in resources.items():
            self.guard.own.add(path)
            self.found.setdefault(path, Creation(creator, named, remover))
        self.nameless[creator.label] += exchange.status == 201 and not reported

    def clean_up(self, bases: BaseRequests, send: Callable[[Sent], Received]) -> list[str]:
        """Delete what is left, the newest first. Returns a note for each kind of thing that is left."""
        left: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        faults = 0
        for number, creation in enumerate(reversed(self.found.values())):
            reason = _NO_DELETE
            if creation.remover is not None:
                remover = creation.remover
                reason = "too many to delete, or the target stopped responding"
                if number < _MOST_DELETED and faults < _MOST_FAULTS:
                    received = send(bases.make(remover, self.guard.data, creation.values))
                    faults += bool(received.fault)
                    if 200 <= received.status < 300 or received.status in _GONE:
                        continue
                    reason = f"{remover.label} got {received.status or 'no response'}"
            left[creation.creator.label, reason].append(creation.name)
        return [*_notes(left), *self._nameless_notes()]

    def forget(self) -> None:
        """Start again, after a clean-up."""
        self.found.clear()
        self.nameless.clear()

    def _nameless_notes(self) -> list[str]:
        return [
            f"left on the target: what {counted(count, 'request')} {label} created; the responses have no id"
            for label, count in self.nameless.items()
            if count
        ]


def _notes(left: Mapping[tuple[str, str], list[str]]) -> list[str]:
    notes = []
    for (label, reason), names in left.items():
        shown = ", ".join(name[:60] for name in names[:_MOST_SHOWN])
        more = ", …" if len(names) > _MOST_SHOWN else ""
        things = counted(len(names), "resource")
        notes.append(f"left on the target: {things} created by {label} ({shown}{more}): {reason}")
    return notes


def _stem(target: Operation, values: Mapping[str, str]) -> tuple[str, str]:
    """The path template up to its last parameter with a value, and that parameter's name."""
    names = [name for name in values if f"{{{name}}}" in target.path]
    if not names:
        return "", ""
    last = max(names, key=lambda name: target.path.index(f"{{{name}}}"))
    head, _, _ = target.path.partition(f"{{{last}}}")
    if any(part.split("}")[0] not in values for part in head.split("{")[1:]):
        return "", ""
    return f"{head}{{{last}}}", last
