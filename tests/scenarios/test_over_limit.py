# SPDX-License-Identifier: Apache-2.0
"""F32: lines overdrawn in ledgers that record it; the arithmetic of free(L) in every direction."""

import datetime

import pytest

from tests.scenarios.judging import judge
from verifier.basis.findings import Finding

LINE = """
2026-01-10 issue L0 1000.00 CENTRE -> PROV fund=F
2026-01-20 split L1 600.00 PROV -> NA parent=L0 project=P
"""


def found(text: str, as_of: str = "2026-12-31", *, ledger: str = "ceilings=flag") -> list[Finding]:
    """The F32 findings of the line followed by `text`."""
    return judge(LINE + text, as_of, rule="F32", ledger=ledger)


def only(text: str) -> Finding:
    """The one F32 finding of the line followed by `text`."""
    (one,) = found(text)
    return one


def test_paying_beyond_the_line_is_proved() -> None:
    """600 held, 700 paid: 100 beyond."""
    one = only("2026-02-02 pay 700.00 L1 TR -> SUP as=big")
    assert (one.finding_class, one.severity) == ("proved", "red")
    assert (one.amount_min, one.amount, one.amount_max, one.outstanding) == (10_000, 10_000, 10_000, 10_000)
    assert (one.line, one.fund, one.parties, one.accounts) == ("L1", "F", ("NA",), ("TR",))
    assert one.subject == ("L1", "NA/big/0")
    assert one.decisive_on == datetime.date(2026, 2, 2)
    assert one.figures["free"] == -10_000
    assert "Line L1 held CNY 600.00; paid on 2026-02-02 it holds CNY -100.00" in one.explanation.en


def test_paying_the_whole_line_is_clean() -> None:
    """To the last unit of money."""
    assert found("2026-02-02 pay 600.00 L1 TR -> SUP") == []


def test_children_beyond_their_parent() -> None:
    """The parent is overdrawn, not the child."""
    one = only("2026-02-02 split L2 500.00 PROV -> CITY parent=L0 as=more")
    assert (one.line, one.amount, one.subject) == ("L0", 10_000, ("L0", "PROV/more/0"))
    assert "split or given back" in one.explanation.en
    assert found("2026-02-02 split L2 400.00 PROV -> CITY parent=L0") == []


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ("2026-02-02 recall L1 700.00 NA -> PROV", "L1"),
        ("2026-02-02 adjust L1 700.00 NA -> PROV direction=decrease", "L1"),
        ("2026-02-02 adjust L1 500.00 PROV -> NA direction=increase", "L0"),
        ("2026-02-02 recall L0 500.00 PROV -> CENTRE", "L0"),
    ],
)
def test_every_direction_is_watched(event: str, line: str) -> None:
    """Whatever takes more than the line holds."""
    one = only(event)
    assert (one.line, one.amount) == (line, 10_000)


def test_later_excesses_extend_it_and_an_increase_restores() -> None:
    """Peak 150, of which 150 restored; a new excess after that is a new finding."""
    text = """
    2026-02-02 pay 700.00 L1 TR -> SUP as=a
    2026-02-03 pay 50.00 L1 TR -> SUP as=b
    2026-03-02 adjust L1 150.00 PROV -> NA direction=increase
    """
    one = only(text)
    assert (one.amount, one.restored, one.outstanding) == (15_000, 15_000, 0)
    assert [entry.name for entry in one.evidence] == ["NA/a/0", "NA/b/0"]
    again = found(text + "2026-04-02 pay 1.00 L1 TR -> SUP as=c")
    assert sorted(one.subject[1] for one in again) == ["NA/a/0", "NA/c/0"]


def test_a_correction_lifts_it() -> None:
    """The reversed payment no longer burdens the line; that it did stays on record."""
    one = only("2026-02-02 pay 700.00 L1 TR -> SUP as=a\n2026-02-05 void a by=NA")
    assert (one.amount, one.outstanding) == (10_000, 0)


def test_a_return_lifts_it_only_when_the_bank_says_so() -> None:
    """DESIGN §4: signed by the account's bank, or matched to a bank line."""
    text = "2026-02-02 pay 700.00 L1 TR -> SUP as=a\n2026-02-05 return 100.00 SUP -> TR event=a by={}"
    assert only(text.format("BK")).outstanding == 0
    assert only(text.format("BUILDER")).outstanding == 10_000
    line = "\n2026-02-06 credit 100.00 TR bank_ref=R1"
    assert only(text.format("BUILDER") + " bank_ref=R1" + line).outstanding == 0


def test_only_what_is_dated_until_then_counts() -> None:
    """As of the day before, the line was whole."""
    assert found("2026-02-02 pay 700.00 L1 TR -> SUP", "2026-02-01") == []


def test_ledgers_that_refuse_have_nothing_to_find() -> None:
    """There the event could not have been posted."""
    assert found("2026-02-02 pay 700.00 L1 TR -> SUP", ledger="ceilings=refuse") == []
