# SPDX-License-Identifier: Apache-2.0
"""F40 公开不及时: what is to be made public is not, by its day.

Basis: 政采条例 (procurement) art. 50: contracts within 2 working days; 信息公开条例 art. 26: what is to be disclosed
unasked within 20 working days of its making, here fund documents and lists of persons paid. Owed by the unit of the
project, the issuer of the fund, and who posted the list. Met by a publication that names the thing, or the event that
registered it.

Judged from the position on at which the ledger admits publications; contracts and lists before it are counted as not
judged. What is public may not have been recorded: indicated (semantics P7). What may not be public has a paper: a `waiver`.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ledger.kinds.contract import Contract
from ledger.kinds.fact import PayeeList, Publication
from ledger.kinds.registry import Fund
from verifier.basis.findings import Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.duties.duty import Duty, Fact, Filed, Filings, Found, Unjudged
from verifier.duties.sums import Sums
from verifier.duties.telling import counted, days_of, lead_of, period_told
from verifier.language import Told
from verifier.matters.family import Matter, Placed
from verifier.matters.lead import finding_of
from verifier.obligations.case import Case, evidence
from verifier.obligations.records import Obligation, Opening, Payment
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F40",
    version=1,
    title=Told(zh="公开不及时", en="Late disclosure"),
    basis=Told(
        zh="《政府信息公开条例》第二十六条；《政府采购法实施条例》第五十条",
        en="Regulations on Government Information, art. 26; Implementing Regulations of the Procurement Law, art. 50",
    ),
    subject=("event that made it",),
    severity="yellow",
    tier="T0",
)

_ADMITTED: Final = "publication/1"
_UNSEEN: Final = Told(
    zh="账本尚未启用公示登记，合同和发放清单是否公开无从得知",
    en="the ledger admits no publications yet: whether contracts and lists are public cannot be seen",
)


def file(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """What is to be made public, and what was, by the thing."""
    match posted.event:
        case Contract() as event:
            project = case.standing.projects.get(event.project)
            who = posted.party if project is None else project.unit
            fund = project.funds[0] if project is not None else ""
            yield _to_publish(posted, f"contract {event.id}", (who, fund, "contract_days"), case)
        case PayeeList() as event:
            yield _to_publish(posted, f"list {event.root}", (posted.party, event.fund, "list_days"), case)
        case Fund() as event if event.version == 1 and _ADMITTED in case.admitted:
            yield _to_publish(posted, f"fund {event.id}", (event.issuer, event.id, "fund_days"), case)
        case Publication() as event:
            yield from _published(posted, event, case)
        case _:
            pass


def _read(matter: Matter[Fact], filings: Filings) -> Filings:
    """All of one thing."""
    for one, act in filings:
        yield one, msgspec.structs.replace(act, group=matter.key) if isinstance(act, Payment) else act


DUTY: Final = Duty(
    name="publish",
    rule=RULE,
    kinds=(Contract, Fund, PayeeList, Publication),
    file=file,
    read=_read,
    counted=True,
)


def judge(case: Case, found: Found) -> Iterator[Finding]:
    """At most one finding: the thing, which was not public by its day."""
    for one in found.obligations:
        if one.breached:
            yield _finding(case, found, one)


def _to_publish(posted: PostedEvent, matter: str, owed: tuple[str, str, str], case: Case) -> Placed[Fact]:
    if _ADMITTED not in case.admitted:
        return Placed(matter=matter, said=Unjudged(reason=_UNSEEN))
    who, fund, days = owed
    terms = case.book.terms(
        RULE.id, Addressee(fund=fund, level=case.standing.level(who)), posted.event.occurred_on
    )
    opening = Opening(
        entry=evidence(posted),
        on=posted.event.occurred_on,
        recorded=case.recorded_on(posted),
        who=who,
        amount=1,
        terms=case.terms.number(days_of(terms, terms.number(days), "working")),
        group=matter,
        fund=fund,
        line=matter,
        own_act=posted.party == who,
        carries="all",
    )
    return Placed(matter=matter, said=Filed(act=opening))


def _published(posted: PostedEvent, event: Publication, case: Case) -> Iterator[Placed[Fact]]:
    done = Payment(
        entry=evidence(posted),
        on=event.occurred_on,
        recorded=case.recorded_on(posted),
        amount=1,
        group="",
        banked=False,
        carries=True,
    )
    for what, named in (("contract", event.contract), ("list", event.payee_list), ("fund", event.fund)):
        if named is not None:
            yield Placed(matter=f"{what} {named}", said=Filed(act=done))
    if event.event is not None:
        yield Placed(about=event.event, said=Filed(act=done))


def _finding(case: Case, found: Found, one: Obligation) -> Finding:
    what, _, name = found.matter.key.partition(" ")
    thing = {
        "contract": Told(zh=f"合同 {name}", en=f"Contract {name}"),
        "list": Told(zh=f"发放清单 {name[:16]}…", en=f"List of persons paid {name[:16]}…"),
        "fund": Told(zh=f"资金 {name} 的文件", en=f"The document of fund {name}"),
    }[what]
    who, days = case.party(one.opening.who), period_told(one)
    now = Told(zh="至今没有公示登记", en="no publication is recorded now")
    if one.met_on is not None and not one.outstanding:
        now = Told(zh=f"于 {one.met_on} 公示", en=f"it was made public on {one.met_on}")
    lead = lead_of(
        case,
        RULE,
        found,
        Sums(obligations=(one,)),
        provable=False,
        explanation=Told(
            zh=f"{thing.zh}形成于 {one.start}，{who.zh}应在 {days.zh}内、即不迟于 {one.due} 公开；"
            f"该日终了没有公示登记，{now.zh}。",
            en=f"{thing.en} was made on {one.start}; {who.en} had to make it public within {days.en}, by {one.due}. At the "
            f"end of that day no publication was recorded; {now.en}.",
        ),
        clears_if=Told(
            zh=f"{one.due} 或之前公开的网址、公告和存档；依法不予公开或延期公开的文件；或对错误登记的冲正",
            en=f"address, notice and copy of a publication on or before {one.due}; a paper by which it is not public, or "
            f"later; or the correction of a wrong record",
        ),
    )
    return finding_of(case, RULE, counted(lead))
