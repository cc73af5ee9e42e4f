"""The HTML page: nothing of a stranger's runs, nothing is fetched, everything is there."""

import base64
import hashlib
import itertools
import re
from html.parser import HTMLParser

import pytest

from signoff.conformance.report import report_of
from signoff.reporting.formats import html
from signoff.reporting.model import State
from tests.conformance.reported import NASTY, SCRIPT, hostile_contract, hostile_verdict, partial

VOID = {"meta", "link", "input", "img", "br"}
KNOWN_ATTRIBUTES = {
    "aria-labelledby", "charset", "checked", "class", "content", "datetime", "for", "hidden", "href",
    "http-equiv", "id", "lang", "name", "open", "placeholder", "rel", "role", "tabindex", "type",
}  # fmt: skip


class Page(HTMLParser):
    """What an HTML parser finds: elements with their attributes, and the text in each."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], {}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def verdict(tmp_path_factory):
    return hostile_verdict(hostile_contract(tmp_path_factory.mktemp("page")))


@pytest.fixture(scope="module")
def report(verdict):
    return report_of(verdict)


@pytest.fixture(scope="module")
def text(report):
    return html.render(report)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_every_element_is_closed_and_ours(page):
    assert page.open == []
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert page.all("img") == []
    assert {name for _, attributes in page.elements for name in attributes} <= KNOWN_ATTRIBUTES


def test_hostile_text_is_shown_as_text(text, page, report):
    assert SCRIPT not in text
    shown = "".join(page.texts["code"])
    assert SCRIPT in shown
    assert NASTY.splitlines()[0].partition("m ")[2] in shown
    assert "{{ 7 * 7 }}" in shown
    assert SCRIPT in "".join(page.texts["h1"])
    assert "".join(page.texts["i"]).count("x-nasty:") == len(report.failures) + len(report.warnings)


def test_the_policy_admits_only_this_script_and_style(text):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace("&#39;", "'")
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == directives["base-uri"] == directives["form-action"] == "'none'"
    assert directives["img-src"] == "data:"
    assert directives.keys() == {
        "default-src",
        "base-uri",
        "form-action",
        "img-src",
        "script-src",
        "style-src",
    }
    for name in ("script", "style"):
        inner = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert directives[f"{name}-src"] == f"'sha256-{digest}'"


def test_nothing_is_fetched(page):
    addresses = [
        a[name] for _, a in page.elements for name in ("href", "src", "action", "srcset") if name in a
    ]
    assert all(address.startswith("#") or address == "data:," for address in addresses)
    assert not re.search(r"url\(|@import", "".join(page.texts["style"]))


def test_links_lead_somewhere(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    links = [attributes["href"][1:] for attributes in page.all("a")]
    assert links
    assert set(links) <= set(ids)


def test_headings_go_down_one_by_one(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))


def test_clauses_stand_with_their_state(page, report):
    for state in State:
        slug = state.value.replace(" ", "-")
        shown = [a for a in page.all("li") if a.get("class") == f"clause {slug}"]
        assert len(shown) == report.count(state)
        assert f"#show-{slug}:checked" in "".join(page.texts["style"])
        assert any(a.get("id") == f"show-{slug}" for a in page.all("input"))


def test_each_failure_is_told_whole(text, page, report):
    failures = [a for a in page.all("details") if a.get("class", "").startswith("item ")]
    assert len(failures) == len(report.failures) + len(report.warnings)
    told = "".join(part for parts in page.texts.values() for part in parts)
    for failure in report.failures:
        for part in (failure.expected, failure.actual, failure.rationale, failure.exchange.curl):
            assert " ".join(part.split()) in " ".join(told.split())
    marked = "".join(page.texts["mark"])
    assert all(
        line.text in marked for failure in report.failures for line in failure.excerpt if line.is_named
    )


@pytest.mark.parametrize("is_partial", [True, False])
def test_the_verdict_comes_first_and_says_whether_it_is_whole(verdict, is_partial):
    text = html.render(report_of(partial(verdict) if is_partial else verdict))
    first = re.search(r'<p class="word">(.*?)</p>', text)[1]
    assert first == ("Fail, partial" if is_partial else "Fail")
    assert ("This run is partial" in text) is is_partial
    assert ("the target went away" in text) is is_partial
