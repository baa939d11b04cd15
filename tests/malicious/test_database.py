# SPDX-License-Identifier: Apache-2.0
"""The same attacks by somebody who owns the database: triggers dropped, rows changed by hand, `verify --db` asked."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner

from ledger.checkpoint import Checkpoint
from ledger.hashing import leaf_hash
from ledger.kinds.control import Correction
from ledger.merkle import root_of
from tests.ledgers import founded, post_all
from tests.worlds import COUNTY, DAY, World, log_signer_named, make_world
from verifier import cli

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.log_signer import LogSigner


@pytest.fixture
def world() -> World:
    """The cast of the ledger."""
    return make_world()


@pytest.fixture
def file(tmp_path: Path, world: World) -> Path:
    """A live ledger of more than one tile, written by the real sequencer."""
    path = tmp_path / "ledger.db"
    with founded(str(path), world) as sequencer:
        post_all(sequencer, world.opening())
        post_all(sequencer, [world.issue("L1", 1_000_000), world.pay("L1", 250_000)])
        small = world.pay("L1", 100_000)
        post_all(sequencer, [world.bank_lines(1, 300), small])
        reversal = Correction(occurred_on=DAY, event=f"{COUNTY}/{small.header.id}/0", reason="记错")
        post_all(sequencer, [world.submission(COUNTY, reversal), world.issue("L2", 7)])
    return path


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Exit code and report of `fundtrace verify --json`."""
    app = typer.Typer(cls=cli.Root, invoke_without_command=True, pretty_exceptions_enable=False)
    app.callback()(cli.root)
    cli.register(app)
    result = CliRunner(env={"FUNDTRACE_DB": None}).invoke(app, ["verify", "--json", *arguments])
    told: dict[str, Any] = json.loads(result.stdout)
    return result.exit_code, told


def attacked(file: Path, *changes: tuple[str, tuple[object, ...]]) -> None:
    """The statements executed, each with its values, on a database whose guards are gone."""
    with sqlite3.connect(file) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement, values in changes:
            connection.execute(statement, values)
    connection.close()


