"""Custom rules: run, listed, configured and suppressed like built-in ones, and removed after the run."""

import json
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from signoff.cli import main
from signoff.contract.errors import SetupError
from signoff.contract.pointer import resolve
from signoff.review.configuration import Configuration
from signoff.review.inspection import review_document
from signoff.review.rules import RULES, Profile
from signoff.review.user_rules import user_rules
from tests.review.documents import SHOP, SHOP_2_0, edited

DOCS = Path(__file__).parents[2] / "docs" / "review.md"
EXAMPLE = re.search(r"```python\n(# team_rules\.py\n.*?)```", DOCS.read_text(), re.DOTALL)[1]
RULE = """
from signoff.review import Fault, rule

@rule("{id}", rationale="Why.", source="us")
def {name}(subject):
    {body}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "shop.json").write_text(json.dumps(SHOP, indent=2))
    known, rules = set(sys.modules), dict(RULES)
    yield tmp_path
    for name in set(sys.modules) - known:
        if name.partition(".")[0] != "signoff":  # which imports its commands when they are called
            del sys.modules[name]
    assert rules == RULES


def rule(body, rule_id="ours", name="ours"):
    return RULE.format(id=rule_id, name=name, body=body)


def signoff(*arguments):
    return CliRunner().invoke(main, list(arguments))


def findings(*arguments):
    answer = signoff("review", "shop.json", *arguments, "--report", "json=review.json")
    return answer, json.loads(Path("review.json").read_text())["findings"]


def test_the_example_of_the_documentation(folder):
    (folder / "team_rules.py").write_text(EXAMPLE)
    answer, found = findings("--rules", "team_rules.py", "--fail-on", "warning")
    paths = json.loads((folder / "shop.json").read_text())["paths"]
    operations = [f"/paths/{path.replace('/', '~1')}/{method}" for path in paths for method in paths[path]]
    assert answer.exit_code == 1, answer.output
    assert {finding["rule"] for finding in found} == {"missing-owner"}
    assert found[0]["location"]["pointer"] in operations
    assert found[0]["severity"] == "warning"
    assert "has no owner" in answer.output
    assert findings()[1] == []


def test_every_member_that_the_documentation_names_exists(folder):
    names = re.findall(r"^\| (`.*?) \|", DOCS.read_text().partition("The `Subject` is")[2], re.MULTILINE)
    members = re.findall(r"`(\w+)", " ".join(names))
    assert len(members) >= 7
    body = f"return [Fault('', ' '.join(str(hasattr(subject, name)) for name in {members}))]"
    (folder / "probe.py").write_text(rule(body))
    _, found = findings("--rules", "probe")
    assert found[0]["message"] == " ".join(["True"] * len(members))


def test_a_parameter_comes_with_its_pointer(folder):
    body = "return [Fault(p, v['name']) for op in subject.operations for v, p in subject.parameters(op)]"
    (folder / "probe.py").write_text(rule(body))
    _, found = findings("--rules", "probe")
    assert found
    places = [(resolve(SHOP, one["location"]["pointer"]), one["message"]) for one in found]
    assert all(place.get("name", name) == name for place, name in places)
    assert any("name" in place for place, _ in places)


def test_an_id_is_the_name_of_the_function_by_default(folder):
    own = rule("return [Fault('', 'x')]", name="no_such_thing").replace('"ours", ', "")
    (folder / "probe.py").write_text(own)
    _, found = findings("--rules", "probe")
    assert [finding["rule"] for finding in found] == ["no-such-thing"]


def test_the_list_of_rules_has_it(folder):
    (folder / "team_rules.py").write_text(EXAMPLE)
    listed = signoff("review", "--rules", "team_rules.py", "--list-rules").output
    assert "| `missing-owner` | warning | An alert" in listed
    assert "missing-owner" not in signoff("review", "--list-rules").output


def test_it_is_configured_and_suppressed_like_any_other(folder):
    (folder / "team_rules.py").write_text(EXAMPLE)
    (folder / "signoff.toml").write_text("[review]\nrules = {missing-owner = 'error'}")
    answer, found = findings("--rules", "team_rules")
    assert (answer.exit_code, found[0]["severity"]) == (1, "error")
    accepted = "[[review.suppressions]]\nrule='missing-owner'\npointer='/paths/**'\nreason='Later.'"
    (folder / "signoff.toml").write_text(accepted)
    answer, found = findings("--rules", "team_rules")
    assert (answer.exit_code, found) == (0, [])
    answer = signoff("review", "shop.json")
    assert answer.exit_code == 2
    assert "unknown rule 'missing-owner'" in answer.output


def test_its_profile_counts(folder):
    text = EXAMPLE.replace("import Fault,", "import Fault, Profile,").replace(
        "severity=Severity.WARNING", "profile=Profile.RECOMMENDED"
    )
    (folder / "team_rules.py").write_text(text)
    assert findings("--rules", "team_rules.py")[1] == []
    assert findings("--rules", "team_rules.py", "--profile", "recommended")[1]


def test_the_rules_of_a_package_and_of_what_it_imports_by_name(folder):
    package = folder / "team"
    package.mkdir()
    (package / "__init__.py").write_text("from shared import common\nfrom . import inner")
    (package / "inner.py").write_text(rule("yield Fault('/info', 'inner')", "of-inner", "inner"))
    text = rule("yield Fault('/info', 'shared')", "of-shared", "common")
    (folder / "shared.py").write_text(text + rule("yield Fault('', 'x')", "not-imported", "other"))
    for _ in range(2):
        assert {f["rule"] for f in findings("--rules", "team")[1]} == {"of-inner", "of-shared"}


def test_two_modules_of_one_name_in_one_process(folder):
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "rules.py").write_text(rule("yield Fault('/info', 'x')", f"of-{name}"))
    for name in ("one", "two", "one"):
        assert [f["rule"] for f in findings("--rules", f"{name}/rules.py")[1]] == [f"of-{name}"]


def test_docs_show_what_it_finds(folder):
    (folder / "team_rules.py").write_text(EXAMPLE)
    arguments = ("docs", "shop.json", "-o", "-", "--format", "markdown", "--findings")
    assert "has no owner" in signoff(*arguments, "--rules", "team_rules.py").output
    assert "has no owner" not in signoff(*arguments).output


def test_it_hides_no_built_in_rule(folder):
    document = edited(SHOP_2_0, {"/paths/~1orders/get/responses": 3})
    path = folder / "broken.json"
    path.write_text(json.dumps(document))
    pointers = "/paths/~1orders/get/responses", "/paths/~1orders/get", "/paths"
    text = rule("\n    ".join(f"yield Fault({pointer!r}, 'x')" for pointer in pointers))
    (folder / "keywords.py").write_text(text)  # named like a family of the kit's
    without = review_document(path).findings
    assert without
    with user_rules("keywords.py"):
        found = review_document(path, Configuration(profile=Profile.ESSENTIAL)).findings
    assert [finding for finding in found if finding.rule != "ours"] == list(without)
    assert len(found) == len(without) + len(pointers) - 2  # of one wording, the first one stands for all


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (rule("return [1 / 0]"), r"ours.py:6:13: rule 'ours' raised ZeroDivisionError: division by zero"),
        (rule("pass"), "rule 'ours' raised TypeError"),
        (rule("yield 'a text'"), "rule 'ours' must yield Fault objects, not str"),
        (
            rule("yield", rule_id="invalid-path-template"),
            "rule id 'invalid-path-template' in the rules module 'ours' is already in use",
        ),
        (
            rule("yield") + rule("yield", name="again"),
            "rule id 'ours' in the rules module 'ours' is already in use",
        ),
        ("import nothing_like_it", "No module named 'nothing_like_it'"),
        ("", "no rules in the rules module 'ours'"),
    ],
)
def test_an_error_in_a_module_takes_a_line_or_two(folder, text, message):
    (folder / "ours.py").write_text(text)
    answer = signoff("review", "shop.json", "--rules", "ours.py")
    assert answer.exit_code == 2
    assert re.search(message, answer.output), answer.output
    assert len(answer.output.strip().splitlines()) <= 2
    assert "Traceback" not in answer.output


@pytest.mark.parametrize("body", ["raise SystemExit(0)", "yield from ()\n    raise SystemExit(0)"])
def test_a_rule_that_exits_is_an_error(folder, body):
    (folder / "ours.py").write_text(rule(body))
    with pytest.raises(SetupError, match="raised SystemExit: 0"), user_rules("ours"):
        review_document("shop.json")


def test_rules_are_removed_after_an_error(folder):
    (folder / "ours.py").write_text(rule("return [1 / 0]"))
    with pytest.raises(SetupError, match="division"), user_rules("ours"):
        review_document("shop.json")
    assert "ours" not in RULES
