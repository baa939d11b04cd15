# SPDX-License-Identifier: Apache-2.0
"""Sheets as pages to print (PDF, A4 across), with the root of the ledger and the page number on every one.

The font is a standard one of PDF for simplified Chinese, which every reader brings; nothing of it is in the file.
"""

from typing import Any, BinaryIO, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from api.books.sheet import Cell, Money, Sheet
from ledger.amount import group_amount

FONT: Final = "STSong-Light"
_MARGIN: Final = 12 * mm
_SIZE: Final = 7
_PAGE: Final = landscape(A4)
_STYLES: Final = [
    ("FONT", (0, 0), (-1, -1), FONT, _SIZE),
    ("GRID", (0, 0), (-1, -1), 0.25, colors.HexColor("#9AA5B1")),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
]
_SHADE: Final = colors.HexColor("#E7EDF3")
_STRONG: Final = colors.HexColor("#FFF2CC")


def print_sheets(sheets: tuple[Sheet, ...], sink: BinaryIO, *, title: str, foot: str) -> None:
    """`sink` holds the pages of `sheets`; `foot` stands under each of them, and `title` in the file's own head."""
    registerFont(UnicodeCIDFont(FONT))
    text = ParagraphStyle("text", fontName=FONT, fontSize=_SIZE, leading=_SIZE * 1.3, wordWrap="CJK")
    above = ParagraphStyle("above", parent=text, fontSize=13, leading=18)
    parts: list[Any] = []
    for number, one in enumerate(sheets):
        if number:
            parts.append(PageBreak())
        parts.append(Paragraph(escape(one.title), above))
        parts.extend(Paragraph(escape(note), text) for note in one.notes)
        parts.append(Spacer(0, 2 * mm))
        if one.rows:
            parts.append(_table(one, text))
    page = SimpleDocTemplate(
        sink, pagesize=_PAGE, title=title, author="fundtrace", invariant=1,
        leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN + 4 * mm,
    )  # fmt: skip

    def footed(canvas: Canvas, _page: object) -> None:
        canvas.setFont(FONT, _SIZE)
        canvas.drawString(_MARGIN, 8 * mm, foot)
        canvas.drawRightString(_PAGE[0] - _MARGIN, 8 * mm, str(canvas.getPageNumber()))

    page.build(parts, onFirstPage=footed, onLaterPages=footed)


def _table(sheet: Sheet, text: ParagraphStyle) -> LongTable:
    right = ParagraphStyle("right", parent=text, alignment=2)
    room = _PAGE[0] - 2 * _MARGIN
    widths = [room * width / sum(sheet.widths) for width in sheet.widths]
    headed = int(any(sheet.columns))
    rows = [[Paragraph(escape(heading), text) for heading in sheet.columns]] * headed
    rows += [[_cell(value, text, right) for value in row] for row in sheet.rows]
    styles: list[Any] = [*_STYLES, *[("BACKGROUND", (0, 0), (-1, 0), _SHADE)] * headed]
    marked = [row + headed for row in sheet.strong if row < len(sheet.rows)]
    styles += [("BACKGROUND", (0, row), (-1, row), _STRONG) for row in marked]
    return LongTable(rows, colWidths=widths, repeatRows=headed, style=TableStyle(styles))


def _cell(value: Cell, text: ParagraphStyle, right: ParagraphStyle) -> Paragraph:
    match value:
        case Money():
            return Paragraph(group_amount(value.amount), right)
        case None:
            return Paragraph("", text)
        case _:
            return Paragraph(escape(str(value)), text)
