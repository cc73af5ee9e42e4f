"""Servers of documents that nobody here wrote: the correct ones pass, and each flaw is found by its check."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

import signoff
from signoff.cli import main
from signoff.conformance import Options, load_data, run
from signoff.conformance.known_values import OperationData
from signoff.conformance.report import json_report, report_of
from signoff.reporting.formats import html, terminal
from tests.conftest import DOCUMENTS, running
from tests.faults import catalogue, domains
from tests.faults.sample import IS_WHOLE
from tests.servers import museum_flaws, repositories_flaws, tictactoe_flaws
from tests.servers.museum import Museum
from tests.servers.repositories import Repositories
from tests.servers.tictactoe import Game

ROOT = DOCUMENTS.parent.parent
SERVERS = ROOT / "tests" / "servers"
DOMAINS = {
    "museum": ("museum.yaml", Museum, museum_flaws),
    "repositories": ("link-example-3.0.yaml", Repositories, repositories_flaws),
    "tictactoe": ("tictactoe-3.1.yaml", Game, tictactoe_flaws),
}
SHOWN = {check for fault in (*catalogue.FAULTS, *domains.FAULTS) for check in fault.caught_by}
STEP = 1 if IS_WHOLE else 3
FLAWS = [(name, flaw) for name, (_, _, flaws) in DOMAINS.items() for flaw in flaws.FLAWS]
# Every third, and those of checks that no fault bench shows.
CHOSEN = [
    (name, flaw)
    for number, (name, flaw) in enumerate(FLAWS)
    if number % STEP == 0 or DOMAINS[name][2].FLAWS[flaw] not in SHOWN
]
VARIANTS = [(name, variant) for name, (_, _, flaws) in DOMAINS.items() for variant in flaws.VARIANTS]


@pytest.fixture(scope="module")
def contracts():
    return {name: signoff.load(DOCUMENTS / document) for name, (document, _, _) in DOMAINS.items()}


# Left out where a flaw is looked for, which no one of them has, to save time.
ASIDE = ("getMuseumHours", "buyMuseumTickets", "getTicketCode")


def found(contract, name, server, *, aside=(), **options):
    with running(server().app()) as origin:
        data = load_data(SERVERS / f"{name}.data.yaml")
        known = {operation.id for operation in contract.operations}
        left_out = {name: OperationData(skip="tried elsewhere") for name in aside if name in known}
        data = replace(data, operations={**data.operations, **left_out})
        return run(origin + contract.base_path, contract, data, Options(**options))


def failures(verdict):
    return [(f.check.id, f.fault.message, f.exchange.sent.url) for f in verdict.evidence.errors]


@pytest.mark.parametrize("name", DOMAINS)
def test_the_correct_server_passes_the_whole_run(contracts, name):
    verdict = found(contracts[name], name, DOMAINS[name][1], max_examples=4)
    assert failures(verdict) == []
    assert verdict.errors == ()


@pytest.mark.parametrize(("name", "variant"), VARIANTS[::STEP])
def test_a_correct_variant_is_not_accused(contracts, name, variant):
    assert failures(found(contracts[name], name, variant, no_fuzzing=True)) == []


@pytest.mark.parametrize(("name", "flaw"), CHOSEN)
def test_a_flaw_is_found_by_the_check_that_is_meant_for_it(contracts, name, flaw):
    verdict = found(contracts[name], name, flaw, aside=ASIDE, no_fuzzing=True)
    assert DOMAINS[name][2].FLAWS[flaw] in {failure.check.id for failure in verdict.evidence.errors}


def test_the_command_needs_a_document_and_a_data_file_only(monkeypatch):
    monkeypatch.chdir(ROOT)
    name = "tictactoe"
    document, server, _ = DOMAINS[name]
    arguments = [f"{server.__module__}:create_app", str(DOCUMENTS / document), "--no-fuzzing"]
    result = CliRunner().invoke(main, ["test", *arguments, "--data", str(SERVERS / f"{name}.data.yaml")])
    assert result.exit_code == 0, result.output
    assert "PASS" in result.output


def test_no_report_shows_the_credentials_of_anybody(contracts):
    verdict = found(contracts["tictactoe"], "tictactoe", tictactoe_flaws.TokenInAnswer, no_fuzzing=True)
    shown = report_of(verdict)
    secrets = [text for _, text in verdict.credentials]
    assert any(text.startswith("Bearer ey") for text in secrets)
    for render in (json_report.render, html.render, terminal.render):
        text = render(shown)
        assert "secrets-not-echoed" in text
        for secret in secrets:
            assert secret.rpartition(" ")[2] not in text
            assert secret.rpartition(".")[0].rpartition(" ")[2] not in text or "." not in secret
