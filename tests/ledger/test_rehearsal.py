# SPDX-License-Identifier: Apache-2.0
"""`Sequencer.preview`: events judged one after another by the real rules, unsigned, leaving no trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger import rehearsal
from ledger.errors import InputError
from ledger.journal import Journal
from ledger.kinds.bank import Movement
from tests.ledgers import accept, check_whole, founded, post_all
from tests.worlds import BANK, BEGINNING, COUNTY, COUNTY_ACCOUNT, DAY, PROVINCE

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.kinds.vocabulary import AnyEvent
    from tests.worlds import World


def told(world: World, folder: Path, party: str, events: list[AnyEvent]) -> list[list[str]]:
    """The codes of the problems of each event, previewed with a line L1 of 100; the ledger is unchanged."""
    url = str(folder / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 100)])
        size = sequencer.size
        found = [
            [problem.code for problem in problems]
            for problems in sequencer.preview(party, events, signed_at=BEGINNING)
        ]
        assert sequencer.size == size
        accept(sequencer, world.pay("L1", 100))
    check_whole(url, world)
    return found


def test_each_event_is_judged_after_those_that_stand(world: World, tmp_path: Path) -> None:
    """A refused one takes nothing of the line; those after it may have what is left; nothing of it remains."""
    events: list[AnyEvent] = [world.paid("L1", amount) for amount in (60, 41, 40, 1)]
    assert told(world, tmp_path, COUNTY, events) == [[], ["line-exceeded"], [], ["line-exceeded"]]


def test_the_actor_is_judged_and_signatures_are_not(world: World, tmp_path: Path) -> None:
    """The county cannot issue what is the province's."""
    event = world.issued("L2", 5)
    assert told(world, tmp_path, COUNTY, [event]) == [["actor"]]


def test_doubles_within_the_preview_and_against_the_ledger(world: World, tmp_path: Path) -> None:
    """An id of the ledger and one of an earlier event are both taken."""
    events: list[AnyEvent] = [world.issued(line, 5) for line in ("L1", "L2", "L2")]
    assert told(world, tmp_path, PROVINCE, events) == [["id-duplicate"], [], ["id-duplicate"]]


def test_bank_lines_twice(world: World, tmp_path: Path) -> None:
    """Lines of a statement, which the register forgets when it settles, are told twice here too."""
    line = Movement(
        occurred_on=DAY, account=COUNTY_ACCOUNT, statement="S", line_no=1, direction="credit", amount=5
    )
    assert told(world, tmp_path, BANK, [line, line]) == [[], ["statement-line-duplicate"]]


def test_memory_is_drawn_together_without_forgetting(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compacted after every event, a preview says the same and is undone as wholly."""
    monkeypatch.setattr(rehearsal, "PREVIEW_COMPACTED", 1)
    events: list[AnyEvent] = [world.paid("L1", amount) for amount in (60, 41, 40, 1)]
    assert told(world, tmp_path, COUNTY, events) == [[], ["line-exceeded"], [], ["line-exceeded"]]


def test_a_party_that_nobody_registered_is_refused(world: World, tmp_path: Path) -> None:
    """With the remedy in both languages."""
    with pytest.raises(InputError, match="not registered") as caught:
        told(world, tmp_path, "na-nobody", [world.issued("L2", 5)])
    assert caught.value.remedy_zh


def test_a_journal_drawn_together_goes_back_to_its_beginning() -> None:
    """Of three changes of one key the value before the first is kept, and an absent one stays absent."""
    journal, table = Journal(), {"a": 1}
    for key, value in (("a", 2), ("b", 1), ("a", 3), ("b", 2)):
        journal.put(table, key, value)
    journal.drop(table, "a")
    journal.compact()
    assert journal.mark() == 2
    journal.put(table, "c", 1)
    journal.rollback(0)
    assert table == {"a": 1}
