"""Handlers of the user's own: functions as Connexion calls them.

A function is found as Connexion's resolver finds it: by operationId in the module, or in the module of
the same package that `x-openapi-router-controller` names. It is called with the parameters of the
operation that it has arguments for, and with `body`; it returns a body, or a tuple of body, status and
headers.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from connexion.decorators.parameter import pythonic, sanitized
from connexion.exceptions import ProblemException, ResolverError
from connexion.jsonifier import Jsonifier
from connexion.lifecycle import ConnexionResponse
from connexion.resolver import Resolver
from starlette.responses import Response

from signoff.contract import SetUpError
from signoff.mock.handlers import Reply

if TYPE_CHECKING:
    from types import ModuleType

    from signoff.contract import Contract, Operation
    from signoff.contract.json_value import JsonObject, JsonValue
    from signoff.contract.requests import ParsedRequest

Function = Callable[["ParsedRequest"], Awaitable[Reply]]


class Functions:
    """The functions of one module, and of those that a document names.

    Args:
        module: its dotted name, or the path of a Python file.

    Raises:
        SetUpError: it cannot be imported.
    """

    def __init__(self, module: str) -> None:
        self.name = _on_path(module)
        self.module: ModuleType = _imported(self.name)
        self._read_at = self._changed_at()

    @property
    def files(self) -> tuple[str, ...]:
        """The file of the module, for watching."""
        file = getattr(self.module, "__file__", None)
        return (file,) if file else ()

    def count(self, contracts: Iterable[Contract]) -> int:
        """How many operations of these contracts have a function."""
        operations = [operation for contract in contracts for operation in contract.operations]
        return sum(self.function_for(operation) is not None for operation in operations)

    def reload(self) -> None:
        """Read the module again if its file has changed; else its functions keep their state.

        Raises:
            SetUpError: it cannot be imported any more; the functions stay as they were.
        """
        if self._changed_at() != self._read_at:
            self.module = _imported(self.name, again=True)
            self._read_at = self._changed_at()

    def _changed_at(self) -> list[int]:
        return [Path(file).stat().st_mtime_ns for file in self.files if Path(file).exists()]

    def function_for(self, operation: Operation) -> Function | None:
        """What answers an operation; None where it stays mocked.

        Raises:
            SetUpError: the name leads to something that cannot be called, or takes arguments that the
                operation has no parameters for.
        """
        extensions = operation.extensions
        stated = extensions.get("x-openapi-router-controller") or extensions.get(
            "x-swagger-router-controller"
        )
        controller = str(stated or self.name)
        if " " in operation.id or not self._is_own(controller):
            return None  # no operationId in the document, or a module that the user has not named
        found = self._resolved(f"{controller}.{operation.id}")
        if found is None or not self._is_own(str(getattr(found, "__module__", ""))):
            return None
        if not callable(found):
            raise SetUpError(f"{controller}.{operation.id} is no function, it is {type(found).__name__}")
        return _adapted(found, operation)

    def _is_own(self, module: str) -> bool:
        """Whether a module belongs to the user's package: a document may not reach for any other code."""
        return module.partition(".")[0] == self.name.partition(".")[0]

    @staticmethod
    def _resolved(name: str) -> Any:  # noqa: ANN401 - whatever stands there
        """What a dotted name leads to; where it is no name in Python, with underscores: `list_data_sets`."""
        for spelling in dict.fromkeys((name, re.sub(r"[^\w.]", "_", name))):
            try:
                return Resolver().resolve_function_from_operation_id(spelling)  # type: ignore[no-untyped-call]
            except ResolverError:
                continue
        return None


def _on_path(module: str) -> str:
    """The dotted name of a module or Python file, which can be imported from then on."""
    file = Path(module)
    is_file = file.suffix == ".py"
    folder = str((file.parent if is_file else Path()).absolute())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return file.stem if is_file else module


def _imported(name: str, *, again: bool = False) -> ModuleType:
    try:
        importlib.invalidate_caches()
        return importlib.reload(sys.modules[name]) if again else importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - importing runs anybody's code
        reason = str(error).splitlines()[0] if str(error) else ""
        raise SetUpError(
            f"the handlers module {name!r} cannot be imported: {type(error).__name__}: {reason}",
            mend="Name a module that Python finds from here, or the path of its file.",
        ) from None


