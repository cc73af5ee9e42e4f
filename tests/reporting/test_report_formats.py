"""What the reports of all packages share: escaped text means itself, for whoever reads it."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from signoff.contract.errors import SetupError
from signoff.reporting.formats.sarif import artifact, source_uri
from signoff.reporting.markdown import block, code, one_line, plain, plain_json, prose, span, text
from signoff.reporting.model import relative
from signoff.reporting.request import parse_requests

MARKS = st.text(st.sampled_from("ab1 _*`~[]()<>&;:/@#!|\\\"'-+=.{}$^\n"), max_size=40)


def shown(markdown):
    """What a reader sees of one line, and the kinds of markup in it."""
    (inline,) = [
        token for token in MarkdownIt("commonmark", {"html": True}).parse(f"x {markdown} x") if token.children
    ]
    return "".join(child.content for child in inline.children)[2:-2], {
        child.type for child in inline.children
    }


@given(MARKS)
def test_text_is_shown_as_it_is(content):
    assert shown(text(content)) == (one_line(content), {"text"} | ({"text"} if content else set()))


@given(MARKS)
def test_a_span_is_shown_as_it_is(content):
    found, kinds = shown(span(content))
    assert found == one_line(content)
    assert kinds <= {"text", "code_inline"}


@given(MARKS)
def test_prose_has_no_markup_but_code(content):
    found, kinds = shown(prose(content))
    assert kinds <= {"text", "code_inline"}
    assert found.replace("`", "").replace(" ", "") == one_line(content).replace("`", "").replace(" ", "")


@given(MARKS)
def test_a_block_holds_its_content(content):
    (token,) = MarkdownIt("commonmark").parse("\n".join(block(content, "json")))
    assert (token.type, token.info) == ("fence", "json")
    assert token.content == f"{content}\n"


def test_text_stays_readable():
    assert (
        text("the status of report_id: 404 at openapi.yaml:7")
        == "the status of report_id: 404 at openapi.yaml:7"
    )
    assert "http&#58;//" in text("http://example.org")
    assert "&#58;smile:" in text(":smile:")
    assert text("__init__") == "&#95;&#95;init&#95;&#95;"
    assert code("<b>") == "<code>&#60;b&#62;</code>"


@given(st.text(st.characters(codec=None)))
def test_json_stays_the_same_value_and_can_be_written(content):
    written = plain_json(json.dumps(content, ensure_ascii=False))
    assert json.loads(written.encode()) == content
    assert not re.search("[\x7f-\x9f\u202e\ud800-\udfff]", written)


def test_plain_text_keeps_lines():
    assert plain("a\tb\nc\x1b[31m\u202e") == "a\tb\nc\\x1b[31m\\u202e"


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        ("RFC 9457, section 3.1.2", "https://www.rfc-editor.org/rfc/rfc9457#section-3.1.2"),
        ("OWASP; RFC 6585", "https://www.rfc-editor.org/rfc/rfc6585"),
        ("https://example.org/rules and more", "https://example.org/rules"),
        ("the document's own descriptions", ""),
    ],
)
def test_where_a_source_can_be_read(source, uri):
    assert source_uri(source) == uri


@pytest.mark.parametrize("is_work_tree", [False, True])
@pytest.mark.parametrize(
    ("folder", "name", "path"),
    [
        (".", "api/a b.yaml", "api/a b.yaml"),
        ("api", "a b.yaml", "api/a b.yaml"),
        ("api/parts", "../a b.yaml", "api/a b.yaml"),
        ("docs", "{root}/api/a b.yaml", "api/a b.yaml"),
        ("..", "{root}/api/a b.yaml", "api/a b.yaml"),  # outside of any repository: that of the file
        ("api", "../../other.yaml", ""),
        ("..", "other.yaml", "other.yaml"),
    ],
)
def test_paths_are_relative_to_the_repository(folder, name, path, is_work_tree, tmp_path, monkeypatch):
    root = tmp_path / "repo"
    for made in ("api/parts", "docs"):
        (root / made).mkdir(parents=True)
    (root / "api" / "a b.yaml").touch()
    (tmp_path / "other.yaml").touch()
    (root / "api" / ".git").mkdir()  # without a HEAD it is not a repository
    if is_work_tree:
        (root / ".git").write_text("gitdir: /elsewhere\n")
    else:
        (root / ".git").mkdir()
        (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    monkeypatch.chdir(root / folder)
    assert relative(name.format(root=root)) == path


def test_places(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b.yaml").write_text("")
    assert relative("a b.yaml") == "a b.yaml"
    assert relative("main:a b.yaml") == relative("/etc/hostname") == relative("https://example.org/x") == ""
    assert artifact("a b.yaml", "a b.yaml") == {"uri": "a%20b.yaml", "uriBaseId": "%SRCROOT%"}
    assert artifact("https://example.org/x?y=1", "") == {"uri": "https://example.org/x?y=1"}
    assert artifact("main:a b.yaml", "") == {"uri": "main%3Aa%20b.yaml"}


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["json"], "FORMAT=FILE"),
        (["pdf=x"], "json, html"),
        (["json=-", "html=-"], "2 reports"),
        (["json="], "FORMAT"),
    ],
)
def test_requests_that_cannot_be_met(texts, words):
    with pytest.raises(SetupError, match=words):
        parse_requests(texts, ["json", "html"])
