# SPDX-License-Identifier: Apache-2.0
"""A report as pages to print (PDF, A4 upright): headline figures, then every finding as text that flows over pages.

The font is a standard one of PDF for simplified Chinese, which every reader brings; nothing of it is in the file.
"""

import io
from collections.abc import Iterable, Iterator
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepTogether, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from api.reports.cards import Card, card
from api.reports.overview import difference_rows, head_rows, sums_rows
from api.reports.speech import Speech
from api.reports.words import AMOUNTS, COUNTED, WORKED
from verifier.audit_report.records import Report
from verifier.language import Language

FONT: Final = "STSong-Light"
CARDS_MAX: Final = 1_000
"""Most findings in full on paper: some five hundred pages."""

_MARGIN: Final = 16 * mm
_ROOM: Final = A4[0] - 2 * _MARGIN - 12
"""Width of text: reportlab leaves six points inside each margin."""
_TEXT: Final = ParagraphStyle("text", fontName=FONT, fontSize=9, leading=14, wordWrap="CJK", spaceAfter=3)
_SMALL: Final = ParagraphStyle("small", parent=_TEXT, fontSize=7.5, leading=11, spaceAfter=1)
_RIGHT: Final = ParagraphStyle("right", parent=_SMALL, alignment=2)
_TITLE: Final = ParagraphStyle("title", parent=_TEXT, fontSize=18, leading=26, spaceAfter=6)
_PART: Final = ParagraphStyle(
    "part", parent=_TEXT, fontSize=13, leading=19, spaceBefore=10, spaceAfter=4, keepWithNext=1
)
_LEAD: Final = ParagraphStyle("lead", parent=_TEXT, fontSize=11, leading=16, spaceBefore=10, keepWithNext=1)
_LABEL: Final = ParagraphStyle(
    "label", parent=_SMALL, textColor=colors.HexColor("#43504C"), spaceBefore=4, keepWithNext=1
)
_GRID: Final = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#9AA5B1")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)


def write_pdf(report: Report, language: Language) -> bytes:
    """The pages in `language`, with ledger, size and root under each; the same report gives the same bytes."""
    registerFont(UnicodeCIDFont(FONT))
    speak, head, sink = Speech(report, language), report.head, io.BytesIO()
    foot = f"{'DEMO · ' if head.demo else ''}{head.origin} · {head.size:,} · {head.root[:16]}…"

    def footed(canvas: Canvas, _page: object) -> None:
        canvas.setFont(FONT, 7.5)
        canvas.drawString(_MARGIN, 9 * mm, foot)
        canvas.drawRightString(A4[0] - _MARGIN, 9 * mm, str(canvas.getPageNumber()))

    page = SimpleDocTemplate(
        sink, pagesize=A4, title=f"{speak.text('report')} {head.origin} {head.as_of}", author="fundtrace", invariant=1,
        leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN + 2 * mm,
    )  # fmt: skip
    page.build(list(_parts(speak, report)), onFirstPage=footed, onLaterPages=footed)
    return sink.getvalue()


def _parts(speak: Speech, report: Report) -> Iterator[Any]:
    yield _para(f"{speak.text('report')} · {report.head.name}", _TITLE)
    if report.head.demo:
        yield _para(speak.text("demo"), _LEAD)
    yield _para(speak.text("lead"), _TEXT)
    yield from _headlines(speak, report)
    for key in ("by_rule", "by_fund", "by_place"):
        rows = sums_rows(speak, key, report)
        if rows:
            yield _para(speak.text(key), _PART)
            titles = (speak.text("group"), speak.sum("findings"), *map(speak.sum, AMOUNTS))
            cells = [
                (name, f"{one.findings:,}", *(speak.money(getattr(one, each)) for each in AMOUNTS))
                for name, one in rows
            ]
            yield _table([titles, *cells], (46, 10, 26, 26, 26))
    yield from _cards(speak, report)
    yield from _rest(speak, report)


def _headlines(speak: Speech, report: Report) -> Iterator[Any]:
    total = report.total
    yield _para(speak.text("headlines"), _PART)
    worked = tuple(name for name in WORKED if getattr(total, name))
    rows = [(speak.sum(name), speak.money(getattr(total, name))) for name in (*AMOUNTS, *worked)]
    rows += [(speak.sum(name), f"{getattr(total, name):,}") for name in COUNTED]
    rows += [(speak.state(state), f"{count:,}") for state, count in report.states.items()]
    yield _table(rows, (60, 40), headed=False)
    yield _para(speak.text("union"), _SMALL)
    if total.undecidable:
        yield _para(speak.text("undecided"), _SMALL)