def rows(file: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What the database holds."""
    with sqlite3.connect(file) as connection:
        found = connection.execute(sql, values).fetchall()
    connection.close()
    return found


def place(told: dict[str, Any]) -> tuple[str, int | None]:
    """Number and position of the first broken check."""
    return told["first_broken"]["check"], told["first_broken"]["position"]


def paid_at(file: Path) -> int:
    """Position of the payment of 2,500.00."""
    found: int = rows(file, "SELECT seq FROM log WHERE instr(bytes, '\"amount\":250000') > 0")[0][0]
    return found


def test_the_live_ledger_is_verified_as_it_is(file: Path, world: World) -> None:
    """And only with outside trust."""
    code, told = run("--db", str(file))
    assert (code, told["outcome"]) == (0, "self-consistent")
    code, told = run("--db", str(file), "--log-key", world.genesis.log_keys[0])
    assert (code, told["outcome"]) == (0, "verified")
    assert told["genesis"] == world.genesis_hash
    assert told["good_prefix"] == told["size"] == len(rows(file, "SELECT seq FROM log"))


@pytest.mark.parametrize("leaf_too", [False, True])
def test_an_edited_entry(file: Path, *, leaf_too: bool) -> None:
    """One digit in the bytes: with the old leaf beside it, and with the leaf made to fit."""
    at = paid_at(file)
    (data,) = rows(file, "SELECT bytes FROM log WHERE seq = ?", at)[0]
    forged = data.replace(b"250000", b"950000")
    leaf = leaf_hash(forged) if leaf_too else leaf_hash(data)
    attacked(file, ("UPDATE log SET bytes = ?, leaf = ? WHERE seq = ?", (forged, leaf, at)))
    code, told = run("--db", str(file))
    assert code == 2
    assert place(told) == ("I3", at)


def test_the_last_entry_dropped(file: Path) -> None:
    """The checkpoint promises it; an earlier entry that has to be read again is not blamed for it."""
    (last,) = rows(file, "SELECT max(seq) FROM log")[0]
    attacked(file, ("DELETE FROM log WHERE seq = ?", (last,)))
    code, told = run("--db", str(file))
    assert (code, place(told)) == (2, ("I3", last))


def test_a_middle_entry_dropped(file: Path) -> None:
    """The next one stands in its place."""
    attacked(file, ("DELETE FROM log WHERE seq = ?", (100,)))
    code, told = run("--db", str(file))
    assert (code, place(told)) == (2, ("I2", 100))


def test_two_entries_swapped(file: Path) -> None:
    """Bytes and leaves of two rows exchanged."""
    one, other = rows(file, "SELECT bytes, leaf FROM log WHERE seq IN (100, 101) ORDER BY seq")
    change = "UPDATE log SET bytes = ?, leaf = ? WHERE seq = ?"
    attacked(file, (change, (*other, 100)), (change, (*one, 101)))
    code, told = run("--db", str(file))
    assert code == 2
    assert place(told)[1] == 100


def resigned(file: Path, world: World, signer: LogSigner) -> None:
    """The last checkpoint replaced by one over the present rows, signed by `signer`."""
    leaves = [leaf for (leaf,) in rows(file, "SELECT leaf FROM log ORDER BY seq")]
    checkpoint = Checkpoint(origin=world.genesis.origin, size=len(leaves), root=root_of(leaves))
    note = signer.sign(checkpoint, current=signer.keys(checkpoint.origin), seconds=1_767_600_000)
    size, instant = checkpoint.size, "2026-01-05T01:00:00.000Z"
    attacked(
        file,
        ("DELETE FROM checkpoint WHERE size >= ?", (size,)),
        (
            "INSERT INTO checkpoint (size, note, root, recorded) VALUES (?, ?, ?, ?)",
            (size, note, checkpoint.root, instant),
        ),
    )


@pytest.mark.parametrize("trusted", [False, True])
def test_signed_again_with_another_key(file: Path, world: World, *, trusted: bool) -> None:
    """The genesis names another key, and so does the auditor."""
    resigned(file, world, log_signer_named("stranger"))
    options = ("--log-key", world.genesis.log_keys[0]) if trusted else ()
    code, told = run("--db", str(file), *options)
    assert (code, place(told)) == (2, ("I4", None))


def test_rolled_back_with_the_log_key(file: Path, world: World, tmp_path: Path) -> None:
    """An older state of the log, rightly signed: only who remembers more can tell."""
    state = str(tmp_path / "state.json")
    code, told = run("--db", str(file), "--state", state)
    assert code == 0
    size = told["size"] - 2
    attacked(file, ("DELETE FROM log WHERE seq >= ?", (size,)))
    resigned(file, world, world.log_signer)
    assert run("--db", str(file), "--log-key", world.genesis.log_keys[0])[0] == 0
    code, told = run("--db", str(file), "--state", state)
    assert (code, place(told)) == (2, ("I5", size))
    assert "rollback" in told["first_broken"]["reason"]["en"]


def test_a_damaged_tile_row(file: Path) -> None:
    """The tiles in the database are an index; what it would publish is checked all the same."""
    attacked(file, ("UPDATE tile SET hashes = zeroblob(8192) WHERE level = 0 AND number = 0", ()))
    code, told = run("--db", str(file))
    assert (code, place(told)) == (2, ("I3", 0))
    assert "the entries themselves agree" in told["first_broken"]["reason"]["en"]


def test_an_empty_database_is_no_ledger(tmp_path: Path) -> None:
    """Nothing to verify is neither clean nor broken."""
    app = typer.Typer(cls=cli.Root, invoke_without_command=True, pretty_exceptions_enable=False)
    app.callback()(cli.root)
    cli.register(app)
    result = CliRunner().invoke(app, ["verify", "--db", str(tmp_path / "none.db")])
    assert result.exit_code == 3
