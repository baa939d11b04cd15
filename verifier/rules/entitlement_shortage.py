# SPDX-License-Identifier: Apache-2.0
"""F02 专项资金余额低于应保留额: an account that no longer holds what it owes a fund (lowest intermediate balance).

Basis: 预算法 (2018) art. 93(5), 处罚处分条例 (Decree 427) art. 6(2). After reconciliation every account owes each fund what
came in for it less what went out as declared. Other payments take other money first; when the balance falls below what is
owed, the difference was spent on something else, and money of other sources that comes later does not make it good.

An auditor may select FIFO, LIFO or pro-rata by fund (semantics T15): then a finding stands where that rule takes money of
the fund, `amount` is the rule's, the bounds stay, and it is proved only as far as the minimum reaches.

Three amounts (semantics T8): the provable minimum (this fund alone, the most favourable order of each day), the fund's
proportional share of what the account is short, and the greedy maximum. Proved if the minimum, or a part of it, rests on
signed statements with a known opening and nothing is in doubt; otherwise indicated. Where the balance is not known, what
may be missing is undecidable and never reads as clean (T4).

Arithmetic on statements signed by the account's bank (semantics P7).
"""

import datetime
from collections.abc import Iterator
from typing import Final

from verifier.basis.findings import Finding, FindingClass, Mark, Rule, Severity, Step, finding_id
from verifier.basis.tracing_rule import DEFAULT_TRACING, TRACING_RULES
from verifier.language import Told
from verifier.matters.correcting import as_corrected
from verifier.obligations.case import Case
from verifier.reconciliation.approvals import Approval
from verifier.tracing.money_books import MoneyBooks
from verifier.tracing.money_entries import EntryTold, MoneyEntries
from verifier.tracing.money_findings import Lead, account_told, bounded, fund_told, money_finding
from verifier.tracing.shortages import Loss, Shortage
from verifier.tracing.sub_ledgers import ShortSub, short_subs
from verifier.tracing.trace_tables import FoundShortage

RULE: Final = Rule(
    id="F02",
    version=1,
    title=Told(zh="专项资金余额低于应保留额", en="Earmarked money no longer held"),
    basis=Told(
        zh="《预算法》（2018年修正）第九十三条第五项；《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第六条第二项",
        en="Budget Law (as amended 2018), art. 93(5); State Council Decree 427 (rev. 2011), art. 6(2)",
    ),
    subject=("fund", "account", "first entry after which the account was short"),
    severity="red",
    tier="T1",
)

CREDITS_SHOWN: Final = 5
"""Most credits of the fund, the latest first, that the evidence shows; the sums need all of them."""


def judge(case: Case, books: MoneyBooks) -> Iterator[Finding]:
    """One finding for each shortage of a fund in an account, from its first loss until it was restored in full."""
    entries = MoneyEntries(books.workspace)
    for found in books.traced.shortages():
        yield _finding(case, books, entries, found)
    for found in books.traced.shortages(corrected=True):
        closed = _finding(case, books, entries, found)
        yield as_corrected(closed, books.corrections.of(found.account, (one.name for one in closed.evidence)))


