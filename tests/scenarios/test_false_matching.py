# SPDX-License-Identifier: Apache-2.0
"""F08 虚假配套 (M3) and M4 以专项资金充抵配套: violations, innocent twins, and what cannot be decided."""

import pytest

from tests.scenarios.books import STAGE
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from verifier.basis.findings import Finding

# The county's own account, an account for the match, a company of the county, and a shell.
MORE = """
    2026-01-06 party   CO payee supplier related=NA
    2026-01-06 party   SHELL payee supplier
    2026-01-06 party   SHELL2 payee supplier
    2026-01-06 account OWN NA unit_real bank=BK
    2026-01-06 account MA UNIT special bank=BK fund=F
    2026-01-06 account CA CO supplier bank=BK
    2026-01-06 account SH SHELL supplier bank=BK
    2026-01-06 account S2 SHELL2 supplier bank=BK
"""
MATCH = """
    2026-03-02 matched 250.00 NA MA fund=F from_account=OWN bank_ref=M1 as=match
    2026-03-02 debit 250.00 OWN bank_ref=M1 counterparty=MA
    2026-03-02 credit 250.00 MA bank_ref=M1 counterparty=OWN
"""
CLOSED = """
    2026-03-31 closed MA 2026-03-01..2026-03-31 {opening}
    2026-04-30 closed MA 2026-04-01..2026-04-30 {later}
    2026-05-31 closed MA 2026-05-01..2026-05-31 {later}
"""


def found(text: str, rule: str = "F08") -> list[Finding]:
    """The findings of a rule."""
    return judge(scenario(f"ledger \n{STAGE}{MORE}{text}"), "2026-06-30", rule=rule)


def only(text: str, rule: str = "F08") -> Finding:
    """The one finding of a rule."""
    (one,) = found(text, rule)
    return one


# --- F08 -------------------------------------------------------------------------------------------------


def test_match_that_goes_straight_back_is_false() -> None:
    """M3: 240 of 250 are back with the payer after a week; nothing else was there, so it is proved."""
    text = f"{MATCH}    2026-03-09 debit 240.00 MA counterparty=OWN\n    2026-03-09 credit 240.00 OWN counterparty=MA"
    one = only(f"{text}{CLOSED.format(opening='0.00', later='10.00')}")
    assert (one.amount_min, one.amount, one.amount_max) == (24_000, 24_000, 24_000)
    assert (one.finding_class, one.severity) == ("proved", "red")
    assert one.subject == ("F", "UNIT/match/0")
    assert [[(step.from_, step.to) for step in path] for path in one.paths] == [
        [("OWN", "MA"), ("MA", "OWN")]
    ]
    assert (one.first_event, one.decisive_event) == ("UNIT/match/0", "BK/debit-2/0")
    assert "96%" in one.explanation.zh


def test_its_innocent_twin_pays_somebody_unrelated() -> None:
    """The same amount goes to a builder."""
    text = f"{MATCH}    2026-03-09 debit 240.00 MA counterparty=SU"
    assert found(f"{text}{CLOSED.format(opening='0.00', later='10.00')}") == []


@pytest.mark.parametrize(("amount", "number"), [("225.00", 1), ("224.99", 0)])
def test_nine_tenths_must_go_back(amount: str, number: int) -> None:
    """M3: at least `false_share` per cent."""
    assert len(found(f"{MATCH}    2026-03-09 transfer {amount} MA -> OWN")) == number


@pytest.mark.parametrize(("day", "number"), [("2026-05-01", 1), ("2026-05-02", 0)])
def test_within_sixty_days(day: str, number: int) -> None:
    """M3: `match_return_days` after it came."""
    assert len(found(f"{MATCH}    {day} transfer 250.00 MA -> OWN")) == number


def test_a_referenced_refund_is_no_finding() -> None:
    """Match paid too much and posted as a return of the receipt; without the reference it is a finding."""
    assert found(f"{MATCH}    2026-03-09 return 250.00 MA -> OWN event=match") == []
    assert len(found(f"{MATCH}    2026-03-09 return 250.00 MA -> OWN")) == 1


