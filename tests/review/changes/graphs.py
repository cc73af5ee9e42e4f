"""Random documents whose schemas form a graph, breaking edits planted in them, and rewrites that are equal.

Every object `S<n>` has a leaf `v<n>` of its own, so that an edit of a leaf is an edit of one place, and what
reaches it can be told from the document alone.
"""

import copy
from random import Random

REF = "#/components/schemas/"
DEEP, WIDE = 130, 70


def graph(seed, size):
    """A document of `size` schemas that refer to each other at random, and a few operations that use them."""
    random = Random(seed)
    names = [f"S{number}" for number in range(size)]
    schemas = {name: _schema(random, name, names) for name in names}
    extent = random.random()
    if extent < 0.08:
        names += _chain(random, schemas, names)
    elif extent < 0.16:
        names += _union(random, schemas)
    elif extent < 0.32:
        names += _family(random, schemas, names)
    paths = {
        f"/p{number}": _operation(random, number, random.choice(names))
        for number in range(random.randint(1, 4))
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Graph", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _ref(name):
    return {"$ref": REF + name}


def _object(random, name, names, inner=2):
    properties = {f"v{name[1:]}": {"type": random.choice(["string", "boolean"])}}
    for number in range(random.randint(0, inner)):
        properties[f"p{name[1:]}_{number}"] = _member(random, names)
    return {"type": "object", "properties": properties}


def _member(random, names):
    ref = _ref(random.choice(names))
    return random.choice(
        [
            ref,
            ref,
            {"type": "array", "items": ref},
            {"type": "object", "additionalProperties": ref},
            {"anyOf": [ref, {"type": "null"}]},
            {"oneOf": [ref, {"type": "string"}]},
            {"allOf": [ref], "description": "One."},
        ]
    )


def _schema(random, name, names):
    own = _object(random, name, names)
    shape = random.random()
    later = names[names.index(name) + 1 :]  # `allOf` and unions lead on only, so that a value can exist
    if shape < 0.5 or not later:
        return own
    if shape < 0.7:
        return {"allOf": [_ref(random.choice(later)), own]}
    members = [_ref(other) for other in random.sample(later, min(len(later), random.randint(1, 3)))]
    return {random.choice(["anyOf", "oneOf"]): [*members, own]}


def _chain(random, schemas, names):
    made = [f"S{1000 + number}" for number in range(DEEP)]
    for name, after in zip(made, [*made[1:], random.choice(names)], strict=True):
        schemas[name] = _object(random, name, names, inner=0)
        schemas[name]["properties"]["next"] = _ref(after)
    return made[:1]


def _union(random, schemas):
    made = [f"S{2000 + number}" for number in range(WIDE)]
    for name in made:
        schemas[name] = {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"const": name}, f"v{name[1:]}": {"type": "string"}},
        }
    schemas["S3000"] = {random.choice(["anyOf", "oneOf"]): [_ref(name) for name in made]}
    if random.random() < 0.5:
        mapping = {name: REF + name for name in made}
        schemas["S3000"]["discriminator"] = {"propertyName": "kind", "mapping": mapping}
    return ["S3000"]


def _family(random, schemas, names):
    """A parent with a discriminator, and children that build on it."""
    parent = _object(random, "S4000", names)
    parent["properties"]["kind"] = {"type": "string"}
    schemas["S4000"] = parent | {"required": ["kind"], "discriminator": {"propertyName": "kind"}}
    for number in range(1, 4):
        schemas[f"S{4000 + number}"] = {"allOf": [_ref("S4000"), _object(random, f"S{4000 + number}", names)]}
    return ["S4000"]


def _operation(random, number, name):
    body = {"content": {"application/json": {"schema": _ref(name)}}}
    done = {"description": "Done."}
    if random.random() < 0.5:
        return {"post": {"operationId": f"o{number}", "requestBody": body, "responses": {"204": done}}}
    return {"get": {"operationId": f"o{number}", "responses": {"200": {**done, **body}}}}


# What reaches what


def reached(document):
    """For each operation, the names of the schemas that it reaches."""
    schemas = document["components"]["schemas"]
    leads = {name: set(_refs(schema)) for name, schema in schemas.items()}
    for name, schema in schemas.items():  # a value of a parent may be one of its children
        for part in schema.get("allOf", ()):
            parent = part.get("$ref", "").removeprefix(REF)
            if "discriminator" in schemas.get(parent, {}):
                leads[parent].add(name)
    found = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            pending, seen = list(_refs(operation)), set()
            while pending:
                name = pending.pop()
                if name not in seen:
                    seen.add(name)
                    pending += leads[name]
            found[f"{method.upper()} {path}"] = seen
    return found


def _refs(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].removeprefix(REF)
        for key, inner in value.items():
            if key != "discriminator":
                yield from _refs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _refs(inner)


# Edits


def planted(document, seed):
    """A copy with one leaf of another type, at random among those that are reached; and the leaf's schema."""
    random = Random(seed)
    after = copy.deepcopy(document)
    names = sorted(set().union(*reached(document).values()))
    name = random.choice([n for n in names if _leaf(after, n)])
    leaf = _leaf(after, name)
    leaf["type"] = "integer"
    return after, name


def _leaf(document, name):
    """The leaf of a schema, wherever in its parts it is written."""
    schema = document["components"]["schemas"][name]
    parts = [schema, *schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    held = (part.get("properties", {}).get(f"v{name[1:]}") for part in parts)
    return next((leaf for leaf in held if leaf), None)


# Rewrites


def rewritten(document, seed):
    """A copy that says the same in other words, by a few rewrites at random places."""
    random = Random(seed)
    after = copy.deepcopy(document)
    for rewrite in random.sample([_inline, _split, _wrap, _reorder], random.randint(1, 3)):
        rewrite(random, after)
    return after


def _members(document):
    """Each map of properties and its keys whose values are plain references."""
    for schema in document["components"]["schemas"].values():
        for part in [schema, *schema.get("allOf", ())]:
            for key, value in part.get("properties", {}).items():
                if "$ref" in value:
                    yield part["properties"], key


def _inline(random, document):
    if members := list(_members(document)):
        owner, key = random.choice(members)
        target = document["components"]["schemas"][owner[key]["$ref"].removeprefix(REF)]
        if "discriminator" not in target:  # children build on the component, not on a copy of it
            owner[key] = copy.deepcopy(target)


def _wrap(random, document):
    if members := list(_members(document)):
        owner, key = random.choice(members)
        owner[key] = {random.choice(["allOf", "anyOf"]): [owner[key]]}


def _split(random, document):
    schemas = document["components"]["schemas"]
    name = random.choice(sorted(schemas))
    if "properties" in schemas[name] and "discriminator" not in schemas[name]:
        first, *others = schemas[name]["properties"].items()
        rest = {**schemas[name], "properties": dict(others)}
        schemas[name] = {"allOf": [{"type": "object", "properties": dict([first])}, rest]}


def _reorder(random, document):
    for schema in document["components"]["schemas"].values():
        for keyword in ("anyOf", "oneOf", "allOf"):
            if keyword in schema:
                random.shuffle(schema[keyword])
