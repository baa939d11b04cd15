# SPDX-License-Identifier: Apache-2.0
"""F43: lines that hang on nothing, are issued past the ledger above or without a paper, or lost their direct flag."""

import pytest

from tests.scenarios.judging import judge, unjudged
from verifier.basis.findings import Finding

TOP = "2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F as=top\n"
DIRECT = "2026-01-05 fund G CENTRE level=centre direct={}\n"
ISSUED = "2026-01-10 issue G0 1000.00 CENTRE -> PROV fund=G as=top\n"
LOCAL = "2026-01-05 fund H NA level={}\n2026-01-10 issue H0 50.00 NA -> NA fund=H as=top\n"


def found(text: str) -> list[Finding]:
    """The findings of F43 in the world followed by `text`."""
    return judge(text, "2026-12-31", rule="F43")


def test_lines_whose_parent_was_corrected_are_proved() -> None:
    """The children stand for what they are of; with the parent recorded again, or nothing below it, it is whole."""
    split = "2026-01-20 split L1 600.00 PROV -> NA parent=L0 as=child\n"
    gone = "2026-02-01 void top by=CENTRE\n"
    (one,) = found(TOP + split + gone)
    assert (one.subject, one.finding_class, one.severity) == (("parent", "L0"), "proved", "orange")
    assert (one.amount_min, one.amount, one.fund, one.line) == (60_000, 60_000, "F", "L1")
    assert found(TOP + split) == []
    assert found(TOP + gone) == []
    assert found(TOP + split + gone + "2026-02-02 void child by=PROV\n") == []


@pytest.mark.parametrize(("flag", "subjects"), [("09", [("line", "G0")]), ("01", [])])
def test_a_line_with_another_flag_than_its_fund_is_proved(flag: str, subjects: list[tuple[str, str]]) -> None:
    """A line that says nothing inherits; a mistyped one that was corrected stays as corrected."""
    typed = DIRECT.format("01") + ISSUED.replace(" as=", f" direct={flag} as=")
    assert [one.subject for one in found(typed)] == subjects
    assert found(DIRECT.format("01") + ISSUED) == []
    assert {one.finding_class for one in found(typed)} <= {"proved"}
    assert {one.state for one in found(typed + "2026-02-01 void top by=CENTRE\n")} <= {"corrected"}


def test_a_fund_that_loses_its_flag_after_lines_were_issued() -> None:
    """Proved for all issued before; a version that gives it back clears; a change before the first line is none."""
    lost = "2026-02-01 fund G CENTRE level=centre version=2 as=lost\n"
    (one,) = found(DIRECT.format("01") + ISSUED + lost)
    assert (one.subject, one.finding_class, one.amount) == (("fund", "G"), "proved", 100_000)
    assert one.decisive_event == "someone/lost/0"
    assert found(DIRECT.format("01") + lost.replace("02-01", "01-06") + ISSUED) == []
    back = "2026-02-03 fund G CENTRE level=centre version=3 direct=01\n"
    assert found(DIRECT.format("01") + ISSUED + lost + back) == []


def test_a_top_line_below_the_level_of_its_fund_names_the_paper_from_above() -> None:
    """Indicated without it; first-level lines need none; where no register tells the level it cannot be judged."""
    (one,) = found(LOCAL.format("centre"))
    assert (one.subject, one.finding_class, one.severity) == (("document", "H0"), "indicated", "yellow")
    assert (one.amount_min, one.amount) == (0, 5_000)
    assert found(LOCAL.format("centre").replace(" as=", " document=中财预〔2026〕1号 as=")) == []
    assert found(LOCAL.format("county")) == []
    unknown = LOCAL.format("centre").replace("NA -> NA", "NOBODY -> NA")
    assert found(unknown) == []
    assert unjudged(unknown, "2026-12-31", "F43") == 1
    assert unjudged(LOCAL.format("centre"), "2026-12-31", "F43") == 0


def test_a_top_line_of_a_fund_of_the_ledger_above_is_received_and_not_issued() -> None:
    """Indicated where it is issued here, whatever paper it names; received from there it is whole."""
    began = f"2026-01-05 fund G PROV level=centre v=2\n  began above.example/1 {'5c' * 32} G\n"
    issued = "2026-01-10 issue G0 10.00 PROV -> NA fund=G document=中财预〔2026〕1号\n"
    (one,) = found(began + issued)
    assert (one.subject, one.finding_class, one.severity) == (("upper", "G0"), "indicated", "orange")
    source = f"  source above.example/1 {'5c' * 32} CENTRE/s/0 {'5d' * 32} X0 {'5e' * 32}\n"
    assert found(began + issued.replace("issue", "receive") + source) == []