def test_it_goes_back_over_others_to_a_related_company() -> None:
    """Split over two shells and paid to the county's company: 130 and 120; F06 counts it as gone too."""
    text = f"""{MATCH}
    2026-03-05 use 130.00 MA SHELL to_account=SH tag=F/match
    2026-03-05 use 120.00 MA SHELL2 to_account=S2 tag=F/match
    2026-03-07 debit 130.00 SH counterparty=S2
    2026-03-10 debit 250.00 S2 counterparty=CA
"""
    one = only(text)
    assert (one.amount, one.amount_min, one.finding_class) == (25_000, 0, "indicated")
    assert one.figures["ways"] == 2


def test_payments_of_grants_from_the_same_account_are_none_of_it() -> None:
    """What the account pays out of the fund's grant to the county's company does not undo the match."""
    text = f"{MATCH}    2026-03-09 use 250.00 MA CO to_account=CA tag=F/grant/LF"
    assert found(text) == []


def test_it_is_proved_as_far_as_no_other_money_was_there() -> None:
    """With 100 of other money only 140 of the 240 must have been the match."""
    text = f"{MATCH}    2026-03-09 debit 240.00 MA counterparty=OWN\n    2026-03-09 credit 240.00 OWN counterparty=MA"
    one = only(f"{text}{CLOSED.format(opening='100.00', later='110.00')}")
    assert (one.amount_min, one.amount) == (14_000, 24_000)


def test_without_statements_nothing_is_proved() -> None:
    """Undecidable how much else was there: indicated, with a provable minimum of nothing."""
    one = only(f"{MATCH}    2026-03-09 transfer 240.00 MA -> OWN")
    assert (one.finding_class, one.amount_min) == ("indicated", 0)


def test_match_in_kind_and_corrected_match_cannot_go_back() -> None:
    """Nothing moved, or nothing came."""
    back = "    2026-03-09 transfer 250.00 MA -> OWN\n"
    assert found(MATCH.replace("as=match", "as=match source=in_kind") + back) == []
    assert found(f"{MATCH}{back}    2026-03-20 void match") == []


def test_one_bank_line_carries_one_amount_at_risk() -> None:
    """F06 and F08 speak of the same payment: its path begins with the receipt in both, so headlines count it once."""
    term = 'match base=allocated num=1 den=4 level=county due_on=2026-03-31 basis="国办发 1"'
    funded = f"    2026-01-07 fund H PROV\n      {term}\n    2026-01-10 issue LH 1000.00 PROV -> NA fund=H\n"
    text = f"{funded}{MATCH.replace('fund=F', 'fund=H')}    2026-03-09 transfer 250.00 MA -> OWN"
    (short,), (false,) = found(text, "F06"), found(text, "F08")
    assert (short.amount, false.amount) == (25_000, 25_000)
    assert "UNIT/match/0" in {entry.name for entry in short.evidence}
    assert false.paths[0][0].event == "UNIT/match/0"


def test_shortfall_counts_what_went_back_over_others() -> None:
    """M3: genuine is the receipt less everything returned to the payer or its related parties, however many hops."""
    term = 'match base=allocated num=1 den=4 level=county due_on=2026-03-31 basis="国办发 1"'
    funded = f"    2026-01-07 fund H PROV\n      {term}\n    2026-01-10 issue LH 1000.00 PROV -> NA fund=H\n"
    text = f"""{funded}{MATCH.replace("fund=F", "fund=H")}
    2026-03-05 debit 200.00 MA counterparty=SH
    2026-03-10 debit 200.00 SH counterparty=CA
    2026-03-31 closed MA 2026-03-01..2026-03-31 0.00
"""
    (short,) = found(text, "F06")
    assert (short.figures["returned"], short.figures["genuine"], short.amount) == (20_000, 5_000, 20_000)
    assert found(text) == []  # four fifths: short, not false


