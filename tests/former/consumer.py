"""Programs that read the JSON reports of the previous release as its documentation describes them."""

from collections import Counter


def of_test_run(report):
    """What a gate in CI reads of the report of a test run."""
    assert report["format_version"] == 1
    items = [*report["failures"], *report["warnings"], *report["accepted"]]
    messages = [item["exchange"][side] for item in items for side in ("request", "response")]
    return {
        "passed": report["verdict"] == "pass",
        "states": Counter(clause["state"] for clause in report["clauses"]),
        "not exercised": [clause["id"] for clause in report["clauses"] if clause["state"] == "not exercised"],
        "rules": [clause["id"] for clause in report["clauses"] if "/rules/" in clause["id"]],
        "failed": sorted((item["check"], item["clause"]) for item in items),
        "octets": sorted(message["body"]["octets"] for message in messages),
        "corpus only": report["settings"]["corpus_only"],
        "checks": (report["settings"]["check"], report["settings"]["skip"]),
    }


def of_review(report):
    """What a gate in CI reads of the report of a review."""
    assert report["format_version"] == 1
    return {
        "verdict": report["verdict"],
        "fails on": report["fail_on"],
        "to review": [change["id"] for change in report["changes"] if change["verdict"] == "review"],
        "breaking": [
            (change["id"], change.get("counterexample"))
            for change in report["changes"]
            if change["verdict"] == "breaking"
        ],
        "findings": [(finding["rule"], bool(finding["mend"])) for finding in report["findings"]],
        "waived": [
            (one["finding"]["rule"], one["finding"]["mend"] != "", one["reason"]) for one in report["waived"]
        ],
    }
