# SPDX-License-Identifier: Apache-2.0
"""The invented ledger is a lawful one: every submission that it offers is admitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.first_entry import found
from ledger.posting import admit
from ledger.register import Register
from ledger.submission import parse_wire, wire_bytes
from tests.worlds import make_world

if TYPE_CHECKING:
    from ledger.past_events import BankLine, KnownEvent
    from tests.worlds import World


class NoPast:
    """Knows of no earlier event: everything is still pending in the register."""

    def find(self, name: str) -> KnownEvent | None:
        """Nothing."""

    def submission(self, party: str, identifier: str) -> int | None:
        """Nothing."""

    def statement_line(self, account: str, statement: str, line_no: int) -> int | None:
        """Nothing."""

    def bank_line(self, account: str, direction: str, bank_ref: str) -> BankLine | None:
        """Nothing."""


def story(world: World) -> list[bytes]:
    """The opening, a line, a payment and a bank statement, as wire lines."""
    submissions = [*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000)]
    return [wire_bytes(one) for one in (*submissions, world.bank_lines(1, 20))]


def test_every_submission_of_the_world_is_admitted() -> None:
    """Parties, keys, accounts, fund, project, line, payment and bank lines stand in the register."""
    world = make_world()
    register = Register()
    found(register, world.genesis_entry)
    seq = 1
    for line in story(world):
        submission = parse_wire(line)
        problems = admit(register, submission, seq=seq, recorded=submission.header.signed_at, past=NoPast())
        assert problems == ()
        seq += 1 + submission.header.count
    assert register.lines["L1"].free == 750_000


def test_a_world_is_the_same_in_every_run() -> None:
    """Two worlds made alike give the same bytes."""
    assert story(make_world()) == story(make_world())