def _finding(case: Case, books: MoneyBooks, entries: MoneyEntries, found: FoundShortage) -> Finding:
    short, account = found.shortage, found.account
    decisive, first = entries.entry(short.decisive.seq), entries.entry(short.first.seq)
    named = decisive if short.named is None else entries.entry(short.named.seq)
    kind = _class(case, account, short, decisive)
    came = list(entries.credits_before(account, short.fund, short.decisive.day, most=CREDITS_SHOWN))
    lost = [(loss, entries.entry(loss.entry.seq)) for loss in short.losses]
    reports = [entries.entry(loss.entry.report) for loss in short.losses if loss.entry.report]
    subject = (short.fund, account, named.name)
    subs = short_subs(books.workspace, account, short.decisive.day) if books.is_pool(account) else []
    exempt = books.approvals.of_finding(finding_id(case.genesis_hash, RULE.id, subject))
    lead = Lead(
        subject=subject,
        finding_class=kind,
        severity="yellow" if exempt is not None else _severity(short, kind),
        explanation=_with_subs(
            case, _with_orders(case, _explain(case, found, kind, decisive, exempt), short), subs
        ),
        clears_if=Told(
            zh="证明该账户当日另有属于该资金的款项（如定期存款、同一资金池的其他账户）；或该笔支出实为该资金用途的凭证；"
            "或按原渠道归还的凭证；或补交缺失的对账单",
            en="proof that the account held money of the fund elsewhere on that day (a term deposit, another account of "
            "the same pool); or that the payment served the fund; or that the money went back the way it came; or the "
            "statements that are missing",
        ),
        account=account,
        subs=tuple(one.account for one in subs),
        fund=short.fund,
        amount_min=short.amount_min,
        amount=short.amount,
        amount_max=short.amount_max,
        restored=short.restored,
        first=first,
        decisive=decisive,
        decisive_on=entries.decidable_on(decisive),
        evidence=[
            *(one.evidence for one in (*came, *reports, named, *(entry for _, entry in lost))),
            *(() if exempt is None else (exempt.evidence,)),
        ],
        paths=tuple((_step(account, loss, entry),) for loss, entry in lost),
        figures={
            "balance": short.balance,
            "owed_to_funds": short.owed,
            "joint_min": found.joint,
            "peak_outstanding": short.peak,
            **_orders(short),
        },
        parameters={"tracing": case.tracing},
        marks=_marks(short, kind),
        state=None if exempt is None else "exempt",
        settled=exempt is not None,
    )
    return money_finding(case, books, RULE, lead)


def _orders(short: Shortage) -> dict[str, int]:
    """The maximum in each order of the days, where they differ (T2)."""
    names = ("most_stated", "most_credits_first", "most_debits_first")
    return dict(zip(names, short.orders, strict=True)) if len(set(short.orders)) > 1 else {}


def _with_orders(case: Case, told: Told, short: Shortage) -> Told:
    """`told`, with what the order within a day, which the law leaves open, makes of the maximum (T2)."""
    if not _orders(short):
        return told
    stated, credits_, debits = (case.money(bounded(one)) for one in short.orders)
    return Told(
        zh=f"{told.zh}同日先后不影响“至少”一数；“至多”按银行顺序 {stated.zh}，先收后付 {credits_.zh}，"
        f"先付后收 {debits.zh}。",
        en=f"{told.en} The order within a day leaves the least as it is; the most is {stated.en} in the bank's order, "
        f"{credits_.en} with credits first, {debits.en} with debits first.",
    )


def _with_subs(case: Case, told: Told, subs: list[ShortSub]) -> Told:
    """`told`, with the sub-ledgers of the pool that are short by their own reports (T5)."""
    if not subs:
        return told
    amounts = [(account_told(case, one.account), case.money(bounded(one.amount))) for one in subs]
    zh = "、".join(f"{account.zh}（{amount.zh}）" for account, amount in amounts)
    en = ", ".join(f"{account.en} ({amount.en})" for account, amount in amounts)
    return Told(
        zh=f"{told.zh}资金池内按报告不足的子账户：{zh}。",
        en=f"{told.en} Sub-ledgers of the pool short by their reports: {en}.",
    )


def _class(case: Case, account: str, short: Shortage, decisive: EntryTold) -> FindingClass:
    if not short.resolved:
        return "undecidable"
    registered = case.standing.accounts.get(account)
    by_bank = registered is not None and decisive.poster == registered.bank
    return "proved" if short.proved and by_bank else "indicated"


def _severity(short: Shortage, kind: FindingClass) -> Severity:
    if kind == "undecidable" or short.outstanding == 0:
        return "yellow"
    return "red" if kind == "proved" else "orange"


def _marks(short: Shortage, kind: FindingClass) -> frozenset[Mark]:
    marks: set[Mark] = set()
    if short.by_report:
        marks.add("reported_only")
    if kind == "undecidable":
        marks.add("unresolved")
    elif short.amount_min and not short.proved and not short.by_report:
        marks.add("pending")
    return frozenset(marks)


