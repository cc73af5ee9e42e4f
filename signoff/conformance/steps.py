"""Requests of the data file: how they are written and what counts as their success."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from signoff.conformance.captures import available_texts, filled, filled_text, filled_texts
from signoff.conformance.exchange import Sent
from signoff.conformance.known_values import overlaid
from signoff.reporting.secret_values import SecretValues, encoded, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signoff.conformance.captures import Captured
    from signoff.conformance.exchange import Received
    from signoff.conformance.known_values import Step, User

_SHOWN = 200


def request_of(
    step: Step, base_url: str, common: Mapping[str, str], user: User, captured: Mapping[str, Captured]
) -> Sent:
    """The request of a step.

    Args:
        step: the step.
        base_url: what its path is below. A step with its own URL, at a token endpoint, gets no other
            headers than its own.
        common: headers for all requests.
        user: who sends it. Credentials that are not captured yet are left out.
        captured: the captured values.

    Raises:
        NotCapturedError: it uses a value that is not captured.
    """
    fields: dict[str, str] = {}
    query: dict[str, str] = {}
    url = step.url
    if not url:
        own = overlaid(user.headers, user.unsafe_headers)
        fields = available_texts(overlaid(common, own), captured)
        query = available_texts(user.query, captured)
        url = base_url + filled_text(step.path, captured, encode=lambda text: quote(text, safe=""))
    body = b""
    if step.form:
        body = urlencode(filled_texts(step.form, captured)).encode()
        fields = overlaid(fields, {"Content-Type": "application/x-www-form-urlencoded"})
    elif step.body is not None:
        body = json.dumps(filled(step.body, captured)).encode()
        fields = overlaid(fields, {"Content-Type": "application/json"})
    fields = overlaid(fields, filled_texts(step.headers, captured))
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    return Sent(step.method, url, tuple(fields.items()), body)


def is_expected(step: Step, received: Received) -> bool:
    """Whether a step succeeded."""
    if received.fault:
        return False
    return received.status in step.expected if step.expected else 200 <= received.status < 300


def unexpected(kind: str, step: Step, received: Received, secrets: Iterable[str] = ()) -> str:
    """What a step got instead of success, without secrets."""
    values = SecretValues(
        form for secret in secrets if secret for form in (*quoted(secret), *encoded(secret))
    )
    shown = values.removed_from(received.body.decode("utf-8", "replace"))[:_SHOWN]
    fault, path = values.removed_from(received.fault), values.removed_from(step.path or step.url)
    what = f"got {received.status}: {shown}" if not fault else f"got no response: {fault}"
    return f"{kind} request {step.method} {path} {what}".rstrip(": ")
