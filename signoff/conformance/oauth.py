"""OAuth 2 tokens for users: the token request (RFC 6749), and where it is sent.

Credentials go to hosts that the user named: the target's, and that of `token-url` in the data file. A token
URL of the document counts only if it is on the target's host.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urljoin, urlsplit

from signoff.conformance.captures import filled_text
from signoff.conformance.exchange import Sent
from signoff.conformance.known_values import Capture, Step
from signoff.contract import SetupError, json_value
from signoff.contract.json_value import JsonSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signoff.conformance.captures import Captured
    from signoff.conformance.client import Sender
    from signoff.conformance.known_values import OAuth2
    from signoff.contract import Contract

TOKEN = "access_token"  # noqa: S105 - the name of the member
_FLOWS = {"client-credentials": "clientCredentials", "password": "password"}


def token_request(oauth2: OAuth2, url: str, captured: Mapping[str, Captured]) -> Step:
    """The request for a token; the response's `access_token` is captured.

    Raises:
        NotCapturedError: it uses a value that is not captured.
    """

    def text(value: str) -> str:
        return filled_text(value, captured)

    client_id, secret = text(oauth2.client_id), text(oauth2.client_secret)
    form = {"grant_type": oauth2.flow.replace("-", "_")}
    if oauth2.flow == "password":
        form |= {"username": text(oauth2.username), "password": text(oauth2.password)}
    if oauth2.scope:
        form["scope"] = text(oauth2.scope)
    form |= {name: text(value) for name, value in oauth2.parameters.items()}
    headers = {"Accept": "application/json"}
    if secret and not oauth2.is_secret_in_body:
        pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"  # RFC 6749, section 2.3.1
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        client = {"client_id": client_id, "client_secret": secret}
        form |= {name: value for name, value in client.items() if value}
    return Step(
        "POST",
        "",
        headers={name: _literal(value) for name, value in headers.items()},
        form={name: _literal(value) for name, value in form.items()},
        captures=(Capture(TOKEN, f"/{TOKEN}", None, None),),
        location=oauth2.location,
        url=url,
    )


def _literal(text: str) -> str:
    return text.replace("${", "$${")


class TokenEndpoints:
    """Finds the token endpoint of a user, once for each flow."""

    def __init__(self, contract: Contract, base_url: str, client: Sender) -> None:
        self._contract, self._base_url, self._client = contract, base_url, client
        self._found: dict[str, str] = {}

    def url(self, oauth2: OAuth2) -> str:
        """The URL that the data file names, or else that of the document if it is on the target's host.

        Raises:
            SetupError: there is none, or it is on another host.
        """
        if oauth2.token_url:
            return urljoin(f"{self._base_url}/", oauth2.token_url)
        if oauth2.flow not in self._found:
            self._found[oauth2.flow] = self._of_document(oauth2)
        return self._found[oauth2.flow]

    def _of_document(self, oauth2: OAuth2) -> str:
        for url in self._stated(_FLOWS[oauth2.flow]):
            return self._on_target(url, "token URL", oauth2)
        for scheme in self._contract.security_schemes.values():
            if scheme.get("type") == "openIdConnect":
                return self._discovered(str(scheme.get("openIdConnectUrl", "")), oauth2)
        raise SetupError(
            f"{self._contract.source_name} has no token URL for the flow {oauth2.flow}",
            suggestion="Add `token-url` to `oauth2` in the data file.",
            location=oauth2.location,
        )

    def _stated(self, flow: str) -> Iterator[str]:
        for scheme in self._contract.security_schemes.values():
            flows = scheme.get("flows")
            entry = flows.get(flow) if isinstance(flows, dict) else None
            if isinstance(entry, dict) and entry.get("tokenUrl"):
                yield str(entry["tokenUrl"])

    def _on_target(self, url: str, what: str, oauth2: OAuth2) -> str:
        absolute = urljoin(f"{self._base_url}/", url)
        if origin(absolute) != origin(self._base_url):
            raise SetupError(
                f"the document's {what} {absolute} is not on the target's host, so nothing was sent there",
                suggestion="Add `token-url` to `oauth2` in the data file to use that host.",
                location=oauth2.location,
            )
        return absolute

    def _discovered(self, url: str, oauth2: OAuth2) -> str:
        """The token endpoint that OpenID Connect Discovery gives; no credentials are sent."""
        address = self._on_target(url, "OpenID Connect URL", oauth2)
        received = self._client.send(Sent("GET", address, (("Accept", "application/json"),), b""))
        try:
            value = json_value.parse(received.body)
        except JsonSyntaxError:
            value = None
        endpoint = value.get("token_endpoint") if isinstance(value, dict) else None
        if received.status != 200 or not isinstance(endpoint, str):
            got = received.fault or f"{received.status} without a `token_endpoint`"
            raise SetupError(
                f"GET {address} got {got}",
                suggestion="Add `token-url` to `oauth2` in the data file.",
                location=oauth2.location,
            )
        return self._on_target(endpoint, "token endpoint", oauth2)


def origin(url: str) -> tuple[str, str, int | None]:
    """The scheme, host and port of a URL."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port
