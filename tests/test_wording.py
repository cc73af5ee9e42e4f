"""Texts for users have no phrase that is out of use. Single words are left to codespell: `.ci/wording.txt`.

As there, old names may stand between `codespell:ignore-begin` and `codespell:ignore-end`.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXTS = [
    *(
        ROOT / name
        for name in ("README.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md", "ARCHITECTURE.md")
    ),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "tests" / "messages.txt",
]
CODE = sorted(
    path
    for name in ("signoff", "contract_tests", "mock_server")
    for path in ROOT.joinpath(name).rglob("*.py")
)
# The line is the former name in the table of aliases.
OLD_NAMES = re.compile(
    r"codespell:ignore-begin.*?codespell:ignore-end|^not exercised$", re.DOTALL | re.MULTILINE
)
# Regular expressions of what not to write, with what to write instead.
PHRASES = {
    # Names of things.
    r"(an|the|no|every|each|one|this|whole|second|next) answers?": "response",
    r"(documented|mocked|generated|first|late|slow|cached|success) answers?": "response",
    r"ma(ke|kes|de|king) (\S+ ){,3}up": "generate",
    r"the corpus|fixed requests|fixed list of requests|--corpus-only": "deterministic cases, --no-fuzzing",
    r"(Schemathesis' |random |stateful |the )search|searches on": "fuzzing",
    r"(?<!list-)clauses?": "requirement",
    r"not exercised|(was|were|is|are) exercised": "not covered",
    r"(functions|handlers|checks|rules|code|behaviou?r) of (your|its|their) own|own functions": "custom …",
    r"(a )?file of authorities|name the authority": "CA bundle",
    r"a field for every request": "extra request header",
    r"binary fractions?": "floating-point number",
    r"act-as|`people`|naming people|no people": "users, default-user",
    r"(credentials )?that nobody (issued|has)|nobody's": "invalid credentials",
    r"(--)?list-clauses": "--list-requirements",
    # What is wrong.
    r"leads? (nowhere|somewhere)": "cannot be resolved",
    r"(stands?|told|said) twice": "is duplicated",
    r"(?<!there\s)(is|are|was|were|be) no (?!longer|more|later|less|fewer|worse|better)\S+": "is not a …",
    r"there (is|are|was|were) no such": "… does not exist",
    r"(is|are) no longer (reported|found)": "what is reported now",
    r"counts? as missing|no verdict": "what happens then",
    r"(keep(s|ing)?|kept) (its|the|their|your) (schema|contract)": "matches, does not match",
    r"break(s|ing)? (its|their) (schema|contract|format|specification)": "does not match",
    r"breaks? in \w+ places?|names each": "1 validation error; see `errors`",
    r"(is|are) (not |no longer |still )?taken": "supported, unsupported",
    r"takes? (any of )?(GET|POST|PUT|PATCH|DELETE|\{taken\}|\{allowed\})": "Allowed methods: …",
    r"has no path like": "No path in the API matches",
    r"the contract of before|(stays|as) before\b.{0,5}contract": "still serving the previous version",
    r"what (the|a) (document|contract|schema) (tells|says)": "what the document defines",
    r"(the|each) reason and the (mend|fix)": "reason and suggestion",
    r"; came|said at|repeat it|^repeat": "actual, location, reproduce",
    # Options.
    r"what .{,20} (requests|values|search) follow(s|ed)? from": "random seed",
    r"what a pass takes|asks? for a pass": "coverage required to pass",
    r"how much is asked": "rule set",
    r"whom a change breaks|what (a|the) change of .* breaks": "breaking changes",
    r"for a (person|human) to judge|so a human has to judge": "needs review",
    # Ids of the last release.
    r"wait-is-told-twice|link-leads-somewhere|head-like-get|trace-off|made-up-credentials-refused"
    r"|answers-in-time|request-refused":
        "retry-after-consistent, link-target-exists, head-matches-get, trace-disabled, …",
    r"\w+-breaks-(schema|format)|prose-contradicts-[\w-]+|words-left-open|\w+-without-words":
        "invalid-example, description-mismatch-*, placeholder-text, missing-description",
    r"bounds-cross|recursion-without-end|reference-dangling|\w[\w-]*-repeated|enum-repeats":
        "min-exceeds-max, infinite-recursion, unresolved-ref, duplicate-*",
}  # fmt: skip


def found(pattern, text):
    """The lines of a phrase in a text and its words there; they may be on two lines."""
    spaced = pattern.replace(" ", r"\s+(?:> ?|# )?")
    for match in re.finditer(rf"(?<![\w-])(?:{spaced})(?![\w-])", text, re.IGNORECASE | re.MULTILINE):
        yield text.count("\n", 0, match.start()) + 1, " ".join(match[0].split())


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_no_phrase_is_out_of_use(file):
    text = OLD_NAMES.sub(lambda old: "\n" * old[0].count("\n"), file.read_text())
    hits = [
        f"{file.relative_to(ROOT)}:{line}: {phrase!r}: write {instead!r}"
        for pattern, instead in PHRASES.items()
        for line, phrase in found(pattern, text)
    ]
    assert not hits, "\n" + "\n".join(hits)


def test_code_says_is_not():
    pattern = next(pattern for pattern in PHRASES if "is|are|was|were|be" in pattern)
    hits = [
        f"{file.relative_to(ROOT)}:{line}: {phrase!r}"
        for file in CODE
        for line, phrase in found(pattern, file.read_text())
    ]
    assert not hits, "\n" + "\n".join(hits)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("the reference leads\nnowhere", ["leads nowhere"]),
        (
            "Content-Length is no number although there is no doubt it is no longer used",
            ["is no number"],
        ),
        ("the contract of before stays", ["the contract of before"]),
        ("there is no such pet; it counts as missing", ["there is no such", "counts as missing"]),
        ("answered by the deterministic cases; the reference cannot be resolved", []),
    ],
)
def test_phrases_are_found(text, phrases):
    assert [phrase for pattern in PHRASES for _, phrase in found(pattern, text)] == phrases
