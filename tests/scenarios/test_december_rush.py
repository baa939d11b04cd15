# SPDX-License-Identifier: Apache-2.0
"""F26: more of a year's money spent at its end than is usual; a statistical lead."""

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

LINE = "2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F\n"
PAY = "{} pay {} L0 TR -> SUP\n"
EVENLY = "".join(PAY.format(f"2026-{month:02}-10", "10.00") for month in range(1, 12))
"""A hundred and ten in eleven months."""


def found(text: str, as_of: str = "2027-01-01") -> list[Finding]:
    """The findings of F26 in the world followed by `text`."""
    return judge(text, as_of, rule="F26")


def test_more_in_december_than_its_usual_share() -> None:
    """Of 150 fifteen per cent are 22.50, and 40 were paid; as much as usual is none; only after the year is over."""
    rush = LINE + EVENLY + PAY.format("2026-12-20", "40.00")
    (one,) = found(rush)
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == (
        "statistical",
        "yellow",
        0,
        1_750,
    )
    assert (one.subject, one.accounts, str(one.decisive_on)) == (
        ("F", "NA", "2026", "12"),
        ("TR",),
        "2026-12-31",
    )
    assert found(rush, "2026-12-31") == []
    assert found(LINE + EVENLY + PAY.format("2026-12-20", "10.00")) == []
    back = "2026-12-28 return 30.00 SUP -> TR event=pay-12\n"
    assert found(rush + back) == []


def test_more_in_the_last_quarter_than_its_usual_share() -> None:
    """Of 150 thirty-five per cent are 52.50, and 70 were paid from October to December, little of it in December."""
    (one,) = found(LINE + EVENLY + PAY.format("2026-11-20", "40.00") + PAY.format("2026-12-01", "10.00"))
    assert (one.subject[3], one.amount) == ("10", 1_400)


def test_money_that_came_late_could_not_be_spent_before() -> None:
    """A line given in December shifts the base; one given in June does not."""
    given = "{} issue L1 40.00 CENTRE -> NA fund=F\n"
    rush = PAY.format("2026-12-20", "40.00")
    assert found(LINE + EVENLY + given.format("2026-12-05") + rush) == []
    assert len(found(LINE + given.format("2026-01-11") + EVENLY + rush)) == 1


def test_a_fund_with_its_season_at_the_end_and_few_payments() -> None:
    """A policy sets other shares for the fund; fewer payments than `least` say nothing."""
    rush = EVENLY + PAY.format("2026-12-20", "40.00")
    season = "2026-01-05 policy R\n  row season F26 december_pct={} quarter_pct=60 fund=F basis=供暖\n"
    assert found(LINE + season.format(30) + rush) == []
    assert len(found(LINE + season.format(20) + rush)) == 1
    assert found(LINE + PAY.format("2026-06-01", "10.00") + PAY.format("2026-12-20", "40.00")) == []


def test_where_nothing_tells_when_the_money_came_it_is_not_judged() -> None:
    """A unit without line that was never paid: counted as not judged; with cash of the fund it is judged."""
    uses = "".join(
        f"2026-{month:02}-10 use 10.00 WA BUILDER to_account=SUP tag=F/grant\n" for month in range(1, 12)
    )
    rush = uses + "2026-12-20 use 40.00 WA BUILDER to_account=SUP tag=F/grant\n"
    assert found(rush) == []
    assert unjudged(rush, "2027-01-01", "F26") == 1
    cash = "2026-01-05 pay 150.00 L0 TR -> WA mode=transfer\n"
    assert [one.accounts for one in found(LINE + cash + rush)] == [("WA",)]
    assert unjudged(LINE + cash + rush, "2027-01-01", "F26") == 0
