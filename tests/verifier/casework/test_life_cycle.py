# SPDX-License-Identifier: Apache-2.0
"""The life cycle of a finding: steps join it afterwards, timers run, corrections close it, contents are compared."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from ledger.commitments import Disclosure, commitment_of, disclose
from ledger.errors import FormatError
from tests.scenarios.judging import STAGE
from tests.scenarios.language import scenario
from tests.scenarios.test_disbursement_delay import CLAIM
from tests.scenarios.working import judgement_of, worked
from verifier.casework.life_cycle import LifeCycle, LifeCycles

if TYPE_CHECKING:
    from verifier.basis.findings import Finding

AS_OF = "2026-06-30"
SEALED = "_sd=" + "A" * 42 + "A"
HASH = "5e" * 32


def only(text: str = "", as_of: str = AS_OF) -> tuple[Finding, LifeCycle]:
    """The late payment of the claim, with what `text` made of it; ``{id}`` and ``{hash}`` stand for its own."""
    ((plain, _),) = worked(CLAIM, as_of, stage=STAGE, rule="F04")
    told = text.replace("{id}", plain.id).replace("{hash}", plain.content_hash)
    (found,) = worked(CLAIM + told, as_of, stage=STAGE, rule="F04")
    return found


def test_a_finding_that_nobody_touched_is_raised_since_it_could_be_known() -> None:
    """Computed, never posted."""
    finding, life = only()
    assert (life.state, life.since) == ("raised", finding.decisive_on)
    assert finding.decisive_on is not None
    assert life.days == (datetime.date(2026, 6, 30) - finding.decisive_on).days
    assert (life.case, life.steps, life.correction) == (None, (), None)


AFFIRMED = "2026-04-01 dispose K1 affirmed finding={id} content_hash={hash} parties=WATER by=AUDIT\n"
ORDERED = "2026-04-02 dispose K1 ordered finding={id} content_hash={hash} due_on=2026-05-06 by=AUDIT\n"
ANSWERED = "2026-05-06 dispose K1 answered finding={id} content_hash={hash} returned=200.00 by=AUDIT\n"
VERIFIED = (
    "2026-05-20 dispose K1 verified finding={id} content_hash={hash} returned=300.00 exempt=50.00 "
    "basis=资金办法9 by=AUDIT\n"
)
CLOSED = "2026-06-01 dispose K1 closed finding={id} content_hash={hash} by=AUDIT\n"


def test_steps_are_joined_and_timed() -> None:
    """State, days in it, the due day of the answer, and the newest amounts, which are sums and no parts."""
    _, affirmed = only(AFFIRMED)
    assert (affirmed.state, affirmed.days, affirmed.case) == ("affirmed", 90, "K1")
    _, ordered = only(AFFIRMED + ORDERED)
    assert (ordered.state, ordered.due_on, ordered.answer_days_late) == (
        "ordered",
        datetime.date(2026, 5, 6),
        55,
    )
    _, answered = only(AFFIRMED + ORDERED + ANSWERED)
    assert (answered.state, answered.answer_days_late, answered.returned) == ("answered", 0, 20_000)
    _, late = only(AFFIRMED + ORDERED + ANSWERED.replace("2026-05-06", "2026-05-08"))
    assert late.answer_days_late == 2
    _, closed = only(AFFIRMED + ORDERED + ANSWERED + VERIFIED + CLOSED)
    assert (closed.state, closed.returned, closed.exempt, closed.basis) == (
        "closed",
        30_000,
        5_000,
        "资金办法9",
    )
    assert [step.state for step in closed.steps] == ["affirmed", "ordered", "answered", "verified", "closed"]


def test_ordered_again_is_not_ordered_anew() -> None:
    """An order that puts the day off leaves the clock of the state alone; the newest day counts."""
    again = ORDERED.replace("04-02", "05-20").replace("05-06", "06-20")
    _, life = only(AFFIRMED + ORDERED + again)
    assert (life.since, life.due_on) == (datetime.date(2026, 4, 2), datetime.date(2026, 6, 20))
    assert life.answer_days_late == 10


def test_rules_never_see_dispositions() -> None:
    """The finding is the same whatever auditors posted, but for the position up to which was judged."""
    plain, _ = only()
    steps, life = only(AFFIRMED + ORDERED)
    assert (steps.id, steps.explanation, steps.amount) == (plain.id, plain.explanation, plain.amount)
    assert life.content_changed == (steps.content_hash != plain.content_hash)


def test_a_step_that_cites_an_older_content_says_so() -> None:
    """The hash that the case cites is that of another content than the finding has now."""
    _, changed = only(f"2026-04-01 dispose K1 affirmed finding={{id}} content_hash={HASH} by=AUDIT")
    assert changed.content_changed
    made = scenario(
        CLAIM + AFFIRMED.replace("{hash}", HASH).replace("{id}", "0" * 32), stage=f"ledger\n{STAGE}"
    )
    with judgement_of(made, AS_OF) as judgement:
        (finding,) = [one for one in judgement.findings() if one.rule == "F04"]
    told = AFFIRMED.replace("{hash}", finding.content_hash).replace("{id}", finding.id)
    made = scenario(CLAIM + told, stage=f"ledger\n{STAGE}")
    with judgement_of(made, AS_OF) as judgement:
        (same,) = [one for one in judgement.findings() if one.rule == "F04"]
        assert same == finding  # known by as many entries: one step each
        assert not LifeCycles(judgement.casebook, judgement.case.as_of).of(same).content_changed


def test_a_step_taken_back_was_none() -> None:
    """Its correction leaves the case where it was."""
    _, life = only(AFFIRMED + ORDERED.rstrip() + " as=order\n2026-04-03 void order by=AUDIT")
    assert life.state == "affirmed"


def test_a_correction_closes_the_finding_with_its_reason() -> None:
    """T18: the approval was reversed after the due day; the case stays open beside it, for its office to close."""
    voided = '2026-05-01 void ok reason="批复登记有误" by=WATER\n'
    finding, life = only(voided)
    assert "corrected" in finding.marks
    assert (life.state, life.since, life.days) == ("corrected", datetime.date(2026, 5, 1), 60)
    assert life.correction is not None
    assert life.correction.reason == "批复登记有误"
    _, both = only(AFFIRMED + ORDERED + voided)
    assert (both.state, both.case_state, both.due_on) == ("corrected", "ordered", datetime.date(2026, 5, 6))


def test_several_cases_about_one_finding() -> None:
    """The one that moved last tells the state; an open one before a closed one; amounts are the largest, never a sum."""
    second = AFFIRMED.replace("K1", "K2").replace("04-01", "04-03")
    _, life = only(AFFIRMED + ORDERED + second)
    assert (life.state, life.case, life.other_cases) == ("affirmed", "K2", ("K1",))
    assert [step.case for step in life.steps] == ["K1", "K1", "K2"]
    closed = CLOSED.replace("K1 closed", "K2 closed").replace(" by=", " returned=250.00 by=")
    _, life = only(AFFIRMED + ORDERED + second + ANSWERED + closed)
    assert (life.state, life.case, life.other_cases, life.returned) == ("answered", "K1", ("K2",), 25_000)


def test_before_it_is_affirmed_only_disclosures_tell_which_finding_is_meant() -> None:
    """Commitments stay closed to whoever lacks them; what opens them opens the case."""
    ((plain, _),) = worked(CLAIM, AS_OF, stage=STAGE, rule="F04")
    shown = disclose(
        {"finding": plain.id, "content_hash": plain.content_hash, "text": "待核"}, lambda n: b"s" * n
    )
    commitments = ",".join(sorted(one.commitment for one in shown))
    text = f"2026-04-01 dispose K1 suspected _sd={commitments} by=AUDIT"
    with judgement_of(scenario(CLAIM + text, stage=f"ledger\n{STAGE}"), AS_OF) as judgement:
        book, as_of = judgement.casebook, judgement.case.as_of
        (finding,) = [one for one in judgement.findings() if one.rule == "F04"]
        assert LifeCycles(book, as_of).of(finding).state == "raised"
        assert [case for case, _ in LifeCycles(book, as_of).beyond({finding.id})] == ["K1"]
        assert book.sealed
        (step,) = book.cases()["K1"]
        other = Disclosure(salt="A" * 22, name="text", value="no commitment of it")
        book.open([(step.seq, other.text), (step.seq + 2, shown[0].text)])
        assert book.cases()["K1"] == (step,)
        book.open([(step.seq, one.text) for one in shown])
        life = LifeCycles(book, as_of).of(finding)
        assert (life.state, life.steps[0].text, book.sealed) == ("suspected", "待核", False)
        assert list(LifeCycles(book, as_of).beyond({finding.id})) == []


def test_a_case_about_a_finding_no_longer_raised_is_kept() -> None:
    """Nothing that auditors posted is lost."""
    gone = f"2026-04-01 dispose K9 affirmed finding={'0' * 32} content_hash={HASH} by=AUDIT"
    with judgement_of(scenario(CLAIM + gone, stage=f"ledger\n{STAGE}"), AS_OF) as judgement:
        cycles = LifeCycles(judgement.casebook, judgement.case.as_of)
        ids = {one.id for one in judgement.findings()}
        assert [(case, steps[-1].state) for case, steps in cycles.beyond(ids)] == [("K9", "affirmed")]


def test_what_opens_a_commitment_must_be_a_disclosure() -> None:
    """A text whose hash stands in the step, and that is nothing a disclosure is."""
    text = f"2026-04-01 dispose K1 suspected _sd={commitment_of('bm90aGluZw')} by=AUDIT"
    with judgement_of(scenario(CLAIM + text, stage=f"ledger\n{STAGE}"), AS_OF) as judgement:
        (step,) = judgement.casebook.cases()["K1"]
        with pytest.raises(FormatError):
            judgement.casebook.open([(step.seq, "bm90aGluZw")])
