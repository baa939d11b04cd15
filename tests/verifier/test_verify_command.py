# SPDX-License-Identifier: Apache-2.0
"""`fundtrace verify` and the root command as a user meets them: words, exit codes, both languages, no tracebacks."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner, Result

from ledger.errors import EnvironmentFault
from ledger.note import format_note, parse_note
from tests.malicious.forger import Forger, export_files
from tests.worlds import make_world
from verifier import cli, verify_command

if TYPE_CHECKING:
    from pathlib import Path

FUNDTRACE = [sys.executable, "-c", "import verifier.cli; verifier.cli.main()"]


def auditor_app() -> typer.Typer:
    """The app with the auditor's commands only."""
    app = typer.Typer(cls=cli.Root, invoke_without_command=True, pretty_exceptions_enable=False)
    app.callback()(cli.root)
    cli.register(app)
    return app


def run(*arguments: str, lang: str = "C.UTF-8") -> Result:
    """The command line in this process, under a locale."""
    environment = {"LC_ALL": lang, "FUNDTRACE_DB": None, "TERM": "dumb"}
    return CliRunner(env=environment).invoke(auditor_app(), ["verify", *arguments])


@pytest.fixture
def forger() -> Forger:
    """An honest log."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000))
    return made


@pytest.fixture
def folder(forger: Forger, tmp_path: Path) -> Path:
    """Its export."""
    return forger.export(tmp_path / "export")


def test_without_trust_it_is_self_consistent_only(forger: Forger, folder: Path) -> None:
    """Never plain verified; the genesis hash is printed to compare, with advice."""
    result = run(str(folder))
    assert result.exit_code == 0
    assert "self-consistent, operator not authenticated (first use)" in result.output
    assert "VERIFIED" not in result.output
    assert forger.world.genesis_hash in result.output
    assert "DEMO" in result.output
    assert "replayed clock" in result.output


def test_with_trust_it_is_verified(forger: Forger, folder: Path, tmp_path: Path) -> None:
    """By key, by policy, by genesis hash, in both languages."""
    policy = tmp_path / "policy"
    policy.write_text(f"log {forger.world.genesis.log_keys[0]}\nquorum none\n", "utf-8")
    for option in (
        ("--log-key", forger.world.genesis.log_keys[0]),
        ("--policy", str(policy)),
        ("--genesis", forger.world.genesis_hash),
    ):
        assert "VERIFIED against" in run(str(folder), *option).output
        assert "验证通过，依据：" in run(str(folder), *option, "--lang", "zh").output


def test_the_locale_chooses_the_language(folder: Path) -> None:
    """Unless --lang says otherwise."""
    assert "自洽" in run(str(folder), lang="zh_CN.UTF-8").output
    assert "self-consistent" in run(str(folder), "--lang", "en", lang="zh_CN.UTF-8").output


def test_json_is_for_programs(forger: Forger, folder: Path) -> None:
    """Stable names, both languages, one object."""
    told = json.loads(run(str(folder), "--json").stdout)
    assert told["outcome"] == "self-consistent"
    assert (told["size"], told["good_prefix"]) == (len(forger.entries), len(forger.entries))
    assert told["genesis"] == forger.world.genesis_hash
    assert told["trusted"] == []
    assert told["first_broken"] is None
    assert [check["check"] for check in told["checks"]] == [f"I{number}" for number in range(1, 11)]
    assert set(told["sentence"]) == {"en", "zh"}


def test_a_broken_ledger_exits_2_and_says_where(forger: Forger, folder: Path) -> None:
    """Position, check number, what is good before it, and what to do."""
    forger.entries[-1] = forger.entries[-1].replace(b"250000", b"950000")
    forger.export(folder)
    result = run(str(folder))
    assert result.exit_code == 2
    header = len(forger.entries) - 2
    assert f"BROKEN at entry {header} (I6)" in result.output
    assert f"The first {header} entries passed every check." in result.output
    told = json.loads(run(str(folder), "--json").stdout)
    assert (told["first_broken"]["check"], told["first_broken"]["position"]) == ("I6", header)


def test_the_state_is_written_after_a_clean_run_only(forger: Forger, folder: Path, tmp_path: Path) -> None:
    """Made on first use, moved forward, and kept when the ledger went back."""
    state = tmp_path / "state.json"
    first = run(str(folder), "--state", str(state))
    assert "first use" in first.output
    saved = state.read_bytes()
    size = len(forger.entries)
    forger.post(forger.world.pay("L1", 1))
    forger.export(folder)
    second = run(str(folder), "--state", str(state))
    assert f"VERIFIED against the state saved at {size} entries" in second.output
    grown = state.read_bytes()
    assert grown != saved
    forger.export(folder, size)
    third = run(str(folder), "--state", str(state))
    assert third.exit_code == 2
    assert "rollback" in third.output
    assert state.read_bytes() == grown


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["/nowhere/at/all"],
        ["x", "--db", "sqlite:///y"],
        ["--unknown"],
        ["x", "--lang", "fr"],
        ["x", "--genesis", "zz"],
        ["x", "--log-key", "zz"],
        ["x", "--policy", "/nowhere"],
        ["x", "--state", "/"],
        ["x", "y"],
    ],
)
def test_what_cannot_begin_exits_3(arguments: list[str]) -> None:
    """Mistakes in the command line and absent sources, in words."""
    result = run(*arguments)
    assert result.exit_code == 3
    assert len(result.output) > 20
    assert "Traceback" not in result.output


def test_a_failing_machine_exits_3(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the language of the locale."""

    def fail(*_: object, **__: object) -> None:
        raise EnvironmentFault(
            code="x", place="disk", message_en="broken", message_zh="坏了", remedy_en="mend", remedy_zh="修"
        )

    monkeypatch.setattr(verify_command, "_run", fail)
    assert run(str(folder)).exit_code == 3
    assert "disk: broken. mend" in run(str(folder)).output
    assert "disk：坏了。修" in run(str(folder), lang="zh_CN.UTF-8").output


