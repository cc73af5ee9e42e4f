"""Errors of the value generator."""


class CannotGenerateError(Exception):
    """No value that matches the schema was found; the message says why."""


class ContradictionError(Exception):
    """Two schemas that no value satisfies together."""


class ExhaustedError(Exception):
    """The step limit of one value is reached."""
