# SPDX-License-Identifier: Apache-2.0
"""A statement drawn up from a ledger whose bytes are verified on the way: one pass, no clock, no server.

Books are by business date, whatever the log took in since; what came after the close of its period says so. Obligations and
bank reconciliation stand as of the last day of the period, or of the last entry's day where the period is not over.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.entry import parse_entry
from ledger.errors import InputError
from ledger.instant import business_date
from ledger.kinds.registry import CUSTODIAN_CLASSES, Account
from ledger.merkle import Tree
from ledger.receipt import Receipt, format_receipt
from ledger.register import Register
from ledger.tile_reader import TileReader
from verifier.basis.rulepack import RuleBook, load_pack, pack_for
from verifier.integrity.replay import Replay
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import Verdict
from verifier.integrity.walk import Progress
from verifier.judgement.deadlines import UNSETTLED, Deadlines
from verifier.judgement.money_watch import windows_of
from verifier.obligations.case import Case
from verifier.obligations.matching_facts import MatchingFacts
from verifier.obligations.matching_owed import matching_owed
from verifier.posted import PostedEvent
from verifier.reading.sources import Source
from verifier.reconciliation.coverage import NOT_COVERED
from verifier.reconciliation.stopped_statements import STOPPED_AFTER
from verifier.rules import disbursement_delay, matching_shortfall
from verifier.statement.bank_sheet import bank_sheet
from verifier.statement.checks import checks_of
from verifier.statement.period import Span
from verifier.statement.posting_book import PostingBook
from verifier.statement.records import BankSheet, Book, Close, Due, Head, Quiet, Scope, Statement, Table
from verifier.tracing.money_books import MoneyBooks
from verifier.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class _Drawing:
    """What one pass gathers."""

    case: Case
    deadlines: Deadlines
    matching: MatchingFacts
    book: PostingBook
    money: MoneyBooks
    last_seen: dict[str, datetime.date] = field(default_factory=dict)

    def take(self, posted: PostedEvent) -> None:
        if self.case.take(posted):
            self.deadlines.take(posted)
            self.matching.take(posted, self.case)
        self.book.take(posted)
        self.money.take(posted)  # with statements that a bank closes after the last day that they are about
        recorded = self.case.recorded_on(posted)
        if recorded <= self.case.as_of:
            self.last_seen[posted.party] = recorded

    def finish(self) -> None:
        """Books are closed, and the case knows what the bank says."""
        self.money.close(windows_of(self.case))
        self.case.bank = self.money.bank()
        self.matching.ready()
        self.book.finish()


def draw_up(
    source: Source,
    trust: Trust,
    scope: Scope,
    span: Span,
    *,
    progress: Progress = lambda _done, _all: None,
) -> tuple[Verdict, Statement | None]:
    """The verdict on `source`, and the statement if it stands.

    Raises:
        InputError: the ledger has no such fund or unit, or names a rule pack that is not here.
        EnvironmentFault: the machine or the network failed.
    """
    with Workspace() as work, Workspace() as scratch, Workspace() as books:
        replay = Replay(source, work, trust=trust, progress=progress)
        drawing: _Drawing | None = None
        for posted in replay.events():
            if drawing is None:
                drawing = _begin(replay, source, span, scratch, books)
            drawing.take(posted)
        verdict = replay.verdict()
        if verdict.exit_code:
            return verdict, None
        if drawing is None:
            raise _unknown(scope)
        return verdict, _drawn(drawing, replay, source, scope, span)


def _begin(replay: Replay, source: Source, span: Span, scratch: Workspace, books: Workspace) -> _Drawing:
    genesis = replay.genesis
    case = Case(
        genesis=genesis,
        genesis_hash=replay.genesis_hash,
        as_of=min(span.last, business_date(_last_recorded(source, genesis.created_at), genesis.time_zone)),
        known_by=source.size - 1,
        workspace=scratch,
        book=RuleBook(load_pack(pack_for(genesis.packs, genesis.currency))),
    )
    return _Drawing(
        case=case,
        deadlines=Deadlines(case),
        matching=MatchingFacts(scratch),
        book=PostingBook(books),
        money=MoneyBooks(scratch, genesis, as_of=case.as_of),
    )


def _last_recorded(source: Source, founded: str) -> str:
    """The instant recorded in the last entry; that of the founding where it cannot be read, which the verdict will say."""
    try:
        data = next(iter(source.entries(source.size - 1, source.size)), b"")
        return parse_entry(data, place=f"entry {source.size - 1}").recorded
    except InputError:
        return founded


def _drawn(drawing: _Drawing, replay: Replay, source: Source, scope: Scope, span: Span) -> Statement:
    register = replay.register
    title = _title(register, scope)
    drawing.finish()
    names: tuple[Book, ...] = ("fund", "account", "line") if scope.kind == "fund" else ("account", "line")
    tables = tuple(drawing.book.table(name, scope, span) for name in names)
    accounts = _accounts(register, scope, tables)
    bank = tuple(_sheets(drawing, accounts))
    return Statement(
        head=_head(replay, source),
        scope=scope,
        title=title,
        period=span.name,
        first=span.first,
        last=span.last,
        as_of=drawing.case.as_of,
        tables=tables,
        bank=bank,
        due=tuple(_due(drawing, scope, span)),
        quiet=tuple(_quiet(drawing, register, scope, span, accounts, tables)),
        closes=tuple(_closes(drawing.book.closes, scope, span, tables, register)),
        checks=tuple(checks_of(drawing.book, replay, scope, span, tables, bank)),
    )


def _title(register: Register, scope: Scope) -> str:
    found = register.funds.get(scope.id) if scope.kind == "fund" else register.parties.get(scope.id)
    if found is None:
        raise _unknown(scope)
    return found.name


def _accounts(register: Register, scope: Scope, tables: tuple[Table, ...]) -> list[Account]:
    """The custodian accounts of the unit, or those that held or moved money of the fund."""
    if scope.kind == "unit":
        named = [one.id for one in register.accounts.values() if one.owner == scope.id]
    else:
        named = [row.subject for table in tables if table.book == "account" for row in table.rows]
    kept = (register.accounts[one] for one in sorted(set(named)))
    return [one for one in kept if one.account_class in CUSTODIAN_CLASSES]


def _sheets(drawing: _Drawing, accounts: list[Account]) -> Iterator[BankSheet]:
    coverage = drawing.money.coverage
    for one in accounts:
        found = bank_sheet(
            drawing.case.workspace, one.id, one.owner, coverage.get(one.id, NOT_COVERED), drawing.case.as_of
        )
        if found is not None:
            yield found


def _due(drawing: _Drawing, scope: Scope, span: Span) -> Iterator[Due]:
    """What is not settled at the end of the period, and what was due in it."""
    for one in _owed(drawing):
        mine = scope.id == (one.fund if scope.kind == "fund" else one.who)
        if mine and (one.state in UNSETTLED or span.holds(one.due)):
            yield one


def _owed(drawing: _Drawing) -> Iterator[Due]:
    for duty, one in drawing.deadlines.obligations():
        opening = one.opening
        yield Due(
            duty=duty,
            who=opening.who,
            fund=opening.fund,
            line=opening.line,
            amount=one.amount,
            outstanding=one.outstanding,
            due=one.due,
            state=one.state,
            started=opening.entry.seq,
            name=opening.entry.name,
        )
    rule, soon_by = matching_shortfall.RULE.id, disbursement_delay.RULE.id
    for match in matching_owed(drawing.case, drawing.matching, rule, soon_by=soon_by):
        yield Due(
            duty="match",
            who=match.party,
            fund=match.fund,
            line=None,
            amount=match.need,
            outstanding=match.missing,
            due=match.due,
            state=match.state,
            started=match.started,
            name=drawing.book.name_of(match.started),
        )


def _quiet(
    drawing: _Drawing,
    register: Register,
    scope: Scope,
    span: Span,
    accounts: list[Account],
    tables: tuple[Table, ...],
) -> Iterator[Quiet]:
    """Every unit and account in question: silence is told, and never passes for order."""
    as_of = drawing.case.as_of
    for unit in sorted(_units(register, scope, accounts, tables)):
        last = drawing.last_seen.get(unit)
        silent = last is None or last < span.first
        yield Quiet(kind="unit", id=unit, owner=unit, last=last, days=_days(last, as_of), silent=silent)
    coverage = drawing.money.coverage
    # Of a period that is not over nobody has statements to the day yet.
    reached = as_of if as_of == span.last else as_of - STOPPED_AFTER
    for one in accounts:
        ends = [
            min(chain.last_day, as_of.toordinal())
            for chain in coverage.get(one.id, NOT_COVERED).stretches
            if chain.first_day <= as_of.toordinal()
        ]
        last = datetime.date.fromordinal(max(ends)) if ends else None
        silent = last is None or last < reached
        yield Quiet(
            kind="account", id=one.id, owner=one.owner, last=last, days=_days(last, as_of), silent=silent
        )


def _units(register: Register, scope: Scope, accounts: list[Account], tables: tuple[Table, ...]) -> set[str]:
    if scope.kind == "unit":
        return {scope.id}
    lines = {row.subject for table in tables if table.book == "line" for row in table.rows}
    return {one.owner for one in accounts} | {register.lines[line].holder for line in lines}


def _days(last: datetime.date | None, as_of: datetime.date) -> int | None:
    return None if last is None else (as_of - last).days


def _closes(
    closes: list[Close], scope: Scope, span: Span, tables: tuple[Table, ...], register: Register
) -> Iterator[Close]:
    """The closes that touch the period and the units or the fund in question."""
    units = _units(register, scope, _accounts(register, scope, tables), tables)
    for one in closes:
        closed = Span.parse(one.period)
        touches = closed.first <= span.last and span.first <= closed.last
        named = one.fund in {None, scope.id} if scope.kind == "fund" else True
        if touches and named and one.unit in units:
            yield one


def _head(replay: Replay, source: Source) -> Head:
    verdict, genesis = replay.verdict(), replay.genesis
    size, root = verdict.size or 0, verdict.root or ""
    tree = Tree(TileReader(source.fetch, size=size, root=bytes.fromhex(root)))
    path = tuple(tree.inclusion_path(size - 1, size))
    receipt = format_receipt(Receipt(index=size - 1, path=path, checkpoint=source.checkpoint()))
    return Head(
        origin=genesis.origin,
        genesis=replay.genesis_hash,
        name=genesis.name,
        size=size,
        root=root,
        recorded=_last_recorded(source, genesis.created_at),
        currency=genesis.currency,
        demo=genesis.demo,
        receipt=receipt.decode(),
    )


def _unknown(scope: Scope) -> InputError:
    zh = "资金" if scope.kind == "fund" else "单位"
    return InputError(
        code=f"statement.unknown-{scope.kind}",
        place=f"--{scope.kind} {scope.id}",
        message_en=f"the ledger has no such {scope.kind}",
        message_zh=f"账本中没有该{zh}",
        remedy_en="Check the spelling.",
        remedy_zh="请核对编号。",
    )
