# SPDX-License-Identifier: Apache-2.0
"""Anchors against logs: honest ones hold, and a log that was rewritten or cut after one is caught."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.anchor import AnchorName, PrintedAnchor, format_index
from ledger.log_keys import keys_in
from ledger.policy import Policy, RetiredLog
from ledger.vkey import parse_vkey
from tests.authority import Authority
from tests.malicious.forger import Forger, in_memory, judge, leaf_of, relinked, root_over, signed_checkpoint
from tests.worlds import log_signer_named, make_world
from verifier.integrity.anchors import Anchored, Contradicted, Unproved, anchored
from verifier.integrity.trust import Trust

if TYPE_CHECKING:
    from tests.malicious.forger import Files
    from verifier.integrity.anchors import AnchorFinding
    from verifier.integrity.verdict import Verdict


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that the auditor believes."""
    return Authority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def forger() -> Forger:
    """An honest log of more than one tile; its operator may turn."""
    made = Forger(make_world())
    made.post(*made.world.opening(), made.world.issue("L1", 1_000_000), made.world.bank_lines(1, 300))
    made.post(made.world.pay("L1", 250_000))
    return made


def anchor_files(authority: Authority, *notes: tuple[int, bytes]) -> Files:
    """What an export holds of anchors over these notes, by size."""
    names = [AnchorName(size=size, number=1) for size, _note in notes]
    files = {"anchor/index": format_index(names)}
    for name, (_size, note) in zip(names, notes, strict=True):
        files |= {name.note: note, name.token: authority.token_over(note)}
    return files


def findings(forger: Forger, files: Files, authority: Authority) -> list[AnchorFinding]:
    """What the anchors in `files` say."""
    key = parse_vkey(forger.world.genesis.log_keys[0])
    return list(anchored(in_memory(files), authority.roots, lambda _at: (key,)))


def rewritten(forger: Forger, at: int) -> Forger:
    """The same operator's other history: entry `at` is left out and everything behind it made to fit."""
    return Forger(forger.world, relinked([*forger.entries[:at], *forger.entries[at + 1 :]]))


def printed(forger: Forger, size: int | None = None) -> PrintedAnchor:
    """What was printed when the log had `size` entries."""
    leaves = forger.leaves[:size]
    return PrintedAnchor(origin=forger.origin, size=len(leaves), root=root_over(leaves))


def test_anchors_of_an_honest_log_hold(forger: Forger, authority: Authority) -> None:
    """At every size: one entry, within a tile, at its end, and all of it."""
    sizes = (1, 200, 256, len(forger.entries))
    notes = [(size, forger.checkpoint(size)) for size in sizes]
    found = findings(forger, forger.files() | anchor_files(authority, *notes), authority)
    assert [one.size for one in found if isinstance(one, Anchored)] == list(sizes)
    assert {one.authority for one in found if isinstance(one, Anchored)} == {"CN=Test TSA"}


def test_a_log_without_anchors_has_none(forger: Forger, authority: Authority) -> None:
    """No index, or an empty one."""
    assert findings(forger, forger.files(), authority) == []
    assert findings(forger, forger.files() | {"anchor/index": format_index([])}, authority) == []


def test_a_rewritten_log_is_contradicted(forger: Forger, authority: Authority) -> None:
    """Rewritten with the real key before the anchored size: the honest anchor from then gives it away."""
    anchors = anchor_files(authority, (200, forger.checkpoint(200)), (260, forger.checkpoint(260)))
    found = findings(forger, rewritten(forger, 220).files() | anchors, authority)
    assert [type(one) for one in found] == [Anchored, Contradicted]
    assert isinstance(found[1], Contradicted)
    assert "fork" in found[1].reason.en


def test_a_cut_log_is_contradicted(forger: Forger, authority: Authority) -> None:
    """Fewer entries than were anchored."""
    anchors = anchor_files(authority, (260, forger.checkpoint(260)))
    (found,) = findings(forger, forger.files(250) | anchors, authority)
    assert isinstance(found, Contradicted)
    assert "rollback" in found.reason.en


