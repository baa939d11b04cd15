# SPDX-License-Identifier: Apache-2.0
"""Where the money stands: one bar of the whole, cut by level; and small bars of a share inside table rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from api.portal.svg import PX, box, drawing, label, path, text_width, trace

_GAP: Final = 2 * PX
_LEAST: Final = 3 * PX
_NAME_SIZE: Final = 13
_FIGURE_SIZE: Final = 17
_LABEL_HEIGHT: Final = 78 * PX
_LABEL_GAP: Final = 18 * PX
_LABEL_INSET: Final = 9 * PX


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPart:
    """One part of the bar: money at `level`, in minor units, with the texts beside it."""

    level: str
    amount: int
    name: str
    figure: str
    share: str
    exact: str


def draw_level_bar(
    parts: Sequence[LevelPart], *, width: int, height: int, sentence: str, labelled: bool
) -> Markup:
    """The bar at `width` by `height` pixels; each part as wide as its amount, labels below it when `labelled`.

    Parts without money are left out; a part is never thinner than 3 px, so that it can be seen.
    """
    shown = [part for part in parts if part.amount > 0]
    widths = _widths([part.amount for part in shown], width * PX)
    drawn: list[str] = []
    at = 0
    starts: list[int] = []
    for part, wide in zip(shown, widths, strict=True):
        starts.append(at)
        drawn.append(
            box(at, 0, wide, height * PX, f"lv-{part.level}", title=f"{part.name} {part.exact}", radius=20)
        )
        at += wide + _GAP
    if labelled:
        drawn.extend(_labels(shown, starts, widths, top=height * PX, room=width * PX))
    full = height * PX + (_LABEL_HEIGHT if labelled else 0)
    return drawing(width * PX, full, drawn, sentence=sentence, kind="level-bar")


def draw_share_bar(part: int, whole: int, *, level: str, sentence: str) -> Markup:
    """A bar that fills its cell: `part` of `whole`, in the colour of `level`."""
    filled = max(0, min(10_000, 10_000 * part // whole)) if whole > 0 else 0
    inside = (
        '<rect class="track" width="100" height="8"/>'
        f'<rect class="lv-{escape(level)}" width="{filled // 100}.{filled % 100:02d}" height="8"/>'
    )
    head = '<svg class="share-bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img"'
    return Markup(f'{head} aria-label="{escape(sentence)}">{inside}</svg>')  # noqa: S704 - texts are escaped above


def _widths(amounts: Sequence[int], room: int) -> list[int]:
    """Widths in proportion, none below the least, together with the gaps no more than `room`."""
    total = sum(amounts)
    free = room - _GAP * max(0, len(amounts) - 1)
    small = [amount * free // total < _LEAST for amount in amounts]
    rest = sum(amount for amount, tiny in zip(amounts, small, strict=True) if not tiny)
    left = free - _LEAST * sum(small)
    return [_LEAST if tiny else amount * left // rest for amount, tiny in zip(amounts, small, strict=True)]


def _labels(
    parts: Sequence[LevelPart], starts: Sequence[int], widths: Sequence[int], *, top: int, room: int
) -> list[str]:
    needs = [_label_width(part) for part in parts]
    places = _side_by_side(starts, needs, room)
    drawn: list[str] = []
    for part, start, wide, x in zip(parts, starts, widths, places, strict=True):
        foot = min(max(x + PX, start + PX), start + wide - PX)
        drawn.extend(
            (
                path(_leader(foot, x + PX, top), "leader"),
                label(x + _LABEL_INSET, top + 30 * PX, part.name, "c-name"),
                label(x + _LABEL_INSET, top + 50 * PX, part.figure, "c-figure"),
                label(x + _LABEL_INSET, top + 68 * PX, part.share, "c-axis"),
            )
        )
    return drawn


def _label_width(part: LevelPart) -> int:
    return _LABEL_INSET + max(text_width(part.name, _NAME_SIZE), text_width(part.figure, _FIGURE_SIZE))


def _side_by_side(starts: Sequence[int], needs: Sequence[int], room: int) -> list[int]:
    """Left edges of the labels: at their parts where they fit, else pushed right, then back from the right edge."""
    places: list[int] = []
    free_from = 0
    for start, need in zip(starts, needs, strict=True):
        places.append(max(start, free_from))
        free_from = places[-1] + need + _LABEL_GAP
    limit = room
    for at in range(len(places) - 1, -1, -1):
        places[at] = max(0, min(places[at], limit - needs[at]))
        limit = places[at] - _LABEL_GAP
    return places


def _leader(foot: int, x: int, top: int) -> str:
    """From the part at `foot` down to its label at `x`."""
    return trace("M", foot, top + 3 * PX, "v", 5 * PX, "L", x, top + 16 * PX, "v", 56 * PX)
