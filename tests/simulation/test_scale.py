# SPDX-License-Identifier: Apache-2.0
"""Large ledgers: as many entries as asked for, an open state that does not grow with them, and no problem in posting."""

import datetime
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from ledger.entry import genesis_entry_bytes
from ledger.errors import InputError
from ledger.kinds.bank import BankBalance, Movement
from ledger.kinds.fact import Use
from ledger.submission import parse_wire, wire_bytes
from tests.simulation.posted_world import Posted, post
from verifier.simulation.diary import CashEvent, sides
from verifier.simulation.scale import EVENTS_PER_SUBMISSION, Plan, stream
from verifier.simulation.scale_bodies import DENIED
from verifier.simulation.scale_command import write_scale

ORIGIN = "ledger.example/bench"
SMALL = Plan(entries=6_000, origin=ORIGIN, counties=3, lines=4)


def posted_plan(plan: Plan) -> Posted:
    """The ledger of `plan`, posted into memory."""
    made = stream(plan)
    return post(genesis_entry_bytes(made.genesis, made.genesis_signatures), made.submissions())


@pytest.fixture(scope="module")
def small() -> Posted:
    """A small ledger of the same shape."""
    return posted_plan(SMALL)


def test_it_posts_without_a_problem(small: Posted) -> None:
    """Signatures, rights, references and ceilings all hold; no line is left with what it does not hold."""
    assert small.problems == ()
    assert all(line.free >= 0 for line in small.register.lines.values())


def test_it_has_as_many_entries_as_asked_for() -> None:
    """At least the number asked for, at most a turn more, and `size` says how many."""
    for entries in (1_000, 6_000, 30_000):
        made = stream(Plan(entries=entries, origin=ORIGIN, counties=3, lines=4))
        size = 1 + sum(1 + one.header.count for one in made.submissions())
        assert made.size == size
        assert entries <= size <= entries + 5 * made.plan.batch + 100


def test_submissions_are_bounded_and_read_back() -> None:
    """No submission has more than a thousand events; each reads back from its line."""
    for one in islice(stream(SMALL).submissions(), 40):
        assert one.header.count <= EVENTS_PER_SUBMISSION
        assert parse_wire(wire_bytes(one)) == one


def test_same_plan_gives_the_same_bytes() -> None:
    """The stream repeats byte for byte; another seed gives another one."""

    def written(plan: Plan) -> list[bytes]:
        return [wire_bytes(one) for one in stream(plan).submissions()]

    assert written(SMALL) == written(SMALL)
    assert written(SMALL) != written(Plan(entries=6_000, origin=ORIGIN, counties=3, lines=4, seed=2))


def _rows(posted: Posted, table: str) -> int:
    return sum(1 for _ in getattr(posted.register, table).items())


def test_open_state_does_not_grow(small: Posted) -> None:
    """Four times the entries: the same accounts, lines and keys."""
    larger = posted_plan(Plan(entries=24_000, origin=ORIGIN, counties=3, lines=4))
    assert larger.size > 3 * small.size
    for table in ("parties", "accounts", "lines", "keys", "claims", "pledges", "funds"):
        assert _rows(larger, table) == _rows(small, table)


def test_statements_chain_and_bear_the_reports_out(small: Posted) -> None:
    """Twelve statements an account; opening plus lines is closing; every covered side of a report has its line."""
    sums: Counter[str] = Counter()
    closings: dict[str, int] = {}
    months: Counter[str] = Counter()
    unmatched: Counter[tuple[str | None, str | None, int]] = Counter()
    covered = {one.id for one in small.register.accounts.values() if one.bank is not None}
    for one in small.events:
        match one.event:
            case Movement() as line:
                sums[line.account] += line.amount if line.direction == "credit" else -line.amount
                unmatched[line.account, line.bank_ref, line.amount] -= 1
            case BankBalance() as balance:
                assert balance.opening + sums.pop(balance.account, 0) == balance.closing
                assert closings.get(balance.account, balance.opening) == balance.opening
                closings[balance.account] = balance.closing
                months[balance.account] += 1
            case event if isinstance(event, CashEvent):
                for side in sides(event):
                    if side in covered:
                        unmatched[side, event.bank_ref, event.amount] += 1
            case _:
                pass
    assert set(months) == covered
    assert set(months.values()) == {12}
    assert set(unmatched.values()) == {0}
    assert small.events[-1].event.occurred_on == datetime.date(2026, 12, 31)


def test_one_purchase_is_out_of_scope(small: Posted) -> None:
    """Exactly one, so that an audit of any size has the same one thing to say."""
    denied = [one for one in small.events if isinstance(one.event, Use) and one.event.economic == DENIED]
    assert len(denied) == 1


def test_it_is_written_as_a_folder(tmp_path: Path) -> None:
    """Genesis, submissions and the keys that found the ledger; nothing else."""
    size = write_scale(Plan(entries=1_000, origin=ORIGIN, counties=2, lines=2), tmp_path / "large")
    lines = (tmp_path / "large" / "events.ndjson").read_bytes().splitlines()
    assert size == 1 + sum(1 + parse_wire(line).header.count for line in lines)
    names = {str(path.relative_to(tmp_path / "large")) for path in (tmp_path / "large").rglob("*.*")}
    assert names == {"genesis.json", "events.ndjson", "keys/log.pem", "keys/admin-1.pem", "keys/admin-2.pem"}


def test_an_origin_that_cannot_name_a_log_is_refused() -> None:
    """Told before anything is made."""
    with pytest.raises(InputError, match="cannot name a log"):
        stream(Plan(entries=1_000, origin="Not An Origin"))
