# SPDX-License-Identifier: Apache-2.0
"""What may be there once: ids, versions, bank lines, and records of which one may stand (spec §4.4, §4.5)."""

import datetime
from collections.abc import Iterator

from ledger.kinds.authority import Allocation, MatchingPledge
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.contract import Contract
from ledger.kinds.control import Objection
from ledger.kinds.fact import Claim
from ledger.kinds.registry import Account, Calendar, Fund, Key, Party, Policy, Project
from ledger.kinds.vocabulary import AnyEvent
from ledger.once import check_once
from ledger.past_events import PastEvents
from ledger.problems import Problem
from ledger.register import Register
from ledger.registration import check_registration


def duplicate_problems(  # noqa: C901 - one row a kind
    register: Register, event: AnyEvent, *, today: datetime.date, past: PastEvents
) -> Iterator[Problem]:
    """A problem, if what `event` registers, opens or records is there already, or a registration is out of turn."""
    match event:
        case Party() | Account() | Fund() | Project() | Policy() | Calendar():
            yield from check_registration(register, event, today=today)
        case Key() if event.action == "register" and event.key in register.keys:
            yield _duplicate("key", event.key)
        case Allocation() if event.opens and event.line in register.lines:
            yield _duplicate("line", event.line)
        case Claim() if event.action == "submit" and event.claim in register.claims:
            yield _duplicate("claim", event.claim)
        case Movement():
            yield from _line_problems(register, (event.account, event.statement, event.line_no), past=past)
        case BankBalance():
            yield from _line_problems(register, (event.account, event.statement, 0), past=past)
        case MatchingPledge() if event.id in register.pledges:
            yield _duplicate("id", event.id)
        case Contract() if event.id in register.contracts:
            yield _duplicate("id", event.id)
        case Objection() if event.id in register.objections:
            yield _duplicate("id", event.id)
        case _:
            yield from check_once(register, event)


def _line_problems(register: Register, line: tuple[str, str, int], *, past: PastEvents) -> Iterator[Problem]:
    if line in register.pending_lines or past.statement_line(*line) is not None:
        account, statement, number = line
        which_en = f"line {number}" if number else "the closing balance"
        which_zh = f"第 {number} 行" if number else "期末余额"
        yield Problem(
            code="statement-line-duplicate",
            check="I7",
            place="line_no",
            message_en=f"{which_en} of statement {statement} of account {account} is recorded already",
            message_zh=f"账户 {account} 对账单 {statement} 的{which_zh}已登记",
            remedy_en="post each statement line once; correct a wrong one by a correction",
            remedy_zh="每行流水只登记一次；有误请冲正",
        )


def _duplicate(field: str, identifier: str) -> Problem:
    return Problem(
        code="id-duplicate",
        check="I7",
        place=field,
        message_en=f"{identifier} exists already",
        message_zh=f"{identifier} 已存在",
        remedy_en="choose another id",
        remedy_zh="请换一个编号",
    )
