# SPDX-License-Identifier: Apache-2.0
"""F23, F24, F31, F34: single payments of a fund's money that speak against themselves."""

import pytest

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

WORLD = """
2026-01-05 party MAN payee supplier
2026-01-05 account PRIV MAN personal
2026-01-05 party CO payee supplier
2026-01-05 account PLAT CO platform
2026-01-05 account SPEC NA special
2026-01-05 account OWN NA special fund=F
2026-01-05 party TOWN township finance parent=NA
2026-01-05 account TA TOWN township
2026-01-05 project Q WATER F
2026-01-05 fund G CENTRE direct=01
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F project=P
2026-01-10 issue G0 1000.00 CENTRE -> NA fund=G
"""
YEAR_END = "2026-12-31"


def found(text: str, rule: str) -> list[Finding]:
    """The findings of `rule` in the world followed by `text`."""
    return judge(WORLD + text, YEAR_END, rule=rule)


def test_t14_a_line_for_one_project_pays_for_another() -> None:
    """T14: indicated; for its own project, or by a contract of it, it is proper; a use under the line's tag counts too."""
    paid = "2026-02-02 pay 60.00 L0 TR -> SUP project={} as=paid\n"
    (one,) = found(paid.format("Q"), "F31")
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == ("indicated", "orange", 0, 6_000)
    assert (one.subject, one.fund, one.line, one.accounts) == (("NA/paid/0",), "F", "L0", ("TR",))
    assert found(paid.format("P"), "F31") == []
    contract = "2026-01-20 contract C {} BUILDER 100.00\n2026-02-02 pay 60.00 L0 TR -> SUP contract=C\n"
    assert len(found(contract.format("Q"), "F31")) == 1
    assert found(contract.format("P"), "F31") == []
    assert len(found("2026-02-02 use 5.00 WA BUILDER tag=F/grant/L0 project=Q\n", "F31")) == 1
    assert found("2026-02-02 use 5.00 WA BUILDER tag=F/grant project=Q\n", "F31") == []
    assert len(found("2026-02-02 use 5.00 WA BUILDER tag=G/grant project=Q\n", "F31")) == 1


def test_a_payment_that_names_no_project_cannot_be_judged() -> None:
    """Never clean: counted as not judged, where the line is for a project."""
    bare = "2026-02-02 pay 60.00 {} TR -> SUP\n"
    assert found(bare.format("L0"), "F31") == []
    assert unjudged(WORLD + bare.format("L0"), YEAR_END, "F31") == 1
    assert unjudged(WORLD + bare.format("G0"), YEAR_END, "F31") == 0


@pytest.mark.parametrize(
    ("paper", "states"),
    [
        ("2026-02-02 waive F event=paid row=other-project by=CENTRE\n", []),
        ("2026-03-02 waive F event=paid row=other-project by=CENTRE\n", ["exempt"]),
        ("2026-02-02 waive F event=paid row=other-project by=CENTRE recorded=2026-03-02\n", ["exempt"]),
        ("2026-02-02 waive G event=paid row=other-project by=CENTRE\n", [None]),
        ("2026-02-02 waive F event=paid row=private-account by=CENTRE\n", [None]),
        ("2026-01-05 policy R\n  row Q project_recoded basis=对照表\n", []),
    ],
)
def test_a_paper_in_time_makes_it_proper_and_a_later_one_exempts(
    paper: str, states: list[str | None]
) -> None:
    """T13: of the fund and the row; written back it counts from its recording; a project recoded by policy is no other."""
    found_ = found("2026-02-02 pay 60.00 L0 TR -> SUP project=Q as=paid\n" + paper, "F31")
    assert [one.state for one in found_] == states
    assert [one.outstanding for one in found_] == [0 if one else 6_000 for one in states]


def test_t22_and_returns_of_one_payment() -> None:
    """T22: a use that tells it again is no second finding; what came back is restored; a corrected one stays."""
    paid = "2026-02-02 pay 60.00 L0 TR -> SUP project=Q bank_ref=R1 as=paid\n"
    again = "2026-02-03 use 60.00 TR BUILDER tag=F/grant/L0 project=Q bank_ref={}\n"
    assert len(found(paid + again.format("R1"), "F31")) == 1
    assert len(found(paid + again.format("R2"), "F31")) == 2
    (one,) = found(paid + "2026-02-09 return 20.00 SUP -> TR event=paid\n", "F31")
    assert (one.amount, one.restored, one.outstanding) == (6_000, 2_000, 4_000)
    (gone,) = found(paid + "2026-02-09 void paid by=NA\n", "F31")
    assert (gone.state, gone.outstanding) == ("corrected", 0)


