# SPDX-License-Identifier: Apache-2.0
"""I8 for funds: what entered a fund from outside is in its lines or was paid, counted once from the events alone.

    Σ issued − Σ taken out of the fund = Σ over its lines (free + disbursed − restored)
    Σ paid − Σ payments reversed       = Σ over its lines disbursed

The left sides are summed here from the events; the right sides are what line arithmetic made of them, event by event.
"""

from collections import defaultdict

from ledger.amount import format_amount
from ledger.kinds.authority import Allocation, Disbursement
from ledger.kinds.vocabulary import AnyEvent
from ledger.register import Register
from verifier.integrity.verdict import Checklist
from verifier.language import Told


class FundSums:
    """Money that entered and left the lines of each fund, in minor units."""

    __slots__ = ("_register", "entered", "paid")

    def __init__(self, register: Register) -> None:
        """Nothing entered yet; `register` says of which fund a line is."""
        self._register = register
        self.entered: defaultdict[str, int] = defaultdict(int)
        self.paid: defaultdict[str, int] = defaultdict(int)

    def take(self, event: AnyEvent, *, times: int = 1) -> None:
        """`event` stands in the log; with `times` −1 it was corrected and does so no longer."""
        match event:
            case Allocation() if self._register.lines[event.line].parent is None:
                sign = times if event.goes_down else -times
                self.entered[self._register.lines[event.line].fund] += sign * event.amount
            case Disbursement():
                self.paid[self._register.lines[event.line].fund] += times * event.amount
            case _:
                pass

    def conclude(self, checklist: Checklist) -> None:
        """I8 is broken for each fund whose two sides differ."""
        held: defaultdict[str, int] = defaultdict(int)
        disbursed: defaultdict[str, int] = defaultdict(int)
        for line in self._register.lines.values():
            held[line.fund] += line.free + line.disbursed - line.restored
            disbursed[line.fund] += line.disbursed
        for fund in sorted(held | disbursed | self.entered | self.paid):
            for left, right in ((self.entered[fund], held[fund]), (self.paid[fund], disbursed[fund])):
                if left != right:
                    figures = f"{format_amount(left)} ≠ {format_amount(right)}"
                    reason = Told(
                        en=f"the lines of fund {fund} do not hold what entered or left it: {figures}",
                        zh=f"资金 {fund} 的指标与流入、支付不符：{figures}",
                    )
                    checklist.broke("I8", None, reason)
