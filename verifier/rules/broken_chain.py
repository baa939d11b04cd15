# SPDX-License-Identifier: Apache-2.0
"""F43 指标断链、直达标识丢失: a line whose way down from the centre cannot be followed, or which lost its direct flag.

Basis: notices on direct funds (published); 预算法 art. 52. Posting refuses a child of an unknown line, and children
inherit the flag of their top line; so these remain:

- ``parent``: lines hang on one whose opening was since corrected, or is dated after them; proved;
- ``upper``: the fund began in a ledger above, and a top line of it is issued here, not received; indicated;
- ``document``: a top line issued below the level of its fund names no paper; indicated. First-level lines need none;
- ``line``: a top line has another direct flag than its fund; proved;
- ``fund``: the fund's flag was changed after lines were opened; a version that gives it back closes it; proved.

Children beyond what their parent holds are F32. The first and the last two are arithmetic on signed facts (semantics P7).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.kinds.authority import Allocation
from ledger.kinds.registry import Fund
from ledger.party import level_rank
from verifier.basis.findings import Finding, FindingClass, Rule, Severity
from verifier.basis.rulepack import Addressee
from verifier.language import Told
from verifier.matters.family import Family, Matter, Noted, Placed, Said
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.posted import PostedEvent

RULE: Final = Rule(
    id="F43",
    version=1,
    title=Told(zh="指标断链、直达标识丢失", en="A line cut off from above, or without its direct flag"),
    basis=Told(
        zh="财政部直达资金监控要求（财预〔2020〕65号等）；《预算法》（2018年修正）第五十二条",
        en="Ministry of Finance notices on monitoring direct funds (2020, no. 65 and later); Budget Law (2018), art. 52",
    ),
    subject=("tell", "line or fund"),
    severity="orange",
    tier="T0",
)

_UNKNOWN_GIVER: Final = Gap(
    rule=RULE.id,
    reason=Told(
        zh="一级指标无文号，下达单位或资金的级次未登记（T2 数据缺失），是否应有上级文件无从判断",
        en="a top line names no paper, and the level of who issued it is not registered (tier T2 is missing): whether it "
        "needed one cannot be judged",
    ),
    count=1,
)


class Opened(Said, frozen=True, kw_only=True):
    """Top `line` of `amount` was issued. `flag` and `flag_of_fund` are direct flags; `above`: the fund began above.

    `below` says whether who issued it is of a lower level than the fund; None where no register tells.
    """

    line: str
    fund: str
    amount: int
    giver: str
    document: str | None
    flag: str | None
    flag_of_fund: str | None
    above: bool
    below: bool | None


class Hung(Said, frozen=True, kw_only=True):
    """`line` of `amount` was opened out of the line of the matter, for `holder`; or, without one, is that line."""

    line: str
    fund: str | None
    amount: int
    holder: str | None = None


class Flagged(Said, frozen=True, kw_only=True):
    """A version of the fund with this direct flag was registered."""

    fund: str
    flag: str | None


Fact = Opened | Hung | Flagged


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tell:
    name: str
    matter: str
    entries: tuple[Noted[Fact], ...]
    decisive: Noted[Fact]
    amount: int
    fund: str | None
    line: str | None
    parties: tuple[str, ...]
    text: Told
    clears_if: Told
    finding_class: FindingClass
    severity: Severity


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Lines by themselves, by the line they hang on, and top lines by their fund; versions of funds."""
    match posted.event:
        case Allocation() as event if event.opens:
            fund = event.fund or case.fund_of_line(event.parent)
            yield Placed(
                matter=f"line {event.line}", said=Hung(line=event.line, fund=fund, amount=event.amount)
            )
            if event.parent is not None:
                hung = Hung(line=event.line, fund=fund, amount=event.amount, holder=event.to)
                yield Placed(matter=f"line {event.parent}", said=hung)
            elif event.action == "issue":
                yield Placed(matter=f"fund {event.fund}", said=_opened(event, case))
        case Fund() as event:
            yield Placed(matter=f"fund {event.id}", said=Flagged(fund=event.id, flag=event.direct))
        case _:
            pass


