"""What an operation may do to data that exists: create, change, delete, or stop and wipe things."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signoff.contract.json_value import as_object
from signoff.contract.pointer import resolve
from signoff.contract.resources import infer

if TYPE_CHECKING:
    from signoff.contract import Contract, Operation

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")

# Words of an operationId or of a path's last segment: the whole name, or its first word.
_WHOLE = {
    *("shutdown", "poweroff", "reboot", "restart", "halt", "kill", "quit", "stop", "terminate"),
    *("reset", "factoryreset", "hardreset", "wipe", "wipeall", "purge", "truncate", "flush", "flushall"),
    *("erase", "drop", "clear", "clearall", "deleteall", "removeall", "uninstall"),
    *("logout", "signout", "logoff", "signoff", "endsession", "revoke", "invalidate"),
}
_LEADING = {
    *("shutdown", "reboot", "restart", "halt", "wipe", "purge", "truncate", "flush", "erase", "reset"),
    *("logout", "signout", "logoff", "uninstall"),
}
_LEADING_PAIRS = {
    *("shut down", "power off", "log out", "sign out", "log off", "stop server", "kill server"),
    *("delete all", "remove all", "clear all", "drop all", "factory reset", "revoke token", "end session"),
}
_READING = {
    *(
        "export",
        "search",
        "query",
        "preview",
        "validate",
        "check",
        "calculate",
        "estimate",
        "count",
        "render",
    ),
    *("download", "print", "lookup", "find", "list", "filter", "compare", "convert", "translate", "predict"),
}
_SAYS = re.compile(
    r"\b(?:shuts?|powers?) ?(?:down|off)\b"
    r"|\b(?:reboots?|halts|terminates) the (?:server|service|system|device)"
    r"|\b(?:stops?|restarts?|resets?|kills?) (?:the |this |a )?(?:whole |entire )?"
    r"(?:server|service|system|device|database|process|hub|instance|node|environment)\b"
    r"|\b(?:logs?|signs?) (?:the (?:current )?user |you |them |a user )?(?:out|off)\b"
    r"|\b(?:ends?|terminates?|invalidates?|revokes?) (?:the |this |your |a )?"
    r"(?:current |user )?(?:session|token)"
    r"|\b(?:wipes?|erases?|purges?|truncates?|deletes?|removes?|clears?|drops?) (?:all|everything|every)\b",
    re.IGNORECASE,
)
_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def path_names(operation: Operation) -> list[str]:
    """The names of the path parameters, in the order of the path."""
    return re.findall(r"\{([^{}]*)\}", operation.path)


def is_creation(contract: Contract, operation: Operation) -> bool:
    """Whether the operation adds a member to a collection, which changes nothing that is there.

    A role in `x-resource` decides; without one, what has no path below it and no 201 may be an action.
    """
    found = infer(contract).use_of(operation)
    if found is not None and found[1].is_stated:
        return operation.method == "POST" and found[1].role == "create"
    if operation.method != "POST" or operation.path.rstrip("/").endswith("}"):
        return False
    start = operation.path.rstrip("/") + "/{"
    is_collection = any(other.path.startswith(start) for other in contract.operations)
    return is_collection or any(response.status == "201" for response in operation.responses)


def creates_by_name(operation: Operation) -> bool:
    """Whether the operation creates what its path names, and is rejected where that exists."""
    is_named = operation.path.rstrip("/").endswith("}")
    return operation.method == "POST" and is_named and any(r.status == "201" for r in operation.responses)


def is_reading(operation: Operation) -> bool:
    """Whether a POST only computes something from what its path names, such as an export."""
    last = operation.path.rstrip("/").rpartition("/")[2]
    words = [word.lower() for word in _BETWEEN_WORDS.split(last) if word]
    return operation.method == "POST" and "{" not in last and bool(words) and words[0] in _READING


def changes_what_exists(contract: Contract, operation: Operation) -> bool:
    """Whether a request changes or deletes what its path names."""
    if operation.method in SAFE_METHODS or is_creation(contract, operation) or is_reading(operation):
        return False
    return operation.method != "POST" or bool(path_names(operation))


def disruption(contract: Contract, operation: Operation) -> str:
    """What shows that the operation stops, resets or wipes something, or ends a session; empty if nothing.

    Where the path names something, that decides what may be hit. A safe method is only suspected by its
    path or operationId: a description of what a page shows proves nothing.
    """
    if operation.method not in SAFE_METHODS and path_names(operation):
        return ""
    if operation.method == "DELETE":
        return "it deletes a whole resource"
    last = operation.path.rstrip("/").rpartition("/")[2]
    for name in (operation.id if " " not in operation.id else "", last):
        if name and "{" not in name and _is_disruptive(name):
            return f"it is named {name!r}"
    if operation.method in SAFE_METHODS:
        return ""
    raw = as_object(resolve(contract.document, operation.pointer))
    for text in (operation.summary, raw.get("description")):
        if isinstance(text, str) and (found := _SAYS.search(text[:2000])):
            return f"the document says {found[0]!r}"
    return ""


def _is_disruptive(name: str) -> bool:
    words = [word.lower() for word in _BETWEEN_WORDS.split(name) if word]
    pairs = " ".join(words[:2])
    return "".join(words) in _WHOLE or pairs in _LEADING_PAIRS or (bool(words) and words[0] in _LEADING)
