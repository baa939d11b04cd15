# SPDX-License-Identifier: Apache-2.0
"""Look-ups of earlier events answer what is stored before a position, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger.kinds.bank import BankBalance, Movement
from ledger.past_events import BankLine
from ledger.store.engine import reading
from ledger.store.past import StoredPast
from tests.ledgers import founded, opened, post_all
from tests.worlds import BANK, COUNTY_ACCOUNT, DAY, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from tests.worlds import World


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, World, int]:
    """A ledger with two bank submissions, `first` and `second`; the position of the header entry of `first`."""
    url, world = str(tmp_path_factory.mktemp("past") / "ledger.db"), make_world()
    lines = [
        msgspec.structs.replace(world.moved(number, 10 * number), bank_ref=ref)
        for number, ref in ((1, "R-1"), (2, "R-2"), (3, "R-1"))
    ]
    closing = BankBalance(
        occurred_on=DAY,
        account=COUNTY_ACCOUNT,
        statement="2026-01",
        from_on=DAY,
        to_on=DAY,
        opening=0,
        closing=60,
        lines=3,
    )
    with founded(url, world) as sequencer:
        post_all(sequencer, world.opening())
        first = world.submission(BANK, *lines, submission_id="first")
        answer = post_all(sequencer, [first, world.submission(BANK, closing, submission_id="second")])[0]
    return url, world, answer.seq


@pytest.fixture
def connection(posted: tuple[str, World, int]) -> Iterator[Connection]:
    """A connection to that ledger."""
    with opened(posted[0]) as engine, reading(engine) as connection:
        yield connection


def test_events_are_found_by_their_stable_names(
    posted: tuple[str, World, int], connection: Connection
) -> None:
    """With position, actor and content."""
    found = StoredPast(connection, before=1_000).find(f"{BANK}/first/1")
    assert found is not None
    assert isinstance(found.event, Movement)
    assert (found.seq, found.party, found.event.amount) == (posted[2] + 2, BANK, 20)


@pytest.mark.parametrize(
    "name",
    [f"{BANK}/first/3", f"{BANK}/third/0", "nobody/first/0", f"{BANK}/first/-1", f"{BANK}/first/x", "x", ""],
)
def test_names_of_nothing_find_nothing(connection: Connection, name: str) -> None:
    """Beyond the last event, unknown, or no name at all."""
    assert StoredPast(connection, before=1_000).find(name) is None


def test_bank_lines_are_found_by_statement_and_by_reference(
    posted: tuple[str, World, int], connection: Connection
) -> None:
    """Line 0 is the closing balance; of several lines with one reference the first counts."""
    first = posted[2]
    past = StoredPast(connection, before=1_000)
    found = [past.statement_line(COUNTY_ACCOUNT, "2026-01", number) for number in (0, 1, 2, 3, 4)]
    assert found == [first + 5, first + 1, first + 2, first + 3, None]
    assert past.statement_line(COUNTY_ACCOUNT, "2026-02", 1) is None
    assert past.bank_line(COUNTY_ACCOUNT, "credit", "R-1") == BankLine(seq=first + 1, amount=10)
    assert past.bank_line(COUNTY_ACCOUNT, "debit", "R-1") is None
    assert past.bank_line(COUNTY_ACCOUNT, "credit", "R-3") is None


def test_nothing_at_or_after_the_position_is_known(
    posted: tuple[str, World, int], connection: Connection
) -> None:
    """What is asked on the way through the log must not see what comes later."""
    first = posted[2]
    past = StoredPast(connection, before=first)
    assert past.submission(BANK, "first") is None
    assert past.find(f"{BANK}/first/0") is None
    assert past.statement_line(COUNTY_ACCOUNT, "2026-01", 1) is None
    assert past.bank_line(COUNTY_ACCOUNT, "credit", "R-2") is None
    past.before = first + 2
    assert past.submission(BANK, "first") == first
    assert past.bank_line(COUNTY_ACCOUNT, "credit", "R-1") == BankLine(seq=first + 1, amount=10)
    assert past.bank_line(COUNTY_ACCOUNT, "credit", "R-2") is None


def test_what_was_expected_is_answered_as_what_was_not(
    posted: tuple[str, World, int], connection: Connection
) -> None:
    """Fetched in a batch or one by one, the answers are the same."""
    _, world, first = posted
    asked = [
        world.submission(BANK, world.moved(3, 1), world.moved(4, 1), submission_id="first"),
        world.submission(BANK, world.moved(1, 1, statement="2026-02"), submission_id="new"),
    ]
    alone, together = StoredPast(connection, before=1_000), StoredPast(connection, before=1_000)
    together.expect(asked)
    for past in (alone, together):
        assert past.submission(BANK, "first") == first
        assert past.submission(BANK, "new") is None
        lines = [("2026-01", 3), ("2026-01", 4), ("2026-02", 1), ("2026-01", 2)]
        found = [past.statement_line(COUNTY_ACCOUNT, statement, number) for statement, number in lines]
        assert found == [first + 3, None, None, first + 2]


def test_many_ids_are_expected_at_once(connection: Connection) -> None:
    """More than one query holds."""
    world = make_world()
    past = StoredPast(connection, before=1_000)
    past.expect(
        world.submission(BANK, world.moved(1, 1), submission_id=f"id-{number}") for number in range(1_000)
    )
    assert {past.submission(BANK, f"id-{number}") for number in range(1_000)} == {None}