def test_what_must_have_gone_back_lowers_the_provable_minimum_too() -> None:
    """F06: nothing else was in either account, so the 200 are surely gone: 200 short even in the generous reading."""
    term = 'match base=allocated num=1 den=4 level=county due_on=2026-03-31 basis="国办发 1"'
    funded = f"    2026-01-07 fund H PROV\n      {term}\n    2026-01-10 issue LH 1000.00 PROV -> NA fund=H\n"
    text = f"""{funded}{MATCH.replace("fund=F", "fund=H")}
    2026-03-05 debit 200.00 MA counterparty=SH
    2026-03-05 credit 200.00 SH counterparty=MA
    2026-03-10 debit 200.00 SH counterparty=CA
    2026-03-31 closed MA 2026-03-01..2026-03-31 {{opening}}
    2026-03-31 closed SH 2026-03-01..2026-03-31 0.00
"""
    assert [found(text.format(opening=opening), "F06")[0].amount_min for opening in ("0.00", "80.00")] == [
        20_000,
        12_000,
    ]


# --- M4 --------------------------------------------------------------------------------------------------

FED = """
    2026-02-02 transfer 600.00 TR -> OWN tag=F/grant/LF bank_ref=G1
    2026-02-02 credit 600.00 OWN bank_ref=G1 counterparty=TR
    2026-02-28 closed OWN 2026-02-01..2026-02-28 {opening}
"""
PAID_CLOSED = "    2026-03-31 closed OWN 2026-03-01..2026-03-31 {opening}\n"


def paid(opening: str, later: str) -> str:
    """600 of F come into the county's account, which held `opening`; then it pays the match of 250."""
    return f"{FED.format(opening=opening)}{MATCH}{PAID_CLOSED.format(opening=later)}"


def test_match_that_nothing_else_could_have_paid_is_proved() -> None:
    """M4: the account held nothing but the fund's money: all 250 are the fund's own."""
    one = only(paid("0.00", "600.00"), "M4")
    assert (one.amount_min, one.amount, one.amount_max) == (25_000, 25_000, 25_000)
    assert (one.finding_class, one.severity) == ("proved", "red")
    assert one.subject == ("F", "UNIT/match/0")
    assert [(step.from_, step.to) for step in one.paths[0]] == [("TR", "OWN"), ("OWN", "MA")]


def test_it_is_proved_for_that_part_only() -> None:
    """M4: 100 were the county's own; 150 is certain, and first in, first out says the same."""
    one = only(paid("100.00", "700.00"), "M4")
    assert (one.amount_min, one.amount, one.amount_max) == (15_000, 15_000, 25_000)


def test_its_innocent_twin_had_enough_of_its_own() -> None:
    """M4: 250 of its own were there first."""
    assert found(paid("250.00", "850.00"), "M4") == []


def test_beyond_that_provenance_is_indicated() -> None:
    """M4: 250 of its own came behind the fund's 600: not certain, yet first in, first out takes the fund's."""
    text = f"{FED.format(opening='0.00')}    2026-03-01 credit 250.00 OWN\n{MATCH}{PAID_CLOSED.format(opening='600.00')}"
    one = only(text, "M4")
    assert (one.amount_min, one.amount, one.finding_class) == (0, 25_000, "indicated")


def test_the_order_of_lots_says_nothing_in_a_treasury() -> None:
    """The twin: the same lots in a treasury single account, where the county's own budget lies too."""
    text = f"{FED.format(opening='0.00')}    2026-03-01 credit 250.00 OWN\n{MATCH}{PAID_CLOSED.format(opening='600.00')}"
    treasury = MORE.replace("account OWN NA unit_real", "account OWN NA treasury_single")
    assert judge(scenario(f"ledger \n{STAGE}{treasury}{text}"), "2026-06-30", rule="M4") == []
    short = f"ledger \n{STAGE}{treasury}{paid('0.00', '600.00')}"
    assert [one.amount_min for one in judge(scenario(short), "2026-06-30", rule="M4")] == [25_000]


def test_an_unknown_opening_leaves_it_undecidable() -> None:
    """M4, T4: without statements of the payer nobody knows what else was there."""
    text = f"    2026-02-02 transfer 100.00 TR -> OWN tag=F/grant/LF\n{MATCH.splitlines()[1]}"
    one = only(text, "M4")
    assert (one.finding_class, one.amount_min, one.marks) == ("undecidable", 0, ("unresolved",))


def test_the_shortage_names_the_same_payment() -> None:
    """One bank line, one amount at risk: F02's path begins with the payment that M4 is about."""
    (short,) = found(paid("0.00", "600.00"), "F02")
    assert short.paths[0][0].event == "BK/debit-1/0"
    assert short.amount == 25_000
