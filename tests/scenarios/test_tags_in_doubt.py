# SPDX-License-Identifier: Apache-2.0
"""Payments whose tag something else contradicts (semantics T12, T22)."""

from tests.scenarios.books import STAGE, closed
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from verifier.basis.findings import Finding, parse_line, to_line

PROJECTS = """
    2026-01-08 project ROAD UNIT F
    2026-01-08 project SCHOOL UNIT G
"""
FED = f"""{PROJECTS}
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
"""
CLOSED = "\n    2026-02-28 closed UA 2026-02-01..2026-02-28 50.00\n"


def found(text: str, rule: str = "T12") -> list[Finding]:
    """The findings of `rule` in `text` on the stage."""
    return judge(scenario(text, stage=STAGE), "2026-06-30", rule=rule)


def only(text: str) -> Finding:
    """The one T12 finding of `text`; it survives being written and read."""
    (one,) = found(text)
    assert parse_line(to_line(one)) == one
    return one


def test_a_use_for_another_funds_project() -> None:
    """T12: amount and maximum are the debit, the minimum is what the fund is short with the tag struck."""
    text = f"""{FED}
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF project=SCHOOL as=paid
    2026-02-10 debit 200.00 UA
    {CLOSED}"""
    one = only(text)
    assert (one.finding_class, one.severity) == ("indicated", "orange")
    assert (one.amount_min, one.amount, one.amount_max) == (15_000, 20_000, 20_000)
    assert one.subject == ("F", "UA", "UNIT/paid/0")
    assert [entry.name for entry in one.evidence] == ["UNIT/paid/0", "BK/debit-1/0"]
    assert found(text, "F02") == []
    assert found(text.replace("SCHOOL as=paid", "ROAD as=paid")) == []


def test_other_money_enough_leaves_the_minimum_at_zero() -> None:
    """T12: had the payment been other money, the account would still hold what it owes."""
    text = f"""{FED}
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF project=SCHOOL
    2026-02-10 debit 200.00 UA
    2026-02-28 closed UA 2026-02-01..2026-02-28 300.00
    """
    one = only(text)
    assert (one.amount_min, one.amount) == (0, 20_000)


def test_one_payment_told_twice_with_different_tags() -> None:
    """T12, T22: the use is the same payment whatever its tag, so money moves once, and the tag is in doubt."""
    text = """
    2026-02-09 pay 200.00 LF TR -> SU bank_ref=R1 by=NA as=paid
    2026-02-10 use 200.00 TR SUP tag=G/grant/LG bank_ref=R1 as=told
    """
    one = only(text)
    assert (one.fund, one.amount, one.marks) == ("F", 20_000, ("reported_only",))
    assert [entry.name for entry in one.evidence] == ["NA/paid/0", "NA/told/0"]
    assert one.decisive_event == "NA/told/0"
    with closed(text) as books:
        assert [move[0] for move in books.moves("TR")] == ["paid"]
    assert found(text.replace("tag=G/grant/LG", "tag=F/grant/LF")) == []


def test_one_paper_for_two_funds() -> None:
    """T12: two reports of one reference and amount, one bank line; which fund paid rests on the order of posting."""
    text = f"""{FED}
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF bank_ref=R7 as=one
    2026-02-10 use 200.00 UA SUP tag=G/grant bank_ref=R7 as=other
    2026-02-10 debit 200.00 UA bank_ref=R7
    {CLOSED}"""
    one = only(text)
    assert (one.fund, one.amount_min, one.amount) == ("F", 15_000, 20_000)
    assert "UNIT/other/0" in one.explanation.en
    twice = text.replace(
        "    2026-02-10 debit 200.00",
        "    2026-02-10 debit 200.00 UA bank_ref=R7\n    2026-02-10 debit 200.00",
    )
    assert found(twice) == []


def test_a_returned_payment_is_yellow() -> None:
    """T12, T17: what came back is told."""
    text = f"""{FED}
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF project=SCHOOL as=paid
    2026-02-10 debit 200.00 UA
    2026-02-16 return 200.00 SU -> UA event=paid
    2026-02-16 credit 200.00 UA
    {CLOSED}"""
    one = only(text)
    assert (one.restored, one.outstanding, one.severity) == (20_000, 0, "yellow")


def test_a_reversed_report_raises_no_doubt() -> None:
    """T12, T18: its twin with the correction is silent."""
    text = f"""{FED}
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF project=SCHOOL as=paid
    2026-02-11 void paid by=UNIT
    2026-02-10 debit 200.00 UA
    {CLOSED}"""
    assert found(text) == []


def test_without_statements_nothing_is_certain() -> None:
    """T4, T12: the opening balance is unknown, so the minimum is zero and the finding says that it rests on reports."""
    text = f"""{PROJECTS}
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF project=SCHOOL
    """
    one = only(text)
    assert (one.amount_min, one.amount, one.marks) == (0, 20_000, ("reported_only",))


def test_a_class_out_of_scope_is_an_admission_and_no_doubt() -> None:
    """T12, T13: it is F01 alone."""
    text = f"""{PROJECTS}
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF project=SCHOOL economic=30211
    """
    assert found(text) == []
    assert len(found(text, "F01")) == 1
