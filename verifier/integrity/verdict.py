# SPDX-License-Identifier: Apache-2.0
"""What a verification says: one outcome for each numbered check, the first broken position, and who vouches for it.

The numbers are those of DESIGN §5 and stand in code, report and documentation alike. A verdict is a value: what is
wrong with a ledger is never raised.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ledger.errors import ToldError
from verifier.integrity.ranges import Anchor, Range, ranges_of
from verifier.language import Told

CheckNumber = Literal["I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10"]
CheckState = Literal["ok", "broken", "unevaluable"]
Outcome = Literal["verified", "self-consistent", "incomplete", "broken"]

EXIT_CLEAN: Final = 0
EXIT_FINDINGS: Final = 1
EXIT_BROKEN: Final = 2
EXIT_INCOMPLETE: Final = 3


TITLES: Final[dict[CheckNumber, Told]] = {
    "I1": Told(en="entry bytes canonical and within limits", zh="条目字节规范且不超限"),
    "I2": Told(
        en="positions gapless, hash chain unbroken, time not running backwards",
        zh="序号连续、哈希链完整、时刻不倒退",
    ),
    "I3": Told(
        en="leaf hashes, tiles and tree root agree with the checkpoint", zh="叶哈希、瓦片、树根与检查点一致"
    ),
    "I4": Told(en="checkpoint signed by the keys of the log", zh="检查点由账本密钥签名"),
    "I5": Told(en="consistent with what was verified before", zh="与此前验证过的状态一致"),
    "I6": Told(en="submissions whole and rightly signed", zh="提交完整且签名有权有效"),
    "I7": Told(en="references resolve, no duplicate ids", zh="引用可查、编号不重复"),
    "I8": Told(en="lines, statements and funds add up", zh="指标、对账单、资金收支平衡"),
    "I9": Told(en="disclosures fit their commitments", zh="披露内容与承诺值一致"),
    "I10": Told(en="anchored outside the log", zh="已在账本之外锚定"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The outcome of one numbered check.

    `position` is the first broken entry, or the entry from which on it could not be evaluated; None when the fault
    lies in the checkpoint and at no entry. `reason` says what is wrong, and is absent when `state` is ``ok``.
    """

    number: CheckNumber
    state: CheckState
    position: int | None = None
    reason: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was verified, how far, and against what.

    `size` and `root` (hex) are what the checkpoint promises; None when it cannot be read. The first `good_prefix`
    entries passed every check of entries. `trusted` names what came from outside SOURCE; empty = first use.
    `anchors` are those that saw entries as they stand now.
    `incomplete` says why nothing more could be checked, although nothing is known to be wrong: `newer_from` is the first
    entry that needs a newer verifier, or the source holds no entries. `notes` are said beside the outcome and change
    nothing. `stated` is the newest time, POSIX seconds, in a verified line of the log itself; None if there is none.
    """

    checks: tuple[Check, ...]
    origin: str | None
    genesis: str | None
    size: int | None
    root: str | None
    good_prefix: int
    trusted: tuple[Told, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    incomplete: Told | None = None
    newer_from: int | None = None
    marks: tuple[Told, ...] = ()
    notes: tuple[Told, ...] = ()
    stated: int | None = None

    @property
    def outcome(self) -> Outcome:
        """``broken`` before ``incomplete`` before ``self-consistent``; ``verified`` only with outside trust."""
        if self.first_broken is not None:
            return "broken"
        if self.incomplete is not None:
            return "incomplete"
        return "verified" if self.trusted else "self-consistent"

    @property
    def first_broken(self) -> Check | None:
        """The broken check with the lowest position; one at no entry comes after those at an entry."""
        broken = [check for check in self.checks if check.state == "broken"]
        return min(broken, key=_place, default=None)

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The stretches of the log: anchored, consistent only, broken or not checked; none without a checkpoint."""
        if self.size is None:
            return ()
        broken, fault = self.first_broken, None
        if broken is not None:
            fault = Range(start=0, stop=0, standing="broken", reason=broken.reason)
        elif self.incomplete is not None:
            fault = Range(start=0, stop=0, standing="unchecked", reason=self.incomplete)
        return tuple(
            ranges_of(self.anchors, good=min(self.good_prefix, self.size), size=self.size, fault=fault)
        )

    @property
    def exit_code(self) -> int:
        """0 clean, 2 integrity broken, 3 could not complete (DESIGN §5)."""
        return {"broken": EXIT_BROKEN, "incomplete": EXIT_INCOMPLETE}.get(self.outcome, EXIT_CLEAN)

    def check(self, number: CheckNumber) -> Check:
        """The outcome of check `number`."""
        return next(check for check in self.checks if check.number == number)


class Checklist:
    """The checks while they run: each keeps its lowest broken position and the lowest one it could not go beyond."""

    __slots__ = ("_broken", "_cut", "_halted", "incomplete", "newer_from")

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._broken: dict[CheckNumber, Check] = {}
        self._halted: dict[CheckNumber, Check] = {}
        self._cut: int | None = None
        self.incomplete: Told | None = None
        """Why not everything can be checked, although nothing is known to be wrong."""
        self.newer_from: int | None = None
        """The first entry of a kind or version that this program does not know."""

    @property
    def cut(self) -> int | None:
        """The lowest position at which an entry, or the submission around it, is broken; None so far."""
        return self._cut

    def broke(
        self, number: CheckNumber, position: int | None, reason: Told, *, cut: int | None = None
    ) -> None:
        """Check `number` is broken at `position`; the good prefix ends there, or at `cut` if given."""
        _keep_lowest(self._broken, Check(number=number, state="broken", position=position, reason=reason))
        ends = position if cut is None else cut
        if ends is not None:
            self._cut = ends if self._cut is None else min(self._cut, ends)

    def halt(self, number: CheckNumber, position: int | None, reason: Told) -> None:
        """Check `number` says nothing from `position` on, and nothing at all if that is None."""
        before = self._halted.get(number)
        if before is None or _reach(position) < _reach(before.position):
            self._halted[number] = Check(number=number, state="unevaluable", position=position, reason=reason)

    def needs_newer(self, position: int) -> None:
        """Entry `position` is the first that only a newer program understands."""
        self.newer_from = position
        self.incomplete = Told(
            en=f"needs a newer verifier from entry {position} on",
            zh=f"自第 {position} 条起需要更新版本的验证程序",
        )

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found broken or beyond what this program understands so far."""
        return not self._broken and self.incomplete is None and self.newer_from is None

    def is_broken(self, number: CheckNumber) -> bool:
        """Whether check `number` was found broken."""
        return number in self._broken

    def outcomes(self) -> Iterator[Check]:
        """Each check in order: broken if ever broken, else not evaluable if ever halted, else ok."""
        for number in TITLES:
            yield self._broken.get(number) or self._halted.get(number) or Check(number=number, state="ok")


def told_of(error: ToldError) -> Told:
    """Place and message of `error`, without its remedy."""
    return Told(en=f"{error.place}: {error.message_en}", zh=f"{error.place}：{error.message_zh}")


def _reach(position: int | None) -> int:
    return -1 if position is None else position


def _keep_lowest(kept: dict[CheckNumber, Check], found: Check) -> None:
    before = kept.get(found.number)
    if before is None or _place(found) < _place(before):
        kept[found.number] = found


def _place(check: Check) -> tuple[bool, int, str]:
    return (check.position is None, check.position or 0, check.number)
