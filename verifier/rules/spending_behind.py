# SPDX-License-Identifier: Apache-2.0
"""F41 支出进度滞后: a line of a project is spent more slowly than time goes by.

Basis: the fund's own rule; local practice compares with time progress; 15 points are convention. Looked at on the last day
of each month of the line's fiscal year: spent is what was paid from the line or went on to another, less what came back;
elapsed are the days since it got its first authority, out of those up to the end of the year, at least `least_days`: money
that came late in the year is not behind. Lines that only pass on are F03, what is left after the year is F10.

How fast work should go is a judgement: indicated, and for the record (semantics P7). Payments count on the bank date where
there is one.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from verifier.basis.findings import Evidence, Finding, Rule
from verifier.basis.rulepack import Addressee
from verifier.duties.duty import Fact, Filed, Found
from verifier.language import Told
from verifier.matters.family import Matter, Noted
from verifier.matters.lead import Lead, finding_of
from verifier.obligations.case import Case
from verifier.obligations.records import Act, Lowering, Opening, Payment, Return

RULE: Final = Rule(
    id="F41",
    version=1,
    title=Told(zh="支出进度滞后", en="Spending behind time"),
    basis=Told(zh="资金管理办法；惯例与时间进度比较", en="the fund's own rule; by custom compared with time"),
    subject=("line",),
    severity="blue",
    tier="T0",
)
_DAY: Final = datetime.timedelta(days=1)
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Progress:
    """A line on `day`: what it had and what of it was spent, surely and at most, in minor units; days gone and in all."""

    day: datetime.date
    authorised: int
    spent: int
    spent_max: int
    gone: int
    days: int

    def behind(self, spent: int, points: int) -> bool:
        """Whether `spent` lies more than `points` per cent of what it had behind time."""
        due = self.authorised * (_PERCENT * self.gone - points * self.days)
        return self.authorised > 0 and _PERCENT * self.days * spent < due

    @property
    def target(self) -> int:
        """What would be spent if money went with time."""
        return self.authorised * self.gone // self.days


def judge(case: Case, found: Found) -> Iterator[Finding]:
    """At most one finding: the line, on the last day of a month."""
    acts = [(one, one.said.act) for one in found.matter.facts if isinstance(one.said, Filed)]
    acts = [(one, act) for one, act in acts if one.reversed_on is None]
    first = next((one for one, act in acts if isinstance(act, Opening)), None)
    line = case.standing.lines.get(found.matter.key)
    if first is None or line is None or line.project is None or case.as_of.year > line.year:
        return
    addressee = Addressee(fund=line.fund, level=case.standing.level(line.holder), direct=line.direct)
    progress = _progress(case, acts, first.on, line.year)
    if progress is None:
        return
    terms = case.book.terms(RULE.id, addressee, progress.day)
    points = terms.get("points")
    if points is None or progress.days < terms.number("least_days"):
        return
    if progress.behind(progress.spent, points):
        sure = progress.behind(progress.spent_max, points)
        yield _finding(case, found, first, acts, progress, sure=sure)


def turns(matter: Matter[Fact], case: Case) -> Iterator[datetime.date]:
    """The next last day of a month, while the line is looked at."""
    line = case.standing.lines.get(matter.key)
    if line is not None and line.project is not None and case.as_of.year <= line.year:
        yield min(_month_end(case.as_of + _DAY), datetime.date(line.year + 1, 1, 1))


def _month_end(day: datetime.date) -> datetime.date:
    later = datetime.date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return later - _DAY


def _looked_at(as_of: datetime.date) -> datetime.date:
    """The last day of a month that is over by the end of `as_of`."""
    return as_of if _month_end(as_of) == as_of else as_of.replace(day=1) - _DAY


def _progress(
    case: Case, acts: list[tuple[Noted[Fact], Act]], begun: datetime.date, year: int
) -> _Progress | None:
    day, end = _looked_at(case.as_of), datetime.date(year, 12, 31)
    if not begun < day:
        return None
    had, least, most = 0, 0, 0
    for one, act in acts:
        match act:
            case Opening() if one.on <= day:
                had += act.amount
            case Lowering() if one.on <= day:
                had -= act.amount
            case Payment() | Return():
                surely, possibly = _moved(case, one, act, day)
                sign = 1 if isinstance(act, Payment) else -1
                least += sign * (surely if sign > 0 else possibly)
                most += sign * (possibly if sign > 0 else surely)
            case _:
                pass
    return _Progress(
        day=day,
        authorised=had,
        spent=max(0, least),
        spent_max=max(0, most),
        gone=(day - begun).days,
        days=(end - begun).days,
    )


def _moved(case: Case, one: Noted[Fact], act: Payment | Return, day: datetime.date) -> tuple[int, int]:
    """What of it moved by the end of `day`, surely and possibly."""
    if isinstance(act, Payment) and not act.banked:
        return (act.amount, act.amount) if one.on <= day else (0, 0)
    surely, possibly = 0, 0
    for booking in case.bank.bookings(one.name, act.amount):
        on = booking.on if isinstance(booking.on, datetime.date) else one.on
        if on <= day and booking.on != "refuted":
            possibly += booking.amount
            surely += booking.amount if booking.on != "pending" else 0
    return surely, possibly


def _finding(
    case: Case,
    found: Found,
    first: Noted[Fact],
    acts: list[tuple[Noted[Fact], Act]],
    progress: _Progress,
    *,
    sure: bool,
) -> Finding:
    line = case.standing.lines[found.matter.key]
    terms = case.book.terms(
        RULE.id,
        Addressee(fund=line.fund, level=case.standing.level(line.holder), direct=line.direct),
        progress.day,
    )
    who, behind = case.party(line.holder), progress.target - progress.spent
    had, spent, target, less = (
        case.money(amount) for amount in (progress.authorised, progress.spent, progress.target, behind)
    )
    points = terms.number("points")
    doubt = Told(zh="", en="")
    if not sure:
        doubt = Told(
            zh="有付款报告尚待银行流水印证，现有数据无法判定。",
            en=" Payments are reported that the bank may still bear out: this cannot be decided yet.",
        )
    shown: list[Evidence] = [one.entry for one, act in acts if isinstance(act, Payment)]
    return finding_of(
        case,
        RULE,
        Lead(
            subject=(line.id,),
            finding_class="indicated" if sure else "undecidable",
            severity=RULE.severity,
            explanation=Told(
                zh=f"{who.zh}的指标 {line.id}（项目 {line.project}）截至 {progress.day} 支出 {spent.zh}，"
                f"按时间进度应为 {target.zh}（{had.zh} × {progress.gone}/{progress.days} 天），少 {less.zh}，"
                f"落后超过 {points} 个百分点。{doubt.zh}",
                en=f"By {progress.day} {who.en} had spent {spent.en} of line {line.id} for project {line.project}; by "
                f"time it would be {target.en} ({had.en} × {progress.gone}/{progress.days} days), {less.en} more: over "
                f"{points} points behind.{doubt.en}",
            ),
            clears_if=Told(
                zh="项目用款计划、季节性施工或批准分期的文件；未登记的支出凭证；或对错误登记的冲正",
                en="the project's plan of payments, papers on seasonal work or later phases; payments not recorded; or "
                "the correction of a wrong record",
            ),
            terms=terms,
            first=first,
            decisive=first,
            decisive_on=max(first.known_on, progress.day + _DAY),
            evidence=shown,
            fund=line.fund,
            line=line.id,
            parties=[line.holder],
            amount_min=0,
            amount=behind,
            outstanding=behind,
            figures={
                "authorised": progress.authorised,
                "spent": progress.spent,
                "target": progress.target,
                "days_gone": progress.gone,
                "days": progress.days,
            },
        ),
    )
