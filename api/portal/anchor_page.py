# SPDX-License-Identifier: Apache-2.0
"""The page to print: the ledger's name, size and root, for gazettes, notice boards and minutes (spec §2.11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import segno
from markupsafe import Markup

from api.portal.frame import Frame
from ledger.anchor import PrintedAnchor, format_anchor

QUIET: Final = 4
"""Empty modules around a QR code (ISO/IEC 18004)."""
GROUP: Final = 4
"""Characters that a person compares at one look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorPage:
    """The line to print, the root in hex in groups, the QR code of the line, and the instant of the last entry."""

    text: str
    origin: str
    size: int
    groups: tuple[str, ...]
    code: Markup
    recorded: str


def anchor_page(frame: Frame, *, label: str) -> AnchorPage:
    """The page for the head of `frame`; `label` names the QR code for readers who do not see it."""
    head, origin = frame.head, frame.genesis.origin
    text = format_anchor(PrintedAnchor(origin=origin, size=head.size, root=bytes.fromhex(head.root)))
    return AnchorPage(
        text=text,
        origin=origin,
        size=head.size,
        groups=tuple(head.root[at : at + GROUP] for at in range(0, len(head.root), GROUP)),
        code=qr_code(text, label=label),
        recorded=frame.moment(head.recorded),
    )


def qr_code(text: str, *, label: str) -> Markup:
    """`text` as a QR code with medium error correction, one SVG unit to a module, black on white in every theme."""
    rows = [[bool(module) for module in row] for row in segno.make_qr(text, error="m").matrix]
    side = len(rows) + 2 * QUIET
    path = "".join(f"M{x + QUIET} {y + QUIET}h{width}v1h-{width}z" for x, y, width in _runs(rows))
    drawing = Markup(
        '<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{label}" shape-rendering="crispEdges">'
        '<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
    )
    return drawing.format(side=side, label=label, path=path)


def _runs(rows: list[list[bool]]) -> Iterator[tuple[int, int, int]]:
    """Column, row and length of each stretch of dark modules."""
    for y, row in enumerate(rows):
        start: int | None = None
        for x, dark in enumerate([*row, False]):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                yield start, y, x - start
                start = None