def _cards(speak: Speech, report: Report) -> Iterator[Any]:
    yield _para(speak.text("cards"), _PART)
    if not report.findings:
        yield _para(speak.text("none"), _TEXT)
    for one in report.findings[:CARDS_MAX]:
        yield from _card(speak, card(speak, report, one))
    rest = len(report.findings) - CARDS_MAX
    if rest > 0:
        yield _para(speak.text("more", n=f"{rest:,}"), _TEXT)


def _card(speak: Speech, one: Card) -> Iterator[Any]:
    chips = f"{one.severity} · {one.finding_class} · {one.state}"
    amounts = " · ".join(f"{name} {value}" for name, value in one.amounts)
    yield KeepTogether(
        [_para(f"{one.rule} {one.title}", _LEAD), _para(chips, _SMALL), _para(amounts, _SMALL)]
    )
    yield _para(one.explanation, _TEXT)
    yield from (_para(f"! {note}", _SMALL) for note in one.notes)
    for key, text in (("basis", one.basis), ("clears", one.clears)):
        yield _para(speak.text(key), _LABEL)
        yield _para(text, _SMALL)
    yield from _listed(speak, "arithmetic", one.figures, (60, 40))
    yield from _listed(speak, "parameters", one.parameters, (60, 40))
    yield from _listed(speak, "evidence", one.evidence, (8, 38, 54), right=False)
    yield from _listed(speak, "steps", one.steps, (12, 14, 54, 20), right=False)
    pack = () if one.pack is None else ((speak.text("pack"), one.pack),)
    yield Spacer(0, 1 * mm)
    yield _table([*one.facts, *pack], (24, 76), headed=False, right=False)


def _listed(
    speak: Speech, key: str, rows: tuple[tuple[str, ...], ...], widths: tuple[int, ...], *, right: bool = True
) -> Iterator[Any]:
    if rows:
        yield _para(speak.text(key), _LABEL)
        yield _table(rows, widths, headed=False, right=right)


def _rest(speak: Speech, report: Report) -> Iterator[Any]:
    """What was not judged, cases about no finding, the ledger, and how to check."""
    if report.gaps:
        yield _para(speak.text("gaps"), _PART)
        yield _table(
            [(one.rule, speak.say(one.reason), f"{one.times:,}") for one in report.gaps],
            (8, 80, 12),
            headed=False,
        )
    if report.own_rules is not None:
        yield _para(speak.text("own_rules"), _PART)
        yield from (
            _para(speak.say(told), _SMALL) for told in (report.own_rules.closing, *report.own_rules.brought)
        )
        rows = difference_rows(speak, report.own_rules)
        if rows:
            yield _table(rows, (7, 10, 18, 18, 47), headed=False, right=False)
    if report.other_cases:
        yield _para(speak.text("other_cases"), _PART)
        yield _para(speak.text("other_note"), _SMALL)
        others = [
            (one.case, speak.state(one.state), str(one.steps[-1].on), one.finding or speak.text("sealed"))
            for one in report.other_cases
        ]
        yield _table(others, (20, 20, 14, 46), headed=False, right=False)
    yield _para(speak.text("ledger"), _PART)
    yield _table(head_rows(speak, report), (22, 78), headed=False, right=False)
    yield _para(speak.text("check"), _PART)
    yield _para(speak.text("check_note"), _SMALL)
    yield from (_para(line, _SMALL) for line in report.head.checkpoint.splitlines())
    yield _para(speak.text("rules"), _PART)
    yield _table(
        [(one.id, speak.say(one.title), one.tier, speak.say(one.basis)) for one in report.rules],
        (7, 25, 6, 62),
        headed=False,
        right=False,
    )


def _para(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text), style)


def _table(
    rows: Iterable[tuple[str, ...]], shares: tuple[int, ...], *, headed: bool = True, right: bool = True
) -> LongTable:
    """Cells of text; `shares` of the width for each column, figures at the right from the second column on."""
    widths = [_ROOM * share / sum(shares) for share in shares]
    styles = [_SMALL, *[_RIGHT if right else _SMALL] * (len(shares) - 1)]
    cells = [[_para(text, style) for text, style in zip(row, styles, strict=True)] for row in rows]
    return LongTable(cells, colWidths=widths, repeatRows=int(headed), style=_GRID, splitInRow=1)
