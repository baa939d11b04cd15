# SPDX-License-Identifier: Apache-2.0
"""Acts on disk: written in log order, dated when the whole prefix is known, swept in date order.

Dates wait for the end because they depend on what comes later: calendars adopted after the event (O5), bank lines
(O1), corrections. Memory holds the distinct terms and what the sweep has open.
"""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, assert_never

import msgspec

from verifier.basis.rulepack import Terms
from verifier.obligations.fulfilment import rank, sweep
from verifier.obligations.records import (
    Act,
    Dated,
    DatedWaiving,
    Doubt,
    Ending,
    Lowering,
    Obligation,
    Opening,
    Payment,
    Return,
    Waiving,
)
from verifier.obligations.settling import Dates, Reported, Settled, effective, settle
from verifier.obligations.waiving import FindingOf, Waivers
from verifier.workspace import Workspace

_ENCODER: Final = msgspec.msgpack.Encoder()
_ACT: Final = msgspec.msgpack.Decoder(Act)
_DATED: Final = msgspec.msgpack.Decoder(Dated)


_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS act (rule TEXT, name TEXT, target TEXT, act BLOB)",
    "CREATE TABLE IF NOT EXISTS reversal (name TEXT PRIMARY KEY, day INTEGER) WITHOUT ROWID",
    """CREATE TABLE IF NOT EXISTS dated_act (
        rule TEXT, day INTEGER, generous INTEGER, rank INTEGER, seq INTEGER, act BLOB)""",
    "CREATE TABLE IF NOT EXISTS surely (rule TEXT, seq INTEGER, opened TEXT, unmet INTEGER, doubt TEXT)",
)

_JOINED: Final = """
    SELECT a.act, v.day, EXISTS (SELECT 1 FROM act r WHERE r.target = a.name AND r.rule = a.rule)
    FROM act a LEFT JOIN reversal v ON v.name = a.name WHERE a.rule = ?"""
_FIRM: Final = "SELECT act FROM dated_act WHERE rule = ? AND day <= ? ORDER BY day, rank, seq, rowid"
_GENEROUS: Final = """
    SELECT act FROM dated_act WHERE rule = ? AND generous <= ? ORDER BY generous, rank, seq, rowid"""
_REVERSED: Final = "SELECT day FROM reversal WHERE name = ?"
_SURELY: Final = "SELECT unmet, doubt FROM surely WHERE rule = ? AND seq = ? AND opened = ?"


def _no_finding(_opening: Opening) -> str:
    return ""


