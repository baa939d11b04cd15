# SPDX-License-Identifier: Apache-2.0
"""The command: a folder that can be posted, written whole or not at all."""

import json
from pathlib import Path

import msgspec
import pytest
import typer
from typer.testing import CliRunner, Result

from ledger.entry import genesis_entry_bytes
from ledger.errors import EnvironmentFault
from ledger.genesis import Genesis
from ledger.key_files import load_private_keys
from ledger.log_signer import LogSigner
from ledger.submission import Signature, parse_wire
from tests.simulation.posted_world import post
from verifier.cli import Root, root
from verifier.simulation import files
from verifier.simulation.command import register
from verifier.simulation.files import write_world
from verifier.simulation.world import simulate

ORIGIN = "ledger.example/jl/2026"


def run(*arguments: str) -> Result:
    """The command line with ``simulate`` alone, run in process as the console runs it."""
    app = typer.Typer(cls=Root, pretty_exceptions_enable=False)
    app.callback()(root)
    register(app)
    return CliRunner().invoke(app, ["simulate", "--origin", ORIGIN, *arguments])


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` by its relative name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world written by the command."""
    out = tmp_path_factory.mktemp("simulated") / "deep" / "world"
    result = run("--seed", "11", "--out", str(out))
    assert result.exit_code == 0, result.output
    return out


def test_the_folder_is_complete_and_repeats(folder: Path, tmp_path: Path) -> None:
    """The same seed gives the same files, byte for byte, private keys included."""
    assert run("--seed", "11", "--out", str(tmp_path / "again")).exit_code == 0
    written = contents(folder)
    assert written == contents(tmp_path / "again")
    names = {name for name in written if not name.startswith("keys/")}
    assert names == {"genesis.json", "events.ndjson", "labels.jsonl", "world.json"}


def test_what_is_written_posts(folder: Path) -> None:
    """Genesis and submissions read back from the files make a ledger of the size that world.json says."""
    told = json.loads((folder / "genesis.json").read_bytes())
    genesis = msgspec.convert(told["genesis"], Genesis)
    signatures = msgspec.convert(told["signatures"], tuple[Signature, ...])
    lines = (folder / "events.ndjson").read_bytes().splitlines()
    posted = post(genesis_entry_bytes(genesis, signatures), (parse_wire(line) for line in lines))
    world = json.loads((folder / "world.json").read_bytes())
    assert posted.problems == ()
    assert posted.size == world["totals"]["entries"]
    assert posted.register.genesis_hash == world["genesis"]
    assert genesis.demo
    assert genesis.clock == "replay"


def test_nothing_but_the_labels_says_who_is_guilty(folder: Path) -> None:
    """Neither the events nor the description of the world give cases away."""
    for name in ("events.ndjson", "world.json"):
        text = (folder / name).read_text("utf-8")
        assert not any(
            word in text for word in ("guilty", "innocent", "violation", "DIV_", "DELAY_", "MATCH_")
        )


def test_keys_are_private_and_fit(folder: Path) -> None:
    """Every key file is 0600; log.pem is the log key of the genesis."""
    keys = sorted((folder / "keys").iterdir())
    assert len(keys) == json.loads((folder / "world.json").read_bytes())["totals"]["keys"]
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}
    genesis = json.loads((folder / "genesis.json").read_bytes())["genesis"]
    signer = LogSigner(signers=load_private_keys(folder / "keys" / "log.pem"))
    assert list(signer.vkeys(ORIGIN)) == genesis["log_keys"]


@pytest.mark.parametrize(("locale", "told"), [("zh_CN.UTF-8", "目录非空"), ("C.UTF-8", "not empty")])
def test_a_folder_in_use_is_left_alone(
    locale: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands there is neither overwritten nor mixed with; the exit code says that nothing was done."""
    monkeypatch.setenv("LC_ALL", locale)
    (tmp_path / "mine.txt").write_text("mine")
    result = run("--seed", "1", "--out", str(tmp_path))
    assert result.exit_code == 3
    assert told in result.output
    assert contents(tmp_path) == {"mine.txt": b"mine"}


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    """A file is no folder."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(EnvironmentFault, match="not empty"):
        write_world(simulate(seed=1, programmes=1, origin=ORIGIN), tmp_path / "out")


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    """An existing empty folder is as good as none."""
    write_world(simulate(seed=1, programmes=1, origin=ORIGIN), tmp_path)
    assert (tmp_path / "events.ndjson").exists()


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fills up while keys are written, no half a world stays, under any name."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", "log.pem")

    monkeypatch.setattr(files, "save_private_key", fail)
    with pytest.raises(EnvironmentFault, match="No space left"):
        write_world(simulate(seed=1, programmes=1, origin=ORIGIN), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [("--seed", "-1"), ("--seed", "1", "--programmes", "0"), (), ("--seed", "1", "--origin", "HTTP://x")],
)
def test_impossible_options_are_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Numbers out of range, a missing seed, and an origin that cannot name a log end with code 3 and no folder."""
    result = run(*arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == 3
    assert not (tmp_path / "out").exists()


def test_a_shape_makes_a_country_of_that_shape(tmp_path: Path) -> None:
    """The folder is like that of the demonstration; world.json says which shape it was."""
    (tmp_path / "shape.json").write_text(
        '{"cities":1,"counties":2,"projects":1,"difficulties":[1],"mixtures":0}'
    )
    result = run("--seed", "2", "--shape", str(tmp_path / "shape.json"), "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    told = json.loads((tmp_path / "out" / "world.json").read_bytes())
    assert (told["programmes"], told["shape"]["counties"], len(told["cities"][0]["counties"])) == (1, 2, 2)
    assert told["totals"]["cases"] == len((tmp_path / "out" / "labels.jsonl").read_bytes().splitlines())


def test_a_shape_and_a_number_of_programmes_do_not_go_together(tmp_path: Path) -> None:
    """Either says how many cities there are; nothing is written."""
    (tmp_path / "shape.json").write_text("{}")
    options = ("--seed", "2", "--shape", str(tmp_path / "shape.json"), "--programmes", "1")
    result = run(*options, "--out", str(tmp_path / "out"))
    assert result.exit_code == 3
    assert "--programmes" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("language", "word"), [("en", "labelled cases"), ("zh", "带标签案例")])
def test_it_says_what_was_written(language: str, word: str, tmp_path: Path) -> None:
    """In the language asked for, and what to do next."""
    result = run("--seed", "1", "--out", str(tmp_path / "out"), "--lang", language)
    assert word in result.output
    assert "fundtrace init --genesis" in result.output


def test_programs_read_totals(tmp_path: Path) -> None:
    """With --json the totals are one JSON object, the same as in world.json."""
    result = run("--seed", "1", "--out", str(tmp_path / "out"), "--json")
    assert json.loads(result.output) == json.loads((tmp_path / "out" / "world.json").read_bytes())["totals"]
