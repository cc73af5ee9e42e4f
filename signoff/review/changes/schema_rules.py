"""The policy for changes of schemas: what each means where a client sends the value, and where it gets it.

An edit narrows or widens the set of values. Narrowing breaks those who send, widening breaks those who
receive; the rows below say where that is not the whole truth. Sources: JSON Schema 2020-12 for what each
keyword does to the set; RFC 9110 section 2.2 and common practice (clients ignore members that they do not
know, "must ignore") for the exceptions.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    is_set: bool = True


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
    ("discriminator", "", "", "discriminator-changed"),
    ("mapping", "discriminator-value-removed", "discriminator-value-added"),
)
ASPECTS = {row[0]: Aspect(*row) for row in _SETS} | {row[0]: Aspect(*row, is_set=False) for row in _NO_SETS}

_BY_EFFECT = {
    ("request", Effect.NARROWED): (_BREAKING, "what a client sends and was accepted may now be refused"),
    ("request", Effect.WIDENED): (_COMPATIBLE, "all that a client sends is accepted as before"),
    ("request", Effect.CHANGED): (_BREAKING, "what a client sends and was accepted may now be refused"),
    ("response", Effect.NARROWED): (_COMPATIBLE, "all that is received was to be expected before"),
    ("response", Effect.WIDENED): (_BREAKING, "a client may receive what it was told not to expect"),
    ("response", Effect.CHANGED): (_BREAKING, "a client may receive what it was told not to expect"),
}

# The rows that the sets alone do not decide, by id.
_EXCEPTIONS = {
    "request-property-removed": (
        _REVIEW,
        "a request that holds it is still accepted, but what it says is no longer heeded",
    ),
    "request-required-property-removed": (
        _REVIEW,
        "a request that holds it is still accepted, but what it says is no longer heeded",
    ),
    "request-property-added": (_COMPATIBLE, "a request may leave it out"),
    "request-property-added-to-closed": (_COMPATIBLE, "a request may leave it out"),
    "request-required-property-added": (_BREAKING, "requests that are sent today leave it out"),
    "request-required-property-added-to-closed": (_BREAKING, "requests that are sent today leave it out"),
    "response-property-removed": (
        _REVIEW,
        "it never had to be there, but a client that reads it will not find it any more",
    ),
    "response-property-refused": (
        _REVIEW,
        "it never had to be there, but a client that reads it will not find it any more",
    ),
    "response-required-property-removed": (_BREAKING, "a client could rely on it being there"),
    "response-required-property-refused": (_BREAKING, "a client could rely on it being there"),
    "response-property-added": (_COMPATIBLE, "clients ignore members that they do not know"),
    "response-required-property-added": (_COMPATIBLE, "clients ignore members that they do not know"),
    "response-property-added-to-closed": (
        _REVIEW,
        "most clients ignore members that they do not know, but the schema had promised that there are none",
    ),
    "response-required-property-added-to-closed": (
        _REVIEW,
        "most clients ignore members that they do not know, but the schema had promised that there are none",
    ),
    "response-object-opened": (
        _REVIEW,
        "most clients ignore members that they do not know, but the schema had promised that there are none",
    ),
    "request-open-enum-value-removed": (
        _REVIEW,
        "the list is open, but the value may no longer be understood",
    ),
    "request-known-value-removed": (_REVIEW, "the list is open, but the value may no longer be understood"),
    "response-open-enum-value-added": (_COMPATIBLE, "the list is open: clients expect values that it lacks"),
    "response-known-value-added": (_COMPATIBLE, "the list is open: clients expect values that it lacks"),
    "request-implied-type-stated": (_COMPATIBLE, "the keywords beside it meant that type before"),
    "response-implied-type-left-out": (_COMPATIBLE, "the keywords that are left mean the same type"),
    "request-int64-stated": (_REVIEW, "only integers of more than 64 bits are refused from now on"),
    "response-int64-left-out": (_REVIEW, "integers of more than 64 bits may come from now on"),
    **{
        f"{flow}-content-encoding-{verb}": (
            _REVIEW,
            "no schema can say whether the texts are still understood",
        )
        for flow in ("request", "response")
        for verb in ("added", "removed", "changed")
    },
    "request-default-changed": (_REVIEW, "requests that leave it out now mean something else"),
    "response-default-changed": (_REVIEW, "what a client takes for granted where it is absent has changed"),
    "request-became-read-only": (_REVIEW, "what a client sends there is no longer heeded"),
    "request-no-longer-read-only": (_COMPATIBLE, "a client may send it from now on"),
    "response-became-read-only": (_COMPATIBLE, "it is received as before"),
    "response-no-longer-read-only": (_COMPATIBLE, "it is received as before"),
    "request-became-write-only": (_COMPATIBLE, "it is sent as before"),
    "request-no-longer-write-only": (_COMPATIBLE, "it is sent as before"),
    "response-became-write-only": (_REVIEW, "a client that reads it will not find it any more"),
    "response-no-longer-write-only": (_COMPATIBLE, "clients ignore members that they do not know"),
    **{
        f"{flow}-{change}": (_COMPATIBLE, "it works as before")
        for flow in ("request", "response")
        for change in ("schema-deprecated", "schema-no-longer-deprecated")
    },
    **{
        f"{flow}-xml-changed": (_REVIEW, "bodies in XML have other element names, JSON is as before")
        for flow in ("request", "response")
    },
    **{
        f"{flow}-discriminator-changed": (_BREAKING, "programs choose the alternative by that property")
        for flow in ("request", "response")
    },
    "request-discriminator-value-removed": (_REVIEW, "programs choose the alternative by that value"),
    "response-discriminator-value-added": (_REVIEW, "programs choose the alternative by that value"),
}


def _rules() -> dict[str, Rule]:
    found = {}
    for (flow, effect), (verdict, because) in _BY_EFFECT.items():
        for aspect in ASPECTS.values():
            if kind := getattr(aspect, effect.value):
                name = f"{flow}-{kind}"
                found[name] = Rule(name, *_EXCEPTIONS.get(name, (verdict, because)))
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