def test_a_user_who_stops_it_gets_3(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is neither clean nor broken."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(verify_command, "_run", stop)
    assert run(str(folder)).exit_code == 3


def test_a_fault_of_the_program_is_not_findings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python would exit with 1; here it is 3, with the traceback that a report needs."""

    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(verify_command, "_run", crash)
    result = run(str(folder))
    assert result.exit_code == 3
    assert "ZeroDivisionError" in result.output
    assert "please report it" in result.output


def test_the_root_command_helps() -> None:
    """Alone it lists the commands and is no success; --version and --help are."""
    runner, app = CliRunner(), auditor_app()
    alone = runner.invoke(app, [])
    assert alone.exit_code == 3
    assert "verify" in alone.output
    assert runner.invoke(app, ["--version"]).output.startswith("fundtrace ")
    assert runner.invoke(app, ["--help"]).exit_code == 0
    assert runner.invoke(app, ["verify", "--help"]).exit_code == 0
    unknown = runner.invoke(app, ["verifi"])
    assert unknown.exit_code == 3
    assert "Did you mean" in unknown.output


def test_the_auditors_commands_are_all_there() -> None:
    """All of them, with the base install alone."""
    names = [command.name for command in auditor_app().registered_commands]
    assert names == [
        "verify",
        "audit",
        "trace",
        "reconcile",
        "mirror",
        "compare",
        "duplicates",
        "simulate",
        "score",
    ]


def test_a_part_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The auditor's install works without the server's packages and says what would bring them."""

    class Absent:
        name, module = "server", "api.cli"

        def load(self) -> None:
            raise ModuleNotFoundError(name="sqlalchemy")

    monkeypatch.setattr(cli, "entry_points", lambda group: [Absent()] if group == cli.COMMAND_GROUP else [])
    result = CliRunner().invoke(cli.build(), ["--help"])
    assert result.exit_code == 0
    assert "fundtrace[server]" in result.output


def test_a_part_that_is_broken_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing module of our own is a fault of the program."""

    class Broken:
        name, module = "server", "api.cli"

        def load(self) -> None:
            raise ModuleNotFoundError(name="ledger.nothing")

    monkeypatch.setattr(cli, "entry_points", lambda group: [Broken()] if group else [])
    with pytest.raises(ModuleNotFoundError):
        cli.build()


# --- the real process -------------------------------------------------------------------------------------


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [*FUNDTRACE, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_exit_codes_of_the_real_process(forger: Forger, folder: Path) -> None:
    """0 clean, 2 broken, 3 could not complete: as a script sees them."""
    assert process("verify", str(folder)).returncode == 0
    assert process("verify").returncode == 3
    assert process("verify", "/nowhere").returncode == 3
    forger.entries[-1] = forger.entries[-1].replace(b"250000", b"950000")
    forger.export(folder)
    assert process("verify", str(folder)).returncode == 2


def test_a_reader_who_left_is_no_accident(folder: Path) -> None:
    """As in `fundtrace verify … | head -0`: exit 3, nothing on standard error."""
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        [*FUNDTRACE, "verify", str(folder)], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (result.returncode, result.stderr) == (3, "")


def test_ctrl_c_ends_the_real_process_cleanly(tmp_path: Path) -> None:
    """While it waits for a source that never answers; the signal counts even where these tests run in the background."""
    fifo = tmp_path / "checkpoint"
    os.mkfifo(fifo)
    heeding = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {FUNDTRACE[-1]}"
    started = subprocess.Popen(
        [*FUNDTRACE[:-1], heeding, "verify", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        writer = os.open(fifo, os.O_WRONLY)  # returns once the command has opened it for reading
        time.sleep(0.2)
        started.send_signal(signal.SIGINT)
        _, complaint = started.communicate(timeout=60)
        os.close(writer)
    finally:
        started.kill()
    assert started.returncode == 3
    assert "Traceback" not in complaint


# --- how old it is ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "exit_code", "told"),
    [
        ("2026-01-05T08:00:00.000Z", 0, "FRESH"),
        ("2026-01-05T08:05:00.000Z", 0, "FRESH"),
        ("2026-01-05T08:05:01.000Z", 3, "STALE"),
        ("2026-01-05T07:54:59.000Z", 3, "one of the clocks is wrong"),
    ],
)
def test_a_checkpoint_tells_its_age(folder: Path, now: str, exit_code: int, told: str) -> None:
    """At an instant given; the ledger is as good as ever, only nobody knows whether it is the newest."""
    result = run(str(folder), "--now", now)
    assert (result.exit_code, told in result.output) == (exit_code, True)
    assert "BROKEN" not in result.output
    record = json.loads(run(str(folder), "--now", now, "--json").output)
    assert record["outcome"] == "self-consistent"
    assert record["freshness"]["fresh"] == (exit_code == 0)


def test_without_an_instant_the_clock_of_the_machine_is_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before or after SOURCE; and never without the option."""
    asked = []

    def clock() -> datetime.datetime:
        asked.append(True)
        return datetime.datetime(2026, 1, 5, 8, 0, 1, tzinfo=datetime.UTC)

    monkeypatch.setattr(verify_command, "system_clock", clock)
    assert "FRESH" not in run(str(folder)).output
    assert asked == []
    for arguments in ([str(folder), "--now"], ["--now", str(folder)], ["--now", "--json", str(folder)]):
        result = run(*arguments)
        assert (result.exit_code, "FRESH: " in result.output) == (0, True)
    assert len(asked) == 3


def test_an_old_log_states_no_time(tmp_path: Path) -> None:
    """A ledger whose genesis names an Ed25519 key alone verifies, and its age is unknown."""
    world = make_world(quantum=False)
    made = Forger(world)
    made.post(*world.opening())
    folder = made.export(tmp_path / "old")
    assert run(str(folder)).exit_code == 0
    result = run(str(folder), "--now", "2026-01-05T08:00:00.000Z", lang="zh_CN.UTF-8")
    assert (result.exit_code, "无法判断新旧" in result.output) == (3, True)


def test_an_instant_that_is_none_is_a_usage_error(folder: Path) -> None:
    """Wrong usage is exit code 3 as everywhere."""
    assert run(str(folder), "--now", "2026-01-05").exit_code == 3


def test_a_forged_time_is_no_time(forger: Forger, tmp_path: Path) -> None:
    """The line is over the time as well: another one in it breaks the checkpoint."""
    files = forger.files()
    note = parse_note(files["checkpoint"])
    first, timed = note.signatures
    later = dataclasses.replace(timed, signature=(2**40).to_bytes(8, "big") + timed.signature[8:])
    folder = export_files(tmp_path / "forged", files | {"checkpoint": format_note(note.text, [first, later])})
    result = run(str(folder), "--now", "2026-01-05T08:00:00.000Z")
    assert (result.exit_code, "FRESHNESS UNKNOWN" in result.output) == (2, True)


@pytest.mark.parametrize("asked", [("--lang", "zh"), ("--lang=zh",)])
def test_an_error_speaks_the_language_asked_for(tmp_path: Path, asked: tuple[str, ...]) -> None:
    """That of the option goes before that of the locale."""
    nowhere = str(tmp_path / "nowhere")
    chinese = run(nowhere, *asked).stderr
    assert chinese == run(nowhere, lang="zh_CN.UTF-8").stderr
    assert chinese != run(nowhere).stderr
    assert run(nowhere, "--lang", "en", lang="zh_CN.UTF-8").stderr == run(nowhere).stderr