class Docket:
    """The acts of one rule. Fill it in log order with `add` and `reverse`, then ask for `obligations` once."""

    def __init__(self, workspace: Workspace, rule: str) -> None:
        """An empty docket of `rule`; all dockets of a workspace share its tables."""
        for table in _TABLES:
            workspace.run(table)
        self._workspace = workspace
        self._rule = rule
        self.terms: list[Terms] = []
        self.untimed: Counter[str] = Counter()
        """Level → triggers for which no rule says how many days there are."""
        self._known_terms: dict[Terms, int] = {}
        self._waivings: list[Waiving] = []
        self._acts = workspace.batch("INSERT INTO act VALUES (?, ?, ?, ?)")
        self._reversals = workspace.batch("INSERT OR IGNORE INTO reversal VALUES (?, ?)")

    def terms_index(self, terms: Terms) -> int:
        """The index by which openings name `terms`."""
        if terms not in self._known_terms:
            self._known_terms[terms] = len(self.terms)
            self.terms.append(terms)
        return self._known_terms[terms]

    def add(self, act: Act) -> None:
        """One more act, of an event not later than the as-of date."""
        target = act.undoes if isinstance(act, Return) else None
        self._acts.add(self._rule, act.entry.name, target, _ENCODER.encode(act))

    def waive(self, paper: Waiving) -> None:
        """One more paper, of an event not later than the as-of date."""
        self._waivings.append(paper)

    def reverse(self, name: str, on: datetime.date) -> None:
        """The event `name` was corrected on `on`; harmless for events that are no act here."""
        self._reversals.add(name, on.toordinal())

    def obligations(self, dates: Dates, finding_of: FindingOf = _no_finding) -> Iterator[Obligation]:
        """Every obligation as it stands at the end of the as-of date, in an order fixed by the acts.

        `finding_of` says what a waiver may call it.
        """
        papers = list(self._standing_waivings(dates))
        doubtful = self._date(dates) or any(one.doubt is not None for one in papers)
        if doubtful:
            claimed = [DatedWaiving(one.paper, one.paper.on, one.doubt) for one in papers]
            self._read_generously(dates, Waivers(claimed, finding_of))
        for one in self._sweep(dates, _FIRM, Waivers(papers, finding_of)):
            yield self._compared(one) if doubtful and one.breached else replace(one, shaken=None)

    def _sweep(self, dates: Dates, sql: str, waivers: Waivers) -> Iterator[Obligation]:
        rows = self._workspace.rows(_DATED.decode, sql, (self._rule, dates.as_of.toordinal()))
        acts = (_claimed(dated) for dated in rows) if sql is _GENEROUS else rows
        return sweep(
            acts,
            as_of=dates.as_of,
            terms=self.terms,
            calendar=dates.calendar,
            waivings=waivers.meaning,
        )

    def _read_generously(self, dates: Dates, waivers: Waivers) -> None:
        """What the generous reading leaves unmet is on disk, obligation by obligation."""
        surely = self._workspace.batch("INSERT INTO surely VALUES (?, ?, ?, ?, ?)")
        for one in self._sweep(dates, _GENEROUS, waivers):
            unmet = one.unmet_at_due if one.breached else 0
            surely.add(self._rule, *_key(one), unmet, one.shaken)
        self._workspace.run("CREATE INDEX IF NOT EXISTS surely_by ON surely (rule, seq, opened)")

    def _compared(self, one: Obligation) -> Obligation:
        """`one` with what the generous reading leaves unmet of it."""
        found = self._workspace.look_up(_pair, _SURELY, (self._rule, *_key(one)))
        unmet, doubt = found or (0, None)
        return replace(
            one,
            surely_unmet=min(unmet, one.unmet_at_due),
            shaken=(doubt or "pending") if unmet == 0 else None,
        )

    def _date(self, dates: Dates) -> bool:
        """Every act with its dates is in the second table; whether any payment is in doubt."""
        doubtful = False
        insert = self._workspace.batch("INSERT INTO dated_act VALUES (?, ?, ?, ?, ?, ?)")
        self._workspace.run(
            "CREATE INDEX IF NOT EXISTS act_target ON act (target, rule) WHERE target IS NOT NULL"
        )
        for act, voided, returned in self._standing():
            for plain in _dated(act, dates, self.terms):
                dated = msgspec.structs.replace(plain, voided_on=voided, returned=returned)
                doubtful = doubtful or dated.doubt is not None
                day = None if dated.doubt == "pending" else dated.on.toordinal()
                generous = (act.on if dated.doubt is not None else dated.on).toordinal()
                insert.add(self._rule, day, generous, rank(act), act.entry.seq, _ENCODER.encode(dated))
        return doubtful

    def _standing_waivings(self, dates: Dates) -> Iterator[DatedWaiving]:
        """Those that nothing reversed; one recorded too long after its date counts from its recording (T2)."""
        for paper in self._waivings:
            if self._workspace.look_up(int, _REVERSED, (paper.entry.name,)) is None:
                on, doubt = effective(Reported(paper.entry.name, 0, paper.on, paper.recorded), dates)[1:3]
                yield DatedWaiving(paper, on, doubt)

    def _standing(self) -> Iterator[tuple[Act, datetime.date | None, bool]]:
        """Each act with the date of its reversal, and whether a return undoes it.

        An ending that takes effect by reversal stands from that date, and nothing reverses it again.
        """
        for act, voided, returned in self._workspace.rows(_row, _JOINED, (self._rule,)):
            if not (isinstance(act, Ending) and act.if_reversed):
                yield act, voided, returned
            elif voided is not None:
                yield msgspec.structs.replace(act, on=voided), None, returned


def _dated(act: Act, dates: Dates, terms: list[Terms]) -> Iterator[Dated]:
    """`act` with the dates that count: in parts where the bank saw it in parts, nothing of what it refutes."""
    match act:
        case Opening():
            row = terms[act.terms]
            due = dates.calendar.period(act.on, row.number("days"), row.unit or "calendar")
            yield Dated(act=act, on=act.on, due=due.on, calendars=due.calendars, provisional=due.provisional)
        case Lowering() | Ending():
            yield Dated(act=act, on=act.on)
        case Payment() if not act.banked:
            yield _part(act, effective(_reported(act), dates))
        case Payment():
            yield from (_part(act, settled) for settled in settle(_reported(act), dates))
        case Return():  # one that the bank has not shown opens nothing (O1)
            for settled in settle(_reported(act), dates):
                if settled.doubt != "pending":
                    yield _part(act, settled._replace(doubt=None, unfed=False))
        case _:
            assert_never(act)


def _reported(act: Payment | Return) -> Reported:
    return Reported(name=act.entry.name, amount=act.amount, on=act.on, recorded=act.recorded)


def _part(act: Payment | Return, settled: Settled) -> Dated:
    part = msgspec.structs.replace(act, amount=settled.amount)
    return Dated(act=part, on=settled.on, doubt=settled.doubt, unfed=settled.unfed)


def _claimed(dated: Dated) -> Dated:
    """A doubtful payment on the date that its report claims."""
    return msgspec.structs.replace(dated, on=dated.act.on) if dated.doubt is not None else dated


def _key(one: Obligation) -> tuple[int, str]:
    """What tells an obligation from all others of the docket."""
    opening = one.opening
    return opening.entry.seq, f"{opening.reopens.name if opening.reopens else ''} {opening.group}"


def _pair(unmet: int, doubt: Doubt | None) -> tuple[int, Doubt | None]:
    return unmet, doubt


def _row(act: bytes, voided: int | None, returned: int) -> tuple[Act, datetime.date | None, bool]:
    return _ACT.decode(act), None if voided is None else datetime.date.fromordinal(voided), bool(returned)
