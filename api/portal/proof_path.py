# SPDX-License-Identifier: Apache-2.0
"""The inclusion proof as a picture: from the leaf to the root, at each step the hash beside the path (RFC 9162 §2.1.3)."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from api.portal.svg import PX, box, drawing, label, px

_PAD: Final = 30 * PX
_BASE: Final = 46 * PX
_RISE: Final = 24 * PX
_END: Final = 7 * PX
_JOINT: Final = 3 * PX
_SQUARE: Final = 4 * PX


def siblings_left(index: int, size: int) -> list[bool]:
    """For each hash of the inclusion path of leaf `index` in a tree of `size`: whether it stands to the left."""
    sides: list[bool] = []
    last = size - 1
    while last:
        if index % 2 == 1 or index < last:  # else it stands alone at the right edge and moves up unchanged
            sides.append(index % 2 == 1)
        index, last = index // 2, last // 2
    return sides


def draw_proof(
    sides: Sequence[bool], *, width: int, leaf: str, root: str, steps: str, sentence: str
) -> Markup:
    """The path at `width` pixels; hashes that stand to the left of it hang above, the others below."""
    step = (width * PX - 2 * _PAD) // max(1, len(sides))
    drawn: list[str] = []
    for at, left in enumerate(sides):
        x0, x1 = _PAD + at * step, _PAD + (at + 1) * step
        x, y = (x0 + x1) // 2, _BASE - _RISE if left else _BASE + _RISE
        drawn.append(_line(x, y, x1, _BASE, "proof-side"))
        drawn.append(_square(x, y))
        drawn.append(_line(x0, _BASE, x1, _BASE, "proof-own"))
    for at in range(len(sides) + 1):
        end = at in {0, len(sides)}
        drawn.append(_disc(_PAD + at * step, _END if end else _JOINT))
    below = _BASE + _RISE + 24 * PX
    drawn.append(label(0, below, leaf, "c-name"))
    if sides:
        drawn.append(label(width * PX, below, root, "c-name", "end"))
        drawn.append(label(width * PX // 2, below + 18 * PX, steps, "c-axis", "middle"))
    return drawing(width * PX, below + 26 * PX, drawn, sentence=sentence, kind="proof")


def _line(x1: int, y1: int, x2: int, y2: int, kind: str) -> str:
    return f'<line class="{kind}" x1="{px(x1)}" y1="{px(y1)}" x2="{px(x2)}" y2="{px(y2)}"/>'


def _square(x: int, y: int) -> str:
    return box(x - _SQUARE, y - _SQUARE, 2 * _SQUARE, 2 * _SQUARE, "proof-given", radius=15)


def _disc(x: int, radius: int) -> str:
    return f'<circle class="proof-node" cx="{px(x)}" cy="{px(_BASE)}" r="{px(radius)}"/>'
