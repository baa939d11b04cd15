# SPDX-License-Identifier: Apache-2.0
"""The page of one fund: sentence, flow picture, deadlines, match, lines as a tree, flows one by one, findings."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.portal.amounts import Unit, share
from api.portal.findings_shown import FindingRow, Risk, finding_rows, flagged_by_party, risks
from api.portal.fund_pictures import due_drawings, flow_drawings, flow_pictures, picture_unit
from api.portal.instalments import due_rows, due_unit
from api.portal.paging import Cut, cut
from api.portal.tongues import in_its_language
from api.portal.visit import EntryRow, Visit
from api.projection.fund_book import FlowRow, FundBook, Position
from api.projection.places import Place
from ledger.kinds.registry import Fund
from ledger.open_records import Line
from ledger.party import LEVELS

HISTORY: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowView:
    """One row of the flow table."""

    giver: Markup
    giver_level: str
    taker: Markup
    taker_level: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line in the tree: how deep it stands, who holds it, and its arithmetic."""

    line: Line
    depth: int
    level: str
    holder: Markup
    split: int
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionView:
    """One place in the table of positions."""

    position: Position
    name: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """One party's match: pledged and arrived, minor units."""

    party: Markup
    pledged: int
    received: int

    @property
    def left(self) -> int:
        """Pledged and not arrived."""
        return max(0, self.pledged - self.received)


@dataclass(frozen=True, slots=True, kw_only=True)
class FundPage:
    """Everything on the page of a fund; amounts in minor units, one unit for figures side by side."""

    fund: Fund
    name: Markup
    issuer: Markup
    purpose: Markup
    book: FundBook
    unit: Unit
    column: Unit
    payees: Markup
    resting_at: int
    share: str
    flagged: Risk | None
    picture_unit: Unit
    findings: tuple[FindingRow, ...] | None
    drawings: tuple[Markup, ...]
    hidden: int
    grouped: bool
    has_flagged: bool
    flows: Cut[FlowView]
    positions: Cut[PositionView]
    lines: Cut[LineView]
    due: tuple[Markup, ...]
    due_unit: Unit
    matches: tuple[MatchRow, ...]
    history: tuple[EntryRow, ...]


def fund_page(visit: Visit, fund: Fund) -> FundPage:
    """The page of `fund` as folded so far."""
    model, money, names = visit.model, visit.frame.money, visit.names
    book = model.book(fund.id)
    found = None if visit.judged is None else visit.judged.of_fund(fund.id)
    pictures = flow_pictures(visit, book, flagged_by_party(found or ()))
    english = visit.frame.language == "en" and fund.purpose_en
    return FundPage(
        fund=fund,
        name=names.show("fund", fund.id),
        issuer=names.link("party", fund.issuer),
        purpose=in_its_language(english or fund.purpose, visit.frame.language),
        book=book,
        unit=money.unit([book.total, book.paid, book.resting]),
        column=money.unit([book.total, *(row.amount for row in book.rows)], columns=True),
        payees=_payees(visit, book),
        resting_at=sum(1 for one in book.positions.values() if not one.place.final and one.held > 0),
        share=share(book.paid, book.total),
        flagged=None if found is None else next(one for one in risks(found) if one.kind == "gone"),
        picture_unit=picture_unit(visit, book),
        findings=None if found is None else tuple(finding_rows(visit, found)),
        drawings=tuple(flow_drawings(visit, book, pictures)) if book.rows else (),
        hidden=pictures[0].hidden,
        grouped=pictures[0].grouped,
        has_flagged=any(node.flagged for node in pictures[0].nodes),
        flows=_flows(visit, book),
        positions=_positions(visit, book),
        lines=_lines(visit, fund.id),
        due=tuple(due_drawings(visit, due_rows(visit, fund.id))),
        due_unit=due_unit(visit, fund.id),
        matches=tuple(_matches(visit, fund.id)),
        history=tuple(visit.rows(model.index.about("fund", fund.id, most=HISTORY))),
    )


def _payees(visit: Visit, book: FundBook) -> Markup:
    """Who was paid: how many by name, and whether there are others that the ledger does not name."""
    words = visit.frame.words
    paid = [one.place.standing for one in book.positions.values() if one.place.final and one.held > 0]
    named = paid.count("payee")
    told = [words.say("fund.paid_note", n=named)] if named else []
    told.extend(words.say(f"fund.paid_{one}") for one in ("list", "unnamed") if one in paid)
    return words.say("words.separator").join(told) if told else words.say("fund.paid_nobody")


# --- tables ---------------------------------------------------------------------------------------------


def _flows(visit: Visit, book: FundBook) -> Cut[FlowView]:
    piece = cut(visit.frame, book.rows, "flows")
    stages = {place: one.stage for place, one in book.positions.items()}
    return Cut(rows=tuple(_flow(visit, row, stages) for row in piece.rows), rest=piece.rest, next=piece.next)


def _flow(visit: Visit, row: FlowRow, stages: Mapping[Place, str]) -> FlowView:
    return FlowView(
        giver=visit.names.place(row.giver),
        giver_level=stages[row.giver],
        taker=visit.names.place(row.taker),
        taker_level=stages[row.taker],
        amount=row.amount,
    )


def _positions(visit: Visit, book: FundBook) -> Cut[PositionView]:
    def order(one: Position) -> tuple[int, int, Place]:
        return (LEVELS.index(one.stage), -one.received, one.place)

    piece = cut(visit.frame, sorted(book.positions.values(), key=order), "places")
    shown = (PositionView(position=one, name=visit.names.place(one.place)) for one in piece.rows)
    return Cut(rows=tuple(shown), rest=piece.rest, next=piece.next)


def _lines(visit: Visit, fund: str) -> Cut[LineView]:
    lines = visit.model.lines_of(fund)
    children: dict[str | None, list[Line]] = defaultdict(list)
    for line in lines:
        children[line.parent].append(line)
    ordered = list(_tree(children, None, 0))
    piece = cut(visit.frame, ordered, "lines")
    shown = (_line(visit, line, depth) for line, depth in piece.rows)
    return Cut(rows=tuple(shown), rest=piece.rest, next=piece.next)


def _tree(
    children: Mapping[str | None, Sequence[Line]], parent: str | None, depth: int
) -> Iterator[tuple[Line, int]]:
    """Lines with their depth, each after its parent; larger first."""
    stack = [(line, depth) for line in sorted(children.get(parent, ()), key=_largest_last)]
    while stack:
        line, at = stack.pop()
        yield line, at
        stack.extend((child, at + 1) for child in sorted(children.get(line.id, ()), key=_largest_last))


def _largest_last(line: Line) -> tuple[int, str]:
    return (line.received, line.id)


def _line(visit: Visit, line: Line, depth: int) -> LineView:
    party = visit.model.register.parties.get(line.holder)
    return LineView(
        line=line,
        depth=depth,
        level=party.level if party is not None else "payee",
        holder=visit.names.link("party", line.holder),
        split=line.split_out + line.carried_out,
        paid=line.disbursed - line.restored,
    )


def _matches(visit: Visit, fund: str) -> Iterator[MatchRow]:
    pledged, received = visit.model.pledged(fund), visit.model.matched(fund)
    for party in sorted({*pledged, *received}):
        yield MatchRow(
            party=visit.names.link("party", party),
            pledged=pledged.get(party, 0),
            received=received.get(party, 0),
        )
