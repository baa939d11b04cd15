# SPDX-License-Identifier: Apache-2.0
"""I9, I10 and the verdict by range: who saw how much, what only the operator says, and from where on it is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.cosignature import CosignerKey, cosign_text
from ledger.note import format_note, parse_note
from ledger.policy import parse_policy
from tests.malicious.forger import Files, Forger, judge, leaf_of, state_of, tiles_over
from tests.worlds import make_world, signer_named
from verifier.integrity.ranges import OWN_STATE, Anchor, Range, anchors_of_witnesses, furthest, ranges_of
from verifier.integrity.trust import Trust
from verifier.language import Told
from verifier.verdict_text import record_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

WITNESS = signer_named("witness")
KEY = CosignerKey(name="witness.example", alg=WITNESS.alg, public=WITNESS.public)
SECONDS = 1_767_600_000
WHEN = "2026-01-05T08:00:00.000Z"


def named(name: str) -> Told:
    """Somebody."""
    return Told(en=name, zh=name)


def stretches(
    anchors: list[Anchor], good: int, size: int, fault: Range | None = None
) -> Iterator[tuple[int, int, str]]:
    """Start, stop and standing of each range."""
    for one in ranges_of(anchors, good=good, size=size, fault=fault):
        yield one.start, one.stop, one.standing


@pytest.fixture
def forger() -> Forger:
    """An honest log."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000))
    return made


def cosigned(forger: Forger, *, name: str = KEY.name) -> Files:
    """The honest log, cosigned under `name`."""
    note = parse_note(forger.checkpoint())
    line = cosign_text(note.text, name=name, signer=WITNESS, seconds=SECONDS)
    return forger.files() | {"checkpoint": format_note(note.text, [*note.signatures, line])}


def trust_in(forger: Forger, key: CosignerKey = KEY) -> Trust:
    """A policy that knows the log and one witness, whose cosignature it does not demand."""
    lines = f"log {forger.world.genesis.log_keys[0]}\nwitness w1 {key.text}\nquorum none\n"
    return Trust(policy=parse_policy(lines, place="policy"))


def test_ranges_cover_the_log_without_gap() -> None:
    """Each stretch names everybody who saw all of it; the tail and the broken rest follow."""
    seen = [Anchor(size=4, by=named("a"), at="t1"), Anchor(size=7, by=named("b"))]
    fault = Range(start=0, stop=0, standing="broken", reason=named("why"))
    assert list(stretches(seen, 9, 9)) == [(0, 4, "anchored"), (4, 7, "anchored"), (7, 9, "consistent")]
    assert list(stretches(seen, 5, 9, fault)) == [(0, 4, "anchored"), (4, 5, "anchored"), (5, 9, "broken")]
    assert list(stretches([], 9, 9)) == [(0, 9, "consistent")]
    assert list(stretches([], 0, 9, fault)) == [(0, 9, "broken")]
    assert list(stretches(seen, 0, 0)) == []
    first, second, *_rest = ranges_of(seen, good=9, size=9, fault=None)
    assert first.reason == Told(en="b; a at t1", zh="b；a（t1）")
    assert second.reason == named("b")


def test_of_each_who_saw_it_the_furthest_counts() -> None:
    """Largest size, then the earliest time; many time stamps of one authority are one line."""
    seen = [Anchor(size=size, by=named("a"), at=at) for size, at in ((4, "t1"), (7, "t3"), (7, "t2"))]
    assert furthest([*seen, Anchor(size=5, by=named("b"))]) == (
        Anchor(size=7, by=named("a"), at="t2"),
        Anchor(size=5, by=named("b")),
    )


def test_without_anchors_it_is_consistent_only(forger: Forger) -> None:
    """I10 is not evaluable from entry 0 on, which lowers nothing; I9 says that there is nothing to compare."""
    verdict = judge(forger.files())
    size = len(forger.entries)
    assert (verdict.outcome, verdict.exit_code) == ("self-consistent", 0)
    assert (verdict.check("I9").state, verdict.check("I9").position) == ("unevaluable", None)
    assert "no disclosures in this source" in str(verdict.check("I9").reason)
    assert (verdict.check("I10").state, verdict.check("I10").position) == ("unevaluable", 0)
    assert verdict.ranges == (Range(start=0, stop=size, standing="consistent"),)


