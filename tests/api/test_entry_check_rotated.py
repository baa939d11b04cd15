# SPDX-License-Identifier: Apache-2.0
"""The reader's own check where it is harder: keys that changed, submissions of thousands of events, entries kept back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ledger.hashing import leaf_hash
from ledger.log_keys import keys_in
from ledger.policy import RetiredLog
from ledger.published_policy import policy_text
from tests.api.test_entry_check import STEPS, Exported, read_back, told
from tests.ledger.test_log_key_changes import NEXT, adding, admitting, retiring
from tests.malicious.forger import Forger, edited, export_files, relinked
from tests.worlds import log_signer_named, make_world

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.log_signer import LogSigner

PASSED = {"passed": STEPS}


class Rotated:
    """A log whose keys changed, and copies of it that lie."""

    def __init__(self, folder: Path) -> None:
        """Written down in `folder`."""
        world = make_world()
        self.folder = folder
        self.forger = Forger(world)
        self.forger.post(*world.opening(), world.issue("L1", 1_000_000))
        self.forger.post(admitting(world))
        self.added = self.forger.post(adding(world))
        self.retired = self.forger.post(retiring(world, *world.genesis.log_keys))
        self.paid = self.forger.post(world.pay("L1", 250_000))

    def policy(self, *changes: int, signer: LogSigner = NEXT) -> str:
        """The policy of the log, with hints at these entries."""
        at = json.loads(self.forger.entries[self.retired])["recorded"]
        gone = [RetiredLog(key=key, recorded=at) for key in keys_in(self.forger.world.genesis.log_keys)]
        return policy_text(signer.keys(self.forger.origin), retired=gone, changes=changes)

    @property
    def changes(self) -> tuple[int, ...]:
        """Where keys change."""
        return (self.added + 1, self.added + 2, self.retired + 1, self.retired + 2)

    def written(
        self,
        name: str,
        *,
        policy: str | None = None,
        entries: list[bytes] | None = None,
        signer: LogSigner = NEXT,
    ) -> Exported:
        """The log, or another, in a folder of that name."""
        made = Forger(self.forger.world, relinked(entries or self.forger.entries))
        offered = policy or self.policy(*self.changes)
        files = made.files() | {"checkpoint": made.checkpoint(signer=signer), "policy": offered.encode()}
        return read_back(export_files(self.folder / name, files))


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> Rotated:
    """One log for the tests of this module."""
    return Rotated(tmp_path_factory.mktemp("rotated"))


def test_every_entry_of_a_log_with_new_keys_passes(rotated: Rotated) -> None:
    """Old entries and the changes themselves; with genesis hash, new policy and new key from outside too."""
    log = rotated.written("honest")
    trusts = ["", leaf_hash(log.entries[0]).hex(), rotated.policy(), NEXT.vkeys(rotated.forger.origin)[0]]
    questions = [log.question(seq) for seq in range(len(log.entries))]
    questions += [log.question(rotated.paid + 1, trust=trust) for trust in trusts]
    assert told(questions) == [PASSED] * len(questions)


def test_a_retired_key_is_no_word(rotated: Rotated) -> None:
    """What the reader brought is a key that the log retired: said so."""
    log = rotated.written("honest")
    (answer,) = told([log.question(3, trust=rotated.forger.world.genesis.log_keys[0])])
    assert (answer["passed"], answer["refused"]) == (STEPS[:4], "signature")
    assert "retired the key" in answer["message"]


def test_hints_are_not_believed(rotated: Rotated) -> None:
    """None, or one behind the head: nothing is decided. Too few, or at other entries: refused.

    One left out must not make a line of the head spare.
    In what order they stand in the policy does not matter: that of the log counts.
    """
    honest = rotated.changes
    backwards = rotated.written("backwards", policy=rotated.policy(*reversed(honest)))
    assert told([backwards.question(3)]) == [PASSED]
    hints = [(), honest[1:], honest[:1], honest[:1] + honest[2:], (3, *honest), (*honest, 90_000)]
    logs = [rotated.written(f"hints-{n}", policy=rotated.policy(*one)) for n, one in enumerate(hints)]
    answers = told([log.question(3) for log in logs])
    assert [one["passed"] for one in answers] == [STEPS[:4]] * len(answers)
    assert [answers[at]["refused"] for at in (0, -1)] == ["missing", "missing"]
    assert {one["refused"] for one in answers[1:-1]} <= {"signature", "proof"}


def test_only_administrators_hand_the_log_on(rotated: Rotated) -> None:
    """With one signature fewer, with another key under a signed header, and with a proof of somebody else: refused."""
    added = rotated.added
    one_less, other_event = list(rotated.forger.entries), list(rotated.forger.entries)
    one_less[added] = edited(one_less[added], signatures=json.loads(one_less[added])["signatures"][:1])
    stranger = json.loads(adding(rotated.forger.world, log_signer_named("stranger")).event_bytes[0])
    event = json.loads(other_event[added + 1])["event"] | {name: stranger[name] for name in ("vkey", "proof")}
    other_event[added + 1] = edited(other_event[added + 1], event=event)
    logs = [
        rotated.written(name, entries=entries)
        for name, entries in (("less", one_less), ("other", other_event))
    ]
    answers = told([log.question(3) for log in logs])
    assert [(one["passed"], one["refused"]) for one in answers] == [
        (STEPS[:4], "signature"),
        (STEPS[:4], "proof"),
    ]


def test_old_keys_sign_no_more(rotated: Rotated) -> None:
    """A head over the retirement that the retired keys signed, with the policy that they had."""
    old = rotated.forger.world.log_signer
    policy = policy_text(old.keys(rotated.forger.origin), changes=rotated.changes)
    (answer,) = told([rotated.written("old", policy=policy, signer=old).question(3)])
    assert (answer["passed"], answer["refused"]) == (STEPS[:4], "signature")


# --- large submissions ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Exported, int]:
    """A submission of 1,500 bank lines over seven bundles, and the position of its header."""
    world = make_world()
    forger = Forger(world)
    forger.post(*world.opening())
    at = forger.post(world.bank_lines(1, 1_500, statement="s1"))
    forger.post(world.issue("L1", 7))
    folder = tmp_path_factory.mktemp("large")
    return read_back(export_files(folder, forger.files())), at


def test_a_submission_of_any_length_is_checked(large: tuple[Exported, int]) -> None:
    """Its header, its first, a middle and its last event."""
    log, at = large
    assert json.loads(log.entries[at])["header"]["count"] > 1024
    assert told([log.question(seq) for seq in (at, at + 1, at + 700, len(log.entries) - 3)]) == [PASSED] * 4


def test_every_event_of_it_counts(large: tuple[Exported, int]) -> None:
    """One bit in a bundle that holds neither the entry nor its header, or in its hashes, is noticed."""
    log, at = large
    entry, hashes = "tile/entries/004", "tile/0/004"
    flips = [(entry, 3, STEPS[:2]), (entry, 90_000, STEPS[:2]), (hashes, 4_464, STEPS[:3])]
    questions = [log.question(at + 1, flip={"path": path, "bit": bit}) for path, bit, _passed in flips]
    answers = told(questions)
    assert all("refused" in one for one in answers)
    assert [one["passed"] for one in answers] == [passed for _path, _bit, passed in flips]


# --- entries kept back ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 404])
def test_what_can_be_checked_without_entries_is(rotated: Rotated, status: int) -> None:
    """Chain and inclusion by hash tiles, the head by policy; each step that did only a part says so."""
    log = rotated.written("honest")
    policy, genesis = rotated.policy(), leaf_hash(log.entries[0]).hex()
    asked = [(3, ""), (3, genesis), (3, policy), (rotated.paid, policy), (0, "")]
    answers = told([log.question(seq, trust=trust, status=status) for seq, trust in asked])
    partly = ["bytes", "chain", "signatures"]
    assert [one["open"] for one in answers] == [
        [*partly, "checkpoint"], [*partly, "checkpoint"], partly, partly, ["bytes", "checkpoint"],
    ]  # fmt: skip
    assert all(one["passed"] == STEPS for one in answers)


def test_without_entries_lies_are_noticed_all_the_same(rotated: Rotated) -> None:
    """Other bytes on the page, another hash, another head, another genesis brought; a server that fails decides nothing."""
    log = rotated.written("honest")
    width = len(log.entries)
    altered = edited(log.entries[3], recorded="2026-01-01T00:00:00.000Z").hex()
    unchained = edited(log.entries[3], prev="ab" * 32).hex()
    answers = told([
        log.question(3, shown=altered, status=403),
        log.question(3, shown=unchained, status=403),
        log.question(3, flip={"path": f"tile/0/000.p/{width}", "bit": 256 * 9}, status=403),
        log.question(3, flip={"path": "checkpoint", "bit": 3}, status=403),
        log.question(3, trust="ab" * 32, status=403),
        log.question(3, status=500),
    ])  # fmt: skip
    assert [one.get("refused") for one in answers][:2] == ["proof", "proof"]
    assert all("refused" in one for one in answers)
    assert (answers[4]["passed"], answers[4]["refused"]) == (STEPS[:4], "signature")
    assert (answers[5]["passed"], answers[5]["refused"]) == ([], "missing")
