"""The reference in GitHub Flavored Markdown, readable as plain text too."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING

from signoff.contract.bundle import dereference
from signoff.contract.json_value import as_list, as_object
from signoff.contract.pointer import escape, resolve
from signoff.docs.schema_rows import SchemaWords, row
from signoff.reporting.markdown import block, plain, prose, span, text
from signoff.reporting.messages import counted, sentences
from signoff.review.subject import value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from signoff.contract.contract import Contract, Example, Header, MediaType, Operation, Parameter, Response
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.pointer import Location
    from signoff.reporting.model import Finding
    from signoff.review.subject import Subject

# A finding in a component that more operations use is shown once, at the top.
_FEW = 3


def by_operation(subject: Subject, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """The findings by the pointer of the affected operation; all others by the empty pointer.

    A finding in a component is assigned to the operations that use it, unless there are many.
    """
    places = {}
    for operation in subject.operations:
        place = subject.locate(operation.pointer)
        places[place.file, place.pointer] = operation.pointer
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        at = finding.location.pointer
        while at and (finding.location.file, at) not in places:
            at = at.rpartition("/")[0]
        holder = places.get((finding.location.file, at))
        for pointer in [holder] if holder else _users(subject, finding.location):
            found.setdefault(pointer, []).append(finding)
    return found


def _users(subject: Subject, place: Location) -> list[str]:
    if place.file != subject.written.files[0].name or not place.pointer:
        return [""]
    users = [operation.pointer for operation in subject.reach.users(place.pointer)]
    return users if 0 < len(users) <= _FEW else [""]


def annotated(subject: Subject, findings: Sequence[Finding]) -> JsonObject:
    """A copy of the document with the findings in the descriptions of the operations, or of the API."""
    document = copy.deepcopy(subject.document)
    for pointer, found in by_operation(subject, findings).items():
        holder = resolve(document, pointer or "/info") if pointer or "info" in document else None
        if not isinstance(holder, dict):
            continue
        lines = [
            f"**{counted(len(found), 'finding')}**",
            "",
            *(f"- {as_markdown(finding)}" for finding in found),
        ]
        described = holder.get("description")
        holder["description"] = "\n".join([*lines, "", described if isinstance(described, str) else ""])
        if pointer:
            summary = holder.get("summary")
            held = summary if isinstance(summary, str) else ""
            holder["summary"] = f"{held} ({counted(len(found), 'finding')})".strip()
    return document


def as_markdown(finding: Finding) -> str:
    """A finding as one line of Markdown; text of the document is escaped."""
    place = finding.location
    where = f"line {place.line}" if place.line else place.pointer or place.file
    said = prose(plain(sentences(finding.message, finding.suggestion)))
    return f"**{finding.severity.value}**: {said} ({span(finding.rule)}, {text(plain(where))})"


_SHOWN_CHARACTERS = 4000
_SCHEMAS = ("/components/schemas", "/definitions")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"^( {0,3})(#{1,6})(?=\s|$)")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-+)\s*$")
_BACKTICKS = re.compile("`+")
_ENTITY = re.compile(r"&(?=#|\w+;)")
# URLs that execute scripts in careless viewers.
_RUNNING = re.compile(r"\](?=\s*[(:]\s*<?\s*(?:javascript|vbscript|data)\s*:)", re.IGNORECASE)


def render(contract: Contract, findings: Mapping[str, Sequence[Finding]]) -> str:
    """The reference.

    Args:
        contract: the contract.
        findings: by the pointer of the affected operation; all others by the empty pointer.
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
        document = self.contract.document
        return as_object(dereference(document, value_at(document, pointer))[0])

    def described(self, value: JsonValue, level: int) -> Iterator[str]:
        description = value.get("description") if isinstance(value, dict) else None
        if isinstance(description, str) and description.strip():
            yield from (rich(description, level), "")

    def head(self) -> Iterator[str]:
        document = self.contract.document
        yield from (f"# {text(plain(f'{self.contract.title} {self.contract.version}'))}", "")
        yield from self.described(document.get("info"), 1)
        servers = as_list(document.get("servers"))
        urls = [server.get("url") for server in servers if isinstance(server, dict)]
        if urls:
            yield from (f"Servers: {', '.join(span(plain(str(url))) for url in urls)}", "")
        yield from self.notes("")

    def notes(self, pointer: str) -> Iterator[str]:
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
        yield from self.notes(operation.pointer)
        yield from self.described(value, 3)
        yield f"- operationId: {span(plain(operation.id))}"
        yield from (
            f"- Authentication: {self.security(operation)}"
            if operation.security
            else "- Authentication: none",
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
        return ", or ".join(
            " and ".join(_scheme(name, scopes) for name, scopes in way.items()) or "none"
            for way in operation.security
        )

    def parameters(self, parameters: Sequence[Parameter]) -> Iterator[str]:
        if not parameters:
            return
        yield from (
            "#### Parameters",
            "",
            "| name | in | type | required | |",
            "| --- | --- | --- | --- | --- |",
        )
        yield from (self.row(parameter, parameter.location) for parameter in parameters)
        yield ""

    def row(self, held: Parameter | Header, *places: str) -> str:
        kind = self.words.kind(held.schema.raw) if held.schema else ""
        description = self.value_at(held.pointer).get("description")
        return row(held.name, *places, kind, is_required=held.required, description=description)

    def response(self, response: Response) -> Iterator[str]:
        description = text(plain(response.description))
        yield from (f"**{text(response.status)}**{f': {description}' if description else ''}", "")
        if response.headers:
            yield from ("| header | type | required | |", "| --- | --- | --- | --- |")
            yield from (*map(self.row, response.headers), "")
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
        name = example.name and span(plain(example.name))
        yield from (" ".join(filter(None, ["Example", name, text(plain(example.summary))])), "")
        content, language = example.value, ""
        if not isinstance(content, str):
            content, language = json.dumps(content, indent=2, ensure_ascii=False), "json"
        shown = plain(content)
        shown = shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:_SHOWN_CHARACTERS]}\n…"
        yield from (*block(shown, language), "")

    def schemas(self) -> Iterator[str]:
        if self.named:
            yield from ("## Schemas", "")
        for pointer, (name, schema) in self.named.items():
            yield from (f'### <a id="{self.words.anchors[pointer]}"></a>{text(plain(name))}', "")
            yield from self.described(schema, 3)
            yield from (self.words.kind(schema), "", *self.words.table(schema), "")


