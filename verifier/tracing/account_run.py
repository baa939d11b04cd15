# SPDX-License-Identifier: Apache-2.0
"""What one account lost of the money it owed to funds: the three amounts, shortage by shortage (semantics T2 to T13).

Runs the stated order (`verifier.tracing.entitlement`) and both bounds (`verifier.tracing.minimum`,
`verifier.tracing.maximum`) over the movements
of one account, with the balances that its bank signed. Each shortage is one value: later losses of the fund extend it until
it is restored in full; then a new one begins (T11).

Choices where the semantics is silent
- A balance signed by the bank that differs from the running one sets it; what falls short then is unresolved after a gap
  (T2), and lost by report where only balances are known (T3).
- The opening balance follows from the first signed balance less the movements before it (T4); if that is negative, the
  reports are incomplete and everything before that balance is unresolved.
- A return of money restores to the minimum at most what it restores to the stated order, so that minimum ≤ amount.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from verifier.basis.tracing_rule import DEFAULT_TRACING, TracingRule
from verifier.reconciliation.coverage import Coverage
from verifier.reconciliation.doubts import Doubts
from verifier.reconciliation.flows import UNLIMITED, Counted, Effect, Flow, Repair
from verifier.reconciliation.money_facts import CREDIT
from verifier.tracing.attribution import Attribution
from verifier.tracing.conservation import FundTally
from verifier.tracing.entitlement import Entitlement
from verifier.tracing.interest import GENERAL_INTEREST, InterestRule, funds_with_interest
from verifier.tracing.lots import lots_of
from verifier.tracing.maximum import Maximum
from verifier.tracing.minimum import Minimum
from verifier.tracing.selected_run import SelectedRun
from verifier.tracing.shortages import Admission, Excess, Short, Shortage, Shortages

Named = Callable[[str, str, Shortage | Admission], bool]
"""Whether a name that a restitution gives is about a loss of an account."""

Lost = tuple[tuple[str, int], ...]
"""What each fund lost at once."""


class SignedBalance(NamedTuple):
    """The bank says that the account held `balance` at the beginning of `day`; `seq` is the statement.

    `chained` tells a covered stretch, whose days before are a gap, from a balance without its lines (T3).
    """

    day: int
    balance: int
    seq: int
    chained: bool


class AccountTrace(NamedTuple):
    """What became of the money in one account up to the as-of date.

    `shortages` are by the selected rule. `balance` is None where the opening balance is not known; `elsewhere` is, by fund,
    what was declared as paid from it and came from other money; `joint` is the total shortage over all funds.
    """

    account: str
    balance: int | None
    tallies: dict[str, FundTally]
    elsewhere: dict[str, int]
    shortages: tuple[Shortage, ...]
    admissions: tuple[Admission, ...]
    joint: int
    excesses: tuple[Excess, ...] = ()


def signed_balances(coverage: Coverage, *, as_of: int) -> list[SignedBalance]:
    """The balances that the bank signed, in the order of days, up to the beginning of the day after `as_of`."""
    found = [
        SignedBalance(one.first_day, one.opening, one.opened_by, chained=True) for one in coverage.stretches
    ]
    for one in coverage.open_balances:
        found.append(SignedBalance(one.first_day, one.opening, one.seq, chained=False))
        found.append(SignedBalance(one.last_day + 1, one.closing, one.seq, chained=False))
    return sorted(one for one in found if one.day <= as_of + 1)


def _nothing_named(_name: str, _account: str, _loss: Shortage | Admission) -> bool:
    return False


def trace_account(  # noqa: PLR0913 - all that one account is traced by
    account: str,
    flows: Iterable[Flow],
    *,
    opening: int | None,
    coverage: Coverage,
    doubts: Doubts,
    as_of: int,
    rule: TracingRule = DEFAULT_TRACING,
    named: Named = _nothing_named,
    interest: InterestRule = GENERAL_INTEREST,
) -> AccountTrace:
    """The trace of `account`; `flows` are its movements up to `as_of` in order, `opening` None if not known (T4).

    Shortages are what funds lost by `rule` (T15). `named` says which loss a restitution means; without it the oldest is
    made good first. `interest` says whose interest is that nobody tagged (T16).
    """
    tracer = _Tracer(account, opening, coverage, doubts, _Terms(rule, named, interest))
    pending = signed_balances(coverage, as_of=as_of)
    for flow in flows:
        while pending and pending[0].day <= flow.day:
            tracer.sign(pending.pop(0))
        tracer.move(flow)
    for signed in pending:
        tracer.sign(signed)
    return tracer.finish()


class _Terms(NamedTuple):
    """The selected rule, which losses restitutions name, and whose interest is that nobody tagged."""

    rule: TracingRule
    named: Named
    interest: InterestRule


class _Tracer:
    """The runs over one account, kept in step day by day."""

    def __init__(
        self, account: str, opening: int | None, coverage: Coverage, doubts: Doubts, terms: _Terms
    ) -> None:
        self._account = account
        self._coverage = coverage
        self._doubts = doubts
        self._named = terms.named
        self._interest = terms.interest
        self._shared: list[Flow] = []  # interest of today that is shared out at the end of the day
        self._excesses: list[Excess] = []
        self._known = opening is not None
        start = UNLIMITED if opening is None else opening
        self._stated = Entitlement(opening or 0)
        self._minimum = Minimum(start)
        self._maximum = Maximum(start)
        self._shortages = Shortages()
        lots = lots_of(terms.rule)
        self._selected = None if lots is None else SelectedRun(Attribution(lots, opening or 0))
        self._place = 0
        self._day = 0
        self._today: list[Counted] = []
        self._overdrew: Flow | None = None
        self._reported: set[str] = set()  # funds whose claim rests on reports

    def move(self, flow: Flow) -> None:
        if flow.day != self._day:
            self._close_day()
            self._day = flow.day
        if flow.interest and self._known and funds_with_interest(self._interest, flow.day):
            self._shared.append(flow)
            return
        repair = None if flow.repairs is None else self._repair(flow)
        effect = self._stated.apply(flow, resolved=self._known, tested=self._tested(flow.day), repair=repair)
        self._count(flow, effect, repair)

    def _count(self, flow: Flow, effect: Effect, repair: Repair | None = None) -> None:
        self._today.append(Counted(flow.side, flow.amount, effect.portions))
        self._place += 1
        if self._selected is not None:
            short = self._short(effect.lost, flow, self._overdrawer(flow), resolved=self._known)
            back = None if repair is None else self._selected.repair(flow, repair, self._means(flow))
            self._selected.move(flow, effect, short, back)
        self._note(flow, effect)
        self._mark_overdraft(flow)

    def sign(self, signed: SignedBalance) -> None:
        """Take the balance from the bank; what it leaves short is unresolved where lines are missing (T2)."""
        self._close_day()
        resolved = self._known and not signed.chained
        lost = self._stated.set_balance(signed.balance, resolved=resolved)
        for fund, part in self._minimum.set_balance(signed.balance, resolved=resolved).items():
            self._prove(fund, part, firm=False)
        self._maximum.set_balance(signed.balance)
        self._known = True
        self._place += 1
        entry = Flow(self._account, signed.day, signed.seq, 1, max(signed.balance, 0))
        short = self._short(lost, entry, entry, resolved=resolved)
        self._lose(lost, short)
        if self._selected is not None:
            self._selected.set_balance(signed.balance, short)
        self._cap()

    def finish(self) -> AccountTrace:
        self._close_day()
        tallies = self._stated.funds
        shortages = self._shortages.finish(self._maximum.by_order)
        if self._selected is not None:
            shortages = self._selected.finish(shortages, self._maximum.by_order)
        return AccountTrace(
            self._account,
            self._stated.balance if self._known else None,
            tallies,
            dict(self._stated.elsewhere),
            shortages,
            self._shortages.admissions(),
            sum(tally.diverted for tally in tallies.values()),
            tuple(self._excesses),
        )

    def _means(self, flow: Flow) -> Callable[[Shortage | Admission], bool]:
        """Whether the restitution `flow` names a loss of this account."""
        return lambda loss: self._named(flow.repairs or "", self._account, loss)

    def _repair(self, flow: Flow) -> Repair | None:
        """What a restitution makes good; None for the giver's side, which is general money (T19)."""
        if flow.side != CREDIT:
            return None
        repair, rest = self._shortages.repair(
            flow.fund or "",
            flow.amount,
            out_of_scope=self._stated.out_of_scope(flow.fund),
            named=self._means(flow),
        )
        if rest:
            self._excesses.append(Excess(flow, rest))
        return repair

    def _tested(self, day: int) -> bool:
        open_ = self._coverage.open_balances
        return not open_ or not any(one.first_day <= day <= one.last_day for one in open_)

    def _mark_overdraft(self, flow: Flow) -> None:
        if self._stated.balance >= 0:
            self._overdrew = None
        elif self._overdrew is None:
            self._overdrew = flow

    def _note(self, flow: Flow, effect: Effect) -> None:
        if flow.side == CREDIT and not flow.bank:
            self._reported.update(portion.fund for portion in effect.portions if portion.kind == "tag")
        if effect.admitted is not None:
            self._shortages.admit(*effect.admitted, flow)
        if effect.readmitted and flow.undoes is not None:
            self._shortages.readmit(flow.undoes, effect.readmitted)
        for fund, part in effect.restored:
            self._shortages.restore(fund, part)
        if effect.lost:
            self._lose(
                effect.lost, self._short(effect.lost, flow, self._overdrawer(flow), resolved=self._known)
            )

    def _overdrawer(self, flow: Flow) -> Flow:
        """The debit that overdrew, when `flow` is a credit that the overdraft swallows."""
        return flow if flow.side != CREDIT else self._overdrew or flow

    def _short(self, lost: Lost, entry: Flow, first: Flow, *, resolved: bool) -> Short:
        owed = sum(part for _, part in lost) + max(self._stated.balance, 0)
        return Short(entry, first, resolved, self._stated.balance, owed, self._place)

    def _lose(self, lost: Lost, short: Short) -> None:
        for fund, part in lost:
            self._shortages.lose(fund, part, short)

    def _prove(self, fund: str, part: int, *, firm: bool) -> None:
        self._shortages.prove(fund, part, firm=firm)
        if self._selected is not None:
            self._selected.prove(fund, part, firm=firm)

    def _cap(self) -> None:
        self._shortages.cap(self._maximum.by_order)
        if self._selected is not None:
            self._selected.cap(self._maximum.by_order)

    def _share_interest(self) -> None:
        """Interest of the day is shared out by what the account held at its end (T16)."""
        shared, self._shared = self._shared, []
        for flow in shared:
            funds = funds_with_interest(self._interest, flow.day)
            self._count(flow, self._stated.share_interest(flow, funds))

    def _close_day(self) -> None:
        if self._shared:
            self._share_interest()
        if not self._today:
            return
        lost = self._minimum.day(self._today, tested=self._known and self._tested(self._day))
        for fund, part in lost.items():
            self._prove(fund, part, firm=self._firm(fund))
        self._maximum.day(self._today)
        self._today = []
        self._cap()
        self._reported = {fund for fund in self._reported if self._rests(fund)}

    def _firm(self, fund: str) -> bool:
        """Whether a loss of today is proved: covered, opening known, nothing in doubt, no claim from reports (T3)."""
        since = self._doubts.since(self._account, fund)
        in_doubt = since is not None and since <= self._day
        return not in_doubt and fund not in self._reported and self._coverage.covers(self._day)

    def _rests(self, fund: str) -> bool:
        return self._stated.claim(fund) > 0 or self._minimum.claim(fund) > 0


def opening_balance(coverage: Coverage, moved_before: Iterable[tuple[int, int]]) -> int | None:
    """The opening balance by the first signed balance less (side, amount) moved before it; None if unknown (T4)."""
    first = min(signed_balances(coverage, as_of=1 << 40), default=None)
    if first is None:
        return None
    opening = first.balance - sum(amount if side == CREDIT else -amount for side, amount in moved_before)
    before = opening != first.balance
    return None if before and opening < 0 else opening


def first_signed_day(coverage: Coverage) -> int | None:
    """The day of the first balance that the bank signed, or None."""
    return min((one.day for one in signed_balances(coverage, as_of=1 << 40)), default=None)
