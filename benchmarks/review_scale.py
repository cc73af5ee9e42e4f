"""What the comparison of two documents costs: CPU seconds and peak memory, each case in a process of its own.

    python benchmarks/review_scale.py [FOLDER OF DOCUMENTS]

Generated cases are lattices (two ways from each layer to the next), random graphs of schemas and one document
of about 4 MB with 500 operations; each is compared with a copy of which some schemas were edited. The
documents of a folder are compared with copies in which every tenth `type: string` is an integer.
"""

from __future__ import annotations

import copy
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import yaml

import signoff
from signoff.review.changes import compare

if TYPE_CHECKING:
    from collections.abc import Callable

REF = "#/components/schemas/"
SOME_TEXT = (
    "The value as it was when the record was last written, which may have been before the last deployment."
)


def lattice(layers: int) -> dict[str, Any]:
    """Schemas of which each refers twice to the next."""
    schemas = {f"N{n}": _object(f"N{n + 1}", f"N{n + 1}") for n in range(layers)}
    return _document({**schemas, f"N{layers}": _object()}, 1)


def graph(schemas: int, references: int, operations: int, fields: int = 1) -> dict[str, Any]:
    """Schemas that refer to each other at random."""
    random = Random(1)
    made = {}
    for n in range(schemas):
        made[f"N{n}"] = _object(*(f"N{random.randrange(schemas)}" for _ in range(references)))
        for field in range(1, fields):
            made[f"N{n}"]["properties"][f"f{field}"] = {
                "type": "string",
                "maxLength": field + 9,
                "description": SOME_TEXT,
            }
    return _document(made, operations)


def _object(*names: str) -> dict[str, Any]:
    properties: dict[str, Any] = {f"p{n}": {"$ref": REF + name} for n, name in enumerate(names)}
    return {"type": "object", "properties": {"v": {"type": "string"}, **properties}}


def _document(schemas: dict[str, Any], operations: int) -> dict[str, Any]:
    paths = {}
    for n, name in enumerate(list(schemas)[:operations]):
        content = {"application/json": {"schema": {"$ref": REF + name}}}
        paths[f"/p{n}"] = {"get": {"responses": {"200": {"description": "Done.", "content": content}}}}
    info = {"title": "Scale", "version": "1.0.0"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def edited(value: Any, every: int) -> Any:  # noqa: ANN401 - any part of a document
    """A copy in which each so many-th `type: string` is an integer."""
    made, count, pending = copy.deepcopy(value), 0, []
    pending.append(made)
    while pending:
        held = pending.pop()
        if isinstance(held, dict):
            if held.get("type") == "string":
                count += 1
                held["type"] = "integer" if count % every == 0 else "string"
            pending += held.values()
        elif isinstance(held, list):
            pending += held
    return made


CASES: dict[str, Callable[[], tuple[dict[str, Any], int]]] = {
    "lattice, 16 layers": lambda: (lattice(16), 1),
    "lattice, 20 layers": lambda: (lattice(20), 1),
    "lattice, 200 layers": lambda: (lattice(200), 1),
    "graph, 250 schemas x 5": lambda: (graph(250, 5, 100), 50),
    "graph, 500 schemas x 5": lambda: (graph(500, 5, 100), 50),
    "graph, 1,000 schemas x 5": lambda: (graph(1000, 5, 100), 50),
    "4 MB, 500 operations": lambda: (graph(1600, 3, 500, 15), 400),
}


def measure(name: str) -> None:
    """Compare one case and print a row of the table."""
    if name in CASES:
        before, every = CASES[name]()
    else:
        before, every = yaml.load(Path(name).read_text(), yaml.CSafeLoader), 10
    with TemporaryDirectory() as folder:
        paths = Path(folder, "before.json"), Path(folder, "after.json")
        for path, value in zip(paths, (before, edited(before, every)), strict=True):
            path.write_text(json.dumps(value, default=str))
        size = paths[0].stat().st_size / 1e6
        started = time.process_time()
        contracts = [signoff.load(path, strict=False) for path in paths]
        loaded = time.process_time()
        changes = compare(*contracts)
        ended = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    breaking = sum(change.verdict.value == "breaking" for change in changes)
    figures = f"{size:.2f} | {loaded - started:.2f} | {ended - loaded:.2f} | {peak:.0f}"
    print(f"| {Path(name).name} | {figures} | {len(changes)} | {breaking} |")


def main(arguments: list[str]) -> None:
    """Print the table for all cases, or the row of one."""
    if arguments[:1] == ["--case"]:
        measure(arguments[1])
        return
    print(
        "| case | MB | load, s | compare, s | peak, MB | changes | breaking |\n|---|---|---|---|---|---|---|"
    )
    documents = [str(p) for folder in arguments for p in sorted(Path(folder).iterdir()) if p.is_file()]
    for name in [*CASES, *(p for p in documents if p.endswith((".json", ".yaml", ".yml")))]:
        sys.stdout.flush()
        subprocess.run([sys.executable, __file__, "--case", name], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
