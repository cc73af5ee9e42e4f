"""Fuzzing of Signoff itself.

Documents by `python -m tests.fuzzing.documents`, requests by `python -m tests.fuzzing.requests`.
"""
