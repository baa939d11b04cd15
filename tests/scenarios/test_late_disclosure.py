# SPDX-License-Identifier: Apache-2.0
"""F40: contracts, lists and fund documents that were not public by their day."""

import pytest

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

ADMITTED = "2026-01-05 policy PP admits=publication/1\n"
CONTRACT = "2026-02-10 contract K P BUILDER 600.00 as=made\n"
"""Two working days after 10 February, a Tuesday, end on the 12th."""
LIST = "2026-02-10 list F 2026-02 30 600.00 root=r1 by=NA\n"
"""Twenty working days over the spring festival, with one Saturday worked, end on 17 March."""


def found(text: str, as_of: str, world: str = ADMITTED) -> list[Finding]:
    """The findings of F40 in the world followed by `text`."""
    return judge(world + text, as_of, rule="F40")


def test_a_contract_is_public_within_two_working_days() -> None:
    """Indicated, since what is public may not have been recorded; no matter of money."""
    assert found(CONTRACT, "2026-02-12") == []
    (one,) = found(CONTRACT, "2026-02-13")
    assert (one.finding_class, one.amount, one.parties, str(one.due)) == (
        "indicated",
        None,
        ("WATER",),
        "2026-02-12",
    )
    assert found(CONTRACT + "2026-02-12 publish 合同公告 contract=K\n", "2026-12-31") == []


def test_o4_a_list_is_public_within_twenty_working_days() -> None:
    """O4: days off do not count, a weekend day that is worked does."""
    assert found(LIST, "2026-03-17") == []
    assert [(str(one.due), one.calendars) for one in found(LIST, "2026-03-18")] == [("2026-03-17", ("CN/1",))]
    assert found(LIST + "2026-03-17 publish 公示 payee_list=r1\n", "2026-12-31") == []


@pytest.mark.parametrize(
    ("about", "late"), [("contract=K", 0), ("event=made", 0), ("contract=Z", 1), ("project=P", 1)]
)
def test_what_names_the_thing_or_its_event_makes_it_public(about: str, late: int) -> None:
    """Another contract's notice does not."""
    other = "2026-02-10 contract Z P BUILDER 1.00\n2026-02-10 publish 公告 contract=Z\n"
    assert len(found(CONTRACT + other + f"2026-02-11 publish 公告 {about}\n", "2026-12-31")) == late


def test_a_fund_document_is_public_within_twenty_working_days() -> None:
    """From the registration of the fund, by its issuer."""
    fund = "2026-03-02 fund H CENTRE\n"
    (one,) = found(fund, "2026-12-31")
    assert (one.parties, one.fund, str(one.due)) == (("CENTRE",), "H", "2026-03-30")
    assert found(fund + "2026-03-30 publish 办法 fund=H\n", "2026-12-31") == []


def test_made_public_late_it_stays_listed() -> None:
    """With the day on which it was."""
    (one,) = found(CONTRACT + "2026-03-02 publish 合同公告 contract=K\n", "2026-12-31")
    assert (one.state, one.severity) == ("met_late", "yellow")
    assert "2026-03-02" in one.explanation.zh


def test_where_the_ledger_admits_no_publications_nothing_can_be_said() -> None:
    """Counted as not judged: never a finding and never clean."""
    assert found(CONTRACT + LIST, "2026-12-31", world="") == []
    assert unjudged(CONTRACT + LIST, "2026-12-31", "F40") == 2
    assert unjudged(ADMITTED + CONTRACT, "2026-12-31", "F40") == 0


def test_o5_without_the_calendar_of_the_year_it_is_provisional() -> None:
    """O5: Monday to Friday are counted."""
    (one,) = found(CONTRACT.replace("2026-02-10", "2026-12-31"), "2027-12-31")
    assert (str(one.due), one.marks, one.calendars) == ("2027-01-04", ("provisional",), ("mon-fri/2027",))


def test_o6_what_may_not_be_public_has_a_paper() -> None:
    """O6: in time, about what made it."""
    assert found(CONTRACT + "2026-02-11 waive F event=made row=publish by=CENTRE\n", "2026-12-31") == []
