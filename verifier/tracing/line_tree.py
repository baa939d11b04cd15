# SPDX-License-Identifier: Apache-2.0
"""Indicator lines as a tree with their arithmetic, from the first line above to the last one below (DESIGN §4)."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ledger.errors import ProgrammerError
from ledger.open_records import Line
from verifier.basis.findings import Record


class LineStand(Record, frozen=True, kw_only=True):
    """A line and its arithmetic in minor units.

    `depth` counts from the first line shown; `asked` False marks a line above the one asked for: it says how the money
    came, and its amounts are not in the sums.
    """

    id: str
    depth: int
    asked: bool
    holder: str
    giver: str
    opened_by: str
    opened_on: datetime.date
    received: int
    split_out: int
    lowered: int
    recalled: int
    carried_out: int
    disbursed: int
    restored: int
    free: int
    document: str | None = None


def lines_of(lines: Mapping[str, Line], fund: str) -> list[str]:
    """The top lines of `fund`, by id."""
    return sorted(line.id for line in lines.values() if line.fund == fund and line.parent is None)


def lines_below(lines: Mapping[str, Line], line: str) -> Iterator[str]:
    """`line` and every line split from it, directly or not."""
    return (one for one, _ in _walk(_children(lines), line, 0))


def tree_of(lines: Mapping[str, Line], roots: Iterable[str]) -> list[LineStand]:
    """The lines above each root, the root, and all lines below it, children by id under their parent."""
    children = _children(lines)
    found: list[LineStand] = []
    for root in roots:
        above = list(_above(lines, root))
        found += [_stand(lines[one], depth, asked=False) for depth, one in enumerate(above)]
        found += [_stand(lines[one], depth, asked=True) for one, depth in _walk(children, root, len(above))]
    return found


def authority_of(stands: Iterable[LineStand]) -> dict[str, int]:
    """What was issued to the lines asked for, and what became of it: issued = free + disbursed − restored.

    Raises:
        ProgrammerError: the sums differ.
    """
    asked = [stand for stand in stands if stand.asked]
    first = min((stand.depth for stand in asked), default=0)
    tops = [stand for stand in asked if stand.depth == first]
    sums = {
        "issued": sum(top.received - top.lowered - top.recalled for top in tops),
        "free": sum(stand.free for stand in asked),
        "disbursed": sum(stand.disbursed for stand in asked),
        "restored": sum(stand.restored for stand in asked),
    }
    if sums["issued"] != sums["free"] + sums["disbursed"] - sums["restored"]:
        raise ProgrammerError(f"{len(asked)} lines do not conserve: {sums}")
    return sums


def _children(lines: Mapping[str, Line]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines.values():
        if line.parent is not None:
            found[line.parent].append(line.id)
    return found


def _walk(children: Mapping[str, list[str]], root: str, depth: int) -> Iterator[tuple[str, int]]:
    pending = [(root, depth)]
    while pending:
        line, level = pending.pop()
        yield line, level
        pending += [(child, level + 1) for child in sorted(children.get(line, ()), reverse=True)]


def _above(lines: Mapping[str, Line], line: str) -> list[str]:
    found: list[str] = []
    parent = lines[line].parent
    while parent is not None:
        found.append(parent)
        parent = lines[parent].parent
    return found[::-1]


def _stand(line: Line, depth: int, *, asked: bool) -> LineStand:
    return LineStand(
        id=line.id,
        depth=depth,
        asked=asked,
        holder=line.holder,
        giver=line.giver,
        opened_by=line.opened_by,
        opened_on=line.opened_on,
        received=line.received,
        split_out=line.split_out,
        lowered=line.lowered,
        recalled=line.recalled,
        carried_out=line.carried_out,
        disbursed=line.disbursed,
        restored=line.restored,
        free=line.free,
        document=line.document,
    )
