# SPDX-License-Identifier: Apache-2.0
"""What a sender is answered: accepted with a receipt, or refused with problems; alike in process and over HTTP."""

from dataclasses import dataclass

from ledger.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The submission is in the log for good.

    Attributes:
        seq: position of its header entry; its events follow at seq + 1 … seq + events.
        events: how many there are.
        recorded: the instant recorded in all of them.
        receipt: the `.tlog-proof` of the header entry, which commits to every event.
        checkpoint: the signed note inside the receipt.
        replayed: it was stored before, and this is the receipt it got then.
    """

    seq: int
    events: int
    recorded: str
    receipt: bytes
    checkpoint: bytes
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The submission was refused, for these reasons; nothing of it was kept, not even its id."""

    problems: tuple[Problem, ...]


Outcome = Accepted | Refused
