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
from verifier.basis.rulepack import rules_of
from verifier.integrity.replay import Replay
from verifier.integrity.trust import Trust
from verifier.integrity.verdict import Verdict
from verifier.integrity.walk import Progress
from verifier.judgement.money_watch import closing_terms
from verifier.obligations.case import Case
from verifier.posted import PostedEvent
from verifier.reading.sources import Source
from verifier.reconciliation.coverage import NOT_COVERED
from verifier.reconciliation.stopped_statements import stopped_after
from verifier.statement.bank_sheet import bank_sheet
from verifier.statement.checks import checks_of
from verifier.statement.due_list import DueList
from verifier.statement.period import Span
from verifier.statement.posting_book import PostingBook
from verifier.statement.records import BankSheet, Book, Close, Head, Scope, Statement, Table
from verifier.statement.silence import quiet_accounts, quiet_units
from verifier.tracing.money_books import MoneyBooks
from verifier.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class _Drawing:
    """What one pass gathers."""

    case: Case
    due: DueList
    book: PostingBook
    money: MoneyBooks
    last_seen: dict[str, datetime.date] = field(default_factory=dict)

    def take(self, posted: PostedEvent) -> None:
        if self.case.take(posted):
            self.due.take(posted)
        self.book.take(posted)
        self.money.take(posted)  # with statements that a bank closes after the last day that they are about
        recorded = self.case.recorded_on(posted)
        if recorded <= self.case.as_of:
            self.last_seen[posted.party] = recorded

    def finish(self) -> None:
        """Books are closed, and the case knows what the bank says."""
        self.money.close(closing_terms(self.case))
        self.case.bank = self.money.bank()
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
        book=rules_of(genesis),
    )
    return _Drawing(
        case=case,
        due=DueList(case),
        book=PostingBook(books),
        money=MoneyBooks(scratch, genesis, as_of=case.as_of, genesis_hash=case.genesis_hash),
    )


def _last_recorded(source: Source, founded: str) -> str:
    """The instant recorded in the last entry; that of the founding where it cannot be read, which the verdict will say."""
    try:
        data = next(iter(source.entries(source.size - 1, source.size)), b"")
        return parse_entry(data, place=f"entry {source.size - 1}").recorded
    except InputError:
        return founded


def _drawn(drawing: _Drawing, replay: Replay, source: Source, scope: Scope, span: Span) -> Statement:
    register, case = replay.register, drawing.case
    title = _title(register, scope)
    drawing.finish()
    names: tuple[Book, ...] = ("fund", "account", "line") if scope.kind == "fund" else ("account", "line")
    tables = tuple(drawing.book.table(name, scope, span) for name in names)
    accounts = _accounts(register, scope, tables)
    units = sorted(_units(register, scope, accounts, tables))
    bank = tuple(_sheets(drawing, accounts))
    return Statement(
        head=_head(replay, source),
        scope=scope,
        title=title,
        period=span.name,
        first=span.first,
        last=span.last,
        as_of=case.as_of,
        tables=tables,
        bank=bank,
        due=tuple(drawing.due.read(scope, span, register.projects, drawing.book)),
        quiet=(
            *quiet_units(units, drawing.last_seen, span, case.as_of),
            *quiet_accounts(
                accounts,
                drawing.money.coverage,
                span,
                case.as_of,
                stopped_after=stopped_after(case.book, case.as_of),
            ),
        ),
        closes=tuple(_closes(drawing.book.closes, scope, span, units)),
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


def _units(register: Register, scope: Scope, accounts: list[Account], tables: tuple[Table, ...]) -> set[str]:
    if scope.kind == "unit":
        return {scope.id}
    lines = {row.subject for table in tables if table.book == "line" for row in table.rows}
    return {one.owner for one in accounts} | {register.lines[line].holder for line in lines}


def _closes(closes: list[Close], scope: Scope, span: Span, units: list[str]) -> Iterator[Close]:
    """The closes that touch the period and the units or the fund in question."""
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
