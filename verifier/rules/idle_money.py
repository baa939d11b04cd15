# SPDX-License-Identifier: Apache-2.0
"""F09 资金闲置沉淀: earmarked money that lies in an account for longer than the days allowed.

Basis: 预算法 (2018) arts. 42, 57. Audit reports count one year and two; 180, 365 and 730 days are convention. Funds and
policy events say otherwise where they do.

Lots of one fund in one account, from tagged movements only (semantics O11): each credit opens one, debits use up the oldest
first. What was overdrawn before is repaid first by the next credit (T7). A lot counts when its days are over and something
of it is left: as-of − date > days, which rolls off no day off. Retention agreed in contracts of the unit's projects is kept
lawfully while it may be held back. An approved phase is a `waiver` of the credit (O6). Money moved elsewhere begins
anew there.

Arithmetic on signed facts; proved only where bank statements cover the account from the credit until its days were over, so
that no use can be missing (semantics P7).
"""

from collections.abc import Iterator
from typing import Final

from ledger.kinds.authority import Disbursement
from ledger.kinds.contract import Contract
from ledger.kinds.fact import Interest, MatchingReceipt, Restitution, Return, Transfer, Use
from verifier.basis.findings import Finding, Rule, Severity
from verifier.basis.rulepack import Addressee
from verifier.duties.duty import Duty, Fact, Filed, Found, Held
from verifier.duties.filing import returned
from verifier.duties.sums import Sums
from verifier.language import Told
from verifier.matters.family import Placed, key_of
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case, evidence
from verifier.obligations.records import Obligation, Opening, Payment
from verifier.posted import PostedEvent
from verifier.reconciliation.money_facts import CREDIT, DEBIT, MoneyFact, Registry, money_fact

RULE: Final = Rule(
    id="F09",
    version=1,
    title=Told(zh="资金闲置沉淀", en="Money lying idle"),
    basis=Told(
        zh="《预算法》（2018年修正）第四十二条、第五十七条", en="Budget Law (as amended 2018), arts. 42, 57"
    ),
    subject=("fund", "account"),
    severity="yellow",
    tier="T0",
)


