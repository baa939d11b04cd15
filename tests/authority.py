# SPDX-License-Identifier: Apache-2.0
"""A time-stamp authority of the tests' own: certificates made when the test runs, tokens signed by `openssl ts`.

authority = Authority.make(folder)
token = authority.stamp(query_for(data).data)
openssl_accepts(token, data, authority.roots_file)
"""

from __future__ import annotations

import contextlib
import datetime
import subprocess
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ledger.timestamp import QUERY_TYPE, REPLY_TYPE, Roots, parse_roots, query_for
from tests.answering import answering

if TYPE_CHECKING:
    from collections.abc import Iterator

Purposes = tuple[x509.ObjectIdentifier, ...]

_STAMPS: Final = ExtendedKeyUsageOID.TIME_STAMPING
_CONFIG: Final = """[tsa]
default_tsa = here
[here]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An authority with its files in `folder`: `root.pem`, `signer.pem`, `signer.key`."""

    folder: Path

    @classmethod
    def make(
        cls, folder: Path, *, name: str = "Test TSA", days: tuple[int, int] = (-30, 30), also: Purposes = ()
    ) -> Authority:
        """A new authority whose signing certificate is valid from and to so many days from today.

        `also` are purposes of that certificate beside time stamps.
        """
        folder.mkdir(parents=True, exist_ok=True)
        root_key, root = _certificate(f"{name} Root", (-300, 300))
        key, signer = _certificate(name, days, above=(root_key, root), purposes=(_STAMPS, *also))
        (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
        (folder / "signer.pem").write_bytes(signer.public_bytes(Encoding.PEM))
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "signer.key").write_bytes(private)
        (folder / "tsa.cnf").write_text(_CONFIG, "ascii")
        (folder / "serial").write_text("01\n", "ascii")
        return cls(folder=folder)

    @property
    def roots_file(self) -> Path:
        """The root certificate, as an auditor brings it."""
        return self.folder / "root.pem"

    @property
    def roots(self) -> Roots:
        """The same, read."""
        return parse_roots(self.roots_file.read_bytes(), place="root.pem")

    def stamp(self, query: bytes) -> bytes:
        """The answer of `openssl ts -reply` to a query."""
        (self.folder / "query.tsq").write_bytes(query)
        command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq"]
        command += ["-signer", "signer.pem", "-inkey", "signer.key", "-out", "answer.tsr"]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "answer.tsr").read_bytes()

    def token_over(self, data: bytes) -> bytes:
        """A token over `data`."""
        return self.stamp(query_for(data).data)

    def resigned(self, token: bytes, signer: Authority) -> bytes:
        """What `token` says, signed by `signer` as any CMS message: what `openssl ts` itself would refuse to sign."""
        (self.folder / "old.tsr").write_bytes(token)
        step = ["openssl", "ts", "-reply", "-in", "old.tsr", "-token_out", "-out", "old.p7"]
        subprocess.run(step, cwd=self.folder, check=True, capture_output=True)
        step = [
            "openssl",
            "cms",
            "-verify",
            "-noverify",
            "-inform",
            "DER",
            "-in",
            "old.p7",
            "-out",
            "info.der",
        ]
        subprocess.run(step, cwd=self.folder, check=True, capture_output=True)
        step = [
            "openssl",
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-cades",
            "-md",
            "sha256",
            "-in",
            "info.der",
        ]
        step += ["-econtent_type", "1.2.840.113549.1.9.16.1.4", "-outform", "DER", "-out", "new.p7"]
        step += ["-signer", str(signer.folder / "signer.pem"), "-inkey", str(signer.folder / "signer.key")]
        subprocess.run(step, cwd=self.folder, check=True, capture_output=True)
        body = b"\x30\x03\x02\x01\x00" + (self.folder / "new.p7").read_bytes()
        return b"\x30\x82" + len(body).to_bytes(2, "big") + body

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        """The address of this authority behind HTTP (RFC 3161 §3.4)."""

        class Desk(BaseHTTPRequestHandler):
            def do_POST(desk) -> None:  # noqa: N805 - named by http.server; the authority is the outer self
                query = desk.rfile.read(int(desk.headers["Content-Length"]))
                asked = desk.headers["Content-Type"] == QUERY_TYPE
                answer = self.stamp(query) if asked else b""
                desk.send_response(200 if asked else 415)
                desk.send_header("Content-Type", REPLY_TYPE)
                desk.send_header("Content-Length", str(len(answer)))
                desk.end_headers()
                desk.wfile.write(answer)

        with answering(Desk) as address:
            yield f"{address}/tsa"


def openssl_accepts(token: bytes, data: bytes, roots: Path, *, at: datetime.datetime | None = None) -> bool:
    """Whether `openssl ts -verify` takes the token, its certificates judged at `at` (now, if absent)."""
    folder = roots.parent
    (folder / "judged.tsr").write_bytes(token)
    (folder / "judged.data").write_bytes(data)
    command = ["openssl", "ts", "-verify", "-data", "judged.data", "-in", "judged.tsr", "-CAfile", roots.name]
    command += [] if at is None else ["-attime", str(int(at.timestamp()))]
    result = subprocess.run(command, cwd=folder, check=False, capture_output=True)
    return result.returncode == 0


_Above = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


def _certificate(
    name: str, days: tuple[int, int], *, above: _Above | None = None, purposes: Purposes = ()
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A key and its certificate: of a root, or of a time-stamp signer below `above`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.UTC)
    first, last = (today + datetime.timedelta(days=day) for day in days)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if above is None else above[1].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
    )
    if above is None:
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    else:
        made = made.add_extension(x509.ExtendedKeyUsage(purposes), critical=True)
    return key, made.sign(key if above is None else above[0], hashes.SHA256())
