"""openapi-core judges the mock's answers too, so that our own validator does not mark its own homework."""

from __future__ import annotations

from signoff.conformance.exchange import Received
from signoff.conformance.second_opinion import SecondOpinion


class Oracle:
    """Judges answers by a document, given as published."""

    def __init__(self, document):
        self._opinion = SecondOpinion(document)

    def complaint(self, method, template, response):
        """What is wrong with an httpx2 response to a method of a path, empty when nothing is."""
        received = Received(response.status_code, tuple(response.headers.items()), response.content, 0.0)
        found = self._opinion.response(method, template, received)
        return "; ".join(complaint.text for complaint in found)
