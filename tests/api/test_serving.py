# SPDX-License-Identifier: Apache-2.0
"""`fundtrace serve` and `fundtrace demo`: from nothing to a portal, and again without harm."""

from __future__ import annotations

import asyncio
import io
import shutil
import socket
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from api import demonstration
from api.demonstration import audited_world, make_world, post_world, publish_world
from api.serving import bound_socket, check_host
from ledger.errors import EnvironmentFault, InputError
from ledger.key_files import save_private_key
from ledger.note import parse_note
from ledger.store.engine import open_engine, reading
from ledger.store.log_reader import LogReader
from ledger.submission import wire_bytes
from tests.ledgers import found
from tests.served_process import running
from tests.worlds import make_world as invented_world
from verifier.cli import build
from verifier.integrity.verdict import EXIT_CLEAN, EXIT_INCOMPLETE

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result


def fundtrace(*arguments: str) -> Result:
    """What the command says and how it ends."""
    return CliRunner().invoke(build(), list(arguments))


def silent(_done: int, _whole: int) -> None:
    """No progress bar."""


def root_of(folder: Path) -> tuple[int, bytes]:
    """Size and root of the demo ledger in `folder`."""
    engine = open_engine(str(folder / demonstration.DATABASE))
    try:
        with reading(engine) as connection:
            head = LogReader(connection).head()
    finally:
        engine.dispose()
    assert head is not None
    return head.size, head.root


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo made in one go."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    result = fundtrace("demo", "--dir", str(folder), "--no-serve", "--lang", "en")
    assert result.exit_code == EXIT_CLEAN, result.output
    (folder / "said.txt").write_text(result.output, "utf-8")
    return folder


def test_a_demo_is_verified_against_its_own_key_and_shows_its_findings(whole: Path) -> None:
    """The report says that the export verifies against the pinned key, lists findings, and says DEMO."""
    said = (whole / "said.txt").read_text("utf-8")
    assert said.count("VERIFIED against log key") == 1
    assert "DEMO" in said
    assert "F04" in said
    assert "Next: fundtrace serve" in said
    with audited_world(whole, progress=silent) as done:
        assert done.verdict.exit_code == EXIT_CLEAN
        assert done.judgement is not None
        assert done.judgement.counts.total() > 5


def test_a_second_run_changes_nothing(whole: Path, tmp_path: Path) -> None:
    """Same size, same root, same files; every submission is answered as replayed."""
    folder = tmp_path / "demo"
    shutil.copytree(whole, folder)
    before = (
        root_of(folder),
        (folder / "log" / "checkpoint").read_bytes(),
        (folder / "keys" / "log.pem").read_bytes(),
    )
    assert post_world(folder, progress=silent).new == 0
    result = fundtrace("demo", "--dir", str(folder), "--no-serve", "--lang", "zh")
    assert result.exit_code == EXIT_CLEAN, result.output
    assert "沿用" in result.output
    after = (
        root_of(folder),
        (folder / "log" / "checkpoint").read_bytes(),
        (folder / "keys" / "log.pem").read_bytes(),
    )
    assert after == before


