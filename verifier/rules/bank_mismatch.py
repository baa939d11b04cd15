# SPDX-License-Identifier: Apache-2.0
"""R1 账实不符: a report and its bank line agree by reference and differ in amount, or lie days apart.

Semantics R1: the account moves by the bank line, the report lends its purpose as far as it goes. More on the line than was
reported is general money; more in the report than on the line moves nothing. It says that one of two signed statements is
wrong and not that money is gone, hence blue.

Arithmetic on signed facts: proved when the account's own bank posted the line (semantics P7).
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from verifier.basis.findings import Finding, Rule
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import MoneyEntries
from verifier.tracing.money_findings import Lead, account_told, bounded, money_finding

RULE: Final = Rule(
    id="R1",
    version=1,
    title=Told(zh="报告与银行流水不符", en="Report and bank line differ"),
    basis=Told(
        zh="《会计法》第十七条：账实相符；本系统对账规则 R1",
        en="Accounting Law, art. 17; reconciliation rule R1",
    ),
    subject=("what differs", "account", "bank line", "report, where one is concerned"),
    severity="blue",
    tier="T1",
)

_ROWS: Final = """
    SELECT kind, account, line_seq, report_seq, amount, days FROM mismatch WHERE kind <> 'pending'
    ORDER BY account, line_seq, report_seq, kind"""


class _Row(NamedTuple):
    kind: str
    account: str
    line: int
    report: int | None
    amount: int
    days: int


def judge(case: Case, books: MoneyBooks) -> Iterator[Finding]:
    """One finding for each remainder on either side, and for each line too many working days from its report."""
    entries = MoneyEntries(books.workspace)
    for row in books.workspace.rows(_Row, _ROWS):
        yield _finding(case, books, entries, row)


def _finding(case: Case, books: MoneyBooks, entries: MoneyEntries, row: _Row) -> Finding:
    line = entries.entry(row.line)
    report = None if row.report is None else entries.entry(row.report)
    registered = case.standing.accounts.get(row.account)
    by_bank = registered is not None and line.poster == registered.bank
    lead = Lead(
        subject=(row.kind, row.account, line.name, *(() if report is None else (report.name,))),
        finding_class="proved" if by_bank else "indicated",
        severity="blue",
        explanation=_explain(case, books, row, line.name, None if report is None else report.name),
        clears_if=Told(
            zh="对错误报告的冲正和重新登记，或银行出具的更正",
            en="the correction of a wrong report and a new one, or a correction by the bank",
        ),
        account=row.account,
        amount_min=row.amount,
        amount=row.amount,
        first=line,
        decisive=line if report is None else report,
        decisive_on=line.on if report is None else max(line.on, report.on),
        evidence=(),
        figures={"working_days": row.days} if row.kind == "date" else {},
    )
    return money_finding(case, books, RULE, lead)


def _explain(case: Case, books: MoneyBooks, row: _Row, line: str, report: str | None) -> Told:
    account, amount = account_told(case, row.account), case.money(bounded(row.amount))
    match row.kind:
        case "date":
            limit = books.windows.date_days
            return Told(
                zh=f"{account.zh}：报告 {report} 与银行流水 {line} 凭同一编号相符，日期相差 {row.days} 个工作日"
                f"（上限 {limit}）。",
                en=f"{account.en}: report {report} and bank line {line} share a reference and lie {row.days} working "
                f"days apart (limit {limit}).",
            )
        case "line_rest":
            return Told(
                zh=f"{account.zh}：银行流水 {line} 比报告多 {amount.zh}，多出部分无人报告用途。",
                en=f"{account.en}: bank line {line} moved {amount.en} more than its reports tell; nobody says what for.",
            )
        case _:
            return Told(
                zh=f"{account.zh}：报告 {report} 比银行流水多 {amount.zh}，多出部分没有银行流水。",
                en=f"{account.en}: report {report} tells {amount.en} more than its bank lines moved.",
            )
