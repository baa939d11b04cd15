# SPDX-License-Identifier: Apache-2.0
"""Packs of logs that changed their keys: the change is part of the evidence, and forging one takes the administrators."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ledger.errors import InputError, SignatureError
from ledger.policy import parse_policy
from ledger.published_policy import policy_text
from tests.ledger.test_log_key_changes import NEXT, adding, admitting, retiring
from tests.malicious.forger import Forger, edited, relinked
from tests.verifier.evidence.cases import a_log, pack_bytes, receipt_of
from verifier.evidence.pack import Pack, parse_pack
from verifier.evidence.pack_check import check_pack
from verifier.integrity.trust import Trust


@pytest.fixture
def rotated() -> tuple[Forger, int, int]:
    """A log that changed its keys after a payment: it, the position of the payment, that of the header of the change."""
    forger, paid = a_log()
    world = forger.world
    forger.post(admitting(world))
    change = forger.post(adding(world))
    forger.post(retiring(world, *world.genesis.log_keys))
    return forger, paid, change


def rotated_pack(rotated: tuple[Forger, int, int]) -> Pack:
    """The payment's pack under the new keys."""
    forger, paid, _change = rotated
    return parse_pack(pack_bytes(forger, paid, note=forger.checkpoint(signer=NEXT)))


def test_an_old_event_is_packed_under_the_new_keys(rotated: tuple[Forger, int, int]) -> None:
    """The genesis names keys that have gone; the pack holds how the new ones came."""
    forger, _paid, change = rotated
    pack = rotated_pack(rotated)
    assert {change, change + 1, change + 2, change + 3} <= pack.entries.keys()
    assert check_pack(pack, Trust()).outcome == "self-consistent"
    assert check_pack(pack, Trust(genesis=forger.world.genesis_hash)).outcome == "verified"
    policy = parse_policy(policy_text(NEXT.keys(forger.origin)), place="policy")
    assert check_pack(pack, Trust(policy=policy)).outcome == "verified"


def test_the_old_keys_sign_no_more(rotated: tuple[Forger, int, int]) -> None:
    """A checkpoint over the retirement signed by the retired keys cannot be packed."""
    forger, paid, _change = rotated
    with pytest.raises(SignatureError):
        pack_bytes(forger, paid)


def test_a_reader_without_keys_is_told_what_stays_open(rotated: tuple[Forger, int, int]) -> None:
    """Whoever leaves the retirement out of a pack is seen through by a policy only."""
    forger, _paid, _change = rotated
    pack = rotated_pack(rotated)
    policy = parse_policy(policy_text(NEXT.keys(forger.origin)), place="policy")
    for trust, told in ((Trust(), True), (Trust(policy=policy), False)):
        assert any("retired" in one.en for one in check_pack(pack, trust).open_) == told


@pytest.mark.parametrize("kept", [1, 0], ids=["one administrator", "nobody"])
def test_keys_that_the_administrators_did_not_change_do_not_count(
    rotated: tuple[Forger, int, int], kept: int
) -> None:
    """The operator alone cannot hand the log to other keys; the same log rebuilt unchanged passes."""
    forger, _paid, change = rotated
    pack = rotated_pack(rotated)

    def repacked(entries: list[bytes]) -> Pack:
        made = Forger(forger.world, relinked(entries))
        note = made.checkpoint(signer=NEXT)
        return replace(
            pack,
            checkpoint=note,
            entries={seq: made.entries[seq] for seq in pack.entries},
            receipts={seq: receipt_of(made, seq, note=note) for seq in pack.entries},
        )

    entries = list(forger.entries)
    assert check_pack(repacked(entries), Trust()).exit_code == 0
    signatures = json.loads(entries[change])["signatures"]
    entries[change] = edited(entries[change], signatures=signatures[:kept])
    with pytest.raises(InputError):
        check_pack(repacked(entries), Trust())


def test_a_change_whose_key_is_not_held_does_not_count() -> None:
    """The proof is over this ledger's genesis."""
    forger, paid = a_log()
    forger.post(admitting(forger.world))
    forger.post(adding(forger.world, genesis="0" * 64))
    with pytest.raises(SignatureError, match="proof is not its signature"):
        pack_bytes(forger, paid, note=forger.checkpoint(signer=NEXT))
