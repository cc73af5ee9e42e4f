"""The reference as Markdown: GitHub's dialect, readable as plain text too."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from signoff.contract.bundle import dereference
from signoff.contract.pointer import escape, resolve
from signoff.docs.findings import as_markdown
from signoff.docs.rich_text import cell, rich
from signoff.docs.schema_rows import SchemaWords
from signoff.reporting.markdown import block, span, text
from signoff.reporting.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from signoff.contract.contract import Contract, Example, MediaType, Operation, Parameter, Response
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.reporting.findings import Finding

_SHOWN_CHARACTERS = 4000
_SCHEMAS = ("/components/schemas", "/definitions")


def render(contract: Contract, findings: Mapping[str, Sequence[Finding]]) -> str:
    """The reference.

    Args:
        contract: what it is of.
        findings: by the pointer of the operation that they are shown with; the others by the empty one.
    """
    return _Reference(contract, findings).text()


class _Reference:
    def __init__(self, contract: Contract, findings: Mapping[str, Sequence[Finding]]) -> None:
        self.contract = contract
        self.findings = findings
        self.named = dict(_named_schemas(contract.document))
        self.words = SchemaWords(dict(zip(self.named, _anchors(self.named), strict=True)))

    def text(self) -> str:
        lines = [*self.head(), *self.operations(), *self.schemas()]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"

    def value_at(self, pointer: str) -> JsonObject:
        try:
            found, _ = dereference(self.contract.document, resolve(self.contract.document, pointer))
        except LookupError:
            return {}
        return found if isinstance(found, dict) else {}

    def described(self, value: JsonValue, level: int) -> Iterator[str]:
        description = value.get("description") if isinstance(value, dict) else None
        if isinstance(description, str) and description.strip():
            yield from (rich(description, level), "")

    def head(self) -> Iterator[str]:
        document = self.contract.document
        yield from (f"# {text(plain(f'{self.contract.title} {self.contract.version}'))}", "")
        yield from self.described(document.get("info"), 1)
        servers = document.get("servers")
        urls = (
            [server.get("url") for server in servers if isinstance(server, dict)]
            if isinstance(servers, list)
            else []
        )
        if urls:
            yield from (f"Servers: {', '.join(span(plain(str(url))) for url in urls)}", "")
        yield from self.told("")

    def told(self, pointer: str) -> Iterator[str]:
        found = self.findings.get(pointer, ())
        yield from (f"> {as_markdown(finding)}  " for finding in found)
        if found:
            yield ""

    def operations(self) -> Iterator[str]:
        tagged: dict[str, list[Operation]] = {}
        for operation in self.contract.operations:
            tagged.setdefault(operation.tags[0] if operation.tags else "Operations", []).append(operation)
        for tag, held in tagged.items():
            yield from (f"## {text(plain(tag))}", "")
            for operation in held:
                yield from self.operation(operation)

    def operation(self, operation: Operation) -> Iterator[str]:
        value = self.value_at(operation.pointer)
        yield from (f"### {span(plain(operation.label))}", "")
        if operation.summary:
            yield from (f"**{text(plain(operation.summary))}**", "")
        if operation.deprecated:
            yield from ("Deprecated.", "")
        yield from self.told(operation.pointer)
        yield from self.described(value, 3)
        yield f"- operationId: {span(plain(operation.id))}"
        yield from (
            f"- needs: {self.security(operation)}" if operation.security else "- needs no credentials",
            "",
        )
        yield from self.parameters(operation.parameters)
        if body := operation.request_body:
            yield from (f"#### Request body ({'required' if body.required else 'optional'})", "")
            yield from self.described(self.value_at(body.pointer), 4)
            for media_type in body.content:
                yield from self.media_type(media_type)
        yield from ("#### Responses", "")
        for response in operation.responses:
            yield from self.response(response)

    def security(self, operation: Operation) -> str:
        ways = [
            " and ".join(_scheme(name, scopes) for name, scopes in way.items()) or "nothing"
            for way in operation.security
        ]
        return ", or ".join(ways)

    def parameters(self, parameters: Sequence[Parameter]) -> Iterator[str]:
        if not parameters:
            return
        yield from (
            "#### Parameters",
            "",
            "| name | in | type | required | |",
            "| --- | --- | --- | --- | --- |",
        )
        for parameter in parameters:
            value = self.value_at(parameter.pointer)
            kind = self.words.kind(parameter.schema.raw) if parameter.schema else ""
            description = value.get("description")
            yield (
                f"| {cell(f'`{parameter.name}`')} | {parameter.location} | {kind}"
                f" | {'yes' if parameter.required else ''}"
                f" | {cell(description) if isinstance(description, str) else ''} |"
            )
        yield ""

    def response(self, response: Response) -> Iterator[str]:
        description = text(plain(response.description))
        yield from (f"**{text(response.status)}**{f': {description}' if description else ''}", "")
        if response.headers:
            yield from ("| header | type | required | |", "| --- | --- | --- | --- |")
            for header in response.headers:
                kind = self.words.kind(header.schema.raw) if header.schema else ""
                told = self.value_at(header.pointer).get("description")
                yield (
                    f"| {cell(f'`{header.name}`')} | {kind} | {'yes' if header.required else ''}"
                    f" | {cell(told) if isinstance(told, str) else ''} |"
                )
            yield ""
        for media_type in response.content:
            yield from self.media_type(media_type)

    def media_type(self, media_type: MediaType) -> Iterator[str]:
        raw = media_type.schema.raw if media_type.schema else None
        kind = f": {self.words.kind(raw)}" if raw is not None else ""
        yield from (f"{span(plain(media_type.name))}{kind}", "")
        yield from (*self.words.table(raw), "")
        for example in media_type.examples:
            yield from self.example(example)

    def example(self, example: Example) -> Iterator[str]:
        name = " ".join(
            filter(None, [example.name and span(plain(example.name)), text(plain(example.summary))])
        )
        yield from (f"Example {name}".strip(), "")
        content = (
            example.value
            if isinstance(example.value, str)
            else json.dumps(example.value, indent=2, ensure_ascii=False)
        )
        shown = plain(content)
        shown = shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:_SHOWN_CHARACTERS]}\n…"
        yield from (*block(shown, "" if isinstance(example.value, str) else "json"), "")

    def schemas(self) -> Iterator[str]:
        if self.named:
            yield from ("## Schemas", "")
        for pointer, (name, schema) in self.named.items():
            yield from (f'### <a id="{self.words.anchors[pointer]}"></a>{text(plain(name))}', "")
            yield from self.described(schema, 3)
            yield from (self.words.kind(schema), "", *self.words.table(schema), "")


def _named_schemas(document: JsonObject) -> Iterator[tuple[str, tuple[str, JsonValue]]]:
    for place in _SCHEMAS:
        try:
            held = resolve(document, place)
        except LookupError:
            continue
        for name, schema in held.items() if isinstance(held, dict) else ():
            yield f"{place}/{escape(name)}", (name, schema)


def _anchors(named: Mapping[str, tuple[str, JsonValue]]) -> Iterator[str]:
    """An id for each, made of what every viewer takes."""
    seen: set[str] = set()
    for number, (name, _) in enumerate(named.values(), 1):
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        anchor = f"schema-{slug}" if slug and f"schema-{slug}" not in seen else f"schema-{number}-{slug}"
        seen.add(anchor)
        yield anchor


def _scheme(name: str, scopes: Sequence[str]) -> str:
    shown = span(plain(name))
    return f"{shown} ({', '.join(span(plain(scope)) for scope in scopes)})" if scopes else shown
