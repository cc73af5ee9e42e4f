"""Outcomes to report on: sound, compared, and one whose every text was written by somebody who means harm."""

from signoff.contract.pointer import Location
from signoff.reporting.model import Finding, Severity
from signoff.review.change import Change, ChangeVerdict, Counterexample
from signoff.review.changes import Bump, VersionAdvice
from signoff.review.outcome import Gate, Outcome, Revision, Suppressed
from signoff.review.report import report_of

SCRIPT = "<script>document.title = 'hacked'</script>"
NASTY = (
    f"\x1b[31mred\x1b[0m {SCRIPT}<img src=x onerror=alert(1)>\"'></pre></details></code></summary> ]]>\n"
    "| a | b |\n# heading\n::error::x\n```\n[link](javascript:alert(1)) {{ 7 * 7 }} @everyone"
    " \u202egpj.exe \ud800\n"
)
NEW = Revision("openapi.yaml", "Shop", "1.1.0")
OLD = Revision("main:openapi.yaml", "Shop", "1.0.0", "0123456789")


def place(file="openapi.yaml", line=7, pointer="/paths/~1things/get"):
    return Location(file, line, 3, pointer)


def finding(
    severity=Severity.ERROR, message="Example does not match its schema: required property `rel` is missing"
):
    return Finding("example-valid", severity, message, "Add `rel` to it.", place())


def change(
    verdict=ChangeVerdict.BREAKING, reason="`csv` is no longer accepted", example=None, also_in=(), **places
):
    where = {"before": place("main:openapi.yaml", 9), "after": place()} | places
    return Change(
        "request-enum-narrowed",
        verdict,
        reason,
        "GET /things",
        **where,
        counterexample=example,
        also_in=also_in,
    )


ADVICE = VersionAdvice(
    "1.0.0",
    "1.1.0",
    Bump.MAJOR,
    Bump.MINOR,
    "2.0.0",
    "The changes require version 2.0.0, but the document has 1.1.0.",
)
BREAKING = Outcome(
    NEW,
    OLD,
    (
        finding(),
        finding(Severity.WARNING, "Operation has no 401 response"),
        finding(Severity.INFO, "Property `orderId` is camelCase, but most are snake_case"),
    ),
    (
        change(example=Counterexample({"format": "csv", "n": [1, None]}), also_in=("POST /a", "POST /b")),
        change(reason="the operation is gone", after=None),
        change(ChangeVerdict.REVIEW, "the pattern changed, and comparing patterns is not possible"),
        change(ChangeVerdict.COMPATIBLE, "the parameter `page` is new and optional", before=None),
    ),
    (Suppressed(finding(message="Other example does not match its schema"), "Fixed in April."),),
    ADVICE,
)
SOUND = Outcome(NEW, None, ())
SAME = Outcome(NEW, OLD, (), (), (), VersionAdvice("1", "1", Bump.NONE, Bump.NONE, "1.0.0", "All may stay."))
SMALL_MATTERS = Outcome(NEW, None, (finding(Severity.WARNING, "Operation has no 401 response"),))
HOSTILE = Outcome(
    Revision(NASTY, NASTY, NASTY),
    Revision(NASTY, NASTY + "old", NASTY, NASTY),
    tuple(
        Finding("example-valid", severity, NASTY, NASTY, Location(NASTY, 3, 1, NASTY))
        for severity in Severity
    ),
    tuple(
        Change(
            "response-narrowed",
            verdict,
            NASTY,
            f"GET /{NASTY}",
            Location(NASTY, 1, 1, NASTY),
            Location("openapi.yaml", 2, 1, NASTY),
            Counterexample({NASTY: NASTY}),
            (NASTY,),
        )
        for verdict in ChangeVerdict
    ),
    (Suppressed(Finding("example-valid", Severity.ERROR, NASTY, NASTY, Location(NASTY)), NASTY),),
    VersionAdvice(NASTY, NASTY, Bump.MAJOR, None, "", NASTY),
)
OUTCOMES = {
    "breaking": BREAKING,
    "sound": SOUND,
    "same": SAME,
    "small matters": SMALL_MATTERS,
    "hostile": HOSTILE,
}


def reported(outcome, *fail_on, rules=()):
    return report_of(outcome, Gate.of(fail_on), rules)
