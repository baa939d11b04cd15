# SPDX-License-Identifier: Apache-2.0
"""A simulated world posted into memory: the register it ends in and its events as judgements see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ledger.entry import event_entry_bytes, header_entry_bytes
from ledger.first_entry import found
from ledger.hashing import leaf_hash
from ledger.posting import admit
from ledger.problems import Problem
from ledger.register import Register
from ledger.submission import event_name
from verifier.posted import PostedEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.past_events import BankLine, KnownEvent
    from ledger.submission import Submission


class NoPast:
    """Look-ups into an empty log: everything is still pending in the register, which is never settled."""

    def find(self, name: str) -> KnownEvent | None:
        """No event is settled."""

    def submission(self, party: str, identifier: str) -> int | None:
        """No submission is settled."""

    def statement_line(self, account: str, statement: str, line_no: int) -> int | None:
        """No bank line is settled."""

    def bank_line(self, account: str, direction: str, bank_ref: str) -> BankLine | None:
        """No bank line is settled."""


@dataclass(slots=True, kw_only=True)
class Posted:
    """What posting gave: the register, the events, and the first problems, after which it stopped."""

    register: Register = field(default_factory=Register)
    events: list[PostedEvent] = field(default_factory=list)
    problems: tuple[Problem, ...] = ()
    size: int = 0


def post(genesis_entry: bytes, submissions: Iterable[Submission]) -> Posted:
    """The ledger after all `submissions`, signatures checked; stops at the first one with problems."""
    posted = Posted(size=1)
    found(posted.register, genesis_entry)
    prev, recorded = leaf_hash(genesis_entry).hex(), ""
    for one in submissions:
        recorded = max(recorded, one.header.signed_at)
        seq = posted.size
        posted.problems = admit(posted.register, one, seq=seq, recorded=recorded, past=NoPast())
        if posted.problems:
            return posted
        header = header_entry_bytes(
            seq=seq, prev=prev, recorded=recorded, header=one.header, signatures=one.signatures
        )
        prev = leaf_hash(header).hex()
        for index, (event, encoded) in enumerate(zip(one.events, one.event_bytes, strict=True)):
            at = seq + 1 + index
            entry = event_entry_bytes(
                seq=at, prev=prev, recorded=recorded, submission=seq, index=index, event=encoded
            )
            leaf = leaf_hash(entry)
            prev = leaf.hex()
            name = event_name(one.header, index)
            posted.events.append(
                PostedEvent(
                    seq=at, leaf=leaf, recorded=recorded, party=one.header.party, name=name, event=event
                )
            )
        posted.size = seq + 1 + len(one.events)
    return posted
