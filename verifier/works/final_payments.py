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
    disbursed = [one.said for one in payments if one.said.disbursed]
    spending = {one.said.account for one in payments if not one.said.disbursed}
    for one in sorted(payments, key=lambda one: (one.entry.on, one.entry.entry.seq)):
        if one.said.disbursed:
            if one.said.to_account not in spending:
                yield one
        elif not any(_may_be_same(one.said, other) for other in disbursed):
            yield one


def _may_be_same(use: Paid, disbursed: Paid) -> bool:
    if use.account != disbursed.account:
        return False
    if None in {use.bank_ref, disbursed.bank_ref}:
        return True
    return (use.bank_ref, use.amount) == (disbursed.bank_ref, disbursed.amount)
