# SPDX-License-Identifier: Apache-2.0
"""F19 重复、多头申报: one object is funded more than once, as told by papers that are the same. Five sorts of matter:

- ``invoice``: an invoice, by hash, paid from two funds or more; - ``number``, ``file``: a contract registered for two
projects, by the number printed on it (文号) or the hash of its file; - ``evidence``: a file that bears out acceptances
of two projects, unless a policy lists it as a ``standard_form``; - ``claim``: a file that bears out approved claims of
two projects, unless so listed.

Lawful co-funding (共同资助) stays within the whole: the amount of the invoice, of the contract, the value accepted.
What was paid from all sides beyond it, or beyond the largest side if that is more, is the amount; for claims it is what
was approved. Referenced returns and payments told again count as for contracts (semantics P2, T22). Objects are not in
the ledger: what is claimed twice by papers of its own does not show, and neither do places or persons (tier T2). Basis:
处罚处分条例 (Decree 427) arts. 6(1), 14.

An invoice paid beyond its amount is arithmetic; proved. Contracts and files are judgements, indicated: one paper may
speak of two objects. Claims name no whole to compare with: undecidable (semantics P7).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.document_number import one_spelling
from ledger.kinds.authority import Disbursement
from ledger.kinds.contract import Contract
from ledger.kinds.fact import Acceptance, Claim, Return, Use
from verifier.basis.findings import Finding, FindingClass, Rule
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said, key_of
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.posted import PostedEvent
from verifier.works.final_payments import final_payments
from verifier.works.work_facts import Paid, Returned
from verifier.works.work_notes import paid_of

RULE: Final = Rule(
    id="F19",
    version=1,
    title=Told(zh="重复、多头申报", en="One object funded twice"),
    basis=Told(
        zh="《财政违法行为处罚处分条例》（国务院令第427号，2011年修订）第六条第一项、第十四条",
        en="State Council Decree 427 (rev. 2011), arts. 6(1) and 14",
    ),
    subject=("sort of paper", "invoice, number or file"),
    severity="orange",
    tier="T0",
)
STANDARD_FORMS: Final = "standard_form"
_PAPERS: Final[dict[str, tuple[str, str]]] = {
    "invoice": ("同一发票", "one invoice"),
    "number": ("同一编号的合同", "contracts of one number"),
    "file": ("同一合同文件", "one contract file"),
    "evidence": ("同一验收凭据文件", "one evidence file of acceptances"),
    "claim": ("同一请款凭据文件", "one evidence file of claims"),
}


class Borne(Said, frozen=True, kw_only=True):
    """The paper bears out `bearer`, a contract, claim or invoice, of `project`; `total` is the whole, if said."""

    bearer: str
    project: str
    total: int | None


class Granted(Said, frozen=True, kw_only=True):
    """`claim` was approved for `amount` of `fund`, or returned: then 0."""

    claim: str
    amount: int
    fund: str | None


Fact = Borne | Granted | Paid | Returned


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Papers by what identifies them; payments and approvals by the contract or claim that a paper bears out."""
    match posted.event:
        case Contract() as event:
            yield from _contract(event)
        case Acceptance() as event if event.contract is not None and event.verdict != "fail":
            contract = one_spelling(event.contract)
            said = Borne(bearer=contract, project=event.project, total=event.value)
            for one in event.evidence:
                yield Placed(matter=key_of("evidence", one), said=said, called=contract)
        case Claim() as event:
            yield from _claim(event, case)
        case (Disbursement() | Use()) as event:
            yield from _payment(event, case)
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=Returned(amount=amount, undoes=undoes))
        case _:
            pass


def _contract(event: Contract) -> Iterator[Placed[Fact]]:
    said = Borne(bearer=event.id, project=event.project, total=event.amount)
    for sort, paper in (("number", event.document), ("file", event.hash)):
        if paper is not None:
            yield Placed(matter=key_of(sort, one_spelling(paper)), said=said, called=event.id)


def _claim(event: Claim, case: Case) -> Iterator[Placed[Fact]]:
    if event.action == "submit":
        said = Borne(bearer=event.claim, project=event.project, total=None)
        for one in event.evidence:
            yield Placed(matter=key_of("claim", one), said=said, called=event.claim)
    else:
        amount = event.amount or 0 if event.action == "approve" else 0
        granted = Granted(claim=event.claim, amount=amount, fund=case.fund_of_line(event.line))
        yield Placed(about=event.claim, said=granted)


def _payment(event: Disbursement | Use, case: Case) -> Iterator[Placed[Fact]]:
    contract = None if event.contract is None else one_spelling(event.contract)
    if contract is not None:
        yield Placed(about=contract, said=paid_of(event, case, contract))
    if event.invoice is not None:
        matter = key_of("invoice", event.invoice.hash)
        borne = Borne(bearer=event.invoice.hash, project="", total=event.invoice.amount)
        yield Placed(matter=matter, said=borne)
        yield Placed(matter=matter, said=paid_of(event, case, event.invoice.hash))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grant:
    """`amount` came to `project` from `fund` by `entry`."""

    entry: Noted[Fact]
    project: str
    fund: str | None
    amount: int
    account: str | None = None


