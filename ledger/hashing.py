# SPDX-License-Identifier: Apache-2.0
"""The one hash function of the ledger: SHA-256 with the leaf and node prefixes of RFC 9162 §2.1.1.

The prefixes keep leaves and nodes apart: no entry can be passed off as a pair of hashes, nor the reverse.

>>> leaf_hash(b"").hex()
'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'
>>> EMPTY_ROOT.hex()
'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
"""

import re
from hashlib import sha256
from typing import Final

from ledger.errors import FormatError

HASH_SIZE: Final = 32
LEAF_PREFIX: Final = b"\x00"
NODE_PREFIX: Final = b"\x01"
EMPTY_ROOT: Final = sha256(b"").digest()
NO_PREVIOUS: Final = bytes(HASH_SIZE)
"""The `prev` of entry 0, which has nothing before it: 32 zero bytes, which no SHA-256 is known to give."""

_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte leaf hash of the entry bytes: SHA-256(0x00 ‖ entry), RFC 9162 §2.1.1."""
    return sha256(LEAF_PREFIX + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of a node over two others: SHA-256(0x01 ‖ left ‖ right), RFC 9162 §2.1.1."""
    return sha256(NODE_PREFIX + left + right).digest()


def hash_from_hex(text: str, *, place: str) -> bytes:
    """Return the 32 bytes that `text` spells as 64 lower-case hexadecimal digits.

    Raises:
        FormatError: any other spelling, upper case included: one value has one spelling.
    """
    if _HEX.fullmatch(text) is None:
        raise FormatError(
            code="hash.bad-hex",
            place=place,
            message_en="a hash is 64 lower-case hexadecimal digits",
            message_zh="哈希值应为 64 位小写十六进制数字",
        )
    return bytes.fromhex(text)
