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
from ledger.log_keys import keys_in
from ledger.log_signer import LogSigner
from tests.served import served
from tests.worlds import AUDIT, COUNTY, log_keys_named
from verifier import cli

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ledgers import Opening
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
def db(world: World, opening: Opening, tmp_path: Path) -> str:
    """A ledger with every key file beside it; it does not admit changes of its keys yet."""
    url = opening.laid(tmp_path, world)
    save_private_key(tmp_path / "log.pem", *world.log_keys)
    save_private_key(tmp_path / "next.pem", *log_keys_named("next log"))
    for name, signer in world.administrators.items():
        save_private_key(tmp_path / f"{name}.pem", signer)
    for party in (AUDIT, COUNTY):
        for role, signer in world.seats[party].keys.items():
            save_private_key(tmp_path / f"{party}-{role}.pem", signer)
    return url


def admitting(
    tmp_path: Path, db: str, kind: str = "log_key/1", *, party: str = AUDIT, checker: str = "checker"
) -> list[str]:
    """The words of `keys admit`."""
    maker, other = (str(tmp_path / f"{party}-{role}.pem") for role in ("maker", checker))
    signed = ["--party", party, "--maker", maker, "--checker", other]
    return ["keys", "admit", kind, *signed, "--db", db, "--log-key-file", str(tmp_path / "log.pem")]


def options(tmp_path: Path, db: str, key: str) -> list[str]:
    """Database, present log keys and administrators."""
    admins = [word for name in ("admin-a", "admin-b") for word in ("--admin", str(tmp_path / f"{name}.pem"))]
    return ["--db", db, "--log-key-file", str(tmp_path / key), *admins]


def test_the_keys_of_a_log_are_changed(world: World, db: str, tmp_path: Path) -> None:
    """Added, used, the old ones retired; the ledger verifies at every stage, by genesis and by the new policy."""
    assert "log_key/1" in done(*admitting(tmp_path, db))
    told = done("keys", "log", "add", str(tmp_path / "next.pem"), *options(tmp_path, db, "log.pem"))
    old = [f"{key.name}+{key.note_key_id.hex()}" for key in keys_in(world.genesis.log_keys)]
    assert f"fundtrace keys log retire '{old[0]}' '{old[1]}' --log-key-file" in told
    done("verify", "--db", db, "--genesis", world.genesis_hash)
    done("keys", "log", "retire", old[0], world.genesis.log_keys[1], *options(tmp_path, db, "next.pem"))
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
    assert (retired.exit_code, "get the new policy" in retired.output) == (2, True)
    with served(db, LogSigner(signers=log_keys_named("next log"))) as site:
        about = site.get("/about?lang=en").text
    assert new[0] in about
    assert world.genesis.log_keys[0] not in about


def test_new_keys_are_made_where_there_are_none(world: World, db: str, tmp_path: Path) -> None:
    """Both of them, readable by their owner only."""
    done(*admitting(tmp_path, db))
    fresh = tmp_path / "fresh.pem"
    done("keys", "log", "add", str(fresh), *options(tmp_path, db, "log.pem"))
    assert fresh.stat().st_mode & 0o777 == 0o600
    assert fresh.read_bytes().count(b"BEGIN PRIVATE KEY") == 2
    assert world.genesis.log_keys


def test_a_change_that_may_not_be_is_told(world: World, db: str, tmp_path: Path) -> None:
    """The last key, one that is none, too few administrators, somebody else's key: exit code 3, and nothing is changed."""
    done(*admitting(tmp_path, db))
    before = json.loads(done("verify", "--db", db, "--json"))["size"]
    given = options(tmp_path, db, "log.pem")
    last = fundtrace("keys", "log", "retire", world.genesis.log_keys[0], *given)
    assert (last.exit_code, "add the next one first" in last.output) == (3, True)
    unknown = fundtrace("keys", "log", "retire", f"{world.genesis.origin}+00000000", *given)
    assert (unknown.exit_code, "no current key" in unknown.output) == (3, True)
    few = fundtrace("keys", "log", "add", str(tmp_path / "next.pem"), *given[:-2])
    assert (few.exit_code, "are needed" in few.output) == (3, True)
    strange = fundtrace(
        "keys", "log", "add", str(tmp_path / "next.pem"), *given[:4], "--admin", str(tmp_path / "log.pem")
    )
    assert (strange.exit_code, "no administrator" in strange.output) == (3, True)
    assert json.loads(done("verify", "--db", db, "--json"))["size"] == before


def test_a_kind_is_admitted_first_and_by_whom_may(world: World, db: str, tmp_path: Path) -> None:
    """Without it no key changes. Who checks is another person, who admits an auditor, and the kind one that needs it."""
    adding = ["keys", "log", "add", str(tmp_path / "next.pem"), *options(tmp_path, db, "log.pem")]
    before = json.loads(done("verify", "--db", db, "--json"))["size"]
    refused = {
        "no earlier policy admits": adding,
        "may not sign as checker": admitting(tmp_path, db, checker="maker"),
        "may not post": admitting(tmp_path, db, party=COUNTY),
        "log_key/2": admitting(tmp_path, db, "log_key/2"),
        "party/1": admitting(tmp_path, db, "party/1"),
    }
    for told, words in refused.items():
        result = fundtrace(*words)
        assert (result.exit_code, told in result.output) == (3, True), result.output
    assert json.loads(done("verify", "--db", db, "--json"))["size"] == before
    done(*admitting(tmp_path, db))
    done(*adding)
    done("verify", "--db", db, "--genesis", world.genesis_hash)
