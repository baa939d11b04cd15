# SPDX-License-Identifier: Apache-2.0
"""The list of bank lines and reports as text: what is open first, then what was found, then the sums."""

from collections.abc import Iterator
from typing import Final

from ledger.amount import group_amount
from verifier.kind_words import KIND_WORDS
from verifier.language import Language, Told, say
from verifier.reconciliation.line_list import LineList, LineStanding, ListedLine, ListedReport, ReportStanding

_STANDINGS: Final[dict[LineStanding, Told]] = {
    "matched": Told(zh="已匹配", en="matched"),
    "partly": Told(zh="部分匹配", en="matched in part"),
    "unmatched": Told(zh="未匹配", en="unmatched"),
    "not_counted": Told(
        zh="未采信（对账单未结或与前一张重叠）",
        en="not counted (its statement is not closed, or overlaps another)",
    ),
}
_REPORTS: Final[dict[ReportStanding, Told]] = {
    "pending": Told(zh="待银行确认", en="waiting for the bank"),
    "unconfirmed": Told(zh="银行未见", en="not at the bank"),
}
_SIDES: Final = {"debit": Told(zh="借", en="debit"), "credit": Told(zh="贷", en="credit")}


def text_of(found: LineList, language: Language) -> Iterator[str]:
    """The lines of the text."""
    yield say(
        Told(zh=f"银行流水对账，截至 {found.as_of}", en=f"bank lines and reports as of {found.as_of}"),
        language,
    )
    for line in found.lines:
        if line.standing != "matched":
            yield from _line(line, language)
    for report in found.reports:
        yield _report(report, language)
    for line in found.lines:
        if line.standing == "matched":
            yield from _line(line, language)
    yield say(_sums(found), language)


def _line(line: ListedLine, language: Language) -> Iterator[str]:
    side, standing = say(_SIDES[line.direction], language), say(_STANDINGS[line.standing], language)
    reference = f"  {line.bank_ref}" if line.bank_ref else ""
    rest = f" {group_amount(line.open)}" if line.standing == "partly" else ""
    yield (
        f"  {standing}{rest}: {line.account} {line.statement}/{line.line_no}  {line.booked_on}  {side} "
        f"{group_amount(line.amount)}{reference}"
    )
    for told in line.reports:
        yield f"      = {say(KIND_WORDS[told.kind], language)} {told.name}  {group_amount(told.amount)}"


def _report(report: ListedReport, language: Language) -> str:
    way = " → ".join(one or "…" for one in (report.from_account, report.to_account))
    standing, kind = say(_REPORTS[report.standing], language), say(KIND_WORDS[report.kind], language)
    return f"  {standing}: {kind} {report.name}  {report.occurred_on}  {group_amount(report.amount)}  {way}"


def _sums(found: LineList) -> Told:
    matched, partly = found.count("matched"), found.count("partly")
    open_, aside = found.count("unmatched"), found.count("not_counted")
    return Told(
        zh=f"流水 {len(found.lines)} 行：已匹配 {matched}，部分匹配 {partly}，未匹配 {open_}，未采信 {aside}；"
        f"银行未见的报告 {len(found.reports)} 笔。",
        en=f"{len(found.lines)} bank lines: {matched} matched, {partly} in part, {open_} unmatched, {aside} not counted; "
        f"{len(found.reports)} reports without a line.",
    )
