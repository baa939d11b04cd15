# SPDX-License-Identifier: Apache-2.0
"""All rules over single payments of a fund's money, as one family: they share their facts, noted once."""

from collections.abc import Callable, Iterator
from typing import Final

from verifier.basis.findings import Finding, Rule
from verifier.matters.family import Family, Matter
from verifier.obligations.case import Case
from verifier.obligations.watch import Gap
from verifier.payments.payment import KINDS, Fact, Payment, note, payments_of
from verifier.rules import lent_out, other_project, private_account, unlawful_account

Judge = Callable[[Payment, Case], Iterator[Finding | Gap]]

JUDGES: Final[tuple[tuple[Rule, Judge], ...]] = (
    (private_account.RULE, private_account.judge),
    (unlawful_account.RULE, unlawful_account.judge),
    (other_project.RULE, other_project.judge),
    (lent_out.RULE, lent_out.judge),
)
"""The rules over a payment, with what each makes of it."""


def judge(matter: Matter[Fact], case: Case) -> Iterator[Finding | Gap]:
    """What every rule makes of each payment."""
    for payment in payments_of(matter):
        for _, one in JUDGES:
            yield from one(payment, case)


FAMILY: Final = Family(
    name="payment", rules=tuple(rule for rule, _ in JUDGES), kinds=KINDS, said=Fact, note=note, judge=judge
)
