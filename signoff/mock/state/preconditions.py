"""Entity tags and conditional requests (RFC 9110, sections 8.8.3 and 13), where the document defines them."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from signoff.contract import Direction
from signoff.mock.exchange import raw_response, to_json
from signoff.mock.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff.contract import JsonValue, Operation
    from signoff.mock.exchange import RawResponse

_ETAG = b"etag"
_SEPARATOR = "."  # between the tag of an entity and that of a body merged from it
_MERGED = re.compile(rf'{re.escape(_SEPARATOR)}[0-9a-f]{{16}}"')


def tag_of(value: JsonValue | bytes) -> str:
    """The strong entity tag of an entity, or of a body."""
    data = value if isinstance(value, bytes) else to_json(value)
    return f'"{blake2b(data, digest_size=8).hexdigest()}"'


class Preconditions:
    """The conditions that the requests of one operation may have.

    A body that a rule merges with a patch has a tag of its own, which starts with that of the entity: so a
    client that read it may write.

    Attributes:
        deciding_headers: the request headers that matter, in lower case.
    """

    def __init__(self, operation: Operation) -> None:
        statuses = {response.status for response in operation.responses}
        sent = {each.name.lower() for each in operation.parameters if each.location == "header"}
        self._operation = operation
        self._is_required = "428" in statuses
        self._is_checked = "if-match" in sent or "412" in statuses or self._is_required
        self._is_cached = operation.method == "GET" and "304" in statuses
        self.deciding_headers = (
            *(("if-match", "if-none-match") if self._is_checked else ()),
            *(("if-none-match",) if self._is_cached else ()),
        )

    def check(self, headers: Mapping[str, str], entity: JsonValue) -> None:
        """Check the conditions of a write; `entity` is the current one, None if there is none.

        Raises:
            ProblemError: a condition is false, or a required one is missing.
        """
        if not self._is_checked:
            return
        tag = None if entity is None else tag_of(entity)
        wanted, unwanted = headers.get("if-match"), headers.get("if-none-match")
        if self._is_required and wanted is None and unwanted is None and tag is not None:
            raise ProblemError("precondition_required")
        is_met = wanted is None or (tag is not None and _names(_MERGED.sub('"', wanted), tag, is_weak=False))
        if not is_met or (unwanted is not None and tag is not None and _names(unwanted, tag, is_weak=True)):
            raise ProblemError("precondition_failed", tag=tag or "none")

    def tagged(self, found: RawResponse, headers: Mapping[str, str], entity: JsonValue) -> RawResponse:
        """A successful response with the true entity tag, or 304 if the client has this version.

        Args:
            found: the response.
            headers: the request's headers.
            entity: the entity that the response shows; None for other bodies.
        """
        has_tag = any(name == _ETAG for name, _ in found.headers)
        if not (has_tag or self._is_cached) or not 200 <= found.status < 300:
            return found
        tag = tag_of(found.body if entity is None else entity)
        wanted = headers.get("if-none-match")
        if self._is_cached and wanted is not None and _names(wanted, tag, is_weak=True):
            return _unchanged(found, tag)
        if not has_tag or not self._fits(found.status, tag):
            return found
        return _with_tag(found, tag)

    def merged(self, found: RawResponse, headers: Mapping[str, str]) -> RawResponse:
        """A response whose body a rule has merged with a patch: with its own tag, or 304; see `tagged`."""
        before = next((value.decode("latin-1") for name, value in found.headers if name == _ETAG), "")
        tag = f"{before[:-1]}{_SEPARATOR}{tag_of(found.body)[1:]}"
        if not before.endswith('"') or not self._fits(found.status, tag):
            return self.tagged(found, headers, None)
        wanted = headers.get("if-none-match")
        if self._is_cached and wanted is not None and _names(wanted, tag, is_weak=True):
            return _unchanged(found, tag)
        return _with_tag(found, tag)

    def without(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The headers of a read without its condition, which is for the body after a patch."""
        if not self._is_cached or "if-none-match" not in headers:
            return headers
        return {name: value for name, value in headers.items() if name != "if-none-match"}

    def _fits(self, status: int, tag: str) -> bool:
        response = self._operation.response_for(status)
        documented = (
            [header for header in response.headers if header.name.lower() == "etag"] if response else []
        )
        return all(
            header.schema is None or header.schema.is_valid(tag, Direction.RESPONSE) for header in documented
        )


def _with_tag(found: RawResponse, tag: str) -> RawResponse:
    fields = tuple((name, tag.encode() if name == _ETAG else value) for name, value in found.headers)
    return replace(found, headers=fields)


def _unchanged(found: RawResponse, tag: str) -> RawResponse:
    return raw_response(304, b"", None, found.why, ((_ETAG, tag.encode()),))


def _names(field: str, tag: str, *, is_weak: bool) -> bool:
    """Whether a list of entity tags has this one (RFC 9110, section 8.8.3.2)."""
    if field.strip() == "*":
        return True
    texts = (text.strip() for text in field.split(","))
    return any((text.removeprefix("W/") if is_weak else text) == tag for text in texts)
