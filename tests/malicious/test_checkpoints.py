# SPDX-License-Identifier: Apache-2.0
"""Checkpoints re-signed, stale or forked, and whole histories rewritten by whoever holds the log key."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from ledger.cosignature import CosignerKey, cosign_text
from ledger.note import format_note, parse_note
from ledger.policy import parse_policy
from ledger.vkey import parse_vkey
from tests.ledger.test_log_key_changes import NEXT, adding, admitting, retiring
from tests.malicious.forger import Files, Forger, found_in, judge, signed_checkpoint, signed_text, state_of
from tests.worlds import log_signer_named, make_world, signer_named
from verifier.integrity.trust import Trust

if TYPE_CHECKING:
    from ledger.log_signer import LogSigner

STRANGER = log_signer_named("stranger")
WITNESS = signer_named("witness")


def vkey_named(origin: str, signer: LogSigner) -> str:
    """The verifier key text of the Ed25519 key of a log."""
    return signer.vkeys(origin)[0]


def by_log_key(forger: Forger) -> Trust:
    """Trust in the log key, known from elsewhere."""
    return Trust(log_keys=(parse_vkey(forger.world.genesis.log_keys[0]),))


def rewritten(forger: Forger) -> Forger:
    """The same operator, the same genesis, another history: one payment never happened."""
    world = make_world()
    other = Forger(world)
    other.post(*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 1))
    other.post(world.bank_lines(1, 300), world.pay("L1", 100_000), world.pay("L1", 5))
    assert other.entries[0] == forger.entries[0]
    return other


def test_a_trusted_log_key_verifies(forger: Forger) -> None:
    """Only outside trust gives the word verified, and the report says which."""
    verdict = judge(forger.files(), by_log_key(forger))
    assert verdict.outcome == "verified"
    assert [one.en.startswith("log key ledger.example/jl/2026+") for one in verdict.trusted] == [True]


@pytest.mark.parametrize("trusted", [False, True])
def test_a_checkpoint_signed_by_another_key_is_refused(forger: Forger, *, trusted: bool) -> None:
    """A stranger under the name of the log: the genesis does not name that key, nor does the reader believe it."""
    files = forger.files() | {"checkpoint": forger.checkpoint(signer=STRANGER)}
    verdict = judge(files, by_log_key(forger) if trusted else None)
    assert found_in(verdict) == ("I4", None)
    reason = verdict.check("I4").reason
    assert reason is not None
    assert parse_vkey(vkey_named(forger.origin, STRANGER)).note_key_id.hex() in reason.en


def test_a_wrong_key_trusted_is_said(forger: Forger) -> None:
    """The reader believes a key that did not sign."""
    trust = Trust(log_keys=(parse_vkey(vkey_named(forger.origin, STRANGER)),))
    assert found_in(judge(forger.files(), trust)) == ("I4", None)


def test_a_signature_over_another_text_is_refused(forger: Forger) -> None:
    """The signature line of an older checkpoint under a newer text."""
    new, old = forger.checkpoint(), forger.checkpoint(100)
    mixed = new.partition(b"\n\n")[0] + b"\n\n" + old.partition(b"\n\n")[2]
    assert found_in(judge(forger.files() | {"checkpoint": mixed})) == ("I4", None)


@pytest.mark.parametrize("checkpoint", [b"", b"nothing\n", b"a\n\n\n", b"\xff\n\n"])
def test_a_checkpoint_that_cannot_be_read_breaks_the_ledger(forger: Forger, checkpoint: bytes) -> None:
    """Nothing else can be said then, and nothing is said to be good."""
    verdict = judge(forger.files() | {"checkpoint": checkpoint})
    assert found_in(verdict) == ("I4", None)
    assert verdict.good_prefix == 0
    assert {check.state for check in verdict.checks} == {"broken", "unevaluable"}


def test_a_checkpoint_of_another_root_is_refused(forger: Forger) -> None:
    """Signed by the log itself, over other entries: no entry can be blamed."""
    other = rewritten(forger)
    assert len(other.entries) > len(forger.entries)
    files = forger.files() | {"checkpoint": other.checkpoint(len(forger.entries))}
    verdict = judge(files, by_log_key(forger))
    assert verdict.check("I3").state == "broken"
    assert verdict.check("I4").state == "ok"


def test_a_stale_checkpoint_is_a_rollback_only_to_who_remembers(forger: Forger) -> None:
    """A shorter log is self-consistent and even signed; a saved state says what was taken back."""
    saved = state_of(forger.files())
    size = len(forger.entries) - 2
    stale = forger.files(size)
    assert judge(stale, by_log_key(forger)).outcome == "verified"
    verdict = judge(stale, Trust(state=saved))
    assert found_in(verdict) == ("I5", size)
    assert "rollback" in str(verdict.check("I5").reason)


def test_a_rewritten_history_is_a_fork_only_to_who_remembers(forger: Forger) -> None:
    """With the log key everything can be made to fit, except a memory; it names the stretch that changed."""
    saved = state_of(forger.files())
    other = rewritten(forger)
    assert judge(other.files(), by_log_key(forger)).outcome == "verified"
    assert judge(other.files(), Trust(genesis=forger.world.genesis_hash)).outcome == "verified"
    verdict = judge(other.files(), Trust(state=saved))
    assert found_in(verdict) == ("I5", 0)
    assert "fork: entries 0 to 255" in str(verdict.check("I5").reason)


def test_a_rewritten_tail_is_located_behind_the_good_part(forger: Forger) -> None:
    """Subtrees of the saved state that still hold are not blamed."""
    saved = state_of(forger.files())
    size = len(forger.entries)
    forger.entries[-1:] = []
    forger.entries[-1:] = []
    forger.post(forger.world.pay("L1", 7), forger.world.pay("L1", 8))
    assert len(forger.entries) == size + 2
    verdict = judge(forger.files(), Trust(state=saved))
    assert found_in(verdict) == ("I5", 340)


def test_a_grown_ledger_agrees_with_what_was_saved(forger: Forger) -> None:
    """The ordinary case: same first entries, more of them; at every saved size."""
    headers = [seq for seq, entry in enumerate(forger.entries) if b'"kind":"submission"' in entry]
    saved = [state_of(forger.files(size)) for size in (*headers, len(forger.entries))]
    forger.post(forger.world.bank_lines(301, 300))
    for state in saved:
        verdict = judge(forger.files(), Trust(state=state))
        assert verdict.outcome == "verified"
        assert verdict.check("I5").state == "ok"


def test_a_replaced_genesis_is_another_ledger(forger: Forger) -> None:
    """A new beginning with new administrators is consistent in itself; hash or state from outside refuse it."""
    other = Forger(make_world(origin=forger.origin, ceilings="flag"))
    other.post(*other.world.opening())
    files = other.files()
    assert judge(files).outcome == "self-consistent"
    assert found_in(judge(files, Trust(genesis=forger.world.genesis_hash))) == ("I4", 0)
    verdict = judge(files, Trust(state=state_of(forger.files())))
    assert found_in(verdict) == ("I5", 0)
    assert "another ledger" in str(verdict.check("I5").reason)


def test_a_genesis_under_another_log_key_needs_a_new_genesis(forger: Forger) -> None:
    """The checkpoint must be signed by a key that entry 0 names, whatever the reader trusts."""
    vkey = vkey_named(forger.origin, STRANGER)
    files = forger.files() | {"checkpoint": forger.checkpoint(signer=STRANGER)}
    assert found_in(judge(files, Trust(log_keys=(parse_vkey(vkey),)))) == ("I4", 0)


def test_a_checkpoint_of_another_log_is_refused(forger: Forger) -> None:
    """The right key under another origin does not speak for this log."""
    name = "ledger.example/other"
    files = forger.files() | {"checkpoint": signed_checkpoint(name, forger.leaves, forger.world.log_signer)}
    assert judge(files).check("I4").state == "broken"


def test_a_policy_that_the_source_bends_is_refused(forger: Forger) -> None:
    """What the source offers must agree with its genesis, or not be there."""
    bent = f"log {vkey_named(forger.origin, STRANGER)}\nquorum none\n".encode()
    assert found_in(judge(forger.files() | {"policy": bent})) == ("I4", None)
    assert found_in(judge(forger.files() | {"policy": b"quorum nobody\n"})) == ("I4", None)
    files = forger.files()
    del files["policy"]
    assert judge(files).outcome == "self-consistent"


def cosigned(forger: Forger, seconds: int = 1_767_600_000) -> Files:
    """The honest log with the cosignature of a witness."""
    note = parse_note(forger.checkpoint())
    line = cosign_text(note.text, name="witness.example", signer=WITNESS, seconds=seconds)
    return forger.files() | {"checkpoint": format_note(note.text, [*note.signatures, line])}


def test_a_policy_may_ask_for_witnesses(forger: Forger) -> None:
    """With the cosignature verified against the policy, without it or with a wrong one refused."""
    key = CosignerKey(name="witness.example", alg=WITNESS.alg, public=WITNESS.public)
    lines = f"log {forger.world.genesis.log_keys[0]}\nwitness w1 {key.text}\nquorum w1\n"
    trust = Trust(policy=parse_policy(lines, place="policy"))
    assert judge(cosigned(forger), trust).outcome == "verified"
    assert found_in(judge(forger.files(), trust)) == ("I4", None)
    other = cosigned(forger, seconds=1)["checkpoint"].splitlines()[-1][-40:]
    forged = cosigned(forger)
    forged["checkpoint"] = forged["checkpoint"][:-41] + other + b"\n"
    assert found_in(judge(forged, trust)) == ("I4", None)


def test_a_log_without_entries_has_no_genesis(forger: Forger) -> None:
    """An empty tree is signed easily and says nothing."""
    forger.entries.clear()
    assert found_in(judge(forger.files())) == ("I6", 0)


def test_a_huge_promise_ends_at_the_first_missing_entry(forger: Forger) -> None:
    """A size that no machine could read costs nothing: the walk stops where the entries stop."""
    text = f"{forger.origin}\n{2**62}\n{base64.b64encode(bytes(32)).decode()}\n"
    note = signed_text(text, forger.origin, forger.world.log_signer)
    files = forger.files() | {"checkpoint": note}
    assert found_in(judge(files)) == ("I3", 256)


# --- keys of the log that changed -------------------------------------------------------------------------


@pytest.fixture
def changed(forger: Forger) -> Forger:
    """A log whose keys have changed: the old ones are retired."""
    world = forger.world
    forger.post(admitting(world), adding(world), retiring(world, *world.genesis.log_keys))
    return forger


def shown(forger: Forger, signer: LogSigner) -> Files:
    """The log under a checkpoint of that signer, without a policy."""
    files = forger.files() | {"checkpoint": forger.checkpoint(signer=signer)}
    del files["policy"]
    return files


def test_a_log_under_its_new_keys_verifies(changed: Forger) -> None:
    """By the new key, and by the genesis hash alone, because the log itself says how it came by them."""
    files = shown(changed, NEXT)
    assert judge(files, Trust(genesis=changed.world.genesis_hash)).outcome == "verified"
    assert judge(files, Trust(log_keys=NEXT.keys(changed.origin)[:1])).outcome == "verified"


def test_a_retired_key_signs_nothing_more(changed: Forger) -> None:
    """Over entries that retire it, whoever believes it still; and the new key cannot sign what is before it."""
    files = shown(changed, changed.world.log_signer)
    for trust in (Trust(), Trust(genesis=changed.world.genesis_hash), by_log_key(changed)):
        assert judge(files, trust).check("I4").state == "broken"
    before = changed.files(len(changed.entries) - 7)
    early = before | {"checkpoint": changed.checkpoint(len(changed.entries) - 7, signer=NEXT)}
    del early["policy"]
    assert judge(early).check("I4").state == "broken"


def test_a_policy_that_conceals_a_change_is_refused(changed: Forger) -> None:
    """It names the retired key as current, or retires one at another instant."""
    old = changed.world.genesis.log_keys[0]
    for text in (
        f"log {old}\nquorum none\n",
        f"# retired log {old} 2026-01-01T00:00:00.000Z\nlog {NEXT.vkeys(changed.origin)[0]}\nquorum none\n",
    ):
        assert judge(shown(changed, NEXT) | {"policy": text.encode()}).check("I4").state == "broken"
