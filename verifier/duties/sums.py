# SPDX-License-Identifier: Apache-2.0
"""Obligations of one matter told in one finding: their sums, how they stand, how well they are known."""

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.basis.findings import Evidence, FindingClass, Mark
from verifier.language import Told
from verifier.obligations.records import Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What breached `obligations` of one matter come to, in minor units; there is at least one."""

    obligations: Sequence[Obligation]

    @property
    def asked(self) -> int:
        """What was to be done."""
        return sum(one.amount for one in self.obligations)

    @property
    def lowered(self) -> int:
        """What was taken back in time."""
        return sum(one.lowered for one in self.obligations)

    @property
    def in_time(self) -> int:
        """What was done in time."""
        return sum(one.in_time for one in self.obligations)

    @property
    def unmet(self) -> int:
        """What was not done by the due days (O3)."""
        return sum(one.unmet_at_due for one in self.obligations)

    @property
    def surely(self) -> int:
        """What was not done even if all doubts fall in favour of who owed it."""
        return sum(one.surely_unmet for one in self.obligations)

    @property
    def outstanding(self) -> int:
        """What is not done now."""
        return sum(one.outstanding for one in self.obligations)

    @property
    def oldest(self) -> Obligation:
        """The oldest with something outstanding; the oldest of all where nothing is."""
        left = [one for one in self.obligations if one.outstanding]
        return min(left or self.obligations, key=lambda one: (one.due, one.start, one.opening.entry.seq))

    @property
    def state(self) -> str:
        """``overdue`` while anything is outstanding, else as the one that stands worst."""
        if self.outstanding:
            return "overdue"
        states = {one.state for one in self.obligations}
        return next((state for state in ("met_late", "lapsed", "corrected") if state in states), "met_late")

    @property
    def marks(self) -> list[Mark]:
        """What a reader must know besides."""
        found: list[Mark] = []
        if any(one.provisional for one in self.obligations):
            found.append("provisional")
        if any(one.reported_only for one in self.obligations):
            found.append("reported_only")
        if any(one.shaken == "pending" for one in self.obligations):
            found.append("pending")
        if self.state in {"corrected", "lapsed"}:
            found.append("corrected" if self.state == "corrected" else "lapsed")
        return found

    @property
    def evidence(self) -> list[Evidence]:
        """What met them, ended them and waived them."""
        found = [part.entry for one in self.obligations for part in one.fulfilments]
        found += [one.ended_by for one in self.obligations if one.ended_by is not None]
        return found + [paper.entry for one in self.obligations for paper in one.waivings]

    def class_of(self, *, provable: bool) -> FindingClass:
        """How well the breach is known, where it is `provable` at all."""
        if all(one.shaken == "pending" for one in self.obligations):
            return "undecidable"
        firm = all(one.shaken is None and not one.provisional for one in self.obligations)
        return "proved" if provable and firm else "indicated"

    def doubts(self) -> Told:
        """What weakens the finding, as sentences to append; empty when nothing does."""
        zh, en = "", ""
        if any(one.shaken == "pending" for one in self.obligations):
            zh += "有付款报告尚待银行流水印证，现有数据无法全部判定。"
            en += (
                " Payments are reported that the bank may still bear out: not all of this can be decided yet."
            )
        if any(one.shaken == "backdated" for one in self.obligations):
            zh += "有报告在业务日期之后过久才入账，按入账日计。"
            en += " Reports were recorded too long after the date they claim and count from their recording."
        if any(one.provisional for one in self.obligations):
            zh += "所涉年度尚无已采用的节假日安排，暂按周一至周五为工作日。"
            en += (
                " No holiday calendar is adopted for a year consulted; Monday to Friday are taken as worked."
            )
        return Told(zh=zh, en=en)
