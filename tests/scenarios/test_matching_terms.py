# SPDX-License-Identifier: Apache-2.0
"""F06 and F07 by fixed amounts (M1, M2), and papers that put match off or lift it (O6); each with its innocent twin."""

import datetime
from typing import Unpack

from tests.scenarios.judging import Varied, judge
from verifier.basis.findings import Finding

RATIO = 'match base=allocated num=1 den=4 level=county due_on=2026-06-30 basis="国办发 1"'
FIXED = 'sum 250.00 level=county due_on=2026-06-30 basis="国办发 1"'
GRANT = """
2026-01-06 fund G CENTRE {version}as=fund
  {term}
2026-01-06 account MA NA special bank=BK fund=G
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=G as=top
2026-01-20 split L1 1000.00 PROV -> NA parent=L0 as=given
"""
MATCH = "2026-06-30 matched 250.00 NA -> MA fund=G as=match\n"
COVERED = ("MA", "TR")
LATER = datetime.date(2026, 9, 30)


class Asked(Varied, total=False):
    """What a test may vary beside: the term of the fund, and the rule."""

    term: str
    rule: str


def found(
    text: str = "", as_of: str = "2026-08-31", *, term: str = RATIO, rule: str = "F06", **more: Unpack[Varied]
) -> list[Finding]:
    """The findings of the grant followed by `text`."""
    version = "v=2 " if term.startswith("sum") else ""
    more = {"covered": COVERED, **more}
    return judge(GRANT.format(term=term, version=version) + text, as_of, rule=rule, **more)


def only(text: str = "", as_of: str = "2026-08-31", **more: Unpack[Asked]) -> Finding:
    """The one finding of the grant followed by `text`."""
    (one,) = found(text, as_of, **more)
    return one


# --- fixed amounts (M1) ----------------------------------------------------------------------------------


def test_a_fixed_amount_is_owed_by_each_county_that_got_money() -> None:
    """M1: the amount itself, whatever was allocated; proved like a ratio."""
    one = only(term=FIXED)
    assert one.subject == ("G", "amount 0", "NA")
    assert (one.amount_min, one.amount, one.amount_max) == (25_000, 25_000, 25_000)
    assert (one.finding_class, one.state, one.due) == ("proved", "short", datetime.date(2026, 6, 30))
    assert one.parameters["fixed"] == 25_000
    assert "固定数额 250.00元" in one.explanation.zh
    assert set(one.figures).isdisjoint({"base", "num", "den"})


def test_paid_in_full_and_in_time_it_is_clean() -> None:
    """The twin of the shortage; 124 of 25,000 are within the tolerance, 126 are not."""
    bank = {"match": "2026-06-30"}
    assert found(MATCH, term=FIXED, bank=bank) == []
    assert found(MATCH.replace("250.00", "248.76"), term=FIXED, bank=bank) == []
    assert only(MATCH.replace("250.00", "248.74"), term=FIXED, bank=bank).amount == 126


def test_a_county_without_money_owes_nothing_a_named_party_does() -> None:
    """M1: by level only where the fund went; by name from the fund's registration on."""
    other = FIXED.replace("level=county", "level=city")
    assert found(term=other) == []
    named = only(term=FIXED.replace("level=county", "party=CITY"))
    assert (named.parties, named.amount) == (("CITY",), 25_000)
    assert named.first_event == "someone/fund/0"


def test_what_came_pending_leaves_a_fixed_amount_undecidable() -> None:
    """A receipt that the bank may still bear out."""
    one = only(MATCH, "2026-07-01", term=FIXED, bank={"match": "pending"})
    assert (one.finding_class, one.marks) == ("undecidable", ("pending", "short"))


def test_a_fixed_amount_without_basis_is_the_demanders() -> None:
    """M2: F07 for the full demand, and no shortage of the county."""
    without = FIXED.replace(' basis="国办发 1"', "")
    assert found(term=without) == []
    one = only(term=without, rule="F07")
    assert (one.subject, one.amount) == (("G", "amount 0"), 25_000)
    assert "按固定数额 250.00元配套而未写明依据" in one.explanation.zh
    assert found(term=FIXED, rule="F07") == []


# --- papers (O6) -----------------------------------------------------------------------------------------


def test_match_lifted_in_time_is_owed_by_nobody() -> None:
    """The innocent twin differs by one day: a later paper ends it and takes nothing back."""
    paper = "2026-06-30 waive G event=given row=match by=CENTRE"
    assert found(paper) == []
    late = only(paper.replace("2026-06-30", "2026-07-01"))
    assert (late.state, late.amount, late.outstanding) == ("lapsed", 25_000, 0)
    assert (late.severity, late.marks) == ("yellow", ("lapsed",))
    assert "财农〔2026〕9号（2026-07-01）予以豁免" in late.explanation.zh
    assert "CENTRE/waive-1/0" in {entry.name for entry in late.evidence}


def test_match_put_off_in_time_is_due_later() -> None:
    """Nothing is short before the new day is over."""
    paper = f"2026-06-15 waive G event=fund row=G due_on={LATER} by=CENTRE\n"
    assert found(paper, str(LATER)) == []
    assert (
        found(paper + MATCH.replace("2026-06-30", str(LATER)), "2026-10-31", bank={"match": str(LATER)}) == []
    )
    late = only(paper, "2026-10-01")
    assert (late.due, late.state) == (LATER, "short")
    assert f"准予延至 {LATER}" in late.explanation.zh


def test_a_paper_that_names_the_finding_means_it() -> None:
    """By id, whatever the row."""
    finding = only().id
    assert found(f"2026-06-29 waive G finding={finding} by=CENTRE") == []


def test_papers_about_other_things_mean_nothing() -> None:
    """Another fund, another row, another party's allocation."""
    assert len(found("2026-06-15 waive F event=given row=match by=CENTRE")) == 1
    assert len(found("2026-06-15 waive G event=given row=pay by=CENTRE")) == 1
    assert len(found("2026-06-15 waive G event=top row=match by=CENTRE")) == 1


def test_a_paper_written_back_clears_nothing_and_leaves_a_doubt() -> None:
    """T2: recorded long after its date it counts from its recording; what turns on it is indicated."""
    one = only("2026-06-15 waive G event=given row=match by=CENTRE recorded=2026-08-20")
    assert (one.finding_class, one.state) == ("indicated", "lapsed")


def test_in_proportion_any_paper_until_the_check_is_in_time() -> None:
    """Without a due day the match is asked for on any day, and not while a paper says so."""
    term = RATIO.replace(" due_on=2026-06-30", "")
    paper = f"2026-07-15 waive G event=given row=match due_on={LATER} by=CENTRE"
    assert len(found(term=term)) == 1
    assert found(paper, term=term) == []
    assert only(paper, "2026-10-01", term=term).due is None
    assert found(paper.replace(f" due_on={LATER}", ""), "2026-10-01", term=term) == []


def test_a_corrected_paper_never_was() -> None:
    """A waiver that was reversed lifts nothing."""
    text = "2026-06-15 waive G event=given row=match by=CENTRE as=paper\n2026-06-20 void paper"
    assert len(found(text)) == 1
