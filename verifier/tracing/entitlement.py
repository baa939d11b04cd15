# SPDX-License-Identifier: Apache-2.0
"""What one account owes each fund, and when its balance no longer covers it: the stated-order run (semantics T6 to T8).

Purpose-tagged lowest intermediate balance (LIBR): a tagged credit raises the claim C[f] of its fund, a tagged debit uses
it up, other debits take general money first. `short = Σ C − max(B, 0)`; what is short is lost by the funds in proportion
(largest remainder) and never comes back by general credits. A tagged debit above C opens an advance A, which the next
credit of the fund repays first (T7). C and A are both kept at zero or above; C less A is the signed claim.

Before its first tagged credit a fund has no claim here: a tagged debit is then of a source outside the record (T7). A
payment out of scope is diverted by admission up to C (T13); before the first credit, where C is outside the record too, the
payer's own declaration that the fund paid stands for all of it. A return undoes the last-matched pieces of its original
first (T17); what it brings beyond the original is general. A restitution brings back what was lost: it repays A first, then
raises C (T19).
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from ledger.amount import share_out
from verifier.reconciliation.flows import Effect, Flow, Portion, Repair
from verifier.reconciliation.money_facts import CREDIT
from verifier.tracing.conservation import FundTally, check_fund

_GENERAL: Final = ""
"""Money of no fund."""


class _Piece:
    """How a debit that is later returned was made up; the last-matched part is undone first."""

    __slots__ = ("admitted", "advance", "bucket", "fund", "general", "lost", "own", "told")

    def __init__(self, fund: str | None, bucket: str) -> None:
        self.fund = fund
        self.bucket = bucket
        self.own = self.advance = self.admitted = self.general = self.told = 0
        self.lost: list[tuple[str, int]] = []


class Entitlement:
    """The stated-order run over one account; movements in the order of semantics T2."""

    __slots__ = ("_pieces", "_total", "balance", "elsewhere", "funds")

    def __init__(self, opening: int) -> None:
        """An account that holds `opening` of general money and owes no fund anything."""
        self.balance = opening
        self.funds: dict[str, FundTally] = {}
        self.elsewhere: Counter[str] = Counter()
        """By fund, what was declared as paid from it and came from other money."""
        self._total = 0
        self._pieces: dict[int, list[_Piece]] = {}

    def apply(
        self, flow: Flow, *, resolved: bool, tested: bool = True, repair: Repair | None = None
    ) -> Effect:
        """The account after `flow`, which is a restitution where `repair` says what it makes good.

        A shortage counts as diverted, or as unresolved where the balance is not known (`resolved` False, T4). Where
        dips yield nothing (T3), `tested` is False and no shortage is looked for.
        """
        if flow.side != CREDIT:
            effect = self._debit(flow)
        else:
            effect = self._credit(flow) if repair is None else self._repair(flow, repair)
        if tested and self._total > max(self.balance, 0):
            effect = effect._replace(lost=self._lose(resolved=resolved))
            self._remember_loss(flow, effect.lost)
        for portion in effect.portions:
            check_fund(portion.fund, self.funds[portion.fund])
        return effect

    def set_balance(self, balance: int, *, resolved: bool) -> tuple[tuple[str, int], ...]:
        """The bank says that the account holds `balance`; returns what the funds lose by it."""
        self.balance = balance
        return self._lose(resolved=resolved) if self._total > max(balance, 0) else ()

    def claim(self, fund: str) -> int:
        """C of `fund`, zero or above."""
        found = self.funds.get(fund)
        return 0 if found is None else found.claim

    def out_of_scope(self, fund: str | None) -> int:
        """What left the claim of `fund` out of scope and did not come back."""
        tally = self.funds.get(fund or "")
        return 0 if tally is None else tally.outside - tally.readmitted

    def _credit(self, flow: Flow) -> Effect:
        self.balance += flow.amount
        if flow.undoes is not None and flow.undoes in self._pieces:
            return self._undo(flow, self._pieces[flow.undoes])
        if flow.fund is None:
            return Effect()
        tally = self.funds.setdefault(flow.fund, FundTally())
        repaid = min(tally.advance, flow.amount)
        tally.credited += flow.amount
        tally.net += flow.amount
        tally.advance -= repaid
        self._raise(tally, flow.amount - repaid)
        return Effect((Portion(flow.fund, flow.amount, "tag"),))

    def share_interest(self, flow: Flow, funds: Iterable[str]) -> Effect:
        """The account after interest that belongs to the `funds` in proportion to what it holds of each (T16).

        Of the rest, general money and funds that get none, the share stays general. Largest remainder, ties by fund id.
        """
        held = {fund: self.claim(fund) for fund in funds}
        general = max(self.balance - sum(held.values()), 0)
        weights = {_GENERAL: general, **held}
        self.balance += flow.amount
        portions: list[Portion] = []
        for fund, part in share_out(flow.amount if any(weights.values()) else 0, weights).items():
            if fund != _GENERAL and part:
                tally = self.funds[fund]
                tally.credited += part
                tally.interest += part
                tally.net += part
                repaid = min(tally.advance, part)
                tally.advance -= repaid
                self._raise(tally, part - repaid)
                check_fund(fund, tally)
                portions.append(Portion(fund, part, "tag"))
        return Effect(tuple(portions))

    def _repair(self, flow: Flow, repair: Repair) -> Effect:
        """What `repair` counts is the fund's again; the rest is general money (T19)."""
        self.balance += flow.amount
        back = repair.lost + repair.admitted
        tally = self.funds.get(flow.fund) if flow.fund is not None else None
        if flow.fund is None or tally is None or back == 0:
            return Effect()
        tally.restored += back
        tally.readmitted += repair.admitted
        repaid = min(tally.advance, back)
        tally.advance -= repaid
        self._raise(tally, back - repaid)
        parts = ((repair.lost, "repair"), (repair.admitted, "tag"))
        return Effect(tuple(Portion(flow.fund, amount, kind) for amount, kind in parts if amount))

    def _debit(self, flow: Flow) -> Effect:
        self.balance -= flow.amount
        piece = _Piece(flow.fund, flow.bucket)
        if flow.returned:
            self._pieces.setdefault(flow.report, []).append(piece)
        tally = self.funds.get(flow.fund) if flow.fund is not None else None
        if flow.fund is None or tally is None:
            piece.general = flow.amount
            return self._debit_elsewhere(flow, piece)
        if flow.outside:
            return self._admit(flow, tally, piece)
        piece.own = min(tally.claim, flow.amount)
        piece.advance = flow.amount - piece.own
        self._raise(tally, -piece.own)
        tally.advance += piece.advance
        tally.net -= flow.amount
        tally.spend(flow.bucket, flow.amount)
        return Effect((Portion(flow.fund, flow.amount, "tag"),))

    def _debit_elsewhere(self, flow: Flow, piece: _Piece) -> Effect:
        """General money, whatever it is declared as; a class out of scope is admitted all the same (T13)."""
        if flow.fund is None:
            return Effect()
        self.elsewhere[flow.fund] += flow.amount
        if not flow.outside:
            return Effect()
        piece.told = flow.amount
        return Effect(admitted=(flow.fund, flow.amount))

    def _admit(self, flow: Flow, tally: FundTally, piece: _Piece) -> Effect:
        """Out of scope by the payer's own declaration: diverted up to the claim, the rest is general money (T13)."""
        fund = flow.fund or ""
        piece.admitted = min(tally.claim, flow.amount)
        piece.general = flow.amount - piece.admitted
        self.elsewhere[fund] += piece.general
        self._raise(tally, -piece.admitted)
        tally.outside += piece.admitted
        if piece.admitted == 0:
            return Effect()
        return Effect((Portion(fund, piece.admitted, "admit"),), admitted=(fund, piece.admitted))

    def _undo(self, flow: Flow, pieces: list[_Piece]) -> Effect:
        amount = flow.amount
        portions: list[Portion] = []
        restored: list[tuple[str, int]] = []
        readmitted = 0
        while amount and pieces:
            piece = pieces[-1]
            whole = piece.own + piece.advance + piece.admitted + piece.general
            taken = min(amount, whole)
            amount -= taken
            back = list(self._restore(piece, taken))
            restored += back
            portions += [Portion(fund, value, "restore") for fund, value in back]
            own, admitted, told = self._take_back(piece, taken)
            readmitted += admitted + told
            if own + admitted:
                portions.append(Portion(piece.fund or "", own + admitted, "tag"))
            if taken == whole:
                pieces.pop()
        if flow.fund is not None:
            self.elsewhere[flow.fund] -= amount  # more came back than was paid
        return Effect(tuple(portions), readmitted=readmitted, restored=tuple(restored))

    def _restore(self, piece: _Piece, amount: int) -> list[tuple[str, int]]:
        """What funds had lost by the last `amount` of `piece` is theirs again."""
        restored: list[tuple[str, int]] = []
        while amount and piece.lost:
            fund, lost = piece.lost.pop()
            back = min(amount, lost)
            amount -= back
            if back < lost:
                piece.lost.append((fund, lost - back))
            tally = self.funds[fund]
            open_ = min(back, tally.missing)  # the rest was put back before, by a restitution
            tally.restored += open_
            self._raise(tally, open_)
            restored.append((fund, open_))
        return restored

    def _take_back(self, piece: _Piece, amount: int) -> tuple[int, int, int]:
        """Undo the last `amount` of `piece`: its tagged and admitted parts, and what a source outside was told to pay."""
        general = min(amount, piece.general)
        piece.general -= general
        if piece.fund is not None:
            self.elsewhere[piece.fund] -= general
        told = min(general, piece.told)
        piece.told -= told
        admitted = amount - general if piece.admitted else 0
        own = amount - general - admitted
        if own + admitted == 0:
            return 0, 0, told
        fund = piece.fund or ""
        tally = self.funds[fund]
        piece.admitted -= admitted
        beyond = max(admitted - self.out_of_scope(fund), 0)  # put back before, by a restitution
        admitted -= beyond
        self.elsewhere[fund] -= beyond
        tally.restored += admitted
        tally.readmitted += admitted
        advance = min(own, piece.advance)
        piece.advance -= advance
        piece.own -= own - advance
        repaid = min(advance, tally.advance)
        tally.advance -= repaid
        tally.spend(piece.bucket, -own)
        tally.net += own
        self._raise(tally, own - repaid + admitted)
        return own, admitted, told

    def _lose(self, *, resolved: bool) -> tuple[tuple[str, int], ...]:
        short = self._total - max(self.balance, 0)
        claims = {fund: tally.claim for fund, tally in self.funds.items() if tally.claim}
        parts = {fund: part for fund, part in share_out(short, claims).items() if part}
        for fund, part in parts.items():
            tally = self.funds[fund]
            self._raise(tally, -part)
            if resolved:
                tally.diverted += part
            else:
                tally.unresolved += part
            check_fund(fund, tally)
        return tuple(sorted(parts.items()))

    def _remember_loss(self, flow: Flow, lost: tuple[tuple[str, int], ...]) -> None:
        if flow.returned and flow.side != CREDIT:
            self._pieces[flow.report][-1].lost.extend(lost)

    def _raise(self, tally: FundTally, amount: int) -> None:
        tally.claim += amount
        self._total += amount
