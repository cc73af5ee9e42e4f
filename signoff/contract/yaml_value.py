"""Reads YAML 1.2 as used by OpenAPI: JSON values with their locations.

Read from the node graph of PyYAML's C parser, so that each value's line is known, `yes` and dates
stay strings, keys are strings, and a duplicate key is an error. No tag constructs anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

import yaml
from yaml.composer import Composer
from yaml.resolver import Resolver

from signoff.contract.json_value import MAX_DEPTH, TOO_DEEP
from signoff.contract.pointer import escape

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonValue

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_REPEATED = 200_000  # values that aliases repeat: a bomb of nested aliases stops here
_FLOAT = "tag:yaml.org,2002:float"
_BLANK_WITH_TAB = re.compile(r"^ *\t[ \t]*$", re.MULTILINE)
_ODD = re.compile(r"\.(?:nan|inf)\b|[0-9.]e\+?[0-9]{3}|[0-9]{300}", re.IGNORECASE)


class _CoreSchemaLoader(_Loader):  # type: ignore[misc]
    """The YAML 1.2 core schema in place of PyYAML's 1.1 (section 10.3.2 of the specification)."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the shape PyYAML expects


for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    (
        "float",
        r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
        list("-+.0123456789"),
    ),
    ("merge", r"^(?:<<)$", ["<"]),
):
    _CoreSchemaLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


class _RepeatedAnchors(Composer, Resolver):
    """Composes the C parser's events; an anchor may be given again (YAML 1.2, section 7.1)."""

    yaml_implicit_resolvers = _CoreSchemaLoader.yaml_implicit_resolvers

    def __init__(self, text: str) -> None:
        Composer.__init__(self)
        Resolver.__init__(self)
        self._events = list(yaml.parse(text, Loader=_CoreSchemaLoader))[::-1]

    def check_event(self, *kinds: type[yaml.Event]) -> bool:
        return isinstance(self._events[-1], kinds)

    def peek_event(self) -> yaml.Event:
        return self._events[-1]

    def get_event(self) -> yaml.Event:
        return self._events.pop()

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if not self.check_event(yaml.AliasEvent):
            self.anchors.pop(getattr(self.peek_event(), "anchor", None), None)
        return super().compose_node(parent, index)


@dataclass(slots=True)
class YamlError(Exception):
    """Invalid YAML: the reason, and the line and column from 1."""

    reason: str
    line: int
    column: int


Positions = dict[str, tuple[int, int]]


def parse(text: str) -> tuple[JsonValue, Positions]:
    """The value of a YAML text, and the location of each part.

    Returns:
        The value, and a map from JSON Pointer to line and column (from 1) of the key or list item.

    Raises:
        YamlError: broken syntax, a duplicate key, a key that is not a scalar, a value that contains
            itself, more than one document, or too many nodes.
    """
    try:
        _check_depth(text)
        node = _composed(text)
        if node is None:
            return None, {"": (1, 1)}
        reader = _Reader()
        reader.positions[""] = (node.start_mark.line + 1, node.start_mark.column + 1)
        return reader.value(node, ""), reader.positions
    except yaml.MarkedYAMLError as error:
        # libyaml rejects a tab in the first lines of a block scalar, even if the line is blank otherwise.
        if "found a tab" in str(error.problem) and _BLANK_WITH_TAB.search(text):
            return parse(_BLANK_WITH_TAB.sub("", text))
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        reason = ", ".join(part for part in (error.context, error.problem) if part) or "not YAML"
        # The scanner reads ahead: of libyaml's own limit it can tell before `_check_depth` counts to ours.
        reason = TOO_DEEP if "nesting depth" in reason else reason
        raise YamlError(reason, line, column) from None
    except yaml.YAMLError as error:
        raise YamlError(str(error).splitlines()[0], 0, 0) from None
    except RecursionError:
        raise YamlError(TOO_DEEP, 0, 0) from None


