# SPDX-License-Identifier: Apache-2.0
"""ML-DSA-44 signatures differ each time they are made (FIPS 204, hedged): made once, stored, and kept while they verify."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

STORE: Final = Path(__file__).parent / "made_signatures.json"


class MadeSignatures:
    """The stored signatures; what is missing is made, and stands in the file after `save`."""

    def __init__(self) -> None:
        self._made: dict[str, str] = json.loads(STORE.read_bytes()) if STORE.exists() else {}
        self._used: set[str] = set()

    def sign(self, seed: bytes, message: bytes, context: bytes | None = None) -> bytes:
        """The signature of the key of `seed`, stored or new."""
        key = MLDSA44PrivateKey.from_seed_bytes(seed)
        name = sha256(b"\n".join([seed, context or b"", message])).hexdigest()
        self._used.add(name)
        stored = base64.b64decode(self._made.get(name, ""))
        try:
            key.public_key().verify(stored, message, context)
        except InvalidSignature:
            stored = key.sign(message, context)
            self._made[name] = base64.b64encode(stored).decode()
        return stored

    def save(self) -> None:
        """Write the signatures that were asked for."""
        kept = {name: self._made[name] for name in sorted(self._used)}
        STORE.write_text(json.dumps(kept, indent=1) + "\n", encoding="ascii")


MADE: Final = MadeSignatures()
