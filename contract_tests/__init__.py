"""The proof: contract tests of any server, on Schemathesis."""

from contract_tests.suite import Options, Verdict, run
from contract_tests.target_data import KnownValues, TargetData, load_data

__all__ = ["KnownValues", "Options", "TargetData", "Verdict", "load_data", "run"]
