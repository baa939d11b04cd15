# SPDX-License-Identifier: Apache-2.0
"""Findings about money whose entries were reversed: they stay listed as corrected (semantics T18)."""

from tests.scenarios.books import STAGE, closed
from tests.scenarios.judging import judge
from tests.scenarios.language import scenario
from verifier.basis.findings import Finding, parse_line, to_line

FED = """
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer bank_ref=R1
    2026-02-02 credit 600.00 UA bank_ref=R1
"""
CLOSED = "\n    2026-02-28 closed UA 2026-02-01..2026-02-28 0.00\n"


def found(text: str, rule: str) -> list[Finding]:
    """The findings of `rule` in `text` on the stage; each survives being written and read."""
    made = judge(scenario(text, stage=STAGE), "2026-06-30", rule=rule)
    assert [parse_line(to_line(one)) for one in made] == made
    return made


def test_a_wrong_class_put_right_closes_the_finding() -> None:
    """T18: the payment out of scope stays listed with its amount, nothing outstanding, and the correction as evidence."""
    text = f"""{FED}
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF economic=30211 as=wrong
    2026-02-10 debit 200.00 UA
    2026-02-16 void wrong as=undo by=UNIT
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF economic=30299 as=right
    {CLOSED}"""
    (one,) = found(text, "F01")
    assert (one.state, one.marks, one.severity) == ("corrected", ("corrected",), "blue")
    assert (one.amount, one.outstanding, one.subject) == (20_000, 0, ("F", "UA", "UNIT/wrong/0"))
    assert "UNIT/undo/0" in [entry.name for entry in one.evidence]
    assert "已冲正（UNIT/undo/0）" in one.explanation.zh
    (standing,) = found(text.replace("2026-02-16 void", "# "), "F01")
    assert (standing.id, standing.state, standing.outstanding) == (one.id, None, 20_000)


def test_a_wrong_tag_put_right_closes_the_shortage() -> None:
    """T18: told as another fund's the payment left this one short; told as this one's it does not."""
    text = f"""{FED}
    2026-02-10 use 100.00 UA SUP tag=G/grant as=wrong
    2026-02-10 debit 100.00 UA
    2026-02-16 void wrong as=undo by=UNIT
    2026-02-10 use 100.00 UA SUP tag=F/grant/LF
    {CLOSED}"""
    (one,) = found(text, "F02")
    assert (one.state, one.amount, one.outstanding, one.subject[2]) == (
        "corrected",
        10_000,
        0,
        "BK/debit-1/0",
    )
    assert one.finding_class == "proved"


def test_a_bank_line_reversed_by_the_bank() -> None:
    """T18: the bank puts its own line right; the line of the same number takes its place."""
    text = f"""
    2026-02-01 credit 50.00 UA
    {FED}
    2026-02-10 debit 150.00 UA as=wrong
    2026-02-16 void wrong as=undo by=BK
    2026-02-10 debit 15.00 UA line_no=3
    """
    ends = "2026-02-28 closed UA 2026-02-01..2026-02-28 0.00 closing={} lines=3\n"
    (one,) = found(
        text + ends.format("500.00") + "2026-02-28 void closed-1 by=BK\n" + ends.format("635.00"), "F02"
    )
    assert (one.state, one.amount, one.outstanding) == ("corrected", 10_000, 0)
    assert [entry.name for entry in one.evidence][-1] == "BK/undo/0"


def test_a_correction_of_something_else_closes_nothing() -> None:
    """T18: the shortage does not rest on what was reversed, and stands."""
    text = f"""{FED}
    2026-02-05 use 10.00 UA SUP tag=F/grant/LF as=typo
    2026-02-06 void typo by=UNIT
    2026-02-10 debit 150.00 UA
    {CLOSED}"""
    (one,) = found(text, "F02")
    assert (one.state, one.marks, one.outstanding) == (None, (), 15_000)


def test_voiding_a_report_never_voids_its_bank_line() -> None:
    """T18: the line loses its purpose, and what was proper use is a shortage now."""
    text = f"""{FED}
    2026-02-10 use 200.00 UA SUP tag=F/grant/LF as=told
    2026-02-10 debit 200.00 UA
    2026-02-16 void told by=UNIT
    {CLOSED}"""
    (one,) = found(text, "F02")
    assert (one.state, one.amount) == (None, 20_000)
    with closed(text) as books:
        assert books.moves("UA")[-1] == ("debit-1", None, -20_000)


def test_what_was_posted_again_counts_once() -> None:
    """T18: without statements the payment and its repetition never stood together, so no finding says so."""
    text = """
    2026-01-31 closed UA 2026-01-01..2026-01-31 100.00
    2026-02-02 pay 600.00 LF TR -> UA mode=transfer
    2026-02-05 transfer 60.00 UA -> SU as=wrong
    2026-02-06 void wrong by=UNIT
    2026-02-05 transfer 60.00 UA -> SU as=right note="again"
    """
    assert found(text, "F02") == []
    both = found(text.replace("transfer 60.00", "transfer 120.00"), "F02")
    assert {one.subject[2]: (one.state, one.amount) for one in both} == {
        "UNIT/wrong/0": ("corrected", 2_000),
        "UNIT/right/0": (None, 2_000),
    }
    (one,) = found(text.replace("60.00 UA -> SU as=wrong", "120.00 UA -> SU as=wrong"), "F02")
    assert (one.state, one.amount, one.subject[2]) == ("corrected", 2_000, "UNIT/wrong/0")


def test_the_other_side_is_known_as_it_stands() -> None:
    """T18, R3: the corrected account without statements takes the date of the other side's bank, there as here."""
    text = """
    2026-02-02 transfer 100.00 UA -> PL tag=F/grant/LF bank_ref=R5 as=lent
    2026-02-03 debit 100.00 UA bank_ref=R5
    2026-02-05 use 100.00 PL SUP tag=F/grant/LF economic=30211 as=wrong
    2026-02-06 void wrong by=NA
    2026-02-28 closed UA 2026-02-01..2026-02-28 200.00
    """
    (one,) = found(text, "F01")
    assert (one.state, one.amount, one.accounts) == ("corrected", 10_000, ("PL",))