def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding | Gap]:
    """At most one finding for a line, or those of a fund and its top lines."""
    if matter.key.startswith("line "):
        yield from _orphans(matter, case)
        return
    tops = [(one, one.said) for one in matter.facts if isinstance(one.said, Opened)]
    for one, said in tops:
        if said.above:
            yield _finding(case, _issued_here(case, one, said))
        elif said.document is None and said.below is None:
            yield _UNKNOWN_GIVER
        elif said.document is None and said.below:
            yield _finding(case, _without_paper(case, one, said))
        if None not in {said.flag, said.flag_of_fund} and said.flag != said.flag_of_fund:
            yield _finding(case, _other_flag(case, one, said))
    yield from _changed_flag(matter, case, tops)


FAMILY: Final = Family(
    name="chain", rules=(RULE,), kinds=(Allocation, Fund), said=Fact, note=note, judge=judge
)


def _opened(event: Allocation, case: Case) -> Opened:
    fund, level = case.standing.funds.get(event.fund or ""), case.standing.level(event.from_)
    known = fund is not None and level is not None
    return Opened(
        line=event.line,
        fund=event.fund or "",
        amount=event.amount,
        giver=event.from_,
        document=event.document,
        flag=event.direct,
        flag_of_fund=None if fund is None else fund.direct,
        above=fund is not None and fund.upper is not None,
        below=level_rank(level) > level_rank(fund.level) if known and fund and level else None,
    )


def _orphans(matter: Matter[Fact], case: Case) -> Iterator[Finding]:
    hung = [(one, one.said) for one in matter.facts if isinstance(one.said, Hung)]
    own = matter.key.removeprefix("line ")
    children = [(one, said) for one, said in hung if said.holder is not None]
    if not children or any(said.holder is None for _, said in hung):
        return
    amount = sum(said.amount for _, said in children)
    total, names = case.money(amount), "、".join(said.line for _, said in children)
    first, said = children[0]
    yield _finding(
        case,
        _Tell(
            name="parent",
            matter=own,
            entries=tuple(one for one, _ in children),
            decisive=first,
            amount=amount,
            fund=said.fund,
            line=said.line,
            parties=tuple(dict.fromkeys(said.holder or "" for _, said in children)),
            text=Told(
                zh=f"指标 {names} 由指标 {own} 分解，共 {total.zh}，而账本中已无该上级指标的有效登记。",
                en=f"Line {names.replace('、', ', ')}, {total.en} in all, hangs on line {own}, of which no valid opening "
                f"stands in the ledger.",
            ),
            clears_if=Told(
                zh="重新登记上级指标；或对下级指标的收回或冲正",
                en="the line above, recorded again; or the lines below, recalled or corrected",
            ),
            finding_class="proved",
            severity="orange",
        ),
    )


def _issued_here(case: Case, one: Noted[Fact], said: Opened) -> _Tell:
    amount = case.money(said.amount)
    return _top(
        one,
        said,
        "upper",
        Told(
            zh=f"资金 {said.fund} 始于上级账本，一级指标 {said.line}（{amount.zh}）却在本账本直接下达，"
            "没有指向上级账本的来源。",
            en=f"Fund {said.fund} began in a ledger above, yet top line {said.line} ({amount.en}) is issued here, without "
            f"naming what the ledger above did.",
        ),
        Told(
            zh="冲正后按上级账本的下达登记接收（接收指标）",
            en="its correction, and the line received from the ledger above",
        ),
    )


def _without_paper(case: Case, one: Noted[Fact], said: Opened) -> _Tell:
    amount, giver = case.money(said.amount), case.party(said.giver)
    return _top(
        one,
        said,
        "document",
        Told(
            zh=f"一级指标 {said.line}（{amount.zh}）由低于资金级次的 {giver.zh} 登记，未注明上级文号，无从与上级下达核对。",
            en=f"Top line {said.line} ({amount.en}) was issued by {giver.en}, below the level of its fund, and names no "
            f"paper from above by which it could be compared.",
        ),
        Told(zh="补登注明上级文号的指标", en="the line, recorded with the number of the paper from above"),
        severity="yellow",
    )


