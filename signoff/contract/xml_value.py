"""Converts JSON values to XML and back, by the `xml` keyword of schemas (OpenAPI 3.1, section 4.8.26)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from defusedxml import ElementTree as SafeET
from defusedxml.common import DefusedXmlException

from signoff.contract.coercion import coerce
from signoff.contract.json_value import MAX_DEPTH, as_object
from signoff.contract.schema_view import Part

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.schemas import SchemaSet

_SAYABLE = "\t\n\r"


class XmlSyntaxError(ValueError):
    """Invalid XML, or XML that declares entities."""


@dataclass(frozen=True, slots=True)
class _Markup:
    """The `xml` keyword of a schema, its defaults filled in.

    Attributes:
        is_text: whether the value is text of the element around it (OpenAPI 3.2: `nodeType: text`, `cdata`).
        is_bare: whether an object has no element of its own (`nodeType: none`).
    """

    name: str
    is_attribute: bool
    is_wrapped: bool
    is_text: bool
    is_bare: bool

    @classmethod
    def of(cls, schema: JsonObject, name: str) -> _Markup:
        markup = as_object(schema.get("xml"))
        own = str(markup.get("name") or name)
        namespace = markup.get("namespace")
        node = markup.get("nodeType")
        return cls(
            name=f"{{{namespace}}}{own}" if namespace else own,
            is_attribute=markup.get("attribute") is True or node == "attribute",
            is_wrapped=markup.get("wrapped") is True or node == "element",
            is_text=node in ("text", "cdata"),
            is_bare=node == "none",
        )


def write(value: JsonValue, schema: JsonObject, schemas: SchemaSet) -> bytes:
    """A value as an XML document; the schema or its component gives the root's name."""
    resolved = schemas.view(schema).outline
    name = _component_name(schema, schemas)
    root = ET.Element(_Markup.of(resolved, name).name)
    if isinstance(value, list):
        items = _items(resolved, schemas)
        ref = str(as_object(resolved.get("items")).get("$ref", ""))
        item_name = _Markup.of(items, ref.rpartition("/")[2] or "item").name
        for item in value:
            _fill(ET.SubElement(root, item_name), item, items, schemas)
    else:
        _fill(root, value, resolved, schemas)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _component_name(schema: JsonObject, schemas: SchemaSet) -> str:
    """The name of the component that a schema refers to, however many references on."""
    name = "root"
    for part in schemas.references.walk(Part(schema, ""), ()):
        owner, _, own = part.pointer.rpartition("/")
        if owner.endswith(("/schemas", "/definitions")):
            name = own
    return name


def _fill(element: ET.Element, value: JsonValue, schema: JsonObject, schemas: SchemaSet) -> None:
    if not isinstance(value, dict):
        element.text = _text(value)
        return
    for name, member in value.items():
        inner = schemas.view(as_object(schema.get("properties")).get(name)).outline
        markup = _Markup.of(inner, name)
        if isinstance(member, list):
            _fill_list(element, markup, member, inner, schemas)
        elif markup.is_attribute:
            element.set(markup.name, _text(member))
        elif markup.is_text:
            element.text = (element.text or "") + _text(member)
        elif markup.is_bare and isinstance(member, dict):
            _fill(element, member, inner, schemas)
        elif member is not None:
            _fill(ET.SubElement(element, _tag(markup.name)), member, inner, schemas)


def _fill_list(
    element: ET.Element, markup: _Markup, values: list[JsonValue], schema: JsonObject, schemas: SchemaSet
) -> None:
    items = _items(schema, schemas)
    owner = ET.SubElement(element, _tag(markup.name)) if markup.is_wrapped else element
    name = _Markup.of(items, markup.name).name
    for item in values:
        _fill(ET.SubElement(owner, _tag(name)), item, items, schemas)


def read(data: bytes, schema: JsonObject, schemas: SchemaSet) -> JsonValue:
    """The value of an XML document, by its schema.

    Raises:
        XmlSyntaxError: it is not well-formed, declares entities, or nests too deep.
    """
    try:
        root = SafeET.fromstring(data, forbid_dtd=True)
    except (
        ET.ParseError,
        DefusedXmlException,
        ValueError,
        LookupError,
    ) as error:  # LookupError: its encoding
        raise XmlSyntaxError(str(error)) from None
    _check_depth(root)
    return _value(root, schemas.view(schema).outline, schemas)


def _check_depth(root: ET.Element) -> None:
    level, depth = [root], 1
    while level := [child for element in level for child in element]:
        depth += 1
        if depth > MAX_DEPTH:
            raise XmlSyntaxError(f"elements are nested more than {MAX_DEPTH} levels deep")


def _value(element: ET.Element, schema: JsonObject, schemas: SchemaSet) -> JsonValue:
    kinds = schemas.view(schema).kinds
    if "array" in kinds:
        items = _items(schema, schemas)
        return [_value(child, items, schemas) for child in element]
    properties = as_object(schema.get("properties"))
    if "object" not in kinds and not properties:
        return coerce((element.text or "").strip() if len(element) == 0 else "", kinds)
    found: JsonObject = {}
    for name, member in properties.items():
        inner = schemas.view(member).outline
        value = _member(element, _Markup.of(inner, name), inner, schemas)
        if value is not None:
            found[name] = value
    return found


def _member(element: ET.Element, markup: _Markup, schema: JsonObject, schemas: SchemaSet) -> JsonValue:
    """One property of an element; None where it is absent."""
    kinds = schemas.view(schema).kinds
    if markup.is_attribute:
        text = element.get(markup.name)
        return None if text is None else coerce(text, kinds)
    if markup.is_text:
        return None if element.text is None else coerce(element.text.strip(), kinds)
    if markup.is_bare and "array" not in kinds:
        return _value(element, schema, schemas)
    if "array" in kinds:
        items = _items(schema, schemas)
        owner = element.find(markup.name) if markup.is_wrapped else element
        if owner is None:
            return None
        held = owner.findall(_Markup.of(items, markup.name).name)
        return [_value(child, items, schemas) for child in held] or ([] if markup.is_wrapped else None)
    child = element.find(markup.name)
    return None if child is None else _value(child, schema, schemas)


def _items(schema: JsonObject, schemas: SchemaSet) -> JsonObject:
    return schemas.view(schema.get("items")).outline


def _tag(name: str) -> str:
    """A name that an element may have; members of free-form objects may have any."""
    plain = name.rpartition("}")[2]
    is_fit = plain.replace("_", "a").replace("-", "a").replace(".", "a").isalnum() and not plain[:1].isdigit()
    return name if is_fit else "entry"


def _text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "" if value is None else str(value)
    return "".join(character for character in text if character >= " " or character in _SAYABLE)
