# SPDX-License-Identifier: Apache-2.0
"""Exports without entries: what is hidden is said to be out of reach, what is shown must still be right."""

from __future__ import annotations

from ledger.vkey import parse_vkey
from tests.malicious.forger import Files, Forger, found_in, judge, state_of
from verifier.integrity.trust import Trust


def hashes_only(forger: Forger, size: int | None = None) -> Files:
    """The public export of a restricted ledger."""
    return {path: data for path, data in forger.files(size).items() if not path.startswith("tile/entries")}


def trust_in(forger: Forger) -> Trust:
    """The log key and the genesis hash, known from elsewhere."""
    return Trust(log_keys=(parse_vkey(forger.world.genesis.log_keys[0]),), genesis=forger.world.genesis_hash)


def test_hashes_alone_are_incomplete(forger: Forger) -> None:
    """Root, signature and genesis hash can be checked; nothing that the entries say."""
    verdict = judge(hashes_only(forger), trust_in(forger))
    assert (verdict.outcome, verdict.exit_code, verdict.good_prefix) == ("incomplete", 3, 0)
    states = {check.number: check.state for check in verdict.checks}
    assert (states["I3"], states["I4"]) == ("ok", "ok")
    assert {states[number] for number in ("I1", "I2", "I6", "I7", "I8")} == {"unevaluable"}
    assert verdict.genesis == forger.world.genesis_hash


def test_hashes_without_trust_say_little(forger: Forger) -> None:
    """The genesis that names the keys is among what is hidden."""
    verdict = judge(hashes_only(forger))
    assert verdict.outcome == "incomplete"
    assert verdict.check("I4").state == "unevaluable"


def test_wrong_hashes_are_broken(forger: Forger) -> None:
    """A tile that does not lead to the root, or is not there."""
    files = hashes_only(forger)
    tile = bytearray(files["tile/0/000"])
    tile[100] ^= 1
    assert judge(files | {"tile/0/000": bytes(tile)}, trust_in(forger)).check("I3").state == "broken"
    del files["tile/0/000"]
    assert found_in(judge(files, trust_in(forger))) == ("I3", 0)


def test_a_rollback_shows_in_the_hashes(forger: Forger) -> None:
    """What was verified before is compared without reading an entry."""
    saved = state_of(forger.files())
    size = len(forger.entries) - 2
    assert found_in(judge(hashes_only(forger, size), Trust(state=saved))) == ("I5", size)
    assert judge(hashes_only(forger), Trust(state=saved)).check("I5").state == "ok"


def test_a_log_with_holes_is_no_restricted_one(forger: Forger) -> None:
    """Some entries shown and some not is an omission."""
    files = forger.files()
    del files["tile/entries/000"]
    assert found_in(judge(files)) == ("I3", 0)
