# SPDX-License-Identifier: Apache-2.0
"""Money put back for a fund that lost it (semantics T11, T19)."""

import pytest

from tests.scenarios.books import STAGE, closed
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from verifier.basis.findings import Finding

FED = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
"""
LOST = f"""{FED}
    2026-02-10 debit 100.00 UA as=spent
"""
"""All of it out of the fund, where the account held nothing else."""
CLOSED = "\n    2026-02-28 closed UA 2026-02-01..2026-02-28 0.00\n"


def put_back(amount: str, *, named: str = "event=spent", line: str = "LF") -> str:
    """A restitution that the bank bears out, of which the money comes from outside the record."""
    return (
        f"\n    2026-02-16 restore {amount} {line} -> UA from_account=SU {named} bank_ref=R9 as=back\n"
        f"    2026-02-16 credit {amount} UA bank_ref=R9\n"
    )


def found(text: str, rule: str) -> list[Finding]:
    """The findings of `rule` in `text` on the stage."""
    return judge(scenario(text, stage=STAGE), "2026-06-30", rule=rule)


def test_a_restitution_restores_what_was_lost() -> None:
    """T19: it raises C[f] again; the gross amount stays; the twin without the word is general money."""
    with closed(LOST + put_back("100.00") + CLOSED) as books:
        (short,) = books.shortages("UA")
        assert (short.amount, short.restored, short.outstanding, short.peak) == (10_000, 10_000, 0, 10_000)
        holding = books.holding("UA", "F")
        assert (holding.claim, holding.diverted, holding.restored) == (60_000, 10_000, 10_000)
    plain = "\n    2026-02-16 credit 100.00 UA\n"
    with closed(LOST + plain + CLOSED) as books:
        (short,) = books.shortages("UA")
        assert (short.outstanding, books.holding("UA", "F").claim) == (10_000, 50_000)


def test_it_counts_up_to_the_loss_and_the_excess_is_told() -> None:
    """T19: what goes beyond the outstanding loss of the fund in that account is general, and an info finding."""
    text = LOST + put_back("130.00") + CLOSED
    with closed(text) as books:
        assert books.holding("UA", "F").claim == 60_000
    (one,) = found(text, "T19")
    assert (one.amount, one.severity, one.finding_class) == (3_000, "blue", "indicated")
    assert one.subject == ("UA", "SUP/back/0")
    assert one.figures == {"restitution": 13_000, "missing": 10_000}
    assert found(LOST + put_back("100.00") + CLOSED, "T19") == []


def test_another_fund_or_account_gets_nothing() -> None:
    """T19: a line of another fund has lost nothing here, so all of it is excess."""
    text = LOST + put_back("100.00", line="LG") + CLOSED
    with closed(text) as books:
        (short,) = books.shortages("UA")
        assert short.outstanding == 10_000
    assert [one.amount for one in found(text, "T19")] == [10_000]


def test_an_advance_is_repaid_first() -> None:
    """T19: the fund's own advance is filled before its claim rises."""
    text = f"""{LOST}
    2026-02-12 use 540.00 UA SUP tag=F/grant/LF
    2026-02-12 debit 540.00 UA
    {put_back("100.00")}{CLOSED}"""
    with closed(text.replace("28 0.00", "28 60.00")) as books:
        holding = books.holding("UA", "F")
        assert (holding.diverted, holding.restored, holding.advance, holding.claim) == (
            4_000,
            4_000,
            0,
            6_000,
        )
    with closed(text.replace("540.00", "570.00").replace("28 0.00", "28 60.00")) as books:
        holding = books.holding("UA", "F")
        assert (holding.diverted, holding.restored, holding.advance, holding.claim) == (
            4_000,
            4_000,
            0,
            3_000,
        )


def test_what_an_overdraft_swallows_is_diverted_again() -> None:
    """T19: the account stands below zero, so the money that was put back is lost at once, as a finding of its own."""
    text = f"{FED}\n    2026-02-10 debit 650.00 UA as=spent\n" + put_back("600.00") + CLOSED
    with closed(text) as books:
        first, second = books.shortages("UA")
        assert (first.amount, first.restored, first.outstanding) == (60_000, 60_000, 0)
        assert (second.amount, books.label(second.first.seq)) == (5_000, "spent")
        assert books.holding("UA", "F").claim == 55_000


def test_the_named_loss_is_made_good_first() -> None:
    """T19: by the decisive entry or by the finding's id; where nothing is named that is open, the oldest."""
    text = f"""{FED}
    2026-02-05 use 50.00 UA SUP tag=F/grant/LF economic=30211 as=meal
    2026-02-05 debit 50.00 UA as=paid
    2026-02-10 debit 100.00 UA as=spent
    """

    def made_good(named: str) -> tuple[int | None, int | None]:
        whole = text + put_back("30.00", named=named) + CLOSED
        (scope,), (short,) = found(whole, "F01"), found(whole, "F02")
        return scope.restored, short.restored

    (short,) = found(text + CLOSED, "F02")
    (scope,) = found(text + CLOSED, "F01")
    assert made_good("event=spent") == (0, 3_000)
    assert made_good(f"finding={short.id}") == (0, 3_000)
    assert made_good("event=meal") == (3_000, 0)
    assert made_good("event=paid") == (3_000, 0)
    assert made_good(f"finding={scope.id}") == (3_000, 0)
    assert made_good("event=credit-1") == (3_000, 0)


def test_after_a_restitution_in_full_a_new_loss_is_a_new_finding() -> None:
    """T11: the first finding stays closed, with its own subject."""
    text = LOST + put_back("100.00") + "    2026-02-20 debit 30.00 UA as=again\n" + CLOSED
    one, other = sorted(found(text, "F02"), key=lambda one: one.outstanding or 0)
    assert (one.subject[2], one.outstanding, one.severity) == ("BK/spent/0", 0, "yellow")
    assert (other.subject[2], other.outstanding) == ("BK/again/0", 3_000)


@pytest.mark.parametrize("void", ["", "    2026-02-20 void back\n"])
def test_a_reversed_restitution_restores_nothing(void: str) -> None:
    """T18, T19: its line stays, as general money."""
    with closed(LOST + put_back("100.00") + void + CLOSED) as books:
        (short,) = books.shortages("UA")
        assert short.outstanding == (10_000 if void else 0)


def test_a_restitution_nobody_can_decide_about() -> None:
    """T4, T19: without statements the loss is unresolved; money put back lowers what may be missing."""
    text = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer
    2026-02-10 transfer 150.00 UA -> SU as=spent
    2026-02-16 restore 150.00 LF -> UA from_account=SU event=spent
    """
    (one,) = found(text, "F02")
    assert (one.finding_class, one.amount, one.restored, one.outstanding) == (
        "undecidable",
        15_000,
        15_000,
        0,
    )


def test_a_payment_from_outside_the_record_is_made_good_too() -> None:
    """T13, T19: the admission is restored; the treasury owed the fund nothing by the record, and owes nothing now."""
    text = """
    2026-02-05 pay 700.00 LF TR -> SU economic=30211 as=paid
    2026-02-16 restore 200.00 LF -> TR from_account=SU event=paid
    """
    (one,) = found(text, "F01")
    assert (one.amount, one.restored, one.outstanding) == (70_000, 20_000, 50_000)
    with closed(text) as books:
        assert books.holding("TR", "F").claim == 0
