r"""Compares schemas as sets of values. Theory of operation.

**A schema is a set** of valid JSON values. Schemas with different notation for the same set are equal. A
change narrows the set, widens it, or both. `rules` defines the verdict for requests and for responses.

**Normal form** (`shape`, `normal_form`, `merging`, `facets`). The normal form is a sum of products.
JSON has six kinds of value (integers are numbers that are multiples of 1). For each kind, `Normal.shapes` has
the alternatives. A `Shape` is one alternative, with constraints that all apply: the enum, the bounds
(`facets`), the properties, the items. `anyOf` and `oneOf` multiply the alternatives; `allOf`, and
keywords beside a `$ref`, merge into each. Other keywords (`not`, `if`, `dependentSchemas`, `oneOf` with
alternatives that may overlap) become a `Condition` of the shape. Annotations (a default, `deprecated`,
`readOnly`) become a `Note`. Equivalent notations are unified here: null as a type or an alternative, `const`
and a one-value enum, a short range and an enum, `^\d+$` and `^[0-9]+$`.

**Parts** (`parts`). A nested schema is a `Conjunction`: all schemas that apply there, each with its pointer,
with resolved references. It is normalized when it is compared, so recursive documents have finite normal
forms. The set of pointers (`key_of`) identifies a conjunction.

**Comparison** (`differ`, `pairs`, `reach`, `twins`, `scalars`, `notes`, `difference`). The two documents are
compared as graphs. A node is a pair of conjunctions, one of each document. A pair is expanded once, into its
own differences, edges to nested pairs, and choices between alternatives or conditions. Alternatives are
paired: equal ones first, then those with the same name, then similar ones. An unpaired alternative was
removed or added, unless an alternative on the other side covers it. Each `Difference` has one aspect, an
effect, and the pointers in both documents. It is reported once per operation, with a shortest path to it.
Schemas with the same text in both documents, including all that they reference, are not expanded (`twins`).

**Direction**. Requests and responses are compared separately: a `readOnly` property is never sent and a
`writeOnly` one never received, so they are ignored there. Under `not`, effects are reversed.

**Cycles**. Two schemas are equal unless a difference is found (the greatest fixed point). This is decided for
all reachable pairs before a result is stored (`pairs`), so that order and depth do not matter. A schema that
contains itself only through `anyOf` adds no constraints.

**Limits**. None is silent. A group of more than 1,000 alternatives, or one whose product has more than 128,
is not multiplied. It becomes a condition, and its alternatives are compared with those of the other side one
by one. The number of combinations of schemas that are compared is limited (`--max-combinations`), because
there can be exponentially many. Any other is reported as a change that needs review. Integer ranges of up to
256 values become enums (`scalars`).

**Not guaranteed**. Equality of patterns, formats and conditions cannot be decided, so their text is compared.
Inside alternatives, conditions or negations, the effect may be wrong. Then `is_certain` is False, and the
change is only breaking if `counterexamples` finds a value that is valid in one document and invalid in the
other. A difference in normal form is not always a difference of the sets: properties that no valid value can
have are compared as well.
"""
