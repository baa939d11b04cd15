# SPDX-License-Identifier: Apache-2.0
"""Verdicts: the lowest position counts, broken comes before incomplete, and only outside trust verifies."""

from __future__ import annotations

from verifier.integrity.verdict import Check, Checklist, CheckState, Outcome, Verdict
from verifier.language import Told
from verifier.verdict_text import record_of, sentence, text_of

WHY = Told(en="why", zh="缘由")


def verdict(checklist: Checklist, *trusted: Told) -> Verdict:
    """What the checklist amounts to."""
    return Verdict(
        checks=tuple(checklist.outcomes()),
        origin="ledger.example/x",
        genesis="1" * 64,
        size=9,
        root="2" * 64,
        good_prefix=4,
        trusted=trusted,
        incomplete=checklist.incomplete,
        newer_from=checklist.newer_from,
    )


def states(checklist: Checklist) -> dict[str, tuple[CheckState, int | None]]:
    """State and position by number."""
    return {check.number: (check.state, check.position) for check in checklist.outcomes()}


def test_nothing_found_is_ok() -> None:
    """All ten, in order."""
    assert list(states(Checklist())) == [f"I{number}" for number in range(1, 11)]
    assert set(states(Checklist()).values()) == {("ok", None)}


def test_the_lowest_position_counts() -> None:
    """For each check, and over all of them; a fault at no entry comes last."""
    checklist = Checklist()
    for position in (None, 7, 3, 5):
        checklist.broke("I3", position, WHY)
    checklist.broke("I4", None, WHY)
    checklist.broke("I7", 3, WHY)
    assert states(checklist)["I3"] == ("broken", 3)
    assert checklist.cut == 3
    assert verdict(checklist).first_broken == Check(number="I3", state="broken", position=3, reason=WHY)


def test_a_cut_may_lie_elsewhere_than_the_fault() -> None:
    """Before it, when a whole submission falls; behind it, when entries are not at fault."""
    checklist = Checklist()
    checklist.broke("I3", 2, WHY, cut=9)
    assert checklist.cut == 9
    checklist.broke("I8", 6, WHY, cut=5)
    assert checklist.cut == 5


def test_broken_outweighs_halted_and_the_widest_halt_counts() -> None:
    """What says nothing at all says nothing from any position."""
    checklist = Checklist()
    checklist.halt("I6", 5, WHY)
    checklist.halt("I6", 0, WHY)
    checklist.halt("I6", 4, WHY)
    assert states(checklist)["I6"] == ("unevaluable", 0)
    checklist.halt("I6", None, WHY)
    assert states(checklist)["I6"] == ("unevaluable", None)
    checklist.broke("I6", 8, WHY)
    assert states(checklist)["I6"] == ("broken", 8)


def outcome(*, broken: bool, newer: bool, trusted: bool) -> tuple[Outcome, int]:
    """Outcome and exit code of a combination."""
    checklist = Checklist()
    if broken:
        checklist.broke("I1", 0, WHY)
    if newer:
        checklist.needs_newer(3)
    made = verdict(checklist, *([WHY] if trusted else []))
    return made.outcome, made.exit_code


def test_outcomes() -> None:
    """Broken, then incomplete, then what trust makes of it."""
    assert outcome(broken=True, newer=True, trusted=True) == ("broken", 2)
    assert outcome(broken=False, newer=True, trusted=True) == ("incomplete", 3)
    assert outcome(broken=False, newer=False, trusted=True) == ("verified", 0)
    assert outcome(broken=False, newer=False, trusted=False) == ("self-consistent", 0)


def test_every_outcome_is_said_in_both_languages() -> None:
    """And the report never says verified without trust."""
    checklist = Checklist()
    checklist.broke("I4", None, WHY)
    assert sentence(verdict(checklist)) == Told(
        en="BROKEN in the checkpoint (I4): why", zh="账本不符：检查点（I4）：缘由"
    )
    assert "VERIFIED" not in "\n".join(text_of(verdict(Checklist()), "en"))
    assert "VERIFIED against why" in "\n".join(text_of(verdict(Checklist(), WHY), "en"))
    assert "验证通过，依据：缘由" in "\n".join(text_of(verdict(Checklist(), WHY), "zh"))
    checklist = Checklist()
    checklist.needs_newer(3)
    assert "INCOMPLETE: needs a newer verifier from entry 3 on" in "\n".join(
        text_of(verdict(checklist), "en")
    )


def test_the_record_is_complete() -> None:
    """Programs find the same facts under stable names."""
    checklist = Checklist()
    checklist.broke("I8", 6, WHY)
    record = record_of(verdict(checklist))
    assert record["outcome"] == "broken"
    assert record["first_broken"] == record["checks"][7]
    assert record["first_broken"]["reason"] == {"en": "why", "zh": "缘由"}
    assert record["good_prefix"] == 4