def file(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Credits and debits that declare a fund, by (fund, account); retention of the unit's contracts."""
    event = posted.event
    if isinstance(event, Contract):
        yield from _held(event, case)
        return
    fact = money_fact(event, _registry(posted, case))
    if fact is None:
        return
    if fact.original is not None:
        yield from returned(posted, case)
        return
    if fact.keeps & DEBIT and fact.debit_fund and fact.from_account:
        yield _left(posted, fact, case)
    if fact.keeps & CREDIT and fact.credit_fund and fact.to_account:
        yield _came(posted, fact, case)


def _subject(opening: Opening) -> tuple[str, ...]:
    return opening.fund, opening.line


DUTY: Final = Duty(
    name="use",
    rule=RULE,
    kinds=(Contract, Disbursement, Interest, MatchingReceipt, Restitution, Return, Transfer, Use),
    file=file,
    subject=_subject,
)


def judge(case: Case, found: Found) -> Iterator[Finding]:
    """At most one finding: the fund in the account, with what lay there too long."""
    lots = [one for one in found.obligations if one.breached]
    kept = sum(
        one.said.amount
        for one in found.matter.facts
        if isinstance(one.said, Held)
        and one.reversed_on is None
        and (one.said.until is None or one.said.until >= case.as_of)
    )
    sums = Sums(obligations=lots)
    if sums.unmet > kept:
        yield _finding(case, found, sums, kept)


def _registry(posted: PostedEvent, case: Case) -> Registry:
    standing = case.standing
    line = standing.lines.get(getattr(posted.event, "line", None) or "")
    funds = {} if line is None else {line.id: line.fund}
    return Registry(accounts=standing.accounts, funds=standing.funds, line_funds=funds)


def _held(event: Contract, case: Case) -> Iterator[Placed[Fact]]:
    project = case.standing.projects.get(event.project)
    if project is not None and event.retention is not None:
        for fund in project.funds:
            said = Held(amount=event.retention, until=event.retention_until)
            yield Placed(about=_keeper(fund, project.unit), said=said)


def _keeper(fund: str, party: str) -> str:
    """By this the accounts of `party` that hold money of `fund` are found; no event has such a name."""
    return f"fund {fund} of {party}"


def _left(posted: PostedEvent, fact: MoneyFact, case: Case) -> Placed[Fact]:
    key = key_of(fact.debit_fund or "", fact.from_account or "")
    paid = Payment(
        entry=evidence(posted),
        on=posted.event.occurred_on,
        recorded=case.recorded_on(posted),
        amount=fact.amount,
        group=key,
        banked=True,
        account=fact.from_account,
        carries=True,
    )
    same = None if fact.bank_ref is None else f"{fact.bank_ref}/{fact.amount}"
    return Placed(matter=key, said=Filed(act=paid, same=same, use=isinstance(posted.event, Use)))


def _came(posted: PostedEvent, fact: MoneyFact, case: Case) -> Placed[Fact]:
    fund, account = fact.credit_fund or "", fact.to_account or ""
    owner = case.standing.owner(account) or ""
    addressee = Addressee(fund=fund, level=case.standing.level(owner))
    lot = Opening(
        entry=evidence(posted),
        on=posted.event.occurred_on,
        recorded=case.recorded_on(posted),
        who=owner,
        amount=fact.amount,
        terms=case.terms.number(case.book.terms(RULE.id, addressee, posted.event.occurred_on)),
        group=key_of(fund, account),
        fund=fund,
        line=account,
        own_act=True,
        rolls=False,
        banked=True,
        carries="begun",
    )
    return Placed(matter=key_of(fund, account), called=_keeper(fund, owner), said=Filed(act=lot))


def _finding(case: Case, found: Found, sums: Sums, kept: int) -> Finding:
    left, oldest, doubt = max(0, sums.outstanding - kept), sums.oldest, sums.doubts()
    entries = {one.name: one for one in found.matter.facts}
    account, days = oldest.opening.line, oldest.terms.number("days")
    idle, came, used, held, still = (
        case.money(amount) for amount in (sums.unmet - kept, sums.asked, sums.in_time, kept, left)
    )
    who = case.party(oldest.opening.who)
    lead = Lead(
        subject=(oldest.opening.fund, account),
        finding_class=sums.class_of(provable=_covered(case, sums, account)),
        severity=_severity(case, oldest, left),
        explanation=Told(
            zh=f"{who.zh}账户 {account} 收到的资金 {oldest.opening.fund} 共 {len(sums.obligations)} 笔、{came.zh}，其中 "
            f"{idle.zh} 到账满 {days} 天仍未使用（到账 {came.zh} − 期内使用 {used.zh} − 依合同留存质保金 {held.zh}），"
            f"最早一笔 {oldest.start} 到账；至今仍有 {still.zh} 未使用。{doubt.zh}",
            en=f"Account {account} of {who.en} received {came.en} of fund {oldest.opening.fund} in "
            f"{len(sums.obligations)} credits, of which {idle.en} was still unused {days} days after it came "
            f"({came.en} received − {used.en} used in that time − {held.en} retention under contracts); the oldest "
            f"came on {oldest.start}. {still.en} is unused now.{doubt.en}",
        ),
        clears_if=Told(
            zh="期内使用的凭证及银行流水；批准分期使用、跨期施工、冻结或延期的文件；或对错误登记的冲正",
            en="records of its use in that time, borne out by the bank; a paper that approved a later phase, a freeze or "
            "more time; or the correction of a wrong record",
        ),
        terms=oldest.terms,
        first=entries[min(sums.obligations, key=lambda one: one.opening.entry.seq).opening.entry.name],
        decisive=entries[oldest.opening.entry.name],
        decisive_on=min(one.known_on for one in sums.obligations),
        evidence=sums.evidence,
        fund=oldest.opening.fund,
        parties=[oldest.opening.who],
        accounts=[account],
        amount_min=max(0, sums.surely - kept),
        amount=sums.unmet - kept,
        amount_max=sums.unmet,
        outstanding=left,
        due=oldest.due,
        state=sums.state if left or sums.state != "overdue" else "met_late",
        figures={
            "credited": sums.asked,
            "used_in_time": sums.in_time,
            "retention": kept,
            "lots": len(sums.obligations),
        },
        marks=sums.marks,
    )
    return finding_of(case, RULE, lead)


def _covered(case: Case, sums: Sums, account: str) -> bool:
    """Whether statements tell of every use that could have been in time."""
    return all(case.bank.covers(account, one.start, one.due) for one in sums.obligations)


def _severity(case: Case, oldest: Obligation, left: int) -> Severity:
    age = (case.as_of - oldest.start).days
    if not left:
        return "yellow"
    if age > oldest.terms.number("red_days"):
        return "red"
    return "orange" if age > oldest.terms.number("orange_days") else "yellow"
