"""Why a value cannot be made."""


class CannotGenerateError(Exception):
    """No value was found that satisfies the schema; the message says what stands in the way."""


class ContradictionError(Exception):
    """Two schemas that no value satisfies together."""


class ExhaustedError(Exception):
    """The steps that one value may take are used up."""
