# SPDX-License-Identifier: Apache-2.0
"""The home page: how much was issued and paid, where the rest stands by level, what is late, and how to check it all."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from api.portal.amounts import Unit, share
from api.portal.dates import day_in_prose
from api.portal.findings_shown import Risk, risks
from api.portal.level_bar import LevelPart, draw_level_bar, draw_share_bar
from api.portal.visit import EntryRow, Visit
from api.projection.fund_book import FundBook, LevelRow, level_rows
from api.projection.read_model import GRANT
from ledger.instant import business_date
from ledger.kinds.registry import Fund

FUNDS_SHOWN = 10
RECENT_SHOWN = 6
MONEY_KINDS = ("allocation", "disbursement", "use", "transfer", "matching_receipt", "return")


@dataclass(frozen=True, slots=True, kw_only=True)
class FundRow:
    """One fund in a table: issued, what of it was paid, the small bar of the share, and its proved findings."""

    fund: Fund
    name: Markup
    issuer: Markup
    issued: int
    paid: int
    resting: int
    share: str
    bar: Markup
    severity: str | None
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelView:
    """One level in the table, with the small bar of what it passed on."""

    row: LevelRow
    name: Markup
    bar: Markup | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """Everything on the home page; amounts in minor units, `unit` for all figures that stand side by side."""

    issued: int
    paid: int
    years: str
    as_of: datetime.date
    fund_count: int
    levels: tuple[LevelView, ...]
    bars: tuple[Markup, Markup, Markup]
    parts: tuple[LevelPart, ...]
    unit: Unit
    column: Unit
    funds: tuple[FundRow, ...]
    fund_column: Unit
    risks: tuple[Risk, ...] | None
    risk_unit: Unit
    recent: tuple[EntryRow, ...]
    tries: tuple[tuple[str, str], ...]


def home_page(visit: Visit) -> HomePage:
    """The home page of the ledger as folded so far."""
    model, money = visit.model, visit.frame.money
    funds = list(model.register.funds.values())
    books = [model.book(fund.id, GRANT) for fund in funds]
    rows = level_rows(books)
    issued = sum(book.issued for book in books)
    unit = money.unit([issued, *(row.held for row in rows)])
    parts = _parts(visit, rows, issued, unit)
    found = None if visit.judged is None else risks(visit.judged.public)
    fund_rows = sorted(
        (fund_row(visit, fund, book) for fund, book in zip(funds, books, strict=True)),
        key=lambda row: (-row.issued, row.fund.id),
    )
    return HomePage(
        issued=issued,
        paid=sum(row.held for row in rows if row.level == "payee"),
        years=_years(visit, funds),
        as_of=_as_of(visit),
        fund_count=len(funds),
        levels=tuple(_level(visit, row) for row in rows),
        bars=_bars(visit, parts, issued),
        parts=tuple(parts),
        unit=unit,
        column=money.unit([row.received for row in rows], columns=True),
        funds=tuple(fund_rows[:FUNDS_SHOWN]),
        fund_column=money.unit([row.issued for row in fund_rows], columns=True),
        risks=found,
        risk_unit=money.unit([one.amount for one in found or ()]),
        recent=tuple(visit.rows(model.index.newest_of_funds(MONEY_KINDS, most=RECENT_SHOWN))),
        tries=tuple(_tries(visit, fund_rows)),
    )


def fund_row(visit: Visit, fund: Fund, book: FundBook) -> FundRow:
    """The row of `fund` in a table of funds."""
    paid = book.paid_grant
    found = () if visit.judged is None else visit.judged.of_fund(fund.id)
    order = ("blue", "yellow", "orange", "red")
    told = share(paid, book.issued)
    return FundRow(
        fund=fund,
        name=visit.names.link("fund", fund.id),
        issuer=visit.names.link("party", fund.issuer),
        issued=book.issued,
        paid=paid,
        resting=book.issued - paid,
        share=told,
        bar=draw_share_bar(paid, book.issued, level="payee", sentence=told),
        severity=max((one.severity for one in found), key=order.index, default=None),
        findings=len(found),
    )


def _parts(visit: Visit, rows: Sequence[LevelRow], issued: int, unit: Unit) -> list[LevelPart]:
    money, words = visit.frame.money, visit.frame.words
    return [
        LevelPart(
            level=row.level,
            amount=row.held,
            name=words.text(f"level.{row.level}"),
            figure=money.text(row.held, unit),
            share=share(row.held, issued),
            exact=money.exactly(row.held),
        )
        for row in rows
        if row.held
    ]


def _bars(visit: Visit, parts: Sequence[LevelPart], issued: int) -> tuple[Markup, Markup, Markup]:
    words, money = visit.frame.words, visit.frame.money
    listed = words.text("words.separator").join(f"{part.name} {part.figure}" for part in parts)
    sentence = words.text("home.where_sentence", issued=money.text(issued), parts=listed)
    wide, middle, narrow = (
        draw_level_bar(parts, width=width, height=height, sentence=sentence, labelled=labelled)
        for width, height, labelled in ((1152, 56, True), (684, 48, True), (324, 40, False))
    )
    return wide, middle, narrow


def _level(visit: Visit, row: LevelRow) -> LevelView:
    name = visit.frame.words.say(f"level.{row.level}")
    if row.level == "payee":
        return LevelView(row=row, name=name, bar=None)
    told = share(row.passed, row.received)
    bar = draw_share_bar(row.passed, row.received, level=row.level, sentence=told)
    return LevelView(row=row, name=name, bar=bar)


def _years(visit: Visit, funds: Sequence[Fund]) -> str:
    lines = visit.model.register.lines.values()
    years = sorted({line.fiscal_year for line in lines} or {fund.fiscal_year for fund in funds})
    if len(years) > 1:
        return visit.frame.words.text("home.years", first=years[0], last=years[-1])
    return str(years[0]) if years else ""


def _as_of(visit: Visit) -> datetime.date:
    recorded = visit.model.recorded or visit.frame.genesis.created_at
    return business_date(recorded, visit.frame.genesis.time_zone)


def _tries(visit: Visit, rows: Sequence[FundRow]) -> list[tuple[str, str]]:
    """Words to try in the search: the largest funds, and the number of a paper."""
    tries = [visit.names.text("fund", row.fund.id) for row in rows[:3]]
    papers = (line.document for line in visit.model.register.lines.values() if line.document is not None)
    tries.extend(paper for paper in (next(papers, None),) if paper is not None)
    return [(text, visit.frame.url("/search", q=text)) for text in tries]


def as_of_text(visit: Visit) -> Markup:
    """As of which day the figures hold, in words."""
    return visit.frame.words.say("words.as_of", date=day_in_prose(_as_of(visit), visit.frame.language))
