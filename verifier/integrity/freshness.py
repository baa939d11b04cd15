# SPDX-License-Identifier: Apache-2.0
"""How old the newest statement is that nothing larger was signed (spec §6.13). Nothing here asks a clock.

An old checkpoint is no broken one: every entry below it is as good as ever. But nobody can tell from it whether the log has
gone on since, so that a reader who asked gets no plain yes.
"""

import datetime
from dataclasses import dataclass
from typing import Final

from ledger.instant import format_instant, parse_instant
from verifier.language import Told

FRESH_SECONDS: Final = 300
"""A log states a new time every minute; the rest is for clocks that disagree and copies under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What a checkpoint `stated` (POSIX seconds; None: no time, or no good signature) means at the instant `now`."""

    stated: int | None
    now: str

    @property
    def age(self) -> int | None:
        """Seconds from the time stated to `now`; below zero if it lies ahead."""
        if self.stated is None:
            return None
        return int(parse_instant(self.now).timestamp()) - self.stated

    @property
    def is_fresh(self) -> bool:
        """Whether the checkpoint was the newest within the last five minutes, by both clocks."""
        return self.age is not None and abs(self.age) <= FRESH_SECONDS

    @property
    def told(self) -> Told:
        """The answer in one sentence."""
        if self.stated is None or self.age is None:
            return Told(
                en="FRESHNESS UNKNOWN: the checkpoint bears no verified line of the log with a time",
                zh="无法判断新旧：检查点没有经验证的、带时间的账本签名行",
            )
        at = _instant_of(self.stated)
        if self.is_fresh:
            return Told(
                en=f"FRESH: the log called it its newest at {at}, {self.age:,} seconds before {self.now}",
                zh=f"最新：账本于 {at} 声明其为最新，距 {self.now} 有 {self.age:,} 秒",
            )
        if self.age < 0:
            return Told(
                en=f"FRESHNESS UNKNOWN: the log states {at}, which lies after {self.now}: one of the clocks is wrong",
                zh=f"无法判断新旧：账本声明的时刻 {at} 晚于 {self.now}，必有一方时钟不准",
            )
        return Told(
            en=f"STALE: the log called it its newest at {at}, {self.age:,} seconds before {self.now}; it may have gone on",
            zh=f"过时：账本于 {at} 声明其为最新，距 {self.now} 已 {self.age:,} 秒，其后可能已有新内容",
        )


def _instant_of(seconds: int) -> str:
    """The instant, or the bare number where no calendar reaches."""
    try:
        return format_instant(datetime.datetime.fromtimestamp(seconds, datetime.UTC))
    except (OverflowError, ValueError, OSError):
        return f"{seconds} s"
