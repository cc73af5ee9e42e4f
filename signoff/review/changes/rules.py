"""The policy for changes of everything but schemas: what each means, and why. Data, not code."""

from __future__ import annotations

from signoff.review.change import ChangeVerdict
from signoff.review.changes.schema_rules import SCHEMA_RULES, Rule

_BREAKING, _REVIEW, _COMPATIBLE = ChangeVerdict.BREAKING, ChangeVerdict.REVIEW, ChangeVerdict.COMPATIBLE

_TABLE = (
    ("operation-removed", _BREAKING, "a client that calls it fails"),
    ("operation-added", _COMPATIBLE, "nobody calls it yet"),
    ("operation-deprecated", _COMPATIBLE, "it works as before"),
    ("operation-no-longer-deprecated", _COMPATIBLE, "it works as before"),
    ("operation-id-changed", _REVIEW, "generated clients name their functions after it"),
    ("operation-id-removed", _REVIEW, "generated clients name their functions after it"),
    ("operation-id-added", _COMPATIBLE, "what is sent and received stays the same"),
    ("sunset-earlier", _REVIEW, "clients have less time to leave it than they were told"),
    ("sunset-later", _COMPATIBLE, "clients have more time to leave it"),
    ("sunset-added", _REVIEW, "clients learn that it goes away on that day"),
    ("sunset-removed", _COMPATIBLE, "clients have more time to leave it"),
    ("parameter-added", _COMPATIBLE, "a request may leave it out"),
    ("required-parameter-added", _BREAKING, "requests that are sent today leave it out"),
    ("parameter-removed", _REVIEW, "a request that holds it likely still works, but it is no longer heeded"),
    ("parameter-moved", _BREAKING, "requests that are sent today hold it in the other place"),
    ("parameter-became-required", _BREAKING, "requests may leave it out today"),
    ("parameter-became-optional", _COMPATIBLE, "requests that hold it are still accepted"),
    ("parameter-style-changed", _BREAKING, "the same value is written differently"),
    ("parameter-explode-changed", _BREAKING, "the same value is written differently"),
    ("parameter-content-changed", _BREAKING, "the same value is written differently"),
    ("parameter-reserved-changed", _REVIEW, "whether reserved characters are percent-encoded has changed"),
    ("parameter-empty-refused", _BREAKING, "requests may leave its value empty today"),
    ("parameter-empty-allowed", _COMPATIBLE, "requests with a value are still accepted"),
    ("parameter-deprecated", _COMPATIBLE, "it works as before"),
    ("parameter-no-longer-deprecated", _COMPATIBLE, "it works as before"),
    ("request-body-added", _COMPATIBLE, "a request may leave it out"),
    ("required-request-body-added", _BREAKING, "requests that are sent today have none"),
    ("request-body-removed", _BREAKING, "what clients send there is no longer taken"),
    ("request-body-became-required", _BREAKING, "requests may leave it out today"),
    ("request-body-became-optional", _COMPATIBLE, "requests that hold it are still accepted"),
    ("request-media-type-removed", _BREAKING, "a client that sends it is refused"),
    ("request-media-type-added", _COMPATIBLE, "the others are still taken"),
    ("request-media-type-narrowed", _BREAKING, "a client that sends another type of the range is refused"),
    ("request-media-type-widened", _COMPATIBLE, "the former type is still taken"),
    ("response-media-type-removed", _BREAKING, "a client that asks for it no longer gets it"),
    ("response-media-type-added", _COMPATIBLE, "a client gets it only where it asks for it"),
    ("response-media-type-narrowed", _COMPATIBLE, "the type was to be expected before"),
    ("response-media-type-widened", _REVIEW, "a client may receive another type of the range"),
    ("encoding-changed", _REVIEW, "the parts of a form are written differently"),
    ("success-status-removed", _BREAKING, "clients take that status for success"),
    ("success-status-added", _COMPATIBLE, "clients go by the class of a status that they do not know"),
    ("error-status-removed", _REVIEW, "it is either no longer sent, or no longer described"),
    ("status-range-narrowed", _REVIEW, "the other statuses of the range are no longer described"),
    ("error-status-added", _COMPATIBLE, "clients go by the class of a status that they do not know"),
    (
        "status-no-longer-as-described",
        _REVIEW,
        "it was described by a range or the default, with another body",
    ),
    ("header-removed", _REVIEW, "it never had to be there, but a client that reads it will not find it"),
    ("required-header-removed", _BREAKING, "a client could rely on it being there"),
    ("header-added", _COMPATIBLE, "clients ignore headers that they do not know"),
    ("header-became-optional", _BREAKING, "a client could rely on it being there"),
    ("header-became-required", _COMPATIBLE, "a client that reads it finds it more often"),
    ("header-content-changed", _BREAKING, "the same value is written differently"),
    ("link-removed", _REVIEW, "a client may find its next call by it"),
    ("link-added", _COMPATIBLE, "nobody follows it yet"),
    ("link-changed", _REVIEW, "a client may find its next call by it"),
    ("callback-removed", _BREAKING, "a client that waits for the call does not get it"),
    ("callback-added", _COMPATIBLE, "the other calls come as before"),
    ("webhook-removed", _BREAKING, "a client that waits for the call does not get it"),
    ("webhook-added", _COMPATIBLE, "the other calls come as before"),
    ("security-added", _BREAKING, "requests without credentials are refused from now on"),
    ("security-removed", _REVIEW, "no client breaks, but what was protected is open now"),
    ("security-tightened", _BREAKING, "credentials that were enough are no longer"),
    ("security-loosened", _REVIEW, "no client breaks, but less than before is enough"),
    ("security-scope-added", _BREAKING, "tokens that were enough lack a scope"),
    ("security-scope-removed", _REVIEW, "no client breaks, but less than before is enough"),
    ("security-changed", _BREAKING, "credentials that were enough are no longer"),
    ("security-scheme-url-changed", _REVIEW, "clients get their tokens from another address"),
    ("security-flow-removed", _BREAKING, "clients that get their tokens that way no longer can"),
    ("security-flow-added", _REVIEW, "no client breaks, but there is another way to a token"),
    ("server-removed", _REVIEW, "clients that call that address may no longer be answered"),
    ("server-added", _COMPATIBLE, "the former addresses still stand"),
    ("server-changed", _REVIEW, "clients have to call another address, unless the former still answers"),
)

RULES: dict[str, Rule] = {entry[0]: Rule(*entry) for entry in _TABLE}


def catalogue() -> list[Rule]:
    """Every kind of change that a comparison can tell, for the documentation."""
    return [*RULES.values(), *SCHEMA_RULES.values()]
