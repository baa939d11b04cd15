# SPDX-License-Identifier: Apache-2.0
"""One payment counts once: amounts of findings are united per payment and never summed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.scenarios.books import STAGE
from tests.scenarios.language import scenario
from tests.scenarios.working import judgement_of
from verifier.casework.at_risk import Stake, amount_at_risk, stake, united
from verifier.casework.payments import Payments, Piece

if TYPE_CHECKING:
    from verifier.basis.findings import Finding

AS_OF = "2026-06-30"
FED = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
"""
CLOSED = "\n    2026-02-28 closed UA 2026-02-01..2026-02-28 50.00\n"


def laid(*pieces: tuple[str, int], fund: str | None = "F") -> Stake:
    """A stake over these payments."""
    return Stake(fund, tuple(Piece(*one) for one in pieces))


def test_the_largest_of_each_payment_counts() -> None:
    """Two findings on one payment are its larger amount; on two payments both."""
    assert united([laid(("1", 100)), laid(("1", 80))]) == 100
    assert united([laid(("1", 100)), laid(("2", 80))]) == 180
    assert united([laid(("1", 30), ("2", 40)), laid(("1", 50))]) == 90
    assert united([]) == 0


def test_money_of_two_funds_on_one_payment_is_not_the_same_money() -> None:
    """Unless a finding is about the payment whatever its fund: then whichever is more."""
    assert united([laid(("1", 60)), laid(("1", 40), fund="G")]) == 100
    assert united([laid(("1", 60)), laid(("1", 40), fund="G"), laid(("1", 120), fund=None)]) == 120
    assert united([laid(("1", 60)), laid(("1", 40), fund="G"), laid(("1", 90), fund=None)]) == 100


def at_risk(text: str, *rules: str) -> tuple[int, int]:
    """What the findings of `rules` in `text` put at risk: united, and as a sum would have it."""
    with judgement_of(scenario(text, stage=f"ledger\n{STAGE}"), AS_OF) as judgement:
        payments = Payments(judgement.case.workspace)
        found: list[Finding] = [one for one in judgement.findings() if one.rule in rules]
        assert {one.rule for one in found} == set(rules)
        stakes = [stake(one, amount_at_risk(one), payments) for one in found]
        return united(stakes), sum(map(amount_at_risk, found))


def test_two_findings_on_one_payment() -> None:
    """One invoice paid twice, the second payment out of scope: 150.00 each, and one payment."""
    invoice = "invoice=bill/150.00"
    text = f"""{FED}
    2026-02-10 use 150.00 UA SUP tag=F/grant/LF {invoice}
    2026-02-11 use 150.00 UA SUP tag=F/grant/LF economic=30211 {invoice}"""
    assert at_risk(text, "F01", "F21") == (15_000, 30_000)
    apart = text.replace("economic=30211 ", "").replace(
        "tag=F/grant/LF invoice", "tag=F/grant/LF economic=30211 invoice", 1
    )
    assert at_risk(apart, "F01", "F21") == (30_000, 30_000)


def test_what_was_not_done_is_about_no_payment() -> None:
    """A line not passed on in time is known by the event that gave it, whatever payments its evidence shows."""
    text = "2026-02-02 pay 600.00 LF TR -> UA mode=transfer"
    with judgement_of(scenario(text, stage=f"ledger\n{STAGE}"), AS_OF) as judgement:
        (one, *_) = [one for one in judgement.findings() if one.rule == "F03" and one.fund == "F"]
        made = stake(one, amount_at_risk(one), Payments(judgement.case.workspace))
        assert made.pieces == (Piece(one.first_event or "", 40_000),)


def test_a_payment_is_known_by_its_report_however_it_is_told() -> None:
    """A bank line, a use that tells a disbursement again (T22), a batch of two; a return and an opening tell none."""
    text = f"""{FED}
    2026-02-03 pay 100.00 LF TR -> SU bank_ref=R5 as=direct
    2026-02-03 use 100.00 TR SUP tag=F/grant/LF bank_ref=R5 as=again
    2026-02-10 use 150.00 UA SUP tag=F/grant/LF voucher=V1 as=one
    2026-02-10 use 50.00 UA OTHER tag=F/grant/LF voucher=V1 as=two
    2026-02-10 debit 210.00 UA bank_ref=V1 as=batch
    2026-02-11 return 5.00 SU -> UA as=back
    {CLOSED}"""
    made = scenario(text, stage=f"ledger\n{STAGE}")
    seqs = {
        label: next(one.seq for one in made.events if one.name == name) for label, name in made.names.items()
    }
    with judgement_of(made, AS_OF) as judgement:
        payments = Payments(judgement.case.workspace)
        told = {label: payments.told_by(seq) for label, seq in seqs.items()}
    assert told["direct"] == told["again"] == (Piece(str(seqs["direct"]), 10_000),)
    assert told["one"] == (Piece(str(seqs["one"]), 15_000),)
    assert told["back"] == told["party-1"] == ()
    assert sum(piece.amount for piece in told["batch"]) == 21_000
    assert told["batch"] == (*told["one"], *told["two"], Piece(str(seqs["batch"]), 1_000))
