# SPDX-License-Identifier: Apache-2.0
"""The drawings of one fund, each at three widths: its flow, its due dates, and the sentences that stand for them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from api.portal.amounts import Unit
from api.portal.due_dates import DueRow, DueTexts, draw_due_dates
from api.portal.flow_picture import FlowPicture, draw_from
from api.portal.sankey import FlowTexts, draw_across, draw_down
from api.portal.visit import Visit
from api.projection.fund_book import FundBook
from api.projection.places import STAGES

_SPOKEN_FLOWS: Final = 5
_WIDTHS: Final = ((1152, 8), (684, 7), (324, 4))
"""Widths of the three drawings in pixels, and how many places of one level each of them shows."""


def flow_pictures(visit: Visit, book: FundBook, flagged: Mapping[str, int]) -> list[FlowPicture]:
    """What is drawn of `book` at each of the three widths; `flagged` is money in question by party."""
    names, words = visit.names, visit.frame.words
    return [
        draw_from(
            book,
            per_level=per_level,
            name=names.place_text,
            others=lambda count: words.text("place.others", n=count),
            flagged=flagged,
        )
        for _, per_level in _WIDTHS
    ]


def flow_drawings(visit: Visit, book: FundBook, pictures: Sequence[FlowPicture]) -> Iterator[Markup]:
    """The flow at 1152, 684 and 324 pixels: across on the widest, from top to bottom on the others."""
    words, money = visit.frame.words, visit.frame.money
    unit = picture_unit(visit, book)
    texts = FlowTexts(
        titles={stage: words.text(f"level.{stage}") for stage in STAGES},
        held=words.text("fund.held"),
        flagged=words.text("fund.flagged_short"),
        amount=lambda amount: money.bare(amount, unit),
        sentence=_spoken(visit, book),
    )
    for (width, _), picture in zip(_WIDTHS, pictures, strict=True):
        draw = draw_across if width > 1_000 else draw_down  # noqa: PLR2004 - wide enough to read from left to right
        yield draw(
            picture.nodes, picture.ribbons, stages=STAGES, width=width, texts=texts, uid=f"flow{width}"
        )


def picture_unit(visit: Visit, book: FundBook) -> Unit:
    """One unit for every figure in the picture."""
    return visit.frame.money.unit([book.total], columns=True)


def _spoken(visit: Visit, book: FundBook) -> str:
    """The largest flows in words, for those who do not see the picture."""
    words, money, names = visit.frame.words, visit.frame.money, visit.names
    largest = sorted(book.rows, key=lambda row: -row.amount)[:_SPOKEN_FLOWS]
    parts = [
        words.text(
            "fund.flow_part",
            giver=names.place_text(row.giver),
            taker=names.place_text(row.taker),
            amount=money.text(row.amount),
        )
        for row in largest
    ]
    if len(book.rows) > _SPOKEN_FLOWS:
        parts.append(words.text("fund.flow_more"))
    return words.text("fund.flow_sentence", parts=words.text("words.separator").join(parts))


def due_drawings(visit: Visit, rows: Sequence[DueRow]) -> Iterator[Markup]:
    """The due dates at the same three widths; none without rows, or before the first judgement."""
    if not rows or visit.judged is None:
        return
    words = visit.frame.words
    told = [f"{row.name} {row.note}" for row in rows[:_SPOKEN_FLOWS]]
    texts = DueTexts(
        due=words.text("fund.key_due"),
        done=words.text("fund.key_done"),
        today=words.text("words.as_of", date=visit.judged.as_of.isoformat()),
        sentence=words.text(
            "fund.timeline_sentence", n=len(rows), parts=words.text("words.separator").join(told)
        ),
        language=visit.frame.language,
    )
    for width, narrow in ((1152, False), (684, False), (324, True)):
        yield draw_due_dates(rows, today=visit.judged.as_of, width=width, narrow=narrow, texts=texts)