@pytest.mark.parametrize("stage", ["world", "founded", "half-posted", "posted", "half-published"])
def test_an_interrupted_first_run_is_completed(
    whole: Path, tmp_path: Path, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a first run left, the next one ends with the very ledger of an undisturbed run."""
    folder = tmp_path / "demo"
    assert make_world(folder)
    lines = (folder / demonstration.EVENTS).read_bytes().splitlines(keepends=True)
    kept = {"world": None, "founded": 0, "half-posted": len(lines) // 2}.get(stage, len(lines))
    if kept is not None:
        with monkeypatch.context() as patch:
            patch.setattr(demonstration, "bounded_lines", lambda _file: io.BytesIO(b"".join(lines[:kept])))
            post_world(folder, progress=silent)
    if stage == "half-published":
        publish_world(folder, progress=silent)
        (folder / "log" / "checkpoint").unlink()
    result = fundtrace("demo", "--dir", str(folder), "--no-serve")
    assert result.exit_code == EXIT_CLEAN, result.output
    assert root_of(folder) == root_of(whole)
    notes = [parse_note((one / "log" / "checkpoint").read_bytes()) for one in (folder, whole)]
    assert notes[0].text == notes[1].text  # times and signatures of ML-DSA-44 differ


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    """The demo never writes among files that are not its own."""
    (tmp_path / "letter.txt").write_text("keep me", "utf-8")
    result = fundtrace("demo", "--dir", str(tmp_path), "--no-serve")
    assert result.exit_code == EXIT_INCOMPLETE
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_folder_of_another_world_is_refused(whole: Path, tmp_path: Path) -> None:
    """Events that do not fit the ledger are refused by name, and the ledger stays as it was."""
    folder = tmp_path / "demo"
    shutil.copytree(whole, folder)
    before = root_of(folder)
    stranger = invented_world()
    (folder / demonstration.EVENTS).write_bytes(wire_bytes(stranger.issue("L1", 1)) + b"\n")
    result = fundtrace("demo", "--dir", str(folder), "--no-serve", "--lang", "en")
    assert result.exit_code == EXIT_INCOMPLETE
    assert "line 1" in result.output
    assert root_of(folder) == before


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "ledger.example", "::"])  # noqa: S104 - what is refused
def test_a_demo_is_not_served_to_others(whole: Path, host: str) -> None:
    """Nobody can mistake a simulated ledger on the network for a real one."""
    result = fundtrace(
        "serve", "--db", str(whole / "ledger.db"), "--host", host, "--port", "0", "--lang", "en"
    )
    assert result.exit_code == EXIT_INCOMPLETE
    assert "DEMO" in result.output
    assert "127.0.0.1" in result.output


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_loopback_addresses_serve_demos(host: str) -> None:
    """This machine alone."""
    check_host(invented_world().genesis, host)


def test_a_missing_ledger_is_told_with_a_remedy(tmp_path: Path) -> None:
    """Exit code 3 and the way to make one."""
    result = fundtrace("serve", "--db", str(tmp_path / "none.db"), "--lang", "en")
    assert result.exit_code == EXIT_INCOMPLETE
    assert "fundtrace init" in result.output


WRONG = {
    "PORT": ("many", "'many' is no whole number", "取值 'many' 不是整数"),
    "KEY_RATE": ("-1", "'-1' is less than 0", "取值 '-1' 小于 0"),
    "HEARTBEAT_SECONDS": ("61", "'61' is more than 60", "取值 '61' 大于 60"),
    "LOG_REQUESTS": ("maybe", "'maybe' is neither true nor false", "既不是 true 也不是 false"),
    "LANGUAGE": ("fr", "'fr' is none of 'zh' or 'en'", "不在 'zh'、'en' 之中"),
    "NOTICE_FROM": ("nobody", "'nobody' is not of the form ^", "不符合 ^"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("command", [("serve",), ("export", "log"), ("init", "--origin", "ledger.example/x")])
def test_a_wrong_environment_is_told_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], name: str
) -> None:
    """Variable, value, what is wrong with it and what to do, in both languages and by every command; nothing is made."""
    value, en, zh = WRONG[name]
    monkeypatch.setenv(f"FUNDTRACE_{name}", value)
    monkeypatch.chdir(tmp_path)
    for locale, told, remedy in (("C.UTF-8", en, "unset it"), ("zh_CN.UTF-8", zh, "取消设置")):
        monkeypatch.setenv("LC_ALL", locale)
        result = fundtrace(*command, "--db", "none.db")
        assert result.exit_code == EXIT_INCOMPLETE
        assert all(one in result.output for one in (f"FUNDTRACE_{name}", told, remedy)), result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.loopback
def test_a_taken_address_is_told_with_a_remedy() -> None:
    """The port is named, and another is proposed."""
    with bound_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EnvironmentFault, match=f"{port}.*cannot be used.*--port"):
            bound_socket("127.0.0.1", port)


@pytest.mark.loopback
def test_small_answers_leave_at_once() -> None:
    """The event loop turns off the gathering of small packets (TCP_NODELAY): an answer in two parts waits for no reader."""

    async def accepted() -> int:
        found: list[int] = []

        async def note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with bound_socket("127.0.0.1", 0) as listening:
            async with await asyncio.start_server(note, sock=listening):
                reader, writer = await asyncio.open_connection(*listening.getsockname())
                await reader.read()
                writer.close()
        return found[0]

    assert asyncio.run(accepted())


def test_a_ledger_of_others_may_be_served_anywhere() -> None:
    """Only demos are kept at home."""
    with pytest.raises(InputError):
        check_host(invented_world().genesis, "0.0.0.0")  # noqa: S104 - what is refused


@pytest.mark.loopback
def test_a_served_demo_answers_and_stops_cleanly(whole: Path) -> None:
    """The console command serves pages and the log over a real socket, judges in the background, and stops on request."""
    with running(
        "serve", "--db", str(whole / "ledger.db"), "--port", "0", "--read-only", "--lang", "en"
    ) as server:
        status, page = server.request("GET", "/")
        assert status == 200
        assert b"DEMO" in page
        assert server.request("GET", "/log/checkpoint")[1] == (whole / "log" / "checkpoint").read_bytes()
        assert server.request("POST", "/v1/submissions", b"{}")[0] == 503
        assert server.stop() == 0
    assert any("reading only" in line for line in server.output)


@pytest.mark.loopback
def test_posting_over_a_socket_is_seen_on_the_pages(tmp_path: Path) -> None:
    """The worker folds what was posted a moment ago."""
    world = invented_world()
    url, key = str(tmp_path / "ledger.db"), tmp_path / "log.pem"
    found(url, world)
    save_private_key(key, *world.log_keys)
    with running("serve", "--db", url, "--port", "0", "--log-key", str(key)) as server:
        for submission in [*world.opening(), world.issue("L1", 100_000)]:
            assert server.request("POST", "/v1/submissions", wire_bytes(submission))[0] == 201
        server.awaited("/funds/F-WATER", lambda _, page: b'value="1000.00"' in page)
        assert server.stop() == 0
