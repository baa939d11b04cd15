# SPDX-License-Identifier: Apache-2.0
"""Persons paid from several funds, found by their keyed marks among the disclosures given to audit (spec §10.10).

That somebody is paid from two funds may be right; it is a lead. Without marks nothing can be said, which is not "none".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from ledger.commitments import commitment_of, parse_disclosure
from ledger.disclosure_file import DisclosureLine
from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.control import Correction
from ledger.kinds.fact import Use
from verifier.posted import PostedEvent
from verifier.workspace import Workspace

MARK: Final = "payee_mark"

_TABLES: Final = (
    "CREATE TABLE fund_of (line TEXT PRIMARY KEY, fund TEXT) WITHOUT ROWID",
    "CREATE TABLE marked (mark TEXT, fund TEXT, event TEXT PRIMARY KEY, seq INTEGER, amount INTEGER) WITHOUT ROWID",
)
_TAKEN_BACK: Final = "DELETE FROM marked WHERE event = ?"
_SEVERAL: Final = "SELECT mark FROM marked GROUP BY mark HAVING count(DISTINCT fund) > 1 ORDER BY min(seq)"
_OF: Final = "SELECT event, fund, amount FROM marked WHERE mark = ? ORDER BY seq"


class MarkedPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment to the person: name of the event, fund, amount in minor units."""

    event: str
    fund: str
    amount: int


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """One person, by the mark, with payments from at least two funds, in the order of the log."""

    mark: str
    payments: tuple[MarkedPayment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """Persons with several funds among `marked` payments with a mark, of `payments` to persons or anybody else."""

    payments: int
    marked: int
    found: tuple[Duplicate, ...]


class DuplicateSearch:
    """Take every event in log order and the disclosures beside it, then ask for what was `found` once."""

    def __init__(self, workspace: Workspace, lines: Iterator[DisclosureLine]) -> None:
        """Nothing taken yet; the tables are made in `workspace`."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._lines = lines
        self._next = next(lines, None)
        self._payments = 0

    def take(self, posted: PostedEvent) -> None:
        """Note the fund of a line, or a payment with a mark; a correction takes its payment back."""
        texts = list(self._texts_of(posted.seq))
        event = posted.event
        match event:
            case Allocation():
                self._note_line(event)
            case Correction():
                self._workspace.write(_TAKEN_BACK, [(event.event,)])
            case Disbursement():
                self._payments += 1
                self._note(posted, self._fund_of(event.line), event.amount, texts)
            case Use() if event.tag is not None:
                self._payments += 1
                self._note(posted, event.tag.fund, event.amount, texts)
            case _:
                return

    def found(self) -> Duplicates:
        """What was found."""
        marks = list(self._workspace.rows(str, _SEVERAL))
        return Duplicates(
            payments=self._payments,
            marked=self._workspace.look_up(int, "SELECT count(*) FROM marked") or 0,
            found=tuple(
                Duplicate(mark=mark, payments=tuple(self._workspace.rows(_payment, _OF, (mark,))))
                for mark in marks
            ),
        )

    def _texts_of(self, seq: int) -> Iterator[str]:
        while self._next is not None and self._next.seq <= seq:
            if self._next.seq == seq:
                yield self._next.disclosure
            self._next = next(self._lines, None)

    def _note_line(self, event: Allocation) -> None:
        fund = event.fund or (self._fund_of(event.parent) if event.parent is not None else None)
        if fund is not None:
            self._workspace.write("INSERT OR IGNORE INTO fund_of VALUES (?, ?)", [(event.line, fund)])

    def _fund_of(self, line: str) -> str | None:
        return self._workspace.look_up(str, "SELECT fund FROM fund_of WHERE line = ?", (line,))

    def _note(self, posted: PostedEvent, fund: str | None, amount: int, texts: list[str]) -> None:
        for text in texts:
            disclosure = parse_disclosure(text, place=posted.name)
            if disclosure.name == MARK and fund is not None and commitment_of(text) in posted.event.sd:
                row = (str(disclosure.value), fund, posted.name, posted.seq, amount)
                self._workspace.write("INSERT OR IGNORE INTO marked VALUES (?, ?, ?, ?, ?)", [row])


def _payment(event: str, fund: str, amount: int) -> MarkedPayment:
    return MarkedPayment(event=event, fund=fund, amount=amount)
