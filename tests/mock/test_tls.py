"""HTTPS, with a certificate of one's own or a throw-away one."""

import re
import ssl

import httpx2
import pytest
import trustme
from click.testing import CliRunner

from signoff.cli import main
from tests.conftest import DOCUMENTS
from tests.processes import Process

DOCUMENT = str(DOCUMENTS / "museum.yaml")


def asked(arguments, authority=None):
    """The status of a request to a mock with these arguments, and what the mock printed first."""
    command = ["signoff", "mock", DOCUMENT, "--port", "0", *arguments]
    with Process(command) as process:
        try:
            lines = []
            while not lines or not lines[-1].startswith("Press"):
                lines.append(process.stdout.readline())
                assert process.poll() is None
            printed = "".join(lines)
            origin = re.search(r"https://127.0.0.1:\d+", printed)[0]
            if authority is None:
                context = ssl.create_default_context(cafile=re.search(r"CA certificate +(.*)", printed)[1])
            else:
                context = ssl.create_default_context()
                authority.configure_trust(context)
            for host in ("127.0.0.1", "localhost"):
                address = origin.replace("127.0.0.1", host)
                found = httpx2.get(f"{address}/nowhere", verify=context).status_code
            return found, printed
        finally:
            process.terminate()
            process.wait(timeout=10)


def test_a_throw_away_certificate_is_trusted_by_its_authority():
    assert asked(["--https"])[0] == 404


@pytest.mark.parametrize("is_one_file", [True, False])
def test_a_certificate_of_ones_own(tmp_path, is_one_file):
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost", "127.0.0.1")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    if is_one_file:
        leaf.private_key_and_cert_chain_pem.write_to_path(str(certificate))
        arguments = ["--tls-cert", str(certificate)]
    else:
        leaf.cert_chain_pems[0].write_to_path(str(certificate))
        leaf.private_key_pem.write_to_path(str(key))
        arguments = ["--tls-cert", str(certificate), "--tls-key", str(key)]
    status, printed = asked(arguments, authority)
    assert status == 404
    assert "CA certificate" not in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tls-key", "key.pem"], "--tls-key needs --tls-cert"),
        (["--tls-cert", "none.pem"], "cannot read none.pem"),
        (["--tls-cert", "cert.pem"], "cannot use the certificate cert.pem"),
        (["--tls-cert", "cert.pem", "--tls-key", "none.pem"], "cannot read none.pem"),
        (["--tls-cert", "text.pem"], "cannot use the certificate text.pem"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(tmp_path, monkeypatch, arguments, message):
    trustme.CA().issue_cert("localhost").cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    (tmp_path / "text.pem").write_text("no certificate")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["mock", DOCUMENT, "--port", "0", *arguments])
    assert result.exit_code == 2
    assert message in result.output


def test_without_the_library_the_message_names_it(monkeypatch):
    monkeypatch.setattr("signoff.mock.tls.find_spec", lambda name: None)
    result = CliRunner().invoke(main, ["mock", DOCUMENT, "--port", "0", "--https"])
    assert result.exit_code == 2
    assert "signoff[https]" in result.output
