# SPDX-License-Identifier: Apache-2.0
"""Whether the header of a submission is of this ledger, new, bound to its events, and signed in time (spec §3.1 to 3.4)."""

import datetime
from collections.abc import Iterator
from typing import Final

from ledger import wellformed
from ledger.errors import FormatError
from ledger.instant import is_instant, parse_instant
from ledger.past_events import PastEvents
from ledger.problems import Problem, problem_at
from ledger.register import Register
from ledger.submission import Submission, check_form, is_bound

AHEAD_MAX: Final = datetime.timedelta(minutes=5)
BEHIND_MAX: Final = datetime.timedelta(days=30, minutes=5)
"""How far `signed_at` of a wall ledger may lie from `recorded`, which itself may run ahead of the machine by 5 minutes."""


def header_problems(
    register: Register, submission: Submission, *, recorded: str, past: PastEvents, root: bool
) -> Iterator[Problem]:
    """What is wrong with the header of `submission`, recorded at `recorded`; count and root only with `root`."""
    header = submission.header
    for field, given, wanted in (
        ("header.genesis", header.genesis, register.genesis_hash),
        ("header.origin", header.origin, register.genesis.origin),
    ):
        if given != wanted:
            yield problem_at(
                "other-ledger", field, f"{given} is not this ledger ({wanted})", f"{given} 不是本账本（{wanted}）",
                ("sign a header that names this ledger's genesis and origin", "请使用本账本的创世哈希和名称重新签名"),
                check="I6",
            )  # fmt: skip
    if root and not is_bound(submission):
        yield problem_at(
            "root", "header.root", "count or root do not fit the events", "事件数或根哈希与事件不符",
            ("compute the RFC 9162 root over the canonical bytes of the events as sent, then sign",
            "请对实际提交的规范字节计算根哈希后再签名"), check="I6",
        )  # fmt: skip
    key = (header.party, header.id)
    if key in register.pending_submissions or past.submission(*key) is not None:
        yield problem_at(
            "submission-duplicate", "header.id", f"{header.party}/{header.id} was submitted before",
            f"{header.party}/{header.id} 已提交过", ("use a new id for new content", "新内容请使用新的编号"), check="I7",
        )  # fmt: skip
    yield from _time_problems(register, header.signed_at, recorded)
    try:
        check_form(submission, place="signatures")
    except FormatError as error:
        if is_instant(header.signed_at):
            yield problem_at(
                "signature-order",
                "signatures",
                error.message_en,
                error.message_zh,
                (error.remedy_en, error.remedy_zh),
                check="I6",
            )


def _time_problems(register: Register, signed_at: str, recorded: str) -> Iterator[Problem]:
    """Instants are real; a replay clock follows the signing, a wall clock stays near it as `ledger.clock` demands."""
    for code, field, instant in (
        ("signed-at", "header.signed_at", signed_at),
        ("recorded", "recorded", recorded),
    ):
        if not is_instant(instant):
            yield wellformed.instant_problem(code, field, instant)
            return
    if register.genesis.clock == "replay":
        if signed_at > recorded:
            yield problem_at(
                "signed-late", "header.signed_at", f"signed at {signed_at}, after it is recorded",
                f"签名时刻 {signed_at} 晚于入账时刻", ("record it at or after the time of signing", "请在签名之后入账"),
                check="form",
            )  # fmt: skip
        return
    before = parse_instant(recorded) - parse_instant(signed_at)
    if before < -AHEAD_MAX:
        yield problem_at(
            "signed-ahead", "header.signed_at", f"signed at {signed_at}, more than 5 minutes after it is recorded",
            f"签名时刻 {signed_at} 比入账晚 5 分钟以上", ("set the clock of the signing machine, then sign again",
            "请校准签名机时钟后重新签名"), check="I6",
        )  # fmt: skip
    if before > BEHIND_MAX:
        yield problem_at(
            "signed-long-ago", "header.signed_at", f"signed at {signed_at}, more than 30 days before it is recorded",
            f"签名时刻 {signed_at} 比入账早 30 天以上", ("sign it again with the present time", "请以当前时刻重新签名"),
            check="I6",
        )  # fmt: skip
