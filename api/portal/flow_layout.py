# SPDX-License-Identifier: Apache-2.0
"""Where the bars and ribbons of a flow picture go: one line of bars for each level, everything to one scale.

All lengths are whole tenths of a pixel. `along` is the direction in which a bar is as long as its amount (down in the
wide drawing, across in the narrow one); the lines follow each other in the other direction.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_LEAST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowNode:
    """A body, project or payee in the picture, amounts in minor units.

    `amount` is all that reached it, `held` what rests there and `flagged` the part of it in question. `more` counts
    the bodies that one node stands for.
    """

    id: str
    stage: str
    name: str
    amount: int
    held: int = 0
    flagged: int = 0
    more: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRibbon:
    """`amount` minor units that went from one node to another of a later stage."""

    source: str
    target: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A node in its line: where its bar begins, how long it is, and where the stub of what it holds begins."""

    node: FlowNode
    line: int
    start: int
    length: int
    stub: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRibbon:
    """A ribbon of `width`, leaving its source at `leaves` and reaching its target at `reaches`."""

    ribbon: FlowRibbon
    source: Placed
    target: Placed
    leaves: int
    reaches: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLayout:
    """A picture laid out: `stages` in order, `amount_span` tenths for `amount_whole` minor units."""

    stages: tuple[str, ...]
    placed: tuple[Placed, ...]
    ribbons: tuple[PlacedRibbon, ...]
    amount_whole: int
    amount_span: int

    def length(self, amount: int) -> int:
        """How long `amount` is."""
        return _length(amount, self.amount_whole, self.amount_span)


def lay_out(
    nodes: Sequence[FlowNode],
    ribbons: Sequence[FlowRibbon],
    *,
    stages: Sequence[str],
    along: int,
    slot: int,
    gap: int,
) -> FlowLayout:
    """The picture of `nodes` and `ribbons` in `along` tenths; every bar has room for a label of `slot`.

    Within a line, nodes stand by the mean place of what feeds them, then by amount, then by id; the scale is the
    largest at which every line fits.
    """
    used = [stage for stage in stages if any(node.stage == stage for node in nodes)]
    lines = [[node for node in nodes if node.stage == stage] for stage in used]
    whole = max((sum(node.amount for node in line) for line in lines), default=0) or 1
    span = _largest_span(lines, whole, along=along, slot=slot, gap=gap)
    placed: dict[str, Placed] = {}
    for number, line in enumerate(lines):
        ordered = _in_order(line, ribbons, placed)
        starts = _starts(ordered, ribbons, placed, (whole, span), room=(along, slot, gap))
        for node, start in zip(ordered, starts, strict=True):
            length = _length(node.amount, whole, span)
            stub = start + length - _length(max(0, node.held), whole, span)
            placed[node.id] = Placed(node=node, line=number, start=start, length=length, stub=stub)
    return FlowLayout(
        stages=tuple(used),
        placed=tuple(placed.values()),
        ribbons=tuple(_attach(ribbons, placed, whole, span)),
        amount_whole=whole,
        amount_span=span,
    )


def _length(amount: int, whole: int, span: int) -> int:
    return max(_LEAST, amount * span // whole)


def _largest_span(lines: Sequence[Sequence[FlowNode]], whole: int, *, along: int, slot: int, gap: int) -> int:
    """The most tenths that `whole` may take so that every line fits into `along`."""

    def fits(span: int) -> bool:
        return all(
            sum(max(slot, _length(node.amount, whole, span)) for node in line) + gap * (len(line) - 1)
            <= along
            for line in lines
        )

    low, high = 1, max(1, along)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low


def _in_order(
    line: Sequence[FlowNode], ribbons: Sequence[FlowRibbon], placed: Mapping[str, Placed]
) -> list[FlowNode]:
    def key(node: FlowNode) -> tuple[int, int, str]:
        return (_wanted(node, ribbons, placed, otherwise=0), -node.amount, node.id)

    return sorted(line, key=key)


def _wanted(
    node: FlowNode, ribbons: Sequence[FlowRibbon], placed: Mapping[str, Placed], *, otherwise: int
) -> int:
    """The mean place of what feeds `node`, weighted by amount."""
    feeding = [
        (placed[one.source], one.amount) for one in ribbons if one.target == node.id and one.source in placed
    ]
    total = sum(amount for _, amount in feeding)
    if total == 0:
        return otherwise
    return sum((source.start + source.length // 2) * amount for source, amount in feeding) // total


def _starts(
    line: Sequence[FlowNode],
    ribbons: Sequence[FlowRibbon],
    placed: Mapping[str, Placed],
    scale: tuple[int, int],
    *,
    room: tuple[int, int, int],
) -> list[int]:
    """Starts of the bars: each near what feeds it, pushed apart, and back from the far edge."""
    along, slot, gap = room
    lengths = [_length(node.amount, *scale) for node in line]
    needs = [max(slot, length) for length in lengths]
    starts: list[int] = []
    free_from = 0
    for node, need in zip(line, needs, strict=True):
        middle = _wanted(node, ribbons, placed, otherwise=along // 2)
        starts.append(max(free_from, middle - need // 2))
        free_from = starts[-1] + need + gap
    limit = along
    for at in range(len(starts) - 1, -1, -1):
        starts[at] = max(0, min(starts[at], limit - needs[at]))
        limit = starts[at] - gap
    return [start + (need - length) // 2 for start, need, length in zip(starts, needs, lengths, strict=True)]


def _attach(
    ribbons: Sequence[FlowRibbon], placed: Mapping[str, Placed], whole: int, span: int
) -> list[PlacedRibbon]:
    """Ribbons side by side on both bars, in the order of the other ends, so that they cross as little as can be."""
    leaves: dict[FlowRibbon, int] = {}
    reaches: dict[FlowRibbon, int] = {}
    drawn = [one for one in ribbons if one.source in placed and one.target in placed]
    for ends, mine, other in ((leaves, "source", "target"), (reaches, "target", "source")):
        used: dict[str, int] = defaultdict(int)
        for one in sorted(
            drawn, key=lambda ribbon: (placed[getattr(ribbon, other)].start, getattr(ribbon, other))
        ):
            end = placed[getattr(one, mine)]
            ends[one] = end.start + used[end.node.id]
            used[end.node.id] += one.amount * span // whole
    return [
        PlacedRibbon(
            ribbon=one,
            source=placed[one.source],
            target=placed[one.target],
            leaves=leaves[one],
            reaches=reaches[one],
            width=max(5, one.amount * span // whole),
        )
        for one in drawn
    ]
