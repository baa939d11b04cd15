# SPDX-License-Identifier: Apache-2.0
"""A log, its policy, and evidence made from it, for tests of receipts and packs."""

from __future__ import annotations

from typing import Final

from ledger.cosignature import CosignerKey, cosign_text
from ledger.keys import Ed25519Signer
from ledger.log_keys import keys_in
from ledger.merkle import MemoryHashes, Tree
from ledger.note import format_note, parse_note
from ledger.policy import Policy, RetiredLog, Witness, parse_policy
from ledger.published_policy import policy_text
from ledger.receipt import Receipt, format_receipt
from tests.malicious.forger import Forger
from tests.worlds import make_world
from verifier.evidence.pack import Pack, parse_pack
from verifier.evidence.pack_build import EVENTS_MAX, Log, build_pack
from verifier.evidence.registrations import ScannedRegistry
from verifier.integrity.trust import Trust

RETIRED_AT: Final = "2026-07-01T00:00:00.000Z"
BEFORE: Final = 1_780_000_000
"""A time in May 2026, before the retirement."""
AFTER: Final = 1_790_000_000

WITNESS: Final = Ed25519Signer.from_seed(b"w" * 32)
WITNESS_KEY: Final = CosignerKey(name="witness.example/w1", alg=WITNESS.alg, public=WITNESS.public)


def a_log() -> tuple[Forger, int]:
    """An honest log, and the position of a payment in it."""
    forger = Forger(make_world())
    forger.post(*forger.world.opening(), forger.world.issue("L1", 1_000_000))
    paid = forger.post(forger.world.pay("L1", 250_000)) + 1
    forger.post(forger.world.bank_lines(1, 300))
    return forger, paid


def trusting(forger: Forger) -> Trust:
    """A reader with the policy that the log publishes."""
    return Trust(policy=parse_policy(own_policy(forger), place="policy"))


def own_policy(forger: Forger) -> str:
    """The policy file of the log."""
    return policy_text(keys_in(forger.world.genesis.log_keys))


def after_retirement(forger: Forger, *, witness: bool = True) -> Trust:
    """A reader whose policy knows the log's keys as retired, and asks for a witness if `witness`."""
    keys = keys_in(forger.world.genesis.log_keys)
    return Trust(
        policy=Policy(
            logs=(),
            witnesses={"w1": Witness(key=WITNESS_KEY)} if witness else {},
            groups={},
            quorum="w1" if witness else "none",
            retired=tuple(RetiredLog(key=key, recorded=RETIRED_AT) for key in keys),
        )
    )


def cosigned(note: bytes, *, seconds: int) -> bytes:
    """The note with the witness's line of that time."""
    parsed = parse_note(note)
    line = cosign_text(parsed.text, name=WITNESS_KEY.name, signer=WITNESS, seconds=seconds)
    return format_note(parsed.text, [*parsed.signatures, line])


def receipt_of(forger: Forger, seq: int, *, note: bytes | None = None) -> bytes:
    """The receipt of entry `seq` under `note`, or under the log's whole checkpoint."""
    path = Tree(MemoryHashes(forger.leaves)).inclusion_path(seq, len(forger.leaves))
    return format_receipt(Receipt(index=seq, path=tuple(path), checkpoint=note or forger.checkpoint()))


def pack_bytes(
    forger: Forger, seq: int, *, note: bytes | None = None, stamp: bytes | None = None, most: int = EVENTS_MAX
) -> bytes:
    """The pack of entry `seq`, for which `most` events of a submission may be read."""
    log = Log(
        read=forger.entries.__getitem__,
        entries=lambda start, stop: forger.entries[start:stop],
        events_max=most,
        tree=Tree(MemoryHashes(forger.leaves)),
        size=len(forger.entries),
        checkpoint=note or forger.checkpoint(),
        policy=own_policy(forger).encode(),
        stamp=stamp,
    )
    return build_pack(log, ScannedRegistry(iter(forger.entries)), seq)


def pack_of(forger: Forger, seq: int) -> Pack:
    """The same, taken apart."""
    return parse_pack(pack_bytes(forger, seq))
