# SPDX-License-Identifier: Apache-2.0
"""F39 质保金超留、逾期: more retention agreed than allowed, or not released after its day.

Basis: the fund's own rule of retention (`fund.retention`), the lowest share where several funds of the project set one;
else 3 % by convention. 保障中小企业款项支付条例 (Decree 802) art. 13. Released within 14 days of the day until which the
contract holds it back; the days are convention. Held back is what of net amount, or of its
settlement if less, is not paid, at most the retention; nothing is while the rest is not paid either: that is F29.

Beyond the share is arithmetic on the contract itself: proved by the fund's rule, indicated by convention. Not released is
indicated: defects that hold it back lawfully are in no entry (semantics P7).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec

from ledger.document_number import one_spelling
from ledger.kinds.authority import Disbursement
from ledger.kinds.contract import Contract, ContractChange, Settlement
from ledger.kinds.fact import Return, Use
from ledger.kinds.registry import CUSTODIAN_CLASSES, Fund, Project
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee, Terms
from verifier.duties.duty import Agreed, Changed, Duty, Fact, Filed, Filings, Found, Settled
from verifier.duties.filing import returned
from verifier.duties.sums import Sums
from verifier.duties.telling import lead_of, period_told
from verifier.language import Told
from verifier.matters.family import Matter, Noted, Placed
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case, evidence
from verifier.obligations.records import Opening, Payment
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F39",
    version=1,
    title=Told(zh="质保金超留、逾期未退", en="Retention beyond its share or its day"),
    basis=Told(
        zh="《保障中小企业款项支付条例》（国务院令第802号，2025年6月1日起施行）第十三条",
        en="SME Payment Regulations (State Council Decree 802, in force 2025-06-01), art. 13",
    ),
    subject=("contract", "share or release"),
    severity="yellow",
    tier="T0",
)


def file(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """What was agreed, changed, settled and paid, by contract."""
    match posted.event:
        case Contract() as event if event.retention is not None:
            yield from _agreed(posted, event, event.retention, case)
        case ContractChange() as event if event.amount is not None:
            by = event.amount if event.direction == "increase" else -event.amount
            yield Placed(matter=one_spelling(event.contract), said=Changed(by=by))
        case Settlement() as event if event.contract is not None:
            yield Placed(matter=one_spelling(event.contract), said=Settled(amount=event.amount))
        case (Disbursement() | Use()) as event if event.contract is not None:
            yield from _paid(posted, event, case)
        case _:
            yield from returned(posted, case)


def _subject(opening: Opening) -> tuple[str, ...]:
    return opening.group, "release"


def _read(matter: Matter[Fact], filings: Filings) -> Filings:
    """Of payments, what goes beyond all but the retention; none is held back while that is not paid."""
    agreed = _contract(matter)
    acts = list(filings)
    if agreed is None:
        return
    rest = max(0, _due(matter, agreed[1]) - agreed[1].retention)
    paid = sum(act.amount for one, act in acts if isinstance(act, Payment) and one.reversed_on is None)
    gone = 0
    for one, act in acts:
        if isinstance(act, Opening) and paid < rest:
            continue
        if isinstance(act, Payment):
            before, gone = gone, gone + (act.amount if one.reversed_on is None else 0)
            yield one, msgspec.structs.replace(act, amount=max(0, gone - max(rest, before)))
        else:
            yield one, act


DUTY: Final = Duty(
    name="release",
    rule=RULE,
    kinds=(Contract, ContractChange, Disbursement, Return, Settlement, Use),
    file=file,
    subject=_subject,
    read=_read,
)


def judge(case: Case, found: Found) -> Iterator[Finding]:
    """At most one finding for the share, and one for the release."""
    agreed = _contract(found.matter)
    if agreed is not None:
        yield from _beyond(case, found, *agreed)
    late = [one for one in found.obligations if one.breached]
    if late:
        yield _not_released(case, found, Sums(obligations=late))


def _agreed(posted: PostedEvent, event: Contract, retention: int, case: Case) -> Iterator[Placed[Fact]]:
    contract, project = one_spelling(event.id), case.standing.projects.get(event.project)
    fund, terms = _terms(posted, project, case)
    said = Agreed(
        amount=event.amount, supplier=event.supplier, retention=retention, until=event.retention_until
    )
    yield Placed(matter=contract, said=said)
    until = event.retention_until
    opening = Opening(
        entry=evidence(posted),
        on=event.occurred_on if until is None else until,
        recorded=case.recorded_on(posted),
        who=posted.party if project is None else project.unit,
        amount=retention if until is not None else 0,
        terms=case.terms.number(terms),
        group=contract,
        fund=fund,
        line=event.project,
        own_act=True,
        carries="all",
    )
    yield Placed(matter=contract, said=Filed(act=opening))


def _terms(posted: PostedEvent, project: Project | None, case: Case) -> tuple[str, Terms]:
    """The fund and the terms: those of the fund with the lowest share, else those of the pack."""
    funds = () if project is None else project.funds
    fund = funds[0] if funds else ""
    level = case.standing.level(posted.party if project is None else project.unit)
    terms = case.book.terms(RULE.id, Addressee(fund=fund, level=level), posted.event.occurred_on)
    ruled = [one for name in funds if (one := case.standing.funds.get(name)) is not None and one.retention]
    if not ruled:
        return fund, terms
    lowest = min(ruled, key=_share)
    rule = lowest.retention
    if rule is None:  # not among those with a rule
        return fund, terms
    values = tuple(sorted({**dict(terms.values), "cap_num": rule.num, "cap_den": rule.den}.items()))
    sources = tuple(sorted({*terms.sources, f"fund {lowest.id}/{lowest.version}"}))
    basis = Told(zh=rule.basis, en=rule.basis)
    return lowest.id, replace(terms, values=values, basis=basis, status="ledger", sources=sources)


def _share(fund: Fund) -> tuple[int, str]:
    rule = fund.retention
    return (0 if rule is None else 1_000_000_000 * rule.num // rule.den), fund.id


def _paid(posted: PostedEvent, event: Disbursement | Use, case: Case) -> Iterator[Placed[Fact]]:
    """A payment that ends with somebody."""
    found = case.standing.accounts.get(event.to_account or "")
    if found is not None and found.account_class in CUSTODIAN_CLASSES:
        return
    contract = one_spelling(event.contract or "")
    paid = Payment(
        entry=evidence(posted),
        on=event.occurred_on,
        recorded=case.recorded_on(posted),
        amount=event.amount,
        group=contract,
        banked=True,
        account=event.from_account,
        carries=True,
    )
    same = None if event.bank_ref is None else f"{event.bank_ref}/{event.amount}/{event.from_account}"
    yield Placed(matter=contract, said=Filed(act=paid, same=same, use=isinstance(event, Use)))


def _contract(matter: Matter[Fact]) -> tuple[Noted[Fact], Agreed] | None:
    found = [
        (one, one.said) for one in matter.facts if isinstance(one.said, Agreed) and one.reversed_on is None
    ]
    return found[-1] if found else None


def _net(matter: Matter[Fact], agreed: Agreed) -> int:
    standing = (one.said for one in matter.facts if one.reversed_on is None)
    return agreed.amount + sum(said.by for said in standing if isinstance(said, Changed))


def _due(matter: Matter[Fact], agreed: Agreed) -> int:
    """What is to be paid in all: net, or what it was settled at if that is less."""
    settled = [
        one.said.amount for one in matter.facts if isinstance(one.said, Settled) and one.reversed_on is None
    ]
    return min([_net(matter, agreed), *settled[-1:]])


def _beyond(case: Case, found: Found, entry: Noted[Fact], agreed: Agreed) -> Iterator[Finding]:
    """The share that was agreed, where it is more than allowed."""
    filed = next(
        one.said.act
        for one in found.matter.facts
        if one.name == entry.name and isinstance(one.said, Filed) and isinstance(one.said.act, Opening)
    )
    terms = case.terms.numbered[filed.terms]
    net, num, den = _net(found.matter, agreed), terms.number("cap_num"), max(1, terms.number("cap_den"))
    cap = max(0, net) * num // den
    over = agreed.retention - cap
    if over <= 0:
        return
    contract, unit = found.matter.key, case.party(filed.who)
    kept, allowed, more, whole = (case.money(amount) for amount in (agreed.retention, cap, over, net))
    yield finding_of(
        case,
        RULE,
        Lead(
            subject=(contract, "share"),
            finding_class="proved" if terms.status == "ledger" else "indicated",
            severity=RULE.severity,
            explanation=Told(
                zh=f"{unit.zh}的合同 {contract} 金额 {whole.zh}，约定质保金 {kept.zh}，"
                f"超过上限 {allowed.zh}（{whole.zh} × {num}/{den}） {more.zh}。",
                en=f"Contract {contract} of {unit.en} over {whole.en} holds back {kept.en}, {more.en} more than "
                f"{allowed.en} ({whole.en} × {num}/{den}).",
            ),
            clears_if=Told(
                zh="允许更高比例的资金管理办法或合同变更；或对错误登记的冲正",
                en="a rule of the fund that allows a higher share, or a change of the contract; or the correction of a "
                "wrong record",
            ),
            terms=terms,
            first=entry,
            decisive=entry,
            evidence=[one.entry for one in found.matter.facts if isinstance(one.said, Changed)],
            fund=filed.fund or None,
            parties=[filed.who, agreed.supplier],
            amount_min=over if terms.status == "ledger" else 0,
            amount=over,
            outstanding=over,
            figures={"net": net, "held_back": agreed.retention, "cap": cap},
        ),
    )


def _not_released(case: Case, found: Found, sums: Sums) -> Finding:
    agreed, oldest = _contract(found.matter), sums.oldest
    supplier = "" if agreed is None else agreed[1].supplier
    contract, unit, firm = found.matter.key, case.party(oldest.opening.who), case.party(supplier)
    held, unmet, left = (case.money(amount) for amount in (sums.asked, sums.unmet, sums.outstanding))
    days = period_told(oldest)
    lead = lead_of(
        case,
        RULE,
        found,
        sums,
        provable=False,
        explanation=Told(
            zh=f"合同 {contract} 的质保金 {held.zh} 约定留至 {oldest.start}，{unit.zh}应在其后 {days.zh}内、"
            f"即不迟于 {oldest.due} 退付{firm.zh}；该日终了未退付 {unmet.zh}，至今未退付 {left.zh}。",
            en=f"Retention of {held.en} under contract {contract} was agreed until {oldest.start}; {unit.en} had to "
            f"release it to {firm.en} within {days.en}, by {oldest.due}. At the end of that day {unmet.en} was not "
            f"released; {left.en} is not released now.",
        ),
        clears_if=Told(
            zh=f"{oldest.due} 或之前退付的凭证及银行流水；质量缺陷、争议或延长质保期的文件；或对错误登记的冲正",
            en=f"records of its release on or before {oldest.due}, borne out by the bank; papers on defects, a dispute "
            f"or a longer term; or the correction of a wrong record",
        ),
    )
    parties = [one for one in (oldest.opening.who, supplier) if one]
    figures = {"held_back": sums.asked, "unmet_at_due": sums.unmet, "outstanding": sums.outstanding}
    told = replace(lead, subject=(contract, "release"), parties=parties, figures=figures)
    return finding_of(case, RULE, told)
