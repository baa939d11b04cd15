# SPDX-License-Identifier: Apache-2.0
"""Indexes made anew from the log are those that the commit path wrote; a log that is not whole gets none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from sqlalchemy import delete, insert, select, text

from ledger.errors import EnvironmentFault
from ledger.kinds.attachment import Attachment
from ledger.log_signer import LogSigner
from ledger.reindexing import reindex
from ledger.sequencer import Sequencer
from ledger.store.engine import holding_lock, reading
from ledger.store.kept_rows import KEPT
from ledger.store.schema import prepare
from ledger.store.tables import (
    APPEND_ONLY,
    INDEXES,
    LOG_KEY,
    META,
    METADATA,
    SUBMISSION,
    TILE,
)
from ledger.submission import event_name
from tests.faults.breaking import breaking
from tests.later_kinds import LATER
from tests.later_kinds import admitting as admitting_kinds
from tests.ledger.test_disclosures import PERSON, erase, paid
from tests.ledger.test_log_key_changes import NEXT, adding, admitting
from tests.ledgers import accept, check_whole, founded, opened, post_all
from tests.worlds import AUDIT, BANK, DAY, UNIT, make_world

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.worlds import World

DESK = {"session_challenge", "session", "draft", "draft_version", "draft_signature", "notice"}


def both(world: World) -> LogSigner:
    """The log with its first keys and those that are added."""
    return LogSigner(signers=(*world.log_keys, *NEXT.signers))


def busy(url: str) -> World:
    """A ledger with rows in every index, tiles among them."""
    world = make_world()
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 1_000), world.pay("L1", 10)])
        lines = [world.moved(number, 5) for number in range(1, 300)]
        accept(
            sequencer, world.submission(BANK, msgspec.structs.replace(lines[0], bank_ref="参1"), *lines[1:])
        )
        posted = world.submission(UNIT, paid(world))
        post_all(sequencer, [world.submission(AUDIT, admitting_kinds(*LATER)), posted])
        file = Attachment(occurred_on=DAY, hash="3f" * 32, size=1, media_type="image/png")
        accept(sequencer, world.submission(UNIT, file))
        accept(sequencer, erase(world, event_name(posted.header, 0), PERSON[0]))
    with opened(url) as engine:
        post_all(Sequencer(engine, both(world)), [admitting(world), adding(world, NEXT)])
    return world


def rows(engine: Engine) -> dict[str, set[Any]]:
    """What every index table holds."""
    with reading(engine) as connection:
        return {one.name: {tuple(row) for row in connection.execute(select(one))} for one in INDEXES}


def test_rebuilt_indexes_are_those_that_were_live(url: str) -> None:
    """Emptied, or filled with what is wrong: afterwards each table is row for row what it was."""
    world = busy(url)
    with opened(url) as engine:
        live = rows(engine)
        assert all(live.values())
        with holding_lock(engine) as connection:
            connection.execute(delete(TILE))
            connection.execute(delete(LOG_KEY))
            connection.execute(
                insert(SUBMISSION).values(party="x", id="y", seq=9, events=1, header_hash=b"z")
            )
            connection.commit()
        assert rows(engine) != live
        assert reindex(engine) > 300
        assert rows(engine) == live
    check_whole(url, world)


def test_posting_goes_on_after_it(url: str) -> None:
    """The tree, the ids and the bank lines are where an appender looks for them."""
    world = busy(url)
    again = world.pay("L1", 20)
    with opened(url) as engine:
        sequencer = Sequencer(engine, both(world))
        accept(sequencer, again)
        reindex(engine)
        assert accept(sequencer, again).replayed
        assert not accept(sequencer, world.pay("L1", 30)).replayed


def test_every_step_of_it_fails(url: str) -> None:
    """Whatever breaks before the commit, the old indexes stand."""
    busy(url)
    with opened(url) as engine:
        live = rows(engine)
        with breaking(engine) as steps:
            reindex(engine)
        for at, name in enumerate(steps.seen, start=1):
            with breaking(engine, at={at}), pytest.raises(EnvironmentFault):
                reindex(engine)
            assert rows(engine) == live, name


def test_a_log_that_was_altered_gets_no_indexes(tmp_path: Path) -> None:
    """Its bytes do not lead to the checkpoint; what was there stays there."""
    url = str(tmp_path / "ledger.db")
    busy(url)
    with opened(url) as engine:
        live = rows(engine)
        with holding_lock(engine) as connection:
            connection.execute(text("DROP TRIGGER log_no_update"))
            connection.execute(
                text("UPDATE log SET bytes = CAST(replace(CAST(bytes AS TEXT), '1000', '9000') AS BLOB)")
            )
            connection.commit()
        with pytest.raises(EnvironmentFault) as raised:
            reindex(engine)
        assert raised.value.code == "ledger.root"
        assert rows(engine) == live


def test_leaf_hashes_that_were_altered_are_noticed(tmp_path: Path) -> None:
    """The entries are whole, and what an appender would go on from is not."""
    url = str(tmp_path / "ledger.db")
    busy(url)
    with opened(url) as engine:
        with holding_lock(engine) as connection:
            connection.execute(text("DROP TRIGGER log_no_update"))
            connection.execute(
                text("UPDATE log SET leaf = zeroblob(32) WHERE seq = (SELECT max(seq) FROM log)")
            )
            connection.commit()
        with pytest.raises(EnvironmentFault) as raised:
            reindex(engine)
        assert raised.value.code == "ledger.root"


def test_an_empty_database_has_nothing_to_index(tmp_path: Path) -> None:
    """It says so."""
    with opened(str(tmp_path / "empty.db"), create=True) as engine:
        prepare(engine)
        with pytest.raises(EnvironmentFault) as raised:
            reindex(engine)
    assert raised.value.code == "ledger.no-ledger"


def test_every_table_is_rebuilt_or_kept_or_left_out_on_purpose() -> None:
    """Whoever adds a table says what becomes of it when the database is lost."""
    rebuilt, kept = {one.name for one in INDEXES}, {one.name for one in KEPT}
    left_out = {
        META.name
    } | DESK  # paths on one machine; people at work, who sign in, draft, and are told again
    assert set(METADATA.tables) == {APPEND_ONLY[0].name} | rebuilt | kept | left_out
    assert not rebuilt & kept
