# SPDX-License-Identifier: Apache-2.0
"""Identifiers out of free text: readable where the text is Latin, unique by a hash, the same on every run."""

import hashlib
import re
import unicodedata
from typing import Final

ID_LENGTH: Final = 64
HASH_DIGITS: Final = 12
"""48 bits: among 100,000 different texts two meet with a chance of 1 in 50,000."""


def slug_id(text: str, *, prefix: str = "") -> str:
    """`prefix`, an ASCII short form of `text`, and 12 hex digits of the SHA-256 of its NFC; at most 64 characters.

    Accents fall away, other characters become ``-``; text without Latin letters or digits leaves only the hash. Texts
    that differ, in case or accents too, get different identifiers.
    """
    digest = hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:HASH_DIGITS]
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", bare).strip("-").lower()
    room = ID_LENGTH - len(prefix) - HASH_DIGITS - 1
    short = words[: max(room, 0)].strip("-")
    return f"{prefix}{short}-{digest}" if short else f"{prefix}{digest}"
