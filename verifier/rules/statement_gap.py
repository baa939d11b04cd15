# SPDX-License-Identifier: Apache-2.0
"""T2 对账单断档: statements of one account that do not follow one another.

Between two stretches of closed statements nobody knows what moved (semantics T2): the days are reported only, and what the
next balance leaves short is unresolved. Undecidable by itself; amount = the difference of the two balances.
"""

import datetime
from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.language import Told
from verifier.obligations.case import Case
from verifier.reconciliation.coverage import Gap
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import MoneyEntries
from verifier.tracing.money_findings import Lead, account_told, money_finding

RULE: Final = Rule(
    id="T2",
    version=1,
    title=Told(zh="对账单断档", en="Gap between bank statements"),
    basis=Told(
        zh="《人民币银行结算账户管理办法》关于对账的规定；本系统覆盖规则 T2",
        en="rules on reconciliation of settlement accounts; coverage rule T2",
    ),
    subject=("account", "statement after the gap"),
    severity="blue",
    tier="T1",
)


def judge(case: Case, books: MoneyBooks) -> Iterator[Finding]:
    """One finding for each gap between covered stretches, up to the as-of date."""
    entries = MoneyEntries(books.workspace)
    as_of = case.as_of.toordinal()
    for _, coverage in sorted(books.coverage.items()):
        for gap in coverage.gaps:
            if gap.before_day <= as_of:
                yield _finding(case, books, entries, gap)


def _finding(case: Case, books: MoneyBooks, entries: MoneyEntries, gap: Gap) -> Finding:
    statement = entries.entry(gap.seq)
    account = account_told(case, gap.account)
    after, before = (datetime.date.fromordinal(day) for day in (gap.after_day, gap.before_day))
    closing, opening = case.money(gap.closing), case.money(gap.opening)
    lead = Lead(
        subject=(gap.account, statement.name),
        finding_class="undecidable",
        severity="blue",
        explanation=Told(
            zh=f"{account.zh}：{after} 终了余额 {closing.zh}，下一份对账单自 {before} 起，期初余额 {opening.zh}；"
            f"其间收付不明。",
            en=f"{account.en}: the balance at the end of {after} is {closing.en}; the next statement begins on {before} "
            f"with {opening.en}. What moved in between is not known.",
        ),
        clears_if=Told(zh="缺失期间的对账单", en="the statements of the missing days"),
        account=gap.account,
        amount=abs(gap.opening - gap.closing),
        first=statement,
        decisive=statement,
        decisive_on=entries.decidable_on(statement),
        figures={"closing_before": gap.closing, "opening_after": gap.opening},
        marks=frozenset({"unresolved"}),
    )
    return money_finding(case, books, RULE, lead)
