"""Values captured from responses, and texts that use them as `${name}`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from signoff.conformance.target_data import VARIABLE
from signoff.contract import SetupError, json_value
from signoff.contract.json_value import JsonSyntaxError
from signoff.contract.pointer import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signoff.conformance.exchange import Received
    from signoff.conformance.known_values import Capture, Step
    from signoff.contract.json_value import JsonValue


class NotCapturedError(LookupError):
    """A text uses a value that was not captured."""


@dataclass(frozen=True, slots=True)
class Cookies:
    """The cookies of a response."""

    pairs: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """The cookies as a `Cookie` field has them (RFC 6265, section 5.4)."""
        return "; ".join(f"{name}={value}" for name, value in self.pairs)

    def after(self, lead: str) -> str:
        """The cookies as they continue a text: after `sid=` the value of that cookie alone."""
        return next((value for name, value in self.pairs if lead.endswith(f"{name}=")), str(self))


Captured = str | Cookies


def captured_from(capture: Capture, step: Step, received: Received, kind: str = "setup") -> Captured:
    """The value to capture from a response.

    Raises:
        SetupError: the response does not have it, or it is not a string or number.
    """
    where = f"{kind} request {step.method} {step.path or step.url}: the response has no "
    if capture.cookie is not None:
        value = dict(cookies_of(received).pairs).get(capture.cookie)
        if value is None:
            raise SetupError(f"{where}cookie {capture.cookie}", location=step.location)
        return value
    if capture.header is not None:
        return _in_header(capture.header, received, where, step)
    pointer = capture.pointer or ""
    try:
        found = resolve(json_value.parse(received.body), pointer)
    except (LookupError, JsonSyntaxError):
        raise SetupError(f"{where}{pointer or 'JSON'} to capture", location=step.location) from None
    if isinstance(found, dict | list | bool) or found is None:
        raise SetupError(f"{where}string or number at {pointer or 'its root'}", location=step.location)
    return str(found)


def _in_header(header: str, received: Received, where: str, step: Step) -> Captured:
    text = received.header(header.lower())
    if text is None:
        raise SetupError(f"{where}header {header}", location=step.location)
    if header.lower() == "set-cookie":
        return cookies_of(received)
    return unquote(urlsplit(text).path.rstrip("/").rpartition("/")[2]) if "/" in text else text


def cookies_of(received: Received) -> Cookies:
    """The cookies that a response sets."""
    pairs = (value.partition(";")[0].partition("=") for value in received.values("set-cookie"))
    return Cookies(tuple((name.strip(), value.strip()) for name, _, value in pairs))


def uses(text: str) -> set[str]:
    """The names that a text uses."""
    return {match[1] for match in VARIABLE.finditer(text) if match[1]}


def filled_texts(texts: Mapping[str, str], captured: Mapping[str, Captured]) -> dict[str, str]:
    """Header fields, form members or query parameters with captured values."""
    return {name: _filled_text(name, text, captured) for name, text in texts.items()}


def available_texts(texts: Mapping[str, str], captured: Mapping[str, Captured]) -> dict[str, str]:
    """The texts whose captures are all available."""
    found = {}
    for name, text in texts.items():
        with suppress(NotCapturedError):
            found[name] = _filled_text(name, text, captured)
    return found


def filled(value: JsonValue, captured: Mapping[str, Captured]) -> JsonValue:
    """A JSON value with captured values in its strings."""
    if isinstance(value, dict):
        return {name: filled(part, captured) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part, captured) for part in value]
    return filled_text(value, captured) if isinstance(value, str) else value


def filled_text(
    text: str, captured: Mapping[str, Captured], encode: Callable[[str], str] = lambda text: text
) -> str:
    """A text with captured values.

    Raises:
        NotCapturedError: it uses one that is not captured.
    """
    return "".join(_parts(text, captured, encode))


def _parts(text: str, captured: Mapping[str, Captured], encode: Callable[[str], str]) -> Iterator[str]:
    end = 0
    for match in VARIABLE.finditer(text):
        yield text[end : match.start()]
        end = match.end()
        if match[1] is None:
            yield "${"
        elif match[1] not in captured:
            raise NotCapturedError(match[1])
        else:
            value = captured[match[1]]
            yield encode(value if isinstance(value, str) else value.after(text[: match.start()]))
    yield text[end:]


def _filled_text(name: str, text: str, captured: Mapping[str, Captured]) -> str:
    """The text of a field. Outside of `Cookie`, a single cookie stands for its value."""
    if name.lower() == "cookie":
        return filled_text(text, captured)
    return filled_text(text, {key: _alone(value) for key, value in captured.items()})


def _alone(value: Captured) -> Captured:
    return value.pairs[0][1] if isinstance(value, Cookies) and len(value.pairs) == 1 else value
