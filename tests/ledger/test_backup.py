# SPDX-License-Identifier: Apache-2.0
"""A backup holds a ledger whole, at one moment, and is put back whole into an empty database or not at all."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, text

from ledger.backup import write_backup
from ledger.errors import EnvironmentFault, FormatError
from ledger.founding import found_ledger
from ledger.restoration import restore_backup
from ledger.sequencer import Sequencer
from ledger.store.anchors import StoredAnchor, keep_anchor
from ledger.store.engine import holding_lock, reading
from ledger.store.kept_rows import KEPT
from ledger.store.schema import prepare
from ledger.store.tables import ACCESS, DISCLOSURE, INDEXES, LOG
from ledger.submission import event_name
from tests.later_kinds import LATER, admitting
from tests.ledger.test_disclosures import PERSON, erase, paid
from tests.ledgers import accept, check_whole, founded, opened, post_all
from tests.personal import KNOWN
from tests.worlds import AUDIT, UNIT, make_world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from sqlalchemy import Engine

    from tests.worlds import World


def small(url: str) -> World:
    """A ledger with checkpoints, cosignatures and an anchor."""
    world = make_world()
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), world.issue("L1", 1_000), world.bank_lines(1, 300)])
        admitted = world.submission(AUDIT, admitting(*LATER))
        posted = world.submission(UNIT, paid(world))
        post_all(sequencer, [admitted, posted, erase(world, event_name(posted.header, 0), PERSON[0])])
        sequencer.renew(older_than=0)
        size = sequencer.size
    with opened(url) as engine, holding_lock(engine) as connection:
        anchor = StoredAnchor(
            note=b"a note",
            token=bytes(range(256)),
            authority="时间戳机构",
            stamped="2026-01-06T00:00:00.000Z",
        )
        keep_anchor(connection, size=size, anchor=anchor)
        told = {"at": "2026-01-06T00:00:00.000Z", "key": "0" * 64, "party": AUDIT, "event": "x/y/0"}
        connection.execute(
            insert(ACCESS).values(id="1", field="payee_name", reason="核查", case_id="", **told)
        )
        connection.commit()
    return world


def backed_up(url: str) -> bytes:
    """Its backup in clear."""
    sink = io.BytesIO()
    with opened(url) as engine:
        write_backup(engine, sink.write)
    return sink.getvalue()


def everything(engine: Engine) -> dict[str, set[Any]]:
    """All rows of all tables that a backup brings back, directly or by way of the log."""
    with reading(engine) as connection:
        return {
            one.name: {tuple(row) for row in connection.execute(select(one))}
            for one in (LOG, *KEPT, *INDEXES)
        }


def restored(url: str, backup: bytes) -> bool:
    """Whether the backup was put back into the database at `url`, and not there before."""
    with opened(url, create=True) as engine:
        return not restore_backup(engine, io.BytesIO(backup), place="file").before


def test_everything_comes_back_and_posting_goes_on(url: str, tmp_path: Path) -> None:
    """On SQLite and PostgreSQL, each into the other's stead."""
    first = str(tmp_path / "first.db")
    world = small(first)
    assert restored(url, backed_up(first))
    with opened(first) as before, opened(url) as after:
        assert everything(after) == everything(before)
        accept(Sequencer(after, world.log_signer), world.pay("L1", 5))
    check_whole(url, world)
    assert backed_up(first) != backed_up(url)


def test_a_backup_of_what_was_restored_is_the_same(url: str, tmp_path: Path) -> None:
    """Line by line."""
    small(url)
    backup = backed_up(url)
    other = str(tmp_path / "other.db")
    assert restored(other, backup)
    assert backed_up(other) == backup


def test_what_was_erased_stays_erased(tmp_path: Path) -> None:
    """What is left of a person's fields comes back; a disclosure that opens nothing there is refused."""
    first, second = str(tmp_path / "first.db"), str(tmp_path / "second.db")
    small(first)
    backup = backed_up(first)
    lines = lines_of(backup)
    (at,) = (number for number, line in enumerate(lines) if line.startswith(b'["disclosure"'))
    name, seq, _, _ = json.loads(lines[at])
    erased = json.dumps([name, seq, PERSON[0], KNOWN[PERSON[0]]], separators=(",", ":")).encode() + b"\n"
    with opened(second, create=True) as engine:
        prepare(engine)
        with pytest.raises(FormatError, match="erased"):
            restore_backup(
                engine, io.BytesIO(b"".join([*lines[:at], erased, *lines[at + 1 :]])), place="file"
            )
        assert not restore_backup(engine, io.BytesIO(backup), place="file").before
        assert len(everything(engine)[DISCLOSURE.name]) == 1


