# SPDX-License-Identifier: Apache-2.0
"""What one account lost of funds by a selected rule, loss by loss, between the bounds of LIBR (semantics T15).

The amounts are the rule's, minimum and maximum those of every rule. A finding keeps its name whichever rule is selected:
that of the first entry after which the account was short by LIBR; only where LIBR finds nothing short, it is named after
the first entry by which the rule takes money of the fund.
"""

from collections.abc import Callable, Iterable

from verifier.reconciliation.flows import Effect, Flow, Repair
from verifier.tracing.attribution import Attribution, Moved
from verifier.tracing.shortages import Admission, Orders, Short, Shortage, Shortages


class SelectedRun:
    """A rule at work beside LIBR on one account."""

    __slots__ = ("_account", "_shortages")

    def __init__(self, account: Attribution) -> None:
        """Nothing moved in `account` yet."""
        self._account = account
        self._shortages = Shortages()

    def repair(self, flow: Flow, repair: Repair, named: Callable[[Shortage | Admission], bool]) -> int:
        """How much of the restitution `flow` is the fund's by the rule; `repair` is what it makes good by LIBR (T19)."""
        amount = flow.amount - repair.admitted
        made, _ = self._shortages.repair(flow.fund or "", amount, out_of_scope=0, named=named)
        return made.lost + repair.admitted

    def move(self, flow: Flow, effect: Effect, at: Short, back: int | None = None) -> None:
        """The account after `flow`, to which LIBR said `effect`; `at` tells how the account then stood.

        Of a restitution `back` is the fund's, the rest general.
        """
        moved = self._account.apply(flow, effect, back)
        for fund, part in moved.restored:
            self._shortages.restore(fund, part)
        self._lose(moved, at)

    def set_balance(self, balance: int, at: Short) -> None:
        """The bank says that the account holds `balance`."""
        self._lose(self._account.set_balance(balance), at)

    def prove(self, fund: str, amount: int, *, firm: bool) -> None:
        """Of what `fund` lost, `amount` is certain under every rule."""
        self._shortages.prove(fund, amount, firm=firm)

    def cap(self, possible: Callable[[str], Orders]) -> None:
        """As `verifier.tracing.shortages.Shortages.cap`."""
        self._shortages.cap(possible)

    def finish(self, found: Iterable[Shortage], possible: Callable[[str], Orders]) -> tuple[Shortage, ...]:
        """All losses by the rule, named after `found`, the shortages by LIBR, where these fall within them."""
        selected = self._shortages.finish(possible)
        for one in reversed(list(found)):
            host = _host(selected, one)
            if host is not None:
                host.named = one.decisive
        return selected

    def _lose(self, moved: Moved, at: Short) -> None:
        for fund, part in moved.lost:
            self._shortages.lose(fund, part, at)


def _host(selected: Iterable[Shortage], one: Shortage) -> Shortage | None:
    """The loss by the rule within which LIBR's shortage `one` begins: the last of its fund that began by then."""
    begun = [
        host
        for host in selected
        if (host.fund, host.resolved) == (one.fund, one.resolved) and host.place <= one.place
    ]
    return begun[-1] if begun else None
