# SPDX-License-Identifier: Apache-2.0
"""A private key under a passphrase: PKCS#8 EncryptedPrivateKeyInfo (RFC 5958 §3) by PBES2 (RFC 8018 §6.2), as PEM.

The scheme is the one of `cryptography` and OpenSSL, PBKDF2-HMAC-SHA-256 and AES-256-CBC, which read it; they write it with
2,048 rounds and take no other number.
"""

import base64
import secrets
import textwrap
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7

ROUNDS: Final = 600_000
"""Of PBKDF2: a fifth of a second for each guess, and for each key that is opened."""

_SALT_BYTES: Final = 16
_KEY_BYTES: Final = 32
_LINE: Final = 64
"""Characters to a line of PEM (RFC 7468 §2)."""

_INTEGER, _OCTETS, _NULL, _OBJECT, _SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
_PBES2: Final = bytes.fromhex("2a864886f70d01050d")
_PBKDF2: Final = bytes.fromhex("2a864886f70d01050c")
_HMAC_SHA256: Final = bytes.fromhex("2a864886f70d0209")
_AES256_CBC: Final = bytes.fromhex("60864801650304012a")


def encrypted_pem(private: bytes, passphrase: bytes) -> bytes:
    """The PEM block of `private`, a PKCS#8 PrivateKeyInfo in DER, that only `passphrase` opens."""
    salt, vector = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(AES.block_size // 8)
    key = PBKDF2HMAC(SHA256(), _KEY_BYTES, salt, ROUNDS).derive(passphrase)
    padder, encryptor = PKCS7(AES.block_size).padder(), Cipher(AES(key), CBC(vector)).encryptor()
    padded = padder.update(private) + padder.finalize()
    sealed = encryptor.update(padded) + encryptor.finalize()
    der = _sequence(_scheme(salt, vector), _tlv(_OCTETS, sealed))
    lines = textwrap.wrap(base64.b64encode(der).decode("ascii"), _LINE)
    framed = ["-----BEGIN ENCRYPTED PRIVATE KEY-----", *lines, "-----END ENCRYPTED PRIVATE KEY-----"]
    return "".join(f"{line}\n" for line in framed).encode("ascii")


def _scheme(salt: bytes, vector: bytes) -> bytes:
    """The AlgorithmIdentifier of PBES2 with its two parts (RFC 8018 §A.2 to §A.4)."""
    rounds = ROUNDS.to_bytes(ROUNDS.bit_length() // 8 + 1)
    hashed = _sequence(_tlv(_OBJECT, _HMAC_SHA256), _tlv(_NULL))
    derivation = _sequence(_tlv(_OCTETS, salt), _tlv(_INTEGER, rounds), hashed)
    encryption = _sequence(_tlv(_OBJECT, _AES256_CBC), _tlv(_OCTETS, vector))
    parts = _sequence(_sequence(_tlv(_OBJECT, _PBKDF2), derivation), encryption)
    return _sequence(_tlv(_OBJECT, _PBES2), parts)


def _sequence(*parts: bytes) -> bytes:
    return _tlv(_SEQUENCE, b"".join(parts))


def _tlv(tag: int, content: bytes = b"") -> bytes:
    """`content` in DER under `tag`, its length in the short form below 128 bytes (X.690 §8.1.3, §10.1)."""
    size = len(content)
    if size < 0x80:  # noqa: PLR2004 - the standard's own number
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content
