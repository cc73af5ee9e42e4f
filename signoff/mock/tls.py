"""Certificates for HTTPS: those of the user, or a throw-away one.

A throw-away certificate is signed by an authority that is made for this run and forgotten afterwards. Clients
that should trust it get the authority's certificate in a file.
"""

from __future__ import annotations

import atexit
import shutil
import ssl
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from signoff.contract import SetupError

_NAMES = ("localhost", "127.0.0.1", "::1")


def own_certificate(certificate: str, key: str) -> ssl.SSLContext:
    """The context for a certificate (with its chain) and its key, both in PEM files.

    Raises:
        SetupError: they can't be read, or don't belong together.
    """
    context = _context()
    try:
        context.load_cert_chain(certificate, key or None, password=_no_password)
    except ssl.SSLError as error:
        raise SetupError(
            f"cannot use the certificate {certificate}: {error.reason or error}",
            suggestion="Use PEM files that belong together, the key without a password.",
        ) from None
    except OSError as error:
        named = error.filename or (certificate if not Path(certificate).is_file() else key)
        raise SetupError(f"cannot read {named}: {error.strerror}") from None
    return context


def throwaway_certificate(host: str) -> tuple[ssl.SSLContext, Path]:
    """The context for a new certificate of this machine and `host`, and the file of its authority.

    Raises:
        SetupError: the library that makes it is not installed.
    """
    if not find_spec("trustme"):
        raise SetupError(
            "--https without a certificate needs trustme",
            suggestion="Install it (pip install 'signoff[https]'), or use --tls-cert and --tls-key.",
        )
    authority = import_module("trustme").CA()
    context = _context()
    authority.issue_cert(*dict.fromkeys((*_NAMES, host.partition("%")[0]))).configure_cert(context)
    folder = Path(tempfile.mkdtemp(prefix="signoff-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, file


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _no_password() -> str:
    """Called for an encrypted key, instead of asking on the terminal."""
    return ""
