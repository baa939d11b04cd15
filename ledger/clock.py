# SPDX-License-Identifier: Apache-2.0
"""At which instant a submission is recorded, by the clock that genesis names (DESIGN §3, *Clock*).

`wall`: the machine's time, never before the entry before. `replay`: the time of signing, never before the entry
before; the machine's time does not enter, so that the same genesis and submissions give the same bytes.
"""

import datetime
from collections.abc import Callable
from typing import Final

from ledger.errors import EnvironmentFault
from ledger.genesis import Genesis
from ledger.instant import format_instant, parse_instant
from ledger.problems import Problem, problem_at

Clock = Callable[[], datetime.datetime]
"""Gives the present moment, aware."""

AHEAD_MAX: Final = datetime.timedelta(minutes=5)
"""How far `signed_at` may lie before the machine's time has reached it."""
BEHIND_MAX: Final = datetime.timedelta(days=30)
"""How long ago `signed_at` may lie."""
SLOW_MAX: Final = datetime.timedelta(minutes=5)
"""How far the machine's time may lie behind the last recorded instant before posting stops."""


def system_clock() -> datetime.datetime:
    """Return the machine's time in UTC; the one place of the commit path that asks for it."""
    return datetime.datetime.now(datetime.UTC)  # noqa: TID251 - handed to the sequencer as its clock argument


def seconds_of(moment: datetime.datetime) -> int:
    """Return the whole seconds from 1970-01-01 UTC to an aware `moment`, as cosignatures state time."""
    return int(moment.timestamp())


def recorded_at(genesis: Genesis, *, previous: str, now: datetime.datetime, signed_at: str) -> str:
    """Return the instant at which a submission is recorded after an entry recorded at `previous`."""
    return max(previous, signed_at if genesis.clock == "replay" else format_instant(now))


def signing_time_problem(genesis: Genesis, *, now: datetime.datetime, signed_at: str) -> Problem | None:
    """Return what is wrong with the time of signing by the machine's clock; nothing ever is on a replay clock."""
    if genesis.clock == "replay":
        return None
    signed = parse_instant(signed_at)
    if signed - now > AHEAD_MAX:
        return _problem(
            "signed-ahead",
            f"signed at {signed_at}, more than 5 minutes ahead of {format_instant(now)}",
            f"签名时刻 {signed_at} 比 {format_instant(now)} 提前 5 分钟以上",
            ("set the clock of the signing machine, then sign again", "请校准签名机时钟后重新签名"),
        )
    if now - signed > BEHIND_MAX:
        return _problem(
            "signed-long-ago",
            f"signed at {signed_at}, more than 30 days before {format_instant(now)}",
            f"签名时刻 {signed_at} 早于 {format_instant(now)} 30 天以上",
            ("sign it again with the present time", "请以当前时刻重新签名"),
        )
    return None


def slowness(genesis: Genesis, *, previous: str, now: datetime.datetime) -> EnvironmentFault | None:
    """Return why the machine's clock, far behind the last recorded instant, forbids posting; None when it does not."""
    if genesis.clock == "replay" or parse_instant(previous) - now <= SLOW_MAX:
        return None
    return EnvironmentFault(
        code="ledger.slow-clock",
        place="clock of this machine",
        message_en=f"it is more than 5 minutes behind the last recorded instant {previous}; posting has stopped",
        message_zh=f"本机时钟比最后入账时刻 {previous} 慢 5 分钟以上，已停止登记",
        remedy_en="Set the clock, by NTP; posting goes on by itself once it is right.",
        remedy_zh="请通过 NTP 校准时钟；校准后登记自动恢复。",
    )


def _problem(code: str, en: str, zh: str, remedy: tuple[str, str]) -> Problem:
    return problem_at(code, "header.signed_at", en, zh, remedy, check="form")