def _named_schemas(document: JsonObject) -> Iterator[tuple[str, tuple[str, JsonValue]]]:
    for place in _SCHEMAS:
        for name, schema in as_object(value_at(document, place)).items():
            yield f"{place}/{escape(name)}", (name, schema)


def _anchors(named: Mapping[str, tuple[str, JsonValue]]) -> Iterator[str]:
    """A unique anchor for each name, in ASCII."""
    seen: set[str] = set()
    for number, (name, _) in enumerate(named.values(), 1):
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        anchor = f"schema-{slug}" if slug and f"schema-{slug}" not in seen else f"schema-{number}-{slug}"
        seen.add(anchor)
        yield anchor


def _scheme(name: str, scopes: Sequence[str]) -> str:
    shown = span(plain(name))
    return f"{shown} ({', '.join(span(plain(scope)) for scope in scopes)})" if scopes else shown


def rich(description: str, level: int) -> str:
    """A description below a heading: its own headings become deeper, and HTML in it is escaped.

    Args:
        description: CommonMark.
        level: the level of the heading above it.
    """
    lines, fence = [], ""
    for line in plain(description).strip().splitlines():
        marker = _FENCE.match(line)
        if fence:
            fence = "" if marker and line.strip().startswith(fence) and not line.strip(" `~") else fence
            lines.append(line)
        elif marker:
            fence = marker[1]
            lines.append(_inert(line))
        else:
            lines.append(_line(line, level, is_below_text=bool(lines and lines[-1].strip())))
    if fence:
        lines.append(fence)
    return "\n".join(lines)


def _line(line: str, level: int, *, is_below_text: bool) -> str:
    if is_below_text and _UNDERLINE.match(line):
        return f"\\{line.strip()}"  # otherwise the line above becomes a heading
    deeper = _HEADING.sub(lambda match: match[1] + "#" * min(6, level + len(match[2])), line)
    return _outside_code(deeper)


def _outside_code(line: str) -> str:
    # A code span ends at the next run of as many backticks (CommonMark 0.31, section 6.1).
    ends: dict[int, int] = {}
    next_ends: dict[int, int] = {}
    for run in reversed(runs := list(_BACKTICKS.finditer(line))):
        next_ends[run.start()] = ends.get(len(run[0]), 0)
        ends[len(run[0])] = run.end()
    parts, end = [], 0
    for start in (run.start() for run in runs):
        if start >= end and next_ends[start]:
            parts += [_inert(line[end:start]), line[start : next_ends[start]]]
            end = next_ends[start]
    return "".join([*parts, _inert(line[end:])])


def _inert(text: str) -> str:
    return _ENTITY.sub("&amp;", _RUNNING.sub(r"\\]", text)).replace("<", "&lt;")
