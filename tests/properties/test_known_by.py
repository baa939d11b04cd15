# SPDX-License-Identifier: Apache-2.0
"""What was known at a position stays known: nothing posted later changes the answer for an earlier one (semantics O10)."""

import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenarios.judging import STAGE, judge
from tests.scenarios.language import Scenario, scenario
from verifier.basis.findings import to_line

_BEGIN = """
2026-01-05 policy PP admits=publication/1
2026-01-10 issue L0 1000.00 CENTRE -> NA fund=F as=top
2026-01-20 split L1 600.00 NA -> WATER parent=L0 as=part
2026-01-21 contract K P BUILDER 500.00 retention=20.00
2026-02-02 pay 300.00 L0 TR -> WA mode=transfer as=cash
2026-02-03 approve C1 200.00 project=P line=L0 by=NA as=ok
2026-02-04 pay 150.00 L0 TR -> SUP claim=C1 contract=K as=paid
"""
_LATER = (
    "{} pay 50.00 L0 TR -> SUP claim=C1",
    "{} return 20.00 SUP -> TR event=paid",
    "{} use 90.00 WA BUILDER tag=F/grant/L1 contract=K",
    "{} accept P pass contract=K value=80.00",
    "{} settle P 400.00 surplus=60.00 by=WATER",
    "{} publish 公告 contract=K",
    "{} waive F event=ok row=pay by=CENTRE due_on=2026-11-30",
    "{} waive F event=cash row=idle by=CENTRE",
    "{} reject C1 by=NA project=P",
    "{} recall L1 30.00 WATER -> NA",
    "{} void paid by=NA",
    "{} fund F CENTRE version=2",
    "{} policy QQ\n  row mine F04 days=90",
)
_steps = st.lists(
    st.tuples(st.sampled_from(_LATER), st.integers(0, 300)), unique_by=lambda one: one[0], max_size=9
)
_AS_OF = "2026-12-01"


def _made(steps: list[tuple[str, int]]) -> Scenario:
    first = datetime.date(2026, 2, 5)
    lines = [text.format(first + datetime.timedelta(days=day)) for text, day in steps]
    return scenario(_BEGIN + "\n".join(lines) + "\n", stage=f"ledger \n{STAGE}")


@settings(max_examples=25)
@given(_steps, st.integers(0, 9))
def test_o10_later_postings_never_change_what_was_known(steps: list[tuple[str, int]], cut: int) -> None:
    """O10: the first part alone, and the first part as known within the whole: the same bytes."""
    before, whole = _made(steps[:cut]), _made(steps)
    known = before.events[-1].seq
    alone = [to_line(one) for one in judge(before, _AS_OF)]
    assert [to_line(one) for one in judge(whole, _AS_OF, known_by=known)] == alone


@settings(max_examples=25)
@given(_steps, st.integers(0, 300))
def test_o10_what_is_dated_later_is_not_true_yet(steps: list[tuple[str, int]], day: int) -> None:
    """O10: as of a day, events dated after it change nothing, whenever they were posted; the same but for the position."""
    as_of = datetime.date(2026, 2, 5) + datetime.timedelta(days=day)
    dated = [one for one in steps if one[1] <= day]
    with_later = dated + [one for one in steps if one[1] > day]

    def told(of: list[tuple[str, int]]) -> list[tuple[object, ...]]:
        found = judge(_made(of), str(as_of))
        return [(one.id, one.amount, one.outstanding, one.state, one.due, one.explanation) for one in found]

    assert told(with_later) == told(dated)
