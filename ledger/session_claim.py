# SPDX-License-Identifier: Apache-2.0
"""What a key signs to open a session: that it was at this server, for this ledger, within this minute (spec §3.9).

Signed bytes: ``fundtrace/session/v1`` LF JCS({audience, expires, genesis, key, nonce}). `audience` is what the client
itself dialled, so that a server in between cannot pass the signature on: it would name the server in between.
"""

import base64
import re
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from ledger import keys
from ledger.errors import InputError
from ledger.instant import Instant
from ledger.kinds.form import Digest, Record

SESSION_PREFIX: Final = b"fundtrace/session/v1\n"

AUDIENCE_PATTERN: Final = (
    r"^https?://([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(:[1-9][0-9]{0,4})?(?!\n)$"
)

Audience = Annotated[str, Meta(pattern=AUDIENCE_PATTERN, description="scheme and host as dialled")]
"""Scheme, host and port if it is not the usual one, such as ``https://ledger.example`` (RFC 6454 §6.2)."""

Nonce = Annotated[str, Meta(pattern="^[0-9a-f]{64}(?!\\n)$", description="256 random bits in hex")]

_SHAPE: Final = re.compile(AUDIENCE_PATTERN)
_USUAL_PORTS: Final = {"http": 80, "https": 443}
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


class SessionClaim(Record, frozen=True, kw_only=True):
    """What is signed: `key` stands before the server at `audience` of the ledger `genesis`, up to `expires`."""

    audience: Audience
    expires: Instant
    genesis: Digest
    key: Digest
    nonce: Nonce


def audience_of(address: str) -> str:
    """Scheme and host of the address dialled, as a browser spells an origin (RFC 6454 §6.2).

    Raises:
        InputError: it has none in that spelling.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, _USUAL_PORTS.get(parts.scheme)} else f":{parts.port}"
    found = f"{parts.scheme}://{name}{port}"
    if _SHAPE.search(found) is None:
        raise InputError(
            code="session.audience",
            place=address,
            message_en="this is no address at which a key can sign in",
            message_zh="不能在该地址用密钥登录",
            remedy_en="Write it like https://ledger.example, a name with other letters as xn--…",
            remedy_zh="请写成 https://ledger.example 的形式；含其他文字的域名请写成 xn--…。",
        )
    return found


def claim_bytes(claim: SessionClaim) -> bytes:
    """The exact bytes that `claim.key` signs."""
    return SESSION_PREFIX + _ENCODER.encode(claim)


def sign_claim(claim: SessionClaim, signer: keys.Signer) -> str:
    """The signature of `signer` over `claim` in padded standard base64."""
    return base64.b64encode(signer.sign(claim_bytes(claim))).decode("ascii")


def claim_holds(claim: SessionClaim, signature: str, *, alg: str, public: bytes) -> bool:
    """Whether `signature` is one over `claim` by the raw public key `public`, in its one spelling."""
    try:
        made = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    one_spelling = base64.b64encode(made).decode("ascii") == signature
    return one_spelling and keys.verify(alg, public, claim_bytes(claim), made)
