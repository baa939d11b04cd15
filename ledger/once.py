# SPDX-License-Identifier: Apache-2.0
"""What may stand once in a ledger, and again only after its correction (spec §4.5)."""

from collections.abc import Iterator

from ledger.kinds.authority import Allocation, Plan
from ledger.kinds.code import Code
from ledger.kinds.control import PeriodClose
from ledger.kinds.fact import PayeeList
from ledger.kinds.vocabulary import AnyEvent
from ledger.problems import Problem
from ledger.register import Register

LIST = "payee_list"


def once_key(event: AnyEvent) -> tuple[str, ...] | None:
    """What `event` is the one record of; None where several may stand."""
    match event:
        case Plan():
            return ("plan", event.line, event.period)
        case PayeeList():
            return (LIST, event.root)
        case PeriodClose():
            return ("period_close", event.unit, event.period, event.fund or "")
        case Allocation() if event.source is not None:
            return ("source", event.source.genesis, event.source.event)
        case Code():
            return ("code", event.scheme, event.edition.isoformat(), event.code)
        case _:
            return None


def check_once(register: Register, event: AnyEvent) -> Iterator[Problem]:
    """A problem, if another event is the record of the same already."""
    key = once_key(event)
    standing = None if key is None else register.once.get(key)
    if key is not None and standing is not None:
        what = " ".join(part for part in key if part)
        yield Problem(
            code="stands-already",
            check="I7",
            place=_PLACE[key[0]],
            message_en=f"{what} is recorded by {standing}",
            message_zh=f"{what} 已由 {standing} 登记",
            remedy_en="correct the standing record first, then post the new one",
            remedy_zh="请先冲正现有登记，再提交新的",
        )


def take_once(register: Register, event: AnyEvent, *, name: str) -> None:
    """Event `name` is the record from now on, if it is one of its sort."""
    key = once_key(event)
    if key is not None:
        register.put(register.once, key, name)


def release_once(register: Register, event: AnyEvent) -> None:
    """`event` was reversed: another may take its place."""
    key = once_key(event)
    if key is not None:
        register.drop(register.once, key)


_PLACE = {"plan": "period", LIST: "root", "period_close": "period", "code": "code", "source": "source.event"}
