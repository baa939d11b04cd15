# SPDX-License-Identifier: Apache-2.0
"""The keys of a log and what they demand of its checkpoints: a line of each type that the log has (spec §2.5).

A log has an Ed25519 key (type 0x01), and an ML-DSA-44 one (type 0x06) as well unless it is old. Were a checkpoint good
with either line, whoever breaks one algorithm could leave the other line away.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.cosignature import CosignerKey, LogKey, parse_log_key, seconds_in
from ledger.errors import FormatError, SignatureError
from ledger.keys import ED25519, verify
from ledger.note import NoteSignature, parse_note
from ledger.vkey import VerifierKey

_TYPES: Final[tuple[tuple[type[LogKey], str], ...]] = ((VerifierKey, "Ed25519"), (CosignerKey, "ML-DSA-44"))
_UNKNOWN_TYPE: Final = "vkey.type"
_POSSESSION: Final = b"fundtrace/log-key/v1\n"


def short_name(vkey: str) -> str:
    """Name and id of a verifier key text, without the key, of which one of ML-DSA-44 has 1.7 KB."""
    return "+".join(vkey.split("+", 2)[:2])


def possession_bytes(genesis_hash: str, vkey: str) -> bytes:
    """The exact bytes that a new key of the log signs to show that it is held, in the ledger of that genesis."""
    return _POSSESSION + f"{genesis_hash}\n{vkey}\n".encode()


def is_held(key: LogKey, genesis_hash: str, proof: bytes) -> bool:
    """Whether `proof` is the signature of `key` over `possession_bytes`."""
    alg = key.alg if isinstance(key, CosignerKey) else ED25519
    return verify(alg, key.public, possession_bytes(genesis_hash, key.text), proof)


def keys_in(vkeys: Iterable[str]) -> tuple[LogKey, ...]:
    """The keys among `vkeys` whose type this program knows; the others are for newer ones.

    Raises:
        FormatError: a line that is no verifier key.
    """
    return tuple(_known(vkeys))


def missing_lines(keys: Iterable[LogKey], signed: Iterable[NoteSignature]) -> tuple[str, ...]:
    """Which algorithms have a key among `keys` and no good line among `signed`, by name."""
    ids = {(one.name, one.key_id) for one in signed}
    known = tuple(keys)
    return tuple(
        name
        for type_, name in _TYPES
        if any(isinstance(key, type_) for key in known)
        and not any(isinstance(key, type_) and (key.name, key.note_key_id) in ids for key in known)
    )


def newest_time(keys: Iterable[LogKey], signed: Iterable[NoteSignature]) -> int:
    """The newest time, seconds since 1970-01-01 UTC, in a line of `signed` by one of `keys`; 0 if there is none.

    Only lines that were verified say something.
    """
    timed = {(key.name, key.note_key_id) for key in keys if isinstance(key, CosignerKey)}
    return max((seconds_in(one.signature) for one in signed if (one.name, one.key_id) in timed), default=0)


def open_own_checkpoint(data: bytes, keys: Sequence[LogKey], *, origin: str | None = None) -> Checkpoint:
    """The checkpoint in a note that its own log has signed, with a line of each type among `keys`.

    Raises:
        FormatError, LimitError, SignatureError: as `ledger.checkpoint.open_checkpoint`.
        SignatureError: a line is missing.
    """
    checkpoint = open_checkpoint(data, keys, origin=origin)
    own = [key for key in keys if key.name == checkpoint.origin]
    missing = missing_lines(own, parse_note(data).signatures)
    if missing:
        raise SignatureError(
            code="checkpoint.downgraded",
            place="checkpoint",
            message_en=f"the {missing[0]} signature line of the log is missing",
            message_zh=f"缺少账本自身的 {missing[0]} 签名行",
        )
    return checkpoint


def _known(vkeys: Iterable[str]) -> Iterator[LogKey]:
    for text in vkeys:
        try:
            yield parse_log_key(text)
        except FormatError as error:
            if error.code != _UNKNOWN_TYPE:
                raise
