# SPDX-License-Identifier: Apache-2.0
"""What a plain method claims, in the form of a finding, so that the same score measures it.

Such a method knows one amount and no bounds, no law and no excuse; it puts forward all it finds as if it were proved.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.bench.accuracy.payment_book import Payment, PaymentBook
from verifier.basis.findings import (
    UNSEALED,
    Evidence,
    Finding,
    FindingClass,
    Step,
    finding_id,
    params_hash,
    seal,
)
from verifier.language import Told
from verifier.posted import PostedEvent

_SAID: Final = Told(zh="对照方法的输出，仅用于评分", en="Output of a plain method, for the score alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """By `rule`, `amount` minor units of `fund` went wrong, which `decisive` shows from `on`.

    `others` are further evidence, `moved` payments with what of each is meant.
    """

    rule: str
    fund: str | None
    amount: int
    decisive: PostedEvent
    on: datetime.date
    others: Sequence[PostedEvent] = ()
    moved: Sequence[tuple[Payment, int]] = ()


def of_payments(rule: str, payments: Sequence[Payment], amount: int) -> Claim:
    """A claim about `payments`, all of the same fund, of which the first decides."""
    first = payments[0]
    return Claim(
        rule=rule,
        fund=first.fund,
        amount=amount,
        decisive=first.posted,
        on=first.on,
        moved=[(paid, paid.amount) for paid in payments],
    )


def finding_of(book: PaymentBook, one: Claim, finding_class: FindingClass = "proved") -> Finding:
    """The claim as a finding of a ledger."""
    subject = (one.decisive.name, *(() if one.fund is None else (one.fund,)))
    return seal(
        Finding(
            id=finding_id(book.genesis, one.rule, subject),
            content_hash=UNSEALED,
            rule=one.rule,
            rule_version=1,
            params_hash=params_hash(one.rule, 1, {}),
            finding_class=finding_class,
            severity="yellow",
            subject=subject,
            as_of=book.last_on,
            known_by=book.last,
            explanation=_SAID,
            clears_if=_SAID,
            basis=_SAID,
            parameters={},
            evidence=_evidence(one),
            fund=one.fund,
            amount_min=one.amount,
            amount=one.amount,
            amount_max=one.amount,
            decisive_event=one.decisive.name,
            decisive_on=one.on,
            paths=tuple((Step(event=paid.posted.name, amount=part, on=paid.on),) for paid, part in one.moved),
        )
    )


def _evidence(one: Claim) -> tuple[Evidence, ...]:
    """Everything that it names and the bank lines of its payments, each once, by position."""
    moved = (told for paid, _ in one.moved for told in (paid.posted, *paid.lines))
    named = {told.name: told for told in (one.decisive, *one.others, *moved)}
    return tuple(
        Evidence(name=told.name, seq=told.seq, leaf=told.leaf.hex())
        for told in sorted(named.values(), key=lambda told: told.seq)
    )
