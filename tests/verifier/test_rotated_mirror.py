# SPDX-License-Identifier: Apache-2.0
"""Mirrors of logs that change their keys: the entries lead to the new keys, and nobody else's word does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ledger.errors import InputError, SignatureError
from ledger.log_keys import keys_in
from ledger.policy import RetiredLog, parse_policy
from ledger.published_policy import policy_text
from tests.ledger.test_log_key_changes import NEXT, adding, admitting, retiring
from tests.malicious.forger import Files, Forger, edited, relinked
from tests.verifier.test_mirror import Counted, copied, shown
from tests.worlds import log_signer_named, make_world
from verifier.integrity.trust import Trust
from verifier.mirror import mirror
from verifier.mirror_memory import KEYS_FILE, NOTHING, KeyPlaces, format_places, parse_places

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.log_signer import LogSigner


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """A log whose keys changed: sizes before, with both pairs, after; the position of the header of each change."""

    forger: Forger
    before: int
    both: int
    added: int
    retired: int

    @property
    def genesis(self) -> Trust:
        """What a reader of the gazette has."""
        return Trust(genesis=self.forger.world.genesis_hash)

    def files(self, size: int | None = None, *, signer: LogSigner = NEXT, policy: str | None = None) -> Files:
        """The log at that size, signed by those keys, with that policy or none."""
        made = self.forger.files(size) | {"checkpoint": self.forger.checkpoint(size, signer=signer)}
        del made["policy"]
        return made if policy is None else made | {"policy": policy.encode()}


@pytest.fixture(scope="module")
def log() -> Rotated:
    """More than two bundles, so that changes lie in more than one."""
    world = make_world()
    forger = Forger(world)
    forger.post(*world.opening(), *(world.bank_lines(1, 40, statement=f"a{n}") for n in range(5)))
    before = len(forger.entries)
    forger.post(admitting(world))
    added = forger.post(adding(world))
    forger.post(*(world.bank_lines(1, 40, statement=f"b{n}") for n in range(5)))
    both = len(forger.entries)
    retired = forger.post(retiring(world, *world.genesis.log_keys))
    forger.post(world.bank_lines(1, 40, statement="c"))
    return Rotated(forger=forger, before=before, both=both, added=added, retired=retired)


def new_policy(log: Rotated) -> str:
    """As the log publishes it after the change."""
    at = json.loads(log.forger.entries[log.retired])["recorded"]
    gone = [RetiredLog(key=key, recorded=at) for key in keys_in(log.forger.world.genesis.log_keys)]
    return policy_text(NEXT.keys(log.forger.origin), retired=gone)


def test_the_genesis_is_enough(log: Rotated, tmp_path: Path) -> None:
    """Followed through every stage, and copied afresh at each, with the policy of the log or without one."""
    old = log.forger.world.log_signer
    for size, signer, policy in (
        (log.before, old, None), (log.both, old, None), (log.both, NEXT, None), (None, NEXT, new_policy(log)),
    ):  # fmt: skip
        files = log.files(size, signer=signer, policy=policy)
        for name in ("followed", f"fresh-{size}-{signer is old}"):
            found = copied(files, tmp_path / name, log.genesis)
            assert found.checkpoint.size == (size or len(log.forger.entries))
            assert {path: shown(tmp_path / name)[path] for path in files} == files
    places = parse_places((tmp_path / "followed" / KEYS_FILE).read_bytes())
    changes = (log.added + 1, log.added + 2, log.retired + 1, log.retired + 2)
    assert places == KeyPlaces(size=len(log.forger.entries), changes=changes)


def test_a_copy_without_trust_goes_on(log: Rotated, tmp_path: Path) -> None:
    """The genesis that it began with binds, and leads on."""
    copied(log.files(log.before, signer=log.forger.world.log_signer), tmp_path)
    assert copied(log.files(), tmp_path).held == log.before


def test_policies_from_both_sides(log: Rotated, tmp_path: Path) -> None:
    """The new one is believed; the old one until its keys are retired, and then its reader is told what to get."""
    old = Trust(log_keys=keys_in(log.forger.world.genesis.log_keys))
    new = Trust(policy=parse_policy(new_policy(log), place="policy"))
    copied(log.files(log.both, signer=log.forger.world.log_signer), tmp_path / "old", old)
    before = shown(tmp_path / "old")
    with pytest.raises(SignatureError, match="get the new policy"):
        copied(log.files(), tmp_path / "old", old)
    assert shown(tmp_path / "old") == before
    assert copied(log.files(), tmp_path / "old", new).held == log.both
    assert copied(log.files(), tmp_path / "fresh", new).entries


def test_a_retired_key_signs_nothing_more(log: Rotated, tmp_path: Path) -> None:
    """Neither for a fresh copy nor for one that follows; the same checkpoint by the new keys is taken."""
    old = log.forger.world.log_signer
    copied(log.files(log.both, signer=old), tmp_path / "followed", log.genesis)
    before = shown(tmp_path / "followed")
    for name in ("followed", "fresh"):
        with pytest.raises(SignatureError, match=r"no key believed|any known key"):
            copied(log.files(signer=old), tmp_path / name, log.genesis)
        assert not (tmp_path / name / "checkpoint").exists() or name == "followed"
    assert shown(tmp_path / "followed")["checkpoint"] == before["checkpoint"]
    assert copied(log.files(), tmp_path / "followed", log.genesis).held == log.both


def test_a_thief_of_retired_keys_is_not_believed(log: Rotated, tmp_path: Path) -> None:
    """Another continuation from before the retirement, signed by the keys that were good then: no update, and no fork."""
    copied(log.files(), tmp_path, log.genesis)
    before = shown(tmp_path)
    world = log.forger.world
    thief = Forger(world, list(log.forger.entries[: log.both]))
    thief.post(*(world.bank_lines(1, 90, statement=f"x{n}") for n in range(3)))
    lie = thief.files() | {"checkpoint": thief.checkpoint()}
    with pytest.raises(InputError) as raised:
        copied(lie, tmp_path, Trust(policy=parse_policy(new_policy(log), place="policy")))
    assert raised.value.code == "mirror.not-believed"
    assert shown(tmp_path) == before


@pytest.mark.parametrize("kept", [2, 1, 0], ids=["both administrators", "one", "nobody"])
@pytest.mark.parametrize("held", [True, False])
def test_only_the_administrators_hand_the_log_on(
    log: Rotated, tmp_path: Path, kept: int, *, held: bool
) -> None:
    """The operator alone leads no mirror to other keys, and nothing of what he offers is written."""
    if held:
        copied(log.files(log.before, signer=log.forger.world.log_signer), tmp_path, log.genesis)
    before = shown(tmp_path)
    entries = list(log.forger.entries)
    signatures = json.loads(entries[log.added])["signatures"]
    assert len(signatures) == 2
    entries[log.added] = edited(entries[log.added], signatures=signatures[:kept])
    made = Forger(log.forger.world, relinked(entries))
    files = made.files() | {"checkpoint": made.checkpoint(signer=NEXT)}
    del files["policy"]
    if kept == len(signatures):
        assert copied(files, tmp_path, log.genesis).entries
        return
    with pytest.raises(InputError):
        copied(files, tmp_path, log.genesis)
    assert shown(tmp_path) == before


def test_another_event_under_a_signed_header_is_noticed(log: Rotated, tmp_path: Path) -> None:
    """The administrators' signature is over the events, by their root."""
    entries = list(log.forger.entries)
    stranger = json.loads(adding(log.forger.world, log_signer_named("stranger")).event_bytes[0])
    event = json.loads(entries[log.added + 1])["event"] | {name: stranger[name] for name in ("vkey", "proof")}
    entries[log.added + 1] = edited(entries[log.added + 1], event=event)
    made = Forger(log.forger.world, relinked(entries))
    files = made.files() | {"checkpoint": made.checkpoint(signer=NEXT)}
    del files["policy"]
    with pytest.raises(InputError, match="header of this ledger binds"):
        copied(files, tmp_path, log.genesis)


