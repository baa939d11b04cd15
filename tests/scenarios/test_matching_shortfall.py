# SPDX-License-Identifier: Apache-2.0
"""F06 配套不到位 and F07 违规要求配套: violations, innocent twins, and what cannot be decided."""

import datetime
from typing import Unpack

import pytest

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

# A county that got 1,000.00 owes a quarter, 250.00, by the end of June, into an account dedicated to the fund.
TERM = 'match base=allocated num=1 den=4 level=county due_on=2026-06-30 basis="国办发 1"'
GRANT = """
2026-01-06 fund G CENTRE
  {term}
2026-01-06 account MA NA special bank=BK fund=G as=ma
2026-01-06 account TR2 NA unit_real bank=BK
2026-01-06 project PG WATER G
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=G as=top
2026-01-20 split L1 1000.00 PROV -> NA parent=L0 project=PG as=given
"""
MATCH = "2026-06-30 matched 250.00 NA -> MA fund=G from_account=TR2 as=match\n"
BANK = {"match": "2026-06-30"}
COVERED = ("MA", "TR2", "TR")


class Asked(Varied, total=False):
    """What a test may vary beside: the term of the fund, and the rule."""

    term: str
    rule: str


def found(
    text: str, as_of: str = "2026-08-31", *, term: str = TERM, rule: str = "F06", **more: Unpack[Varied]
) -> list[Finding]:
    """The findings of the grant followed by `text`."""
    more = {"covered": COVERED, **more}
    return judge(GRANT.format(term=term) + text, as_of, rule=rule, **more)


def only(text: str, as_of: str = "2026-08-31", **more: Unpack[Asked]) -> Finding:
    """The one finding of the grant followed by `text`."""
    (one,) = found(text, as_of, **more)
    return one


def test_no_matching_money_is_short_and_proved() -> None:
    """Authority entries make the need; the covered account shows that nothing came."""
    one = only("")
    assert (one.finding_class, one.state, one.due) == ("proved", "short", datetime.date(2026, 6, 30))
    assert (one.amount_min, one.amount, one.amount_max, one.outstanding) == (25_000, 25_000, 25_000, 25_000)
    assert one.subject == ("G", "term 0", "NA")
    assert one.parties == ("NA",)
    assert one.decisive_on == datetime.date(2026, 7, 1)
    assert (one.first_event, one.decisive_event) == ("PROV/given/0", "PROV/given/0")
    assert one.figures["need"] == 25_000
    assert "CNY 1,000.00 allocated × 1/4 = CNY 250.00 needed" in one.explanation.en
    assert one.basis.zh.startswith("国办发 1；")


def test_matched_on_the_due_day_it_is_clean() -> None:
    """A day later it is met late."""
    assert found(MATCH, bank=BANK) == []
    late = only(MATCH, bank={"match": "2026-07-01"})
    assert (late.state, late.amount, late.outstanding, late.severity) == ("met_late", 25_000, 0, "yellow")
    assert late.finding_class == "proved"


def test_nothing_is_due_before_the_due_day_is_over() -> None:
    """The due day still belongs to the debtor, and a fixed date does not roll."""
    assert found("", "2026-06-30") == []
    weekend = TERM.replace("2026-06-30", "2026-06-28")
    assert [one.due for one in found("", "2026-06-29", term=weekend)] == [datetime.date(2026, 6, 28)]


@pytest.mark.parametrize(("amount", "short"), [("248.75", False), ("248.74", True)])
def test_half_a_per_cent_is_tolerated(amount: str, short: bool) -> None:
    """The gap may be 1.25 of 250.00; beyond it the whole gap counts."""
    findings = found(MATCH.replace("250.00", amount), bank=BANK)
    assert [one.amount for one in findings] == ([126] if short else [])


def test_the_need_is_rounded_down() -> None:
    """floor(base · num / den)."""
    third = TERM.replace("den=4", "den=3")
    assert only("", term=third).figures["need"] == 33_333


def test_the_base_is_what_the_party_was_given_less_what_it_gave_back() -> None:
    """Until the due day."""
    text = """
    2026-03-02 adjust L1 200.00 PROV -> NA direction=increase
    2026-03-03 recall L1 400.00 NA -> PROV
    2026-07-02 adjust L1 500.00 PROV -> NA direction=increase
    """
    assert only("2026-01-11 issue LX 200.00 CENTRE -> PROV fund=G" + text).figures["base"] == 80_000


