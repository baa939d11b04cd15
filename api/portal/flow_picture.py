# SPDX-License-Identifier: Apache-2.0
"""From the book of a fund to what the flow picture draws: the largest places of each level, the rest as one."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.portal.flow_layout import FlowNode, FlowRibbon
from api.projection.fund_book import FundBook, Position
from api.projection.places import Place
from ledger.party import LEVELS


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPicture:
    """Nodes and ribbons to draw. `hidden` went between places of one level; `grouped` says that places were joined."""

    nodes: tuple[FlowNode, ...]
    ribbons: tuple[FlowRibbon, ...]
    hidden: int
    grouped: bool


def draw_from(
    book: FundBook,
    *,
    per_level: int,
    name: Callable[[Place], str],
    others: Callable[[int], str],
    flagged: Mapping[str, int],
) -> FlowPicture:
    """The picture of `book` with at most `per_level` nodes a level.

    `flagged` is money in question by party id; what of it still counts as held is hatched. A ribbon that would run
    upwards or within a level is not drawn: the table has it, and `hidden` sums what stays within levels. Nor is a body
    that such ribbons alone would touch and that holds nothing.
    """
    shown = {place: one for place, one in book.positions.items() if one.received > 0 or one.passed > 0}
    ids = _node_ids(shown, per_level)
    stages = {ids[place]: one.stage for place, one in shown.items()}
    ribbons: dict[tuple[str, str], int] = defaultdict(int)
    hidden = 0
    for row in book.rows:
        if row.amount <= 0 or row.giver not in ids or row.taker not in ids:
            continue
        source, target = ids[row.giver], ids[row.taker]
        if LEVELS.index(stages[source]) < LEVELS.index(stages[target]):
            ribbons[source, target] += row.amount
        elif row.giver != row.taker:
            hidden += row.amount
    joined = {end for pair in ribbons for end in pair}
    nodes = _nodes(shown, ids, name=name, others=others, flagged=flagged)
    return FlowPicture(
        nodes=tuple(node for node in nodes if node.id in joined or node.held or len(nodes) == 1),
        ribbons=tuple(
            FlowRibbon(source=source, target=target, amount=amount)
            for (source, target), amount in sorted(ribbons.items())
        ),
        hidden=hidden,
        grouped=len(set(ids.values())) < len(ids),
    )


def _node_ids(positions: Mapping[Place, Position], per_level: int) -> dict[Place, str]:
    """Each place → the node that stands for it: its own, or that of the smaller ones of its level."""
    ids: dict[Place, str] = {}
    for level in LEVELS:
        places = sorted(
            (place for place, one in positions.items() if one.stage == level),
            key=lambda place: (-_size(positions[place]), place),
        )
        kept = len(places) if len(places) <= per_level else per_level - 1
        for at, place in enumerate(places):
            ids[place] = f"{place.standing}:{place.id}" if at < kept else f"others:{level}"
    return ids


def _nodes(
    positions: Mapping[Place, Position],
    ids: Mapping[Place, str],
    *,
    name: Callable[[Place], str],
    others: Callable[[int], str],
    flagged: Mapping[str, int],
) -> list[FlowNode]:
    members: dict[str, list[Place]] = defaultdict(list)
    for place, identifier in ids.items():
        members[identifier].append(place)
    nodes: list[FlowNode] = []
    for identifier, places in members.items():
        held = sum(positions[place].held for place in places if not place.final)
        in_question = sum(flagged.get(place.id, 0) for place in places if place.standing == "body")
        first = places[0]
        nodes.append(
            FlowNode(
                id=identifier,
                stage=positions[first].stage,
                name=name(first) if len(places) == 1 else others(len(places)),
                amount=sum(_size(positions[place]) for place in places),
                held=max(0, held),
                flagged=min(in_question, max(0, held)),
                more=len(places),
            )
        )
    return nodes


def _size(position: Position) -> int:
    return max(position.received, position.passed)