def test_hashes_alone_lead_nowhere(log: Rotated, tmp_path: Path) -> None:
    """Without entries nobody can follow: the remedy names what to bring, and with it the copy goes on."""
    hashes = {path: data for path, data in log.files().items() if not path.startswith("tile/entries")}
    with pytest.raises(SignatureError, match="--policy or --log-key"):
        copied(hashes, tmp_path, log.genesis)
    assert not copied(hashes, tmp_path, Trust(log_keys=NEXT.keys(log.forger.origin))).entries


@pytest.mark.parametrize("damage", [None, b"", b"fundtrace/log-keys/v1\n900000\n", b"nonsense\n7\n", b"\xff"])
def test_a_lost_memory_is_made_again(log: Rotated, tmp_path: Path, damage: bytes | None) -> None:
    """Where keys change is read again from the entries in the folder, and only there."""
    copied(log.files(log.both), tmp_path, log.genesis)
    if damage is None:
        (tmp_path / KEYS_FILE).unlink()
    else:
        (tmp_path / KEYS_FILE).write_bytes(damage)
    source = Counted(log.files())
    mirror(source.log(), tmp_path, log.genesis, progress=lambda _done, _whole: None)
    assert "tile/entries/000" not in source.fetched
    assert len(parse_places((tmp_path / KEYS_FILE).read_bytes()).changes) == 4


def test_the_memory_has_one_spelling() -> None:
    """What is written is read back; anything else is nothing."""
    places = KeyPlaces(size=900, changes=(3, 7))
    good = format_places(places)
    assert parse_places(good) == places
    for bad in (
        good[:-1],
        good + b"7\n",
        good.replace(b"7", b"07"),
        good.replace(b"900", b"5"),
        in_order(good),
    ):
        assert parse_places(bad) == NOTHING


def in_order(data: bytes) -> bytes:
    """With the places the wrong way round."""
    return data.replace(b"3\n7\n", b"7\n3\n")
