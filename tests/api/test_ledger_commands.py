# SPDX-License-Identifier: Apache-2.0
"""`fundtrace init`, `post` and `export` as a person and as a program uses them."""

from __future__ import annotations

import json
import shutil
import stat
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from ledger.key_files import load_private_keys, save_private_key
from ledger.submission import wire_bytes
from tests.ledgers import check_whole, founded, post_all
from tests.worlds import BANK, COUNTY, make_world
from verifier.cli import build

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ledger.submission import Submission
    from tests.worlds import World


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in a folder of their own, without a language of the machine."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


def fundtrace(*arguments: object, typed: str | None = None) -> Result:
    """Run the console command."""
    return CliRunner().invoke(build(), [str(argument) for argument in arguments], input=typed)


def done(*arguments: object) -> str:
    """Run it, demand success, and return what it printed."""
    result = fundtrace(*arguments)
    assert (result.exit_code, result.exception) == (0, None), result.output
    return result.stdout


def record(*arguments: object, code: int = 0) -> dict[str, Any]:
    """Run it for a program."""
    result = fundtrace(*arguments, "--json")
    assert result.exit_code == code, result.output
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def write_genesis(folder: Path, world: World) -> Path:
    """The genesis file of `world` with its log key beside it."""
    (folder / "keys").mkdir(parents=True)
    save_private_key(folder / "keys" / "log.pem", *world.log_keys)
    file = folder / "genesis.json"
    file.write_bytes(msgspec.json.encode({"genesis": world.genesis, "signatures": world.genesis_signatures}))
    return file


def write_lines(path: Path, submissions: Sequence[Submission]) -> Path:
    """An NDJSON file of signed submissions."""
    path.write_bytes(b"".join(wire_bytes(one) + b"\n" for one in submissions))
    return path


@pytest.fixture
def db(tmp_path: Path, world: World) -> str:
    """A ledger with its opening, made by the commands themselves, in the default place."""
    done("init", "--genesis", write_genesis(tmp_path / "world", world))
    done("post", write_lines(tmp_path / "opening.ndjson", list(world.opening())))
    return "fundtrace.db"


# --- init -------------------------------------------------------------------------------------------------


def test_init_from_a_genesis_file(tmp_path: Path, world: World) -> None:
    """The ledger is that of the file; a second run changes nothing."""
    file = write_genesis(tmp_path / "world", world)
    made = record("init", "--db", "a.db", "--genesis", file)
    assert made["genesis"] == world.genesis_hash
    assert made["log_keys"] == list(world.genesis.log_keys)
    assert made == record("init", "--db", "sqlite:///a.db", "--genesis", file) | {"db": "a.db"}
    assert check_whole("a.db", world).size == 1


def test_init_makes_keys_that_only_their_owner_reads(tmp_path: Path) -> None:
    """Log and administrator keys, mode 0600, and the text says where they are."""
    told = done("init", "--db", "a.db", "--origin", "ledger.example/x", "--keys-out", "secret")
    assert "secret" in told
    assert sorted(path.name for path in (tmp_path / "secret").iterdir()) == [
        "admin-a.pem",
        "admin-b.pem",
        "log.pem",
    ]
    for path in (tmp_path / "secret").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    shown = record("init", "--db", "a.db")
    assert shown["keys"] is None
    assert shown["genesis"] in told
    assert "was there before" in done("init", "--db", "a.db")


