# SPDX-License-Identifier: Apache-2.0
"""Drawings as SVG text: no script, no style attribute, colours by class only, so that one drawing serves every theme.

Geometry is in whole tenths of a pixel, computed with integers: the same figures give the same bytes on every machine,
and a bar is as exact as its amount.
"""

from collections.abc import Iterable
from typing import Final, Literal

from markupsafe import Markup, escape

PX: Final = 10
"""Tenths in a pixel: every coordinate and length in this package counts these."""

Anchor = Literal["start", "middle", "end"]

_NARROW: Final = frozenset("ilIjtf.,·':;|!()[] ")
_BROAD: Final = frozenset("mwMW@%—…")
_WIDE_FROM: Final = 0x2E80
"""Code points from here on (CJK and full width) take a whole em."""


def px(tenths: int) -> str:
    """`tenths` of a pixel as SVG writes it: 125 → ``12.5``, 120 → ``12``."""
    whole, rest = divmod(abs(tenths), PX)
    return f"{'-' if tenths < 0 else ''}{whole}{f'.{rest}' if rest else ''}"


def text_width(text: str, size: int) -> int:
    """About how wide `text` is at `size` pixels, in tenths of a pixel, on the safe side."""
    return sum(map(_hundredths, text)) * size * PX // 100


def _hundredths(character: str) -> int:
    """How wide a bold character is, in hundredths of the type size."""
    if ord(character) >= _WIDE_FROM:
        return 100
    if character in _NARROW:
        return 36
    if character in _BROAD:
        return 94
    return 74 if character.isupper() else 61


def shortened(text: str, size: int, room: int) -> str:
    """`text`, cut with an ellipsis where it is wider than `room` tenths of a pixel at `size` pixels."""
    if text_width(text, size) <= room:
        return text
    kept = text
    while kept and text_width(kept + "…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…" if kept else "…"


def label(x: int, y: int, text: str, kind: str, anchor: Anchor = "start") -> str:
    """A text element at (`x`, `y`) tenths, of class `kind`."""
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{px(x)}" y="{px(y)}" class="{kind}"{side}>{escape(text)}</text>'


def box(  # noqa: PLR0913 - the sides of a rectangle
    x: int, y: int, width: int, height: int, kind: str, *, title: str = "", radius: int = 0, fill: str = ""
) -> str:
    """A rectangle of class `kind`; `title` is what a pointer resting on it is told, `fill` the id of a pattern."""
    round_ = f' rx="{px(radius)}"' if radius else ""
    paint = f' fill="url(#{fill})"' if fill else ""
    inside = f"<title>{escape(title)}</title></rect>" if title else "</rect>"
    place = f'x="{px(x)}" y="{px(y)}" width="{px(width)}" height="{px(height)}"'
    return f'<rect class="{kind}"{paint} {place}{round_}>{inside}'


def path(d: str, kind: str, *, title: str = "", fill: str = "") -> str:
    """A path of class `kind`; `fill` is the id of a gradient."""
    paint = f' fill="url(#{fill})"' if fill else ""
    inside = f"<title>{escape(title)}</title></path>" if title else "</path>"
    return f'<path class="{kind}"{paint} d="{d}">{inside}'


def trace(*steps: str | int) -> str:
    """The `d` of a path: commands as given, numbers in tenths of a pixel: ``trace("M", 5, 10)`` → ``M0.5,1``."""
    drawn: list[str] = []
    for at, step in enumerate(steps):
        if isinstance(step, str):
            drawn.append(step)
        else:
            after_number = at > 0 and isinstance(steps[at - 1], int)
            drawn.append(f",{px(step)}" if after_number else px(step))
    return "".join(drawn)


def hatch(uid: str) -> str:
    """The pattern of money in question, with an id of its own for each drawing."""
    return (
        f'<pattern id="{uid}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="6" height="6" class="hatch-ground"/><rect width="2.4" height="6" class="hatch-line"/></pattern>'
    )


def drawing(width: int, height: int, parts: Iterable[str], *, sentence: str, kind: str) -> Markup:
    """An SVG image of `width` by `height` tenths that says `sentence` to those who do not see it."""
    size = f'viewBox="0 0 {px(width)} {px(height)}" width="{px(width)}" height="{px(height)}"'
    told = f'role="img" aria-label="{escape(sentence)}"'
    return Markup(f'<svg class="chart {kind}" {size} {told}>{"".join(parts)}</svg>')  # noqa: S704 - parts escape their text
