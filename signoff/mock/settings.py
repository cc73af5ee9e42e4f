"""The settings of the mock server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from signoff.contract import SetupError

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE
MAX_HEAD = 64 * KIBIBYTE  # of a request target, and of a header section


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the mock server.

    Attributes:
        seed: the random seed; the same seed gives the same bytes.
        locale: Faker's locale for generated names and addresses.
        dynamic: whether to generate values even if the document has examples.
        cors: whether to allow cross-origin requests from any origin.
        auth: whether to enforce the document's security requirements.
        validate_requests: whether to reject invalid requests.
        validate_responses: whether to validate the responses of handlers.
        max_body_bytes: the size limit of request bodies.
        stateless: whether to forget what clients write.
        state: the URL of the Redis or Valkey that keeps the state; empty for this process.
        state_file: the path of the initial state; empty without one.
        state_prefix: the beginning of the keys in Redis.
        state_expiry: after how many idle seconds a session ends.
        list_size: how many items a list has, those of the document's examples included.
        unknown_ids: whether ids that no list has are answered (`open`), or are a 404 (`404`).
        explain: whether each response says how it came about.
        max_delay: the longest that a response is held back, in seconds.
        stream_interval: the milliseconds between two items of a stream.
        stream_hold: whether streams stay open after their last item.
        stream_heartbeat: the seconds without an item after which a stream gets a heartbeat; 0 for none.
        callbacks: whether to send the callbacks of operations.
        callback_hosts: the hosts that callbacks and webhooks may be sent to, besides loopback addresses.
        callback_delay: the milliseconds between a response and its callbacks.
        callback_retries: how often to try again to deliver a callback or webhook.
        callback_timeout: the seconds that one attempt may take.
        data: the data file whose missing and forbidden path values are 404 and 403; empty for none.
        log_requests: whether to log requests.
        log_bodies: whether to log their bodies and those of responses, too.
    """

    seed: int = 0
    locale: str = "en_US"
    dynamic: bool = False
    cors: bool = True
    auth: bool = True
    validate_requests: bool = True
    validate_responses: bool = True
    max_body_bytes: int = 10 * MEBIBYTE
    stateless: bool = False
    state: str = ""
    state_file: str = ""
    state_prefix: str = "signoff"
    state_expiry: int = 86_400
    list_size: int = 12
    unknown_ids: Literal["open", "404"] = "open"
    explain: bool = False
    max_delay: float = 60.0
    data: str = ""
    log_requests: bool = True
    log_bodies: bool = False
    stream_interval: int = 0
    stream_hold: bool = False
    stream_heartbeat: float = 15
    callbacks: bool = False
    callback_hosts: tuple[str, ...] = ()
    callback_delay: int = 0
    callback_retries: int = 3
    callback_timeout: float = 10


def known_locale(locale: str) -> str:
    """Faker's spelling of a locale: `de_DE` for `de-de` or `de_DE`.

    Raises:
        SetupError: Faker does not support it.
    """
    from faker.config import AVAILABLE_LOCALES  # noqa: PLC0415 - 0.1 s that only the command line needs

    spelt = {known.lower(): known for known in AVAILABLE_LOCALES}
    found = spelt.get(locale.replace("-", "_").lower())
    if found is None:
        raise SetupError(
            f"unsupported locale: {locale!r}",
            suggestion="Use a language and country such as de_DE or ja_JP.",
        )
    return found
