"""The reference of a document: complete, safe from what the document says, and in need of no network."""

import base64
import hashlib
import json
import re
import time
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

import signoff
from signoff.cli import main
from signoff.docs import page, reference
from signoff.docs.page import inline, renderer
from signoff.docs.reference import annotated, by_operation, rich
from signoff.docs.schema_rows import SchemaWords
from signoff.review import subject as subjects
from signoff.review.inspection import review_document
from tests.conftest import DOCUMENTS, PUBLISHED
from tests.review.report import outcomes
from tests.review.report.outcomes import SCRIPT

NASTY = outcomes.NASTY.replace("\ud800", "")  # which no document can say
PUBLISHED_PAGE = DOCUMENTS / "reports-as-published.yaml"
HOSTILE = {
    "openapi": "3.1.0",
    "info": {"title": NASTY, "version": NASTY, "description": NASTY},
    "servers": [{"url": NASTY}],
    "components": {
        "securitySchemes": {NASTY: {"type": "apiKey", "in": "header", "name": "X-Key"}},
        "schemas": {
            NASTY: {
                "type": "object",
                "description": NASTY,
                "properties": {NASTY: {"const": NASTY, "default": NASTY}},
            }
        },
    },
    "paths": {
        "/things": {
            "get": {
                "operationId": NASTY,
                "summary": NASTY,
                "description": NASTY,
                "tags": [NASTY],
                "security": [{NASTY: []}],
                "parameters": [
                    {
                        "name": NASTY,
                        "in": "query",
                        "description": NASTY,
                        "schema": {"enum": [NASTY], "pattern": "a|b"},
                    }
                ],
                "responses": {
                    "200": {
                        "description": NASTY,
                        "headers": {
                            NASTY.replace("\n", " "): {"description": NASTY, "schema": {"type": "string"}}
                        },
                        "content": {
                            "application/json": {
                                "schema": {"title": NASTY, "type": "object"},
                                "examples": {NASTY: {"summary": NASTY, "value": {NASTY: NASTY}}},
                            }
                        },
                    }
                },
            }
        }
    },
}


