"""The policy for changes of schemas: what each means where a client sends the value, and where it gets it.

An edit narrows or widens the set of values. Narrowing breaks those who send, widening breaks those who
receive; the rows below say where that is not the whole truth. Sources: JSON Schema 2020-12 for what each
keyword does to the set; RFC 9110 section 2.2 and common practice (clients ignore members that they do not
know, "must ignore") for the exceptions.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from signoff.review.change import ChangeVerdict
from signoff.review.changes.sets.difference import Effect

_BREAKING, _REVIEW, _COMPATIBLE = ChangeVerdict.BREAKING, ChangeVerdict.REVIEW, ChangeVerdict.COMPATIBLE


@dataclass(frozen=True, slots=True)
class Rule:
    """What one kind of change means.

    Attributes:
        because: the rationale, as the second half of a sentence.
    """

    id: str
    verdict: ChangeVerdict
    because: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing about a schema that can differ.

    Attributes:
        name: as differences name it.
        narrowed, widened, changed: the ids of the changes, without the direction; empty for an effect that
            the difference never has. Of two bounds, one is always the narrower.
        is_set: whether the difference is one of sets of values, so that a counterexample can show it.
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
    ("dependentRequired", "dependency-added", "dependency-removed", "dependency-changed"),
    ("propertyNames", "property-names-narrowed", "property-names-widened", "property-names-changed"),
    ("required", "property-became-required", "property-became-optional"),
    ("required-property", "required-property-removed", "required-property-added"),
    ("closed-property", "property-refused", "property-added-to-closed"),
    ("closed-required-property", "required-property-refused", "required-property-added-to-closed"),
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
    ("default", "", "", "default-changed"),
    ("read-only", "became-read-only", "no-longer-read-only"),
    ("write-only", "became-write-only", "no-longer-write-only"),
    ("deprecated", "schema-deprecated", "schema-no-longer-deprecated"),
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

_REFUSED = (_BREAKING, "what a client sends and was accepted may now be refused")
_UNEXPECTED = (_BREAKING, "a client may receive what it was told not to expect")
_BY_EFFECT = {
    ("request", Effect.NARROWED): _REFUSED,
    ("request", Effect.WIDENED): (_COMPATIBLE, "all that a client sends is accepted as before"),
    ("request", Effect.CHANGED): _REFUSED,
    ("response", Effect.NARROWED): (_COMPATIBLE, "all that is received was to be expected before"),
    ("response", Effect.WIDENED): _UNEXPECTED,
    ("response", Effect.CHANGED): _UNEXPECTED,
}

_OPTIONAL = (_COMPATIBLE, "a request may leave it out")
_LEFT_OUT = (_BREAKING, "requests that are sent today leave it out")
_NOT_HEEDED = (_REVIEW, "a request that holds it is still accepted, but what it says is no longer heeded")
_NOT_FOUND = (
    _REVIEW,
    "it never had to be there, but a client that reads it will not find it any more",
)
_RELIED_ON = (_BREAKING, "a client could rely on it being there")
_IGNORED = (_COMPATIBLE, "clients ignore members that they do not know")
_PROMISED = (
    _REVIEW,
    "most clients ignore members that they do not know, but the schema had promised that there are none",
)
_NOT_UNDERSTOOD = (_REVIEW, "the list is open, but the value may no longer be understood")
_OPEN = (_COMPATIBLE, "the list is open: clients expect values that it lacks")
_ENCODED = (_REVIEW, "no schema can say whether the texts are still understood")
_AS_BEFORE = (_COMPATIBLE, "it works as before")
_CHOSEN = (_REVIEW, "programs choose the alternative by that value")
_UNCLEAR = (_REVIEW, "by the letter of OpenAPI 3.0 it has no effect, though many tools give it one")
# The rows that the sets alone do not decide, by id; those of both directions without one.
_EXCEPTIONS = {
    "request-property-removed": _NOT_HEEDED,
    "request-required-property-removed": _NOT_HEEDED,
    "request-property-added": _OPTIONAL,
    "request-property-added-to-closed": _OPTIONAL,
    "request-required-property-added": _LEFT_OUT,
    "request-required-property-added-to-closed": _LEFT_OUT,
    "response-property-removed": _NOT_FOUND,
    "response-property-refused": _NOT_FOUND,
    "response-required-property-removed": _RELIED_ON,
    "response-required-property-refused": _RELIED_ON,
    "response-property-added": _IGNORED,
    "response-required-property-added": _IGNORED,
    "response-property-added-to-closed": _PROMISED,
    "response-required-property-added-to-closed": _PROMISED,
    "response-object-opened": _PROMISED,
    "request-open-enum-value-removed": _NOT_UNDERSTOOD,
    "request-known-value-removed": _NOT_UNDERSTOOD,
    "response-open-enum-value-added": _OPEN,
    "response-known-value-added": _OPEN,
    "request-implied-type-stated": (_COMPATIBLE, "the keywords beside it meant that type before"),
    "response-implied-type-left-out": (_COMPATIBLE, "the keywords that are left mean the same type"),
    "request-int64-stated": (_REVIEW, "only integers of more than 64 bits are refused from now on"),
    "response-int64-left-out": (_REVIEW, "integers of more than 64 bits may come from now on"),
    "content-encoding-added": _ENCODED,
    "content-encoding-removed": _ENCODED,
    "content-encoding-changed": _ENCODED,
    "request-default-changed": (_REVIEW, "requests that leave it out now mean something else"),
    "response-default-changed": (_REVIEW, "what a client takes for granted where it is absent has changed"),
    "request-became-read-only": (_REVIEW, "what a client sends there is no longer heeded"),
    "request-no-longer-read-only": (_COMPATIBLE, "a client may send it from now on"),
    "response-became-read-only": (_COMPATIBLE, "it is received as before"),
    "response-no-longer-read-only": (_COMPATIBLE, "it is received as before"),
    "request-became-write-only": (_COMPATIBLE, "it is sent as before"),
    "request-no-longer-write-only": (_COMPATIBLE, "it is sent as before"),
    "response-became-write-only": (_REVIEW, "a client that reads it will not find it any more"),
    "response-no-longer-write-only": _IGNORED,
    "schema-deprecated": _AS_BEFORE,
    "schema-no-longer-deprecated": _AS_BEFORE,
    "xml-changed": (_REVIEW, "bodies in XML have other element names, JSON is as before"),
    "unclear-nullable-removed": _UNCLEAR,
    "unclear-nullable-added": _UNCLEAR,
    "not-compared": (_REVIEW, "what a bound leaves out has to be compared by a human"),
    "discriminator-added": _CHOSEN,
    "discriminator-removed": _CHOSEN,
    "discriminator-changed": (_BREAKING, "programs choose the alternative by that property"),
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
    """The row for a difference.

    Args:
        flow: `request` for what a client sends, `response` for what it receives.
        aspect: a name of `ASPECTS`.
        effect: what the difference does to the set of values.
    """
    return SCHEMA_RULES[f"{flow}-{getattr(ASPECTS[aspect], effect.value)}"]


_TABLE = (
    ("operation-removed", _BREAKING, "a client that calls it fails"),
    ("operation-added", _COMPATIBLE, "nobody calls it yet"),
    ("operation-takes-calls", _REVIEW, "requests to that very path went to the other operation before"),
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