def _other_flag(case: Case, one: Noted[Fact], said: Opened) -> _Tell:
    amount = case.money(said.amount)
    return _top(
        one,
        said,
        "line",
        Told(
            zh=f"指标 {said.line}（{amount.zh}）的直达标识为 {said.flag}，资金 {said.fund} 登记为 {said.flag_of_fund}。",
            en=f"Line {said.line} ({amount.en}) has direct flag {said.flag}; fund {said.fund} is registered with "
            f"{said.flag_of_fund}.",
        ),
        Told(zh="对误填标识的指标的冲正", en="the correction of a line whose flag was mistyped"),
        finding_class="proved",
    )


def _top(  # noqa: PLR0913 - what tells of one top line differ in
    one: Noted[Fact],
    said: Opened,
    name: str,
    text: Told,
    clears_if: Told,
    *,
    finding_class: FindingClass = "indicated",
    severity: Severity = "orange",
) -> _Tell:
    return _Tell(
        name=name,
        matter=said.line,
        entries=(one,),
        decisive=one,
        amount=said.amount,
        fund=said.fund,
        line=said.line,
        parties=(said.giver,),
        text=text,
        clears_if=clears_if,
        finding_class=finding_class,
        severity=severity,
    )


def _changed_flag(
    matter: Matter[Fact], case: Case, tops: list[tuple[Noted[Fact], Opened]]
) -> Iterator[Finding]:
    versions = [(one, one.said) for one in matter.facts if isinstance(one.said, Flagged)]
    if not tops or not versions or tops[0][1].flag_of_fund is None:
        return
    flag, now = tops[0][1].flag_of_fund, versions[-1][1].flag
    if now == flag:
        return
    after = [one for one, said in versions if one.entry.seq > tops[0][0].entry.seq and said.flag != flag]
    if not after:  # the version in force then is dated after the as-of date
        return
    decisive = after[0]
    opened = [(one, said) for one, said in tops if said.flag_of_fund == flag]
    amount = sum(said.amount for _, said in opened)
    total, fund = case.money(amount), matter.key.removeprefix("fund ")
    shown = Told(zh=now or "无", en=now or "none")
    yield _finding(
        case,
        _Tell(
            name="fund",
            matter=fund,
            entries=(*(one for one, _ in opened), decisive),
            decisive=decisive,
            amount=amount,
            fund=fund,
            line=None,
            parties=(decisive.party,),
            text=Told(
                zh=f"资金 {fund} 下达 {total.zh} 时直达标识为 {flag}，其后改为{shown.zh}。",
                en=f"Fund {fund} had direct flag {flag} when {total.en} was issued; afterwards it became {shown.en}.",
            ),
            clears_if=Told(zh="恢复原标识的资金登记", en="a version of the fund that gives the flag back"),
            finding_class="proved",
            severity="orange",
        ),
    )


def _finding(case: Case, tell: _Tell) -> Finding:
    lead = Lead(
        subject=(tell.name, tell.matter),
        finding_class=tell.finding_class,
        severity=tell.severity,
        explanation=tell.text,
        clears_if=tell.clears_if,
        terms=case.book.terms(RULE.id, Addressee(fund=tell.fund or ""), tell.decisive.on),
        first=min(tell.entries, key=lambda one: one.entry.seq),
        decisive=tell.decisive,
        evidence=[one.entry for one in tell.entries],
        fund=tell.fund,
        line=tell.line,
        parties=tell.parties,
        amount_min=tell.amount if tell.finding_class == "proved" else 0,
        amount=tell.amount,
        amount_max=tell.amount,
    )
    return finding_of(case, RULE, lead)