def test_init_encrypts_new_keys_when_a_passphrase_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The passphrase comes from a file, and posting reads it from there again."""
    (tmp_path / "passphrase").write_text("correct horse\n")
    monkeypatch.setenv("FUNDTRACE_KEY_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    done("init", "--db", "a.db", "--origin", "ledger.example/x")
    assert b"ENCRYPTED" in (tmp_path / "a-keys" / "log.pem").read_bytes()
    assert len(load_private_keys(tmp_path / "a-keys" / "log.pem", passphrase=b"correct horse")) == 2
    (tmp_path / "none.ndjson").touch()
    assert record("post", "--db", "a.db", "none.ndjson")["accepted"] == 0
    monkeypatch.delenv("FUNDTRACE_KEY_PASSPHRASE_FILE")
    refused = fundtrace("post", "--db", "a.db", "none.ndjson")
    assert (refused.exit_code, "passphrase" in refused.output) == (3, True)


@pytest.mark.parametrize("text", ["", "1234567\n", "口令口令口令\n"])
def test_init_takes_no_short_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """As `keys request`: eight characters, and an empty file is no leave to write keys in clear; nothing is made."""
    (tmp_path / "passphrase").write_text(text)
    monkeypatch.setenv("FUNDTRACE_KEY_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    refused = fundtrace("init", "--db", "a.db", "--origin", "ledger.example/x")
    assert (refused.exit_code, "8 characters or more" in refused.output) == (3, True)
    assert "FUNDTRACE_KEY_PASSPHRASE_FILE" in refused.output
    assert list(tmp_path.rglob("*.pem")) == []
    (tmp_path / "passphrase").write_text("口令口令口令口令\n")
    done("init", "--db", "a.db", "--origin", "ledger.example/x")


def test_the_place_of_the_ledger_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--db` wins, then FUNDTRACE_DB, then a file in the current folder."""
    monkeypatch.setenv("FUNDTRACE_DB", "from-environment.db")
    done("init", "--origin", "ledger.example/x")
    done("init", "--origin", "ledger.example/y", "--db", "named.db")
    monkeypatch.delenv("FUNDTRACE_DB")
    done("init", "--origin", "ledger.example/z")
    assert {path.name for path in tmp_path.glob("*.db")} == {
        "from-environment.db",
        "named.db",
        "fundtrace.db",
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["init"], "--genesis FILE or --origin NAME"),
        (["init", "--genesis", "g.json", "--origin", "a.b"], "not both"),
        (["init", "--genesis", "none.json"], "Check the path"),
        (["init", "--origin", "not a name"], "ledger.example/jl/2026"),
        (["init", "--origin", "a.b", "--db", "mysql://x"], "Give a file"),
        (["post", "none.ndjson"], "fundtrace init"),
        (["export", "out"], "fundtrace init"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_remedy(arguments: list[str], told: str) -> None:
    """Exit code 3, no traceback."""
    result = fundtrace(*arguments)
    assert result.exit_code == 3
    assert told in " ".join(result.output.replace("│", " ").split())


def test_a_refused_name_leaves_no_keys_and_no_database(tmp_path: Path) -> None:
    """Nothing is made before everything is known to fit."""
    assert fundtrace("init", "--origin", "Not A Name").exit_code == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"genesis":{},"signatures":[]}', b"\xff", b" " * (1 << 21)]
)
def test_a_file_that_holds_no_genesis_is_told(tmp_path: Path, world: World, content: bytes) -> None:
    """Whatever else it holds."""
    file = write_genesis(tmp_path / "world", world)
    file.write_bytes(content)
    result = fundtrace("init", "--genesis", file)
    assert (result.exit_code, "not a genesis" in result.output) == (3, True)


def test_a_genesis_with_a_missing_signature_founds_nothing(tmp_path: Path, world: World) -> None:
    """Every first administrator signs."""
    file = write_genesis(tmp_path / "world", world)
    file.write_bytes(
        msgspec.json.encode({"genesis": world.genesis, "signatures": world.genesis_signatures[:1]})
    )
    result = fundtrace("init", "--genesis", file)
    assert (result.exit_code, "admin-" in result.output) == (3, True)


# --- post -------------------------------------------------------------------------------------------------


def test_posting_a_file_and_posting_it_again(tmp_path: Path, db: str, world: World) -> None:
    """The second time every submission is answered with its first receipt, and nothing grows."""
    rest = write_lines(tmp_path / "rest.ndjson", [world.issue("L1", 900), world.pay("L1", 900)])
    first = record("post", rest)
    assert (first["accepted"], first["replayed"], first["refused"], first["events"]) == (2, 0, 0, 2)
    again = record("post", rest)
    assert (again["accepted"], again["replayed"], again["size"]) == (2, 2, first["size"])
    assert check_whole(db, world).size == first["size"]


def test_refused_lines_are_told_with_line_place_and_remedy(tmp_path: Path, db: str, world: World) -> None:
    """In the language asked for; the good lines are posted all the same; exit code 1."""
    lines = [
        world.issue("L1", 100),
        world.submission(COUNTY, world.paid("L1", 60), world.paid("L1", 60), submission_id="too-much"),
        world.pay("L1", 100),
    ]
    file = write_lines(tmp_path / "rest.ndjson", lines)
    file.write_bytes(file.read_bytes() + b"\n{not json}\n")
    english = fundtrace("post", "--dry-run", file)
    assert english.exit_code == 1
    assert (
        f"line 2 ({COUNTY}/too-much): event 1, amount: line L1 holds 0.40, 0.60 was asked" in english.output
    )
    assert "line 5: line 5: not a submission" in english.output
    assert "2 submissions would be accepted, 2 refused; nothing was stored" in english.output
    told = record("post", file, code=1)
    assert (told["accepted"], told["replayed"], told["refused"]) == (2, 0, 2)
    assert [one["line"] for one in told["refusals"]] == [2, 5]
    problem = told["refusals"][0]["problems"][0]
    assert (problem["code"], problem["index"], problem["place"]) == ("line-exceeded", 1, "amount")
    assert problem["remedy"]["en"]
    assert problem["remedy"]["zh"]
    chinese = fundtrace("post", "--lang", "zh", file)
    assert chinese.exit_code == 1
    assert f"第 2 行（{COUNTY}/too-much）" in chinese.output
    assert "已接受 2 次提交" in chinese.output
    check_whole(db, world)


