# SPDX-License-Identifier: Apache-2.0
"""Drawings: every length is its amount, nothing overlaps or leaves the frame, and the same figures give the same bytes."""

from __future__ import annotations

import datetime
import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.app import STATIC
from api.portal.due_dates import DueRow, DueState, DueTexts, draw_due_dates
from api.portal.flow_layout import FlowNode, FlowRibbon, lay_out
from api.portal.flow_picture import draw_from
from api.portal.level_bar import LevelPart, draw_level_bar, draw_share_bar
from api.portal.proof_path import draw_proof, siblings_left
from api.portal.sankey import FlowTexts, draw_across, draw_down
from api.portal.svg import px, shortened, text_width, trace
from api.projection.fund_book import FlowRow, FundBook, Position
from api.projection.places import STAGES, Place
from ledger.hashing import leaf_hash, node_hash
from ledger.merkle import MemoryHashes, Tree
from ledger.party import LEVELS, Level
from tests.api.page_reader import Node, read_page

TEXTS = FlowTexts(
    titles={stage: stage for stage in STAGES}, held="holds", flagged="flagged", amount=str, sentence="flow"
)


def numbers(node: Node, *names: str) -> list[float]:
    """The attributes of a shape as numbers."""
    return [float(node.attributes[name]) for name in names]


def part(level: str, amount: int) -> LevelPart:
    """A part of a level bar."""
    return LevelPart(level=level, amount=amount, name=level, figure=str(amount), share="?", exact=str(amount))


# --- bars -------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(min_value=0, max_value=10**15), min_size=1, max_size=7))
def test_parts_of_the_level_bar_fill_it_in_proportion(amounts: list[int]) -> None:
    """Parts stand side by side within the width; larger money is never a shorter part; each can be seen."""
    parts = [part(level, amount) for level, amount in zip(LEVELS, amounts, strict=False)]
    drawing = read_page(draw_level_bar(parts, width=1152, height=56, sentence="s", labelled=True))
    boxes = list(drawing.all("rect"))
    shown = [amount for amount in amounts if amount > 0]
    assert len(boxes) == len(shown)
    at = 0.0
    for box in boxes:
        x, width = numbers(box, "x", "width")
        assert x >= at - 0.01
        assert width >= 3
        at = x + width
    assert at <= 1152.01
    widths = [numbers(box, "width")[0] for box in boxes]
    order = sorted(range(len(shown)), key=shown.__getitem__)
    assert all(widths[a] <= widths[b] + 0.11 for a, b in itertools.pairwise(order))


@pytest.mark.parametrize("width", [1152, 684])
def test_labels_of_the_level_bar_do_not_touch(width: int) -> None:
    """Narrow parts push their labels aside, none leaves the frame."""
    parts = [part(level, amount) for level, amount in zip(LEVELS, [1, 1, 1, 10**9, 1, 1, 1], strict=True)]
    drawing = read_page(draw_level_bar(parts, width=width, height=56, sentence="s", labelled=True))
    starts = [numbers(node, "x")[0] for node in drawing.all("text", _class="c-name")]
    assert all(b - a > 20 for a, b in itertools.pairwise(starts))
    assert starts[-1] + text_width("payee", 13) / 10 <= width


@pytest.mark.parametrize(
    ("amount", "whole", "width"),
    [(0, 5, "0.00"), (5, 5, "100.00"), (1, 3, "33.33"), (7, 5, "100.00"), (-1, 5, "0.00")],
)
def test_share_bars_stay_within_their_track(amount: int, whole: int, width: str) -> None:
    """A share is drawn to a hundredth, and never beyond all."""
    assert f'width="{width}"' in draw_share_bar(amount, whole, level="city", sentence="s")


# --- flow picture -----------------------------------------------------------------------------------------


@st.composite
def books(draw: st.DrawFn) -> FundBook:
    """A book of places at several levels with flows downwards, upwards and within a level."""
    count = draw(st.integers(min_value=1, max_value=14))
    stages = [draw(st.sampled_from(LEVELS)) for _ in range(count)]
    places = [Place("payee" if stage == "payee" else "body", f"B{at}") for at, stage in enumerate(stages)]
    rows = tuple(
        FlowRow(giver=places[a], taker=places[b], amount=draw(st.integers(min_value=-50, max_value=10**12)))
        for a in range(count)
        for b in range(count)
        if a != b and draw(st.booleans())
    )
    positions = {}
    for place, stage in zip(places, stages, strict=True):
        own = 0 if stage == "payee" else draw(st.integers(0, 10**12))  # payees have what somebody paid them
        received = sum(row.amount for row in rows if row.taker == place) + own
        passed = sum(row.amount for row in rows if row.giver == place)
        positions[place] = Position(place=place, stage=stage, received=received, passed=passed)
    return FundBook(
        fund="F", rows=rows, positions=positions, issued=0, matched=0, interest=0, paid=0, paid_grant=0
    )


