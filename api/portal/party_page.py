# SPDX-License-Identifier: Apache-2.0
"""The page of one body or payee: what it got, passed on and holds in each fund, and its entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.portal.amounts import Unit
from api.portal.visit import EntryRow, Visit
from api.projection.fund_book import Position
from ledger.kinds.registry import Party

HISTORY: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFundRow:
    """Where the body stands in one fund."""

    fund: Markup
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyPage:
    """Everything on the page of a body; amounts in minor units."""

    party: Party
    name: Markup
    parent: Markup | None
    funds: tuple[PartyFundRow, ...]
    column: Unit
    history: tuple[EntryRow, ...]


def party_page(visit: Visit, party: Party) -> PartyPage:
    """The page of `party` as folded so far."""
    rows = tuple(_funds(visit, party.id))
    model = visit.model
    return PartyPage(
        party=party,
        name=visit.names.show("party", party.id),
        parent=visit.names.link("party", party.parent) if party.parent else None,
        funds=rows,
        column=visit.frame.money.unit([row.position.received for row in rows], columns=True),
        history=tuple(visit.rows(model.index.about("party", party.id, most=HISTORY))),
    )


def _funds(visit: Visit, party: str) -> Iterator[PartyFundRow]:
    for fund in visit.model.register.funds.values():
        for position in visit.model.book(fund.id).positions.values():
            if position.place.id == party and position.place.standing in {"body", "payee"}:
                yield PartyFundRow(fund=visit.names.link("fund", fund.id), position=position)