def _adapted(function: Callable[..., Any], operation: Operation) -> Function:
    """`function` as a handler: its arguments from the request, its result as a reply."""
    arguments = inspect.signature(function).parameters
    takes_all = any(argument.kind is argument.VAR_KEYWORD for argument in arguments.values())
    names = {
        name: (parameter.location, parameter.name)
        for parameter in operation.parameters
        for name in (pythonic(parameter.name), sanitized(parameter.name))
    }
    for name, argument in arguments.items():
        is_needed = argument.default is argument.empty and argument.kind not in (
            argument.VAR_KEYWORD,
            argument.VAR_POSITIONAL,
        )
        if is_needed and name != "body" and name not in names and not _is_form_member(operation, name):
            raise SetUpError(
                f"the handler {operation.id} takes {name!r}, which {operation.label} has no parameter for",
                mend="Arguments are named for parameters of the operation, or `body`.",
            )

    def chosen(request: ParsedRequest) -> dict[str, Any]:
        members = request.body if isinstance(request.body, dict) else {}
        known: dict[str, Any] = {**members, "body": request.body}
        known |= {
            name: request.parameters.get(key) for name, key in names.items() if key in request.parameters
        }
        wanted = known if takes_all else {name: known[name] for name in arguments if name in known}
        absent = [name for name in arguments if name in names and name not in wanted]
        needed = [name for name in absent if arguments[name].default is inspect.Parameter.empty]
        return {**wanted, **dict.fromkeys(needed)}

    async def handle(request: ParsedRequest) -> Reply:
        values = chosen(request)
        try:
            if inspect.iscoroutinefunction(function):
                result = await function(**values)
            else:
                result = await to_thread.run_sync(lambda: function(**values))
        except ProblemException as error:
            return _of_response(error.to_problem())  # type: ignore[no-untyped-call]
        return reply_of(result)

    return handle


def _is_form_member(operation: Operation, name: str) -> bool:
    body = operation.request_body
    schemas = [offer.schema for offer in body.content if offer.schema] if body else []
    members: list[JsonObject] = [schema.schemas.resolved(schema.raw) for schema in schemas]
    return any(isinstance(held := raw.get("properties"), dict) and name in held for raw in members)


def reply_of(result: Any) -> Reply:  # noqa: ANN401 - whatever a function returns
    """The reply that a function's result stands for: a body, `(body, status)`, `(body, status, headers)`,
    `(body, headers)`, or a response of Connexion or Starlette.
    """  # noqa: D205 - the list is the sentence
    if isinstance(result, ConnexionResponse | Response):
        return _of_response(result)
    if not isinstance(result, tuple):
        return Reply(None, _plain(result))
    body, *rest = result
    status = next((part for part in rest if isinstance(part, int)), None)
    fields: Mapping[str, Any] = next((part for part in rest if isinstance(part, Mapping)), {})
    headers = {str(name): str(value) for name, value in fields.items()}
    media_type = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
    return Reply(status, _plain(body), headers, media_type)


def _of_response(response: ConnexionResponse | Response) -> Reply:
    headers = {str(name): str(value) for name, value in dict(response.headers or {}).items()}
    media_type = response.headers.get("content-type") if isinstance(response, Response) else response.mimetype
    body = response.body
    data = body.encode() if isinstance(body, str) else bytes(body or b"")
    plain: JsonValue | bytes = data or None
    if media_type and "json" in media_type and data:
        plain = json.loads(data)
    return Reply(response.status_code, plain, headers, media_type)


def _plain(body: Any) -> JsonValue | bytes:  # noqa: ANN401 - whatever a function returns
    """The JSON value that a result stands for: dates, UUIDs and decimals as Connexion writes them."""
    if body is None or isinstance(body, str | bytes):
        return body
    found: JsonValue = json.loads(Jsonifier().dumps(body))  # type: ignore[no-untyped-call]
    return found