def _composed(text: str) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_CoreSchemaLoader)
    except yaml.composer.ComposerError as error:
        if "duplicate anchor" not in str(error.context):
            raise
        node = _RepeatedAnchors(text).get_single_node()
    return node


def _check_depth(text: str) -> None:
    """Reject nesting that would overflow the C stack of the recursive composer."""
    opened = text.count("[") + text.count("{")
    indented = max((len(line) - len(line.lstrip(" -?:\t")) for line in text.splitlines()), default=0)
    if opened + indented <= MAX_DEPTH:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_CoreSchemaLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark = event.start_mark
                raise YamlError(TOO_DEEP, mark.line + 1 if mark else 0, 0)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


@dataclass(slots=True)
class _Reader:
    positions: Positions = field(default_factory=dict)
    open_nodes: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    odd: dict[str, str] = field(default_factory=dict)
    repeated: int = 0

    def value(self, node: yaml.Node, pointer: str) -> JsonValue:
        self.repeated += id(node) in self.seen
        self.seen.add(id(node))
        if self.repeated > _MAX_REPEATED:
            raise _error(node, "too many values (nested aliases?)")
        if isinstance(node, yaml.ScalarNode):
            value = _scalar(node)
            if isinstance(value, str) and node.tag == _FLOAT:
                self.odd[pointer] = value
            return value
        if id(node) in self.open_nodes:
            raise _error(node, "an alias contains itself")
        self.open_nodes.add(id(node))
        value = (
            self.mapping(node, pointer)
            if isinstance(node, yaml.MappingNode)
            else self.sequence(node, pointer)
        )
        self.open_nodes.discard(id(node))
        return value

    def sequence(self, node: Any, pointer: str) -> JsonValue:  # noqa: ANN401 - PyYAML has no types here
        values: list[JsonValue] = []
        for index, item in enumerate(node.value):
            place = f"{pointer}/{index}"
            self.positions[place] = (item.start_mark.line + 1, item.start_mark.column + 1)
            values.append(self.value(item, place))
        return values

    def mapping(self, node: Any, pointer: str) -> JsonValue:  # noqa: ANN401 - PyYAML has no types here
        own: dict[str, JsonValue] = {}
        merged: dict[str, JsonValue] = {}
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                self.merge(value_node, pointer, merged)
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                raise _error(key_node, "a key must be a scalar")
            key: str = key_node.value
            if key in own:
                raise _error(key_node, f"duplicate key {key!r}")
            place = f"{pointer}/{escape(key)}"
            self.positions[place] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            own[key] = self.value(value_node, place)
        return {**merged, **own}

    def merge(self, node: yaml.Node, pointer: str, into: dict[str, JsonValue]) -> None:
        for part in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            value = self.value(part, pointer)
            if not isinstance(value, dict):
                raise _error(part, "'<<' must be a mapping")
            into |= {key: item for key, item in value.items() if key not in into}


def _float(text: str) -> float:
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


def odd_numbers(text: str) -> dict[str, str]:
    """The numbers of a YAML text that JSON can't have, as written, by their pointers.

    `parse` reads them as text.

    Raises:
        YamlError: see `parse`.
    """
    if not _ODD.search(text):
        return {}
    reader = _Reader()
    node = yaml.compose(text, Loader=_CoreSchemaLoader)
    if node is not None:
        reader.value(node, "")
    return reader.odd


def _scalar(node: yaml.ScalarNode) -> JsonValue:
    text: str = node.value
    kind = str(node.tag).rpartition(":")[2]
    try:
        match kind:
            case "null":
                return None
            case "bool":
                return text[0] in "tT"
            case "int":
                return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
            case "float":
                number = _float(text)
                return number if isfinite(number) else text
            case _:
                return text
    except ValueError:
        raise _error(node, f"{text[:40]!r} is not a valid {kind}") from None


def _error(node: yaml.Node, reason: str) -> YamlError:
    return YamlError(reason, node.start_mark.line + 1, node.start_mark.column + 1)
