r"""Schemas as sets of values: how two of them differ, and in which way. The theory of operation.

**A schema is a set**: the JSON values that satisfy it. Two schemas that are written otherwise, but describe
the same set, have no difference; this is why documents are compared by what they mean. An edit narrows the
set, widens it, or does both. `schema_rules` says what that means for clients, by the direction of travel.

**Normal form** (`shape`, `normal_form`, `merging`, `facets`). The set is written as a sum of products.
JSON has six kinds of value (integers are numbers that are multiples of 1). For each kind, `Normal.shapes` has
the alternatives; a `Shape` is one alternative, in which everything holds at once: the listed values, the
bounds (`facets`), the properties, the items. `anyOf` and `oneOf` multiply the alternatives; `allOf`, and
keywords beside a `$ref`, merge into each. What fits neither (`not`, `if`, `dependentSchemas`, `oneOf` with
alternatives that may overlap) stays as a `Condition` of the shape. What a schema says without limiting its
values (a default, `deprecated`, `readOnly`) is a `Note`. Spellings that mean the same are made one here: null
as a type or an alternative, a `const` as a list of one, a short range beside a list, `^\d+$` and `^[0-9]+$`.

**Parts** (`parts`). A schema inside another one is a `Conjunction`: the schemas that hold together there,
each with its place in the document, references followed. It is not normalised until it is compared. So
recursive documents have finite normal forms, and the set of places (`key_of`) identifies a schema.

**Comparison** (`differ`, `pairs`, `reach`, `twins`, `scalars`, `notes`, `difference`). The two documents are
compared as graphs: a node is a pair of conjunctions, one of each document. A pair is expanded once, into the
differences of its own, the edges to the pairs inside it, and the choices that its alternatives and conditions
leave. Alternatives are paired: equal ones first, then those of one name, then those that look alike. What is
left over is lost or gained, unless an alternative on the other side covers it. Each `Difference` has one
aspect, an effect, and the places in both documents; it is told once for an operation, with a shortest way to
it. Schemas that both documents spell alike, with all that they refer to, are not expanded (`twins`).

**Direction**. Requests and responses are compared apart: a `readOnly` property is never sent, a `writeOnly`
one never received, so there they are no part of the set. Under `not` effects are reversed.

**Cycles**. Two schemas are equal until shown otherwise (the greatest fixed point), decided for all pairs
that can be reached before any result is kept (`pairs`), so that neither order nor depth matters. A schema met
again inside its own normal form, by way of `anyOf` alone, adds nothing to what is already said.

**Bounds**. None is silent. A group of more than 1,000 alternatives, or one of those that would multiply to
more than 128, is not multiplied: it is a condition, and its alternatives are compared with those of the other
side one by one. Combinations of schemas that hold together are compared up to 5,000, since there may be
exponentially many; any beyond is a change of its own that leaves the verdict to a human. Ranges of integers
become lists up to 256 members (`scalars`).

**What is never promised**. Whether two sets are equal cannot be decided for patterns, formats and conditions,
and is not decided here: they are compared by their spelling. An effect can be a guess where alternatives,
conditions or negations surround it; then `is_certain` is False, and a change counts as breaking only if
`counterexamples` finds a value that one document's own validator accepts and the other's rejects. A
difference that is reported is real in the normal form, not necessarily in the sets: a property that no value
can have is compared like any other.
"""
