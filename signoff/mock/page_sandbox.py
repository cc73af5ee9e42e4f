"""Keeps pages that the mock serves apart from the control API on the same origin.

A browser gives a page of the mock the origin of the mock, so a script in a generated body, an example or a
file could use the control API. `Content-Security-Policy: sandbox` gives such a page an origin of its own: its
scripts and forms work, and the control API rejects them like those of any other site. The field is chosen
with the Content-Type, when a response is made; a policy of a handler or a rule takes its place.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from signoff.contract import media_types

_Fields: TypeAlias = tuple[tuple[bytes, bytes], ...]

POLICY = "content-security-policy"
SANDBOX = "sandbox allow-scripts allow-forms allow-modals allow-popups allow-downloads"
_TYPE = b"content-type"
_FIELD = (POLICY.encode(), SANDBOX.encode())
# What browsers show as a page, or look for one in (MIME Sniffing standard, section 7); XML besides.
_PAGES = frozenset(
    ("text/html", "multipart/x-mixed-replace", "text/xsl", "unknown/unknown", "application/unknown", "*/*")
)
_ESSENCE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")


def runs_scripts(media_type: str) -> bool:
    """Whether browsers run scripts in bodies of a media type: HTML, SVG, XML, and types that they guess."""
    name = media_types.essence(media_type)
    return name in _PAGES or media_types.is_xml(name) or not _ESSENCE.fullmatch(name)


@lru_cache(1024)
def content_fields(media_type: str) -> _Fields:
    """The Content-Type of a response, with the sandbox where its body can be a page."""
    field = (_TYPE, media_type.encode("latin-1", "replace"))
    return (field, _FIELD) if runs_scripts(media_type) else (field,)


def sandboxed(headers: _Fields) -> _Fields:
    """The header fields of a response whose Content-Type was changed."""
    found = dict(headers)
    is_page = runs_scripts(found.get(_TYPE, b"").decode("latin-1"))
    return (*headers, _FIELD) if is_page and _FIELD[0] not in found else headers


def has_policy(headers: _Fields) -> bool:
    """Whether header fields have a Content-Security-Policy."""
    return any(name == _FIELD[0] for name, _ in headers)
