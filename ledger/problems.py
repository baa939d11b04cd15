# SPDX-License-Identifier: Apache-2.0
"""A problem: why a submission, or one of its events, may not stand in the ledger. A value, collected and never raised."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from ledger.errors import InputError, ToldError

E = TypeVar("E", bound=ToldError)

Check = Literal["form", "I6", "I7", "I8", "ceiling"]
"""Which rule is broken: form, or a check of DESIGN §5 (I6 signatures and actors, I7 references and duplicate ids,
I8 arithmetic), or `ceiling`: authority beyond what its line holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong, where, and how to mend it, in two languages.

    `index` is the position of the event in its submission, counted from 0; None when the header or a signature is at
    fault. `place` names the field.
    """

    code: str
    check: Check
    place: str
    message_en: str
    message_zh: str
    remedy_en: str
    remedy_zh: str
    index: int | None = None

    def told_en(self) -> str:
        """Place, message and remedy in one English line."""
        return f"{self.where_en()}{self.message_en}. {self.remedy_en}"

    def told_zh(self) -> str:
        """Place, message and remedy in one Chinese line."""
        at = "" if self.index is None else f"第 {self.index} 个事件，"
        return f"{at}{self.place}：{self.message_zh}。{self.remedy_zh}"

    def where_en(self) -> str:
        """The place as a prefix, such as ``event 3, amount: ``."""
        at = "" if self.index is None else f"event {self.index}, "
        return f"{at}{self.place}: "


def problem_at(
    code: str, place: str, en: str, zh: str, remedy: tuple[str, str], *, check: Check = "I7"
) -> Problem:
    """The problem `code` at `place`, by message and remedy in English and Chinese."""
    return Problem(
        code=code,
        check=check,
        place=place,
        message_en=en,
        message_zh=zh,
        remedy_en=remedy[0],
        remedy_zh=remedy[1],
    )


def problem_of(error: InputError, *, check: Check = "form") -> Problem:
    """The problem that says what `error` says."""
    return Problem(
        code=error.code,
        check=check,
        place=error.place,
        message_en=error.message_en,
        message_zh=error.message_zh,
        remedy_en=error.remedy_en,
        remedy_zh=error.remedy_zh,
    )


def error_of(problem: Problem, kind: type[E], *, place: str = "") -> E:
    """An error of `kind` that says what `problem` says, about `place` if one is given."""
    return kind(
        code=problem.code,
        place=place or problem.place,
        message_en=problem.message_en,
        message_zh=problem.message_zh,
        remedy_en=problem.remedy_en,
        remedy_zh=problem.remedy_zh,
    )
