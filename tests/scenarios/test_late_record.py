# SPDX-License-Identifier: Apache-2.0
"""F35: movements of money recorded long after the date they bear."""

import pytest

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

LINE = "2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F\n"
PAID = "{} pay 60.00 L0 TR -> SUP recorded={} as=late\n"


def found(text: str, *, ledger: str = "") -> list[Finding]:
    """The findings of F35 in the world followed by `text`."""
    return judge(LINE + text, "2026-12-31", rule="F35", ledger=ledger)


@pytest.mark.parametrize(
    ("recorded", "severities"),
    [("2026-03-05", []), ("2026-03-06", ["orange"]), ("2026-03-16", ["orange"]), ("2026-03-17", ["red"])],
)
def test_recorded_more_than_three_working_days_after_its_date(recorded: str, severities: list[str]) -> None:
    """Three working days after Monday are in time, ten are orange, more are red; proved for what moved."""
    leads = found(PAID.format("2026-03-02", recorded))
    assert [one.severity for one in leads] == severities
    for one in leads:
        assert (one.finding_class, one.amount_min, one.amount) == ("proved", 6_000, 6_000)
        assert (one.subject, one.fund, one.accounts) == (("NA", recorded), "F", ("TR",))
        assert str(one.decisive_on) == recorded


def test_what_piled_up_over_a_holiday_is_not_late() -> None:
    """Of the Friday before the spring festival: the third working day after it is in time; in March it is not."""
    assert found(PAID.format("2026-02-13", "2026-02-26")) == []
    assert len(found(PAID.format("2026-02-13", "2026-02-27"))) == 1
    assert len(found(PAID.format("2026-03-13", "2026-03-26"))) == 1


def test_what_a_party_records_late_on_one_day_is_one_finding() -> None:
    """Their sum, by the latest; another party's, and another day's, are others; what was corrected no longer counts."""
    text = PAID.format("2026-03-02", "2026-03-09")
    second = "2026-03-03 pay 40.00 L0 TR -> SUP recorded=2026-03-09 as=more\n"
    (one,) = found(text + second)
    assert (one.amount, one.figures["events"], one.figures["days_late"]) == (10_000, 2, 4)
    other = "2026-03-03 use 40.00 WA BUILDER recorded=2026-03-09\n"
    assert sorted(one.subject[0] for one in found(text + other)) == ["NA", "WATER"]
    (left,) = found(f"{text}{second}2026-03-20 void more by=NA recorded=2026-03-20\n")
    assert left.amount == 6_000


def test_a_monthly_sheet_is_given_its_month() -> None:
    """Rows imported from a file may come a month later; later than that they are late as well."""
    sheet = " provenance=sheet\n"
    assert found(PAID.format("2026-03-02", "2026-04-02").replace("\n", sheet)) == []
    assert [one.severity for one in found(PAID.format("2026-03-02", "2026-04-03").replace("\n", sheet))] == [
        "red"
    ]


def test_without_a_calendar_it_is_provisional_and_a_historical_ledger_is_not_judged() -> None:
    """At most indicated where the year has no adopted calendar (O5); a historical ledger is not clean but not judged."""
    late = PAID.format("2027-03-01", "2027-03-09")
    (one,) = judge(LINE + late, "2027-12-31", rule="F35")
    assert (one.finding_class, one.amount_min, one.marks) == ("indicated", 0, ("provisional",))
    assert found(PAID.format("2026-03-02", "2026-03-17"), ledger="historical=true") == []
    assert unjudged(LINE, "2026-12-31", "F35") == 0
    assert unjudged(LINE, "2026-12-31", "F35", ledger="historical=true") == 1
