# SPDX-License-Identifier: Apache-2.0
"""Every command that signs looks into the same places first, and says when a witness does not answer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import typer
from typer.testing import CliRunner, Result

from api import cli as server_cli
from api.import_ledgers import live_ledger
from api.lookout import Lookout, lookout_of
from api.new_ledger import GenesisFile
from api.own_places import head_file
from api.serving import opened_ledger
from api.settings import Settings
from api.witnessing.conversation import Answer
from api.witnessing.elsewhere import WitnessPlace
from ledger.key_files import save_private_key
from ledger.sequencer import Sequencer
from ledger.submission import wire_bytes
from tests.api.witnessing.conftest import town, unreachable
from tests.growing_log import GrowingLog
from verifier import cli

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.errors import EnvironmentFault, ToldError
    from tests.api.witnessing.conftest import Town

__all__ = ["town"]  # fixtures


def fundtrace(environment: dict[str, str], *arguments: str) -> Result:
    """The whole command line in this process, in English."""
    app = typer.Typer(cls=cli.Root, invoke_without_command=True, pretty_exceptions_enable=False)
    app.callback()(cli.root)
    cli.register(app)
    server_cli.register(app)
    return CliRunner(env={"LC_ALL": "C.UTF-8", "TERM": "dumb", **environment}).invoke(app, arguments)


def restored(town: Town) -> None:
    """The witnesses have cosigned one submission more than the database holds."""
    shutil.copy(town.url, f"{town.url}.backup")
    town.grow()
    with town.engine() as engine:
        town.rounds(engine).run()
    shutil.copy(f"{town.url}.backup", town.url)
    for name in ("-wal", "-shm"):
        (town.folder / f"ledger.db{name}").unlink(missing_ok=True)


def key_file(town: Town) -> Path:
    """The keys of the log, without anything beside them."""
    path = town.folder / "keys" / "log.pem"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        save_private_key(path, *town.world.log_keys)
    return path


def policy_file(town: Town) -> Path:
    """The witnesses of the town, by their Ed25519 keys."""
    path = town.folder / "policy"
    members = [
        f"witness w{number} {desk.keys[0].text} {url}\n"
        for number, (url, desk) in enumerate(town.desks.items())
    ]
    path.write_text("".join([*members, "quorum none\n"]), "utf-8")
    return path


def lookout(town: Town, told: list[ToldError]) -> Lookout:
    """A look at the witnesses of the town."""
    return Lookout(witnesses=town.policy(), tell=told.append, send=town.send)


def rival(town: Town, told: list[ToldError]) -> EnvironmentFault | None:
    """What stops a process that opens the ledger now."""
    with town.engine() as engine:
        places = lookout(town, told).places_of(engine, key_file(town))
        return Sequencer(engine, town.world.log_signer, places=places).rival


def test_a_witness_that_has_seen_more_stops_signing(town: Town) -> None:
    """One of two is enough, when the other is down; its innocent twin is the newest database."""
    town.witness(1), town.witness(2)
    told: list[ToldError] = []
    with town.engine() as engine:
        town.rounds(engine).run()
    assert rival(town, told) is None
    restored(town)
    for place in town.desks:
        if "w2" in place:
            origin = town.world.genesis.origin
            url = next(one.url for one in witness_places(town, origin) if one.url.startswith(place))
            town.answers[url] = unreachable
    found = rival(town, told)
    assert found is not None
    assert found.code == "ledger.own-elsewhere"
    assert [one.code for one in told] == ["witnessing.silent"]
    assert "w2.example/witness does not say whether this log has signed more" in str(told[0])
    assert "未答复" in told[0].told_zh()


def witness_places(town: Town, origin: str) -> list[WitnessPlace]:
    """The witnesses among the places."""
    places = lookout(town, []).places(key_file(town), origin=origin)
    return [one for one in places if isinstance(one, WitnessPlace)]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda _body: Answer(status=404, body=b""), []),
        (lambda _body: Answer(status=200, body=b"x"), []),
        (lambda _body: Answer(status=200, body=b""), []),
        (lambda _body: Answer(status=503, body=b""), ["witnessing.silent"]),
        (unreachable, ["witnessing.silent"]),
    ],
    ids=["new", "rubbish", "empty", "broken", "down"],
)
def test_a_witness_without_our_signature_stops_nobody(
    town: Town, answer: Callable[[bytes | None], Answer], told: list[str]
) -> None:
    """Anybody may run one: only a checkpoint under our own keys is evidence. One that fails is told."""
    town.witness(1)
    (place,) = witness_places(town, town.world.genesis.origin)
    town.answers[place.url] = answer
    heard: list[ToldError] = []
    assert rival(town, heard) is None
    assert [one.code for one in heard] == told


def test_another_log_under_our_name_at_a_witness_stops_nobody(town: Town) -> None:
    """It is larger, and others have signed it."""
    town.witness(1)
    (place,) = witness_places(town, town.world.genesis.origin)
    foreign = GrowingLog(origin=town.world.genesis.origin, quantum=False).note(200)
    town.answers[place.url] = lambda _body: Answer(status=200, body=foreign)
    assert rival(town, []) is None


def by_post(town: Town, environment: dict[str, str]) -> str:
    """A payment is posted from a file; what stops it, or nothing."""
    file = town.folder / "pay.ndjson"
    file.write_bytes(wire_bytes(town.world.pay("L1", 3)) + b"\n")
    return stopped(fundtrace(environment, "post", str(file)))


def by_keys(town: Town, environment: dict[str, str]) -> str:
    """New keys of the log are added."""
    admins = []
    for name, signer in town.world.administrators.items():
        path = town.folder / f"{name}.pem"
        path.unlink(missing_ok=True)
        save_private_key(path, signer)
        admins += ["--admin", str(path)]
    return stopped(fundtrace(environment, "keys", "log", "add", str(town.folder / "next.pem"), *admins))


def by_init(town: Town, environment: dict[str, str]) -> str:
    """The ledger is founded again, in an empty database."""
    file = GenesisFile(genesis=town.world.genesis, signatures=town.world.genesis_signatures)
    (town.folder / "genesis.json").write_bytes(msgspec.json.encode(file))
    (town.folder / "again.db").unlink(missing_ok=True)
    named = ["--db", str(town.folder / "again.db"), "--genesis", str(town.folder / "genesis.json")]
    return stopped(fundtrace(environment, "init", *named))


def by_serve(town: Town, environment: dict[str, str]) -> str:
    """A server opens the ledger."""
    settings = Settings(
        db=town.url, log_key=key_file(town), witness_policy=Path(environment["FUNDTRACE_WITNESS_POLICY"])
    )
    with opened_ledger(settings, read_only=False) as ledger:
        assert ledger.sequencer is not None
        return "" if ledger.sequencer.rival is None else str(ledger.sequencer.rival)


def by_import(town: Town, environment: dict[str, str]) -> str:
    """An import opens the ledger."""
    settings = Settings(witness_policy=Path(environment["FUNDTRACE_WITNESS_POLICY"]))
    looking = lookout_of(settings, lambda _: None)
    with live_ledger(town.url, town.world.log_signer, lookout=looking, log_key=key_file(town)) as live:
        return "" if live.sequencer.rival is None else str(live.sequencer.rival)


def stopped(result: Result) -> str:
    """What the command says, if it could not be done."""
    return result.output if result.exit_code == 3 else ""


@pytest.mark.parametrize("act", [by_post, by_keys, by_serve, by_import, by_init])
def test_every_command_that_signs_asks_the_witnesses(
    town: Town, monkeypatch: pytest.MonkeyPatch, act: Callable[[Town, dict[str, str]], str]
) -> None:
    """By none of them is anything signed for a restored backup; where the witness has nothing of ours, or is down, all is.

    Founding is behind everything that was ever signed, hence free of it only where no witness has seen the log.
    """
    town.witness(1)
    monkeypatch.setattr("api.lookout.send", town.send)
    environment = {
        "FUNDTRACE_DB": town.url,
        "FUNDTRACE_LOG_KEY": str(key_file(town)),
        "FUNDTRACE_WITNESS_POLICY": str(policy_file(town)),
    }
    assert "nothing more is signed" not in act(town, environment)
    restored(town)
    assert "nothing more is signed" in act(town, environment)
    (place,) = witness_places(town, town.world.genesis.origin)
    town.answers[place.url] = unreachable
    assert "nothing more is signed" not in act(town, environment)


def test_a_posting_says_which_witness_did_not_answer(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the error output, and posts; quiet where it answers."""
    town.witness(1)
    monkeypatch.setattr("api.lookout.send", town.send)
    environment = {
        "FUNDTRACE_DB": town.url,
        "FUNDTRACE_LOG_KEY": str(key_file(town)),
        "FUNDTRACE_WITNESS_POLICY": str(policy_file(town)),
    }
    file = town.folder / "pay.ndjson"
    for answers in (True, False):
        if not answers:
            (place,) = witness_places(town, town.world.genesis.origin)
            town.answers[place.url] = unreachable
        file.write_bytes(wire_bytes(town.world.pay("L1", 3)) + b"\n")
        result = fundtrace(environment, "post", str(file))
        assert result.exit_code == 0
        assert ("w1.example/witness does not say" in result.stderr) is not answers
        assert "does not say" not in result.stdout


def test_settings_name_the_places(town: Town, tmp_path: Path) -> None:
    """In this order: beside the key, the published folder, the witnesses; and nothing else where nothing is named."""
    town.witness(1)
    key = key_file(town)
    none = lookout_of(Settings(), lambda _: None).places(key, origin="ledger.example/log")
    assert none == [head_file(key)]
    settings = Settings(published=tmp_path / "out", witness_policy=policy_file(town))
    names = [
        one.name for one in lookout_of(settings, lambda _: None).places(key, origin="ledger.example/log")
    ]
    assert names[:2] == [f"{key}.head", str(tmp_path / "out" / "checkpoint")]
    assert names[2].startswith("https://w1.example/witness/")
    assert len(names) == 3
