"""A cache for functions of texts that clients send: it keeps the results of short ones only.

`functools.lru_cache` bounds the number of results, not their size, so that long texts would fill the memory.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_LONGEST = 1024


def keep_short(
    maxsize: int,
) -> Callable[[Callable[_Parameters, _Result]], Callable[_Parameters, _Result]]:
    """Keep up to `maxsize` results of a function whose arguments are texts, unless these are long."""

    def decorated(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
        # The type of `lru_cache` forgets the parameters.
        kept = cast("Callable[_Parameters, _Result]", lru_cache(maxsize)(function))

        @wraps(function)
        def called(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
            size = 0
            for text in args:  # a loop: this is called for every request, many times
                if isinstance(text, (str, bytes)):
                    size += len(text)
            return kept(*args, **kwargs) if size <= _LONGEST else function(*args, **kwargs)

        return called

    return decorated
