"""Documents that nobody here wrote: every operation answers a valid success."""

import pytest

import signoff
from tests.conftest import DOCUMENTS, PUBLISHED
from tests.mock.published import outcome_of


@pytest.mark.parametrize("document", PUBLISHED, ids=lambda path: path.name)
def test_every_operation_answers_a_success_that_validates(document):
    outcome = outcome_of(document)
    assert outcome.faults == []
    assert outcome.successes == outcome.operations
    assert outcome.judged + outcome.undescribed == outcome.operations


def test_the_large_document_has_what_it_says():
    assert len(signoff.load(DOCUMENTS / "everruns-2026-01.json").operations) == 39
