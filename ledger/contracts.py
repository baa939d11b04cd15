# SPDX-License-Identifier: Apache-2.0
"""Contracts as their changes leave them, and whether what names a contract or a milestone fits (spec §4.9)."""

from collections.abc import Iterator
from dataclasses import replace

from ledger.kinds.contract import Contract, ContractChange, Progress, Settlement
from ledger.open_records import ContractState
from ledger.problems import Problem
from ledger.register import Register


def take_contract(
    register: Register, event: Contract | ContractChange | Settlement | Progress
) -> Iterator[Problem]:
    """The register after `event`; yields what forbids it. Sums are never refused: they are judged."""
    match event:
        case Contract():
            made = ContractState(
                project=event.project,
                supplier=event.supplier,
                amount=event.amount,
                milestones=tuple(one.id for one in event.milestones),
            )
            register.put(register.contracts, event.id, made)
        case ContractChange():
            yield from _standing(register, event.contract, project=None)
            _change(register, event, times=1)
        case Settlement():
            yield from _standing(register, event.contract, project=event.project)
        case Progress():
            yield from _standing(register, event.contract, project=event.project)
            yield from _milestone(register, event)


def undo_contract(register: Register, event: Contract | ContractChange) -> None:
    """The register as if `event` had not been posted; the id of a contract stays taken."""
    match event:
        case Contract():
            state = register.contracts[event.id]
            register.put(register.contracts, event.id, replace(state, reversed_=True))
        case ContractChange():
            _change(register, event, times=-1)


def _change(register: Register, event: ContractChange, *, times: int) -> None:
    state, amount = register.contracts[event.contract], times * (event.amount or 0)
    raises = event.direction == "increase"
    changed = (
        replace(state, raised=state.raised + amount)
        if raises
        else replace(state, lowered=state.lowered + amount)
    )
    register.put(register.contracts, event.contract, changed)


def _standing(register: Register, contract: str | None, *, project: str | None) -> Iterator[Problem]:
    """A contract that is named stands, and is of the project that is named beside it."""
    if contract is None:
        return
    state = register.contracts[contract]
    if state.reversed_:
        yield _problem(
            "contract-state", "contract", f"contract {contract} was reversed", f"合同 {contract} 已冲正"
        )
    elif project is not None and state.project != project:
        yield _problem("contract-project", "contract", f"contract {contract} is of project {state.project}",
                       f"合同 {contract} 属于项目 {state.project}")  # fmt: skip


def _milestone(register: Register, event: Progress) -> Iterator[Problem]:
    """The milestone is one of the project, or of the contract that is named."""
    known = {one.id for one in register.projects[event.project].milestones}
    if event.contract is not None:
        known |= set(register.contracts[event.contract].milestones)
    if event.milestone is not None and event.milestone not in known:
        yield _problem("milestone-unknown", "milestone", f"{event.milestone} is no milestone of {event.project}",
                       f"{event.milestone} 不是 {event.project} 的任务节点")  # fmt: skip


def _problem(code: str, place: str, en: str, zh: str) -> Problem:
    return Problem(
        code=code, check="I7", place=place, message_en=en, message_zh=zh,
        remedy_en="name a contract and milestone that stand, of this project, or none",
        remedy_zh="请填写本项目现行有效的合同和任务节点，没有则不填",
    )  # fmt: skip
