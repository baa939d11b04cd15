# SPDX-License-Identifier: Apache-2.0
"""A log behind https: read where the certificate is trusted, refused where it is not."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from ledger.errors import EnvironmentFault
from tests.malicious.forger import Forger
from tests.verifier.reading.folder_server import serving
from tests.worlds import make_world
from verifier.reading.web_source import open_web

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def certify(folder: Path) -> None:
    """A certificate of 127.0.0.1 by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(private)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """An honest log behind TLS."""
    certify(tmp_path)
    Forger(make_world()).export(tmp_path / "log")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with serving(tmp_path / "log", tls=context) as shelf:
        yield shelf.address


@pytest.mark.loopback
def test_a_trusted_certificate(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is read, the whole answer with a time limit as by http."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with closing(open_web(address)) as source:
        assert source.size == 1
        assert len(list(source.entries(0, 1))) == 1
    clock = iter(range(0, 10_000, 1_000))
    with pytest.raises(EnvironmentFault, match="takes too long"):
        open_web(address, pause=lambda _seconds: None, clock=lambda: float(next(clock)))


@pytest.mark.loopback
def test_an_unknown_certificate(address: str) -> None:
    """Whoever is in between is not read."""
    with pytest.raises(EnvironmentFault, match="CERTIFICATE_VERIFY_FAILED"):
        open_web(address, pause=lambda _seconds: None)
