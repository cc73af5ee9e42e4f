"""One test per operation of the document: `pytest contract_tests --target URL`."""

from pathlib import Path

from signoff.conformance import signoff_contract

test_contract = signoff_contract(checks=[str(Path(__file__).parent / "checks")])
