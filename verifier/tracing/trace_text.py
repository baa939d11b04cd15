# SPDX-License-Identifier: Apache-2.0
"""A trace for people: the tree of lines, the accounts, the payees, the payments, and what was cut."""

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.amount import group_amount
from verifier.basis.tracing_rule import DEFAULT_TRACING, TRACING_RULES
from verifier.kind_words import KIND_WORDS
from verifier.language import Language, Told, say
from verifier.tracing.line_tree import LineStand
from verifier.tracing.trace_records import AccountStand, MoneyTrace, Payment

_LINE_COLUMNS: Final[dict[str, Told]] = {
    "received": Told(zh="收到", en="received"),
    "split_out": Told(zh="分解", en="split"),
    "lowered": Told(zh="调减", en="lowered"),
    "recalled": Told(zh="收回", en="recalled"),
    "carried_out": Told(zh="结转", en="carried over"),
    "disbursed": Told(zh="拨付", en="disbursed"),
    "restored": Told(zh="退回恢复", en="restored"),
    "free": Told(zh="可用", en="free"),
}
_CASH_COLUMNS: Final[dict[str, Told]] = {
    "came_in": Told(zh="流入", en="came in"),
    "used": Told(zh="使用", en="used"),
    "out_of_scope": Told(zh="其中超范围", en="of it out of scope"),
    "passed_on": Told(zh="转拨", en="passed on"),
    "returned": Told(zh="退回", en="returned"),
    "left": Told(zh="按登记应存", en="should be left"),
    "beyond": Told(
        zh="支出超过流入（来源在账外或先行垫付）",
        en="out beyond what came in (from outside the record, or ahead)",
    ),
    "elsewhere": Told(zh="由其他资金垫付或账外来源支付", en="paid from other money"),
    "held": Told(zh="现存", en="on hand"),
    "advance": Told(zh="垫付未补", en="advanced"),
    "lost": Told(zh="被占用", en="diverted"),
    "unresolved": Told(zh="不能判定", en="cannot be decided"),
    "taken": Told(zh="按选定方法被占用", en="taken by the selected rule"),
    "fund_lost": Told(zh="该资金在此账户被占用（不分指标）", en="this account lost of the whole fund"),
    "balance": Told(zh="账户余额", en="balance"),
}
_AUTHORITY: Final[dict[str, Told]] = {
    "issued": Told(zh="下达净额", en="issued"),
    "free": Told(zh="可用", en="free"),
    "disbursed": Told(zh="拨付", en="disbursed"),
    "restored": Told(zh="退回恢复", en="restored"),
}
_HEADINGS: Final[dict[str, Told]] = {
    "lines": Told(zh="指标", en="Lines"),
    "accounts": Told(zh="账户", en="Accounts"),
    "payees": Told(zh="最终收款人", en="Paid in the end to"),
    "payments": Told(zh="收付经过", en="Payments"),
}
_STANDINGS: Final[dict[str, Told]] = {
    "booked": Told(zh="银行已记账", en="booked"),
    "unfed": Told(zh="仅有报告", en="reported only"),
    "pending": Told(zh="待银行印证", en="awaits the bank"),
    "refuted": Told(zh="银行无此流水", en="not at the bank"),
    "void": Told(zh="不计（已冲正或同一笔）", en="does not count (reversed or told twice)"),
}
_LIST: Final = Told(zh="发放清单", en="payment list")
_LIST_DIGITS: Final = 16


def text_of(trace: MoneyTrace, currency: str, language: Language) -> Iterator[str]:
    """The trace line by line; amounts in `currency` with two decimals."""
    asked = trace.fund if trace.line is None else f"{trace.line} ({trace.fund})"
    date = {"zh": f"截至 {trace.as_of}，币种 {currency}", "en": f"as of {trace.as_of}, in {currency}"}[
        language
    ]
    yield f"{asked}  {date}"
    if trace.rule != DEFAULT_TRACING:
        yield say(TRACING_RULES[trace.rule], language)
    yield _sums(trace.authority, _AUTHORITY, language)
    yield _sums(trace.cash, _CASH_COLUMNS, language)
    sections: tuple[tuple[str, list[str]], ...] = (
        ("lines", [_line(one, language) for one in trace.lines]),
        ("accounts", [_account(one, language) for one in trace.accounts]),
        (
            "payees",
            [
                f"{_payee(one.payee, language)}  {group_amount(one.amount)}  ({one.payments})"
                for one in trace.payees
            ],
        ),
        ("payments", [_payment(one, language) for one in trace.payments]),
    )
    for name, rows in sections:
        yield ""
        yield say(_HEADINGS[name], language)
        yield from (f"  {row}" for row in rows)
        if name in trace.cut:
            left = trace.cut[name]
            yield {
                "zh": f"  … 另有 {left} 行未列出（--rows、--depth）",
                "en": f"  … {left} more (--rows, --depth)",
            }[language]


def _line(one: LineStand, language: Language) -> str:
    sign = "" if one.asked else "^ "
    amounts = {name: getattr(one, name) for name in _LINE_COLUMNS}
    arrow = f"{one.giver} → {one.holder}"
    told = _sums(amounts, _LINE_COLUMNS, language, always=("received", "free"))
    return f"{'  ' * one.depth}{sign}{one.id}  {arrow}  {one.opened_on}  {told}"


def _account(one: AccountStand, language: Language) -> str:
    amounts = {name: getattr(one, name) for name in _CASH_COLUMNS}
    return (
        f"{one.account} ({one.owner or '?'})  {_sums(amounts, _CASH_COLUMNS, language, always=('balance',))}"
    )


def _payment(one: Payment, language: Language) -> str:
    standing = say(_STANDINGS[one.standing], language)
    booked = "" if one.booked_on is None else f" {one.booked_on}"
    way = f"{one.from_ or '·'} → {one.to or '·'}"
    kind = say(KIND_WORDS[one.kind], language)
    return f"{one.on}  {group_amount(one.amount)}  {way}  {kind}  {one.event} #{one.seq}  {standing}{booked}"


def _payee(payee: str, language: Language) -> str:
    """Who was paid in the end; the persons on a list by the beginning of its hash."""
    digest = payee.removeprefix("list:")
    return payee if digest == payee else f"{say(_LIST, language)} {digest[:_LIST_DIGITS]}…"


def _sums(
    amounts: Mapping[str, int | None],
    names: Mapping[str, Told],
    language: Language,
    *,
    always: tuple[str, ...] = (),
) -> str:
    """The amounts that say something, each with its name."""
    return "  ".join(
        f"{say(told, language)} {group_amount(amount)}"
        for name, told in names.items()
        if (amount := amounts.get(name)) is not None and (amount or name in always)
    )
