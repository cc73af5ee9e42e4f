"""`x-faker`: what an author of a document says that a made-up value should look like.

`x-faker: name`, `x-faker: person.first_name` or `x-faker: {pyint: {min_value: 1}}`. Only methods of
Faker's own providers are called, and only with plain arguments of modest size: documents are input.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from faker import Faker

    from signoff.contract.json_value import JsonValue

_MAX_ARGUMENT = 10_000


def hinted(fake: Faker, hint: JsonValue) -> JsonValue:
    """The value that a hint asks for; None where it names nothing that can be called."""
    name, arguments = _parts(hint)
    method = _method(fake, name)
    if method is None or not all(_is_modest(value) for value in arguments.values()):
        return None
    try:
        return _plain(method(**arguments))
    except (TypeError, ValueError, AttributeError):
        return None


def _parts(hint: JsonValue) -> tuple[str, dict[str, Any]]:
    if isinstance(hint, str):
        return hint, {}
    if isinstance(hint, dict) and len(hint) == 1:
        name, arguments = next(iter(hint.items()))
        return name, dict(arguments) if isinstance(arguments, dict) else {}
    return "", {}


def _method(fake: Faker, name: str) -> Any:  # noqa: ANN401 - a method of some provider
    last = name.rpartition(".")[2]
    if not last or last.startswith("_"):
        return None
    providers = [provider for factory in fake.factories for provider in factory.get_providers()]
    is_known = any(callable(getattr(type(provider), last, None)) for provider in providers)
    return getattr(fake, last, None) if is_known else None


def _is_modest(value: JsonValue) -> bool:
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, int | float):
        return abs(value) <= _MAX_ARGUMENT
    return isinstance(value, str) and len(value) <= 200


def _plain(value: Any) -> JsonValue:  # noqa: ANN401 - whatever a provider returns
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else None
