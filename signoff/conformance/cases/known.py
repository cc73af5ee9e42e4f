"""Cases with existing, forbidden and missing values, whose result is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.conformance.base_requests import rejection_statuses
from signoff.conformance.cases.maker import with_body
from signoff.conformance.effects import creates_by_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signoff.conformance.cases.maker import Maker, Planned
    from signoff.conformance.exchange import Intent
    from signoff.contract.json_value import JsonValue

# Statuses for generated bodies that are valid, but violate a constraint that the schema cannot express.
_BY_MEANING = (400, 409, 412, 422)


def known_values(maker: Maker) -> Iterator[Planned]:
    """Requests with known values of one path parameter at a time, and existing values of the others."""
    names = _named(maker)
    if not names:
        return
    yield from _existing(maker, names)
    for name in (name for name in names if _may_be_sent(maker, name)):
        known = maker.values(name)
        forbidden, missing = rejection_statuses(maker.operation, 403, 404), _not_found(maker)
        yield from _of_each(
            maker, name, _with_spellings(maker, name, known.forbidden), "forbidden", forbidden
        )
        if not _creates(maker, name):
            yield from _of_each(maker, name, _with_spellings(maker, name, known.missing), "missing", missing)


def repeated(maker: Maker) -> Iterator[Planned]:
    """The first requests with known values again, after all other cases."""
    if maker.operation.method == "DELETE" or maker.data.of(maker.operation).once:
        return
    names = _named(maker)
    if not names or not _may_be_sent(maker, names[0]):
        return
    name, known = names[0], maker.values(names[0])
    for body in maker.some_bodies[:3]:
        yield _of(maker, name, known.existing[0], body, "existing", success(maker))
    for value in known.missing[:1] if not _creates(maker, name) else ():
        yield _of(maker, name, value, maker.body, "missing", _not_found(maker))


def success(maker: Maker) -> tuple[int, ...]:
    """The expected statuses of a request with existing values."""
    known = [maker.values(name) for name in maker.path_names]
    special = maker.data.of(maker.operation).expected
    if special or any(values.is_learned for values in known):
        return special
    redirects = (
        int(r.status) for r in maker.operation.responses if r.status[:1] == "3" and r.status.isdigit()
    )
    return (2, *redirects, *(() if maker.is_documented else _BY_MEANING))


def _creates(maker: Maker, name: str) -> bool:
    """Whether a request with a missing value creates what it names, as the document says of a PUT."""
    is_named = maker.operation.path.rstrip("/").endswith(f"{{{name}}}")
    return (
        maker.operation.method == "PUT"
        and is_named
        and any(response.status == "201" for response in maker.operation.responses)
    )


def _not_found(maker: Maker) -> tuple[int, ...]:
    """The expected statuses of a request with a missing value.

    A server may check the body first, and a generated one that never succeeded may be wrong.
    """
    return (404,) if maker.is_documented or maker.has_settled else (404, *_BY_MEANING)


def _existing(maker: Maker, names: list[str]) -> Iterator[Planned]:
    name, known, expected = names[0], maker.values(names[0]), success(maker)
    if not all(_may_be_sent(maker, other) for other in names):
        return
    # A resource can be deleted only once, so existing values are never deleted.
    if maker.operation.method == "DELETE":
        for value in known.disposable:
            yield _of(maker, name, value, maker.body, "positive", expected)
        return
    once = maker.data.of(maker.operation).once
    for body in maker.some_bodies[: 1 if once else None]:
        # Twice in a row, to detect responses that differ between requests.
        for _ in range(1 if once else 2):
            yield _of(maker, name, known.existing[0], body, "existing", expected)
    for other in names if not once else ():
        for spelling in _spellings(maker, other, maker.values(other).existing[0]):
            yield _of(maker, other, spelling, maker.body, "existing", expected)
    yield from _of_each(maker, name, known.existing[1:], "existing", expected)


def _named(maker: Maker) -> list[str]:
    """The path parameters; empty if one of them has no existing value.

    What is created by name exists already if its name is known.
    """
    if creates_by_name(maker.operation):
        return []
    known = {name: maker.values(name) for name in maker.path_names}
    if not all(values.existing for values in known.values()):
        return []
    return list(known)


def _may_be_sent(maker: Maker, name: str) -> bool:
    """Whether the method is safe, or the value is not a discovered one."""
    return not maker.values(name).is_learned or maker.operation.method in ("GET", "HEAD")


def _of_each(
    maker: Maker, name: str, values: Sequence[str], intent: Intent, expected: tuple[int, ...]
) -> Iterator[Planned]:
    for value in values:
        for body in maker.some_bodies:
            yield _of(maker, name, value, body, intent, expected)


def _of(
    maker: Maker, name: str, value: str, body: JsonValue, intent: Intent, expected: tuple[int, ...]
) -> Planned:
    label = f"{intent} {name} {value}, {with_body(body)}"
    return maker.planned(maker.sent(body, {name: value}), intent, label, expected)


def _with_spellings(maker: Maker, name: str, values: Sequence[str]) -> list[str]:
    return [spelling for value in values for spelling in (value, *_spellings(maker, name, value))]


def _spellings(maker: Maker, name: str, value: str) -> list[str]:
    """Other letter cases of a UUID (RFC 9562, section 4); other values have none."""
    spelt = (value.upper(), value.lower()) if maker.names_a_uuid(name) else ()
    return [spelling for spelling in spelt if spelling != value]
