# SPDX-License-Identifier: Apache-2.0
"""What each reported event says about money: which account it leaves, which it enters, and whose money it declares.

| kind | leaves `from_account` as | enters `to_account` as |
|---|---|---|
| disbursement | money of the line's fund | the same |
| transfer | its tag, or general | the same |
| use | its tag, or general | general: use ends the earmark (semantics T1) |
| interest | – | its tag, or general (T16) |
| matching_receipt | general money of the payer | the fund's match; in kind: nothing moves |
| return | what had entered there | what had left there (T17); without reference: its tag, or general |
| restitution | general money of the giver | the line's fund, up to what it lost there (T19) |

Only custodian accounts are kept (T1), by the class that the registry holds at the event's own position. A direct payment
into a custodian account is no final payment: the earmark goes on there. An unreferenced return without a tag is general
on both sides: the sender's general money leaves first, and what that leaves short is found at the sender (T17).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Interest, MatchingReceipt, Restitution, Return, Transfer, Use
from ledger.kinds.form import kind_of
from ledger.kinds.registry import CUSTODIAN_CLASSES, Account, Fund, Project
from ledger.kinds.vocabulary import AnyEvent
from verifier.reconciliation.pools import Pools

DEBIT: Final = 1
"""The side on which money leaves; also the bit of `MoneyFact.keeps` that says an account there is kept."""

CREDIT: Final = 2


class MoneyFact(NamedTuple):
    """One report of money that moved; `keeps` says which sides are custodian accounts (DEBIT | CREDIT).

    `debit_fund` and `credit_fund` are the funds the two sides declare, None for general money; `source` and `line`
    complete the tag. `payee` is who gets it in the end, as far as said. `functional` and `economic` are the declared
    classes, `outside` says that one lies outside the fund's scope (T13). `original` names what a return undoes,
    `repairs` the event or finding that a restitution makes good. `astray` says that a use names a project which the fund
    of its tag does not finance (T12). Accounts of a pool are told as the pool, with sub-ledgers in `from_sub` and `to_sub`;
    `inside` says that both sides are of one pool, so that no bank line is needed (T5).
    """

    kind: str
    amount: int
    from_account: str | None = None
    to_account: str | None = None
    keeps: int = 0
    debit_fund: str | None = None
    credit_fund: str | None = None
    source: str | None = None
    line: str | None = None
    payee: str | None = None
    bank_ref: str | None = None
    voucher: str | None = None
    functional: str | None = None
    economic: str | None = None
    original: str | None = None
    direct: bool = False
    outside: bool = False
    repairs: str | None = None
    astray: bool = False
    from_sub: str | None = None
    to_sub: str | None = None
    inside: bool = False


class Registry(NamedTuple):
    """What the log has registered so far: accounts, funds, the fund of each line, projects."""

    accounts: Mapping[str, Account]
    funds: Mapping[str, Fund]
    line_funds: Mapping[str, str]
    projects: Mapping[str, Project] = MappingProxyType({})


def in_pools(fact: MoneyFact, pools: Pools) -> MoneyFact:
    """`fact` between pools (T5)."""
    giver, taker = pools.of(fact.from_account), pools.of(fact.to_account)
    if giver == fact.from_account and taker == fact.to_account:
        return fact
    inside = giver == taker
    return fact._replace(
        from_account=giver,
        to_account=taker,
        from_sub=fact.from_account if giver != fact.from_account or inside else None,
        to_sub=fact.to_account if taker != fact.to_account or inside else None,
        keeps=0 if inside else fact.keeps,
        inside=inside,
    )


def money_fact(event: AnyEvent, registry: Registry) -> MoneyFact | None:
    """What `event` reports about money, judged by `registry` as it stands; None if it moves none in a kept account."""
    match event:
        case Disbursement():
            fact = _disbursement(event, registry)
        case Use():
            fact = _use(event, registry)
        case Transfer():
            fact = _transfer(event)
        case Return():
            fact = _return(event)
        case Restitution():
            fact = _restitution(event, registry)
        case MatchingReceipt() if event.source != "in_kind":
            fact = _matched(event)
        case Interest():
            fact = _interest(event)
        case _:
            return None
    keeps = DEBIT * _kept(fact.from_account, registry) | CREDIT * _kept(fact.to_account, registry)
    return fact._replace(keeps=keeps) if keeps else None


def outside_scope(fund: Fund | None, functional: str | None, economic: str | None) -> bool:
    """Whether a declared class lies outside what `fund` allows (T13): codes are compared by prefix.

    A class not declared and a list not given say nothing. A denied economic class is outside even where allowed.
    """
    if fund is None:
        return False
    if functional is not None and fund.functional and not _begins(functional, fund.functional):
        return True
    if economic is None:
        return False
    return _begins(economic, fund.denied_economic) or bool(
        fund.economic and not _begins(economic, fund.economic)
    )


def _disbursement(event: Disbursement, registry: Registry) -> MoneyFact:
    fund = registry.line_funds.get(event.line)
    payees = f"list:{event.payee_list}" if event.payee_list else None
    return _reported(event)._replace(
        from_account=event.from_account,
        to_account=event.to_account,
        debit_fund=fund,
        credit_fund=fund,
        source="grant",
        line=event.line,
        payee=event.payee or payees or event.to_account,
        functional=event.functional,
        economic=event.economic,
        direct=event.mode == "direct",
        outside=outside_scope(registry.funds.get(fund or ""), event.functional, event.economic),
    )


def _use(event: Use, registry: Registry) -> MoneyFact:
    fact = _tagged(event)
    project = registry.projects.get(event.project or "")
    return fact._replace(
        from_account=event.from_account,
        to_account=event.to_account,
        credit_fund=None,
        astray=project is not None and fact.debit_fund is not None and fact.debit_fund not in project.funds,
        payee=event.payee or event.to_account,
        functional=event.functional,
        economic=event.economic,
        outside=outside_scope(registry.funds.get(fact.debit_fund or ""), event.functional, event.economic),
    )


def _transfer(event: Transfer) -> MoneyFact:
    return _tagged(event)._replace(
        from_account=event.from_account, to_account=event.to_account, payee=event.to_account
    )


def _return(event: Return) -> MoneyFact:
    """Tagged as declared; a reference decides later, when the original is known (`verifier.reconciliation.fact_tables`)."""
    return _tagged(event)._replace(
        from_account=event.from_account,
        to_account=event.to_account,
        payee=event.to_account,
        original=event.event,
    )


def _restitution(event: Restitution, registry: Registry) -> MoneyFact:
    return _reported(event)._replace(
        from_account=event.from_account,
        to_account=event.to_account,
        credit_fund=registry.line_funds.get(event.line),
        line=event.line,
        payee=event.to_account,
        repairs=event.event or event.finding,
    )


def _matched(event: MatchingReceipt) -> MoneyFact:
    return _reported(event)._replace(
        from_account=event.from_account,
        to_account=event.account,
        credit_fund=event.fund,
        source="match",
        payee=event.account,
    )


def _interest(event: Interest) -> MoneyFact:
    return _tagged(event)._replace(to_account=event.account, debit_fund=None)


def _tagged(event: Use | Transfer | Return | Interest) -> MoneyFact:
    """As `_reported`, with both sides declared to be what the tag says; without one, general money."""
    tag = event.tag
    if tag is None:
        return _reported(event)
    return _reported(event)._replace(
        debit_fund=tag.fund, credit_fund=tag.fund, source=tag.source, line=tag.line
    )


def _reported(
    event: Disbursement | Use | Transfer | Return | Restitution | MatchingReceipt | Interest,
) -> MoneyFact:
    """What every report has: its kind, its amount, and the papers by which a bank line may know it."""
    return MoneyFact(kind=kind_of(event), amount=event.amount, bank_ref=event.bank_ref, voucher=event.voucher)


def _kept(account: str | None, registry: Registry) -> bool:
    found = registry.accounts.get(account) if account else None
    return found is not None and found.account_class in CUSTODIAN_CLASSES


def _begins(code: str, prefixes: Sequence[str]) -> bool:
    return any(code.startswith(prefix) for prefix in prefixes)
