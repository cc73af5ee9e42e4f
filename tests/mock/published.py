"""The documents that nobody here wrote, each served and asked for everything it has.

`python -m tests.mock.published` prints a table of what came of it.
"""

import time
from dataclasses import dataclass, field

import httpx2
import yaml

import signoff
from signoff.generate import Generator
from signoff.mock import Settings, create_app
from tests.conftest import PUBLISHED, running
from tests.oracle import Oracle
from tests.sound_requests import sound_request


@dataclass
class Outcome:
    """What one document's mock answers.

    Attributes:
        judged: how many answers openapi-core judged and found nothing wrong with.
        undescribed: how many operations document no response, so that there is nothing to judge by.
        faults: each response that is not a success, or not valid.
        start_ms: loading the document and making the application.
        answer_ms: a request and its answer, the mean of the first one of each operation.
    """

    name: str
    version: str
    operations: int
    warnings: int
    successes: int = 0
    judged: int = 0
    undescribed: int = 0
    start_ms: float = 0.0
    answer_ms: float = 0.0
    faults: list[str] = field(default_factory=list)


def outcome_of(document):
    """Serve a document and send each of its operations a request that keeps the contract."""
    started = time.perf_counter()
    contract = signoff.load(document, strict=False)
    app = create_app(contract, Settings(auth=False))
    start_ms = (time.perf_counter() - started) * 1000
    found = Outcome(
        document.name if document.name != "swagger.yaml" else f"{document.parent.name}/{document.name}",
        contract.openapi,
        len(contract.operations),
        len(contract.warnings),
        start_ms=start_ms,
    )
    published = yaml.safe_load(document.read_text())
    if contract.openapi == "2.0":  # which openapi-core does not judge by; the converted document will do
        published = contract.document
    oracle = Oracle(published)
    generator = Generator(contract.schemas, 0)
    with running(app) as origin, httpx2.Client(base_url=origin, timeout=30) as client:
        for number, operation in enumerate(contract.operations):
            request = sound_request(operation, generator)
            # What one operation deletes, others are asked for.
            request.headers["Signoff-Session"] = f"operation {number}"
            started = time.perf_counter()
            response = client.request(
                request.method, request.target, headers=request.headers, content=request.body
            )
            found.answer_ms += (time.perf_counter() - started) * 1000 / len(contract.operations)
            if not 200 <= response.status_code < 300:
                found.faults.append(f"{operation.label}: {response.status_code} {response.text[:300]}")
                continue
            found.successes += 1
            if not operation.responses:
                found.undescribed += 1
                continue
            complaint = oracle.complaint(operation.method, operation.path, response)
            found.judged += not complaint
            found.faults += [f"{operation.label}: {complaint}"] if complaint else []
    return found


def main():
    """Print the table."""
    print("| Document | Version | Operations | Successes | Judged valid | Warnings | Start ms | Answer ms |")
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    for document in PUBLISHED:
        row = outcome_of(document)
        judged = f"{row.judged}" + (f" ({row.undescribed} undescribed)" if row.undescribed else "")
        print(
            f"| {row.name} | {row.version} | {row.operations} | {row.successes} | {judged} "
            f"| {row.warnings} | {row.start_ms:.0f} | {row.answer_ms:.1f} |"
        )
        for fault in row.faults:
            print(f"  {fault}")


if __name__ == "__main__":
    main()
