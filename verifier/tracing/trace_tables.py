# SPDX-License-Identifier: Apache-2.0
"""The outcome of tracing on disk: shortages, admissions and holdings of every account, read back one by one.

Records are JSON, whose integers have no limit: sums of amounts may exceed 64 bits.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from verifier.tracing.account_run import AccountTrace
from verifier.tracing.conservation import FundTally
from verifier.tracing.shortages import Admission, Shortage
from verifier.workspace import Workspace

_TABLES: Final = (
    "CREATE TABLE shortage (account TEXT, joint INTEGER, record BLOB)",
    "CREATE TABLE admission (account TEXT, record BLOB)",
    "CREATE TABLE corrected_shortage (account TEXT, joint INTEGER, record BLOB)",
    "CREATE TABLE corrected_admission (account TEXT, record BLOB)",
    "CREATE TABLE holding (account TEXT, fund TEXT, record BLOB, PRIMARY KEY (account, fund)) WITHOUT ROWID",
    "CREATE TABLE excess (account TEXT, report INTEGER, day INTEGER, amount INTEGER)",
    "CREATE TABLE known_balance (account TEXT PRIMARY KEY, record BLOB) WITHOUT ROWID",
)

# Flags come out of SQLite as 0 and 1, hence not strict.
_SHORTAGE: Final = msgspec.json.Decoder(Shortage, strict=False)
NOTHING: Final = FundTally()

_HOLDING: Final = msgspec.json.Decoder(tuple[int, ...])
_BALANCE: Final = msgspec.json.Decoder(int)
_ADMISSION: Final = msgspec.json.Decoder(Admission, strict=False)


class FoundShortage(NamedTuple):
    """A shortage of an account, with the total shortage of the account over all funds (T8, `joint_min`)."""

    account: str
    joint: int
    shortage: Shortage


class FoundAdmission(NamedTuple):
    """A payment out of scope from an account."""

    account: str
    admission: Admission


class FoundExcess(NamedTuple):
    """`amount` of the restitution at `report` went beyond what `account` had lost of the fund (T19)."""

    account: str
    report: int
    day: int
    amount: int


class Holding(NamedTuple):
    """What an account did with the money of a fund (fields as `verifier.tracing.conservation.FundTally`).

    `elsewhere` was declared as paid from the fund and came from other money; `interest` is the part of `credited` that
    nobody tagged.
    """

    account: str
    fund: str
    claim: int
    advance: int
    credited: int
    restored: int
    used: int
    outside: int
    passed_on: int
    returned: int
    diverted: int
    unresolved: int
    readmitted: int
    elsewhere: int
    interest: int


class TraceTables:
    """Where traces are put down; `add` every account once, then read."""

    def __init__(self, workspace: Workspace) -> None:
        """Empty tables in `workspace`."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._shortages = workspace.batch("INSERT INTO shortage VALUES (?, ?, ?)")
        self._admissions = workspace.batch("INSERT INTO admission VALUES (?, ?)")
        self._corrected = workspace.batch("INSERT INTO corrected_shortage VALUES (?, ?, ?)")
        self._cleared = workspace.batch("INSERT INTO corrected_admission VALUES (?, ?)")
        self._excesses = workspace.batch("INSERT INTO excess VALUES (?, ?, ?, ?)")
        self._holdings = workspace.batch("INSERT INTO holding VALUES (?, ?, ?)")
        self._balances = workspace.batch("INSERT INTO known_balance VALUES (?, ?)")

    def add(self, trace: AccountTrace) -> None:
        """The tables hold `trace`."""
        account = trace.account
        for shortage in trace.shortages:
            self._shortages.add(account, trace.joint, msgspec.json.encode(shortage))
        for admission in trace.admissions:
            self._admissions.add(account, msgspec.json.encode(admission))
        for excess in trace.excesses:
            entry = excess.entry
            self._excesses.add(account, entry.report, entry.day, excess.amount)
        for fund in sorted({*trace.tallies, *trace.elsewhere}):
            one = trace.tallies.get(fund, NOTHING)
            amounts = (
                one.claim, one.advance, one.credited, one.restored, one.used, one.outside, one.passed_on, one.returned,
                one.diverted, one.unresolved, one.readmitted, trace.elsewhere.get(fund, 0), one.interest,
            )  # fmt: skip
            self._holdings.add(account, fund, msgspec.json.encode(amounts))
        if trace.balance is not None:
            self._balances.add(account, msgspec.json.encode(trace.balance))

    def add_corrected(self, trace: AccountTrace) -> None:
        """The tables hold what stands in `trace`, made without corrections, and stands no longer in the books (T18)."""
        account = trace.account
        stand = {
            _subject(_SHORTAGE.decode(record))
            for _, _, record in self._workspace.rows(
                _raw, "SELECT account, joint, record FROM shortage WHERE account = ?", (account,)
            )
        }
        for shortage in trace.shortages:
            if _subject(shortage) not in stand:
                self._corrected.add(account, trace.joint, msgspec.json.encode(shortage))
        paid = {
            _ADMISSION.decode(record).payment.report
            for _, _, record in self._workspace.rows(
                _raw, "SELECT account, 0, record FROM admission WHERE account = ?", (account,)
            )
        }
        for admission in trace.admissions:
            if admission.payment.report not in paid:
                self._cleared.add(account, msgspec.json.encode(admission))

    def shortages(self, *, corrected: bool = False) -> Iterator[FoundShortage]:
        """Every shortage, by account and then in the order of decisive entries; or those that were `corrected`."""
        table = "corrected_shortage" if corrected else "shortage"
        rows = self._workspace.rows(_raw, f"SELECT account, joint, record FROM {table} ORDER BY rowid")  # noqa: S608 - one of two names
        return (FoundShortage(account, joint, _SHORTAGE.decode(record)) for account, joint, record in rows)

    def admissions(self, *, corrected: bool = False) -> Iterator[FoundAdmission]:
        """Every payment out of scope, by account; or those that were `corrected`."""
        table = "corrected_admission" if corrected else "admission"
        rows = self._workspace.rows(_raw, f"SELECT account, 0, record FROM {table} ORDER BY rowid")  # noqa: S608 - one of two names
        return (FoundAdmission(account, _ADMISSION.decode(record)) for account, _, record in rows)

    def excesses(self) -> Iterator[FoundExcess]:
        """Every restitution beyond what was lost, by account; in parts where several bank lines bear it out."""
        return self._workspace.rows(
            FoundExcess, "SELECT account, report, day, amount FROM excess ORDER BY rowid"
        )

    def holdings(self, fund: str) -> Iterator[Holding]:
        """What every account did with the money of `fund`, by account."""
        sql = "SELECT account, 0, record FROM holding WHERE fund = ? ORDER BY account"
        rows = self._workspace.rows(_raw, sql, (fund,))
        return (Holding(account, fund, *_HOLDING.decode(record)) for account, _, record in rows)

    def keepers(self) -> Iterator[str]:
        """Every account in which some fund's money is on hand at the end."""
        rows = self._workspace.rows(_raw, "SELECT account, 0, record FROM holding ORDER BY account")
        held = {account: None for account, _, record in rows if _HOLDING.decode(record)[0] > 0}
        return iter(held)

    def balance(self, account: str) -> int | None:
        """What the account held at the end, or None where its opening balance is not known or nothing moved it."""
        record = self._workspace.look_up(
            bytes, "SELECT record FROM known_balance WHERE account = ?", (account,)
        )
        return None if record is None else _BALANCE.decode(record)


def _raw(account: str, joint: int, record: bytes) -> tuple[str, int, bytes]:
    return account, joint, record


def _subject(shortage: Shortage) -> tuple[str, int]:
    """What tells shortages of one account apart: the fund, and the entry that names the finding."""
    return shortage.fund, (shortage.named or shortage.decisive).seq
