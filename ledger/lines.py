# SPDX-License-Identifier: Apache-2.0
"""Line arithmetic (指标运算): what a line holds, and what each authority event does to it (DESIGN §4).

free(L) = in − split out − lowered − recalled − carried out − disbursed + restored. Money that a child gives back reduces
the parent's `split_out`, or `carried_out` where the child was carried over, so at every prefix, over all lines of a fund:

    Σ over top lines (received − lowered − recalled) = Σ over all lines (free + disbursed − restored)
"""

from collections.abc import Iterator
from typing import assert_never

from msgspec.structs import replace

from ledger.amount import AMOUNT_MAX, group_amount
from ledger.kinds.authority import Allocation, Disbursement, Plan
from ledger.open_records import Line
from ledger.problems import Problem
from ledger.register import Register


def allocate(register: Register, event: Allocation, *, name: str) -> Iterator[Problem]:
    """The lines after `event` named `name`; yields a ceiling problem first where authority is exceeded.

    References and parties are checked before (`ledger.posting`): the line, its parent and the fund are known.
    """
    match event.action:
        case "issue" | "split" | "carry_over" | "receive":
            yield from _open_line(register, event, name=name)
        case "adjust":
            yield from _adjust(register, event)
        case "recall":
            yield from exceeds(register.lines[event.line], event.amount)
            yield from _give_back(register, event.line, event.amount, recalled=True)
        case _:
            assert_never(event.action)


def disburse(register: Register, event: Disbursement) -> Iterator[Problem]:
    """The line after paying `event.amount`; yields a ceiling problem first where the line holds less."""
    yield from pay(register, event.line, event.amount)


def pay(register: Register, line_id: str, amount: int) -> Iterator[Problem]:
    """As `disburse`. Where a sum may be paid, so may its parts in turn, and the line is the same after them."""
    line = register.lines[line_id]
    yield from exceeds(line, amount)
    yield from _put(register, replace(line, disbursed=line.disbursed + amount))


def plan(register: Register, event: Plan) -> Iterator[Problem]:
    """The line with `event.amount` planned; yields a ceiling problem first where it may pay less than is planned then."""
    line = register.lines[event.line]
    if line.planned + event.amount > line.own:
        own, planned, asked = (group_amount(amount) for amount in (line.own, line.planned, event.amount))
        yield Problem(
            code="plan-exceeded",
            check="ceiling",
            place="amount",
            message_en=f"line {line.id} may pay {own} in all; {planned} is planned, {asked} was asked",
            message_zh=f"指标 {line.id} 可支付总额 {own}，已列计划 {planned}，申请 {asked}",
            remedy_en="lower the amount, or correct an earlier plan of the line first",
            remedy_zh="请调减金额，或先冲正该指标的其他计划",
        )
    yield from _put(register, replace(line, planned=line.planned + event.amount))


def reverse_plan(register: Register, event: Plan) -> None:
    """The line as if `event` had not been planned."""
    line = register.lines[event.line]
    register.put(register.lines, line.id, replace(line, planned=line.planned - event.amount))


def restore(register: Register, line_id: str, amount: int) -> None:
    """`amount` of a returned disbursement may be paid again from the line; a negative one no longer."""
    line = register.lines[line_id]
    register.put(register.lines, line_id, replace(line, restored=line.restored + amount))


def reverse_disbursement(register: Register, event: Disbursement) -> None:
    """The line as if `event` had not been paid."""
    line = register.lines[event.line]
    register.put(register.lines, line.id, replace(line, disbursed=line.disbursed - event.amount))


def reverse_allocation(register: Register, event: Allocation) -> Iterator[Problem]:
    """The lines as if `event` had not been posted; yields a ceiling problem where a line would become negative."""
    line = register.lines[event.line]
    takes_back = event.goes_down
    loser = line if takes_back or line.parent is None else register.lines[line.parent]
    if (takes_back or line.parent is not None) and loser.free < event.amount:
        yield from exceeds(loser, event.amount, dependents=_dependents(register, loser))
    signed = -event.amount if takes_back else event.amount
    match event.action:
        case "issue" | "split" | "carry_over" | "receive":
            changed = replace(line, received=line.received + signed)
        case "adjust" if takes_back:
            changed = replace(line, received=line.received + signed)
        case "adjust":
            changed = replace(line, lowered=line.lowered - event.amount)
        case "recall":
            changed = replace(line, recalled=line.recalled - event.amount)
        case _:
            assert_never(event.action)
    yield from _put(register, changed)
    if line.parent is not None:
        yield from _hold(register, line.parent, signed, carried=line.carried)
    elif takes_back:
        register.put(register.issued, line.fund, register.issued[line.fund] - event.amount)


