# SPDX-License-Identifier: Apache-2.0
"""Encrypted keys are read by those who did not write them, and each guess at a passphrase costs its rounds."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa, rsa

from ledger.encrypted_key import encrypted_pem

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

SECRET = "口令 of many words".encode()
KEYS: dict[str, Callable[[], PrivateKeyTypes]] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ml-dsa-44": mldsa.MLDSA44PrivateKey.generate,
    "longer": lambda: rsa.generate_private_key(65_537, 2_048),
}


@pytest.mark.parametrize("kind", KEYS)
def test_the_library_reads_what_is_written(kind: str) -> None:
    """Keys of every length come back by the passphrase, and by no other."""
    plain = KEYS[kind]().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = encrypted_pem(plain, SECRET)
    read = serialization.load_pem_private_key(pem, SECRET)
    assert plain == read.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="password"):
        serialization.load_pem_private_key(pem, SECRET + b"!")


def test_a_guess_costs_600_000_rounds() -> None:
    """The file says so (RFC 8018 §A.2), beside PBES2 with HMAC-SHA-256; and no two files are alike."""
    blocks = [encrypted_pem(bytes(48), SECRET) for _ in range(2)]
    assert blocks[0] != blocks[1]
    lines = blocks[0].decode().splitlines()
    assert (lines[0], lines[-1]) == (
        "-----BEGIN ENCRYPTED PRIVATE KEY-----",
        "-----END ENCRYPTED PRIVATE KEY-----",
    )
    assert {len(line) for line in lines[1:-2]} == {64}
    der = base64.b64decode("".join(lines[1:-1]))
    assert (
        bytes.fromhex("0203") + (600_000).to_bytes(3) + bytes.fromhex("300c06082a864886f70d02090500") in der
    )
