# SPDX-License-Identifier: Apache-2.0
"""T17 退回未注明原业务: money that came back without naming the payment that it undoes.

For information (semantics T17): without a reference nothing is undone; the money counts as a plain credit, of the fund
that the return declares or general.
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import MoneyEntries
from verifier.tracing.money_findings import Lead, account_told, bounded, money_finding

RULE: Final = Rule(
    id="T17",
    version=1,
    title=Told(zh="退回未注明原业务", en="Return without reference"),
    basis=Told(zh="本系统退回规则 T17", en="rule T17 on returns"),
    subject=("return",),
    severity="blue",
    tier="T0",
)

_ROWS: Final = """
    SELECT seq, coalesce(CASE WHEN keeps & 2 OR inside THEN to_account ELSE from_account END, '')
    FROM report WHERE kind = 'return' AND void = 0 AND original_seq IS NULL ORDER BY seq"""


def judge(case: Case, books: MoneyBooks) -> Iterator[Finding]:
    """One finding for each return that names no payment, or one that does not count."""
    entries = MoneyEntries(books.workspace)
    for seq, account in books.workspace.rows(_pair, _ROWS):
        entry = entries.entry(seq)
        told, amount = account_told(case, account), case.money(bounded(entry.amount))
        lead = Lead(
            subject=(entry.name,),
            finding_class="indicated",
            severity="blue",
            explanation=Told(
                zh=f"{entry.on} 退回 {amount.zh}（{told.zh}），未注明原业务，按普通收款计，不冲抵任何支出。",
                en=f"{amount.en} was returned on {entry.on} ({told.en}) without naming a payment: it counts as a plain "
                f"credit and undoes nothing.",
            ),
            clears_if=Told(
                zh="冲正后重新登记，并注明原业务",
                en="its correction, and a new return that names the payment",
            ),
            account=account,
            amount=entry.amount,
            first=entry,
            decisive=entry,
            decisive_on=entry.on,
            line=entry.line,
        )
        yield money_finding(case, books, RULE, lead)


def _pair(seq: int, account: str) -> tuple[int, str]:
    return seq, account
