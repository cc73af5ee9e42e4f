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
        narrowed, widened, changed: the ids of the changes, without the direction.
        is_set: whether the difference is one of sets of values, so that a counterexample can show it.
    """

    name: str
    narrowed: str
    widened: str
    changed: str
    is_set: bool = True


def _aspect(name: str, noun: str) -> Aspect:
    return Aspect(name, f"{noun}-narrowed", f"{noun}-widened", f"{noun}-changed")


ASPECTS = {
    aspect.name: aspect
    for aspect in (
        _aspect("type", "type"),
        Aspect("implied-type", "implied-type-stated", "implied-type-left-out", "type-changed", is_set=False),
        Aspect("nullable", "became-not-nullable", "became-nullable", "type-changed"),
        Aspect("enum", "enum-value-removed", "enum-value-added", "enum-changed"),
        Aspect(
            "open-enum", "open-enum-value-removed", "open-enum-value-added", "open-enum-changed", is_set=False
        ),
        Aspect(
            "known-values", "known-value-removed", "known-value-added", "known-values-changed", is_set=False
        ),
        Aspect("minimum", "minimum-raised", "minimum-lowered", "minimum-changed"),
        Aspect("maximum", "maximum-lowered", "maximum-raised", "maximum-changed"),
        _aspect("multipleOf", "multiple-of"),
        Aspect("minLength", "min-length-raised", "min-length-lowered", "min-length-changed"),
        Aspect("maxLength", "max-length-lowered", "max-length-raised", "max-length-changed"),
        Aspect("minItems", "min-items-raised", "min-items-lowered", "min-items-changed"),
        Aspect("maxItems", "max-items-lowered", "max-items-raised", "max-items-changed"),
        Aspect("uniqueItems", "items-must-be-unique", "items-may-repeat", "unique-items-changed"),
        Aspect("minProperties", "min-properties-raised", "min-properties-lowered", "min-properties-changed"),
        Aspect("maxProperties", "max-properties-lowered", "max-properties-raised", "max-properties-changed"),
        Aspect("pattern", "pattern-added", "pattern-removed", "pattern-changed"),
        Aspect("format", "format-added", "format-removed", "format-changed"),
        _aspect("integerFormat", "integer-format"),
        Aspect("int64", "int64-stated", "int64-left-out", "int64-changed", is_set=False),
        Aspect(
            "content",
            "content-encoding-added",
            "content-encoding-removed",
            "content-encoding-changed",
            is_set=False,
        ),
        Aspect("contains", "contains-added", "contains-removed", "contains-changed"),
        Aspect("dependentRequired", "dependency-added", "dependency-removed", "dependency-changed"),
        _aspect("propertyNames", "property-names"),
        Aspect("required", "property-became-required", "property-became-optional", "required-changed"),
        Aspect("property", "property-removed", "property-added", "property-changed", is_set=False),
        Aspect(
            "required-property", "required-property-removed", "required-property-added", "property-changed"
        ),
        Aspect("closed-property", "property-refused", "property-added-to-closed", "property-changed"),
        Aspect(
            "closed-required-property",
            "required-property-refused",
            "required-property-added-to-closed",
            "property-changed",
        ),
        Aspect("additionalProperties", "object-closed", "object-opened", "additional-properties-changed"),
        Aspect("alternative", "alternative-removed", "alternative-added", "alternatives-changed"),
        Aspect("condition", "condition-added", "condition-removed", "condition-changed"),
        Aspect("one-of", "alternatives-exclusive", "alternatives-inclusive", "alternatives-changed"),
        Aspect("default", "default-changed", "default-changed", "default-changed", is_set=False),
        Aspect("read-only", "became-read-only", "no-longer-read-only", "read-only-changed", is_set=False),
        Aspect("write-only", "became-write-only", "no-longer-write-only", "write-only-changed", is_set=False),
        Aspect(
            "deprecated",
            "schema-deprecated",
            "schema-no-longer-deprecated",
            "deprecated-changed",
            is_set=False,
        ),
        Aspect("xml", "xml-changed", "xml-changed", "xml-changed", is_set=False),
        Aspect(
            "discriminator",
            "discriminator-changed",
            "discriminator-changed",
            "discriminator-changed",
            is_set=False,
        ),
        Aspect(
            "mapping",
            "discriminator-value-removed",
            "discriminator-value-added",
            "mapping-changed",
            is_set=False,
        ),
    )
}

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
    "response-open-enum-changed": (_COMPATIBLE, "the list is open: clients expect values that it lacks"),
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
            name = f"{flow}-{getattr(aspect, effect.value)}"
            decided = _EXCEPTIONS.get(name, (verdict, because))
            found[name] = Rule(name, *decided)
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
