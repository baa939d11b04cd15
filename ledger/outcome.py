# SPDX-License-Identifier: Apache-2.0
"""The answers of the commit path: to what was just stored, to what was stored before, and the machine's faults."""

from collections.abc import Callable
from typing import NoReturn

from ledger.answer import Accepted, Outcome, Refused
from ledger.entry import HeaderEntry, parse_entry
from ledger.errors import EnvironmentFault, ProgrammerError
from ledger.flush import Placed
from ledger.store.log_reader import LogReader
from ledger.store.stored_receipt import Receipts, stored_receipt

__all__ = ["Accepted", "Outcome", "Refused"]


def new_answer(placed: Placed, receipts: Receipts | None) -> Outcome:
    """Return the answer to a submission that a committed flush placed."""
    if receipts is None:
        raise ProgrammerError("something was placed and no checkpoint covers it")
    return Accepted(
        seq=placed.seq,
        events=placed.events,
        recorded=placed.recorded,
        receipt=receipts.receipt(placed.seq),
        checkpoint=receipts.note,
        replayed=False,
    )


def stored_answer(reader: LogReader, seq: int, *, replayed: bool) -> Accepted:
    """Return the answer that the submission with header entry `seq` got when it was stored."""
    checkpoint = reader.checkpoint_over(seq)
    header = parse_entry(reader.entry(seq) or b"", place=f"entry {seq}")
    if checkpoint is None or not isinstance(header, HeaderEntry):
        raise ProgrammerError(f"the index says that entry {seq} is a covered header entry, and it is not")
    return Accepted(
        seq=seq,
        events=header.header.count,
        recorded=header.recorded,
        receipt=stored_receipt(reader, seq, checkpoint),
        checkpoint=checkpoint.note,
        replayed=replayed,
    )


def failing(error: Exception) -> Callable[[], NoReturn]:
    """Return an answer that raises `error` in the thread that waits for it."""

    def answer() -> NoReturn:
        raise error

    return answer


def not_stored(place: str) -> EnvironmentFault:
    """Return the fault of a commit that is known not to have happened."""
    return EnvironmentFault(
        code="ledger.not-stored",
        place=place,
        message_en="the commit failed, and nothing of the submission was stored",
        message_zh="提交失败，该提交未被保存",
        remedy_en="Send the same submission again.",
        remedy_zh="请原样重新提交。",
    )


def outcome_unknown(fault: EnvironmentFault) -> EnvironmentFault:
    """Return the fault of a commit of which nobody can tell yet whether it happened."""
    return EnvironmentFault(
        code="ledger.outcome-unknown",
        place=fault.place,
        message_en=f"the commit failed and its outcome cannot be read: {fault.message_en}",
        message_zh=f"提交失败且无法读取结果：{fault.message_zh}",
        remedy_en="Send the same submission again, unchanged: if it was stored, you get its first receipt.",
        remedy_zh="请原样重新提交：如已保存，将得到首次回执。",
    )