def test_a_dry_run_stores_nothing(tmp_path: Path, db: str, world: World) -> None:
    """It says what posting will say."""
    size = check_whole(db, world).size
    file = write_lines(tmp_path / "rest.ndjson", [world.issue("L1", 100), world.pay("L1", 101)])
    dry = record("post", "--dry-run", file, code=1)
    assert check_whole(db, world).size == size
    assert dry["size"] == size
    wet = record("post", file, code=1)
    assert wet["refusals"] == dry["refusals"]


def test_many_refusals_are_counted_and_the_first_are_told(tmp_path: Path, db: str, world: World) -> None:
    """A hundred are told one by one."""
    file = write_lines(tmp_path / "bad.ndjson", [world.pay("none", 1) for _ in range(130)])
    result = fundtrace("post", "--db", db, file)
    assert result.exit_code == 1
    assert result.output.count("line none") == 100
    assert "130 refused (30 of them not shown)" in result.output


def test_posting_from_standard_input(db: str, world: World) -> None:
    """`-` reads it."""
    result = fundtrace(
        "post", "--db", db, "--json", "-", typed=(wire_bytes(world.issue("L1", 9)) + b"\n").decode()
    )
    assert json.loads(result.stdout)["accepted"] == 1


def test_the_log_key_is_named_or_remembered(tmp_path: Path, db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option wins, then FUNDTRACE_LOG_KEY, then where it lay; a foreign key is refused."""
    (tmp_path / "none.ndjson").touch()
    shutil.move(tmp_path / "world" / "keys", tmp_path / "moved")
    assert fundtrace("post", "--db", db, "none.ndjson").exit_code == 3
    done("post", "--db", db, "--log-key-file", "moved/log.pem", "none.ndjson")
    monkeypatch.setenv("FUNDTRACE_LOG_KEY", str(tmp_path / "moved" / "log.pem"))
    done("post", "--db", db, "none.ndjson")
    done("init", "--db", "other.db", "--origin", "ledger.example/x")
    foreign = fundtrace("post", "--db", db, "--log-key-file", "other-keys/log.pem", "none.ndjson")
    assert (foreign.exit_code, "no current Ed25519 key" in foreign.output) == (3, True)


# --- export -----------------------------------------------------------------------------------------------


def test_what_is_exported_verifies(tmp_path: Path, db: str, world: World) -> None:
    """A folder, a bundle file and the live ledger give the same verdict under the log's own key."""
    made = record("export", "--db", db, "out")
    assert made == record("export", "--db", db, "out.zip") | {"target": "out"}
    assert "fundtrace verify out" in done("export", "--db", db, "out")
    key = world.genesis.log_keys[0]
    verdicts = [
        record("verify", *source, "--log-key", key) for source in (["out"], ["out.zip"], ["--db", db])
    ]
    assert verdicts[0] == verdicts[1] == verdicts[2]
    assert verdicts[0]["outcome"] == "verified"
    assert (tmp_path / "out" / "checkpoint").is_file()


def test_an_older_copy_posts_nothing_beside_the_published_folder(
    tmp_path: Path, db: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named as the published folder, the longer export stops it; the newer database goes on."""
    older = tmp_path / "older.db"
    shutil.copy(db, older)
    more = write_lines(tmp_path / "more.ndjson", [world.issue("L1", 1_000)])
    done("post", "--db", db, more)
    done("export", "--db", db, tmp_path / "out")
    for memory in tmp_path.rglob("*.head"):
        memory.unlink()
    monkeypatch.setenv("FUNDTRACE_PUBLISHED", str(tmp_path / "out"))
    done("post", "--db", db, more)
    told = fundtrace("post", "--db", older, more)
    assert told.exit_code == 3
    assert "nothing more is signed" in told.output


def test_an_export_for_auditors_has_the_entries(tmp_path: Path) -> None:
    """A restricted ledger gives its entries to auditors only."""
    world = make_world(entries="restricted")
    with founded("a.db", world) as sequencer:
        post_all(sequencer, world.opening())
    done("export", "--db", "a.db", "public")
    done("export", "--db", "a.db", "--for", "audit", "audit")
    assert not (tmp_path / "public" / "tile" / "entries").exists()
    assert record("verify", "audit")["outcome"] == "self-consistent"


def test_a_file_of_another_party_is_refused_line_by_line(tmp_path: Path, db: str, world: World) -> None:
    """Signatures of the wrong party's keys are problems of that line only."""
    wrong = world.submission(BANK, world.moved(1, 5), signers=world.signers(COUNTY))
    told = record("post", "--db", db, write_lines(tmp_path / "x.ndjson", [wrong]), code=1)
    assert "key-holder" in {one["code"] for one in told["refusals"][0]["problems"]}