@pytest.mark.parametrize(
    ("back", "genuine"),
    [
        ("2026-07-20 transfer 240.00 MA -> TR2", 1_000),
        ("2026-08-29 transfer 240.00 MA -> TR2", 1_000),  # sixty days
        ("2026-08-30 transfer 240.00 MA -> TR2", None),
        ("2026-07-20 transfer 240.00 MA -> WA", None),  # to the unit, which is not related
        ("2026-07-20 transfer 240.00 MA -> TR2 tag=G/grant", None),  # the grant, not the match
        ("2026-07-20 transfer 240.00 MA -> TR2 tag=G/match", 1_000),
        ("2026-07-20 use 240.00 MA -> NA", 1_000),
        ("2026-07-20 debit 240.00 MA counterparty=TR2", 1_000),
        ("2026-07-20 transfer 240.00 MA -> TR2\n2026-07-20 debit 240.00 MA counterparty=TR2", 1_000),
    ],
)
def test_what_went_back_within_sixty_days_never_came(back: str, genuine: int | None) -> None:
    """Everything returned to the payer counts once, whether reported or only seen by the bank (M3)."""
    findings = found(MATCH + back, bank=BANK)
    assert [one.figures["genuine"] for one in findings] == ([] if genuine is None else [genuine])


def test_related_parties_are_the_payer() -> None:
    """Said by either side of the relation."""
    text = MATCH + "2026-07-20 transfer 240.00 MA -> WA"
    related = "2026-07-01 party WATER county unit parent=NA version=2 related=NA\n"
    assert found(text, bank=BANK) == []
    one = only(related + text, bank=BANK)
    assert one.figures["returned"] == 24_000
    assert one.figures["false_receipts"] == 1
    assert "false matching" in one.explanation.en


def test_a_silent_return_is_indicated_a_stated_one_is_proved() -> None:
    """General money may be other money; a refund says itself what it is (M4)."""
    silent = only(MATCH + "2026-07-20 transfer 240.00 MA -> TR2", bank=BANK)
    assert (silent.finding_class, silent.amount_min, silent.amount) == ("indicated", 0, 24_000)
    bank = {**BANK, "back": "2026-07-20"}
    stated = only(MATCH + "2026-07-20 return 240.00 MA -> TR2 event=match as=back", bank=bank)
    assert (stated.finding_class, stated.amount_min, stated.amount) == ("proved", 24_000, 24_000)
    assert stated.decisive_on == datetime.date(2026, 7, 20)


def test_one_return_takes_from_one_receipt_only() -> None:
    """Two receipts of 125.00 and a return of 125.00 leave 125.00."""
    text = """
    2026-06-01 matched 125.00 NA -> MA fund=G as=a
    2026-06-20 matched 125.00 NA -> MA fund=G as=b
    2026-07-05 transfer 125.00 MA -> TR2
    """
    one = only(text, bank={"a": "2026-06-01", "b": "2026-06-20"})
    assert (one.figures["received"], one.figures["returned"]) == (25_000, 12_500)


def test_the_bank_decides_what_came() -> None:
    """Refuted is nothing, pending cannot be decided, unfed is reported only."""
    refuted = only(MATCH, bank={"match": "refuted"})
    assert (refuted.finding_class, refuted.amount) == ("proved", 25_000)
    pending = only(MATCH, bank={"match": "pending"})
    assert (pending.finding_class, pending.amount_min, pending.marks) == (
        "undecidable",
        0,
        ("pending", "short"),
    )
    assert found(MATCH) == []
    unfed = only(MATCH.replace("250.00", "100.00"))
    assert (unfed.finding_class, unfed.marks) == ("indicated", ("reported_only", "short"))


def test_without_statements_it_is_indicated() -> None:
    """Where the account is not covered the money may have come unreported."""
    one = only("", covered=())
    assert (one.finding_class, one.marks) == ("indicated", ("reported_only", "short"))


def test_in_kind_counts_as_reported() -> None:
    """No bank bears out labour or material."""
    assert found(MATCH.strip() + " source=in_kind") == []