def test_a_witness_anchors_what_it_cosigned(forger: Forger) -> None:
    """By whom and when, in both languages and for programs."""
    verdict = judge(cosigned(forger), trust_in(forger))
    size = len(forger.entries)
    assert verdict.check("I10").state == "ok"
    assert verdict.anchors == (
        Anchor(size=size, by=Told(en="witness witness.example", zh="见证方 witness.example"), at=WHEN),
    )
    assert f"  entries 0 to {size - 1}  anchored by: witness witness.example at {WHEN}" in text_of(
        verdict, "en"
    )
    assert f"  第 0 至 {size - 1} 条  已锚定：见证方 witness.example（{WHEN}）" in text_of(verdict, "zh")
    assert record_of(verdict)["anchors"][0]["at"] == WHEN
    assert record_of(verdict)["ranges"][0]["standing"] == "anchored"


def test_only_witnesses_that_the_reader_knows_anchor(forger: Forger) -> None:
    """Not one of the source's own choosing, and not the log itself."""
    assert judge(cosigned(forger)).anchors == ()
    assert judge(forger.files(), trust_in(forger)).anchors == ()
    own = CosignerKey(name=forger.origin, alg=WITNESS.alg, public=WITNESS.public)
    assert judge(cosigned(forger, name=forger.origin), trust_in(forger, own)).anchors == ()


def test_a_witness_without_a_usable_time_still_counts(forger: Forger) -> None:
    """Who without when."""
    note = parse_note(forger.checkpoint())
    for seconds in (0, 2**62):
        line = cosign_text(note.text, name=KEY.name, signer=WITNESS, seconds=seconds)
        policy = trust_in(forger).policy
        (anchor,) = anchors_of_witnesses(format_note(note.text, [line]), policy)
        assert anchor.at is None
        assert anchor.told == anchor.by


def test_an_earlier_visit_anchors_its_prefix(forger: Forger) -> None:
    """The rest is the unanchored tail."""
    state = state_of(forger.files())
    forger.post(forger.world.pay("L1", 1))
    verdict = judge(forger.files(), Trust(state=state))
    assert verdict.outcome == "verified"
    assert (verdict.check("I10").state, verdict.check("I10").position) == ("unevaluable", state.size)
    assert [(one.start, one.stop, one.standing) for one in verdict.ranges] == [
        (0, state.size, "anchored"),
        (state.size, len(forger.entries), "consistent"),
    ]
    assert verdict.ranges[0].reason == OWN_STATE


def test_broken_ranges_say_why_and_nobody_anchors_them(forger: Forger) -> None:
    """An altered entry under a cosigned checkpoint: what was cosigned is not what is here."""
    entries = [*forger.entries[:-1], forger.entries[-1].replace(b"250000", b"950000")]
    assert leaf_of(entries[-1]) != leaf_of(forger.entries[-1])
    files = cosigned(forger) | {
        path: data for path, data in tiles_over(entries).items() if path.startswith("tile/entries")
    }
    verdict = judge(files, trust_in(forger))
    assert verdict.anchors == ()
    assert [one.standing for one in verdict.ranges] == ["consistent", "broken"]
    assert verdict.ranges[-1].reason is not None
    assert "was altered" in verdict.ranges[-1].reason.en
    assert verdict.ranges[-1].stop == len(entries)


def test_a_log_that_needs_a_newer_program_is_not_checked_further(forger: Forger) -> None:
    """Beyond what this program understands nothing is claimed; without a checkpoint there are no ranges at all."""
    files = {path: data for path, data in forger.files().items() if not path.startswith("tile/entries")}
    verdict = judge(files)
    assert [one.standing for one in verdict.ranges] == ["unchecked"]
    broken = judge(forger.files() | {"checkpoint": b"x"})
    assert broken.ranges == ()
    assert broken.check("I10").state == "unevaluable"
