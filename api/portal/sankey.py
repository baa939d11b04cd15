# SPDX-License-Identifier: Apache-2.0
"""The flow picture (Sankey): where money came from, where it went, what rests on the way.

Bars and ribbons share one scale. What a body still holds is a pale stub on its bar, money in question a hatched one, so
that a bar is always the sum of what left it and what stays. The wide drawing runs from left to right, the narrow one
from top to bottom.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.portal.flow_layout import FlowLayout, FlowNode, FlowRibbon, Placed, PlacedRibbon, lay_out
from api.portal.svg import PX, box, drawing, hatch, label, path, shortened, text_width, trace

BAR: Final = 13 * PX
_HEAD: Final = 34 * PX
_STUB: Final = 26 * PX
_STUB_DOWN: Final = 13 * PX
_SLOT: Final = 38 * PX
_GAP: Final = 12 * PX
_RIGHT: Final = 168 * PX
_NAME: Final = 13
_SMALL: Final = 12
_HALO: Final = 4 * PX
"""What the ground around a label, and bold signs, add to it at each side."""
_TALL: Final = 34 * PX
_ROW: Final = 104 * PX
_ROW_TOP: Final = 4 * PX
_ROW_GAP: Final = 6 * PX
_LEAST_HEIGHT: Final = 220
_NODE_HEIGHT: Final = 64
_MOST_HEIGHT: Final = 620


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTexts:
    """What the drawing says: level titles, the word for money at rest, and how an amount is written."""

    titles: Mapping[str, str]
    held: str
    flagged: str
    amount: Callable[[int], str]
    sentence: str


def draw_across(
    nodes: Sequence[FlowNode],
    ribbons: Sequence[FlowRibbon],
    *,
    stages: Sequence[str],
    width: int,
    texts: FlowTexts,
    uid: str,
) -> Markup:
    """The picture from left to right, `width` pixels wide; ids inside it begin with `uid`."""
    rows = max((sum(1 for node in nodes if node.stage == stage) for stage in stages), default=1)
    height = min(_MOST_HEIGHT, max(_LEAST_HEIGHT, rows * _NODE_HEIGHT)) * PX
    layout = lay_out(nodes, ribbons, stages=stages, along=height, slot=_SLOT, gap=_GAP)
    step = (width * PX - _RIGHT - BAR) // max(1, len(layout.stages) - 1)
    drawn = [_definitions(layout, uid, down=False)]
    drawn.extend(_ribbon_across(one, step, texts, uid) for one in layout.ribbons)
    for placed in layout.placed:
        drawn.extend(_bar_across(placed, step, layout, texts, uid))
    for number, stage in enumerate(layout.stages):
        drawn.append(box(number * step, 30, 110, 110, f"lv-{stage}", radius=20))
        drawn.append(label(number * step + 17 * PX, 130, texts.titles[stage], "c-head"))
    return drawing(width * PX, height + _HEAD + 2 * PX, drawn, sentence=texts.sentence, kind="sankey-across")


def draw_down(
    nodes: Sequence[FlowNode],
    ribbons: Sequence[FlowRibbon],
    *,
    stages: Sequence[str],
    width: int,
    texts: FlowTexts,
    uid: str,
) -> Markup:
    """The picture from top to bottom, for narrow screens, `width` pixels wide."""
    most = max((sum(1 for node in nodes if node.stage == stage) for stage in stages), default=1)
    slot = (width * PX - _ROW_GAP * (most - 1)) // max(1, most)
    layout = lay_out(nodes, ribbons, stages=stages, along=width * PX, slot=slot, gap=_ROW_GAP)
    drawn = [_definitions(layout, uid, down=True)]
    drawn.extend(_ribbon_down(one, texts, uid) for one in layout.ribbons)
    for placed in layout.placed:
        beside = sum(1 for one in layout.placed if one.line == placed.line)
        mine = (width * PX - _ROW_GAP * (beside - 1)) // beside
        drawn.extend(_bar_down(placed, layout, texts, uid, slot=mine, room=width * PX))
    height = _ROW_TOP + len(layout.stages) * _ROW - _ROW // 3
    return drawing(width * PX, height, drawn, sentence=texts.sentence, kind="sankey-down")


def _definitions(layout: FlowLayout, uid: str, *, down: bool) -> str:
    axis = 'x1="0" y1="0" x2="0" y2="1"' if down else 'x1="0" y1="0" x2="1" y2="0"'
    pairs = sorted({(one.source.node.stage, one.target.node.stage) for one in layout.ribbons})
    gradients = (
        f'<linearGradient id="{uid}-{start}-{end}" {axis}><stop offset="0" class="st-{start}"/>'
        f'<stop offset="1" class="st-{end}"/></linearGradient>'
        for start, end in pairs
    )
    return f"<defs>{''.join(gradients)}{hatch(f'{uid}-hatch')}</defs>"


def _gradient(one: PlacedRibbon, uid: str) -> str:
    return f"{uid}-{one.source.node.stage}-{one.target.node.stage}"


def _told(one: PlacedRibbon, texts: FlowTexts) -> str:
    return f"{one.source.node.name} → {one.target.node.name}: {texts.amount(one.ribbon.amount)}"


def _ribbon_across(one: PlacedRibbon, step: int, texts: FlowTexts, uid: str) -> str:
    x0, x1 = one.source.line * step + BAR, one.target.line * step
    middle = (x0 + x1) // 2
    y0, y1 = one.leaves + _HEAD, one.reaches + _HEAD
    d = trace(
        "M", x0, y0, "C", middle, y0, " ", middle, y1, " ", x1, y1,
        "V", y1 + one.width, "C", middle, y1 + one.width, " ", middle, y0 + one.width, " ", x0, y0 + one.width, "Z",
    )  # fmt: skip
    return path(d, "ribbon", title=_told(one, texts), fill=_gradient(one, uid))


def _ribbon_down(one: PlacedRibbon, texts: FlowTexts, uid: str) -> str:
    y0, y1 = _ROW_TOP + one.source.line * _ROW + BAR, _ROW_TOP + one.target.line * _ROW
    middle = (y0 + y1) // 2
    x0, x1 = one.leaves, one.reaches
    d = trace(
        "M", x0, y0, "C", x0, middle, " ", x1, middle, " ", x1, y1,
        "H", x1 + one.width, "C", x1 + one.width, middle, " ", x0 + one.width, middle, " ", x0 + one.width, y0, "Z",
    )  # fmt: skip
    return path(d, "ribbon", title=_told(one, texts), fill=_gradient(one, uid))


def _stubs(placed: Placed, layout: FlowLayout) -> list[tuple[str, int, int]]:
    """Class, start and length of the parts of the bar that have not moved on."""
    node = placed.node
    plain = layout.length(node.held - node.flagged) if node.held > node.flagged else 0
    marked = layout.length(min(node.flagged, node.held)) if node.flagged > 0 and node.held > 0 else 0
    end = placed.start + placed.length
    return [
        (kind, start, length)
        for kind, start, length in (
            ("stub", end - plain - marked, plain),
            ("stub-flagged", end - marked, marked),
        )
        if length
    ]


def _bar_across(placed: Placed, step: int, layout: FlowLayout, texts: FlowTexts, uid: str) -> list[str]:
    node, x = placed.node, placed.line * step
    top = placed.start + _HEAD
    drawn = [
        box(x, top, BAR, placed.length, f"lv-{node.stage}", title=f"{node.name}: {texts.amount(node.amount)}")
    ]
    last = placed.line == len(layout.stages) - 1
    stubs = [] if last else _stubs(placed, layout)
    for kind, start, length in stubs:
        fill = f"{uid}-hatch" if kind == "stub-flagged" else ""
        drawn.append(box(x + BAR, start + _HEAD, _STUB, length, kind, fill=fill))
    return [*drawn, *_labels_across(placed, x, step, stubs, texts, last=last)]


def _labels_across(
    placed: Placed, x: int, step: int, stubs: Sequence[tuple[str, int, int]], texts: FlowTexts, *, last: bool
) -> list[str]:
    node, top = placed.node, placed.start + _HEAD
    left = x + BAR + 8 * PX
    room = (_RIGHT if last else step) - BAR - 10 * PX
    figure = texts.amount(node.amount)
    tall = placed.length >= _TALL and not last
    y = top + 16 * PX if tall else top + placed.length // 2 - 2 * PX
    halo = "" if last else "halo "
    crowded = bool(stubs) and stubs[0][1] + _HEAD < y + 18 * PX
    if crowded:
        left, room = left + _STUB, room - _STUB
        figure = f"{figure} · {texts.held} {texts.amount(node.held)}"
    drawn = [
        label(left, y, shortened(node.name, _NAME, room), f"{halo}c-name"),
        label(left, y + 15 * PX, figure, f"{halo}c-number"),
    ]
    if stubs and not crowded:
        _, start, length = stubs[0]
        middle = (start + _HEAD + (top + placed.length)) // 2 + 4 * PX
        text = f"{texts.held} {texts.amount(node.held)}"
        drawn.append(label(left + _STUB, middle, text, "halo c-held"))
        if stubs[-1][0] == "stub-flagged" and length >= _TALL:
            flagged = f"{texts.flagged} {texts.amount(node.flagged)}"
            drawn.append(label(left + _STUB, middle + 15 * PX, flagged, "halo c-flag"))
    return drawn


def _bar_down(
    placed: Placed, layout: FlowLayout, texts: FlowTexts, uid: str, *, slot: int, room: int
) -> list[str]:
    node, y = placed.node, _ROW_TOP + placed.line * _ROW
    tip = f"{node.name}: {texts.amount(node.amount)}"
    drawn = [box(placed.start, y, placed.length, BAR, f"lv-{node.stage}", title=tip)]
    stubs = [] if placed.line == len(layout.stages) - 1 else _stubs(placed, layout)
    for kind, start, length in stubs:
        fill = f"{uid}-hatch" if kind == "stub-flagged" else ""
        drawn.append(box(start, y + BAR, length, _STUB_DOWN, kind, fill=fill))
    name = shortened(node.name, _SMALL, max(slot, placed.length) - 8 * PX)
    figure = texts.amount(node.amount)
    half = max(text_width(name, _SMALL), text_width(figure, _SMALL)) // 2 + _HALO
    middle = min(max(placed.start + placed.length // 2, half), room - half)
    below = y + BAR + (_STUB_DOWN if stubs else 0) + 14 * PX
    drawn.append(label(middle, below, name, "halo c-name", "middle"))
    drawn.append(label(middle, below + 14 * PX, figure, "halo c-number", "middle"))
    return drawn
