# SPDX-License-Identifier: Apache-2.0
"""What moves an account once reports have lent the bank lines their purpose, and what a movement did to funds."""

from typing import Final, NamedTuple

USED: Final = "used"
PASSED_ON: Final = "passed_on"
RETURNED: Final = "returned"


class Flow(NamedTuple):
    """One movement of an account with the purpose that a report lent it.

    `seq` is the position of the bank line, or of the report on days without statements (`bank` False); `report` is 0
    for a line that nobody reported. `bucket` says how a tagged debit leaves: used, passed on, returned. `undoes` is the
    report that a return brings money back of; `returned` that a later return will ask for this one's pieces; `repairs` the
    event or finding that a restitution names. `interest` is interest that nobody tagged.
    """

    account: str
    day: int
    seq: int
    side: int
    amount: int
    bank: bool = False
    report: int = 0
    fund: str | None = None
    outside: bool = False
    returned: bool = False
    undoes: int | None = None
    bucket: str = USED
    repairs: str | None = None
    interest: bool = False


class Portion(NamedTuple):
    """The part of a movement that counts for one fund.

    ``tag``, ``restore`` (of what was lost), ``admit`` (T13), ``repair`` (T19).
    """

    fund: str
    amount: int
    kind: str


class Repair(NamedTuple):
    """What a restitution makes good of its fund: of what other debits took, and of payments out of scope (T19)."""

    lost: int = 0
    admitted: int = 0


class Effect(NamedTuple):
    """What a movement did: portions by fund, the admission (fund, amount), what was restored and what was lost."""

    portions: tuple[Portion, ...] = ()
    admitted: tuple[str, int] | None = None
    readmitted: int = 0
    restored: tuple[tuple[str, int], ...] = ()
    lost: tuple[tuple[str, int], ...] = ()


UNLIMITED: Final = 1 << 62
"""Opening balance of an account whose opening is not known: more than any account can hold (T4)."""


class Counted(NamedTuple):
    """A movement as the bounds see it: side, amount, and the portions that count for single funds."""

    side: int
    amount: int
    portions: tuple[Portion, ...]