class Parts(HTMLParser):
    """A page as an HTML parser sees it: its elements, and the text in each script and style."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.is_inside = [], [], False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.is_inside = tag in ("script", "style")
        if self.is_inside:
            self.texts.append("")

    def handle_endtag(self, tag):
        self.is_inside = False

    def handle_data(self, data):
        if self.is_inside:
            self.texts[-1] += data


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "openapi.json"
    path.write_text(json.dumps(HOSTILE))
    return subjects.read(path)


def test_the_page_has_the_document_and_asks_for_nothing(hostile):
    text = page.render(hostile.document, hostile.contract)
    parts = Parts(text)
    tags = [tag for tag, _ in parts.elements]
    assert tags == [
        "html",
        "head",
        *["meta"] * 5,
        "title",
        "link",
        "style",
        "body",
        *["form", "label", "input", "button", "button", "output"],
        "div",
        "p",
        "noscript",
        *["script"] * 4,
    ]
    assert [attributes for _, attributes in parts.elements if {"src", "href"} & attributes.keys()] == [
        {"rel": "icon", "href": "data:,"}
    ]
    assert json.loads(parts.texts[1]) == json.loads(json.dumps(HOSTILE))
    assert SCRIPT not in text
    text.encode()


def test_the_policy_admits_the_page_s_own_scripts(hostile):
    parts = Parts(page.render(hostile.document, hostile.contract))
    policy = next(a["content"] for _, a in parts.elements if a.get("http-equiv") == "Content-Security-Policy")
    for script in parts.texts[3:]:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "connect-src http: https:;" in policy


def test_the_page_connects_to_the_server_that_its_reader_names_only(hostile):
    """The script adds a second policy before it renders anything; a browser enforces both."""
    start = Parts(page.render(hostile.document, hostile.contract)).texts[-1]
    assert "policy.content = `connect-src ${server ? server.origin : \"'none'\"}`;" in start
    assert start.index("document.head.append(policy)") < start.index("SwaggerUIBundle(")
    assert "location.search" not in start
    assert "location.hash" not in start


def test_the_renderer_can_stand_in_a_page():
    script, style = renderer()
    assert "SwaggerUIBundle" in script
    assert not re.search(r"<!--|</?script", script, re.IGNORECASE)
    assert "sourceMappingURL" not in script + style
    assert style.rstrip().endswith("}")  # what is left of a comment would hide the rule that follows
    assert not re.search(r"url\(['\"]?(?!data:|['\"]?data:)", style)
    assert inline("a<!--b<SCRIPT></script") == "a\\x3c!--b\\x3cSCRIPT>\\x3c/script"


def test_the_page_s_styles_are_for_what_the_renderer_draws():
    """A renderer that calls its parts otherwise would lose the layout for phones without a sign."""
    script, style = renderer()
    own = re.sub(r"/\*.*?\*/", "", page.page.asset(page._FOLDER / "page.css"), flags=re.DOTALL)
    rules = [rule for rule in re.findall(r"([^{}]+)\{", own) if ".swagger-ui" in rule]
    assert any("responses-table" in rule for rule in rules)
    names = {name for rule in rules for name in re.findall(r"\.([a-z][\w-]+)", rule)} - {"trying"}
    assert {name for name in names if not re.search(rf"[\"' .]{name}\b", script + style)} == set()


def test_findings_stand_beside_their_operations():
    subject = subjects.read(PUBLISHED_PAGE)
    findings = review_document(PUBLISHED_PAGE).findings
    shown = annotated(subject, findings)
    operation = shown["paths"]["/v1/reports/saved/{report_id}/export"]["post"]
    assert operation["summary"].endswith(f"({len(findings)} findings)")
    assert "currently csv" in operation["description"]  # of a component that this operation alone leads to
    assert subject.document["paths"] != shown["paths"]
    markdown = reference.render(subject.contract, by_operation(subject, findings))
    assert len(re.findall(r"^> \*\*(?:error|warning|info)\*\*", markdown, re.MULTILINE)) == len(findings)


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_every_published_document_has_both_references(path):
    subject = subjects.read(path)
    text = reference.render(subject.contract, {})
    for operation in subject.contract.operations:
        assert f"`{operation.label}`" in text
        for parameter in operation.parameters:
            assert f"`{parameter.name}`" in text
    links = set(re.findall(r"\]\(#(schema-[^)]*)\)", text))
    assert links <= set(re.findall(r'<a id="([^"]*)">', text))
    parts = Parts(page.render(subject.document, subject.contract))
    requests = json.loads(parts.texts[2])
    assert requests.keys() == {operation.label for operation in subject.contract.operations}
    assert json.loads(parts.texts[1])


def test_nothing_in_the_markdown_is_a_stranger_s_markup(hostile):
    text = reference.render(hostile.contract, {})
    found = [
        inner
        for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
        for inner in [token, *(token.children or [])]
    ]
    html = {token.content for token in found if token.type.startswith("html")}
    assert all(re.fullmatch(r'<a id="schema-[a-z0-9-]*">|</a>', content) for content in html)
    targets = {token.attrGet("href") for token in found if token.type == "link_open"}
    assert all(target.startswith("#schema-") for target in targets)
    assert len([token for token in found if token.type == "heading_open" and token.tag == "h1"]) == 1
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e\ud800-\udfff]", text)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("plain `<b>` text", "plain `<b>` text"),
        ("<b>bold</b> & co", "&lt;b>bold&lt;/b> & co"),
        ("# One\n\n## Two", "#### One\n\n##### Two"),
        ("Title\n=====", "Title\n\\====="),
        ("```\n<b>\n# no heading\n```", "```\n<b>\n# no heading\n```"),
        ("```\nnever closed", "```\nnever closed\n```"),
        ("[x](https://example.org)", "[x](https://example.org)"),
        ("[x](javascript:alert(1))", "[x\\](javascript:alert(1))"),
        ("[x]( <JavaScript:alert(1)>)", "[x\\]( &lt;JavaScript:alert(1)>)"),
        ("[x](&#106;avascript:alert(1))", "[x](&amp;#106;avascript:alert(1))"),
        ("[x]: javascript:alert(1)", "[x\\]: javascript:alert(1)"),
        ("- one\n- two", "- one\n- two"),
    ],
)
def test_descriptions_keep_their_marks_but_no_markup_of_ours(description, expected):
    assert rich(description, 3) == expected


def test_recursive_schemas_end(tmp_path):
    path = tmp_path / "openapi.json"
    node = {"properties": {"next": {"$ref": "#/components/schemas/Node"}, "self": {"type": "object"}}}
    path.write_text(
        json.dumps(
            {
                "openapi": "3.1.0",
                "info": {"title": "x", "version": "1"},
                "paths": {},
                "components": {"schemas": {"Node": node, "Ring": {"$ref": "#/components/schemas/Ring"}}},
            }
        )
    )
    assert "| `next` | [Node](#schema-node) |" in reference.render(signoff.load(path, strict=False), {})


def test_schemas_that_multiply_are_bounded():
    wide = {"type": "string"}
    for _ in range(8):
        wide = {"properties": {str(number): wide for number in range(30)}, "anyOf": [wide] * 40}
    words = SchemaWords({})
    assert len(words.table(wide)) == 403
    assert len(words.kind({"oneOf": [wide] * 100})) < 100_000


# The command


def docs(*arguments, **options):
    return CliRunner().invoke(main, ["docs", *map(str, arguments)], **options)


def test_the_command_writes_what_the_file_is_called(tmp_path):
    for name, start in (("api.html", "<!doctype html>"), ("api.md", "# Saved reports export 1.0.0")):
        answer = docs("-o", tmp_path / name)
        assert (answer.exit_code, answer.output) == (0, "")
        assert (tmp_path / name).read_text().startswith(start)
    assert docs("--format", "markdown", "-o", "-").output.startswith("# Saved reports export 1.0.0")


def test_the_command_reads_standard_input_and_tells_findings():
    answer = docs("-", "--format", "markdown", "-o", "-", "--findings", input=PUBLISHED_PAGE.read_bytes())
    assert answer.exit_code == 0
    assert "> **error**: Example does not match its schema" in answer.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.yaml", "-o", "-"], "missing.yaml does not exist"),
        (["-o", "no/such/folder/api.html"], "does not exist"),
        (["-o", "."], "it is a folder"),
    ],
)
def test_the_command_tells_what_it_cannot_do(arguments, words):
    answer = docs(*arguments)
    assert answer.exit_code == 2
    assert words in answer.output


def test_backticks_are_paired_in_linear_time():
    started = time.process_time()
    rich("".join("`" * number + "a" for number in range(800)), 1)
    assert time.process_time() - started < 1  # with a search for each of them: 8
