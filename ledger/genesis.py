# SPDX-License-Identifier: Apache-2.0
"""Entry 0: what the ledger is and who rules it. Its leaf hash names the ledger for ever.

Every first administrator signs ``fundtrace/genesis/v1`` LF role LF key id LF JCS(genesis), role ``administrator``.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from ledger import keys
from ledger.instant import Instant
from ledger.kinds.form import Digest, Origin, Record, Text
from ledger.party import Id
from ledger.submission import Signature, decode_signature

GENESIS_PREFIX: Final = b"fundtrace/genesis/v1\n"
ADMINISTRATOR: Final = "administrator"


class Administrator(Record, frozen=True, kw_only=True):
    """A first administrator: id, pseudonym of the person, device, suite, key id and raw public key in standard base64."""

    id: Id
    person: Id
    device: Id
    alg: Literal["ed25519"]
    key: Digest
    public: Annotated[str, Meta(pattern="^[A-Za-z0-9+/]{4,64}={0,2}(?!\\n)$")]


class Genesis(Record, frozen=True, kw_only=True):
    """The constitution of one ledger.

    `log_keys` are vkey texts of the log's checkpoint keys. `clock` ``wall`` takes time from the machine, ``replay`` from
    `signed_at`. `ceilings` ``refuse`` turns away authority beyond a line, ``flag`` records it for the verifier to judge
    (historical ledgers). `entries` says whether bundles are public. `historical` lifts the actor rule for a transcriber;
    `demo` marks invented data. `threshold` administrators, different persons with different devices, must sign key events.
    """

    administrators: Annotated[tuple[Administrator, ...], Meta(min_length=1, max_length=16)]
    ceilings: Literal["refuse", "flag"]
    clock: Literal["wall", "replay"]
    created_at: Instant
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}(?!\\n)$")]
    demo: bool
    entries: Literal["public", "restricted"]
    historical: bool
    log_keys: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=8)]
    name: Text
    origin: Origin
    threshold: Annotated[int, Meta(ge=1, le=16)]
    time_zone: Annotated[str, Meta(pattern="^[A-Za-z_]{1,32}(/[A-Za-z_+-]{1,32}){0,2}(?!\\n)$")]
    name_en: Text | None = None
    packs: tuple[Id, ...] = ()

    def __post_init__(self) -> None:
        """Administrators are distinct, enough for the threshold, and two or more unless this is a demo."""
        for field in ("id", "key"):
            if len({getattr(one, field) for one in self.administrators}) != len(self.administrators):
                raise ValueError(f"two administrators share one `{field}`")
        for field in ("person", "device"):
            if self.threshold > len({getattr(one, field) for one in self.administrators}):
                raise ValueError(f"`threshold` exceeds the number of administrators that differ in `{field}`")
        if self.threshold == 1 and not self.demo:
            raise ValueError("`threshold` 1 is for demo ledgers only")
        for one in self.administrators:
            if keys.key_id(one.alg, raw_public(one.public)) != one.key:
                raise ValueError(f"the key id of administrator {one.id} does not belong to its public key")


_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def raw_public(text: str) -> bytes:
    """The raw key in standard base64 `text`.

    Raises:
        ValueError: not strict standard base64.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("`public` is not standard base64") from error
    if base64.b64encode(raw).decode("ascii") != text:
        raise ValueError("`public` is not in the one spelling of base64")
    return raw


def genesis_bytes(genesis: Genesis) -> bytes:
    """JCS of `genesis`."""
    return _ENCODER.encode(genesis)


def genesis_signed_bytes(genesis: Genesis, *, key: str) -> bytes:
    """The exact bytes that administrator key `key` signs."""
    return GENESIS_PREFIX + f"{ADMINISTRATOR}\n{key}\n".encode("ascii") + genesis_bytes(genesis)


def sign_genesis(genesis: Genesis, signers: Sequence[keys.Signer]) -> tuple[Signature, ...]:
    """Signatures of `signers` over `genesis`, sorted by key."""
    made = []
    for signer in signers:
        key = keys.key_id(signer.alg, signer.public)
        raw = signer.sign(genesis_signed_bytes(genesis, key=key))
        sig = base64.b64encode(raw).decode("ascii")
        made.append(Signature(alg=signer.alg, key=key, role=ADMINISTRATOR, sig=sig))
    return tuple(sorted(made, key=lambda signature: signature.key))


def unsigned_administrators(genesis: Genesis, signatures: Sequence[Signature]) -> tuple[str, ...]:
    """Ids of administrators without a good signature; empty = genesis is signed by all of them."""
    by_key = {signature.key: signature for signature in signatures if signature.role == ADMINISTRATOR}
    return tuple(one.id for one in genesis.administrators if not _signed(genesis, one, by_key.get(one.key)))


def _signed(genesis: Genesis, one: Administrator, signature: Signature | None) -> bool:
    if signature is None or signature.alg != one.alg:
        return False
    made = decode_signature(signature)
    message = genesis_signed_bytes(genesis, key=one.key)
    return made is not None and keys.verify(one.alg, raw_public(one.public), message, made)
