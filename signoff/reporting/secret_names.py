"""Which header fields, parameters and members hold secrets, and what stands in their place in texts."""

REDACTED = "[redacted]"
_SECRET_NAMES = {"authorization", "cookie", "proxyauthorization"}
_SECRET_PARTS = ("token", "secret", "password", "passwd", "passphrase", "apikey", "privatekey")


def is_secret(name: str) -> bool:
    """Whether the value of a header field, parameter or member is kept out of logs and reports."""
    plain = name.lower().replace("-", "").replace("_", "")
    return plain in _SECRET_NAMES or any(part in plain for part in _SECRET_PARTS)
