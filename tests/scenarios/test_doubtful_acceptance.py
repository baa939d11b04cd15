# SPDX-License-Identifier: Apache-2.0
"""F18: acceptances that cannot well be what they say, tell by tell (semantics P6, P7)."""

import pytest

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

WORLD = """
2026-01-05 project D WATER F
2026-01-05 project E WATER F
2026-02-02 contract C D BUILDER 100.00 as=agreed
"""
ACCEPTED = "{} accept D pass contract=C value={} panel=p1,p2,p3 by=WATER as=done\n"
YEAR_END = "2026-12-31"


def found(text: str, tell: str) -> list[Finding]:
    """The findings of one tell of F18 in the world followed by `text`."""
    return [one for one in judge(WORLD + text, YEAR_END, rule="F18") if one.subject[0] == tell]


@pytest.mark.parametrize(
    ("on", "severities"),
    [("2026-02-01", ["orange"]), ("2026-02-04", ["yellow"]), ("2026-02-05", [])],
)
def test_accepted_before_the_contract_or_sooner_than_works_take(on: str, severities: list[str]) -> None:
    """Three days are the least for works; goods may be accepted on the day of the contract."""
    leads = found(ACCEPTED.format(on, "50.00"), "before")
    assert [one.severity for one in leads] == severities
    assert {one.finding_class for one in leads} <= {"indicated"}
    assert [one.subject for one in leads] == [("before", "WATER/done/0")] * len(leads)
    goods = WORLD.replace("100.00 as", "100.00 category=goods as").replace("02-02 contract", "02-04 contract")
    expected = 1 if on < "2026-02-04" else 0
    assert len(judge(goods + ACCEPTED.format(on, "5.00"), YEAR_END, rule="F18")) == expected


def test_a_panel_smaller_than_the_fund_asks_for() -> None:
    """By the fund where it says so, else by the pack; a panel that is not told cannot be judged."""
    two = ACCEPTED.replace("p1,p2,p3", "p1,p2").format("2026-03-02", "50.00")
    (one,) = found(two, "panel")
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == ("indicated", "yellow", 0, 5_000)
    assert found(ACCEPTED.format("2026-03-02", "50.00"), "panel") == []
    ruled = "2026-01-06 fund F CENTRE v=2 version=2\n  accepts 15 calendar {}\n"
    assert found(ruled.format(2) + two, "panel") == []
    assert len(found(ruled.format(4) + ACCEPTED.format("2026-03-02", "50.00"), "panel")) == 1
    untold = ACCEPTED.replace(" panel=p1,p2,p3", "").format("2026-03-02", "50.00")
    assert found(untold, "panel") == []
    assert unjudged(WORLD + untold, YEAR_END, "F18") == 2
    assert unjudged(WORLD + two, YEAR_END, "F18") == 1


def test_a_file_that_bears_out_acceptances_of_two_projects() -> None:
    """Used again in its own project it is no tell, nor where a policy lists it as a standard form."""
    first = "2026-03-02 accept D pass value=10.00 panel=p1,p2,p3 evidence=photo,form by=WATER\n"
    other = "2026-03-09 accept {} pass value=20.00 panel=p1,p2,p3 evidence=photo by=WATER as=again\n"
    (one,) = found(first + other.format("E"), "evidence")
    assert (one.finding_class, one.severity, one.amount) == ("indicated", "orange", 2_000)
    assert (one.decisive_event, len(one.evidence)) == ("WATER/again/0", 2)
    assert found(first + other.format("D"), "evidence") == []
    assert found(first + other.format("E").replace("pass", "fail"), "evidence") == []
    listed = f"2026-01-06 policy Q\n  row {one.subject[1]} standard_form basis=表样\n"
    assert found(listed + first + other.format("E"), "evidence") == []


KEY = "2026-01-05 key k1 WATER p1 maker\n"
LENT = "2026-03-01 depute D1 k1 {} 2026-03-01T00:00:00.000Z {}T00:00:00.000Z\n"


def test_p6_who_prepares_the_records_sat_on_the_panel() -> None:
    """P6: a deputation for panels that holds on that day clears; one that ended, or for another role, does not."""
    accepted = ACCEPTED.format("2026-03-02", "50.00")
    (one,) = found(KEY + accepted, "maker")
    assert (one.finding_class, one.severity) == ("indicated", "yellow")
    assert "p1" in one.explanation.zh
    assert found(KEY.replace("p1", "p9") + accepted, "maker") == []
    assert found(KEY.replace("WATER", "NA") + accepted, "maker") == []
    assert found(KEY + LENT.format("panel", "2026-03-31") + accepted, "maker") == []
    assert len(found(KEY + LENT.format("panel", "2026-03-01") + accepted, "maker")) == 1
    assert len(found(KEY + LENT.format("checker", "2026-03-31") + accepted, "maker")) == 1
    revoked = "2026-02-01 unkey k1\n"
    assert found(KEY + revoked + accepted, "maker") == []


def test_more_accepted_than_the_contract_comes_to_is_proved() -> None:
    """A fen more; a change raises what may be accepted, a partial acceptance is none."""
    text = ACCEPTED.format("2026-03-02", "60.00") + ACCEPTED.format("2026-03-09", "40.01").replace(
        "=done", "=more"
    )
    (one,) = found(text, "beyond")
    assert (one.finding_class, one.severity, one.amount_min, one.amount) == ("proved", "orange", 1, 1)
    assert (one.subject, one.decisive_event) == (("beyond", "C"), "WATER/more/0")
    assert found(text.replace("40.01", "40.00"), "beyond") == []
    assert found("2026-02-03 change C NA increase 0.01\n" + text, "beyond") == []
    assert found(text.replace("pass", "partial"), "beyond") == []


def test_more_accepted_than_was_measured() -> None:
    """By the day of the acceptance; works never measured cannot be compared."""
    measured = "{} progress D 49.99 contract=C by=WATER\n"
    accepted = ACCEPTED.format("2026-03-02", "50.00")
    (one,) = found(measured.format("2026-03-02") + accepted, "progress")
    assert (one.finding_class, one.severity, one.amount) == ("indicated", "yellow", 1)
    assert found(measured.format("2026-03-02").replace("49.99", "50.00") + accepted, "progress") == []
    assert [one.amount for one in found(measured.format("2026-03-03") + accepted, "progress")] == [5_000]
    assert found(accepted, "progress") == []
    assert unjudged(WORLD + accepted, YEAR_END, "F18") == 1
    assert unjudged(WORLD + measured.format("2026-03-01") + accepted, YEAR_END, "F18") == 0
