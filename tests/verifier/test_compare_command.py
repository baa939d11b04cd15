# SPDX-License-Identifier: Apache-2.0
"""`fundtrace compare` and the check of its evidence by a third person: one history, a fork, or nothing shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from ledger.errors import FormatError
from tests.malicious.forger import Forger, export_files, relinked, signed_checkpoint
from tests.verifier.test_verify_command import auditor_app
from tests.worlds import log_signer_named, make_world
from verifier.integrity.comparison import Comparison, comparison_bytes, parse_comparison

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MORE = 300


def run(*arguments: str) -> Result:
    """The command line in this process."""
    return CliRunner(env={"LC_ALL": "C.UTF-8", "TERM": "dumb"}).invoke(auditor_app(), list(arguments))


@pytest.fixture
def forger() -> Forger:
    """An honest log; its operator may turn."""
    world = make_world()
    made = Forger(world)
    made.post(*world.opening(), world.issue("L1", 1_000_000), world.pay("L1", 250_000))
    return made


@pytest.fixture
def early(forger: Forger, tmp_path: Path) -> Path:
    """The state of an auditor who came early."""
    return state_of(forger, tmp_path / "early")


def state_of(forger: Forger, path: Path) -> Path:
    """The state of an auditor who finds this log now."""
    forger.export(path.with_suffix(".export"))
    assert run("verify", str(path.with_suffix(".export")), "--state", str(path)).exit_code == 0
    return path


def grown(forger: Forger) -> Forger:
    """More entries."""
    forger.post(forger.world.bank_lines(1, MORE))
    return forger


def rewritten(forger: Forger) -> Forger:
    """A second history from the same key: another amount, and everything behind it linked again; nothing is judged."""
    entries = [entry.replace(b'"amount":250000', b'"amount":150000') for entry in forger.entries]
    return Forger(forger.world, relinked(entries))


def key_of(forger: Forger) -> str:
    """The verifier key of the log."""
    return forger.world.genesis.log_keys[0]


def test_two_visits_of_one_log_are_one_history(forger: Forger, early: Path, tmp_path: Path) -> None:
    """In either order; by the longer source, by --source between two states, and at one size without either."""
    late = state_of(grown(forger), tmp_path / "late")
    source = str(tmp_path / "late.export")
    for sides in (
        (str(early), source),
        (source, str(early)),
        (str(early), str(late), "--source", source),
        (str(late), str(early), "--source", source),
        (str(late), source),
        (str(late), str(late)),
    ):
        result = run("compare", *sides)
        assert result.exit_code == 0, result.output
        assert "ONE HISTORY: the first" in result.output
    assert "同一历史" in run("compare", str(early), source, "--lang", "zh").output


def test_a_third_person_checks_the_file(forger: Forger, early: Path, tmp_path: Path) -> None:
    """With the key of the log and nothing else; without it, or with another one, nothing is shown."""
    grown(forger).export(tmp_path / "late")
    out = tmp_path / "one.fundtrace-compare"
    assert run("compare", str(early), str(tmp_path / "late"), "--out", str(out)).exit_code == 0
    policy = tmp_path / "policy"
    policy.write_text(f"log {key_of(forger)}\nquorum none\n", "utf-8")
    for trust in (("--log-key", key_of(forger)), ("--policy", str(policy))):
        assert run("verify", str(out), *trust).exit_code == 0
    told = json.loads(run("verify", str(out), "--log-key", key_of(forger), "--json").stdout)
    assert told["outcome"] == "one-history"
    assert [one["size"] for one in told["checkpoints"]] == [
        len(forger.entries) - MORE - 1,
        len(forger.entries),
    ]
    stranger = make_world(origin="ledger.example/other").genesis.log_keys[0]
    for arguments in ([str(out)], [str(out), "--log-key", stranger]):
        result = run("verify", *arguments)
        assert result.exit_code == 3
        assert "NOTHING SHOWN" in result.output


@pytest.mark.parametrize("more", [False, True])
def test_a_fork_is_proven_and_the_file_proves_it(
    forger: Forger, early: Path, tmp_path: Path, more: bool
) -> None:
    """At one size by two roots; at two sizes by what the larger says of the smaller."""
    other = rewritten(forger)
    export_files(tmp_path / "other", (grown(other) if more else other).files())
    out = tmp_path / "fork.fundtrace-compare"
    result = run("compare", str(tmp_path / "other"), str(early), "--out", str(out))
    assert result.exit_code == 2, result.output
    assert "FORK PROVEN: the log signed two histories" in result.output
    checked = run("verify", str(out), "--log-key", key_of(forger), "--lang", "zh")
    assert checked.exit_code == 2
    assert "已证明分叉" in checked.output
    assert (
        json.loads(run("verify", str(out), "--log-key", key_of(forger), "--json").stdout)["outcome"] == "fork"
    )


def test_what_lies_between_may_itself_be_the_fork(forger: Forger, early: Path, tmp_path: Path) -> None:
    """Two honest states and a source of the other history: the evidence is of a state and that source."""
    honest = Forger(forger.world, list(forger.entries))
    late = state_of(grown(honest), tmp_path / "late")
    export_files(tmp_path / "other", grown(grown(rewritten(forger))).files())
    result = run("compare", str(early), str(late), "--source", str(tmp_path / "other"))
    assert result.exit_code == 2
    assert f"{len(honest.entries):,} entries" in result.output


def test_without_what_lies_between_nothing_is_shown(forger: Forger, early: Path, tmp_path: Path) -> None:
    """Two states of different sizes; a source that is too short; two logs; two sources and no key."""
    late = state_of(grown(forger), tmp_path / "late")
    stranger = Forger(make_world(origin="ledger.example/other"))
    stranger.post(*stranger.world.opening())
    foreign = state_of(stranger, tmp_path / "foreign")
    out = tmp_path / "out"
    for sides in (
        (str(early), str(late)),
        (str(early), str(late), "--source", str(tmp_path / "early.export")),
        (str(early), str(foreign)),
        (str(tmp_path / "late.export"), str(tmp_path / "late.export")),
        (str(early), str(tmp_path / "absent")),
    ):
        result = run("compare", *sides, "--out", str(out))
        assert result.exit_code == 3, result.output
        assert "Traceback" not in result.output
    assert not out.exists()


def test_a_source_signed_by_another_key_shows_nothing(forger: Forger, early: Path, tmp_path: Path) -> None:
    """Anybody can write another history; only the key of the log makes it the log's."""
    other = rewritten(forger)
    files = other.files() | {
        "checkpoint": signed_checkpoint(forger.origin, other.leaves, log_signer_named("somebody"))
    }
    export_files(tmp_path / "other", files)
    assert run("compare", str(early), str(tmp_path / "other")).exit_code == 3


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _one: {"root": "0" * 64},
        lambda one: {"path": one.path[1:]},
        lambda one: {"path": (*one.path, "0" * 64)},
        lambda one: {"path": ("0" * 64, *one.path[1:])},
        lambda one: {"first": one.second, "second": one.first},
        lambda one: {"first": one.first.replace("\n", "\nx\n", 1)},
        lambda one: {"second": one.first},
    ],
    ids=["root", "short-path", "long-path", "wrong-path", "swapped", "edited-note", "same-note"],
)
def test_a_file_that_was_touched_proves_nothing_else(
    forger: Forger, early: Path, tmp_path: Path, spoil: Callable[[Comparison], dict[str, object]]
) -> None:
    """A fork cannot be made up, nor one history; at most nothing is shown."""
    grown(forger).export(tmp_path / "late")
    out = tmp_path / "file"
    assert run("compare", str(early), str(tmp_path / "late"), "--out", str(out)).exit_code == 0
    good = parse_comparison(out.read_bytes(), place="file")
    fields = {name: getattr(good, name) for name in ("first", "second", "root", "path")}
    out.write_bytes(comparison_bytes(Comparison(**(fields | spoil(good)))))
    assert run("verify", str(out), "--log-key", key_of(forger)).exit_code == 3


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data.replace(b'"path":', b'"more":1,"path":'),
        lambda data: data.replace(b'"compare":1', b'"compare":2'),
        lambda data: data + b" " * 10_000_000,
    ],
    ids=["cut", "longer", "unknown-field", "version", "endless"],
)
def test_other_spellings_are_refused(
    forger: Forger, early: Path, tmp_path: Path, edit: Callable[[bytes], bytes]
) -> None:
    """One file for one comparison."""
    out = tmp_path / "file"
    assert run("compare", str(early), str(early), "--out", str(out)).exit_code == 0
    good = out.read_bytes()
    assert comparison_bytes(parse_comparison(good, place="file")) == good
    with pytest.raises(FormatError):
        parse_comparison(edit(good), place="file")
    out.write_bytes(edit(good))
    assert run("verify", str(out), "--log-key", key_of(forger)).exit_code == 3
