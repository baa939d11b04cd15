# SPDX-License-Identifier: Apache-2.0
"""Accounts whose real balance lies in another one (semantics T5)."""

from tests.scenarios.books import STAGE, closed
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from verifier.basis.findings import Finding, parse_line, to_line

POOL = """
    2026-01-06 party   SCHOOL county unit parent=NA
    2026-01-06 account PO NA treasury_single bank=BK
    2026-01-06 account S1 UNIT zero_balance pool=PO
    2026-01-06 account S2 SCHOOL zero_balance pool=PO
"""
FED = f"""{POOL}
    2026-02-02 pay 600.00 LF TR -> S1 mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 PO bank_ref=R1
"""
CLOSED = "\n    2026-02-28 closed PO 2026-02-01..2026-02-28 100.00\n"


def found(text: str, rule: str) -> list[Finding]:
    """The findings of `rule` in `text` on the stage; each survives being written and read."""
    made = judge(scenario(text, stage=STAGE), "2026-06-30", rule=rule)
    assert [parse_line(to_line(one)) for one in made] == made
    return made


def test_reports_of_sub_ledgers_match_the_lines_of_the_pool() -> None:
    """T5: the sub-ledger has no statement; its reports are borne out by the pool's lines, by reference and by amount."""
    text = f"""{FED}
    2026-02-10 use 200.00 S1 SUP tag=F/grant/LF as=paid
    2026-02-11 debit 200.00 PO
    {CLOSED}"""
    with closed(text) as books:
        assert books.moves("PO") == [("credit-1", "pay-1", 60_000), ("debit-1", "paid", -20_000)]
        assert books.booked("paid") == [(20_000, "2026-02-11")]
        assert books.holding("PO", "F").claim == 40_000
        assert books.mismatches() == []
        assert books.shortages("PO") == []


def test_a_move_inside_a_pool_needs_no_line() -> None:
    """T5: money of one fund from one sub-ledger to another moves nothing at the bank and is not missed there."""
    text = f"""{FED}
    2026-02-10 transfer 200.00 S1 -> S2 tag=F/grant/LF as=inside
    {CLOSED}"""
    assert found(text, "R2") == []
    with closed(text) as books:
        assert [move[0] for move in books.moves("PO")] == ["credit-1"]
        assert books.holding("PO", "F").claim == 60_000
        assert books.booked("inside") == [(20_000, "unfed")]
    outside = text.replace("S1 -> S2", "S1 -> UB")
    assert [one.subject[0] for one in found(outside, "R2")] == ["PO"]


def test_a_use_inside_a_pool_ends_the_earmark() -> None:
    """T1, T5: one sub-ledger pays another for a service; the fund's money is used, and the pool holds as much as before."""
    text = f"""{FED}
    2026-02-10 use 200.00 S1 SCHOOL to_account=S2 tag=F/grant/LF
    2026-02-20 debit 300.00 PO
    {CLOSED}"""
    with closed(text) as books:
        holding = books.holding("PO", "F")
        assert (holding.claim, holding.used) == (40_000, 20_000)
        assert books.shortages("PO") == []


def test_a_shortage_names_the_pool_and_the_sub_ledgers_short() -> None:
    """T5: the school spends what its own sub-ledger does not hold; the pool as a whole is short of the unit's money."""
    text = f"""{FED}
    2026-02-10 transfer 250.00 S2 -> SU bank_ref=R2
    2026-02-10 debit 250.00 PO bank_ref=R2
    {CLOSED}"""
    (one,) = found(text, "F02")
    assert (one.finding_class, one.amount_min, one.amount) == ("proved", 15_000, 15_000)
    assert (one.accounts, one.parties) == (("PO", "S2"), ("NA", "SCHOOL"))
    assert "子账户：SCHOOL的账户 S2（250.00元）" in one.explanation.zh
    assert found(text.replace("250.00", "100.00"), "F02") == []


def test_nobody_is_named_for_a_line_that_nobody_reports() -> None:
    """T5: the bank does not say which sub-ledger it was."""
    (one,) = found(f"{FED}\n    2026-02-10 debit 250.00 PO\n{CLOSED}", "F02")
    assert one.accounts == ("PO",)


def test_same_day_sweeps_void_as_pairs() -> None:
    """T5: cash pooling: sub-accounts with statements of their own, whose balance is swept every evening."""
    text = """
    2026-01-06 account PO NA treasury_single bank=BK
    2026-01-06 account S1 UNIT unit_real bank=BK pool=PO
    2026-02-02 pay 600.00 LF TR -> S1 mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 S1 bank_ref=R1
    2026-02-02 debit 600.00 S1 counterparty=PO as=out
    2026-02-02 credit 600.00 PO counterparty=S1 as=in
    2026-02-10 debit 150.00 PO
    2026-02-28 closed S1 2026-02-01..2026-02-28 0.00
    2026-02-28 closed PO 2026-02-01..2026-02-28 100.00
    """
    with closed(text) as books:
        assert [move[0] for move in books.moves("PO")] == ["credit-1", "debit-2"]
        assert books.holding("PO", "F").claim == 55_000
    (one,) = found(text, "F02")
    assert (one.finding_class, one.amount, one.accounts) == ("proved", 5_000, ("PO",))
    assert found(text.replace("debit 150.00", "debit 100.00"), "F02") == []


def test_lines_that_happen_to_agree_are_no_sweep() -> None:
    """T5: neither names the other account, so both are payments."""
    text = """
    2026-01-06 account PO NA treasury_single bank=BK
    2026-01-06 account S1 UNIT unit_real bank=BK pool=PO
    2026-02-02 debit 60.00 S1
    2026-02-02 credit 60.00 PO
    2026-02-28 closed S1 2026-02-01..2026-02-28 60.00
    2026-02-28 closed PO 2026-02-01..2026-02-28 0.00
    """
    with closed(text) as books:
        assert [move[2] for move in books.moves("PO")] == [6_000, -6_000]


def test_a_pool_is_covered_where_all_its_statements_are() -> None:
    """T2, T5: without the statement of one account nobody knows the balance of the pool."""
    text = """
    2026-01-06 account PO NA treasury_single bank=BK
    2026-01-06 account S1 UNIT unit_real bank=BK pool=PO
    2026-02-02 pay 600.00 LF TR -> S1 mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 S1 bank_ref=R1
    2026-02-10 transfer 150.00 S1 -> SU
    2026-02-10 debit 150.00 S1
    2026-01-31 closed PO 2026-01-01..2026-01-31 0.00
    2026-02-28 closed S1 2026-02-01..2026-02-28 0.00
    """
    (one,) = found(text, "F02")
    assert one.finding_class == "undecidable"
    both = text + "    2026-02-28 closed PO 2026-02-01..2026-02-28 0.00\n"
    assert [one.finding_class for one in found(both, "F02")] == ["proved"]


def test_an_admission_names_the_sub_ledger() -> None:
    """T5, T13: the owner of the sub-ledger says itself that it paid out of scope."""
    text = f"""{FED}
    2026-02-10 use 200.00 S1 SUP tag=F/grant/LF economic=30211
    2026-02-10 debit 200.00 PO
    {CLOSED}"""
    (one,) = found(text, "F01")
    assert (one.finding_class, one.accounts, one.amount) == ("proved", ("PO", "S1"), 20_000)
