# SPDX-License-Identifier: Apache-2.0
"""What an appender keeps between flushes: the same state however little stays in memory, and whatever the disk does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
import pytest

from ledger import open_state
from ledger.errors import EnvironmentFault
from ledger.kinds.control import Correction
from ledger.kinds.fact import Claim, Return
from ledger.open_state import OpenState
from ledger.outcome import Refused
from ledger.register import Register
from ledger.scratch_shelf import ScratchShelf
from ledger.store.engine import reading
from tests.ledgers import accept, check_whole, founded, opened, post_all
from tests.worlds import COUNTY, COUNTY_ACCOUNT, DAY, PROJECT, SUPPLIER_ACCOUNT, UNIT, make_world

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ledger.sequencer import Sequencer
    from ledger.submission import Submission
    from tests.worlds import World


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return str(tmp_path / "ledger.db")


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registers made from now on put everything away whenever they settle."""
    monkeypatch.setattr(open_state, "Register", partial(Register, held_max=0))


def follow_up(world: World, paid: Submission) -> Iterator[Submission]:
    """A return of the payment, its correction, and a claim with its approval."""
    name = f"{COUNTY}/{paid.header.id}/0"
    back = Return(
        occurred_on=DAY, amount=50, event=name, from_account=SUPPLIER_ACCOUNT, to_account=COUNTY_ACCOUNT,
        bank_ref="R1",
    )  # fmt: skip
    returned = world.submission(COUNTY, back)
    yield returned
    undone = Correction(occurred_on=DAY, event=f"{COUNTY}/{returned.header.id}/0", reason="x")
    yield world.submission(COUNTY, undone)
    claim = Claim(occurred_on=DAY, action="submit", claim="C1", project=PROJECT, amount=5, line="L1")
    yield world.submission(UNIT, claim)
    yield world.submission(COUNTY, msgspec.structs.replace(claim, action="approve"))


def accept_one(sequencer: Sequencer, submission: Submission) -> Submission:
    """`submission`, which stands now."""
    accept(sequencer, submission)
    return submission


def folded(url: str) -> OpenState:
    """The state of the whole log."""
    state = OpenState()
    with opened(url) as engine, reading(engine) as connection:
        state.catch_up(connection)
    return state


@pytest.mark.usefixtures("little")
def test_the_state_is_the_same_on_disk(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Live, folded with everything put away, and folded with everything in memory; repeats are refused as ever."""
    world = make_world()
    with founded(file, world) as sequencer:
        paid = world.pay("L1", 500)
        post_all(sequencer, [*world.opening(), world.issue("L1", 1_000), paid])
        _, correction, claim, _ = [accept_one(sequencer, one) for one in follow_up(world, paid)]
        for first in (correction, claim):
            again = world.submission(first.header.party, *first.events)
            assert isinstance(sequencer.submit(again), Refused)
        live = sequencer._state.register
    with_little = folded(file).register
    assert all(table.held == {} for table in (with_little.returns, with_little.corrected, with_little.claims))
    assert dict(with_little.claims.items())
    monkeypatch.undo()
    assert live.tables() == with_little.tables() == folded(file).register.tables()


@pytest.mark.usefixtures("little")
def test_a_full_scratch_disk_loses_no_answer(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was committed is answered as such, the ledger goes on, and what could not be put away is in memory."""
    world = make_world()
    with founded(file, world) as sequencer:
        paid = world.pay("L1", 500)
        post_all(sequencer, [*world.opening(), world.issue("L1", 1_000), paid])
        monkeypatch.setattr(ScratchShelf, "put", _full)
        for submission in follow_up(world, paid):
            assert not accept(sequencer, submission).replayed
        register = sequencer._state.register
        assert register.claims.held
    monkeypatch.undo()
    assert register.tables() == folded(file).register.tables()
    check_whole(file, world)


@pytest.mark.usefixtures("little")
def test_an_unreadable_scratch_file_stores_nothing(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender is told, nothing of the submission is kept, and it stands once the file can be read again."""
    world = make_world()
    with founded(file, world) as sequencer:
        paid = world.pay("L1", 500)
        post_all(sequencer, [*world.opening(), world.issue("L1", 1_000), paid])
        *before, approval = follow_up(world, paid)
        post_all(sequencer, before)
        with monkeypatch.context() as broken:
            broken.setattr(ScratchShelf, "get", _full)
            with pytest.raises(EnvironmentFault, match="scratch"):
                sequencer.submit(approval)
        accept(sequencer, approval)
    check_whole(file, world)


def _full(_shelf: ScratchShelf, _table: str, _rows: Iterable[tuple[bytes, bytes | None]] | bytes) -> None:
    raise EnvironmentFault(
        code="workspace",
        place="scratch file",
        message_en="full",
        message_zh="已满",
        remedy_en="x",
        remedy_zh="x",
    )
