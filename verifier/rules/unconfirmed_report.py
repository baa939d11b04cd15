# SPDX-License-Identifier: Apache-2.0
"""R2 报告无流水: a report on covered days that no bank line bears out.

For information (semantics R2): the statements of the account are there, the line is not, and more than `report_days`
working days have passed. The report moves no money and fulfils nothing.
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
    id="R2",
    version=1,
    title=Told(zh="报告没有银行流水", en="Report without a bank line"),
    basis=Told(
        zh="《会计法》第十七条：账实相符；本系统对账规则 R2",
        en="Accounting Law, art. 17; reconciliation rule R2",
    ),
    subject=("account", "side", "report"),
    severity="blue",
    tier="T1",
)

_ROWS: Final = """
    SELECT account, side, report_seq, amount, days FROM mismatch WHERE kind = 'pending'
    ORDER BY account, report_seq, side"""


class _Row(NamedTuple):
    account: str
    side: int
    report: int
    amount: int
    days: int


def judge(case: Case, books: MoneyBooks) -> Iterator[Finding]:
    """One finding for each report that its account's statements do not bear out."""
    entries = MoneyEntries(books.workspace)
    for row in books.workspace.rows(_Row, _ROWS):
        report = entries.entry(row.report)
        account, amount = account_told(case, row.account), case.money(bounded(row.amount))
        limit = books.windows.report_days
        lead = Lead(
            subject=(row.account, "debit" if row.side == 1 else "credit", report.name),
            finding_class="indicated",
            severity="blue",
            explanation=Told(
                zh=f"报告 {report.name} 称 {report.on} {account.zh} 收付 {amount.zh}，该账户对账单已覆盖该日，"
                f"{row.days} 个工作日后仍无相应流水（期限 {limit}）。该报告不计收付。",
                en=f"Report {report.name} tells that {amount.en} moved on {report.on} in {account.en}; the statements "
                f"cover that day and show no such line after {row.days} working days (limit {limit}). It moves nothing.",
            ),
            clears_if=Told(
                zh="银行补登的流水，或对错误报告的冲正",
                en="the missing bank line, or the correction of a wrong report",
            ),
            account=row.account,
            amount=row.amount,
            first=report,
            decisive=report,
            decisive_on=report.on,
            line=report.line,
            figures={"working_days": row.days},
        )
        yield money_finding(case, books, RULE, lead)
