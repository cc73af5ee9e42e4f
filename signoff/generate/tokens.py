"""Signed tokens: JSON Web Tokens (RFC 7519) with HS256 and a published key, since a mock has no secrets."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject

KEY = b"signoff-mock-key-that-is-no-secret"  # HS256 wants 32 bytes or more (RFC 7518, section 3.2)
_ISSUED = 1_767_225_600  # 2026-01-01
_EXPIRES = 2_082_758_400  # 2036-01-01
_LONGEST = 8192


def signed(subject: str) -> str:
    """A token with a user as its subject; the same user has the same one."""
    claims: JsonObject = {"iss": "signoff", "sub": subject, "iat": _ISSUED, "exp": _EXPIRES}
    head = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{head}.{_text(hmac.digest(KEY, head.encode(), 'sha256'))}"


def subject_of(token: str) -> str | None:
    """The subject of a token that `signed` made; None for any other text."""
    head, _, signature = token.rpartition(".")
    if len(token) > _LONGEST or not token.isascii():
        return None
    if not hmac.compare_digest(_text(hmac.digest(KEY, head.encode(), "sha256")), signature):
        return None
    body = head.partition(".")[2]
    try:
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error):
        return None
    subject = claims.get("sub") if isinstance(claims, dict) else None
    return subject if isinstance(subject, str) else None


def _part(value: JsonObject) -> str:
    return _text(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