def test_paid_into_a_private_account() -> None:
    """Indicated; a supplier's account, wages, a subsidy to persons, a list, and a licensed trader are no finding."""
    paid = "2026-02-02 pay 60.00 G0 TR -> {} economic={}\n"
    (one,) = found(paid.format("PRIV", "31005"), "F23")
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == ("indicated", "orange", 0, 6_000)
    assert found(paid.format("SUP", "31005"), "F23") == []
    assert found(paid.format("PRIV", "30305"), "F23") == []
    assert found(paid.format("PRIV", "30101"), "F23") == []
    assert found(paid.format("PRIV", "31005 payee_list=list"), "F23") == []
    licensed = "2026-01-06 party MAN payee supplier version=2 uscc=91220100MA0Y1QAC1M\n"
    assert found(licensed + paid.format("PRIV", "31005"), "F23") == []


def test_a_payment_to_a_person_that_declares_no_class_cannot_be_decided() -> None:
    """Undecidable where the fund may pay persons; where it may not, indicated; an unregistered account is not judged."""
    bare = "2026-02-02 pay 60.00 {} TR -> PRIV\n"
    (one,) = found(bare.format("G0"), "F23")
    assert (one.finding_class, one.severity) == ("undecidable", "yellow")
    works = "2026-01-06 fund G CENTRE direct=01 version=2 economic=310\n"
    (sure,) = found(works + bare.format("G0"), "F23")
    assert sure.finding_class == "indicated"
    unknown = "2026-02-02 pay 60.00 G0 TR -> - payee=MAN\n"
    assert found(unknown, "F23") == []
    assert unjudged(WORLD + unknown, YEAR_END, "F23") == 1


def test_moved_into_an_account_that_may_not_hold_it() -> None:
    """Orange for a special, platform or township account; not for the unit's own; red for a direct fund."""
    moved = "2026-02-02 transfer 60.00 TR -> {} tag={}/grant as=moved\n"
    for account in ("SPEC", "PLAT", "TA"):
        (one,) = found(moved.format(account, "F"), "F24")
        assert (one.finding_class, one.severity, one.amount) == ("indicated", "orange", 6_000)
    assert found(moved.format("WA", "F"), "F24") == []
    assert found("2026-02-02 transfer 60.00 TR -> PLAT\n", "F24") == []
    assert [one.severity for one in found(moved.format("PLAT", "G"), "F24")] == ["red"]


def test_accounts_that_may_hold_it() -> None:
    """Dedicated to the fund, of a township with a line, of the contract's supplier, listed by policy."""
    moved = "2026-02-02 transfer 60.00 TR -> {} tag={}/grant\n"
    assert found(moved.format("OWN", "F"), "F24") == []
    line = "2026-01-20 split L1 100.00 NA -> TOWN parent={}\n"
    assert found(line.format("L0") + moved.format("TA", "F"), "F24") == []
    assert len(found(line.format("G0") + moved.format("TA", "G"), "F24")) == 1
    contract = "2026-01-20 contract C P {} 100.00\n2026-02-02 pay 60.00 L0 TR -> PLAT contract=C\n"
    assert found(contract.format("CO"), "F24") == []
    assert len(found(contract.format("BUILDER"), "F24")) == 1
    listed = "2026-01-05 policy R\n  row SPEC allowed_account basis=批复\n"
    assert found(listed + moved.format("SPEC", "F"), "F24") == []
    unknown = "2026-02-02 pay 60.00 L0 TR -> - payee=CO\n"
    assert found(unknown, "F24") == []
    assert unjudged(WORLD + unknown, YEAR_END, "F24") == 1


def test_lent_by_its_own_word_or_back_with_more() -> None:
    """Proved where the report says so, indicated where more came back; a treasury may place money in a bank."""
    moved = "2026-02-02 transfer 60.00 WA -> SUP tag=F/grant reason={} as=moved\n"
    (one,) = found(moved.format("lend"), "F34")
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == ("proved", "red", 6_000, 6_000)
    assert found(moved.format("pass_on"), "F34") == []
    back = "2026-05-02 return {} SUP -> WA event=moved\n"
    (more,) = found(moved.format("other") + back.format("61.50"), "F34")
    assert (more.finding_class, more.severity, more.amount_min, more.outstanding) == (
        "indicated",
        "orange",
        0,
        0,
    )
    assert "1.50" in more.explanation.en
    assert found(moved.format("other") + back.format("60.00"), "F34") == []
    deposit = (
        "2026-01-06 account DEP BK unit_real\n2026-02-02 transfer 60.00 {} -> DEP tag=F/grant reason=lend\n"
    )
    assert found(deposit.format("TR"), "F34") == []
    assert len(found(deposit.format("WA"), "F34")) == 1
