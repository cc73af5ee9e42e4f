"""The requests that `mock_throughput` sends, as scripts of wrk."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from signoff import reference_project

MUSEUM = Path(__file__).parent.parent / "tests" / "documents" / "museum.yaml"
_EXPORT = "/v1/reports/saved/2489e9ad-2ee2-8e00-8ec9-32d5f69181c0/export"
_EVENT = "/special-events/dad4bce8-f5cb-4078-a211-995864315e39"
_JSON = {"Content-Type": "application/json"}
_CREDENTIALS = {"Authorization": "Basic dmlzaXRvcjp3ZWxjb21l"}
# In turn an item, a page of the list, and a create. The clock keeps runs of wrk apart.
_VARIED = """
local number = os.time() % 1000000 * 1000000
request = function()
  number = number + 1
  local kind = number % 3
  if kind == 0 then
    local id = string.format("%08x-0000-4000-8000-%012x", number % 4294967296, number)
    return wrk.format("GET", base .. "/special-events/" .. id)
  elseif kind == 1 then
    local day = string.format("%04d-%02d-%02d", 1000 + number % 9000, 1 + number % 12, 1 + number % 28)
    local query = string.format("?startDate=%s&page=%d&limit=12", day, number)
    return wrk.format("GET", base .. "/special-events" .. query)
  end
  local event = '{"name":"Event %d","location":"Hall %d","eventDescription":"Number %d",' ..
    '"dates":["2031-05-06"],"price":%d}'
  return wrk.format("POST", base .. "/special-events", nil, event:format(number, number, number, number % 90))
end
"""


@dataclass(frozen=True)
class Load:
    """Requests for one document: the first one, and a script for those that follow if they differ from it."""

    title: str
    document: Path
    base_path: str
    path: str
    method: str = "GET"
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    varied: str = ""

    def script(self, base_path: str) -> str:
        """The script of wrk for a server that serves the document under `base_path`."""
        headers = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in self.headers.items())
        body = f"wrk.body = '{self.body}'\n" if self.body else ""
        return f'local base = "{base_path}"\nwrk.method = "{self.method}"\n{body}{headers}{self.varied}'


def _museum(title: str, path: str, varied: str = "") -> Load:
    base_path = "/_mock/docs/openapi/museum-api"
    return Load(title, MUSEUM, base_path, path, headers=_JSON | _CREDENTIALS, varied=varied)


EXPORT = Load(
    "the same export", reference_project().document, "/api", _EXPORT, "POST", '{"format":"csv"}', _JSON
)
LOADS = {
    "export": EXPORT,
    "item": _museum("the same item", _EVENT),
    "list": _museum("the same list of 12", "/special-events?limit=12"),
    "varied": _museum("no two alike: items, pages, creates", _EVENT, _VARIED),
}
