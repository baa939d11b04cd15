# SPDX-License-Identifier: Apache-2.0
"""What can be asked of the entries before the submission at hand, whoever holds them."""

from typing import Protocol

import msgspec

from ledger.kinds.vocabulary import AnyEvent


class BankLine(msgspec.Struct, frozen=True, kw_only=True):
    """A bank line that carries a reference: its position and its amount in minor units."""

    seq: int
    amount: int


class KnownEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier event: position, recorded instant, actor, and the event itself."""

    seq: int
    recorded: str
    party: str
    event: AnyEvent


class PastEvents(Protocol):
    """Look-ups into the log before the submissions that are still pending in the register.

    An implementation answers for every entry up to the last `Register.settle`; it may hold them on disk.
    """

    def find(self, name: str) -> KnownEvent | None:
        """The event with stable name `name`, or None."""

    def submission(self, party: str, identifier: str) -> int | None:
        """Position of the header entry of submission (`party`, `identifier`), or None."""

    def statement_line(self, account: str, statement: str, line_no: int) -> int | None:
        """Position of that bank line, or None; line 0 is the closing balance of the statement."""

    def bank_line(self, account: str, direction: str, bank_ref: str) -> BankLine | None:
        """The first bank line of the account with that direction and reference, reversed or not, or None."""