@given(books(), st.integers(min_value=2, max_value=9))
def test_pictures_group_without_losing_money(book: FundBook, per_level: int) -> None:
    """At most so many nodes a level; ribbons and what is not drawn add up to all flows between levels."""
    picture = draw_from(book, per_level=per_level, name=str, others=str, flagged={})
    for level in LEVELS:
        assert sum(1 for node in picture.nodes if node.stage == level) <= per_level
    stages = {place: one.stage for place, one in book.positions.items()}
    down = [
        row.amount
        for row in book.rows
        if row.amount > 0 and LEVELS.index(stages[row.giver]) < LEVELS.index(stages[row.taker])
    ]
    drawn = {place for place, one in book.positions.items() if one.received > 0 or one.passed > 0}
    if drawn == set(book.positions):
        assert sum(ribbon.amount for ribbon in picture.ribbons) == sum(down)
    sizes = sum(max(one.received, one.passed) for place, one in book.positions.items() if place in drawn)
    assert sum(node.amount for node in picture.nodes) <= sizes
    touched = {end for ribbon in picture.ribbons for end in (ribbon.source, ribbon.target)}
    assert touched <= {node.id for node in picture.nodes}
    assert all(node.id in touched or node.held > 0 or len(book.positions) == 1 for node in picture.nodes)


@given(books())
def test_bars_and_ribbons_share_one_scale_and_never_overlap(book: FundBook) -> None:
    """Bars of a line stand apart and inside the frame; every length follows from its amount alone."""
    picture = draw_from(book, per_level=9, name=str, others=str, flagged={})
    layout = lay_out(picture.nodes, picture.ribbons, stages=STAGES, along=6_200, slot=380, gap=120)
    for line in range(len(layout.stages)):
        bars = sorted((one for one in layout.placed if one.line == line), key=lambda one: one.start)
        for one in bars:
            assert one.length == layout.length(one.node.amount)
            assert one.start >= 0
            assert one.start + one.length <= 6_200
        assert all(a.start + a.length <= b.start for a, b in itertools.pairwise(bars))
    for ribbon in layout.ribbons:
        assert ribbon.source.line < ribbon.target.line
        exact = ribbon.ribbon.amount * layout.amount_span // layout.amount_whole
        assert ribbon.width == max(5, exact)


def province_picture() -> tuple[list[FlowNode], list[FlowRibbon]]:
    """A county that passes most of its money on to two units and a payee, and holds the rest."""
    nodes = [
        FlowNode(id="c", stage="county", name="农安县财政局", amount=1_000, held=300, flagged=100),
        FlowNode(id="u", stage="township", name="水利局", amount=600, held=200),
        FlowNode(id="p", stage="payee", name="Builder & Sons", amount=500),
    ]
    ribbons = [
        FlowRibbon(source="c", target="u", amount=600),
        FlowRibbon(source="c", target="p", amount=100),
        FlowRibbon(source="u", target="p", amount=400),
    ]
    return nodes, ribbons


@pytest.mark.parametrize(("draw", "width"), [(draw_across, 1152), (draw_down, 684), (draw_down, 324)])
def test_flow_drawings_are_whole_and_say_their_amounts(draw: object, width: int) -> None:
    """One ribbon a flow with a tip, one bar a node, stubs for what is held, ids of its own, the same bytes again."""
    nodes, ribbons = province_picture()
    make = draw if callable(draw) else None
    assert make is not None
    first, again = (
        make(nodes, ribbons, stages=STAGES, width=width, texts=TEXTS, uid=f"f{width}") for _ in range(2)
    )
    assert first == again
    drawing = read_page(first)
    assert len(list(drawing.all("path", _class="ribbon"))) == 3
    assert len(list(drawing.all("rect", _class="stub"))) == 2
    assert len(list(drawing.all("rect", _class="stub-flagged"))) == 1
    tips = [node.words() for node in drawing.all("title")]
    assert "水利局 → Builder & Sons: 400" in tips
    ids = [node.attributes["id"] for node in drawing.all() if "id" in node.attributes]
    assert all(one.startswith(f"f{width}-") for one in ids)
    used = set(re.findall(r"url\(#([^)]+)\)", first))
    assert used <= set(ids)
    for box in drawing.all("rect"):
        if "x" in box.attributes:
            x, wide = numbers(box, "x", "width")
            assert x >= -0.1
            assert x + wide <= width + 0.1


