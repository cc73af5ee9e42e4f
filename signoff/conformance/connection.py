"""How to connect to the target: certificates, and the proxy."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpcore2

from signoff.contract import SetupError


@dataclass(frozen=True, slots=True)
class Connection:
    """How to connect.

    Attributes:
        verify: whether certificates are checked, or the path of a CA bundle.
        cert: the path of a client certificate (PEM); empty for none.
        key: the path of its private key; empty if the certificate's file has it.
        proxy: the URL of an HTTP proxy; empty for none. Proxies of the environment are not used.
    """

    verify: bool | str = True
    cert: str = ""
    key: str = ""
    proxy: str = ""

    def pool(
        self, backend: httpcore2.NetworkBackend, tls: ssl.SSLContext, *, kept: bool = True
    ) -> httpcore2.ConnectionPool:
        """Connections that `backend` opens.

        Args:
            backend: opens them.
            tls: the context of `tls()`.
            kept: whether a connection is used again.

        Raises:
            SetupError: the URL of the proxy is invalid.
        """
        kept_at_most = None if kept else 0
        if not self.proxy:
            return httpcore2.ConnectionPool(
                ssl_context=tls,
                network_backend=backend,
                max_connections=None,
                max_keepalive_connections=kept_at_most,
            )
        try:
            parts = urlsplit(self.proxy if "://" in self.proxy else f"http://{self.proxy}")
            scheme, host, port = parts.scheme, parts.hostname, parts.port
        except ValueError:
            scheme, host, port = "", None, None
        if scheme not in ("http", "https") or not host:
            raise SetupError(
                f"--proxy {self.proxy!r} is not the URL of an HTTP proxy",
                suggestion="Use a URL such as http://127.0.0.1:8080.",
            )
        name = f"[{host}]" if ":" in host else host
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return httpcore2.HTTPProxy(
            proxy_url=f"{scheme}://{name}:{port or (443 if scheme == 'https' else 80)}",
            proxy_auth=(user.encode(), password.encode()) if user else None,
            ssl_context=tls,
            network_backend=backend,
            max_connections=None,
            max_keepalive_connections=kept_at_most,
        )

    def tls(self) -> ssl.SSLContext:
        """The context for TLS. To read the certificates of the machine takes 20 ms.

        Raises:
            SetupError: a file is invalid.
        """
        bundle = self.verify if isinstance(self.verify, str) else None
        try:
            context = ssl.create_default_context(cafile=bundle)
        except (OSError, ssl.SSLError) as error:
            raise SetupError(
                f"cannot read certificates from {bundle}: {error.strerror or error}",
                suggestion="--cacert requires a CA bundle in PEM format.",
            ) from None
        if self.verify is False:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.cert:
            try:  # an encrypted key is an error, never a question on the terminal
                context.load_cert_chain(self.cert, self.key or None, password="")
            except (OSError, ssl.SSLError, ValueError) as error:
                files = f"{self.cert} and {self.key}" if self.key else self.cert
                raise SetupError(
                    f"cannot read the client certificate from {files}: {error}",
                    suggestion="--cert requires a certificate, and --key its unencrypted key, in PEM format.",
                ) from None
        return context
