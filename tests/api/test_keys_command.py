# SPDX-License-Identifier: Apache-2.0
"""`fundtrace keys log` as an operator meets it, and what a verifier says of a ledger whose keys have changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner, Result

from api import cli as server_cli
from ledger.key_files import save_private_key
from ledger.log_signer import LogSigner
from tests.ledger.test_log_key_changes import admitting
from tests.ledgers import founded, post_all
from tests.served import served
from tests.worlds import log_keys_named, make_world
from verifier import cli

if TYPE_CHECKING:
    from pathlib import Path

    from tests.worlds import World


def fundtrace(*arguments: str) -> Result:
    """The whole command line in this process, in English."""
    app = typer.Typer(cls=cli.Root, invoke_without_command=True, pretty_exceptions_enable=False)
    app.callback()(cli.root)
    cli.register(app)
    server_cli.register(app)
    return CliRunner(env={"LC_ALL": "C.UTF-8", "FUNDTRACE_DB": None, "TERM": "dumb"}).invoke(app, arguments)


def done(*arguments: str) -> str:
    """What it prints when all is well."""
    result = fundtrace(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def world() -> World:
    """A world of its own for each test."""
    return make_world()


@pytest.fixture
def db(world: World, tmp_path: Path) -> str:
    """A ledger that admits changes of its keys, with every key file beside it."""
    url = str(tmp_path / "ledger.db")
    with founded(url, world) as sequencer:
        post_all(sequencer, [*world.opening(), admitting(world)])
    save_private_key(tmp_path / "log.pem", *world.log_keys)
    save_private_key(tmp_path / "next.pem", *log_keys_named("next log"))
    for name, signer in world.administrators.items():
        save_private_key(tmp_path / f"{name}.pem", signer)
    return url


def options(tmp_path: Path, db: str, key: str) -> list[str]:
    """Database, present log keys and administrators."""
    admins = [word for name in ("admin-a", "admin-b") for word in ("--admin", str(tmp_path / f"{name}.pem"))]
    return ["--db", db, "--log-key-file", str(tmp_path / key), *admins]


def test_the_keys_of_a_log_are_changed(world: World, db: str, tmp_path: Path) -> None:
    """Added, used, the old ones retired; the ledger verifies at every stage, by genesis and by the new policy."""
    told = done("keys", "log", "add", str(tmp_path / "next.pem"), *options(tmp_path, db, "log.pem"))
    assert all(f"fundtrace keys log retire '{vkey}'" in told for vkey in world.genesis.log_keys)
    done("verify", "--db", db, "--genesis", world.genesis_hash)
    done("keys", "log", "retire", *world.genesis.log_keys, *options(tmp_path, db, "next.pem"))
    done("verify", "--db", db, "--genesis", world.genesis_hash)
    out = tmp_path / "out"
    done("export", "--db", db, str(out))
    state = str(tmp_path / "state.json")
    told = done("verify", str(out), "--policy", str(out / "policy"), "--state", state, "--json")
    assert json.loads(told)["outcome"] == "verified"
    new = LogSigner(signers=log_keys_named("next log")).vkeys(world.genesis.origin)
    assert json.loads((tmp_path / "state.json").read_text())["log_keys"] == list(new)
    done("verify", str(out), "--log-key", new[0])
    retired = fundtrace("verify", str(out), "--log-key", world.genesis.log_keys[0])
    assert (retired.exit_code, "no key believed has signed it" in retired.output) == (2, True)
    with served(db, LogSigner(signers=log_keys_named("next log"))) as site:
        about = site.get("/about?lang=en").text
    assert new[0] in about
    assert world.genesis.log_keys[0] not in about


def test_new_keys_are_made_where_there_are_none(world: World, db: str, tmp_path: Path) -> None:
    """Both of them, readable by their owner only."""
    fresh = tmp_path / "fresh.pem"
    done("keys", "log", "add", str(fresh), *options(tmp_path, db, "log.pem"))
    assert fresh.stat().st_mode & 0o777 == 0o600
    assert fresh.read_bytes().count(b"BEGIN PRIVATE KEY") == 2
    assert world.genesis.log_keys


def test_a_change_that_may_not_be_is_told(world: World, db: str, tmp_path: Path) -> None:
    """The last key, too few administrators, somebody else's key: exit code 3, and nothing is changed."""
    before = json.loads(done("verify", "--db", db, "--json"))["size"]
    given = options(tmp_path, db, "log.pem")
    last = fundtrace("keys", "log", "retire", world.genesis.log_keys[0], *given)
    assert (last.exit_code, "add the next one first" in last.output) == (3, True)
    few = fundtrace("keys", "log", "add", str(tmp_path / "next.pem"), *given[:-2])
    assert (few.exit_code, "are needed" in few.output) == (3, True)
    strange = fundtrace(
        "keys", "log", "add", str(tmp_path / "next.pem"), *given[:4], "--admin", str(tmp_path / "log.pem")
    )
    assert (strange.exit_code, "no administrator" in strange.output) == (3, True)
    assert json.loads(done("verify", "--db", db, "--json"))["size"] == before
