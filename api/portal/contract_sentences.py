# SPDX-License-Identifier: Apache-2.0
"""What entries about contracts, plans, lists of persons and restitutions say."""

from markupsafe import Markup

from api.portal.sentence_parts import SentenceParts
from ledger.kinds.authority import Plan
from ledger.kinds.contract import Contract, ContractChange, Progress, Settlement
from ledger.kinds.fact import PayeeList, Restitution


def say_contract(  # noqa: PLR0911 - one row a kind
    parts: SentenceParts,
    event: Contract | ContractChange | Settlement | Progress | Plan | PayeeList | Restitution,
) -> Markup:
    """The sentence of `event`."""
    match event:
        case Contract():
            return parts.say("contract", id=event.id, supplier=parts.party(event.supplier),
                             amount=event.amount, project=parts.project(event.project))  # fmt: skip
        case ContractChange():
            return _changed(parts, event)
        case Settlement():
            what = parts.project(event.project) if event.contract is None else event.contract
            key = "settlement" if event.surplus is None else "settlement_surplus"
            left = {} if event.surplus is None else {"surplus": parts.amount(event.surplus)}
            return parts.say(key, what=what, amount=event.amount, **left)
        case Progress():
            return parts.say("progress", project=parts.project(event.project), amount=event.value)
        case Plan():
            return parts.say(
                "plan", line=parts.line_link(event.line), period=event.period, amount=event.amount
            )
        case PayeeList():
            fund = parts.fund(event.fund)
            return parts.say(
                "payee_list", fund=fund, period=event.period, n=event.persons, amount=event.amount
            )
        case Restitution():
            where = {"taker": parts.owner_of(event.to_account), "line": parts.line_link(event.line)}
            return parts.say("restitution", amount=event.amount, **where)


def _changed(parts: SentenceParts, event: ContractChange) -> Markup:
    said = {"id": Markup("{}").format(event.contract), "party": parts.party(event.approved_by)}
    if event.direction is None or event.amount is None:
        return parts.say("contract_change", reason=parts.text(event.reason), **said)
    return parts.say(
        f"contract_{event.direction}", amount=event.amount, reason=parts.text(event.reason), **said
    )