def test_a_pledge_says_whose_match_it_is() -> None:
    """What the unit pays towards the county's pledge counts for the county."""
    text = "2026-02-01 pledge PL 250.00 NA fund=G\n" + MATCH.replace("NA ->", "WATER ->").strip()
    assert only(text, bank=BANK).amount == 25_000
    assert found(text + " pledge=PL", bank=BANK) == []


PROPORTIONAL = TERM.replace(" due_on=2026-06-30", "").replace("base=allocated", "base=disbursed")


def test_in_proportion_to_what_was_paid() -> None:
    """Checked at the as-of date; the shortage begins with the payment that opened it."""
    text = """
    2026-02-02 pay 400.00 L1 TR -> SUP as=p1
    2026-02-02 matched 100.00 NA -> MA fund=G as=m1
    2026-04-10 pay 200.00 L1 TR -> SUP as=p2
    """
    bank = {"m1": "2026-02-02"}
    assert found(text, "2026-04-09", term=PROPORTIONAL, bank=bank) == []
    one = only(text, "2026-05-31", term=PROPORTIONAL, bank=bank)
    assert (one.amount, one.due, one.decisive_on) == (5_000, None, datetime.date(2026, 4, 10))
    assert one.decisive_event == "NA/p2/0"
    assert "in proportion, on 2026-05-31" in one.explanation.en
    back = text + "2026-04-20 return 200.00 SUP -> TR event=p2 by=BK"
    assert found(back, "2026-05-31", term=PROPORTIONAL, bank=bank) == []


def test_money_passed_through_counts_once_for_a_party() -> None:
    """Holder, payee and owner of the account are one party: 400.00 paid is a base of 400.00."""
    text = "2026-02-02 pay 400.00 L1 TR -> MA payee=NA\n"
    assert only(text, "2026-05-31", term=PROPORTIONAL).figures["base"] == 40_000


def test_a_named_party_owes_alone() -> None:
    """The unit owes on what was paid for its project."""
    term = PROPORTIONAL.replace("level=county", "party=WATER")
    one = only("2026-02-02 pay 400.00 L1 TR -> SUP project=PG", "2026-05-31", term=term)
    assert (one.parties, one.figures["base"]) == (("WATER",), 40_000)


def test_corrected_entries_never_were() -> None:
    """A reversed receipt did not come, a reversed split gave nothing."""
    assert only(MATCH + "2026-07-02 void match by=NA", bank=BANK).amount == 25_000
    assert found("2026-07-02 void given by=PROV") == []


def test_a_policy_sets_tolerance_and_window() -> None:
    """By the parameters in force at the end of the prefix."""
    policy = "2026-01-07 policy M\n  row a F06 match_tol=1000 match_return_days=10\n"
    assert found(policy + MATCH.replace("250.00", "230.00"), bank=BANK) == []
    assert found(policy + MATCH + "2026-07-20 transfer 240.00 MA -> TR2", bank=BANK) == []


BARE = TERM.replace(' basis="国办发 1"', "")


def test_a_demand_without_basis_is_a_finding_on_the_demander() -> None:
    """And the lower level is not short (M2)."""
    assert found("", term=BARE) == []
    one = only("", term=BARE, rule="F07")
    assert (one.parties, one.amount, one.finding_class) == (("CENTRE",), 25_000, "indicated")
    assert one.subject == ("G", "term 0")
    assert "the lower level is not held short" in one.explanation.en
    assert found("", rule="F07") == []


def test_the_issuers_own_demand_is_proved() -> None:
    """The registration is its signed admission."""
    own = GRANT.replace("fund G CENTRE", "fund G CENTRE by=CENTRE").format(term=BARE)
    (one,) = judge(own, "2026-08-31", rule="F07")
    assert one.finding_class == "proved"


def test_a_later_basis_ends_the_demand_and_does_not_undo_it() -> None:
    """From then on the lower level owes, and may be short."""
    mended = f"2026-05-06 fund G CENTRE version=2\n  {TERM}\n"
    one = only(mended, term=BARE, rule="F07")
    assert (one.state, one.amount, one.outstanding) == ("lapsed", 25_000, 0)
    assert "names a basis or drops the demand" in one.explanation.en
    assert only(mended, term=BARE).amount == 25_000


def test_a_demand_of_nothing_is_none() -> None:
    """A ratio of zero asks for nothing."""
    nothing = BARE.replace("num=1", "num=0")
    assert found("", term=nothing) == []
    assert found("", term=nothing, rule="F07") == []