def exceeds(line: Line, amount: int, *, dependents: str = "") -> Iterator[Problem]:
    """A ceiling problem, if `amount` is more than the line holds; it says what the line holds and what was asked."""
    if amount <= line.free:
        return
    more_en = f"; it depends on {dependents}" if dependents else ""
    more_zh = f"；依赖它的有 {dependents}" if dependents else ""
    yield Problem(
        code="line-exceeded",
        check="ceiling",
        place="amount",
        message_en=f"line {line.id} holds {group_amount(line.free)}, {group_amount(amount)} was asked{more_en}",
        message_zh=f"指标 {line.id} 可用 {group_amount(line.free)}，申请 {group_amount(amount)}{more_zh}",
        remedy_en="lower the amount, or have the line raised first",
        remedy_zh="请调减金额，或先追加该指标",
    )


def _open_line(register: Register, event: Allocation, *, name: str) -> Iterator[Problem]:
    """A new line: a top line of the fund, or one below `parent`, which it inherits from."""
    opened = Line(
        id=event.line,
        fund=event.fund or "",
        fiscal_year=event.fiscal_year or 0,
        holder=event.to,
        giver=event.from_,
        parent=event.parent,
        opened_by=name,
        opened_on=event.occurred_on,
        project=event.project,
        functional=event.functional,
        direct=event.direct,
        document=event.document,
        received=event.amount,
        upper=event.source.genesis if event.source else None,
    )
    if event.parent is None:
        yield from _enter(register, opened.fund, event.amount)
    else:
        parent, carried = register.lines[event.parent], event.action == "carry_over"
        yield from exceeds(parent, event.amount)
        yield from _hold(register, parent.id, event.amount, carried=carried)
        opened = _inherited(opened, parent, carried=carried)
    yield from _put(register, opened)


def _inherited(opened: Line, parent: Line, *, carried: bool) -> Line:
    """The line with fund, classes and flag of its parent; carried over, a year later and between the same parties."""
    heir = replace(
        opened,
        fund=parent.fund,
        fiscal_year=parent.fiscal_year,
        functional=parent.functional,
        direct=parent.direct,
    )
    if not carried:
        return heir
    return replace(
        heir,
        fiscal_year=parent.fiscal_year + 1,
        giver=parent.giver,
        project=opened.project or parent.project,
        carried=True,
    )


def _adjust(register: Register, event: Allocation) -> Iterator[Problem]:
    line = register.lines[event.line]
    if event.direction == "decrease":
        yield from exceeds(line, event.amount)
        yield from _give_back(register, line.id, event.amount, recalled=False)
        return
    if line.parent is not None:
        parent = register.lines[line.parent]
        yield from exceeds(parent, event.amount)
        yield from _hold(register, parent.id, event.amount, carried=line.carried)
    else:
        yield from _enter(register, line.fund, event.amount)
    yield from _put(register, replace(line, received=line.received + event.amount))


def _enter(register: Register, fund: str, amount: int) -> Iterator[Problem]:
    """`amount` comes into top lines of `fund` from outside."""
    total = register.issued.get(fund, 0) + amount
    yield from _outgrows(fund, total)
    register.put(register.issued, fund, total)


def _put(register: Register, line: Line) -> Iterator[Problem]:
    """The register holds `line`; yields a problem where one of its sums outgrows what readers keep."""
    register.put(register.lines, line.id, line)
    sums = (
        line.received,
        abs(line.split_out),
        abs(line.carried_out),
        line.lowered,
        line.recalled,
        line.disbursed,
        line.planned,
    )
    yield from _outgrows(line.id, max(sums))


def _outgrows(what: str, total: int) -> Iterator[Problem]:
    """A problem, if the sum `total` of `what` is one that not every reader of JSON keeps exactly (spec §1.3)."""
    if total > AMOUNT_MAX:
        yield Problem(
            code="amount-range",
            check="I8",
            place="amount",
            message_en=f"{what} would reach {group_amount(total)}, beyond {group_amount(AMOUNT_MAX)}",
            message_zh=f"{what} 将达到 {group_amount(total)}，超过上限 {group_amount(AMOUNT_MAX)}",
            remedy_en="check the unit of the amount",
            remedy_zh="请核对金额单位",
        )


def _give_back(register: Register, line_id: str, amount: int, *, recalled: bool) -> Iterator[Problem]:
    line = register.lines[line_id]
    changed = (
        replace(line, recalled=line.recalled + amount)
        if recalled
        else replace(line, lowered=line.lowered + amount)
    )
    yield from _put(register, changed)
    if line.parent is not None:
        yield from _hold(register, line.parent, -amount, carried=line.carried)


def _hold(register: Register, parent_id: str, amount: int, *, carried: bool) -> Iterator[Problem]:
    """A line below holds `amount` more of line `parent_id`; carried over into its own year, or split off."""
    parent = register.lines[parent_id]
    held = (
        replace(parent, carried_out=parent.carried_out + amount)
        if carried
        else replace(parent, split_out=parent.split_out + amount)
    )
    yield from _put(register, held)


def _dependents(register: Register, line: Line) -> str:
    children = sorted(other.id for other in register.lines.values() if other.parent == line.id)
    paid = [f"payments of {group_amount(line.disbursed)}"] if line.disbursed else []
    return ", ".join([*children[:5], *(["…"] if len(children) > 5 else []), *paid])  # noqa: PLR2004 - names shown