def _step(account: str, loss: Loss, entry: EntryTold) -> Step:
    flags = ("SHORTAGE", *(() if loss.entry.bank else ("REPORTED",)))
    return Step(
        event=entry.name,
        amount=bounded(loss.amount),
        on=datetime.date.fromordinal(loss.entry.day),
        from_=account,
        to=entry.other,
        flags=tuple(sorted(flags)),
    )


def _explain(
    case: Case, found: FoundShortage, kind: FindingClass, decisive: EntryTold, exempt: Approval | None
) -> Told:
    told = _arithmetic(case, found, kind, decisive)
    if exempt is None:
        return told
    day = datetime.date.fromordinal(exempt.day)
    return Told(
        zh=f"{told.zh}{day} 由 {exempt.document} 豁免。",
        en=f"{told.en} {exempt.document} exempted it on {day}.",
    )


def _arithmetic(case: Case, found: FoundShortage, kind: FindingClass, decisive: EntryTold) -> Told:
    short = found.shortage
    account, fund = account_told(case, found.account), fund_told(case, short.fund)
    day = datetime.date.fromordinal(short.decisive.day)
    money = case.money
    amount = money(bounded(short.amount))
    least, most = money(bounded(short.amount_min)), money(bounded(short.amount_max))
    back, open_ = money(bounded(short.restored)), money(bounded(short.outstanding))
    whole = _whole(case, found)
    if kind == "undecidable":
        return Told(
            zh=f"{account.zh} 自 {day}（{decisive.name}）起可能已不足以保有资金{fund.zh}：按已知数据缺 {amount.zh}，"
            f"但期初余额或其间流水不全，现有数据不能判定。{whole.zh}",
            en=f"From {day} ({decisive.name}) on {account.en} may no longer hold what it owes fund {fund.en}: {amount.en} "
            f"is missing by what is known, but the opening balance or lines in between are not, so this cannot be decided. "
            f"{whole.en}",
        )
    if case.tracing != DEFAULT_TRACING:
        rule = TRACING_RULES[case.tracing]
        return Told(
            zh=f"按选定的{rule.zh}，{account.zh} 自 {day}（{decisive.name}）起有资金{fund.zh}的 {amount.zh} 被其他支出占用"
            f"（至少 {least.zh}，至多 {most.zh}）；已归还 {back.zh}，尚缺 {open_.zh}。"
            f"“至少”一数不随所选方法改变：该账户余额不足以保有该资金的部分。{whole.zh}",
            en=f"By the selected rule ({rule.en}), from {day} ({decisive.name}) on other payments from {account.en} took "
            f"{amount.en} of fund {fund.en} (at least {least.en}, at most {most.en}); {back.en} came back, {open_.en} is "
            f"outstanding. The least is the same under every rule: what the balance could no longer cover. {whole.en}",
        )
    return Told(
        zh=f"{account.zh} 在 {day}（{decisive.name}）之后余额不足以保有各专项资金。"
        f"资金{fund.zh}少了 {amount.zh}（至少 {least.zh}，至多 {most.zh}）；已归还 {back.zh}，尚缺 {open_.zh}。{whole.zh}",
        en=f"After {day} ({decisive.name}) {account.en} held less than it owed to earmarked funds. Fund {fund.en} lost "
        f"{amount.en} (at least {least.en}, at most {most.en}); {back.en} came back, {open_.en} is outstanding. {whole.en}",
    )


def _whole(case: Case, found: FoundShortage) -> Told:
    """The arithmetic of the account over all its funds, and the most that was open at once."""
    short = found.shortage
    balance, owed, joint, peak = (
        case.money(bounded(value)) for value in (short.balance, short.owed, found.joint, short.peak)
    )
    return Told(
        zh=f"账户余额 {balance.zh}，应为各专项资金保有 {owed.zh}；各资金合计短缺 {joint.zh}，该资金最多时短缺 {peak.zh}。",
        en=f"The account held {balance.en} and owed funds {owed.en}; all funds together were short of {joint.en}, this one "
        f"of {peak.en} at most.",
    )
