"""The policy for changes: the verdict and the reason for each kind, in requests and in responses.

A schema change narrows or widens the set of valid values. Narrowing breaks senders, widening breaks
receivers; the exceptions are listed below. Sources: JSON Schema 2020-12 for the effect of each keyword,
RFC 9110 section 2.2 and common practice (clients ignore unknown properties) for the exceptions.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from signoff.review.change import ChangeVerdict
from signoff.review.changes.sets.difference import Effect

_BREAKING, _REVIEW, _COMPATIBLE = ChangeVerdict.BREAKING, ChangeVerdict.REVIEW, ChangeVerdict.COMPATIBLE


@dataclass(frozen=True, slots=True)
class Rule:
    """The verdict on one kind of change.

    Attributes:
        because: the reason, as the second half of a sentence.
    """

    id: str
    verdict: ChangeVerdict
    because: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """One aspect of a schema that can differ.

    Attributes:
        name: the name that differences use.
        narrowed, widened, changed: the ids of the changes, without the direction; empty for an effect that
            is not possible. Of two bounds, for example, one is always narrower.
        is_set: whether the set of valid values differs, so that there is a counterexample.
    """

    name: str
    narrowed: str = ""
    widened: str = ""
    changed: str = ""
    is_set: bool = field(default=True, kw_only=True)


_SETS = (
    ("type", "type-narrowed", "type-widened", "type-changed"),
    ("nullable", "became-not-nullable", "became-nullable"),
    ("enum", "enum-value-removed", "enum-value-added"),
    ("minimum", "minimum-raised", "minimum-lowered"),
    ("maximum", "maximum-lowered", "maximum-raised"),
    ("multipleOf", "multiple-of-narrowed", "multiple-of-widened", "multiple-of-changed"),
    ("minLength", "min-length-raised", "min-length-lowered"),
    ("maxLength", "max-length-lowered", "max-length-raised"),
    ("minItems", "min-items-raised", "min-items-lowered"),
    ("maxItems", "max-items-lowered", "max-items-raised"),
    ("uniqueItems", "items-must-be-unique", "items-may-repeat"),
    ("minProperties", "min-properties-raised", "min-properties-lowered"),
    ("maxProperties", "max-properties-lowered", "max-properties-raised"),
    ("pattern", "pattern-added", "pattern-removed", "pattern-changed"),
    ("format", "format-added", "format-removed", "format-changed"),
    ("integerFormat", "integer-format-narrowed", "integer-format-widened"),
    ("contains", "contains-added", "contains-removed", "contains-changed"),
    ("contains-count", "contains-count-narrowed", "contains-count-widened", "contains-count-changed"),
    ("dependentRequired", "dependency-added", "dependency-removed", "dependency-changed"),
    ("propertyNames", "property-names-narrowed", "property-names-widened", "property-names-changed"),
    ("required", "property-became-required", "property-became-optional"),
    ("required-property", "required-property-removed", "required-property-added"),
    ("closed-property", "property-rejected", "property-added-to-closed"),
    ("closed-required-property", "required-property-rejected", "required-property-added-to-closed"),
    ("additionalProperties", "object-closed", "object-opened"),
    ("alternative", "alternative-removed", "alternative-added"),
    ("condition", "condition-added", "condition-removed"),
    ("one-of", "alternatives-exclusive", "alternatives-inclusive"),
)
_NO_SETS = (
    ("implied-type", "implied-type-stated", "implied-type-left-out"),
    ("open-enum", "open-enum-value-removed", "open-enum-value-added"),
    ("known-values", "known-value-removed", "known-value-added"),
    ("int64", "int64-stated", "int64-left-out"),
    ("content", "content-encoding-added", "content-encoding-removed", "content-encoding-changed"),
    ("property", "property-removed", "property-added"),
    ("pattern-property", "properties-described", "properties-no-longer-described"),
    ("default", "", "", "default-changed"),
    ("read-only", "became-read-only", "no-longer-read-only"),
    ("write-only", "became-write-only", "no-longer-write-only"),
    ("deprecated", "schema-deprecated", "schema-no-longer-deprecated"),
    ("stability", "stability-lowered", "stability-raised"),
    ("internal", "became-internal", "no-longer-internal"),
    ("xml", "", "", "xml-changed"),
    ("discriminator", "discriminator-added", "discriminator-removed", "discriminator-changed"),
    ("mapping", "discriminator-value-removed", "discriminator-value-added"),
    (
        "mapping-target",
        "discriminator-target-narrowed",
        "discriminator-target-widened",
        "discriminator-target-changed",
    ),
    ("unclear-nullable", "unclear-nullable-removed", "unclear-nullable-added"),
    ("not-compared", "", "", "not-compared"),
)
ASPECTS = {row[0]: Aspect(*row) for row in _SETS} | {row[0]: Aspect(*row, is_set=False) for row in _NO_SETS}

_REJECTED = (_BREAKING, "clients may send values that are now rejected")
_UNEXPECTED = (_BREAKING, "clients may receive values that were not possible before")
_BY_EFFECT = {
    ("request", Effect.NARROWED): _REJECTED,
    ("request", Effect.WIDENED): (_COMPATIBLE, "everything that clients send is still accepted"),
    ("request", Effect.CHANGED): _REJECTED,
    ("response", Effect.NARROWED): (_COMPATIBLE, "everything that clients receive was possible before"),
    ("response", Effect.WIDENED): _UNEXPECTED,
    ("response", Effect.CHANGED): _UNEXPECTED,
}

_OPTIONAL = (_COMPATIBLE, "requests may omit it")
_LEFT_OUT = (_BREAKING, "existing requests omit it")
_IGNORED_NOW = (_REVIEW, "requests with it are still accepted, but it is ignored")
_NOT_FOUND = (
    _REVIEW,
    "it was optional, but clients that read it no longer get it",
)
_RELIED_ON = (_BREAKING, "clients could rely on it")
_IGNORED = (_COMPATIBLE, "clients ignore unknown properties")
_PROMISED = (
    _REVIEW,
    "most clients ignore unknown properties, but the schema did not allow them before",
)
_NOT_UNDERSTOOD = (_REVIEW, "the list is open, but the server may no longer support the value")
_OPEN = (_COMPATIBLE, "the list is open, so clients expect unknown values")
_ENCODED = (_REVIEW, "a schema can't show whether the values still work")
_AS_BEFORE = (_COMPATIBLE, "it works as before")
_CHOSEN = (_REVIEW, "clients choose the alternative by this value")
_PROMISED_LESS = (_BREAKING, "clients rely on it, and from now on it may break")
_PROMISED_MORE = (_COMPATIBLE, "clients can rely on it from now on")
_UNCLEAR = (_REVIEW, "it has no effect in OpenAPI 3.0, but many tools apply it")
# Exceptions to `_BY_EFFECT`, by id; without a direction for both.
_EXCEPTIONS = {
    "request-property-removed": _IGNORED_NOW,
    "request-required-property-removed": _IGNORED_NOW,
    "request-property-added": _OPTIONAL,
    "request-property-added-to-closed": _OPTIONAL,
    "request-required-property-added": _LEFT_OUT,
    "request-required-property-added-to-closed": _LEFT_OUT,
    "response-property-removed": _NOT_FOUND,
    "response-property-rejected": _NOT_FOUND,
    "response-required-property-removed": _RELIED_ON,
    "response-required-property-rejected": _RELIED_ON,
    "response-property-added": _IGNORED,
    "response-required-property-added": _IGNORED,
    "request-properties-described": (_REVIEW, "clients could send any value for them before"),
    "response-properties-no-longer-described": (_REVIEW, "clients may now receive any value for them"),
    "response-property-added-to-closed": _PROMISED,
    "response-required-property-added-to-closed": _PROMISED,
    "response-object-opened": _PROMISED,
    "request-open-enum-value-removed": _NOT_UNDERSTOOD,
    "request-known-value-removed": _NOT_UNDERSTOOD,
    "response-open-enum-value-added": _OPEN,
    "response-known-value-added": _OPEN,
    "request-implied-type-stated": (_COMPATIBLE, "the other keywords implied that type before"),
    "response-implied-type-left-out": (_COMPATIBLE, "the remaining keywords imply the same type"),
    "request-int64-stated": (_REVIEW, "only integers of more than 64 bits are now rejected"),
    "response-int64-left-out": (_REVIEW, "responses may now contain integers of more than 64 bits"),
    "content-encoding-added": _ENCODED,
    "content-encoding-removed": _ENCODED,
    "content-encoding-changed": _ENCODED,
    "request-default-changed": (_REVIEW, "requests that omit it now have another meaning"),
    "response-default-changed": (_REVIEW, "the value that clients assume when it is missing has changed"),
    "request-became-read-only": (_REVIEW, "the server now ignores it in requests"),
    "request-no-longer-read-only": (_COMPATIBLE, "clients may now send it"),
    "response-became-read-only": (_COMPATIBLE, "clients still receive it"),
    "response-no-longer-read-only": (_COMPATIBLE, "clients still receive it"),
    "request-became-write-only": (_COMPATIBLE, "clients still send it"),
    "request-no-longer-write-only": (_COMPATIBLE, "clients still send it"),
    "response-became-write-only": (_REVIEW, "clients that read it no longer get it"),
    "response-no-longer-write-only": _IGNORED,
    "schema-deprecated": _AS_BEFORE,
    "schema-no-longer-deprecated": _AS_BEFORE,
    "stability-lowered": _PROMISED_LESS,
    "stability-raised": _PROMISED_MORE,
    "became-internal": _PROMISED_LESS,
    "no-longer-internal": _PROMISED_MORE,
    "xml-changed": (_REVIEW, "XML bodies have different element names; JSON is unchanged"),
    "unclear-nullable-removed": _UNCLEAR,
    "unclear-nullable-added": _UNCLEAR,
    "not-compared": (_REVIEW, "compare this part by hand"),
    "discriminator-added": _CHOSEN,
    "discriminator-removed": _CHOSEN,
    "discriminator-changed": (_BREAKING, "clients choose the alternative by this property"),
    "request-discriminator-value-removed": _CHOSEN,
    "response-discriminator-value-added": _CHOSEN,
}


def _rules() -> dict[str, Rule]:
    found = {}
    for (flow, effect), (verdict, because) in _BY_EFFECT.items():
        for aspect in ASPECTS.values():
            if kind := getattr(aspect, effect.value):
                name = f"{flow}-{kind}"
                row = _EXCEPTIONS.get(name) or _EXCEPTIONS.get(kind) or (verdict, because)
                found[name] = Rule(name, *row)
    return found


SCHEMA_RULES = _rules()


def schema_rule(flow: str, aspect: str, effect: Effect) -> Rule:
    """The rule for a difference.

    Args:
        flow: `request` for what a client sends, `response` for what it receives.
        aspect: a name of `ASPECTS`.
        effect: the effect on the set of valid values.
    """
    return SCHEMA_RULES[f"{flow}-{getattr(ASPECTS[aspect], effect.value)}"]


_PROMISES = ("stability-lowered", "stability-raised", "became-internal", "no-longer-internal")
_TABLE = (
    ("operation-removed", _BREAKING, "clients that call it fail"),
    ("deprecated-operation-removed", _REVIEW, "it was deprecated, but clients that still call it fail"),
    ("operation-added", _COMPATIBLE, "no client calls it yet"),
    ("operation-takes-calls", _REVIEW, "requests to this path went to the other operation before"),
    ("operation-deprecated", _COMPATIBLE, "it works as before"),
    ("operation-no-longer-deprecated", _COMPATIBLE, "it works as before"),
    *(
        (f"{part}-{change}", *_EXCEPTIONS[change])
        for part in ("operation", "parameter", "request-body")
        for change in _PROMISES
    ),
    ("operation-id-changed", _REVIEW, "generated clients name functions after it"),
    ("operation-id-removed", _REVIEW, "generated clients name functions after it"),
    ("operation-id-added", _COMPATIBLE, "requests and responses stay the same"),
    ("sunset-earlier", _REVIEW, "clients have less time to migrate than announced"),
    ("sunset-later", _COMPATIBLE, "clients have more time to migrate"),
    ("sunset-added", _REVIEW, "clients have to migrate by then"),
    ("sunset-removed", _COMPATIBLE, "clients have more time to migrate"),
    ("parameter-added", _COMPATIBLE, "requests may omit it"),
    ("required-parameter-added", _BREAKING, "existing requests omit it"),
    ("parameter-removed", _REVIEW, "requests with it probably still work, but it is ignored"),
    ("parameter-moved", _BREAKING, "existing requests send it in the old location"),
    ("parameter-became-required", _BREAKING, "existing requests may omit it"),
    ("parameter-became-optional", _COMPATIBLE, "requests with it are still accepted"),
    ("parameter-style-changed", _BREAKING, "the same value is serialized differently"),
    ("parameter-explode-changed", _BREAKING, "the same value is serialized differently"),
    ("parameter-content-changed", _BREAKING, "the same value is serialized differently"),
    ("parameter-reserved-changed", _REVIEW, "the percent-encoding of reserved characters has changed"),
    ("parameter-empty-rejected", _BREAKING, "existing requests may send an empty value"),
    ("parameter-empty-allowed", _COMPATIBLE, "requests with a value are still accepted"),
    ("parameter-deprecated", _COMPATIBLE, "it works as before"),
    ("parameter-no-longer-deprecated", _COMPATIBLE, "it works as before"),
    ("request-body-added", _COMPATIBLE, "requests may omit it"),
    ("required-request-body-added", _BREAKING, "existing requests have no body"),
    ("request-body-removed", _BREAKING, "the body that clients send is no longer accepted"),
    ("request-body-became-required", _BREAKING, "existing requests may omit it"),
    ("request-body-became-optional", _COMPATIBLE, "requests with it are still accepted"),
    ("request-media-type-removed", _BREAKING, "requests in this media type are rejected"),
    ("request-media-type-added", _COMPATIBLE, "the other media types are still supported"),
    ("request-media-type-narrowed", _BREAKING, "requests in another media type of the range are rejected"),
    ("request-media-type-widened", _COMPATIBLE, "the old media type is still supported"),
    ("response-media-type-removed", _BREAKING, "clients that ask for it no longer get it"),
    ("response-media-type-added", _COMPATIBLE, "only clients that ask for it get it"),
    ("response-media-type-narrowed", _COMPATIBLE, "the media type was possible before"),
    ("response-media-type-widened", _REVIEW, "clients may receive another media type of the range"),
    ("encoding-changed", _REVIEW, "the parts of the form are serialized differently"),
    ("success-status-removed", _BREAKING, "clients expect this status on success"),
    ("success-status-added", _COMPATIBLE, "clients handle an unknown status like its class"),
    ("error-status-removed", _REVIEW, "it is no longer sent, or no longer documented"),
    ("status-range-narrowed", _REVIEW, "the other statuses of the range are no longer documented"),
    ("error-status-added", _COMPATIBLE, "clients handle an unknown status like its class"),
    (
        "status-no-longer-as-described",
        _REVIEW,
        "the range or `default` defined a different body",
    ),
    ("header-removed", _REVIEW, "it was optional, but clients that read it no longer get it"),
    ("required-header-removed", _BREAKING, "clients could rely on it"),
    ("header-added", _COMPATIBLE, "clients ignore unknown headers"),
    ("header-became-optional", _BREAKING, "clients could rely on it"),
    ("header-became-required", _COMPATIBLE, "clients that read it get it more often"),
    ("header-explode-changed", _BREAKING, "the same value is serialized differently"),
    ("header-content-changed", _BREAKING, "the same value is serialized differently"),
    ("link-removed", _REVIEW, "clients may follow it to the next operation"),
    ("link-added", _COMPATIBLE, "no client follows it yet"),
    ("link-changed", _REVIEW, "clients may follow it to the next operation"),
    ("callback-removed", _BREAKING, "clients that rely on it no longer get it"),
    ("callback-added", _COMPATIBLE, "the other callbacks are unchanged"),
    ("webhook-removed", _BREAKING, "clients that rely on it no longer get it"),
    ("webhook-added", _COMPATIBLE, "the other webhooks are unchanged"),
    ("security-added", _BREAKING, "requests without credentials are now rejected"),
    ("security-removed", _REVIEW, "clients keep working, but a protected operation is now public"),
    ("security-tightened", _BREAKING, "credentials that were sufficient no longer are"),
    ("security-loosened", _REVIEW, "clients keep working, but fewer credentials are now sufficient"),
    ("security-scope-added", _BREAKING, "existing tokens lack a scope"),
    ("security-scope-removed", _REVIEW, "clients keep working, but fewer credentials are now sufficient"),
    ("security-changed", _BREAKING, "credentials that were sufficient no longer are"),
    ("security-scheme-url-changed", _REVIEW, "clients get tokens from another URL"),
    ("security-flow-removed", _BREAKING, "clients that use this flow can no longer get tokens"),
    ("security-flow-scope-removed", _REVIEW, "clients can no longer get tokens with this scope"),
    ("security-flow-scope-added", _COMPATIBLE, "the other scopes are unchanged"),
    ("security-flow-added", _REVIEW, "clients keep working, and there is another flow"),
    ("server-removed", _REVIEW, "clients that call this URL may no longer get a response"),
    ("server-added", _COMPATIBLE, "the old URLs still work"),
    ("server-changed", _REVIEW, "clients must call another URL, unless the old one still works"),
)

# What clients receive and answer in webhooks and callbacks.
_BY_CLIENTS = (
    ("received-parameter-added", _COMPATIBLE, "clients ignore unknown parameters"),
    ("received-parameter-removed", _REVIEW, "it was optional, but clients that read it no longer get it"),
    ("received-required-parameter-removed", *_RELIED_ON),
    ("received-parameter-became-optional", *_RELIED_ON),
    ("received-parameter-became-required", _COMPATIBLE, "clients that read it get it more often"),
    ("received-parameter-empty-allowed", *_UNEXPECTED),
    ("received-parameter-empty-rejected", _COMPATIBLE, "everything that clients receive was possible before"),
    ("received-body-added", _COMPATIBLE, "clients ignore it"),
    ("received-body-removed", *_RELIED_ON),
    ("received-body-became-optional", *_RELIED_ON),
    ("received-body-became-required", _COMPATIBLE, "clients that read it get it more often"),
    ("sent-header-added", _COMPATIBLE, "clients may omit it"),
    ("sent-required-header-added", _BREAKING, "clients don't send it yet"),
    ("sent-header-removed", _REVIEW, "answers with it probably still work, but it is ignored"),
    ("sent-header-became-required", _BREAKING, "clients may omit it so far"),
    ("sent-header-became-optional", _COMPATIBLE, "answers with it are still accepted"),
)
_AT_CLIENTS = {
    "required-parameter-added": "received-parameter-added",
    "required-request-body-added": "received-body-added",
    "required-header-removed": "sent-header-removed",
}
RULES: dict[str, Rule] = {entry[0]: Rule(*entry) for entry in (*_TABLE, *_BY_CLIENTS)}


def rule_for(kind: str, *, is_reversed: bool) -> str:
    """The rule for a kind of change, which is another one where the server calls the client."""
    if not is_reversed:
        return kind
    names = _AT_CLIENTS.get(kind), f"received-{kind.replace('request-body', 'body')}", f"sent-{kind}"
    return next((name for name in names if name in RULES), kind)


def catalogue() -> list[Rule]:
    """All kinds of change, for the documentation."""
    return [*RULES.values(), *SCHEMA_RULES.values()]