def test_anchors_that_say_nothing(
    forger: Forger, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A stranger's stamp, a note of nobody, of another log, a token over another note, a missing file: none counts."""
    stranger = Authority.make(tmp_path_factory.mktemp("stranger"), name="Stranger")
    good = anchor_files(authority, (200, forger.checkpoint(200)))
    foreign = signed_checkpoint("other.example/log", forger.leaves[:200], forger.world.log_signer)
    unsigned = forger.checkpoint(200, signer=log_signer_named("nobody"))
    cases = [
        anchor_files(stranger, (200, forger.checkpoint(200))),
        anchor_files(authority, (200, foreign)),
        anchor_files(authority, (200, unsigned)),
        anchor_files(authority, (200, forger.checkpoint(201))),
        good | {"anchor/200-1.note": forger.checkpoint(201)},
        {path: data for path, data in good.items() if not path.endswith(".tsr")},
        good | {"anchor/200-1.tsr": b"no token"},
    ]
    for case in cases:
        (found,) = findings(forger, forger.files() | case, authority)
        assert isinstance(found, Unproved), case
    (honest,) = findings(forger, forger.files() | good, authority)
    assert isinstance(honest, Anchored)


def test_a_verdict_tells_of_anchors(forger: Forger, authority: Authority) -> None:
    """Held anchors tell up to where and by whom; contradicted ones break I5; time stamps alone authenticate nobody."""
    trust = Trust(authorities=authority.roots)
    anchors = anchor_files(authority, (200, forger.checkpoint(200)), (260, forger.checkpoint(260)))
    good = judge(forger.files() | anchors, trust)
    assert good.outcome == "self-consistent"
    assert good.check("I5").state == "ok"
    assert [(one.size, one.by.en) for one in good.anchors] == [(260, "time-stamp authority CN=Test TSA")]
    assert [one.standing for one in good.ranges] == ["anchored", "consistent"]
    bad = judge(rewritten(forger, 250).files() | anchors, trust)
    assert broken_i5(bad).startswith("CN=Test TSA stamped at")
    assert bad.anchors == ()
    stranger = judge(forger.files() | anchors | {"anchor/260-1.tsr": b"no token"}, trust)
    assert [one.size for one in stranger.anchors] == [200]
    assert [note.en for note in stranger.notes if "anchor 260-1 does not count" in note.en]


@pytest.mark.parametrize(
    ("recorded", "counts"), [("2999-01-01T00:00:00.000Z", True), ("2026-01-01T00:00:00.000Z", False)]
)
def test_a_retired_key_counts_for_stamps_from_before(
    forger: Forger, authority: Authority, recorded: str, counts: bool
) -> None:
    """Whoever finds a retired key can sign with it, and have that stamped today, but not before the retirement."""
    retired = tuple(RetiredLog(key=key, recorded=recorded) for key in keys_in(forger.world.genesis.log_keys))
    policy = Policy(logs=(), witnesses={}, groups={}, quorum="none", retired=retired)
    trust = Trust(authorities=authority.roots, policy=policy)
    anchors = anchor_files(authority, (260, forger.checkpoint(260)))
    assert bool(judge(forger.files() | anchors, trust).anchors) == counts
    assert judge(rewritten(forger, 250).files() | anchors, trust).check("I5").state == (
        "broken" if counts else "ok"
    )


def broken_i5(verdict: Verdict) -> str:
    """Why the past does not agree."""
    check = verdict.check("I5")
    assert check.state == "broken"
    assert check.reason is not None
    return check.reason.en


@pytest.mark.parametrize("size", [1, 100, 256, 257, None])
def test_a_printed_anchor_vouches_for_its_prefix(forger: Forger, size: int | None) -> None:
    """Smaller and equal: the ledger is verified against the print."""
    verdict = judge(forger.files(), Trust(anchor=printed(forger, size)))
    assert verdict.outcome == "verified"
    assert verdict.check("I5").state == "ok"
    assert verdict.check("I10").state == ("ok" if size is None else "unevaluable")


def test_a_printed_anchor_catches_a_rewriting_and_a_cut(forger: Forger) -> None:
    """Other entries below it, fewer than it says, or another ledger; entries rewritten behind it are beyond it."""
    other = Forger(make_world())
    other.post(*other.world.opening())
    assert "fork" in broken_i5(judge(rewritten(forger, 220).files(), Trust(anchor=printed(forger, 260))))
    assert "rollback" in broken_i5(judge(forger.files(250), Trust(anchor=printed(forger, 260))))
    elsewhere = PrintedAnchor(origin="other.example/log", size=1, root=leaf_of(forger.entries[0]))
    assert "other.example/log" in broken_i5(judge(forger.files(), Trust(anchor=elsewhere)))
    beyond = judge(rewritten(forger, len(forger.entries) - 1).files(), Trust(anchor=printed(forger, 220)))
    assert beyond.check("I5").state == "ok"


def test_a_damaged_tile_leaves_the_past_undecided(forger: Forger) -> None:
    """Where hashes do not fit, the print says nothing; the tile itself is what I3 reports."""
    files = forger.files()
    files["tile/0/000"] = bytes(8_192)
    verdict = judge(files, Trust(anchor=printed(forger, 100)))
    assert verdict.check("I5").state == "unevaluable"
    assert verdict.outcome == "broken"