def test_a_second_run_finds_it_done(url: str) -> None:
    """A run that broke off after the commit is repeated without harm."""
    world = small(url)
    assert not restored(url, backed_up(url))
    check_whole(url, world)


def test_nothing_is_written_over(url: str, tmp_path: Path) -> None:
    """Another ledger, or the same one further on, stays as it is."""
    small(str(tmp_path / "first.db"))
    backup = backed_up(str(tmp_path / "first.db"))
    other = make_world(origin="ledger.example/other")
    with opened(url, create=True) as engine:
        found_ledger(engine, other.genesis, other.genesis_signatures, other.log_signer)
        before = everything(engine)
        with pytest.raises(EnvironmentFault) as raised:
            restore_backup(engine, io.BytesIO(backup), place="file")
        assert raised.value.code == "restore.occupied"
        assert everything(engine) == before


def lines_of(backup: bytes) -> list[bytes]:
    """Its lines with their ends."""
    return backup.splitlines(keepends=True)


def _without_newest(lines: list[bytes]) -> list[bytes]:
    newest = max(at for at, line in enumerate(lines) if line.startswith(b'["checkpoint"'))
    end = b'{"rows":%d}\n' % (json.loads(lines[-1])["rows"] - 1)
    return [*lines[:newest], *lines[newest + 1 : -1], end]


def _without(at: int) -> Callable[[list[bytes]], list[bytes]]:
    return lambda lines: [line for number, line in enumerate(lines) if number != at % len(lines)]


def _rewritten(at: int, old: bytes, new: bytes) -> Callable[[list[bytes]], list[bytes]]:
    """The line counted from the last entry (or the head, 0) says something else."""

    def change(lines: list[bytes]) -> list[bytes]:
        number = at and json.loads(lines[0])["size"] + at
        changed = lines[number].replace(old, new, 1)
        assert changed != lines[number]
        return [*lines[:number], changed, *lines[number + 1 :]]

    return change


SPOILED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "no end": _without(-1),
    "more after the end": lambda lines: [*lines, b"{}\n"],
    "a row too few": _without(-2),
    "an entry too few": _without(9),
    "entries exchanged": lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]],
    "another spelling of a row": _rewritten(1, b",", b", "),
    "a table that is none": _rewritten(1, b"checkpoint", b"checkpoints"),
    "no newest checkpoint": _without_newest,
    "another format": _rewritten(0, b"/v1", b"/v2"),
    "another spelling of the head": _rewritten(0, b":", b": "),
}
"""What encryption would not see, because its writer did it."""


@pytest.mark.parametrize("how", SPOILED)
def test_a_backup_that_is_not_whole_is_refused(tmp_path: Path, how: str) -> None:
    """And the database stays empty, ready for a whole one."""
    small(str(tmp_path / "first.db"))
    backup = backed_up(str(tmp_path / "first.db"))
    target = str(tmp_path / "target.db")
    with opened(target, create=True) as engine:
        prepare(engine)
        with pytest.raises(FormatError):
            restore_backup(engine, io.BytesIO(b"".join(SPOILED[how](lines_of(backup)))), place="file")
        assert not any(everything(engine).values())
    assert restored(target, backup)


def test_a_damaged_ledger_is_not_backed_up(tmp_path: Path) -> None:
    """A backup of it would be believed in the hour of need."""
    url = str(tmp_path / "ledger.db")
    small(url)
    with opened(url) as engine:
        with holding_lock(engine) as connection:
            connection.execute(text("DROP TRIGGER log_no_update"))
            connection.execute(
                text("UPDATE log SET bytes = CAST(replace(CAST(bytes AS TEXT), '1000', '9000') AS BLOB)")
            )
            connection.commit()
        with pytest.raises(EnvironmentFault) as raised:
            write_backup(engine, io.BytesIO().write)
    assert raised.value.code == "backup.damaged"


def test_no_ledger_no_backup(tmp_path: Path) -> None:
    """It says so."""
    with opened(str(tmp_path / "empty.db"), create=True) as engine:
        prepare(engine)
        with pytest.raises(EnvironmentFault) as raised:
            write_backup(engine, io.BytesIO().write)
    assert raised.value.code == "backup.no-ledger"
