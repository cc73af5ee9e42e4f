"""The items of one session, in the store of the mock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signoff.contract import DataError
from signoff.mock.problems import ProblemError
from signoff.mock.state import ConflictError, StoreDownError, StoreError, StoreFullError, Transaction
from signoff.mock.state.contents import contents, forget_contents, replace_contents

if TYPE_CHECKING:
    from collections.abc import Callable

    from signoff.contract import JsonObject
    from signoff.mock.state import State, Store
    from signoff.mock.state.contents import Worlds

_MAX_CONFLICTS = 200


@dataclass(frozen=True, slots=True)
class SessionState:
    """Reads and changes the items of a session.

    Attributes:
        store: keeps what clients write.
        worlds: the generated entities.
        session: the session.
    """

    store: Store
    worlds: Worlds
    session: str

    async def contents(self, resource: str = "") -> JsonObject:
        """The items by resource.

        Raises:
            ProblemError: the resource does not exist, there are too many items, or the store is down.
        """
        found, written = self._shown(await self._load(), resource)
        return {"resources": found, "written": list(written)}

    def _shown(self, state: State, resource: str) -> tuple[JsonObject, list[str]]:
        try:
            return contents(self.worlds, state, resource)
        except DataError as error:
            name = "unknown_resource" if "unknown" in error.message else "invalid_items"
            raise _problem(error, name) from None

    async def replace(self, resources: JsonObject) -> JsonObject:
        """Give resources exactly these items.

        Raises:
            ProblemError: a resource is unknown, an item is invalid, or the store is full or down.
        """

        def change(transaction: Transaction) -> None:
            try:
                replace_contents(self.worlds, transaction, resources)
            except DataError as error:
                raise _problem(error, "invalid_items") from None

        await self._change(change)
        state = await self._load()
        shown = {name: self._shown(state, name)[0][name] for name in resources}
        return {"resources": shown, "written": list(resources)}

    async def reset(self, resource: str = "") -> None:
        """Give a resource, or all of them, their initial items again.

        Raises:
            ProblemError: the resource does not exist, or the store is down.
        """

        def change(transaction: Transaction) -> None:
            try:
                forget_contents(self.worlds, transaction, resource)
            except DataError as error:
                raise _problem(error, "unknown_resource") from None

        if resource:
            await self._change(change)
            return
        try:
            await self.store.clear(self.session)
        except StoreError as error:
            raise ProblemError("state_unavailable", reason=error) from None

    async def _load(self) -> State:
        try:
            return await self.store.load(self.session)
        except StoreDownError as error:
            raise ProblemError("state_unavailable", reason=error) from None

    async def _change(self, change: Callable[[Transaction], None]) -> None:
        for _ in range(_MAX_CONFLICTS):
            transaction = Transaction(await self._load())
            change(transaction)
            try:
                await self.store.commit(self.session, transaction)
            except ConflictError:
                continue
            except StoreFullError as error:
                raise ProblemError("state_full", reason=error) from None
            except StoreDownError as error:
                raise ProblemError("state_unavailable", reason=error) from None
            return
        raise ProblemError(
            "state_unavailable", reason=f"other requests changed the session {_MAX_CONFLICTS} times"
        )


def _problem(error: DataError, name: str) -> ProblemError:
    """The problem for items that don't fit; `errors` has their place in the body."""
    reason = " ".join(part for part in (f"{error.message}.", error.suggestion) if part)
    pointer = error.location.pointer if error.location else ""
    errors: list[JsonObject] = []
    if name == "invalid_items":
        errors = [{"pointer": f"/resources{pointer}", "detail": error.message}]
    return ProblemError(name, errors=errors, reason=f"{reason[:1].upper()}{reason[1:]}")
