"""Work in slices: so that values that take long do not hold up the thread that asked for them.

Inside `Slices.running`, a generator takes a limited number of steps. What is not ready by then is raised as
`TakesLongError`, and can be made in another thread; the caller then starts again, and is given all that was
made so far at once. Steps are counted, not seconds: the same request takes the same slices on any machine.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from signoff.generate.errors import CannotGenerateError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from signoff.contract.json_value import JsonValue

    Make: TypeAlias = Callable[["Slice | None"], JsonValue]

_Found = TypeVar("_Found")
STEPS = 1_000  # of one slice: about 20 ms
BASE_STEPS = 5  # what any value takes


class Slice:
    """What is left of a slice.

    Attributes:
        left: how many steps may still be taken.
    """

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = STEPS


class TakesLongError(BaseException):
    """A value is not ready when its slice ends. Not an `Exception`: no code in between is to handle it.

    Attributes:
        make: makes the value, in any thread.
    """

    def __init__(self, make: Callable[[], None]) -> None:
        super().__init__()
        self.make = make


class Slices:
    """The slices of one piece of work, such as a request. Values that are made in them are kept."""

    __slots__ = ("_done", "_found", "_slice")

    def __init__(self) -> None:
        self._found: dict[Hashable, JsonValue | CannotGenerateError] = {}
        self._done: dict[Hashable, Any] = {}
        self._slice = Slice()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run one slice."""
        self._slice = Slice()
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)

    def value(self, key: Hashable, make: Make) -> JsonValue:
        """The value of that key, made with the steps that are left.

        Raises:
            CannotGenerateError: there is none.
            TakesLongError: they do not suffice.
        """
        if key not in self._found:
            self._slice.left -= BASE_STEPS
            try:
                self._keep(key, make, self._slice)
            except OutOfStepsError:
                raise TakesLongError(lambda: self._keep(key, make, None)) from None
        found = self._found[key]
        if isinstance(found, CannotGenerateError):
            raise found
        return found

    def elsewhere(self, key: Hashable, work: Callable[[], _Found]) -> _Found:
        """What `work` returns, always in another thread; `key` is its own.

        Raises:
            TakesLongError: it is still to be done.
        """
        if key not in self._done:
            raise TakesLongError(lambda: self._done.update({key: work()}))
        found: _Found = self._done[key]
        return found

    def _keep(self, key: Hashable, make: Make, within: Slice | None) -> None:
        try:
            self._found[key] = make(within)
        except CannotGenerateError as error:
            self._found[key] = error


class OutOfStepsError(Exception):
    """The slice has no steps left."""


_CURRENT: ContextVar[Slices | None] = ContextVar("slices", default=None)
current_slices = _CURRENT.get
