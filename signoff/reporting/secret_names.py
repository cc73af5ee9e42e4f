"""Which header fields, parameters and members hold secrets, and what stands in their place in texts."""

REDACTED = "[redacted]"
_SECRET_HEADERS = {"authorization", "cookie", "proxy-authorization", "x-api-key", "api-key"}


def is_secret(name: str) -> bool:
    """Whether the value of a header field is kept out of logs and reports."""
    lowered = name.lower()
    return lowered in _SECRET_HEADERS or any(part in lowered for part in ("token", "secret", "password"))
