# SPDX-License-Identifier: Apache-2.0
"""I8 for covered accounts: every closed bank statement adds up, opening + credits − debits = closing.

A statement is judged when its balance is in the log with as many lines as the balance counts; lines may follow it. One
with fewer lines is not covered yet, which is said and is no fault of the ledger; one with more lines, or with another
sum, contradicts the bank's own signature. Corrected lines and balances count as never posted.

Open statements are held in memory, closed ones on disk until a line or a correction touches them again.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from ledger.amount import format_amount
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.vocabulary import AnyEvent
from verifier.integrity.verdict import Checklist
from verifier.language import Told
from verifier.workspace import Workspace

_TABLE: Final = """CREATE TABLE IF NOT EXISTS closed_statement (
    account TEXT, statement TEXT, credits TEXT, debits TEXT, lines INTEGER,
    seq INTEGER, cut INTEGER, opening INTEGER, closing INTEGER, counted INTEGER,
    PRIMARY KEY (account, statement)
) WITHOUT ROWID"""
_LOOK_UP: Final = """SELECT credits, debits, lines, seq, cut, opening, closing, counted
    FROM closed_statement WHERE account = ? AND statement = ?"""
_CLOSE: Final = "INSERT OR REPLACE INTO closed_statement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

Key = tuple[str, str]
"""Account and statement number."""


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """The balance of a statement: its position, that of its submission, and what the bank says."""

    seq: int
    cut: int
    opening: int
    closing: int
    counted: int


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one statement, amounts in minor units."""

    credits: int = 0
    debits: int = 0
    lines: int = 0
    balance: Closing | None = None

    @property
    def adds_up(self) -> bool:
        """Whether the balance is there, counts the lines, and equals their sum."""
        said = self.balance
        return said is not None and said.counted == self.lines and said.closing == self.sum_of(said)

    @property
    def is_wrong(self) -> bool:
        """Whether the balance is there and no further line can mend it."""
        said = self.balance
        return said is not None and self.lines >= said.counted and not self.adds_up

    def sum_of(self, said: Closing) -> int:
        """Opening + credits − debits."""
        return said.opening + self.credits - self.debits


class Statements:
    """All statements of one replay; takes events in log order."""

    __slots__ = ("_workspace", "open")

    def __init__(self, workspace: Workspace) -> None:
        """None is open; closed ones are those in the table of `workspace`, which is made where it is missing."""
        workspace.run(_TABLE)
        self._workspace = workspace
        self.open: dict[Key, Statement] = {}
        """Statements without a balance that adds up."""

    def take(self, event: AnyEvent, *, seq: int, cut: int) -> None:
        """The event at `seq`, of the submission at `cut`, stands in the log."""
        match event:
            case Movement():
                self._move(event, 1)
            case BankBalance():
                balance = Closing(
                    seq=seq, cut=cut, opening=event.opening, closing=event.closing, counted=event.lines
                )
                self._put((event.account, event.statement), balance)
            case _:
                pass

    def undo(self, event: AnyEvent) -> None:
        """An earlier event was corrected, and counts as never posted."""
        match event:
            case Movement():
                self._move(event, -1)
            case BankBalance():
                self._put((event.account, event.statement), None)
            case _:
                pass

    def conclude(self, checklist: Checklist) -> Iterator[Told]:
        """I8 is broken at the balance of each statement that is wrong; yields a note if some are not covered yet."""
        waiting = 0
        for (account, number), statement in self.open.items():
            said = statement.balance
            if said is None:
                continue
            if statement.is_wrong:
                checklist.broke("I8", said.seq, _wrong(account, number, statement, said), cut=said.cut)
            else:
                waiting += 1
        if waiting:
            yield Told(
                en=f"{waiting:,} bank statements lack lines that their balance counts: not covered yet",
                zh=f"有 {waiting:,} 份对账单尚缺其余额所计的流水行，暂不视为覆盖",
            )

    def _move(self, event: Movement, times: int) -> None:
        key = (event.account, event.statement)
        before = self._get(key)
        signed = event.amount * times
        is_credit = event.direction == "credit"
        self._settle(
            key,
            Statement(
                credits=before.credits + (signed if is_credit else 0),
                debits=before.debits + (0 if is_credit else signed),
                lines=before.lines + times,
                balance=before.balance,
            ),
        )

    def _put(self, key: Key, balance: Closing | None) -> None:
        self._settle(key, replace(self._get(key), balance=balance))

    def _get(self, key: Key) -> Statement:
        return self.open.get(key) or self._workspace.look_up(_restored, _LOOK_UP, key) or Statement()

    def _settle(self, key: Key, statement: Statement) -> None:
        said = statement.balance
        if said is None or not statement.adds_up:
            self.open[key] = statement
            return
        self.open.pop(key, None)
        row = (
            *key, str(statement.credits), str(statement.debits), statement.lines,
            said.seq, said.cut, said.opening, said.closing, said.counted,
        )  # fmt: skip
        self._workspace.write(_CLOSE, [row])


def _restored(  # noqa: PLR0913, PLR0917 - the columns of the table
    credit: str, debit: str, lines: int, seq: int, cut: int, opening: int, closing: int, counted: int
) -> Statement:
    balance = Closing(seq=seq, cut=cut, opening=opening, closing=closing, counted=counted)
    return Statement(credits=int(credit), debits=int(debit), lines=lines, balance=balance)


def _wrong(account: str, number: str, statement: Statement, said: Closing) -> Told:
    figures = (
        format_amount(said.opening),
        format_amount(statement.credits),
        format_amount(statement.debits),
        format_amount(statement.sum_of(said)),
        format_amount(said.closing),
    )
    return Told(
        en=f"statement {number} of account {account} does not add up: {figures[0]} + {figures[1]} − {figures[2]} = "
        f"{figures[3]} over {statement.lines} lines, the bank says {figures[4]} over {said.counted}",
        zh=f"账户 {account} 的对账单 {number} 不平：{figures[0]} + {figures[1]} − {figures[2]} = {figures[3]}"
        f"（{statement.lines} 行），银行余额 {figures[4]}（{said.counted} 行）",
    )
