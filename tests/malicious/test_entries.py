# SPDX-License-Identifier: Apache-2.0
"""Entries altered, omitted, inserted, reordered or re-encoded under the old checkpoint: each is named where it lies."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from tests.malicious.forger import Files, Forger, bundle_of, found_in, judge, leaf_of, relinked, tiles_over
from tests.worlds import make_world
from verifier.integrity.trust import Trust

if TYPE_CHECKING:
    from tests.conftest import Sample

MIDDLE = 100


def republished(forger: Forger, entries: list[bytes]) -> Files:
    """The entries and their own tiles, under the checkpoint that the log had signed before."""
    return tiles_over(entries) | {"checkpoint": forger.checkpoint()}


def with_bundle(forger: Forger, entries: list[bytes]) -> Files:
    """The first bundle replaced; tiles and checkpoint as they were."""
    return forger.files() | {"tile/entries/000": bundle_of(entries)}


def test_an_honest_log_is_self_consistent(forger: Forger) -> None:
    """Nothing is broken; without outside trust it is never called verified."""
    verdict = judge(forger.files())
    assert verdict.outcome == "self-consistent"
    assert verdict.exit_code == 0
    assert verdict.good_prefix == verdict.size == len(forger.entries)
    assert verdict.genesis == forger.world.genesis_hash
    assert {check.number for check in verdict.checks if check.state != "ok"} == {"I5", "I9", "I10"}


def test_an_edited_amount_is_named(forger: Forger) -> None:
    """One digit of an amount changed in its bundle: the checkpoint proves which entry it was."""
    entries = forger.entries[:256]
    at = next(seq for seq, entry in enumerate(entries) if b'"amount":250000' in entry)
    entries[at] = entries[at].replace(b"250000", b"950000")
    verdict = judge(with_bundle(forger, entries))
    assert found_in(verdict) == ("I3", at)
    assert verdict.check("I2").position == at + 1
    assert verdict.good_prefix <= at


def test_a_broken_byte_is_named(forger: Forger) -> None:
    """A byte that makes the entry no JSON is I1 at that entry."""
    entries = forger.entries[:256]
    entries[MIDDLE] = b"[" + entries[MIDDLE][1:]
    verdict = judge(with_bundle(forger, entries))
    assert found_in(verdict) == ("I1", MIDDLE)
    assert verdict.check("I3").position == MIDDLE


@pytest.mark.parametrize("spelling", ["space", "order", "escape"])
def test_a_re_encoded_entry_is_named(forger: Forger, spelling: str) -> None:
    """The same JSON value in other bytes is not canonical, even when tiles are made to fit."""
    entries = list(forger.entries)
    value = json.loads(entries[MIDDLE])
    entries[MIDDLE] = {
        "space": entries[MIDDLE].replace(b":", b": ", 1),
        "order": json.dumps(dict(reversed(value.items())), separators=(",", ":")).encode(),
        "escape": entries[MIDDLE].replace(b'"event"', b'"\\u0065vent"', 1),
    }[spelling]
    verdict = judge(republished(forger, entries))
    assert found_in(verdict) == ("I1", MIDDLE)


def test_the_last_entry_dropped_is_missed(forger: Forger) -> None:
    """The checkpoint promises one more than there is."""
    last = len(forger.entries) - 1
    shorter = bundle_of(forger.entries[256:-1])
    assert found_in(judge(forger.files() | {"tile/entries/001.p/86": shorter})) == ("I3", last)
    assert found_in(judge(republished(forger, forger.entries[:-1])))[0] == "I3"


def test_a_middle_entry_dropped_is_missed(forger: Forger) -> None:
    """The next entry stands in its place and says so itself."""
    entries = forger.entries[:MIDDLE] + forger.entries[MIDDLE + 1 :]
    assert found_in(judge(republished(forger, entries))) == ("I2", MIDDLE)


def test_an_inserted_entry_is_named(forger: Forger) -> None:
    """A copy of an entry in front of another one is out of place."""
    entries = [*forger.entries[:MIDDLE], forger.entries[MIDDLE - 1], *forger.entries[MIDDLE:]]
    assert found_in(judge(republished(forger, entries))) == ("I2", MIDDLE)


def test_two_entries_swapped_are_named(forger: Forger) -> None:
    """The first of the two is out of place."""
    entries = list(forger.entries)
    entries[MIDDLE], entries[MIDDLE + 1] = entries[MIDDLE + 1], entries[MIDDLE]
    assert found_in(judge(republished(forger, entries))) == ("I2", MIDDLE)


def test_dropped_and_relinked_is_another_root(forger: Forger) -> None:
    """An operator who relinks the chain still needs the old root: the header that misses its event comes first."""
    entries = relinked(forger.entries[:-1])
    verdict = judge(republished(forger, entries))
    assert verdict.check("I2").state == "ok"
    assert verdict.check("I3").state == "broken"


def test_an_altered_entry_with_fitting_tiles_has_another_root(forger: Forger) -> None:
    """Entry and tiles agree, the chain and the signed root do not; the submission's own root names it first."""
    entries = list(forger.entries)
    at = next(seq for seq, entry in enumerate(entries) if b'"amount":250000' in entry)
    entries[at] = entries[at].replace(b"250000", b"950000")
    verdict = judge(republished(forger, entries))
    assert found_in(verdict) == ("I6", at - 1)
    assert verdict.check("I2").position == at + 1
    assert verdict.check("I3").state == "broken"
    assert verdict.check("I3").position is None


