# SPDX-License-Identifier: Apache-2.0
"""Tables whose settled records lie on a shelf: read through, replaced, deleted, enumerated; and the shelf on disk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import msgspec
import pytest

from ledger.errors import EnvironmentFault
from ledger.journal import Journal
from ledger.kinds.control import Objection
from ledger.kinds.fact import Claim
from ledger.open_records import ReferenceState
from ledger.past_events import BankLine
from ledger.register import Register
from ledger.scratch_shelf import ScratchShelf
from ledger.shelf import ShelvedTable
from tests.desk import MemoryShelf
from tests.later_kinds import LATER, admitting, contract, payee_list, step
from tests.stories import Story
from tests.worlds import AUDIT, DAY, PROJECT, UNIT

if TYPE_CHECKING:
    from ledger.shelf import Shelf

Key = tuple[tuple[str, str, str], int]
LEANING: Key = (("TR", "credit", "R1"), 0)


@pytest.fixture(params=[MemoryShelf, ScratchShelf])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """An empty shelf of either kind."""
    made: Shelf = request.param()
    return made


def test_records_are_read_through(shelf: Shelf) -> None:
    """Records and keys of any shape come back as they were, those put away and those held."""
    table = ShelvedTable("references", tuple[str, str, str], ReferenceState, shelf=shelf)
    first, second = ("TR", "credit", "R1"), ("TR", "credit", "R2")
    table[first] = borne_out = ReferenceState(line=BankLine(seq=7, amount=5), taken=2, returns=3)
    table.put_away(most=1)
    assert table.held == {first: borne_out}
    table[second] = waiting = ReferenceState(line=None)
    table.put_away(most=1)
    assert table.held == {}
    assert (table[first], table[second]) == (borne_out, waiting)
    assert table.get(("TR", "debit", "R1")) is None
    assert dict(table.items()) == {first: borne_out, second: waiting}


def test_what_is_held_covers_what_lies_below(shelf: Shelf) -> None:
    """A newer record, a deleted one, and one that was deleted and made again."""
    table = ShelvedTable("leaning", tuple[tuple[str, str, str], int], str, shelf=shelf)
    for number, name in enumerate(("a", "b", "c")):
        table[LEANING[0], number] = name
    table.put_away()
    table[LEANING] = "newer"
    del table[LEANING[0], 1]
    del table[LEANING[0], 2]
    table[LEANING[0], 2] = "again"
    expected = {LEANING: "newer", (LEANING[0], 2): "again"}
    assert dict(table.items()) == expected
    table.put_away()
    assert dict(table.items()) == expected
    assert (LEANING[0], 1) not in table


def test_what_is_not_there_cannot_be_deleted(shelf: Shelf) -> None:
    """Neither what never was nor what is gone."""
    table = ShelvedTable("t", str, int, shelf=shelf)
    table["a"] = 1
    table.put_away()
    del table["a"]
    for key in ("a", "b"):
        with pytest.raises(KeyError):
            del table[key]
        with pytest.raises(KeyError):
            table[key]


def test_tables_on_one_shelf_stay_apart(shelf: Shelf) -> None:
    """The same key in two tables."""
    tables = [ShelvedTable(name, str, int, shelf=shelf) for name in ("a", "b")]
    for number, table in enumerate(tables):
        table["key"] = number
        table.put_away()
    assert [table["key"] for table in tables] == [0, 1]
    assert [dict(table.items()) for table in tables] == [{"key": 0}, {"key": 1}]


def test_sums_may_outgrow_64_bits(shelf: Shelf) -> None:
    """Nothing limits what many returns of one payment sum up to."""
    table = ShelvedTable("returned", str, int, shelf=shelf)
    table["a"] = 2**70
    table.put_away()
    assert table["a"] == 2**70


def test_what_was_taken_back_takes_no_memory() -> None:
    """However many refused submissions touched records that are on the shelf or nowhere."""
    table = ShelvedTable("t", int, int, shelf=MemoryShelf())
    table[0] = 1
    table.put_away()
    journal = Journal()
    for key in range(50):
        journal.put(table, key, 2)
    journal.drop(table, 0)
    journal.rollback(0)
    assert table.held == {}
    assert dict(table.items()) == {0: 1}


def test_without_a_shelf_everything_is_held() -> None:
    """However little was asked for."""
    table = ShelvedTable("t", str, int)
    table["a"] = 1
    table.put_away()
    assert table.held == {"a": 1}


def test_a_full_shelf_changes_nothing() -> None:
    """All is still held, and is put away when there is room again."""
    shelf = MemoryShelf(full=True)
    table = ShelvedTable("t", str, int, shelf=shelf)
    table["a"] = 1
    with pytest.raises(EnvironmentFault):
        table.put_away()
    assert (table["a"], table.held) == (1, {"a": 1})
    shelf.full = False
    table.put_away()
    assert (table["a"], table.held) == (1, {})


def test_a_full_disk_is_told_and_changes_nothing() -> None:
    """The rows before the one that did not fit are not there either; smaller ones still fit."""
    shelf = ScratchShelf()
    shelf.put("t", [(b"a", b"1")])
    shelf._database.execute("PRAGMA max_page_count = 8")
    with pytest.raises(EnvironmentFault, match="scratch file"):
        shelf.put("t", [(b"a", b"2"), (b"b", bytes(100_000))])
    assert list(shelf.rows("t")) == [(b"a", b"1")]
    shelf.put("t", [(b"a", b"2")])
    assert shelf.get("t", b"a") == b"2"


def test_any_thread_may_use_a_shelf_on_disk() -> None:
    """The sequencer flushes in whichever thread is first."""
    shelf = ScratchShelf()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(shelf.put, "t", [(b"a", b"1")]).result()
    assert shelf.get("t", b"a") == b"1"


def test_every_table_holds_plain_records() -> None:
    """Keys and records of each table encode and decode by the types that the register declares."""
    story = Story()
    desk = story.begin()
    desk.must(
        story.world.submission(
            UNIT, Claim(occurred_on=DAY, action="submit", claim="C1", project=PROJECT, amount=5)
        )
    )
    for one in (
        ("bank", 0, 1, 50),
        ("return", 1, 1, 5),
        ("return", 1, 1, 6),
        ("correct", 1, 1, 1),
        ("pledge", 0, 0, 1),
    ):
        story.post(desk, one)
    desk.must(story.world.submission(AUDIT, admitting(*LATER, policy="others")))
    asked = Objection(occurred_on=DAY, id="o-1", event=f"{UNIT}/none/0", text="问", days=5)
    named = desk.must(story.world.submission(UNIT, contract(), payee_list(line=None)))
    desk.must(story.world.submission(AUDIT, step("suspected"), msgspec.structs.replace(asked, event=named)))
    types = get_type_hints(Register)
    empty = {name for name, table in desk.register.tables().items() if not dict(table.items())}
    assert empty <= {"calendars", "rulings", "administered", "deputations", "offices", "overrides"}
    for name, table in desk.register.tables().items():
        key, record = get_args(types[name])
        rows = list(table.items())
        kind: Any = list[tuple[key, record]]  # type: ignore[valid-type]
        assert msgspec.json.decode(msgspec.json.encode(rows), type=kind) == rows