def test_the_stub_and_what_left_fill_the_bar() -> None:
    """A bar is the sum of its outgoing ribbons and its stub."""
    nodes, ribbons = province_picture()
    layout = lay_out(nodes, ribbons, stages=STAGES, along=4_000, slot=300, gap=100)
    county = next(one for one in layout.placed if one.node.id == "c")
    left = sum(one.width for one in layout.ribbons if one.source is county)
    assert abs(left + (county.start + county.length - county.stub) - county.length) <= 3


# --- due dates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "narrow"), [(1152, False), (684, False), (324, True)])
def test_shape_says_what_became_of_a_deadline(width: int, narrow: bool) -> None:
    """A diamond each, a disc where done, an arrow where overdue; all inside the frame, months named without overlap."""

    def row(name: str, due: int, done: int | None, state: DueState) -> DueRow:
        day = datetime.date(2026, 1, 1) + datetime.timedelta(days=due)
        finished = None if done is None else datetime.date(2026, 1, 1) + datetime.timedelta(days=done)
        return DueRow(name=name, amount="1.00", due=day, done=finished, state=state, note="n")

    rows = [
        row("kept", 40, 20, "ok"),
        row("late", 60, 70, "late"),
        row("missed", 90, None, "open"),
        row("coming", 400, None, "future"),
    ]
    texts = DueTexts(due="due", done="done", today="as of 2026-05-01", sentence="s", language="en")
    drawing = read_page(
        draw_due_dates(rows, today=datetime.date(2026, 5, 1), width=width, narrow=narrow, texts=texts)
    )
    assert len(list(drawing.all("path", _class="due"))) == 4
    assert [len(list(drawing.all("circle", _class=f"done-{state}"))) for state in ("ok", "late")] == [1, 1]
    assert len(list(drawing.all("path", _class="span-open"))) == 1
    for circle in drawing.all("circle"):
        assert 0 <= numbers(circle, "cx")[0] <= width
    names = sorted(
        (numbers(node, "x")[0], text_width(node.words(), 12) / 10)
        for node in drawing.all("text", _class="c-axis")
    )
    assert all(a + wide <= b for (a, wide), (b, _) in itertools.pairwise(names))


# --- proofs -----------------------------------------------------------------------------------------------


@given(st.integers(min_value=1, max_value=300), st.data())
def test_the_picture_of_a_proof_has_the_sides_of_the_proof(size: int, data: st.DataObject) -> None:
    """Folding the inclusion path by the sides drawn gives the root (RFC 9162 §2.1.3)."""
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    leaves = [leaf_hash(at.to_bytes(2, "big")) for at in range(size)]
    tree = Tree(MemoryHashes(leaves))
    sides, path = siblings_left(index, size), tree.inclusion_path(index, size)
    assert len(sides) == len(path)
    found = leaves[index]
    for left, other in zip(sides, path, strict=True):
        found = node_hash(other, found) if left else node_hash(found, other)
    assert found == tree.root(size)
    drawing = read_page(draw_proof(sides, width=324, leaf="l", root="r", steps="s", sentence="p"))
    assert len(list(drawing.all("rect", _class="proof-given"))) == len(path)


# --- pieces -----------------------------------------------------------------------------------------------


def test_lengths_are_written_in_tenths() -> None:
    """No more digits than needed, and integers throughout."""
    assert [px(tenths) for tenths in (0, 5, 10, 125, -15)] == ["0", "0.5", "1", "12.5", "-1.5"]
    assert trace("M", 5, 10, "h", 20, "Z") == "M0.5,1h2Z"


@given(st.text(max_size=40), st.integers(min_value=0, max_value=3_000))
def test_a_shortened_label_fits(text: str, room: int) -> None:
    """Either the whole text, or an ellipsis at its end and no wider than the room, as far as one sign fits."""
    short = shortened(text, 13, room)
    assert short == text or (short.endswith("…") and text_width(short, 13) <= max(room, text_width("…", 13)))


def test_levels_of_the_code_are_levels_of_the_style() -> None:
    """Every level has its colour in the style sheet for bars, gradients and swatches."""
    css = (STATIC / "portal.css").read_text("utf-8")
    level: Level
    for level in LEVELS:
        for prefix in ("lv", "st", "bg"):
            assert f".{prefix}-{level} {{" in css
