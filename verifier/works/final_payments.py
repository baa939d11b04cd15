# SPDX-License-Identifier: Apache-2.0
"""Which reports of payments on one contract are payments of their own, so that no money counts twice (semantics T22).

A disbursement into an account from which the contract is then paid passed through: only the uses there count. A use from
an account that also disburses on the contract tells a disbursement again, unless the references of both say otherwise.
So what is counted is the least that can have been paid.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from verifier.matters.family import Noted
from verifier.works.work_facts import Paid


class Payment(NamedTuple):
    """A payment of its own, of which `back` came back by returns that name it; minor units."""

    entry: Noted[Any]
    said: Paid
    back: int

    @property
    def net(self) -> int:
        """What of it did not come back."""
        return max(0, self.said.amount - self.back)


def final_payments(facts: Iterable[Noted[Any]], back: Mapping[str, int]) -> Iterator[Payment]:
    """Those of `facts` that are payments of their own, by date and position; `back` says what came back of each."""
    payments = [Payment(one, one.said, back.get(one.name, 0)) for one in facts if isinstance(one.said, Paid)]
    disbursed = _Disbursed(one.said for one in payments if one.said.disbursed)
    spending = {one.said.account for one in payments if not one.said.disbursed}
    for one in sorted(payments, key=lambda one: (one.entry.on, one.entry.entry.seq)):
        if one.said.disbursed:
            if one.said.to_account not in spending:
                yield one
        elif not disbursed.may_hold(one.said):
            yield one


class _Disbursed:
    """Disbursements on one contract, so that a use can be looked up among them."""

    def __init__(self, disbursed: Iterable[Paid]) -> None:
        """Sorted by account: those without reference, and the others by reference and amount."""
        self._accounts: set[str] = set()
        self._without: set[str] = set()
        self._references: set[tuple[str, str, int]] = set()
        for one in disbursed:
            self._accounts.add(one.account)
            if one.bank_ref is None:
                self._without.add(one.account)
            else:
                self._references.add((one.account, one.bank_ref, one.amount))

    def may_hold(self, use: Paid) -> bool:
        """Whether `use` may tell one of them again."""
        if use.bank_ref is None:
            return use.account in self._accounts
        return use.account in self._without or (use.account, use.bank_ref, use.amount) in self._references
