"""Edits of documents, and contracts made of the results."""

import copy
import json
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

import signoff
from signoff.review.changes import compare

HERE = Path(__file__).parent
DOCUMENTS = HERE.parents[1] / "documents"
SHOP = HERE / "shop.yaml"
PETSTORE = DOCUMENTS / "petstore-3.yaml"
REPORTS = signoff.reference_project().document


@cache
def _parsed(path):
    text = path.read_text()
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)


def document(path):
    """The document of a file, free to be changed."""
    return copy.deepcopy(_parsed(path))


def contract(value):
    """The contract that a document is; many documents are the same shop before an edit."""
    return _contract(json.dumps(value))


@lru_cache(100)
def _contract(text):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "openapi.json"
        path.write_text(text)
        return signoff.load(path, strict=False)


def at(value, path):
    """What stands at a path, its tokens parted by blanks; `*` in front looks a schema up by name."""
    for token in tokens(path):
        value = value[int(token)] if isinstance(value, list) else value[token]
    return value


def tokens(path):
    found = path.split()
    if found and found[0].startswith("*"):
        found = ["components", "schemas", found[0][1:], *found[1:]]
    return found


def put(path, new):
    """An edit that sets what stands at a path."""

    def edit(value):
        *owner, last = tokens(path)
        held = at(value, " ".join(owner))
        if isinstance(held, list):
            if last == "+":
                held.append(copy.deepcopy(new))
            else:
                held[int(last)] = copy.deepcopy(new)
        else:
            held[last] = copy.deepcopy(new)

    return edit


def cut(path):
    """An edit that removes what stands at a path."""

    def edit(value):
        *owner, last = tokens(path)
        held = at(value, " ".join(owner))
        del held[int(last) if isinstance(held, list) else last]

    return edit


def both(*edits):
    """Several edits, one after the other."""

    def edit(value):
        for one in edits:
            one(value)

    return edit


def changed(path, edit):
    """A document before and after an edit."""
    before = document(path)
    after = copy.deepcopy(before)
    result = edit(after)
    return before, after if result is None else result


def changes(before, after):
    return compare(contract(before), contract(after))
