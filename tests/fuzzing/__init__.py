"""Fuzzing of Signoff itself: documents by `python -m tests.fuzzing.documents`, requests by `python -m tests.fuzzing.requests`."""
