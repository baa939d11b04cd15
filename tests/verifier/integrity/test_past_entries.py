# SPDX-License-Identifier: Apache-2.0
"""Look-ups into a replayed log: names resolve to positions whether just noted or long written to disk."""

import datetime
from collections.abc import Iterator

import pytest

from ledger.entry import event_entry_bytes
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.vocabulary import AnyEvent, event_bytes
from ledger.past_events import BankLine, KnownEvent, PastEvents
from verifier.integrity.past_entries import PENDING_MAX, PastEntries
from verifier.workspace import Workspace

DAY = datetime.date(2026, 2, 3)
INSTANT = "2026-02-03T04:00:00.000Z"
LINE = Movement(
    occurred_on=DAY, account="TR", statement="2026-02", line_no=1, direction="debit", amount=5, bank_ref="R1"
)
CLOSED = BankBalance(
    occurred_on=DAY, account="TR", statement="2026-02", from_on=DAY, to_on=DAY, opening=5, closing=0, lines=1
)


def entry_at(seq: int) -> bytes:
    """Every entry of this log is the same bank line."""
    return event_entry_bytes(
        seq=seq, prev="0" * 64, recorded=INSTANT, submission=seq - 1, index=0, event=event_bytes(LINE)
    )


@pytest.fixture
def past() -> Iterator[PastEntries]:
    """A replay at its beginning."""
    with Workspace() as workspace:
        yield PastEntries(workspace, entry_at)


def fill(past: PastEntries) -> None:
    """Note so much that everything before is written to disk."""
    for number in range(PENDING_MAX):
        past.note_submission("filler", f"s{number}", seq=10_000 + number, events=1)


@pytest.mark.parametrize("written", [False, True])
def test_events_are_found_by_name(past: PastEntries, *, written: bool) -> None:
    """Party, submission id and index give the position; beyond the submission there is nothing."""
    past.note_submission("bank", "s/1".replace("/", "-"), seq=7, events=2)
    if written:
        fill(past)
    answers: PastEvents = past
    assert answers.submission("bank", "s-1") == 7
    assert answers.submission("bank", "s-2") is None
    assert answers.find("bank/s-1/1") == KnownEvent(seq=9, recorded=INSTANT, party="bank", event=LINE)
    assert [
        past.seq_of(name) for name in ("bank/s-1/0", "bank/s-1/2", "bank/s-1", "other/s-1/0", "bank/s-1/x")
    ] == [
        8,
        None,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize("written", [False, True])
def test_bank_lines_are_found_by_statement_and_by_reference(past: PastEntries, *, written: bool) -> None:
    """Line 0 is the balance; of two lines with one number or reference the first stands."""
    events: list[tuple[int, AnyEvent]] = [(11, LINE), (12, CLOSED)]
    for seq, event in events:
        past.note_event(seq, event)
    if written:
        fill(past)
    past.note_event(13, LINE)
    assert past.statement_line("TR", "2026-02", 1) == 11
    assert past.statement_line("TR", "2026-02", 0) == 12
    assert past.statement_line("TR", "2026-02", 2) is None
    assert past.bank_line("TR", "debit", "R1") == BankLine(seq=11, amount=LINE.amount)
    assert past.bank_line("TR", "credit", "R1") is None