def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding]:
    """At most one finding: the paper, with what all sides gave beyond the whole."""
    sort, _, paper = matter.key.partition("/")
    borne = [one.said for one in matter.facts if isinstance(one.said, Borne)]
    grants = [one for one in _grants(matter.facts, borne) if one.amount]
    if len({(one.project, one.fund) for one in grants}) < 2:  # noqa: PLR2004 - two sides at least
        return
    if sort in {"evidence", "claim"} and paper in case.book.rows_of(STANDARD_FORMS):
        return
    sides: Counter[tuple[str, str | None]] = Counter()
    for one in grants:
        sides[one.project, one.fund] += one.amount
    totals = {one.total for one in borne if one.total is not None}
    whole = max(*totals, *sides.values(), 0)
    if sum(sides.values()) > whole:
        yield _finding(case, (sort, paper), grants, whole, certain=len(totals) == 1)


FAMILY: Final = Family(
    name="papers",
    rules=(RULE,),
    kinds=(Contract, Acceptance, Claim, Disbursement, Use, Return),
    said=Fact,
    note=note,
    judge=judge,
)


def _grants(facts: Sequence[Noted[Fact]], borne: Sequence[Borne]) -> Iterator[_Grant]:
    """What came by each contract, claim or invoice that the paper bears out, in log order."""
    projects = {one.bearer: one.project for one in borne}
    back: Counter[str] = Counter()
    for one in facts:
        if isinstance(one.said, Returned):
            back[one.said.undoes] += one.said.amount
    found: list[_Grant] = []
    for bearer, project in projects.items():
        paid = [one for one in facts if isinstance(one.said, Paid) and one.said.contract == bearer]
        found += [
            _Grant(
                entry=one.entry, project=project, fund=one.said.fund, amount=one.net, account=one.said.account
            )
            for one in final_payments(paid, back)
        ]
    last = {one.said.claim: (one, one.said) for one in facts if isinstance(one.said, Granted)}
    found += [
        _Grant(entry=entry, project=projects[claim], fund=said.fund, amount=said.amount)
        for claim, (entry, said) in last.items()
        if claim in projects
    ]
    yield from sorted(found, key=lambda one: one.entry.entry.seq)


def _finding(
    case: Case, about: tuple[str, str], grants: Sequence[_Grant], whole: int, *, certain: bool
) -> Finding:
    sort, total, reached = about[0], sum(one.amount for one in grants), 0
    decisive = grants[-1]
    for one in grants:
        reached += one.amount
        if reached > whole:
            decisive = one
            break
    finding_class: FindingClass = "undecidable" if sort == "claim" else "indicated"
    if sort == "invoice" and certain:
        finding_class = "proved"
    funds = {one.fund for one in grants}
    excess = total - whole
    lead = Lead(
        subject=about,
        finding_class=finding_class,
        severity="yellow" if finding_class == "undecidable" else RULE.severity,
        explanation=_explanation(case, about, grants, whole),
        clears_if=Told(
            zh="共同资助的批准文件及各方比例；或两个不同对象的证明；或退回重复部分的凭证",
            en="the approval of co-funding with the share of each side; or what shows two objects; or the return of "
            "what was "
            "given twice",
        ),
        terms=case.book.terms(RULE.id, Addressee(fund=""), decisive.entry.on),
        first=grants[0].entry,
        decisive=decisive.entry,
        evidence=[one.entry.entry for one in grants],
        fund=next(iter(funds)) if len(funds) == 1 else None,
        parties=[one.entry.party for one in grants],
        accounts=sorted({one.account for one in grants if one.account is not None}),
        amount_min=excess if finding_class == "proved" else 0,
        amount=excess,
        amount_max=excess,
        outstanding=excess,
        figures={"sum": total, "whole": whole, "excess": excess},
        marks=("unresolved",) if finding_class == "undecidable" else (),
    )
    return finding_of(case, RULE, lead)


def _explanation(case: Case, about: tuple[str, str], grants: Sequence[_Grant], whole: int) -> Told:
    sort, paper = about
    total = sum(one.amount for one in grants)
    funds = sorted({one.fund or "–" for one in grants})
    projects = sorted({one.project for one in grants if one.project})
    given, most, over = (case.money(one) for one in (total, whole, total - whole))
    zh_paper, en_paper = _PAPERS[sort]
    zh_of = f"项目 {'、'.join(projects)}，" if projects else ""
    en_of = f"projects {', '.join(projects)}; " if projects else ""
    zh = f"{zh_paper} {paper[:16]}（{zh_of}资金 {'、'.join(funds)}）共获 {given.zh}，全额至多 {most.zh}，超出 {over.zh}。"
    en = (
        f"By {en_paper}, {paper[:16]} ({en_of}funds {', '.join(funds)}), {given.en} was given in all; "
        f"the whole is {most.en} at most, {over.en} less."
    )
    if sort == "claim":
        zh += "请款不写明对象的总额，是否共同资助，现有数据不能判定。"
        en += " Claims do not say what the object costs in all: whether it is co-funding cannot be decided."
    return Told(zh=zh, en=en)
