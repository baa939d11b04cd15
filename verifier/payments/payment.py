# SPDX-License-Identifier: Apache-2.0
"""One payment of a fund's money, with what came back of it: what rules over single payments read.

A payment is a disbursement, a use or a transfer that declares a fund. A use that tells a disbursement again by bank
reference, amount and payer is the same payment (semantics T22). Classes of accounts, projects of lines and the like are
those at the payment's own position.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ledger.kinds.authority import Disbursement
from ledger.kinds.fact import Return, Transfer, Use
from ledger.kinds.form import Event
from ledger.kinds.registry import AccountClass
from verifier.basis.rulepack import DIRECT_FLAGS
from verifier.matters.family import Matter, Noted, Placed, Said
from verifier.obligations.case import Case
from verifier.posted import PostedEvent

KINDS: Final = (Disbursement, Use, Transfer, Return)
"""What `note` reads."""

ALLOWED_ACCOUNT: Final = "allowed_account"
"""Policies list accounts under this name that may hold earmarked money."""

SUPERIORS_MAX: Final = 32
"""Most bodies that stand above one (spec §4.3)."""

_KIND: Final[dict[type[Event], Literal["disbursement", "use", "transfer"]]] = {
    Disbursement: "disbursement",
    Use: "use",
    Transfer: "transfer",
}


class Paid(Said, frozen=True, kw_only=True):
    """`amount` of `fund` left `account` of `payer` for `payee`, into `to_account` of class `to_class` where that is known.

    `line_project` is what the line is for. `served` says whether the fund serves the payment's `project`; `supplier` is
    that of the contract. `licensed`: the payee has a credit code; `bank`: it is a bank; `below`: it is the payer or a
    body under it. `dedicated`: the account taking it
    is the fund's own; `entitled`: its owner holds a line of the fund.
    """

    kind: Literal["disbursement", "use", "transfer"]
    amount: int
    fund: str
    account: str
    payer: str
    payer_class: AccountClass | None
    line: str | None
    direct: bool
    to_account: str | None
    to_class: AccountClass | None
    payee: str | None
    bank_ref: str | None
    project: str | None
    line_project: str | None
    served: bool
    economic: str | None
    reason: str | None
    mode: Literal["direct", "authorised", "transfer"] | None
    listed: bool
    licensed: bool
    bank: bool
    below: bool
    supplier: str | None
    dedicated: bool
    entitled: bool


class Undone(Said, frozen=True, kw_only=True):
    """`amount` of payment `undoes` came back."""

    amount: int
    undoes: str


Fact = Paid | Undone


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment as it stands: what it says, what came `back` of it (minor units), and the entries that tell it."""

    entry: Noted[Fact]
    said: Paid
    back: int
    told: tuple[Noted[Fact], ...]

    @property
    def left(self) -> int:
        """What of it has not come back."""
        return max(0, self.said.amount - self.back)


def note(posted: PostedEvent, case: Case) -> Iterator[Placed[Fact]]:
    """Payments by account and bank reference, or by themselves; returns with what they undo."""
    match posted.event:
        case (Disbursement() | Use() | Transfer()) as event:
            said = paid_by(event, case)
            if said is not None:
                known = said.bank_ref is not None
                yield Placed(matter=f"{said.account} {said.bank_ref}" if known else posted.name, said=said)
        case Return(event=str(undoes), amount=amount):
            yield Placed(about=undoes, said=Undone(amount=amount, undoes=undoes))
        case _:
            pass


def payments_of(matter: Matter[Fact]) -> Iterator[Payment]:
    """The payments of `matter` in log order, each once."""
    paid = [(one, one.said) for one in matter.facts if isinstance(one.said, Paid)]
    undone = [(one, one.said) for one in matter.facts if isinstance(one.said, Undone)]
    ordered = {said.amount for _, said in paid if said.kind == "disbursement"}
    for entry, said in paid:
        if said.kind == "use" and said.bank_ref is not None and said.amount in ordered:
            continue
        names = {
            one.name
            for one, other in paid
            if one is entry
            or (said.kind == "disbursement" and other.kind == "use" and other.amount == said.amount)
        }
        returns = [(one, back) for one, back in undone if back.undoes in names]
        yield Payment(
            entry=entry,
            said=said,
            back=sum(back.amount for _, back in returns),
            told=(*(one for one, _ in paid if one.name in names), *(one for one, _ in returns)),
        )


def paid_by(event: Disbursement | Use | Transfer, case: Case) -> Paid | None:
    """What `event` says as a payment; None where it declares no fund."""
    tag = None if isinstance(event, Disbursement) else event.tag
    line = event.line if isinstance(event, Disbursement) else None if tag is None else tag.line
    fund = case.fund_of_line(line) if tag is None else tag.fund
    if fund is None:
        return None
    standing = case.standing
    held = standing.lines.get(line or "")
    taker = standing.accounts.get(event.to_account or "")
    giver = standing.accounts.get(event.from_account)
    payee = getattr(event, "payee", None) or (None if taker is None else taker.owner)
    party = standing.parties.get(payee or "")
    contract: str | None = getattr(event, "contract", None)
    project: str | None = getattr(event, "project", None) or standing.contracts.get(contract or "")
    served = standing.projects.get(project or "")
    of_fund = standing.funds.get(fund)
    direct = of_fund is not None and of_fund.direct in DIRECT_FLAGS
    return Paid(
        kind=_KIND[type(event)],
        amount=event.amount,
        fund=fund,
        account=event.from_account,
        payer=giver.owner if giver is not None else "",
        payer_class=None if giver is None else giver.account_class,
        line=line,
        direct=direct if held is None else held.direct,
        to_account=event.to_account,
        to_class=None if taker is None else taker.account_class,
        payee=payee,
        bank_ref=event.bank_ref,
        project=project,
        line_project=None if held is None else held.project,
        served=served is None or fund in served.funds,
        economic=getattr(event, "economic", None),
        reason=event.reason if isinstance(event, Transfer) else None,
        mode=event.mode if isinstance(event, Disbursement) else None,
        listed=isinstance(event, Disbursement) and event.payee_list is not None,
        licensed=party is not None and party.uscc is not None,
        bank=payee is not None and standing.is_bank(payee),
        below=taker is not None and giver is not None and _is_below(case, taker.owner, giver.owner),
        supplier=standing.suppliers.get(contract or ""),
        dedicated=taker is not None and taker.fund == fund,
        entitled=taker is not None and (taker.owner, fund) in standing.holders,
    )


def _is_below(case: Case, party: str, above: str) -> bool:
    """Whether `party` is `above`, or stands under it."""
    step: str | None = party
    for _ in range(SUPERIORS_MAX):
        if step is None or step == above:
            break
        known = case.standing.parties.get(step)
        step = None if known is None else known.parent
    return step == above
