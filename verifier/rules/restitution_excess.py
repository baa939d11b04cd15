# SPDX-License-Identifier: Apache-2.0
"""T19 归垫超出缺额: a restitution of more than the account had lost of the fund.

For information (semantics T19): a restitution counts up to what the account has lost of the line's fund and did not get
back. What it brings beyond that is general money; it may belong to another account, or repair a loss nobody has found yet.
"""

from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import MoneyEntries
from verifier.tracing.money_findings import Lead, account_told, bounded, fund_told, money_finding
from verifier.tracing.trace_tables import FoundExcess

RULE: Final = Rule(
    id="T19",
    version=1,
    title=Told(zh="归垫超出缺额", en="Restitution beyond the loss"),
    basis=Told(zh="本系统归垫规则 T19", en="rule T19 on restitutions"),
    subject=("account", "restitution"),
    severity="blue",
    tier="T0",
)


def judge(case: Case, books: MoneyBooks) -> Iterator[Finding]:
    """One finding for each restitution of which a part makes nothing good."""
    entries = MoneyEntries(books.workspace)
    found: dict[tuple[str, int], FoundExcess] = {}
    for part in books.traced.excesses():
        before = found.get((part.account, part.report))
        found[part.account, part.report] = (
            part if before is None else part._replace(amount=before.amount + part.amount)
        )
    for one in found.values():
        yield _finding(case, books, entries, one)


def _finding(case: Case, books: MoneyBooks, entries: MoneyEntries, one: FoundExcess) -> Finding:
    entry = entries.entry(one.report)
    line = case.standing.lines.get(entry.line or "")
    fund = None if line is None else line.fund
    account, told = account_told(case, one.account), fund_told(case, fund or "?")
    whole, beyond = case.money(entry.amount), case.money(bounded(one.amount))
    counted = case.money(bounded(entry.amount - one.amount))
    lead = Lead(
        subject=(one.account, entry.name),
        finding_class="indicated",
        severity="blue",
        explanation=Told(
            zh=f"{entry.on} 向{account.zh}归垫资金{told.zh} {whole.zh}，该账户该资金未归还的缺额只有 {counted.zh}；"
            f"超出的 {beyond.zh} 按一般资金计。",
            en=f"{whole.en} was put back into {account.en} for fund {told.en} on {entry.on}; only {counted.en} of the fund "
            f"was missing there. The other {beyond.en} counts as general money.",
        ),
        clears_if=Told(
            zh="证明该账户另有尚未查出的占用；或冲正后登记到实际缺款的账户",
            en="proof of a loss in that account which nobody has found yet; or its correction, and a new restitution "
            "into the account that lost the money",
        ),
        account=one.account,
        fund=fund,
        line=entry.line,
        amount=one.amount,
        first=entry,
        decisive=entry,
        decisive_on=entry.on,
        figures={"restitution": entry.amount, "missing": bounded(entry.amount - one.amount)},
    )
    return money_finding(case, books, RULE, lead)