def test_time_running_backwards_is_named(forger: Forger) -> None:
    """An entry recorded before the one in front of it."""
    at = forger.post(forger.world.pay("L1", 1), recorded="2026-01-01T00:00:00.000Z")
    assert found_in(judge(forger.files())) == ("I2", at)


def test_an_entry_of_another_ledger_is_named(forger: Forger) -> None:
    """An entry copied over from another log does not link."""
    other = Forger(forger.world)
    other.post(*forger.world.opening())
    entries = list(forger.entries)
    entries[5] = other.entries[5]
    assert found_in(judge(republished(forger, entries))) == ("I2", 5)


@pytest.mark.parametrize("change", [1, -1, 255])
def test_a_damaged_length_is_named(forger: Forger, change: int) -> None:
    """A length prefix in a bundle that says more or less: all entries before it are still read."""
    entries = forger.entries[:256]
    bundle = bytearray(bundle_of(entries))
    prefix = sum(2 + len(entry) for entry in entries[:MIDDLE])
    said = int.from_bytes(bundle[prefix : prefix + 2], "big") + change
    bundle[prefix : prefix + 2] = said.to_bytes(2, "big")
    verdict = judge(forger.files() | {"tile/entries/000": bytes(bundle)})
    assert found_in(verdict) == ("I1", MIDDLE)
    assert verdict.good_prefix <= MIDDLE


def test_a_truncated_bundle_is_named(forger: Forger) -> None:
    """A bundle cut in the middle of an entry: the first entry that is not whole is missing."""
    entries = forger.entries[:256]
    cut = bundle_of(entries[:MIDDLE]) + b"\x00\xff{"
    assert found_in(judge(forger.files() | {"tile/entries/000": cut})) == ("I3", MIDDLE)


@pytest.mark.parametrize(("path", "position"), [("tile/entries/000", 0), ("tile/entries/001.p/86", 256)])
def test_a_missing_bundle_is_named(forger: Forger, path: str, position: int) -> None:
    """A bundle that the source does not hold."""
    files = forger.files()
    del files[path]
    assert found_in(judge(files)) == ("I3", position)


@pytest.mark.parametrize(
    ("path", "byte", "position"),
    [("tile/0/000", 32 * 7, 7), ("tile/0/001.p/86", 40, 257), ("tile/1/000.p/1", 31, 0)],
)
def test_a_damaged_tile_is_named_and_the_entries_are_cleared(
    forger: Forger, path: str, byte: int, position: int
) -> None:
    """A hash tile with one wrong byte is broken there; the entries agree with the checkpoint and are all good."""
    files = forger.files()
    tile = bytearray(files[path])
    tile[byte] ^= 1
    verdict = judge(files | {path: bytes(tile)})
    assert found_in(verdict) == ("I3", position)
    assert verdict.good_prefix == len(forger.entries)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001.p/86", "tile/1/000.p/1"])
def test_a_missing_or_short_tile_is_named(forger: Forger, path: str) -> None:
    """A hash tile that is not there, or not long enough."""
    files = forger.files()
    assert found_in(judge(files | {path: files[path][:-1]}))[0] == "I3"
    del files[path]
    assert found_in(judge(files))[0] == "I3"


def test_partial_files_may_give_way_to_full_ones(forger: Forger) -> None:
    """A log that grew and dropped its partial files still verifies under the older checkpoint."""
    old = forger.files()
    size = len(forger.entries)
    forger.post(forger.world.bank_lines(301, 200))
    grown = forger.files()
    assert judge(grown | {"checkpoint": old["checkpoint"]}).good_prefix == size


def test_any_flipped_bit_is_found(sample: Sample) -> None:
    """Bits of the bundle, the tile and the checkpoint of a short log, wherever they lie."""
    world = make_world()
    forger = Forger(world)
    forger.post(*islice(world.opening(), 2))
    files = forger.files()
    trust = Trust(genesis=world.genesis_hash)
    places = [
        (path, bit) for path in sorted(files) if path != "policy" for bit in range(len(files[path]) * 8)
    ]
    for path, bit in sample(places, 60):
        data = bytearray(files[path])
        data[bit // 8] ^= 1 << bit % 8
        verdict = judge(files | {path: bytes(data)}, trust)
        assert verdict.outcome == "broken", (path, bit)


def test_the_forger_builds_what_it_says(forger: Forger) -> None:
    """Its entries are linked as the specification says, apart from the program's own code."""
    assert json.loads(forger.entries[1])["prev"] == leaf_of(forger.entries[0]).hex()
    assert relinked(forger.entries) == forger.entries
