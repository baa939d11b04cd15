# SPDX-License-Identifier: Apache-2.0
"""What keeps a shortage from being proved although the arithmetic holds (semantics R1, R2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Doubts:
    """By account, the ordinals of days from which on something is in doubt.

    `unreported`: first day with a debit line that may still be reported (R2); `shaky`: by fund, first day on which the
    choice between payments of different funds mattered (R1).
    """

    unreported: dict[str, int] = field(default_factory=dict)
    shaky: dict[str, dict[str, int]] = field(default_factory=dict)

    def note_unreported(self, account: str, day: int) -> None:
        """A debit of `day` may still be reported."""
        self.unreported[account] = min(day, self.unreported.get(account, day))

    def note_shaky(self, account: str, funds: Iterable[str], day: int) -> None:
        """On `day` a line might as well have been another payment, which matters to `funds`."""
        days = self.shaky.setdefault(account, {})
        for fund in funds:
            days[fund] = min(day, days.get(fund, day))

    def since(self, account: str, fund: str) -> int | None:
        """The first day on which a shortage of `fund` in `account` could rest on a doubt, or None."""
        days = [
            day
            for day in (self.unreported.get(account), self.shaky.get(account, {}).get(fund))
            if day is not None
        ]
        return min(days, default=None)
