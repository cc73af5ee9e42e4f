"""Checks of timestamps and of the response time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from signoff.conformance.checks.registry import Fault, check, warning
from signoff.conformance.exchange import objects_in
from signoff.contract.json_value import as_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signoff.conformance.exchange import Exchange
    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonValue

_PAST = {
    *("generated_at", "created_at", "updated_at", "modified_at", "createdAt", "updatedAt"),
    *("modifiedAt", "generatedAt", "created_on", "updated_on", "last_modified", "lastModified"),
}
_PAIRS = (("created_at", "updated_at"), ("createdAt", "updatedAt"), ("created_on", "updated_on"))
_SKEW = timedelta(seconds=60)


def has_server_time(contract: Contract, operation: Operation) -> bool:
    """Whether a response of the operation has a timestamp that the server sets."""
    for response in operation.responses:
        for offer in response.content:
            schema = offer.schema.view.flat if offer.schema else {}
            items = contract.schemas.view(schema.get("items")).flat
            if _PAST & {*as_object(schema.get("properties")), *as_object(items.get("properties"))}:
                return True
    return False


def _moment(value: JsonValue) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _set_by_client(exchange: Exchange) -> set[str]:
    """Properties that the client sends itself, so that the server does not set them."""
    described = exchange.subject.request_body
    found: set[str] = set()
    for offer in described.content if described else ():
        if offer.schema is not None:
            found |= offer.schema.view.properties.keys()
    return found


def _now(exchange: Exchange) -> datetime:
    """The time of the response by the server's clock, or by ours if it sends no Date."""
    ours = datetime.now(UTC)
    try:
        theirs = parsedate_to_datetime(exchange.received.header("date") or "")
    except (TypeError, ValueError):
        return ours
    return theirs if theirs.tzinfo else ours


@warning(
    source="the meaning of the property names",
    rationale="A resource cannot have been created or updated in the future.",
    applies=lambda exchange: 200 <= exchange.status < 300 and exchange.json[0] is not None,
    concerns=has_server_time,
)
def time_not_future(exchange: Exchange) -> Iterator[Fault]:
    """Timestamps such as created_at and updated_at are not in the future (1 minute of clock skew allowed)."""
    latest = _now(exchange) + _SKEW
    excused = _set_by_client(exchange)
    for owner in objects_in(exchange.json[0]):
        for name in (_PAST & owner.keys()) - excused:
            found = _moment(owner[name])
            if found is not None and found > latest:
                yield Fault(f"`{name}` is in the future", f"at most {latest.isoformat()}", str(owner[name]))
                return


@warning(
    source="the meaning of the property names",
    rationale="A resource cannot be updated before it is created.",
    applies=lambda exchange: 200 <= exchange.status < 300 and exchange.json[0] is not None,
    concerns=has_server_time,
)
def created_before_updated(exchange: Exchange) -> Iterator[Fault]:
    """The creation time is not after the update time."""
    excused = _set_by_client(exchange)
    for owner in objects_in(exchange.json[0]):
        for created, updated in _PAIRS:
            first, last = _moment(owner.get(created)), _moment(owner.get(updated))
            if first and last and first > last and not {created, updated} & excused:
                yield Fault(f"`{created}` is after `{updated}`", str(owner[created]), str(owner[updated]))
                return


@check(
    source="--max-response-time",
    rationale="Clients time out on slow responses.",
    applies=lambda exchange: exchange.bound_s is not None and exchange.intent != "fuzzing",
    not_covered="no limit was set: use --max-response-time",
)
def response_time(exchange: Exchange) -> Iterator[Fault]:
    """The response time is within --max-response-time; a slow request is retried once."""
    limit, took = exchange.bound_s, exchange.received.elapsed_s
    if limit is not None and took > limit:
        yield Fault("the response is too slow", f"at most {limit:g} s", f"{took:.2f} s")
