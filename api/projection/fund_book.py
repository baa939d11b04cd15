# SPDX-License-Identifier: Apache-2.0
"""The book of one fund: what flowed between places, and from it what each of them got, passed on and holds.

Every figure of a page, its chart and its table come from here, as integers of minor units. A line is authority and
cash follows it: a tagged transfer to a body counts as the cash of its lines up to what those lines received, so that one
yuan is not seen to arrive twice; only what goes beyond them is a flow of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from api.projection.money_moves import Move, Source
from api.projection.places import Place, stage_of
from ledger.amount import share_out
from ledger.open_records import Line
from ledger.party import LEVELS, Level
from ledger.register import Register

Pair = tuple[Place, Place]


@dataclass(slots=True)
class CashBook:
    """Cash moves of one fund, summed by source and pair of places; grows with payees, never with payments."""

    flows: dict[tuple[Source, Place, Place], int] = field(default_factory=lambda: defaultdict(int))
    handed: dict[tuple[Source, Place, Place], int] = field(default_factory=lambda: defaultdict(int))
    inputs: dict[tuple[Source, Place], int] = field(default_factory=lambda: defaultdict(int))

    def take(self, move: Move) -> None:
        """The book after `move`."""
        if move.giver is None:
            self.inputs[move.source, move.taker] += move.amount
        elif move.handed:
            self.handed[move.source, move.giver, move.taker] += move.amount
        else:
            self.flows[move.source, move.giver, move.taker] += move.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What one place got and gave, in minor units."""

    place: Place
    stage: Level
    received: int
    passed: int

    @property
    def held(self) -> int:
        """What rests here; negative when more was reported out than in (an advance)."""
        return self.received - self.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRow:
    """`amount` minor units that went from `giver` to `taker`, net of what came back."""

    giver: Place
    taker: Place
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FundBook:
    """One fund at one position of the log.

    `issued` is what its issuer put into top lines, net of what was lowered or recalled; `matched` and `interest` came
    in beside it. `paid` reached final payees, `paid_grant` the part of it from the lines.
    """

    fund: str
    rows: tuple[FlowRow, ...]
    positions: dict[Place, Position]
    issued: int
    matched: int
    interest: int
    paid: int
    paid_grant: int

    @property
    def total(self) -> int:
        """All money that came into the fund."""
        return self.issued + self.matched + self.interest

    @property
    def resting(self) -> int:
        """What has not reached a final payee."""
        return self.total - self.paid


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRow:
    """One level over some funds: what reached it from outside, what left it, what rests there."""

    level: Level
    received: int
    passed: int
    held: int


def line_net(line: Line) -> int:
    """What `line` got and kept: received less what went back up."""
    return line.received - line.lowered - line.recalled


def open_book(
    register: Register, fund: str, lines: Sequence[Line], cash: CashBook, *, sources: frozenset[Source]
) -> FundBook:
    """The book of `fund` from its lines and its cash, over `sources`; without ``grant`` the lines are left out."""
    flows: dict[Pair, int] = defaultdict(int)
    inputs: dict[Place, int] = defaultdict(int)
    issued = 0
    for line in lines if "grant" in sources else ():
        net = line_net(line)
        giver, holder = Place("body", line.giver), Place("body", line.holder)
        if line.parent is None:
            issued += net
            inputs[giver] += net
        if giver != holder and not line.carried:
            flows[giver, holder] += net
    for (source, giver, taker), amount in (*cash.flows.items(), *_beyond_lines(lines, cash)):
        if source in sources:
            flows[giver, taker] += amount
    for (source, taker), amount in cash.inputs.items():
        if source in sources:
            inputs[taker] += amount
    positions = _positions(register, flows, inputs)
    return FundBook(
        fund=fund,
        rows=_rows(register, flows),
        positions=positions,
        issued=issued,
        matched=_input_of(cash, "match") if "match" in sources else 0,
        interest=_input_of(cash, "interest") if "interest" in sources else 0,
        paid=sum(one.held for one in positions.values() if one.place.final),
        paid_grant=_paid_from(cash, "grant") if "grant" in sources else 0,
    )


def level_rows(books: Iterable[FundBook]) -> list[LevelRow]:
    """Levels from the centre down, over `books`; money between two bodies of one level neither leaves nor reaches it."""
    received: dict[Level, int] = defaultdict(int)
    passed: dict[Level, int] = defaultdict(int)
    for book in books:
        stages = {place: one.stage for place, one in book.positions.items()}
        inside: dict[Level, int] = defaultdict(int)
        for row in book.rows:
            if stages[row.giver] == stages[row.taker]:
                inside[stages[row.giver]] += row.amount
        for one in book.positions.values():
            received[one.stage] += one.received
            passed[one.stage] += one.passed
        for stage, amount in inside.items():
            received[stage] -= amount
            passed[stage] -= amount
    return [
        LevelRow(
            level=level, received=received[level], passed=passed[level], held=received[level] - passed[level]
        )
        for level in LEVELS
        if received[level] or passed[level]
    ]


def _beyond_lines(lines: Sequence[Line], cash: CashBook) -> Iterator[tuple[tuple[Source, Place, Place], int]]:
    """Transfers between bodies, less what is only the cash of the lines that their taker holds."""
    authority: dict[Place, int] = defaultdict(int)
    for line in lines:
        authority[Place("body", line.holder)] += line_net(line)
    into: dict[Place, dict[str, int]] = defaultdict(dict)
    for (source, giver, taker), amount in cash.handed.items():
        if source == "grant" and amount > 0:
            into[taker][giver.id] = amount
        elif amount:
            yield (source, giver, taker), amount
    for body, givers in into.items():
        beyond = max(0, sum(givers.values()) - max(0, authority[body]))
        for party, part in share_out(beyond, givers).items():
            if part:
                yield ("grant", Place("body", party), body), part


def _positions(
    register: Register, flows: Mapping[Pair, int], inputs: Mapping[Place, int]
) -> dict[Place, Position]:
    received: dict[Place, int] = defaultdict(int)
    passed: dict[Place, int] = defaultdict(int)
    for place, amount in inputs.items():
        received[place] += amount
    for (giver, taker), amount in flows.items():
        passed[giver] += amount
        received[taker] += amount
    return {
        place: Position(
            place=place, stage=stage_of(register, place), received=received[place], passed=passed[place]
        )
        for place in sorted({*received, *passed})
    }


def _rows(register: Register, flows: Mapping[Pair, int]) -> tuple[FlowRow, ...]:
    """Flows that did not cancel out, by level of giver and taker, then by amount."""

    def key(row: FlowRow) -> tuple[int, int, int, Place, Place]:
        giver, taker = (LEVELS.index(stage_of(register, place)) for place in (row.giver, row.taker))
        return (giver, taker, -row.amount, row.giver, row.taker)

    rows = (
        FlowRow(giver=giver, taker=taker, amount=amount) for (giver, taker), amount in flows.items() if amount
    )
    return tuple(sorted(rows, key=key))


def _input_of(cash: CashBook, source: Source) -> int:
    return sum(amount for (one, _), amount in cash.inputs.items() if one == source)


def _paid_from(cash: CashBook, source: Source) -> int:
    into = sum(amount for (one, _, taker), amount in cash.flows.items() if one == source and taker.final)
    back = sum(amount for (one, giver, _), amount in cash.flows.items() if one == source and giver.final)
    return into - back
